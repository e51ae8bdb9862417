"""One number for everything in a database: two hold the same if, and only if, their digests are equal.

Each object counts with its oid, its class, its state in canonical form, and the SHA-256 of its bytes if it is
a blob. The SHA-256 of each object is added up modulo 2²⁵⁶, so the order in which an engine tells its records
plays no part. The canonical form is free of what a pickle may write in several ways: how numbers, texts and
bytes are encoded, and which numbers the places have that it remembers.
"""

import hashlib
import io
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple
from typing import TYPE_CHECKING

from BTrees.LLBTree import LLTreeSet
from ZODB.blob import is_blob_record
from ZODB.POSException import POSKeyError
from ZODB.utils import p64
from ZODB.utils import u64
from ZODB.utils import z64

from objpub.errors import DatabaseError
from objpub.libraries import later

from .checking import references_in
from .iterating import transactions_of

if TYPE_CHECKING:
    import pickletools
else:
    pickletools = later("pickletools")

SIZE = 2**256
CHUNK = 1_048_576
LAST = b"\x7f" + b"\xff" * 7
#: After so many objects the progress is told.
STEP = 500

#: Ways of a pickle to write the same.
KINDS = {
    **dict.fromkeys(("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"), "int"),
    **dict.fromkeys(("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"), "text"),
    **dict.fromkeys(("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"), "bytes"),
    **dict.fromkeys(("FLOAT", "BINFLOAT"), "float"),
}
PUTS = {"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"}
GETS = {"GET", "BINGET", "LONG_BINGET"}
FRAMING = {"PROTO", "FRAME"}


class Digest(NamedTuple):
    """What a database holds, in short.

    value: 64 hex digits. objects, blobs: how many counted, blobs among the objects.
    """

    value: str
    objects: int
    blobs: int


def digest_of(storage: Any, until: bytes = LAST, progress: Callable[[int], None] | None = None) -> Digest:
    """Return the digest of what the root of *storage* leads to, as of the transaction *until*.

    progress: called with the number of objects so far, now and then.
    Raises DatabaseError where an object or the file of a blob is missing.
    """
    total, number, blobs = 0, 0, 0
    for number, (oid, tid, data) in enumerate(reachable(storage, until), 1):
        counted = hashlib.sha256(oid)
        counted.update(canonical(data))
        if is_blob_record(data):
            blobs += 1
            counted.update(blob_hash(storage, oid, tid))
        total = (total + int.from_bytes(counted.digest(), "big")) % SIZE
        if progress is not None and not number % STEP:
            progress(number)
    return Digest(f"{total:064x}", number, blobs)


def reachable(storage: Any, until: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield (oid, tid, data) of each object that the root leads to, as of the transaction *until*."""
    waiting, known = [z64], LLTreeSet([0])
    after = p64(u64(until) + 1)
    while waiting:
        oid = waiting.pop()
        try:
            found = storage.loadBefore(oid, after)
        except POSKeyError:
            found = None
        if found is None or found[0] is None:
            if oid == z64 and len(known) == 1:
                return  # an empty database
            raise DatabaseError(f"The object 0x{u64(oid):x} is not there, and something refers to it")
        yield oid, found[1], found[0]
        waiting.extend(each for each in sorted(references_in(found[0])) if known.insert(u64(each)))


def history_digest_of(
    storage: Any,
    until: bytes = LAST,
    progress: Callable[[int], None] | None = None,
    write: Callable[[bytes], bytes] = bytes,
) -> str:
    """Return the digest of all transactions up to *until* with all their revisions: 64 hex digits.

    Each counts with its id, user, description and what else was said of it. write: gives what counts of a
    record: all its bytes, which engines keep as they are, or with `canonical`, which takes longer, its sense.
    """
    whole = hashlib.sha256()
    for number, transaction in enumerate(transactions_of(storage, stop=until), 1):
        whole.update(transaction.tid)
        for words in (transaction.user, transaction.description):
            whole.update(hashlib.sha256(words).digest())
        whole.update(
            repr(sorted((str(name), value) for name, value in transaction.extension.items())).encode()
        )
        for oid, counted in sorted(counted_records(storage, transaction, write)):
            whole.update(oid + counted)
        if progress is not None and not number % STEP:
            progress(number)
    return whole.hexdigest()


def counted_records(
    storage: Any, transaction: Any, write: Callable[[bytes], bytes]
) -> Iterator[tuple[bytes, bytes]]:
    """Yield (oid, SHA-256) of each record of *transaction*."""
    for record in transaction:
        if record.data is None:  # an undo took back that it was made
            yield record.oid, b"gone"
            continue
        blob = blob_hash(storage, record.oid, record.tid) if is_blob_record(record.data) else b""
        yield record.oid, hashlib.sha256(write(record.data) + blob).digest()


def blob_hash(storage: Any, oid: bytes, tid: bytes) -> bytes:
    """Return the SHA-256 of the bytes of a blob. Raises DatabaseError where they are missing."""
    counted = hashlib.sha256()
    try:
        with open(storage.loadBlob(oid, tid), "rb") as file:
            while chunk := file.read(CHUNK):
                counted.update(chunk)
    except (POSKeyError, OSError) as error:
        raise DatabaseError(f"The file of the blob 0x{u64(oid):x}, revision {tid.hex()}, is gone") from error
    return counted.digest()


def canonical(data: bytes) -> bytes:
    """Return the class and the state of a record in one way of writing; of what is no pickle, itself."""
    file = io.BytesIO(data)
    try:
        return b"\n".join(canonical_pickle(file) for _ in range(2))
    except Exception:  # a damaged record may raise anything
        return data


def canonical_pickle(file: io.BytesIO) -> bytes:
    """Return the next pickle of *file* as lines of text, one for each step."""
    steps = [(code.name, argument) for code, argument, _ in pickletools.genops(file)]
    fetched = {argument for name, argument in steps if name in GETS}
    places: dict[Any, int] = {}
    lines = []
    remembered = 0
    for name, argument in steps:
        if name in PUTS:
            place = remembered if name == "MEMOIZE" else argument
            remembered += 1
            if place in fetched:
                places[place] = len(places)
                lines.append("put")
        elif name in GETS:
            lines.append(f"get {places[argument]}")
        elif name not in FRAMING:
            lines.append(f"{KINDS.get(name, name)} {argument!r}")
    return "\n".join(lines).encode("utf-8", "surrogatepass")
