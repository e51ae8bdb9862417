"""Stored resources brought into today's shape all at once."""

from contextlib import closing

import pytest

from objpub.content import evolve
from objpub.content import evolve_all
from objpub.content import evolving
from objpub.content import Folder
from objpub.database import open_database
from objpub.database import site_of
from objpub.database import stored_state
from objpub.database import transaction_for
from objpub.errors import DatabaseError

from .test_evolution import first_shape
from .test_evolution import frozen
from .test_evolution import second_shape
from .test_evolution import stored


@pytest.fixture
def folder(tmp_path):
    """A database with seven articles of the first shape, and a folder."""
    Article = first_shape()
    stored(tmp_path, frozen(Article), *(Article(writer=f"Anna {number}") for number in range(7)), Folder())
    return tmp_path


def opened(folder, *more):
    return closing(open_database("file:site.fs", registry=frozen(*second_shape(), *more), root=folder))


def old_in(database):
    """Return how many records are of the first shape."""
    with transaction_for(database, read_only=True) as pair:
        return sum("writer" in stored_state(each) for each in site_of(pair.connection).values())


def test_all_are_written_and_then_none_is_old(folder):
    with opened(folder) as database:
        done = evolve_all(database)
        assert (done.kinds, done.problems, done.total) == ({"evolving.Article": 7}, (), 7)
        assert old_in(database) == 0
        last = database.lastTransaction()
        assert evolve_all(database).total == 0
        assert database.lastTransaction() == last
        with transaction_for(database) as pair:
            article = site_of(pair.connection)["r3"]
            assert (article.author, article.words) == ("Anna 3", 2)


def test_a_dry_run_tells_the_same_and_writes_nothing(folder):
    with opened(folder) as database:
        last = database.lastTransaction()
        assert evolve_all(database, dry_run=True).kinds == {"evolving.Article": 7}
        assert (database.lastTransaction(), old_in(database)) == (last, 7)


def test_what_was_stopped_goes_on(folder, monkeypatch):
    monkeypatch.setattr(evolving, "BATCH", 2)
    told = []

    def stop(done, total):
        told.append((done, total))
        if done == 4:
            raise KeyboardInterrupt

    with opened(folder) as database:
        with pytest.raises(KeyboardInterrupt):
            evolve_all(database, progress=stop)
        assert (told, old_in(database)) == ([(2, 7), (4, 7)], 3)
    with opened(folder) as database:
        assert evolve_all(database).total == 3
        assert old_in(database) == 0


def test_others_may_write_meanwhile(folder, monkeypatch):
    met = []
    mark = evolving.mark_changed

    def another_writes_first(connection, oid):
        mark(connection, oid)
        if not met:
            met.append(oid)
            with transaction_for(connection.db()) as pair:
                pair.connection.get(oid).author = "Somebody else"
                pair.manager.commit()

    monkeypatch.setattr(evolving, "mark_changed", another_writes_first)
    with opened(folder) as database:
        assert evolve_all(database).total == 7
        assert old_in(database) == 0
        with transaction_for(database) as pair:
            assert pair.connection.get(met[0]).author == "Somebody else"


def test_a_step_that_fails_is_told_and_the_others_are_written(folder):
    Article, *steps = second_shape()

    @evolve(Article, version=4)
    def stumble(state):
        if state["author"] == "Anna 2":
            raise ValueError("no")
        return state

    registry = frozen(Article, *steps, stumble)
    with closing(open_database("file:site.fs", registry=registry, root=folder)) as database:
        done = evolve_all(database)
        assert done.total == 6
        (problem,) = done.problems
        assert problem.startswith("evolving.Article, oid 0x")
        assert "ValueError: no (while evolving Article to version 4:" in problem
        again = evolve_all(database, dry_run=True)
        assert (again.total, again.problems) == (0, done.problems)


def test_without_declarations_nobody_knows_the_steps(folder):
    with closing(open_database("file:site.fs", root=folder)) as database:
        with pytest.raises(DatabaseError, match="nobody knows the steps"):
            evolve_all(database)
