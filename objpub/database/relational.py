"""The engines of RelStorage: an SQLite file for several processes of one machine, and PostgreSQL."""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from objpub.errors import DatabaseError
from objpub.settings import private_folder

from .addresses import Address
from .addresses import library
from .addresses import Opened
from .addresses import refuse_unknown_options
from .synced import synced_blobs
from .temporary import ProcessFolder
from .whole_packs import keeping_packs

#: A commit is on the disk when it is acknowledged, also when the power fails.
PRAGMAS = {"synchronous": "FULL"}
#: Blobs that PostgreSQL keeps are copied here when they are read; so many bytes of them stay.
BLOB_CACHE_BYTES = 1_000_000_000
#: Each process keeps so many megabytes of records, which saves asking the server for them.
CACHE_MEGABYTES = 32
#: What a pack has read of who refers to whom is kept so often: one that was killed does not read it again.
KEEP_SECONDS = 5
#: What a URI says to objpub; all else in it is for the server.
OWN = ("blobs", "history")


def open_sqlite(address: Address) -> Opened:
    """Open a folder with an SQLite database: several processes of one machine, without a server."""
    refuse_unknown_options(address, set(OWN))
    if not address.place:
        raise DatabaseError(f"{address.uri!r} names no folder, wanted such as sqlite:var/site.sqlite")
    folder = address.root / address.place
    if folder.is_file():
        raise DatabaseError(f"{folder} is a file: an SQLite database is kept in a folder")
    if not address.create and not (folder / "main.sqlite3").exists():
        raise DatabaseError(f"There is no database at {folder}")
    adapter = library("relstorage.adapters.sqlite.adapter", "sqlite", "sqlite").Sqlite3Adapter
    blobs = address.path("blobs", folder / "blobs")
    history = address.switch("history", True)
    try:
        private_folder(folder)
        options = options_for(address, blobs, keep_history=history, shared_blob_dir=True)
        storage = storage_for(adapter(str(folder), PRAGMAS, options=options), f"SQLite {folder}", options)
    except Exception as error:  # the library, SQLite and the system each have classes of their own
        raise DatabaseError(f"Cannot open the database at {folder}: {error}") from error
    return with_folder(storage, folder / "tmp")


def open_postgresql(address: Address) -> Opened:
    """Open a database of PostgreSQL: any number of processes on any number of machines.

    The place is a URI or a list of words as libpq takes them. Blobs are in the database too.
    """
    dsn = server_words(address)
    adapter = library("relstorage.adapters.postgresql", "postgresql", "postgresql").PostgreSQLAdapter
    driver = library("psycopg2", "postgresql", "postgresql")
    blobs = address.path("blobs", address.root / "var" / "blob-cache")
    history = address.switch("history", True)
    name = f"PostgreSQL {database_name(dsn)}"
    try:
        options = options_for(
            address,
            blobs,
            keep_history=history,
            shared_blob_dir=False,
            blob_cache_size=BLOB_CACHE_BYTES,
            driver="psycopg2",
            create_schema=address.create,
        )
        storage = storage_for(adapter(dsn, options), name, options)
    except Exception as error:  # the library, psycopg2 and the system each have classes of their own
        raise DatabaseError(f"Cannot open the database {name}: {str(error).strip()}") from error
    return replace(with_folder(storage, blobs.parent / "tmp"), connect=partial(driver.connect, dsn))


def server_words(address: Address) -> str:
    """Return what libpq is to connect to, without what is said to objpub. Raises DatabaseError."""
    others = [(name, value) for name, value in address.options.items() if name not in OWN]
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in others)
    if address.raw.startswith("//"):
        return f"postgresql:{address.raw}{'?' if query else ''}{query}"
    if others or "=" not in address.raw:
        raise DatabaseError(
            f"{address.uri!r} names no database, wanted such as postgresql://user@host/name or"
            " postgresql:host=/run/postgresql dbname=name"
        )
    return address.raw


def database_name(dsn: str) -> str:
    """Return the name of the database that *dsn* leads to, for figures and messages; never a password."""
    words = re.search(r"dbname=(?:'([^']*)'|(\S+))", dsn) or re.match(r"postgresql://[^/?]*/()([^?]*)", dsn)
    return next(filter(None, words.groups()), "") if words else ""


def options_for(address: Address, blobs: Path, **more: Any) -> Any:
    """Return the options of RelStorage for *address*, whose blobs lie in the folder *blobs*."""
    private_folder(blobs)
    options = library("relstorage.options", address.scheme, address.scheme)
    return options.Options(
        blob_dir=str(blobs),
        cache_local_mb=CACHE_MEGABYTES,
        **more,
    )


def storage_for(adapter: Any, name: str, options: Any) -> Any:
    """Return the storage over *adapter*, which names itself *name*: its own name would tell the password."""
    more = {}
    if options.shared_blob_dir:
        shared = library("relstorage.blobhelper.shared", "sqlite", "sqlite").SharedBlobHelper
        more["blobhelper"] = synced_blobs(shared)(options, adapter)
    kind = library("relstorage.storage", "sqlite", "sqlite").RelStorage
    storage = kind(adapter, name=name, options=options, **more)
    if not options.keep_history:
        keeping_packs(adapter)
    adapter.packundo.fill_object_refs_commit_frequency = KEEP_SECONDS
    return storage


def with_folder(storage: Any, folder: Path) -> Opened:
    """Return *storage* as opened, with a folder of this process below *folder*."""
    try:
        held = ProcessFolder(folder)
    except BaseException:
        storage.close()
        raise
    return Opened(storage, held.path, held)
