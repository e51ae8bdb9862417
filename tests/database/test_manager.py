"""The manager of a pair does what the library's does, only cheaper."""

import pytest
import transaction
from transaction import TransactionManager
from transaction.interfaces import AlreadyInTransaction
from transaction.interfaces import DoomedTransaction
from transaction.interfaces import NoTransaction
from transaction.interfaces import TransactionFailedError

from objpub.database.manager import PairManager
from objpub.database.manager import PairTransaction
from objpub.database.manager import Synchronizers


class Listener:
    """Hears what a connection hears, and writes it down."""

    def __init__(self, heard):
        self.heard = heard

    def newTransaction(self, current):  # noqa: N802
        self.heard.append("new")

    def beforeCompletion(self, current):  # noqa: N802
        self.heard.append(f"before {current.status}")

    def afterCompletion(self, current):  # noqa: N802
        self.heard.append(f"after {current.status}")


class Participant(Listener):
    """Takes part in the two-phase commit, and fails where it is told to."""

    fails_at = None

    def __getattr__(self, name):
        if name not in {"abort", "tpc_begin", "commit", "tpc_vote", "tpc_finish", "tpc_abort"}:
            raise AttributeError(name)

        def step(current):
            self.heard.append(name)
            if name == self.fails_at:
                raise ValueError(name)

        return step

    def sortKey(self):  # noqa: N802
        return "a"

    def savepoint(self):
        self.heard.append("savepoint")
        return self

    def rollback(self):
        self.heard.append("rollback")


def abort(manager, heard):
    manager.abort()


def commit(manager, heard):
    manager.commit()


def take_part_and_abort(manager, heard):
    manager.get().join(Participant(heard))
    manager.abort()


def take_part_and_commit(manager, heard):
    manager.get().join(Participant(heard))
    manager.commit()


def fail_to_vote(manager, heard):
    participant = Participant(heard)
    participant.fails_at = "tpc_vote"
    manager.get().join(participant)
    for attempt in (manager.commit, manager.commit):
        with pytest.raises((ValueError, TransactionFailedError)) as error:
            attempt()
        heard.append(type(error.value))
    manager.abort()


def fail_elsewhere(manager, heard):
    for step in ("tpc_begin", "commit", "tpc_finish"):
        participant = Participant(heard)
        participant.fails_at = step
        manager.get().join(participant)
        with pytest.raises(ValueError, match=step):
            manager.commit()
        with pytest.raises(TransactionFailedError):
            manager.commit()
        manager.abort()
        manager.begin()


def fail_as_one_of_two(manager, heard):
    for step in ("tpc_begin", "commit", "tpc_vote", "tpc_finish"):
        first, second = Participant(heard), Participant(heard)
        second.fails_at = step
        manager.get().join(first)
        manager.get().join(second)
        with pytest.raises(ValueError, match=step):
            manager.commit()
        manager.abort()
        manager.begin()


def fail_to_abort(manager, heard):
    participant = Participant(heard)
    participant.fails_at = "abort"
    manager.get().join(participant)
    with pytest.raises(ValueError):
        manager.abort()


def savepoint(manager, heard):
    manager.get().join(Participant(heard))
    manager.savepoint().rollback()
    manager.savepoint()
    manager.abort()


def savepoint_of_nobody(manager, heard):
    point = manager.savepoint()
    manager.abort()
    heard.append(point.valid)


def abort_hooks(manager, heard):
    manager.get().addBeforeAbortHook(heard.append, ("before the abort",))
    manager.get().addAfterAbortHook(heard.append, ("after the abort",))
    manager.abort()


def commit_hooks(manager, heard):
    manager.get().addBeforeCommitHook(heard.append, ("before the commit",))
    manager.get().addAfterCommitHook(lambda *arguments: heard.append(arguments), ("after",))
    manager.commit()


def unused_hooks(manager, heard):
    manager.get().addBeforeCommitHook(heard.append, ("never",))
    manager.abort()


def doom(manager, heard):
    manager.doom()
    heard.append(manager.isDoomed())
    with pytest.raises(DoomedTransaction):
        manager.commit()
    manager.abort()


def notes(manager, heard):
    current = manager.get()
    current.setUser("ada")
    current.note("one")
    current.note("two")
    current.setExtendedInfo("path", "/a")
    heard.append((current.user, current.description, dict(current.extension)))
    manager.commit()


def end_twice(manager, heard):
    current = manager.get()
    manager.abort()
    current.abort()


def begin_twice(manager, heard):
    with pytest.raises(AlreadyInTransaction):
        manager.begin()
    manager.abort()


def without_a_transaction(manager, heard):
    manager.abort()
    for act in (manager.get, manager.commit, manager.abort, manager.doom, manager.savepoint):
        with pytest.raises(NoTransaction):
            act()
    heard.append(manager.begin() is manager.get())
    manager.abort()


def as_a_context(manager, heard):
    manager.abort()
    with manager as current:
        current.join(Participant(heard))
    with pytest.raises(KeyError), manager:
        raise KeyError
    heard.append(manager._txn)


def leave_and_come_back(manager, heard):
    other = Listener([])
    manager.registerSynch(other)
    manager.unregisterSynch(other)
    with pytest.raises(KeyError):
        manager.unregisterSynch(other)
    heard.append((manager.registeredSynchs(), other.heard))
    manager.commit()
    manager.clearSynchs()
    heard.append(manager.registeredSynchs())
    manager.begin()
    manager.abort()


def use_after_the_end(manager, heard):
    current = manager.get()
    manager.abort()
    heard.append((current.status, manager._txn))


STORIES = [value for value in list(globals().values()) if getattr(value, "__module__", "") == __name__]
STORIES = [story for story in STORIES if callable(story) and not isinstance(story, type)]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_it_behaves_as_the_librarys_own(story):
    told = []
    for manager in (TransactionManager(explicit=True), PairManager()):
        heard = []
        listener = Listener(heard)
        manager.registerSynch(listener)
        manager.begin()
        story(manager, heard)
        told.append(heard)
    assert told[0] == told[1]
    assert told[0]


def test_a_transaction_has_every_attribute_that_the_library_gives_one():
    ours, theirs = PairTransaction(Synchronizers(), PairManager()), transaction.Transaction()
    assert vars(ours).keys() == vars(theirs).keys()
    for name, value in vars(theirs).items():
        if name not in {"_manager", "_synchronizers", "log"}:
            assert (type(vars(ours)[name]), vars(ours)[name]) == (type(value), value), name


def test_one_who_leaves_while_all_are_told_does_not_disturb_the_others():
    heard, synchronizers = [], Synchronizers()
    first, second, third = Listener([]), Listener([]), Listener([])
    for each in (first, second, third):
        synchronizers.add(each)

    def tell(each):
        heard.append(each)
        if each is first:
            synchronizers.remove(second)

    synchronizers.map(tell)
    assert heard == [first, second, third]
    assert list(synchronizers) == [first, third]
