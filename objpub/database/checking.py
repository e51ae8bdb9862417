"""Does every record load, and is everything there that they refer to?"""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from BTrees import check as tree_check
from BTrees.LLBTree import LLTreeSet
from ZODB.blob import Blob
from ZODB.broken import Broken
from ZODB.POSException import POSKeyError
from ZODB.POSException import StateLoadError
from ZODB.serialize import referencesf
from ZODB.utils import load_current
from ZODB.utils import u64
from ZODB.utils import z64

from objpub.lineage import path_of

from .site import site_of
from .transactions import transaction_for

#: How many steps up to search for the resource that a damaged part belongs to.
STEPS = 8
#: After so many records memory is given back.
BATCH = 1_000


@dataclass(frozen=True)
class Problem:
    """Something that is wrong in a database.

    kind: "broken class", "unreadable record", "missing object", "missing blob" or "damaged tree". oid: of the
    record it was found in. path: of the resource that the record belongs to; "" where none was found. unused:
    does nothing lead to the record any more, so that it does no harm, and the next pack removes it?
    """

    kind: str
    oid: bytes
    sentence: str
    path: str = ""
    unused: bool = False

    def __str__(self) -> str:
        place = self.path or f"oid 0x{int.from_bytes(self.oid, 'big'):x}"
        return f"{place}: {self.sentence}{' (nothing leads there: the next pack removes it)' * self.unused}"


@dataclass
class Findings:
    """What the records told so far. Sets hold oids."""

    problems: list[Problem] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    referrers: dict[bytes, bytes] = field(default_factory=dict)  # not yet seen → a record that refers to it
    trees: set[bytes] = field(default_factory=set)
    inner_trees: set[bytes] = field(default_factory=set)


def check(database: Any, progress: Callable[[int], None] | None = None) -> Iterator[Problem]:
    """Load every record of *database* and yield what is wrong. Nothing is changed.

    progress: called with the number of records so far, now and then. Of an engine that cannot list its
    records those are checked that the root leads to.
    """
    findings = Findings()
    with transaction_for(database, read_only=True) as pair:
        connection = pair.connection
        for number, (oid, tid, data) in enumerate(records_of(current_storage(pair)), 1):
            check_record(connection, oid, tid, data, findings)
            if not number % BATCH:
                connection.cacheGC()
                if progress is not None:
                    progress(number)
        check_references(connection, findings)
        check_trees(connection, findings)
        yield from with_paths(current_storage(pair), connection, findings.problems)


def current_storage(pair: Any) -> Any:
    """Return the storage that knows what was committed until the transaction of *pair* began.

    That of the database stands still in the past with some engines; with others the connection's own does not
    list its records.
    """
    own = pair.connection._storage
    return own if hasattr(own, "record_iternext") else pair.connection.db().storage


def records_of(storage: Any) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield (oid, tid, data) of the current records: all of them, or those that the root leads to."""
    listed = LLTreeSet()
    if hasattr(storage, "record_iternext"):
        cursor = None
        while True:
            try:
                oid, tid, data, cursor = storage.record_iternext(cursor)
            except POSKeyError:  # an undo took back that it was made: a file stumbles over that, and stops
                break
            if data is not None:
                listed.insert(u64(oid))
                yield oid, tid, data
            if cursor is None:
                return
    yield from (record for record in reachable_records(storage) if u64(record[0]) not in listed)


def reachable_records(storage: Any) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield (oid, tid, data) of the current records that the root leads to."""
    waiting, known = [z64], {z64}
    while waiting:
        oid = waiting.pop()
        try:
            data, tid = load_current(storage, oid)
        except POSKeyError:
            continue
        yield oid, tid, data
        found = references_in(data) - known
        known |= found
        waiting.extend(found)


def references_in(data: bytes) -> set[bytes]:
    """Return the oids that a record refers to; of a damaged one, none."""
    try:
        return set(referencesf(data))
    except Exception:  # a damaged record may raise anything; loading it says so
        return set()


