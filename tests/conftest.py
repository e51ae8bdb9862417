"""What many tests share: a registry and a database of their own. Never more than five fixtures."""

import pytest

from objpub.database import open_database
from objpub.registry import Registry


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
