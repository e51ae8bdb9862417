"""Indexes come, change and go while the site answers; what is wrong is found, and mended."""

import re
import threading

import pytest
from ZODB.POSException import ConflictError
from ZODB.POSException import ReadConflictError

from objpub import testing
from objpub.catalog import build
from objpub.catalog import building
from objpub.catalog import check_catalog
from objpub.catalog import find
from objpub.catalog import index
from objpub.catalog import Indexes
from objpub.catalog import Texts
from objpub.catalog.identifiers import id_of
from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import Folder
from objpub.database import open_database
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Busy
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.publisher import App
from objpub.schema import field
from objpub.security import SYSTEM
from objpub.settings import load_settings
from objpub.testing.sites import template_cache


class Enough(BaseException):
    """A build is to end."""


class Note(Content, addable="anywhere"):
    word: str = field(default="", index="value")
    number: int = field(default=0, index="range")


@index(Note, "size", kind="range")
def size(note):
    return len(note.word)


def changed_size():
    """Return another function for the same index."""

    @index(Note, "size", kind="range")
    def size(note):
        return 10 * len(note.word)

    return size


def filled(running, count=30):
    with running.work() as site:
        for number in range(count):
            site.add(f"n{number}", Note(word="x" * (number % 5), number=number))


def count(running, **values):
    with running.work() as site:
        return find(SYSTEM, site, **values).count


def reopened(running, *things):
    """Open the site of *running* with other declarations, in the same file."""
    running.application.close()
    app = App()
    app.include(*things)
    return app.open(load_settings(running.folder / "objpub.toml", {}), template_cache=template_cache())


def answer(application, **values):
    with application.work() as site:
        assert list(check_catalog(site._p_jar)) == []
        return find(SYSTEM, site, **values).count


@pytest.fixture
def running():
    with testing.site(Note, file=True) as running:
        filled(running)
        yield running


def test_an_index_that_is_declared_later_is_built_at_the_start(running):
    with pytest.raises(Invalid, match="There is no index 'size'"):
        count(running, size=3)
    application = reopened(running, Note, size)
    assert answer(application, size=3) == 6
    application.close()


def test_an_index_that_changed_is_built_again_and_one_that_is_gone_is_dropped(running):
    application = reopened(running, Note, size)
    running.application = application
    application = reopened(running, Note, changed_size())
    assert (answer(application, size=3), answer(application, size=30)) == (0, 6)
    with application.work() as site:
        assert len([key for key in site.catalog.indexes if key.startswith("size")]) == 1
    application.close()


def test_a_site_from_before_the_catalog_is_indexed_at_the_start(running):
    with running.work() as site:
        site.catalog = None
    with pytest.raises(Invalid, match="has no catalog"):
        count(running, number=3)
    application = reopened(running, Note)
    assert answer(application, number=3) == 1
    application.close()


def test_a_large_site_is_built_beside_its_answers(running, monkeypatch):
    monkeypatch.setattr(building, "SMALL", 3)
    monkeypatch.setattr(building, "BATCH", 2)
    arrived, gate = threading.Event(), threading.Event()
    right = building.index_batch
    monkeypatch.setattr(building, "index_batch", lambda *some: (arrived.set(), gate.wait(10), right(*some)))
    application = reopened(running, Note, size)
    with application.work() as site:
        assert not site.catalog.is_ready(application.registry[Indexes]), "opening it builds nothing"
    application.builder.start()
    arrived.wait(10)
    with application.work() as site:
        assert find(SYSTEM, site, number=3).count == 1, "what is there already is answered"
        with pytest.raises(Busy, match="'size' is being built"):
            find(SYSTEM, site, size=3)
        site["n1"].word = "xxx"
        site.remove("n3")
        site.add("later", Note(word="xxx"))
    gate.set()
    application.builder.wait()
    application.builder.start()  # a second time does nothing
    assert answer(application, size=3) == 7
    application.close()


@pytest.mark.parametrize("small", [3, 500])
def test_the_texts_of_a_large_site_only_are_taken_in_before_somebody_looks_for_words(
    running, monkeypatch, small
):
    application = reopened(running, Note)
    monkeypatch.setattr(building, "SMALL", small)
    file = application.registry[Texts].of(application.database).path
    file.unlink(missing_ok=True)
    application.builder.start()
    application.builder.wait()
    assert file.exists() is (small == 3)
    application.close()


def enough(done, total):
    raise Enough


def test_a_build_that_is_ended_leaves_what_there_was_and_lets_another_one_begin_at_once(running, monkeypatch):
    monkeypatch.setattr(building, "BATCH", 2)
    with pytest.raises(Enough):
        build(running.database, everything=True, progress=enough)
    assert not building.is_being_built(running.database)
    assert building.is_complete(running.database)
    assert count(running, number=3) == 1
    build(running.database, everything=True)
    assert count(running, number=3) == 1


