"""Packs and backups that are watched: they say how far they are, and leave all as it was when stopped."""

import pytest
from ZODB.blob import Blob

from objpub.database import open_database
from objpub.database import transaction_for
from objpub.database import verify_backup
from objpub.database import Watch


class Stop(BaseException):
    """The work is to end."""


class Watching(Watch):
    """Hears of each step, and stops the work at one of them."""

    def __init__(self, most=None):
        self.heard, self.steps, self.most, self.measured = [], 0, most, []

    def step(self, count=1):
        self.steps += 1
        if self.most is not None and self.steps > self.most:
            raise Stop

    def reach(self, done, total):
        self.heard.append(done / total)
        self.step()

    def measure(self, measure):
        if measure is not None:
            self.measured.append(measure())


@pytest.fixture
def database(tmp_path):
    """A database in a file, with much that a pack removes."""
    with filled(f"file:{tmp_path}/site.fs") as database:
        yield database


class filled:
    """A database with sixty things, each changed three times, and three blobs."""

    def __init__(self, uri):
        self.database = open_database(uri)

    def __enter__(self):
        for turn in range(3):
            with transaction_for(self.database) as pair:
                root = pair.connection.root()
                for number in range(60):
                    root[f"thing {number}"] = type(root)({"turn": turn})
                for number in range(3):
                    root[f"blob {number}"] = Blob(f"{number} {turn}".encode())
                pair.manager.commit()
        return self.database

    def __exit__(self, *error):
        self.database.close()


def test_a_pack_of_a_file_says_how_far_it_is(database):
    watch = Watching()
    packed = database.pack(watch=watch)
    assert packed.bytes_after < packed.bytes_before
    assert watch.heard == sorted(watch.heard)
    assert watch.heard[0] < 0.1
    assert any(0.4 < each <= 0.5 for each in watch.heard) and any(0.6 < each <= 1 for each in watch.heard)


@pytest.mark.parametrize("most", [0, 30, 65])
def test_a_pack_that_is_stopped_changes_nothing_and_can_be_done_again(database, most, tmp_path):
    before = database.getSize()
    with pytest.raises(Stop):
        database.pack(watch=Watching(most))
    assert database.getSize() == before
    assert not list(tmp_path.glob("*.pack"))
    with transaction_for(database) as pair:
        pair.connection.root()["after"] = 1
        pair.manager.commit()
    packed = database.pack()
    assert packed.bytes_after < packed.bytes_before


def test_a_pack_of_sqlite_is_stopped_and_done_again(tmp_path):
    with filled(f"sqlite:{tmp_path}/site.sqlite") as database:
        before = len(database.history(b"\0" * 8, 99))
        with pytest.raises(Stop):
            database.pack(watch=Watching(20))
        assert len(database.history(b"\0" * 8, 99)) == before
        watch = Watching()
        database.pack(watch=watch)
        assert len(database.history(b"\0" * 8, 99)) < before
        assert watch.steps and not watch.heard  # nobody knows how many there are


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of repozo
def test_a_backup_that_is_stopped_leaves_the_backups_that_there_were(database, tmp_path):
    folder = tmp_path / "backups"
    with pytest.raises(Stop):
        database.backup(folder, watch=Watching(2))
    assert not [each for each in folder.iterdir() if each.name != "blobs"]
    watch = Watching()
    done = database.backup(folder, watch=watch)
    assert done.full and watch.measured[0][1] == 2 * database.getSize()
    verify_backup(folder)


def test_a_backup_of_sqlite_says_how_far_it_is_and_can_be_stopped(tmp_path):
    with filled(f"sqlite:{tmp_path}/site.sqlite") as database:
        with pytest.raises(Stop):
            database.backup(tmp_path / "backups", watch=Watching(2))
        watch = Watching()
        done = database.backup(tmp_path / "backups", watch=watch)
        assert done.full and watch.heard[-1] == 1 and watch.heard == sorted(watch.heard)
