"""What the tests of operations share: a site with some people in a database in memory."""

from contextlib import contextmanager

import pytest

from objpub.configuration import Configuration
from objpub.content import Site
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.events import notify
from objpub.events import SiteCreated
from objpub.operations import sentence_of
from objpub.security import SYSTEM


class World:
    """A database with a site, seen through one connection with a transaction begun."""

    def __init__(self, database, connection, manager):
        self.database = database
        self.connection = connection
        self.manager = manager

    @property
    def site(self):
        return site_of(self.connection)

    def identity(self, user_id):
        """Return who asks: SYSTEM for "system", else a user."""
        return SYSTEM if user_id == "system" else self.site.users.identity(user_id)

    def commit(self):
        """Commit, begin again, and return what the transaction said and who did it."""
        transaction = self.manager.get()
        said = sentence_of(transaction), transaction.user
        self.manager.commit()
        self.manager.begin()
        return said

    def abort(self):
        self.manager.abort()
        self.manager.begin()

    @contextmanager
    def refuses(self, error):
        """What is tried inside raises *error*, and a commit after it writes nothing."""
        self.commit()
        before = self.database.lastTransaction()
        with pytest.raises(error) as caught:
            yield caught
        self.commit()
        assert self.database.lastTransaction() == before


@pytest.fixture
def registry(request):
    """What objpub itself and the module of the test declare, frozen."""
    configuration = Configuration()
    configuration.include(
        "objpub.content", "objpub.security", "objpub.workflow", "objpub.operations", request.module
    )
    return configuration.freeze()


@pytest.fixture
def world(database):
    """A site with a manager, tom, two editors, ann and ed, and vera, who has no role."""
    with transaction_for(database) as pair:
        world = World(database, pair.connection, pair.manager)
        site = Site(title="Saltmarsh")
        put_site(pair.connection, site)
        pair.connection.add(site)
        notify(database.registry, SiteCreated(site))
        for user_id, title, role in (
            ("tom", "Tomas Lind", "manager"),
            ("ann", "Ann Lee", "editor"),
            ("ed", "Ed Moss", "editor"),
            ("vera", "Vera Holm", ""),
        ):
            site.users.add(user_id, None, role, title)
        world.commit()
        yield world


@pytest.fixture
def other(database, world):
    """The same site, seen through a second connection at the same time."""
    with transaction_for(database) as pair:
        yield World(database, pair.connection, pair.manager)
