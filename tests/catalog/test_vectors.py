"""Words in texts on PostgreSQL: the same is found as with SQLite, and what is the server's own."""

import logging
import threading
from contextlib import suppress

import pytest

from objpub.catalog import find
from objpub.catalog import Texts
from objpub.catalog.lexemes import MOST_BYTES
from objpub.catalog.lexemes import piece_of
from objpub.catalog.lexemes import storable
from objpub.catalog.lexemes import vector_of
from objpub.catalog.texts import TextIndex
from objpub.catalog.vectors import VectorIndex
from objpub.configuration import Configuration
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.events import notify
from objpub.events import SiteCreated
from objpub.security import SYSTEM
from tests.catalog import test_texts
from tests.catalog.test_texts import add
from tests.catalog.test_texts import names
from tests.catalog.test_texts import texts_of
from tests.operations.conftest import World

SAME = (
    "test_words_phrases_beginnings_and_what_must_not_be_there",
    "test_a_word_in_a_title_counts_more_than_in_a_summary_and_that_more_than_in_a_text",
    "test_a_word_in_a_heading_counts_more_than_beside_it",
    "test_a_word_with_a_mark_inside_is_one_word",
    "test_where_some_words_will_do_what_has_most_of_them_comes_first",
    "test_what_is_called_so_comes_before_what_has_the_words_in_a_longer_title",
    "test_words_are_found_by_their_stem_in_the_language_of_the_site",
    "test_another_language_of_the_site_is_another_index",
    "test_a_snippet_marks_the_words_and_is_harmless",
    "test_what_is_not_among_the_results_has_no_snippet",
    "test_what_not_everybody_may_read_is_in_no_text",
    "test_a_word_that_is_not_there_suggests_one_that_is",
    "test_nothing_is_suggested_that_only_others_may_see",
    "test_one_finds_ones_own_change_in_the_next_request_and_no_other_transaction_before",
    "test_many_who_look_and_change_at_a_time_miss_nothing",
    "test_too_many_words_are_refused_and_one_long_word_is_not",
)
for name in SAME:
    globals()[name] = getattr(test_texts, name)


@pytest.fixture(scope="module")
def served(postgresql, tmp_path_factory):
    """A database of PostgreSQL with a site, for all tests of this module."""
    configuration = Configuration()
    parts = ("content", "security", "workflow", "catalog", "operations")
    configuration.include(*(f"objpub.{part}" for part in parts), test_texts)
    registry = configuration.freeze()
    folder = tmp_path_factory.mktemp("served")
    with postgresql.database() as dsn:
        database = open_database(f"postgresql:{dsn}?blobs={folder}/blobs", registry=registry)
        with transaction_for(database) as pair:
            site = Site(title="Saltmarsh")
            put_site(pair.connection, site)
            pair.connection.add(site)
            notify(registry, SiteCreated(site))
            pair.manager.commit()
        yield database
        database.close()


@pytest.fixture
def database(served):
    return served


@pytest.fixture
def world(served):
    """The site, empty at the end of each test."""
    with transaction_for(served) as pair:
        world = World(served, pair.connection, pair.manager)
        yield world
        world.abort()
        for name in list(world.site.keys()):
            world.site.detach(name)
        world.site.locale = "en"
        world.commit()


def said(world, question, *values):
    """Return the one value that *question* is answered with, of a connection of the test."""
    connection = world.database.connect_server()
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute(question, values)
        return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_the_index_is_in_the_database_and_no_file_is_made(world, tmp_path):
    add(world, "page", title="Ebb")
    assert names(world, "ebb") == ["page"]
    assert isinstance(texts_of(world), VectorIndex)
    vector = "SELECT vector::text FROM objpub_texts.texts WHERE title = 'Ebb'"
    assert said(world, vector) == "'ebb':1A"
    figures = texts_of(world).figures()
    assert figures["stamps"] == 2 and figures["words"] >= 1 and figures["bytes"] > 8_000


@pytest.mark.parametrize(
    "damage",
    [
        "DROP SCHEMA objpub_texts CASCADE",
        "DROP TABLE objpub_texts.words",
        "UPDATE objpub_texts.facts SET value = '0' WHERE name = 'format'",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%%objpub_texts%%'",
    ],
)
def test_what_is_lost_is_made_again(world, damage):
    add(world, "page", title="Ebb")
    assert names(world, "ebb") == ["page"]
    world.commit()
    said(world, damage)
    assert texts_of(world).near("eb") in ([], ["ebb"]), "nothing is lost with what is shown beside"
    assert find(SYSTEM, world.site, text="eb").suggestion == "ebb"
    assert names(world, "ebb") == ["page"]


def test_an_older_database_is_followed_back(world):
    add(world, "page", title="Ebb")
    assert names(world, "ebb") == ["page"]
    world.commit()
    said(world, "UPDATE objpub_texts.facts SET value = 'ffffffffffffffff' WHERE name = 'position'")
    said(world, "UPDATE objpub_texts.stamps SET stamp = 1")
    said(world, "DELETE FROM objpub_texts.texts")
    assert names(world, "ebb") == ["page"]


