"""From a connection to the site, and from a resource to its database."""

import pytest

from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.database import connection_of
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import registry_of
from objpub.database import revision_of
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.database import user_of_revision
from objpub.errors import DatabaseError
from objpub.registry import Registry


class Page(Content):
    "A page."


def test_an_empty_database_has_no_site(database):
    with transaction_for(database) as pair:
        assert site_of(pair.connection) is None


def test_the_site_is_found_again(database):
    site = Site(title="Home")
    with transaction_for(database) as pair:
        put_site(pair.connection, site)
        assert site_of(pair.connection) is site
        pair.manager.commit()
    with transaction_for(database) as pair:
        assert site_of(pair.connection).title == "Home"


def test_a_loose_tree_has_neither_registry_nor_connection():
    folder = Folder()
    page = Page()
    page.__parent__ = folder
    assert (registry_of(page), connection_of(page)) == (None, None)


def test_a_new_resource_finds_the_registry_through_its_lineage(database, registry):
    with transaction_for(database) as pair:
        put_site(pair.connection, Site(title="Home"))
        pair.manager.commit()
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        site.add("new", Folder())
        site["new"].add("page", Page())
        page = site["new"]["page"]
        assert page._p_jar is None
        assert registry_of(page) is registry
        assert connection_of(page) is pair.connection


def test_two_databases_in_one_process_have_their_own_registries():
    registries = Registry(), Registry()
    databases = [open_database("demo:", registry=each) for each in registries]
    found = []
    for database in databases:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site(title="Home"))
            pair.manager.commit()
            pair.manager.begin()
            found.append(registry_of(site_of(pair.connection)))
        database.close()
    assert found == list(registries)


def test_the_registry_of_a_database_is_set_once():
    database = open_database("demo:")
    assert database.registry is None
    database.registry = registry = Registry()
    database.registry = registry
    with pytest.raises(DatabaseError, match="only once"):
        database.registry = Registry()
    assert database.registry is registry
    database.close()


def test_a_revision_is_the_id_of_the_transaction_that_stored_a_resource_last(database):
    with transaction_for(database) as pair:
        site = Site(title="Home")
        assert revision_of(site) == ""
        put_site(pair.connection, site)
        site.add("page", Page())
        assert revision_of(site) == ""
        pair.manager.commit()
    first = database.lastTransaction().hex()
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        assert revision_of(site["page"]) == revision_of(site) == first
        site.title = "Start"
        pair.manager.commit()
        pair.manager.begin()
        assert revision_of(site) == database.lastTransaction().hex() != first
        site._p_deactivate()
        assert revision_of(site) == database.lastTransaction().hex()
        assert revision_of(site["page"]) == first


@pytest.mark.parametrize("uri", ["demo:", "file:site.fs?blobs=blobs"])
def test_who_stored_a_resource_last_is_known(uri, tmp_path):
    database = open_database(uri, registry=Registry(), root=tmp_path)
    with transaction_for(database) as pair:
        put_site(pair.connection, Site(title="Home"))
        assert user_of_revision(site_of(pair.connection)) == ""
        pair.manager.commit()
    for user in ("ann", "josé"):
        with transaction_for(database) as pair:
            site_of(pair.connection).title = user
            pair.manager.get().user = user
            pair.manager.commit()
        with transaction_for(database) as pair:
            assert user_of_revision(site_of(pair.connection)) == user
    with transaction_for(database) as pair:
        page = Page()
        assert user_of_revision(page) == ""
        site_of(pair.connection).add("page", page)
        pair.manager.get().savepoint()
        assert user_of_revision(page) == ""
    database.close()
