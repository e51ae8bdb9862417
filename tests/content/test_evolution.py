import sys
from contextlib import closing
from types import ModuleType

import pytest
from ZODB.POSException import StateLoadError

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import evolve
from objpub.content import evolve_state
from objpub.content import Folder
from objpub.content import needs_evolving
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import ConflictingDeclarations
from objpub.errors import DeclarationError
from objpub.schema import field


def frozen(*things):
    configuration = Configuration()
    configuration.include("objpub.content", *things)
    return configuration.freeze()


def module_with(name, **classes):
    """Make a module whose classes records can name; in place of the module of that name before."""
    module = ModuleType(name)
    sys.modules[name] = module
    for kind in classes.values():
        kind.__module__ = name
        kind.__qualname__ = kind.__name__
        setattr(module, kind.__name__, kind)
    return module


def first_shape():
    class Article(Content):
        writer: str = field(default="")

    module_with("evolving", Article=Article)
    return Article


def second_shape():
    class Article(Content):
        author: str = field(default="")
        words: int = field(default=0)

    module_with("evolving", Article=Article)

    @evolve(Article, version=2)
    def name_the_author(state):
        state["author"] = state.pop("writer", "")
        return state

    @evolve(Article, version=3)
    def count_words(state):
        return {**state, "words": len(state["author"].split())}

    return Article, name_the_author, count_words


