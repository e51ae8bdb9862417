"""One request behind granian, and its answer: checked, its body received, called in a thread, and sent.

A thread is taken when the whole body is there, and given back while a client reads: those who send or read
slowly cost a connection, and nothing else. A connection that a body came on is closed behind the answer, so
that nothing which follows can be taken for a request of its own.
"""

import asyncio
import io
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_to_bytes

from .form import length_of
from .incoming import OF_HOSTS
from .incoming import SAFE
from .problems import BadRequest
from .problems import HeadTooLarge
from .problems import LengthRequired
from .problems import Problem
from .problems import TimedOut

LOG = logging.getLogger("objpub.publisher")
MEMORY_BYTES = 1_000_000  # of a body; a larger one waits in a file
BLOCK_BYTES = 65_536
WHOLE_BYTES = 262_144  # of a file or a stream of known length: it is read at once
RECEIVE_SECONDS = 60.0  # between two pieces of a body
SEND_SECONDS = 120.0  # until a client takes the next block
VERSIONS = {"1": "1.0", "1.1": "1.1"}  # as granian says it, and as WSGI wants it
OF_FRONTS = ("x-forwarded-", "x-real-", "x-remote-", "forwarded")
UNTRUSTED = frozenset(
    f"HTTP_{name}"
    for name in (
        "FORWARDED",
        "X_FORWARDED_BY",
        "X_FORWARDED_FOR",
        "X_FORWARDED_HOST",
        "X_FORWARDED_PORT",
        "X_FORWARDED_PROTO",
    )
)
NAMES = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}
CLOSE = (b"connection", b"close")
NAME = (b"server", b"objpub")  # granian would say its own
LAST = {"type": "http.response.body", "body": b""}
BROKEN_OFF = {"type": "http.response.start", "status": 503, "headers": [CLOSE, NAME]}
GONE = "http.disconnect"
Message = dict[str, Any]
Answer = tuple[int, list[tuple[bytes, bytes]], Any]


class Gone(Exception):
    """The client has left."""


class Exchange:
    """One request and its answer. moved: bytes so far. requests: says while it waits for the site itself."""

    def __init__(
        self,
        application: Any,
        pool: Executor,
        task: "asyncio.Task[Any]",
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ):
        self.creation_time = time.time()
        self.moved = 0
        self.requests: tuple[str, ...] = ()
        self._application = application
        self._pool = pool
        self.task = task
        self._begun = False
        self._scope = scope
        self._receive = receive
        self._send = send

    def handle_close(self) -> None:
        """Break it off."""
        self.task.cancel()

    async def run(self) -> None:
        """Receive the request, answer it, and send the answer, unless it is broken off."""
        try:
            await self._answer()
        except asyncio.CancelledError:
            if not self._begun:
                await self._send(BROKEN_OFF)
                await self._send(LAST)

    async def _answer(self) -> None:
        scope, application = self._scope, self._application
        environ = environ_of(scope)
        if not application.settings.server.proxies:  # what a server in front would say
            for name in UNTRUSTED.intersection(environ):
                del environ[name]
        with (
            tempfile.SpooledTemporaryFile(MEMORY_BYTES, dir=application.database.temporary_folder)
            if has_body(environ)
            else io.BytesIO() as body
        ):
            environ["wsgi.input"] = body
            try:
                check(scope["headers"], environ, application.settings)
                await self._receive_body(body, length_of(environ, application.settings.limits))
            except Gone:
                return
            except (Problem, OSError) as problem:
                error = problem
                await self._respond(lambda: self._refuse(environ, error), closes=True)
                return
            closes = environ["REQUEST_METHOD"] not in SAFE or has_body(environ)
            await self._respond(lambda: self._call(environ), closes)

    async def _receive_body(self, body: Any, length: int) -> None:
        """Write the body to *body*. Raises Gone, TimedOut, or OSError where the disk is full."""
        left = length
        while left > 0:
            try:
                async with asyncio.timeout(RECEIVE_SECONDS):
                    message = await self._receive()
            except TimeoutError as error:
                raise TimedOut(f"The body stopped {left:,} bytes before its end") from error
            if message["type"] == GONE:
                raise Gone
            block = message.get("body", b"")
            body.write(block)
            self.moved += len(block)
            left -= len(block)
            if not message.get("more_body") and left > 0:
                raise Gone
        body.seek(0)

    async def _respond(self, call: Callable[[], Answer], closes: bool) -> None:
        """Let *call* make the answer in a thread, and send it."""
        self.requests = ("answered",)
        loop = asyncio.get_running_loop()
        status, headers, blocks = await loop.run_in_executor(self._pool, call)
        self.requests = ()
        if closes:
            headers.append(CLOSE)
        self._begun = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        if isinstance(blocks, bytes):
            await self._send_whole(blocks)
        else:
            await self._send_blocks(blocks)

    async def _send_whole(self, body: bytes) -> None:
        if len(body) > BLOCK_BYTES:
            with suppress(TimeoutError):
                for start in range(0, len(body), BLOCK_BYTES):
                    await self._send_block(body[start : start + BLOCK_BYTES])
                await self._send(LAST)
        else:
            await self._send({"type": "http.response.body", "body": body})

    async def _send_blocks(self, blocks: Any) -> None:
        """Send what *blocks* yields, each made in a thread when the client has taken those before."""
        loop = asyncio.get_running_loop()
        left = asyncio.ensure_future(self._left())
        steps = iter(blocks)
        try:
            while (block := await loop.run_in_executor(self._pool, next_of, steps)) is not None:
                if left.done():
                    return
                await self._send_block(block)
            await self._send(LAST)
        except TimeoutError:
            LOG.info("A client took nothing for %d seconds; its connection is closed", SEND_SECONDS)
        except Exception as error:  # the end is missing, and the connection is closed: so the client knows
            LOG.error("A body broke off: %s", error)
        finally:
            left.cancel()
            if hasattr(blocks, "close"):
                await asyncio.shield(loop.run_in_executor(self._pool, blocks.close))

    async def _left(self) -> None:
        """Wait until the client leaves."""
        while (await self._receive())["type"] != GONE:
            pass

    async def _send_block(self, block: bytes) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self._send({"type": "http.response.body", "body": block, "more_body": True})
        self.moved += len(block)

    def _call(self, environ: dict[str, Any]) -> Answer:
        return collected(lambda start: self._application(environ, start))

    def _refuse(self, environ: dict[str, Any], error: Exception) -> Answer:
        return collected(lambda start: self._application.refuse(environ, start, error))


