"""From one engine to another: everything is copied, verified, and may be stopped and gone on with.

    convert("file:var/site.fs", "postgresql:dbname=site")

Only whole transactions are copied, each in one piece and in their order, so the target is at any moment what
the source was at an earlier one. That is also how a conversion goes on: behind the last transaction that the
target has. Nothing of the source is changed, and it may be served meanwhile: what came later is brought over
by converting again.
"""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ZODB.utils import z64

from objpub.errors import DatabaseError

from .addresses import Opened
from .copying import copy_transactions
from .copying import last_of
from .digests import canonical
from .digests import Digest
from .digests import digest_of
from .digests import history_digest_of
from .embedded import file_places
from .embedded import open_demo
from .embedded import open_file
from .embedded import open_file_to_read
from .engines import engine_of
from .iterating import keeps_history
from .iterating import transactions_of
from .networked import open_client
from .networked import served_file
from .places import blob_files
from .relational import open_sqlite

#: Called with what is being done, "Copying", and how far it is.
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Converted:
    """What a conversion did.

    transactions: how many were copied now. before: those of the target that were there already, the id of the
    last as 16 hex digits, or "". digest: of the source as of its last transaction, and of the target, which
    has the same. history: was the past compared too? With an engine that keeps none there is nothing to it.
    """

    transactions: int
    before: str
    digest: Digest
    history: bool


def convert(
    source: str, target: str, *, root: str | Path = ".", progress: Progress | None = None
) -> Converted:
    """Copy the database with the URI *source* to the empty one with the URI *target*, and compare them.

    A target that has a beginning of the source already, as of a conversion that was stopped, gets the rest.
    root: the folder that paths are relative to. Raises DatabaseError where the target has something else,
    where a record or a blob of the source is missing, and where both are not equal at the end.
    """
    with source_at(source, Path(root)) as given, target_at(target, Path(root)) as made:
        if given.getName() == made.getName():
            raise DatabaseError(f"{source!r} and {target!r} are the same database")
        until = last_of(given)
        if until == z64:
            raise DatabaseError(f"There is nothing in the database {given.getName()}")
        before = last_of(made)
        refuse_foreign(given, made, before)
        tell = progress or (lambda doing, number: None)
        copied = copy_transactions(
            given, made, after=before, until=until, progress=lambda number, _: tell("Copying", number)
        )
        digest = compared(given, made, until, tell)
        history = keeps_history(given) and keeps_history(made)
    return Converted(copied, before.hex() if before != z64 else "", digest, history)


def refuse_foreign(source: Any, target: Any, last: bytes) -> None:
    """Raise DatabaseError if the *target*, with the last transaction *last*, is no beginning of *source*."""
    if last == z64 or any(each.tid == last for each in transactions_of(source, last, last)):
        return
    raise DatabaseError(
        f"There is something else in {target.getName()} already: its last transaction, {last.hex()}, is"
        f" not in {source.getName()}. Name a database that is empty"
    )


def compared(source: Any, target: Any, until: bytes, tell: Progress) -> Digest:
    """Return the digest of both. Raises DatabaseError where it differs, or their past does."""
    last_of(target)  # the instance sees what was committed
    wanted = digest_of(source, until, lambda number: tell("Reading", number))
    found = digest_of(target, until, lambda number: tell("Comparing", number))
    if wanted != found:
        raise DatabaseError(
            f"{target.getName()} is not equal to {source.getName()}: its digest is {found.value}, wanted"
            f" {wanted.value}. Empty it, and convert again"
        )
    if keeps_history(source) and keeps_history(target):
        ways: tuple[Callable[[bytes], bytes], ...] = (bytes, canonical)
        if not any(has_same_past(source, target, until, tell, write) for write in ways):
            raise DatabaseError(
                f"The past in {target.getName()} is not that of {source.getName()}, which may have been"
                " packed since the conversion began. Empty it, and convert again"
            )
    return wanted


def has_same_past(
    source: Any, target: Any, until: bytes, tell: Progress, write: Callable[[bytes], bytes]
) -> bool:
    """Are all transactions of both equal, up to *until*? write: as in `history_digest_of`."""
    found = [
        history_digest_of(each, until, lambda number: tell("History", number), write)
        for each in (source, target)
    ]
    return found[0] == found[1]


def digest(uri: str, root: str | Path = ".", progress: Callable[[int], None] | None = None) -> Digest:
    """Return the digest of the database *uri*, as of its last transaction; it may be served meanwhile."""
    with source_at(uri, Path(root)) as storage:
        return digest_of(storage, last_of(storage), progress)


@contextmanager
def source_at(uri: str, root: Path) -> Iterator[Any]:
    """Give the storage *uri* to read from, and close it. A file is read without its lock."""
    engine, address = engine_of(uri, root, create=False)
    if engine is open_client and not address.place.startswith("//"):
        engine, address = open_file, served_file(address)
    if engine is open_demo:
        raise DatabaseError(f"{address.uri!r} is in the memory of one process: no other reads it")
    with closing(open_file_to_read(address) if engine is open_file else engine(address)) as storage:
        yield storage


@contextmanager
def target_at(uri: str, root: Path) -> Iterator[Any]:
    """Give the storage *uri* to write to, and close it. Of a server on this machine its file is written."""
    engine, address = engine_of(uri, root, create=True)
    if engine is open_client and not address.place.startswith("//"):
        engine, address = open_file, served_file(address)
    elif engine is open_client:
        raise DatabaseError(
            f"{address.uri!r} is kept by a server on another machine: write the file there, with the server"
            " stopped, and name it as file:"
        )
    elif engine is open_demo:
        raise DatabaseError(f"{address.uri!r} is gone with the process: nothing can be put there")
    if engine is open_file:
        refuse_mixed(*file_places(address))
    elif engine is open_sqlite:
        refuse_nowhere(address.root / address.place)
    with closing(engine(address)) as storage:
        yield storage


def refuse_mixed(file: Path, blobs: Path) -> None:
    """Raise DatabaseError where the database *file* is to be made beside *blobs* that another one has."""
    refuse_nowhere(file.parent)
    if not file.exists() and next(blob_files(blobs), None) is not None:
        raise DatabaseError(
            f"There are files of another database in {blobs}: name another folder for those of {file.name},"
            f" as file:{file}?blobs={file.with_suffix('.blobs')}"
        )


def refuse_nowhere(folder: Path) -> None:
    """Raise DatabaseError if *folder* is not there, and could be made only with others around it."""
    if not folder.is_dir() and not folder.parent.is_dir():
        raise DatabaseError(f"There is no folder {folder.parent} to make {folder.name} in: make it first")


@contextmanager
def closing(opened: Opened) -> Iterator[Any]:
    """Give the storage of *opened*, and close it with what goes with it."""
    try:
        yield opened.storage
    finally:
        opened.storage.close()
        if opened.held is not None:
            opened.held.close()
