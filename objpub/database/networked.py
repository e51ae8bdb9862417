"""The engine of several processes over one file: a ZEO server, and what its clients open.

Only who may open the socket, or has a certificate, gets in: whoever talks to the server can store anything.
So it listens on a Unix socket, or with TLS and certificates on both sides, and nowhere else.
"""

import os
import re
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ZODB.POSException import ConflictError

from objpub.errors import DatabaseError
from objpub.settings import private_folder

from .addresses import Address
from .addresses import address_from
from .addresses import library
from .addresses import Opened
from .addresses import refuse_unknown_options
from .embedded import file_places
from .embedded import open_file
from .temporary import ProcessFolder
from .voting import server_class

#: A commit, and the start, wait so many seconds for a server that is not there.
WAIT_SECONDS = 3
#: A server that is gone is looked for so often, and up to a second later: ZEO adds that at random.
LOOK_SECONDS = 0.1
#: A client that does not finish its commit is thrown out after so many seconds: others wait for it.
COMMIT_SECONDS = 120
#: The name of the one storage that a server of objpub has.
STORAGE = "1"
#: What a zeo: URI may say of each of its two kinds.
LOCAL_OPTIONS = {"blobs", "file"}
TLS_OPTIONS = {"authority", "blobs", "certificate", "copies", "file", "key"}


def open_client(address: Address) -> Opened:
    """Open a database that a ZEO server keeps, such as `objpub zeo`."""
    where, blobs, context = server_place(address, server=False)
    zeo = library("ZEO.ClientStorage", "zeo", "zeo")
    threads = library("ZEO.asyncio.client", "zeo", "zeo")
    private_folder(blobs)
    try:
        storage = client_class(zeo)(
            where,
            storage=STORAGE,
            blob_dir=str(blobs),
            shared_blob_dir=isinstance(where, str),
            wait_timeout=WAIT_SECONDS,
            ssl=context,
            # A request sees what another process committed before it began.
            server_sync=True,
            _client_factory=thread_class(threads),
        )
    except Exception as error:  # it has classes of its own, and those of sockets and of TLS
        raise DatabaseError(
            f"Nobody serves the database at {spoken(where)} ({type(error).__name__}); start it there with"
            " `objpub zeo`"
        ) from error
    try:
        held = ProcessFolder(blobs.parent / "tmp" / "zeo")
    except BaseException:
        storage.close()
        raise
    return Opened(storage, held.path, held)


def client_class(library: Any) -> Any:
    """Return the class of clients of *library*, `ZEO.ClientStorage`, mended in two ways.

    It asks each server for ids anew. And a commit that has met a conflict in each of its nine votes, all of
    which it resolved, is one of those that are tried again: ZEO 6.2 goes on to finish it, which the server
    refuses with "finished called wo lock".
    """

    class Client(library.ClientStorage):  # type: ignore[misc]
        """Forgets the ids it got ahead: a server that starts anew gives them to others too."""

        _oids: list[bytes]

        def __init__(self, *arguments: Any, **options: Any):
            super().__init__(*arguments, **options)
            self._last_met: dict[
                int, list[dict[str, Any]]
            ] = {}  # by transaction: the conflicts of its last vote
            self._ask: Any = self._server.call
            self._call = self._call_watched

        def _call_watched(self, method: str, *arguments: Any, **options: Any) -> Any:
            answer = self._ask(method, *arguments, **options)
            if method == "vote":
                self._last_met[arguments[0]] = [each for each in answer or () if isinstance(each, dict)]
            return answer

        def tpc_vote(self, transaction: Any) -> Any:
            """Vote. Raises ConflictError where the last vote met a conflict too."""
            try:
                resolved = super().tpc_vote(transaction)
            finally:
                met = self._last_met.pop(id(transaction), [])
            if met:
                raise ConflictError(oid=met[0]["oid"], serials=met[0]["serials"])
            return resolved

        def notify_disconnected(self) -> None:
            """Note that the server is gone."""
            super().notify_disconnected()
            self._oids = []

    return Client


def thread_class(library: Any) -> Any:
    """Return the class of what talks to a server in *library*, `ZEO.asyncio.client`; it is back sooner.

    ZEO looks for a server that is gone every one to two seconds, and waits nine more when one goes that has
    just come.
    """

    class Thread(library.ClientThread):  # type: ignore[misc]
        """Talks to a server, in a thread of its own."""

        def set_options(self, *arguments: Any, **options: Any) -> None:
            """Take what `ClientThread` does; the last of *arguments* is how often it looks, in seconds."""
            options["register_failed_poll"] = LOOK_SECONDS
            super().set_options(*arguments[:-1], LOOK_SECONDS, **options)

    return Thread