def stored(tmp_path, registry, *resources):
    """Put *resources* into a new site of a database file."""
    with closing(open_database("file:site.fs", registry=registry, root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            for number, resource in enumerate(resources):
                site_of(pair.connection).add(f"r{number}", resource)
            pair.manager.commit()


def test_an_older_record_is_loaded_in_todays_shape_and_nothing_is_written(tmp_path):
    Article = first_shape()
    stored(tmp_path, frozen(Article), Article(writer="Anna Maria"))
    Article, *steps = second_shape()
    with closing(open_database("file:site.fs", registry=frozen(Article, *steps), root=tmp_path)) as database:
        last = database.lastTransaction()
        with transaction_for(database, read_only=True) as pair:
            article = site_of(pair.connection)["r0"]
            assert (article.author, article.words) == ("Anna Maria", 2)
            assert article._p_changed is False
            assert not hasattr(article, "writer")
        assert database.lastTransaction() == last
        with transaction_for(database) as pair:  # now it is written, for another reason
            article = site_of(pair.connection)["r0"]
            article.author = "Anna"
            pair.manager.commit()
        with transaction_for(database) as pair:
            pair.connection.cacheMinimize()
            article = site_of(pair.connection)["r0"]
            assert (article.author, article.words) == ("Anna", 2)  # no step ran again


def test_a_new_resource_needs_no_steps(tmp_path):
    Article, *steps = second_shape()
    registry = frozen(Article, *steps)
    stored(tmp_path, registry, Article(author="Anna"))
    with closing(open_database("file:site.fs", registry=registry, root=tmp_path)) as database:
        with transaction_for(database) as pair:
            article = site_of(pair.connection)["r0"]
            assert (article.author, article.words) == ("Anna", 0)
            assert article._version == {"evolving.Article": 3}


def test_the_past_is_shown_in_todays_shape(tmp_path):
    Article = first_shape()
    stored(tmp_path, frozen(Article), Article(writer="Anna"))
    Article, *steps = second_shape()
    with closing(open_database("file:site.fs", registry=frozen(Article, *steps), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            first = site_of(pair.connection)["r0"]
            first._p_activate()
            then = first._p_serial
            first.author = "Berta"
            pair.manager.commit()
        with closing(database.open(at=then)) as past:
            assert site_of(past)["r0"].author == "Anna"
        with transaction_for(database) as pair:
            state = pair.connection.oldstate(site_of(pair.connection)["r0"], then)
            assert state["writer"] == "Anna"
            assert needs_evolving(database.registry, Article, state)
            evolved = evolve_state(database.registry, Article, state)
            assert evolved["author"] == "Anna"
            assert state["writer"] == "Anna"  # the state itself is left alone
            assert not needs_evolving(database.registry, Article, evolved)
            assert evolve_state(database.registry, Article, evolved) == evolved


def test_a_step_may_change_the_state_it_gets_and_return_nothing():
    class Note(Content):
        text: str = field(default="")

    @evolve(Note, version=2)
    def step(state):
        state["text"] = state.pop("body")

    assert evolve_state(frozen(Note, step), Note, {"body": "x"})["text"] == "x"


def test_steps_of_bases_and_mixins_hold_for_their_subclasses():
    class Dated:
        year: int = field(default=0)

    class Note(Content):
        text: str = field(default="")

    class Report(Dated, Note):
        pass

    @evolve(Note, version=2)
    def note_2(state):
        state["ran"] = [*state.get("ran", ()), "note 2"]

    @evolve(Report, version=2)
    def report_2(state):
        state["ran"] = [*state.get("ran", ()), "report 2"]

    @evolve(Report, version=3)
    def report_3(state):
        state["ran"] = [*state.get("ran", ()), "report 3"]

    @evolve(Dated, version=2)
    def dated_2(state):
        state["ran"] = [*state.get("ran", ()), "dated 2"]

    registry = frozen(Note, Report, report_3, note_2, report_2, dated_2)
    assert evolve_state(registry, Report, {})["ran"] == ["note 2", "dated 2", "report 2", "report 3"]
    assert evolve_state(registry, Note, {})["ran"] == ["note 2"]
    half = {"_version": {f"{__name__}.{Note.__qualname__}": 2, f"{__name__}.{Report.__qualname__}": 2}}
    assert evolve_state(registry, Report, half)["ran"] == ["dated 2", "report 3"]
    assert evolve_state(registry, Folder, {"a": 1}) == {"a": 1}


def test_a_renamed_class_knows_the_versions_under_its_former_names():
    class Post(Content, was=("blog.Article", "blog.Item")):
        pass

    @evolve(Post, version=2)
    def second(state):
        state["ran"] = [*state.get("ran", ()), 2]

    @evolve(Post, version=3)
    def third(state):
        state["ran"] = [*state.get("ran", ()), 3]

    registry = frozen(Post, second, third)
    assert evolve_state(registry, Post, {"_version": {"blog.Item": 2}})["ran"] == [3]
    assert evolve_state(registry, Post, {})["ran"] == [2, 3]


def test_a_step_that_fails_says_which_it_was(tmp_path):
    Article = first_shape()
    stored(tmp_path, frozen(Article), Article(writer="Anna"))

    @evolve(Article, version=2)
    def step(state):
        return state["nothing"]

    with closing(open_database("file:site.fs", registry=frozen(Article, step), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            article = site_of(pair.connection)._children["r0"]
            with pytest.raises(StateLoadError) as caught:
                article.writer  # noqa: B018
            note = caught.value.__cause__.__notes__[0]
            assert "while evolving Article to version 2" in note
            assert "@evolve(Article, version=2)" in note


def test_two_databases_in_one_process_have_their_own_steps(tmp_path):
    Article = first_shape()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        stored(tmp_path / name, frozen(Article), Article(writer="Anna"))

    @evolve(Article, version=2)
    def shout(state):
        state["writer"] = state["writer"].upper()

    with (
        closing(open_database("file:site.fs", registry=frozen(Article, shout), root=tmp_path / "a")) as one,
        closing(open_database("file:site.fs", registry=frozen(Article), root=tmp_path / "b")) as two,
        transaction_for(one) as left,
        transaction_for(two) as right,
    ):
        assert site_of(left.connection)["r0"].writer == "ANNA"
        assert site_of(right.connection)["r0"].writer == "Anna"


def test_a_database_without_a_registry_loads_records_as_they_are(tmp_path):
    Article = first_shape()
    stored(tmp_path, None, Article(writer="Anna"))
    with closing(open_database("file:site.fs", root=tmp_path)) as database, transaction_for(database) as pair:
        assert site_of(pair.connection)["r0"].writer == "Anna"


def test_a_gap_between_steps_stops_the_start():
    class Note(Content):
        pass

    @evolve(Note, version=2)
    def second(state):
        return state

    @evolve(Note, version=4)
    def fourth(state):
        return state

    with pytest.raises(DeclarationError) as caught:
        frozen(Note, second, fourth)
    assert "@evolve(Note, version=4): there is no step to version 3" in str(caught.value)
    assert "@evolve(Note, version=4)\n" in str(caught.value) + "\n"


def test_two_steps_to_one_version_conflict():
    class Note(Content):
        pass

    @evolve(Note, version=2)
    def one(state):
        return state

    @evolve(Note, version=2)
    def two(state):
        return state

    with pytest.raises(ConflictingDeclarations) as caught:
        frozen(Note, one, two)
    assert str(caught.value).count("@evolve(Note, version=2)") == 2


@pytest.mark.parametrize("version", [1, 0, -3, "2", None, 2.0, True])
def test_a_version_that_cannot_be_one_stops_the_start(version):
    class Note(Content):
        pass

    @evolve(Note, version=version)
    def step(state):
        return state

    with pytest.raises(DeclarationError) as caught:
        frozen(Note, step)
    assert f"@evolve wants a version from 2 on, not {version!r}" in str(caught.value)


def test_a_step_of_something_that_is_no_class_stops_the_start():
    @evolve("Note", version=2)
    def step(state):
        return state

    with pytest.raises(DeclarationError) as caught:
        frozen(step)
    assert "@evolve wants a class as its first argument, not 'Note'" in str(caught.value)
