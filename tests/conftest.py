"""What many tests share: a registry, a database and a browser. Never more than five fixtures."""

import importlib.util
import os
import signal
from pathlib import Path

import pytest

from objpub.database import engines
from objpub.database import open_database
from objpub.registry import Registry
from objpub.testing import Client
from tests.browsing import chromium
from tests.engines import Cluster
from tests.engines import in_place_of_memory
from tests.parts import HAS_INTERFACE
from tests.parts import WITH_INTERFACE

#: What pytest does not look at.
collect_ignore = [] if HAS_INTERFACE else list(WITH_INTERFACE)

# Each answer to the client of the tests is looked at by the validator of Python, and by that of WebTest where
# the tools for tests are installed.
if importlib.util.find_spec("webtest") is not None:
    Client.checks = (importlib.import_module("webtest.lint").middleware, *Client.checks)

# What tests start imports this folder too, whatever else is called `tests`.
ROOT = str(Path(__file__).parents[1])
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [ROOT, os.environ.get("PYTHONPATH")]))

# A run that was started in the background ignores Ctrl-C, and so would the commands that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL for the whole run; skipped or failed where there is none."""
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture(scope="session", autouse=True)
def engine_of_the_run(request):
    """Keep what the tests keep in memory in the engine that OBJPUB_TEST_ENGINE names instead."""
    name = os.environ.get("OBJPUB_TEST_ENGINE", "")
    if not name:
        yield
        return
    cluster = request.getfixturevalue("postgresql") if name.startswith("postgresql") else None
    with pytest.MonkeyPatch.context() as patch, in_place_of_memory(name, cluster) as open_fresh:
        patch.setitem(engines.ENGINES, "demo", open_fresh)
        yield


@pytest.fixture
def registry():
    """An empty registry that is not frozen."""
    return Registry()


@pytest.fixture
def database(registry):
    """An empty database in memory, with blobs; `database.registry` is the `registry` of the test."""
    database = open_database("demo:", registry=registry)
    yield database
    database.close()


@pytest.fixture(scope="session")
def browser():
    """Chromium, for the whole run; skipped or failed where there is none, see `chromium`."""
    with chromium() as browser:
        yield browser
