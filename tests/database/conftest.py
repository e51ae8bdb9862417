"""Databases of every engine."""

import pytest

from objpub.database import open_database
from tests.engines import ENGINES
from tests.engines import served_uri


@pytest.fixture(params=ENGINES)
def engine(request):
    """The name of each engine in turn."""
    return request.param


@pytest.fixture
def uri(request, engine, tmp_path):
    """The URI of an empty database of each engine in turn."""
    cluster = request.getfixturevalue("postgresql") if engine.startswith("postgresql") else None
    with served_uri(engine, tmp_path, cluster) as uri:
        yield uri


@pytest.fixture
def opened(uri, registry):
    """An empty database of each engine in turn, open."""
    database = open_database(uri, registry=registry)
    yield database
    database.close()