def test_one_index_serves_all_and_what_one_took_in_another_does_not_take_in_again(world):
    second = VectorIndex(world.database.connect_server)
    try:
        page = add(world, "page", title="Ebb")
        assert names(world, "ebb") == ["page"]
        assert second.drain(world.connection, world.site.catalog) == 0
        page.title = "Flood"
        world.commit()
        assert second.drain(world.connection, world.site.catalog) == 1
        assert texts_of(world).drain(world.connection, world.site.catalog) == 0
        assert set(second.scores(["flood"])) == set(texts_of(world).scores(["flood"])) != set()
    finally:
        second.close()


def test_who_sees_less_than_another_took_in_meanwhile_takes_nothing_back(world):
    page = add(world, "page", title="Ebb")
    assert names(world, "ebb") == ["page"]
    page.title = "Neap"
    world.commit()
    second = VectorIndex(world.database.connect_server)
    hold = second._hold

    def hold_after_another(file):
        with transaction_for(world.database) as pair:
            site_of(pair.connection)["page"].title = "Flood"
            pair.manager.commit()
        with transaction_for(world.database, read_only=True) as pair:
            assert texts_of(world).drain(pair.connection, site_of(pair.connection).catalog) == 1
        hold(file)

    second._hold = hold_after_another
    try:
        assert second.drain(world.connection, world.site.catalog) == 0
        assert world.site["page"].title == "Neap", "it sees what was before"
        assert (second.matches(["neap"]), len(second.matches(["flood"]))) == ({}, 1)
    finally:
        second.close()
    world.abort()


def test_two_who_begin_at_a_time_make_the_tables_once_and_take_in_each_once(world):
    for number in range(5):
        add(world, f"n{number}", title="Ebb")
    said(world, "DROP SCHEMA IF EXISTS objpub_texts CASCADE")
    machines = [VectorIndex(world.database.connect_server) for _ in range(4)]
    counts, failures = [], []

    def take_in(machine):
        try:
            with transaction_for(world.database, read_only=True) as pair:
                counts.append(machine.drain(pair.connection, site_of(pair.connection).catalog))
                counts.append(-len(machine.matches(["ebb"])))
        except Exception as error:
            failures.append(error)
        finally:
            machine.close()

    threads = [threading.Thread(target=take_in, args=(each,)) for each in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(counts) == [-5] * 4 + [0] * 3 + [6], "one of them took in five pages and the site"


def test_a_user_who_may_make_no_schema_has_a_file(world, caplog):
    said(world, "DROP SCHEMA IF EXISTS objpub_texts CASCADE")
    with suppress(Exception):
        said(world, "CREATE ROLE reader LOGIN")
    dsn = world.database.connect_server.args[0].replace("user=objpub", "user=reader")
    connect = world.database.connect_server
    world.database.connect_server = lambda: connect.func(dsn)
    try:
        with caplog.at_level(logging.WARNING):
            index = Texts().of(world.database)
    finally:
        world.database.connect_server = connect
    assert isinstance(index, TextIndex)
    assert "may not make the schema" in caplog.text
    index.close()


def test_a_site_in_a_schema_of_its_own_has_a_file_as_others_may_be_beside_it(world):
    said(world, "CREATE SCHEMA IF NOT EXISTS coast")
    connect = world.database.connect_server
    world.database.connect_server = lambda: connect.func(f"{connect.args[0]} options='-csearch_path=coast'")
    try:
        index = Texts().of(world.database)
    finally:
        world.database.connect_server = connect
    assert isinstance(index, TextIndex)
    index.close()


def test_letters_that_mean_something_to_postgresql_do_no_harm(world):
    add(world, "page", title="Ebb", lead="it's \\ a 'quoted' : * & tide ends %s")
    assert names(world, "tide") == names(world, "quoted") == names(world, "it's") == ["page"]
    assert storable("a\0b\ud800ü") == "a b?ü"


def test_a_text_is_cut_where_a_vector_would_be_too_long():
    words = [f"w{number:07}" for number in range(200_000)]
    columns = {"title": "ebb", "summary": "", "headings": "", "body": " ".join(words)}
    vector = vector_of(columns, {}, in_place=True)
    assert "'ebb':1A" in vector and "'w0000001':" in vector and "'w0199999'" not in vector
    assert 900_000 < 14 * len(vector.split()) <= MOST_BYTES + 20


@pytest.mark.parametrize(
    ("text", "sought", "shown"),
    [
        ("", [[({"tide"}, "")]], ""),
        ("No such word", [[({"tide"}, "")]], "No such word"),
        ("The Tide, the tídes", [[({"tide", "tides"}, "")]], "The <Tide>, the <tídes>"),
        ("high low high tide", [[({"high"}, ""), ({"tide"}, "")]], "high low <high tide>"),
        ("tidal tidy", [[(set(), "tida")]], "<tidal> tidy"),
        (
            f"{'word ' * 50}tide {'word ' * 50}tide moon {'word ' * 50}",
            [[({"tide"}, "")], [({"moon"}, "")]],
            f" … {'word ' * 6}<tide> <moon>{' word' * 20} … ",
        ),
    ],
)
def test_the_piece_with_most_of_what_is_sought_is_shown(text, sought, shown):
    assert piece_of(text, sought).replace("\ue000", "<").replace("\ue001", ">") == shown
