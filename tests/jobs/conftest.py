"""What the tests of jobs share: a site with some people and declared jobs, and a way to do what is due."""

from types import SimpleNamespace

import pytest

from objpub.configuration import Configuration
from objpub.jobs import run_due
from tests.operations.conftest import other as other
from tests.operations.conftest import world as world


@pytest.fixture
def registry(request):
    """What objpub itself and the module of the test declare, frozen."""
    configuration = Configuration()
    parts = ("content", "security", "workflow", "jobs", "operations")
    configuration.include(*(f"objpub.{part}" for part in parts), request.module)
    return configuration.freeze()


@pytest.fixture
def do(world):
    """Do what is due: do(), or do(outside=True, mailer=..., secret=...); the world sees it afterwards."""

    def run(outside=False, mailer=None, secret="s3cret", private_hosts=("127.0.0.1", "localhost")):
        settings = SimpleNamespace(webhooks=SimpleNamespace(secret=secret, private_hosts=private_hosts))
        count = run_due(world.database, mailer, settings, outside=outside, holder="test")
        world.abort()
        return count

    return run
