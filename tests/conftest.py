"""What many tests share: a registry, a database and a browser. Never more than five fixtures."""

import importlib.util
import signal

import pytest

from objpub.database import open_database
from objpub.registry import Registry
from objpub.testing import Client
from tests.browsing import chromium

# Each answer to the client of the tests is looked at by the validator of Python, and by that of WebTest where
# the tools for tests are installed.
if importlib.util.find_spec("webtest") is not None:
    Client.checks = (importlib.import_module("webtest.lint").middleware, *Client.checks)

# A run that was started in the background ignores Ctrl-C, and so would the commands that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
