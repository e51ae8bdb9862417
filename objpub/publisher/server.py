"""Serving: waitress in front of an application, and the run of a site in one file."""

import logging
import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import waitress
from waitress.parser import HTTPRequestParser
from waitress.parser import ParsingError
from waitress.server import create_server

from objpub.errors import ObjpubError
from objpub.settings import load_settings

from .chunks import Chunks
from .connections import close_slowest
from .connections import Incoming
from .connections import is_busy
from .connections import MeasuredChannel
from .first_run import first_run
from .first_run import greeting
from .incoming import OF_HOSTS

UNLIMITED = 1_000_000_000
LONGEST_POLL_SECONDS = 1.0
CLOSING_POLL_SECONDS = 0.05
PATIENCE_SECONDS = 8.0  # for requests that run, and then for their answers, when the server stops


#: Some servers in front would take `X_Forwarded_For` for another header than WSGI does.
UNDERSCORED = re.compile(rb"(?im)^(?=[^:\r\n]*_)x[-_](?:forwarded|real|remote)[-_]")


VERSIONS = frozenset({"1.0", "1.1"})
ENCODINGS = re.compile(rb"(?im)^transfer-encoding:[ \t]*(.*?)[ \t]*\r?$")


class RequestParser(HTTPRequestParser):
    """Waitress's, which refuses what a server in front could take for another request."""

    body_rcv: Any

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head of a request. Raises ParsingError where its end or its host is ambiguous."""
        super().parse_header(header_plus)
        if self.version not in VERSIONS:
            raise ParsingError(f"The version of HTTP is 1.0 or 1.1 here, not {self.version!r}")
        if b"\r\n " in header_plus or b"\r\n\t" in header_plus:
            raise ParsingError("A header has one line")
        if self.chunked and ENCODINGS.findall(header_plus) != [b"chunked"]:
            raise ParsingError("Transfer-Encoding: wanted chunked, once")
        if UNDERSCORED.search(header_plus):
            raise ParsingError("A header about where a request came from is spelled with hyphens")
        headers = self.headers
        if "TRANSFER_ENCODING" in headers or (self.chunked and "CONTENT_LENGTH" in headers):
            raise ParsingError("A request has either a Content-Length or a Transfer-Encoding")
        host = headers.get("HOST")
        if not OF_HOSTS.issuperset(host or "") or (host is None and self.version == "1.1"):
            raise ParsingError("A request has one Host, the name of a host with or without a port")
        if self.proxy_netloc and self.proxy_netloc.lower() != (host or "").lower():
            raise ParsingError("A request has one host: that of its first line and Host are two")
        if self.body_rcv is not None:
            self.body_rcv.buf = Incoming(self.adj.inbuf_overflow, self.adj.folder)
            if self.chunked:
                self.body_rcv = Chunks(self.body_rcv.buf, self.adj.max_request_body_size)


class Channel(MeasuredChannel):
    """A connection whose requests are read by `RequestParser`."""

    parser_class = RequestParser


class Server:
    """An application behind waitress. address: where it listens, known once it is made."""

    def __init__(
        self, application: Any, host: str, port: int, threads: int, listener: socket.socket | None = None
    ):
        """listener: a socket that listens already, also for other processes, in place of host and port."""
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self.application = application
        self._stopped = False
        self._server = create_server(
            application,
            **({"host": host, "port": port} if listener is None else {"sockets": [listener]}),
            threads=threads,
            ident=None,
            clear_untrusted_proxy_headers=not application.settings.server.proxies,  # else objpub does it
            max_request_header_size=application.settings.limits.header_bytes,
            max_request_body_size=application.settings.limits.body_bytes + 1_000_000,
            inbuf_overflow=1_000_000,
            recv_bytes=65_536,
            connection_limit=UNLIMITED,  # there is a limit that lets others in, see `close_slowest`
            asyncore_use_poll=True,  # select cannot tell more than 1,024 files apart
        )
        self._server.adj.folder = application.database.temporary_folder
        self._server.refuse = application.refuse
        self._server.stopping = False
        self._server.channel_class = Channel
        port = self._server.effective_port  # a number, also as text; of a Unix socket a path
        self.port = int(port) if str(port).isdigit() else port
        self.address = address_of(host, self.port)

    def run(self) -> None:
        """Answer requests until `stop`, SIGINT or SIGTERM; what runs then is finished first."""
        self.application.slowness.start()
        self.application.builder.start()
        self.application.scheduler.start()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, lambda number, frame: self.stop())
        try:
            while not self._stopped:
                self._poll(LONGEST_POLL_SECONDS)
                self.application.measures.tidy()
        except KeyboardInterrupt:
            pass
        finally:
            self.close()

    def stop(self) -> None:
        """Let `run` come to its end; from any thread, or from a signal."""
        if not self._stopped:
            self._stopped = self.application.stopping = True
            with suppress(OSError):  # it has ended already
                self._server.pull_trigger()

    def close(self) -> None:
        """Stop listening, finish what has come, send the answers, close the database."""
        self._stopped = self.application.stopping = self._server.stopping = True
        self._stop_listening()
        self._poll_while(lambda channel: is_busy(channel, time.time()))
        self._server.task_dispatcher.shutdown(True, 1)
        self._poll_while(lambda channel: channel.total_outbufs_len)
        for channel in self._channels():
            channel.handle_close()
        self._server.close()
        self.application.close()

    def _stop_listening(self) -> None:
        """Let go of the address at once: who is started in place of this one wants it."""
        listening = [each for each in self._server._map.values() if getattr(each, "accepting", False)]
        for each in listening:
            each.del_channel()
            each.socket.close()

    def _poll_while(self, goes_on: Callable[[Any], Any]) -> None:
        """Read and send as long as *goes_on* holds for a connection, and no longer than there is patience."""
        end = time.monotonic() + PATIENCE_SECONDS
        while any(goes_on(each) for each in self._channels()) and time.monotonic() < end:
            self._poll(CLOSING_POLL_SECONDS)

    def _channels(self) -> list[Any]:
        return list(self._server.active_channels.values())

    def _poll(self, seconds: float) -> None:
        server = self._server
        if len(server.active_channels) >= self.application.settings.server.connections:
            close_slowest(self._channels(), self.application.settings.server.connections)
        server.asyncore.loop(seconds, server.adj.asyncore_use_poll, server._map, 1)


def address_of(host: str, port: Any) -> str:
    """Return how people reach a server; of a Unix socket, whose *port* is a path, only where it is."""
    if not isinstance(port, int):
        return f"{port} "
    return f"http://{'localhost' if host in {'127.0.0.1', '0.0.0.0', ''} else host}:{port}/"


def serve(application: Any, host: str, port: int, threads: int) -> None:
    """Serve *application* until it is stopped."""
    Server(application, host, port, threads).run()


def run(app: Any, arguments: list[str]) -> None:
    """Run a site in one file: make its database beside it, and its admin; print the address.

    arguments: a port, or nothing for the one of the settings. Exits with a line for a user's mistake.
    """
    try:
        settings_file = Path("objpub.toml")
        settings = load_settings(settings_file if settings_file.exists() else None, os.environ)
        port = port_from(arguments, settings.server.port)
        application = app.open(settings)
        server = Server(application, settings.server.host, port, settings.server.threads)
        credentials = first_run(application)  # a port that is taken must not lose the sign-in
    except (ObjpubError, OSError) as error:
        sys.exit(f"objpub: {error}")
    print(greeting(application, server.address, credentials), flush=True)
    server.run()


def port_from(arguments: list[str], default: int) -> int:
    """Return the port that *arguments* name. Raises OSError for anything else."""
    if not arguments:
        return default
    if len(arguments) > 1 or not arguments[0].isdigit() or int(arguments[0]) > 65_535:
        raise OSError(f"wanted a port, such as 8080, and nothing else, not {' '.join(arguments)!r}")
    return int(arguments[0])


__all__ = ["Server", "run", "serve", "waitress"]
