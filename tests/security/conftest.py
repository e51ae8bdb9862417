"""What the tests of security share: the declared defaults, and a site in memory."""

import pytest

from objpub.configuration import Configuration
from objpub.content import Site
from objpub.database import put_site
from objpub.security import make_users
from objpub.security import Policy


@pytest.fixture
def registry():
    """What objpub itself declares about security, frozen."""
    configuration = Configuration()
    configuration.include("objpub.security")
    return configuration.freeze()


@pytest.fixture
def policy(registry):
    """The policy of the test."""
    return registry[Policy]


@pytest.fixture
def site(database):
    """A site with users in the `database` of the test, in an open transaction."""
    pair = database.pairs.take()
    pair.manager.begin()
    site = Site(title="Saltmarsh")
    put_site(pair.connection, site)
    pair.connection.add(site)
    make_users(site)
    yield site
    pair.manager.abort()
    database.pairs.give_back(pair)
