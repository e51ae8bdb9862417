"""`objpub call`: one request, published in this process, and the answer printed."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.parse import urlencode
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

import click

from objpub.publisher import Application
from objpub.security import Identity
from objpub.security import Policy
from objpub.settings import LogSettings
from objpub.settings import Settings

from .line import command
from .line import REFUSED
from .looking import identity_of
from .sites import opened
from .sites import reading
from .sites import settings_at
from .speaking import counted

FORM = "application/x-www-form-urlencoded"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass
class Answer:
    """What the application answered. status: "200 OK". headers: in their order. body: whole."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def refused(self) -> bool:
        """Is it the answer to something that could not be done?"""
        return int(self.status.split()[0]) >= 400

    @property
    def is_text(self) -> bool:
        """Can the body be shown?"""
        kind = {name.lower(): value for name, value in self.headers}.get("content-type", "")
        return kind.startswith("text/") or "json" in kind or "xml" in kind


class As:
    """Says of every request that it comes from one identity; takes the place of the site's sign-in."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity

    def identify(self, request: Any) -> Identity:
        """Return the identity."""
        return self.identity

    def tell_forbidden(self, identity: Identity, method: str, path: str) -> tuple[Any, ...]:
        """Keep nothing of what is refused: whoever may run the command may do everything."""
        return ()


@command(
    "objpub call /news/tides",
    "objpub call /news/tides print --user ann",
    "objpub call /news add-comment --user ann --data text='Well done' --method POST",
    name="call",
)
@click.argument("path")
@click.argument("view", required=False)
@click.option("--user", "name", metavar="NAME", default="visitor", help="Who asks; default: a visitor.")
@click.option(
    "--data",
    "fields",
    metavar="KEY=VALUE",
    multiple=True,
    help="A value of the form; as often as needed.",
)
@click.option(
    "--method", type=click.Choice(METHODS, case_sensitive=False), default="GET", help="Default: GET."
)
@click.option("--body", "body_only", is_flag=True, help="Print the body alone, as it is.")
def call(
    path: str,
    view: str | None,
    name: str,
    fields: tuple[str, ...],
    method: str,
    body_only: bool,
    settings_path: Path | None,
) -> int:
    """Publish one request and print the answer.

    No server is needed. The request is for the resource at PATH, or for its VIEW. What it changes is kept, as
    in every request. The status is 1 for an answer from 400 upward.
    """
    pairs = [pair_from(each) for each in fields]
    settings = settings_at(settings_path, bare=True, log=LogSettings(access=False))
    with opened(settings) as application:
        with reading(application) as site:
            identity = identity_of(site, name)
        application.registry[Policy].authenticator = As(identity)  # type: ignore[assignment]
        environ = environ_for(
            address_of(settings), settings.server.prefix + full_path(path, view), method.upper(), pairs
        )
        answer = answer_of(application, environ)
    show(answer, body_only)
    return REFUSED if answer.refused else 0


def pair_from(text: str) -> tuple[str, str]:
    """Return name and value of "name=value". Raises a usage error for anything else."""
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise click.UsageError(f"--data is {text!r}, wanted KEY=VALUE")
    return name, value


def full_path(path: str, view: str | None) -> str:
    """Return the path of the view called *view* of what is at *path*; None for its default view."""
    path = path if path.startswith("/") else f"/{path}"
    return path if view is None else f"{path.rstrip('/')}/@@{view}"


def address_of(settings: Settings) -> tuple[str, str]:
    """Return scheme and host by which visitors reach the site: a request for another host may be refused."""
    server = settings.server
    if server.url:
        parts = urlsplit(server.url)
        return parts.scheme, parts.netloc
    return "http", server.hosts[0] if server.hosts else f"localhost:{server.port}"


def environ_for(
    address: tuple[str, str], path: str, method: str, pairs: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """Return the WSGI environment of a request.

    address: scheme and host. pairs: go into the query or, of methods that change something, into the body.
    """
    scheme, host = address
    path, _, query = path.partition("?")
    data = urlencode(list(pairs))
    body = b""
    if method in {"GET", "HEAD", "OPTIONS", "DELETE"}:
        query = "&".join(filter(None, (query, data)))
    else:
        body = data.encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "RAW_URI": quote(path),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "CONTENT_TYPE": FORM if body else "",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_ACCEPT": "text/html, */*;q=0.1",
        "HTTP_HOST": host,
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    environ["HTTP_ORIGIN"] = f"{scheme}://{host}"
    return environ


def answer_of(application: Application, environ: dict[str, Any]) -> Answer:
    """Return what *application* answers."""
    answer = Answer("", [], b"")

    def start_response(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
        answer.status, answer.headers = status, list(headers)
        return lambda block: None

    blocks: Any = application(environ, start_response)
    try:
        answer.body = b"".join(blocks)
    finally:
        close: Any = getattr(blocks, "close", None)
        if close is not None:
            close()
    return answer


def show(answer: Answer, body_only: bool) -> None:
    """Print *answer*; a body that is no text is counted, unless it alone was asked for."""
    if body_only:
        click.echo(answer.body, nl=False)
        return
    click.echo(answer.status)
    for name, value in answer.headers:
        click.echo(f"{name}: {value}")
    if answer.body:
        click.echo()
        click.echo(
            answer.body.decode("utf-8", "replace")
            if answer.is_text
            else f"({counted(len(answer.body), 'byte', 'bytes')} that are no text; --body writes them out)"
        )