def spoil(running):
    """Let the index of numbers say what is wrong: 3 of the note that has 4, and of one that is not there."""
    with running.work() as site:
        site.catalog.settle()
        index = next(index for key, index in site.catalog.indexes.items() if key.startswith("number"))
        index.put(id_of(site["n4"]), (3,))
        index.put(999_999, (3,))


@pytest.mark.parametrize("names", [("number",), ()])
def test_what_is_built_again_answers_until_it_is_built(running, monkeypatch, names):
    monkeypatch.setattr(building, "BATCH", 2)
    monkeypatch.setattr(building, "SETTLED", 2)
    spoil(running)
    seen = []

    def look(done, total):
        with running.work() as site:
            seen.append(find(SYSTEM, site, number=3).count)
            if len(seen) == 2:
                site["n1"].number = 100
                site.remove("n5")
                site.add("later", Note(word="xxx", number=200))

    build(running.database, names=names, everything=not names, progress=look)
    assert len(seen) >= 3 and set(seen) <= {1, 2}  # what is looked at again is right from then on
    assert [count(running, number=number) for number in (1, 3, 4, 5, 100, 200)] == [0, 1, 1, 0, 1, 1]
    with running.work() as site:
        assert list(check_catalog(site._p_jar)) == []
        assert site.catalog.builds.anew is None


def test_a_build_that_was_killed_is_taken_up_at_the_next_start_and_answers_until_then(running, monkeypatch):
    monkeypatch.setattr(building, "BATCH", 2)
    monkeypatch.setattr(building, "let_go", lambda *some: None)
    spoil(running)
    with pytest.raises(Enough):
        build(running.database, names=["number"], progress=enough)
    assert count(running, number=3) == 2
    with running.work() as site:
        site.catalog.builds.until = 0.0
    application = reopened(running, Note)
    assert answer(application, number=3) == 1
    application.close()


def overtake(running, names=("number",)):
    """Begin another build, as where the one under way was not heard of for a minute; it is killed soon."""
    with running.work() as site:
        site.catalog.builds.until = 0.0
    with pytest.raises(Enough):
        build(running.database, names=names, progress=enough)


@pytest.mark.parametrize("after", [1, 3])
def test_a_build_that_is_overtaken_stops_and_puts_nothing_half_made_in_place(running, monkeypatch, after):
    monkeypatch.setattr(building, "BATCH", 10)
    monkeypatch.setattr(building, "let_go", lambda *some: None)
    reached = []

    def look(done, total):
        reached.append(done)
        if len(reached) == after or done == total:
            overtake(running)

    with pytest.raises(NotPossible, match="Another process"):
        build(running.database, names=["number"], progress=look)
    assert len(reached) == after
    assert [count(running, number=number) for number in (1, 15, 29)] == [1, 1, 1]
    with running.work() as site:
        site.catalog.builds.until = 0.0
    build(running.database)
    with running.work() as site:
        assert list(check_catalog(site._p_jar)) == []
        assert site.catalog.builds.anew is None


def test_only_one_build_is_under_way(running, monkeypatch):
    monkeypatch.setattr(building, "BATCH", 10)

    def look(done, total):
        with pytest.raises(NotPossible, match="is indexing the site"):
            build(running.database, names=["number"])

    build(running.database, names=["number"], progress=look)
    with running.work() as site:
        assert list(check_catalog(site._p_jar)) == []


def test_who_starts_meanwhile_waits_for_the_one_that_builds(running, monkeypatch):
    with running.work() as site:
        site.catalog.builds.signature = {}
    right, tries = building.build, []

    def late(database, **options):
        """Be too late the first time."""
        tries.append(database)
        if len(tries) == 1:
            raise NotPossible("Another process is indexing the site; wait until it is done")
        return right(database, **options)

    monkeypatch.setattr(building, "build", late)
    application = reopened(running, Note)
    assert len(tries) == 2 and building.is_complete(application.database)
    application.close()


def test_little_waits_while_it_is_built(running, monkeypatch):
    monkeypatch.setattr(building, "BATCH", 1)
    monkeypatch.setattr(building, "SETTLED", 2)
    waiting = []

    def look(done, total):
        with running.work() as site:
            waiting.append(len(site.catalog.pending.entries()))

    build(running.database, everything=True, progress=look)
    assert len(waiting) > 6 and max(waiting[2:]) <= 2  # at first what was added waits


def test_writers_while_it_is_built_lose_nothing(running, monkeypatch):
    monkeypatch.setattr(building, "BATCH", 3)
    database = running.database
    done = threading.Event()

    def write():
        number = 0
        while not done.is_set():
            number += 1
            with transaction_for(database) as pair:
                site = site_of(pair.connection)
                try:
                    name = f"n{number % 30}"
                    if name in site and number % 4 == 0:
                        site.remove(name)
                    elif name in site:
                        site[name].word = "y" * (number % 7)
                    else:
                        site.add(name, Note(word="z"))
                    pair.manager.commit()
                except Exception as error:
                    if not retryable(error, pair.manager._txn):
                        raise

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(3):
            build(database, everything=True)
    finally:
        done.set()
        thread.join()
    with running.work() as site:
        assert list(check_catalog(site._p_jar)) == []