class StorageServer:
    """A ZEO server over the file that an address names. It listens as soon as it is made.

    place: where it listens, in words. file: the path of the database.
    """

    def __init__(self, address: Address):
        """address: of a `zeo:` URI. Raises DatabaseError, and DatabaseInUse where the file is taken."""
        where, _, context = server_place(address, server=True)
        zeo = library("ZEO.StorageServer", "zeo", "zeo")
        self._opened = open_file(served_file(address))
        self.place = spoken(where)
        self.file = self._opened.storage.getName()
        try:
            self._server = self._listening(zeo, where, context)
        except BaseException:
            self._opened.storage.close()
            raise

    def _listening(self, zeo: Any, where: Any, context: ssl.SSLContext | None) -> Any:
        try:
            if isinstance(where, str):
                private_folder(Path(where).parent)
            server = server_class(zeo)(
                where,
                {STORAGE: self._opened.storage},
                ssl=context,
                # The classes of the site are known to the clients only.
                client_conflict_resolution=True,
                transaction_timeout=COMMIT_SECONDS,
            )
        except OSError as error:
            raise DatabaseError(f"Cannot listen at {self.place}: {error.strerror or error}") from error
        if isinstance(where, str):
            os.chmod(where, 0o600)
        return server

    def run(self) -> None:
        """Serve until `stop`, which closes the file too."""
        self._server.loop()

    def stop(self) -> None:
        """Let `run` end: what a client has not finished is not stored. A signal's handler may call it."""
        self._server.acceptor.event_loop.call_soon_threadsafe(self._server.close)


def served_file(address: Address) -> Address:
    """Return the `file:` address of the database that a server at *address* keeps. Raises DatabaseError."""
    if not address.place.startswith("//"):
        refuse_no_socket(address)
    above = Path("var") if address.place.startswith("//") else Path(address.place).parent
    file = address.options.get("file") or str(above / "site.fs")
    blobs = address.options.get("blobs")
    options = {"blobs": blobs} if blobs else {}
    return Address(f"file:{file}", "file", file, file, options, address.root, address.create)


def server_place(address: Address, *, server: bool) -> tuple[Any, Path, ssl.SSLContext | None]:
    """Return where the server of a `zeo:` *address* listens, where a client finds blobs, and how both talk.

    The place is a path of a socket, and the folder is that of the server; or it is a host and a port, the
    folder is for copies, and there is a context. Raises DatabaseError.
    """
    if not address.place.startswith("//"):
        refuse_no_socket(address)
        path = (address.root / address.place).resolve()
        file = address.path("file", path)
        return str(path), address.path("blobs", file.parent / "blobs"), None
    refuse_unknown_options(address, TLS_OPTIONS)
    parts = urlsplit(address.place)
    try:
        port = parts.port
    except ValueError:
        port = None
    if not parts.hostname or not port:
        raise DatabaseError(f"{address.uri!r} names no host and port, wanted such as zeo://data.example:8100")
    copies = address.path("copies", address.root / "var" / "blob-cache")
    return (parts.hostname, port), copies, context_for(address, server=server)


def refuse_no_socket(address: Address) -> None:
    """Raise DatabaseError if the `zeo:` *address* names no path of a socket, but nothing, or a host."""
    refuse_unknown_options(address, LOCAL_OPTIONS)
    if not address.place:
        raise DatabaseError(f"{address.uri!r} names no socket, wanted such as zeo:var/zeo.sock")
    if re.fullmatch(r"[^/]+:\d+", address.place):
        raise DatabaseError(
            f"{address.uri!r} names a socket in a file called {address.place!r}; wanted a path such as"
            f" zeo:var/zeo.sock, or zeo://{address.place} for a host and a port"
        )


def context_for(address: Address, *, server: bool) -> ssl.SSLContext:
    """Return the TLS of both sides: each shows a certificate that the *authority* signed."""
    paths = {}
    for name in ("authority", "certificate", "key"):
        if not address.options.get(name):
            raise DatabaseError(
                f"{address.uri!r} has no {name!r}: over a network both sides need a certificate; wanted"
                " authority=ca.pem&certificate=own.pem&key=own-key.pem"
            )
        paths[name] = str(address.root / address.options[name])
        if not Path(paths[name]).is_file():
            raise DatabaseError(
                f"Cannot read the certificates of {address.uri!r}: {name} names no file, {paths[name]!r}"
            )
    purpose = ssl.Purpose.CLIENT_AUTH if server else ssl.Purpose.SERVER_AUTH
    try:
        context = ssl.create_default_context(purpose, cafile=paths["authority"])
        context.load_cert_chain(paths["certificate"], paths["key"])
    except OSError as error:
        raise DatabaseError(f"Cannot read the certificates of {address.uri!r}: {error}") from error
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def spoken(where: Any) -> str:
    """Return a place as text: a path, or a host and a port."""
    return where if isinstance(where, str) else f"{where[0]}:{where[1]}"


def storage_server(uri: str, root: str | Path = ".") -> StorageServer:
    """Return a server for the database *uri*: a `zeo:` one, or a `file:` that several processes are to share.

    A file is served at the socket `zeo.sock` beside it. Raises DatabaseError for other engines, DatabaseInUse
    where a process has the file open.
    """
    address = address_from(uri, Path(root), create=True)
    if address.scheme == "file":
        file, blobs = file_places(address)
        options = {"file": str(file), "blobs": str(blobs)}
        socket = str(file.parent / "zeo.sock")
        address = Address(f"zeo:{socket}", "zeo", socket, socket, options, address.root, create=True)
    if address.scheme != "zeo":
        raise DatabaseError(f"A server serves a file, and {address.uri!r} is none: nothing has to be started")
    return StorageServer(address)