def next_of(steps: Iterator[bytes]) -> bytes | None:
    """Return the next block that is not empty, None at the end."""
    return next((block for block in steps if block), None)


def collected(call: Callable[[Callable[..., Any]], Any]) -> Answer:
    """Return what *call* answers as WSGI wants it: status, headers, and a whole body or blocks of one."""
    found: list[Any] = []
    blocks = call(lambda status, headers, exc_info=None: found.extend((status, headers)))
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found[1]]
    headers.append(NAME)
    if type(blocks) in {list, tuple}:
        blocks = b"".join(blocks)
    elif 0 <= length_in(found[1]) <= WHOLE_BYTES:
        blocks = whole(blocks)
    return int(found[0][:3]), headers, blocks


def length_in(headers: list[tuple[str, str]]) -> int:
    """Return the length of a body in bytes, as its headers tell it; -1 where they do not."""
    return next((int(value) for name, value in headers if name.lower() == "content-length"), -1)


def whole(blocks: Any) -> bytes:
    """Return all that *blocks* yields, and close it: a small file is not worth many turns of a thread."""
    try:
        return b"".join(blocks)
    finally:
        if hasattr(blocks, "close"):
            blocks.close()


def has_body(environ: dict[str, Any]) -> bool:
    """Does the request say that a body follows?"""
    return environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ


def environ_of(scope: dict[str, Any]) -> dict[str, Any]:
    """Return the environ of WSGI for what granian has read. Headers that came several times are joined."""
    client = scope["client"] or ("localhost", 0)
    server = scope["server"] or ("localhost", 0)
    raw_path = scope["raw_path"].partition(b"?")[0]
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw_path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{VERSIONS.get(scope['http_version'], scope['http_version'])}",
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for name, value in scope["headers"]:
        if b"_" in name:  # WSGI could not tell it from one with a hyphen
            continue
        text = name.decode("latin-1")
        key = NAMES.get(text) or f"HTTP_{text.upper().replace('-', '_')}"
        said = value.decode("latin-1").strip(" \t")
        if key in environ:
            said = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ', '}{said}"
        environ[key] = said
    return environ


def check(headers: list[tuple[bytes, bytes]], environ: dict[str, Any], settings: Any) -> None:
    """Raise a Problem for what a server in front could take for another request, and for too long a head."""
    size = sum(len(name) + len(value) + 4 for name, value in headers) + len(environ["PATH_INFO"])
    if size > settings.limits.header_bytes:
        raise HeadTooLarge(f"The head has {size:,} bytes; at most {settings.limits.header_bytes:,} are taken")
    version = environ["SERVER_PROTOCOL"].partition("/")[2]
    if version not in VERSIONS.values():
        raise BadRequest(f"The version of HTTP is 1.0 or 1.1 here, not {version!r}")
    names = [name.decode("latin-1") for name, _ in headers]
    if any("_" in name and name.replace("_", "-").startswith(OF_FRONTS) for name in names):
        raise BadRequest("A header about where a request came from is spelled with hyphens")
    if "transfer-encoding" in names:
        raise LengthRequired("The body of a request has a Content-Length here; it may not come in chunks")
    if names.count("content-length") > 1:
        raise BadRequest("A request has one Content-Length")
    host = environ.get("HTTP_HOST")
    if not OF_HOSTS.issuperset(host or "") or (not host and version == "1.1"):  # it makes one up that is ""
        raise BadRequest("A request has one Host, the name of a host with or without a port")