def test_a_change_that_began_before_a_batch_is_tried_again_after_it(running):
    with running.work() as site:
        number = int.from_bytes(site["n1"]._p_oid, "big")
        site.catalog.settle()
        index_of(site.catalog, "word").put(number, ())  # as it is before that batch
    with transaction_for(running.database) as pair:
        site_of(pair.connection).remove("n1")
        building.index_batch(running.database, [number], "")
        with pytest.raises(ConflictError):
            pair.manager.commit()


def test_a_change_that_began_before_there_was_a_catalog_is_tried_again(running):
    with running.work() as site:
        site.catalog = None
    with transaction_for(running.database) as pair:
        site_of(pair.connection)["n1"].word = "late"
        build(running.database)
        with pytest.raises(ReadConflictError):
            pair.manager.commit()


def test_a_batch_that_a_folder_was_deleted_under_is_tried_again(running, monkeypatch):
    with running.work() as site:
        site.add("box", Folder()).add("note", Note(word="boxed"))
    commits = []

    def commit(pair, sentence):
        if sentence.startswith("Indexed ") and not commits:
            commits.append(sentence)
            with transaction_for(running.database) as other:
                site_of(other.connection).remove("box")
                other.manager.commit()
        return right(pair, sentence)

    right = building.commit
    monkeypatch.setattr(building, "commit", commit)
    build(running.database, names=["word"])
    assert commits
    with running.work() as site:
        assert list(check_catalog(site._p_jar)) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda catalog, number: catalog.forget(number), "/n1: it is not in the catalog"),
        (lambda catalog, number: catalog.parents.update({number: 5}), "/n1: .*in another folder"),
        (lambda catalog, number: catalog.owners.update({number: "eve"}), "/n1: .*'eve' as its owner"),
        (lambda catalog, number: catalog.places.insert(number), "/n1: .*whether rights are set"),
        (lambda catalog, number: index_of(catalog, "word").put(number, ("q",)), "'word' has .'q',., not"),
        (lambda catalog, number: index_of(catalog, "number")._pairs.remove((1, number)), "does not find it"),
        (lambda catalog, number: index_of(catalog, "word").put(10**9, ("q",)), "'word' has 1 resources"),
        (lambda catalog, number: [each.clear() for each in catalog.kinds.values()], "does not know its type"),
        (lambda catalog, number: catalog.texts.update({number: 1}), "another text"),
    ],
)
def test_what_is_wrong_is_found_and_mended(running, damage, said):
    with running.work() as site:
        number = int.from_bytes(site["n1"]._p_oid, "big")
        site.catalog.settle()
        damage(site.catalog, number)
        site.catalog._p_changed = True
    with running.work() as site:
        problems = list(check_catalog(site._p_jar))
        assert any(re.search(said, problem) for problem in problems), problems
    build(running.database, everything=True)
    with running.work() as site:
        assert list(check_catalog(site._p_jar)) == []


def index_of(catalog, name):
    """Return the index called *name*."""
    return next(found for key, found in catalog.indexes.items() if key.startswith(f"{name}:"))


def test_a_name_that_is_no_index_is_refused(running):
    with pytest.raises(Invalid, match="There is no index 'wrd'; there are .*word"):
        build(running.database, names=["wrd"])


def frozen(*things):
    configuration = Configuration()
    configuration.include("objpub.content", "objpub.security", "objpub.catalog", *things)
    return configuration.freeze()


def wrong_kind():
    class Wrong(Content):
        tags: frozenset[str] = field(default=(), index="range")

    return Wrong


def wrong_name():
    @index(Note, "word", kind="range")
    def word(note):
        return None

    return word


def wrong_index():
    @index(Note, "length", kind="rnge")
    def length(note):
        return None

    return length


def wrong_class():
    @index(str, "length", kind="range")
    def length(note):
        return None

    return length


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (wrong_kind, "Wrong.tags: index='range' is for a single value; wanted 'keyword'"),
        (wrong_name, "Note has a field 'word'; say index= there"),
        (wrong_index, "kind='rnge': wanted one of .*did you mean 'range'"),
        (wrong_class, "wants a content type as its first argument, not <class 'str'>"),
    ],
)
def test_a_declaration_that_makes_no_sense_stops_the_start(thing, said):
    with pytest.raises(DeclarationError, match=said):
        frozen(Note, thing())


def test_a_database_without_a_registry_is_refused():
    database = open_database("demo:")
    with pytest.raises(Invalid, match="no registry"):
        build(database)
    database.close()


def test_a_folder_is_content_too(running):
    with running.work() as site:
        site.add("box", Folder()).add("note", Note(number=99))
    assert count(running, number=99) == 1
