"""Serving by granian: requests are read in Rust, and answered by the same application as behind waitress.

Granian is asked through ASGI: it alone tells when a client takes what it is sent. `exchange` has what is done
for each request.
"""

import asyncio
import resource
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server as Granian

from .connections import close_slowest
from .exchange import Exchange
from .server import address_of
from .server import PATIENCE_SECONDS

HEAD_MILLISECONDS = 10_000  # for the head of a request, and between two requests of a connection
SILENT_MILLISECONDS = 120_000  # after which a client that takes nothing of what it was sent is gone
#: A head that is read to its end can be refused with a page; beyond this granian breaks off.
HEAD_BYTES = 65_536
LAST_SECONDS = 1.0
UNLIMITED = 1_000_000  # connections: those that stand still end by the seconds above, not by their number
WAITING_CONNECTIONS = 1_024
#: It would else end the logging of the whole process, and print lines of its own.
QUIET = {"incremental": True, "handlers": {}, "loggers": {}}


class Listening(Granian):
    """Granian at a socket that listens already."""

    def __init__(self, listener: socket.socket, **options: Any):
        super().__init__(**options)
        self._listener = listener

    def _init_shared_socket(self) -> None:  # that granian closes then
        is_local = self._listener.family == socket.AF_UNIX
        self._shd = SocketHolder(self._listener.detach(), is_local, WAITING_CONNECTIONS)


class FastServer:
    """An application behind granian, used as `Server` is. address: where it listens."""

    def __init__(
        self, application: Any, host: str, port: int, threads: int, listener: socket.socket | None = None
    ):
        """listener: a socket that listens already, also for other processes, in place of host and port."""
        self.application = application
        self._listener = listening_socket(host, port) if listener is None else listener
        self._listener.setblocking(False)
        if self._listener.family != socket.AF_UNIX:
            self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_MILLISECONDS)
        name = self._listener.getsockname()
        self.port: Any = name if isinstance(name, str) else name[1]
        self.address = address_of(host, self.port)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answering")
        self._open: set[Exchange] = set()
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Listening | None = None

    def run(self) -> None:
        """Answer requests until `stop`, SIGINT or SIGTERM; what runs then is finished first."""
        self.application.slowness.start()
        self.application.builder.start()
        self.application.scheduler.start()
        allow_many_files()
        try:
            asyncio.run(self._run())
        except KeyboardInterrupt:
            pass
        finally:
            self.close()

    def stop(self) -> None:
        """Let `run` come to its end; from any thread, or from a signal."""
        self._stopping.set()
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._interrupt)

    def close(self) -> None:
        """Stop listening, let the threads end, close the database."""
        self._stopping.set()
        self._pool.shutdown(wait=True)
        self._listener.close()
        self.application.close()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = self._granian()
        self._ended = asyncio.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._loop.add_signal_handler(number, self.stop)
        if self._stopping.is_set():
            return
        serving = asyncio.ensure_future(self._server.serve())
        ended = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait([serving, ended], return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait([serving], timeout=PATIENCE_SECONDS)
        tasks = [exchange.task for exchange in self._open]
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_SECONDS)  # they close what they sent
        for exchange in list(self._open):
            exchange.handle_close()
        if serving.done():
            serving.result()

    def _interrupt(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._ended.set()

    def _granian(self) -> Listening:
        buffer = max(HEAD_BYTES, 2 * self.application.settings.limits.header_bytes)
        return Listening(
            self._listener,
            target=self._answer,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=False,
            backlog=WAITING_CONNECTIONS,
            backpressure=UNLIMITED,
            http1_settings=HTTP1Settings(header_read_timeout=HEAD_MILLISECONDS, max_buffer_size=buffer),
            log_level=LogLevels.error,
            log_dictconfig=QUIET,
        )

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request. The slowest of too many that are sent or read at once are closed."""
        task: Any = asyncio.current_task()
        exchange = Exchange(self.application, self._pool, task, scope, receive, send)
        most = self.application.settings.server.connections
        if len(self._open) >= most:
            close_slowest(self._open, most)
        self._open.add(exchange)
        try:
            await exchange.run()
        finally:
            self._open.discard(exchange)


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens at *host* and *port*. Raises OSError if nobody can."""
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    return socket.create_server(address[:2], family=family, backlog=WAITING_CONNECTIONS)


def allow_many_files() -> None:
    """Let this process open as many files as it may: connections that stand still need one each."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