def check_record(connection: Any, oid: bytes, tid: bytes, data: bytes, findings: Findings) -> None:
    """Load one record as a request would, and remember what it refers to."""
    findings.seen.add(oid)
    findings.referrers.pop(oid, None)
    for reference in references_in(data):
        if reference not in findings.seen:
            findings.referrers.setdefault(reference, oid)
    try:
        loaded = connection._reader.getGhost(data)
        state = connection._reader.getState(data)
        if not isinstance(loaded, Broken):
            if hasattr(type(loaded), "__parent__"):  # a resource finds its steps to today's shape by its jar
                loaded._p_jar = connection
            loaded.__setstate__(state)
    except Exception as error:  # whatever a stored state can make a class raise is what is looked for
        cause = error.__cause__ or error
        sentence = ", ".join([f"cannot be loaded: {type(cause).__name__}: {cause}", *notes_of(cause)])
        findings.problems.append(Problem("unreadable record", oid, sentence))
        return
    if isinstance(loaded, Broken):
        kind = type(loaded)
        sentence = f"the class {kind.__module__}.{kind.__name__} is gone"
        findings.problems.append(Problem("broken class", oid, sentence))
    elif isinstance(loaded, Blob):
        check_blob(connection, oid, tid, findings)
    elif is_tree(loaded):
        findings.trees.add(oid)
        findings.inner_trees.update(inner_trees_of(loaded, state))


def notes_of(error: BaseException) -> list[str]:
    """Return the first lines of the notes that stand on *error*, without their colons."""
    return [note.partition("\n")[0].rstrip(":") for note in getattr(error, "__notes__", ())]


def check_blob(connection: Any, oid: bytes, tid: bytes, findings: Findings) -> None:
    """Note a blob whose file is gone."""
    try:
        connection._normal_storage.loadBlob(oid, tid)
    except POSKeyError:
        findings.problems.append(
            Problem("missing blob", oid, f"the file of the blob, revision {tid.hex()}, is gone")
        )


def is_tree(loaded: Any) -> bool:
    """Is it the root or an inner node of a BTree or TreeSet?"""
    return hasattr(loaded, "_firstbucket") and hasattr(loaded, "_check")


def inner_trees_of(tree: Any, state: Any) -> Iterator[bytes]:
    """Yield the oids of the nodes below *tree* that are trees themselves.

    state: ((child, key, child, …), first bucket), or something shorter for a tree with a single bucket.
    """
    if isinstance(state, tuple) and len(state) == 2:
        yield from (child._p_oid for child in state[0][::2] if type(child) is type(tree))


def check_references(connection: Any, findings: Findings) -> None:
    """Note the objects that something refers to and that are not there; new ones may have come meanwhile."""
    for oid, referrer in findings.referrers.items():
        try:
            load_current(connection.db().storage, oid)
        except POSKeyError:
            number = int.from_bytes(oid, "big")
            sentence = f"refers to the object 0x{number:x}, which is not there"
            findings.problems.append(Problem("missing object", referrer, sentence))


def check_trees(connection: Any, findings: Findings) -> None:
    """Note the BTrees whose keys are out of order, or whose parts do not fit together."""
    for oid in findings.trees - findings.inner_trees:
        tree = connection.get(oid)
        try:
            tree._check()
            if type(tree) in tree_check._type2kind:
                tree_check.check(tree)
        except (POSKeyError, StateLoadError):
            pass  # a part is missing or cannot be loaded, and that is noted already
        except Exception as error:  # keys may raise anything when they are compared
            first = str(error).partition("\n")[0]
            findings.problems.append(Problem("damaged tree", oid, f"the BTree is damaged: {first}"))
        connection.cacheGC()


def with_paths(storage: Any, connection: Any, problems: list[Problem]) -> Iterator[Problem]:
    """Yield *problems* with the paths of the resources that they belong to."""
    paths: dict[bytes, str] = {}
    above = {problem.oid: problem.oid for problem in problems}  # oid of a problem → how far up the search is
    for _ in range(STEPS):
        paths |= {oid: path for oid, place in above.items() if (path := stored_path(connection, place))}
        above = {oid: place for oid, place in above.items() if oid not in paths}
        if not above:
            break
        referrers = dict(referrers_of(storage, set(above.values())))
        above = {oid: referrers[place] for oid, place in above.items() if place in referrers}
    used = {oid for oid, _, _ in reachable_records(storage)} if above else set()
    for problem in problems:
        path = paths.get(problem.oid, "")
        yield replace(problem, path=path, unused=not path and problem.oid not in used)


def referrers_of(storage: Any, wanted: set[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield (oid, a record that refers to it) for the *wanted* oids."""
    left = set(wanted)
    for oid, _, data in records_of(storage):
        for reference in left & references_in(data):
            if reference != oid:
                yield reference, oid
                left.discard(reference)
        if not left:
            return


def stored_path(connection: Any, oid: bytes) -> str:
    """Return the path of the resource with *oid*, also of one that does not load; "" for other objects."""
    try:
        if oid == site_of(connection)._p_oid:
            return "/"
        state = connection._reader.getState(load_current(connection.db().storage, oid)[0])
        return f"{path_of(state['__parent__']).rstrip('/')}/{state['__name__']}"
    except Exception:  # what is damaged may raise anything; it has no path then
        return ""
