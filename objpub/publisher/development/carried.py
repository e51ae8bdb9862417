"""What a request brought, as far as a page may show it."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from objpub.content import Upload
from objpub.lineage import path_of

from .hiding import HIDDEN
from .hiding import is_secret
from .hiding import secret_values
from .hiding import Secrets
from .hiding import without_written
from .values import Shown

HEADERS = ("HTTP_HOST", "HTTP_REFERER", "HTTP_ACCEPT", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_USER_AGENT")
MOST = 50  # fields of a form


def secrets_of(request: Any) -> Secrets:
    """Return the secrets that came with *request*, and that of the site."""
    environ = request.environ
    header = environ.get("HTTP_AUTHORIZATION", "")
    secrets = Secrets([request.settings.secret, environ.get("HTTP_COOKIE"), header])
    for part in environ.get("HTTP_COOKIE", "").split(";"):
        secrets.add(part.partition("=")[2].strip(' "'))
    for name, value in environ.items():
        if name.startswith("HTTP_") and is_secret(name):
            secrets.add(value)
    for value in credentials(header):
        secrets.add(value)
    for name in request.form:
        if is_secret(name):
            for value in request.form.all(name):
                secrets.add(value)
    for value in secret_values(request.form.json):
        secrets.add(value)
    return secrets


def credentials(header: str) -> Iterator[str]:
    """Yield what is secret in a header `Authorization`: its value, and the password in it."""
    value = header.partition(" ")[2].strip()
    yield value
    try:
        yield base64.b64decode(value, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, ValueError):
        return


def request_rows(request: Any, failed: Any, secrets: Secrets) -> list[tuple[str, str]]:
    """Return (title, text) of what the request was."""
    query = request.environ.get("QUERY_STRING", "")
    rows = [
        ("Request", f"{request.method} {request.incoming.path}{'?' + query if query else ''}"),
        ("Number", request.incoming.id),
        ("Who", identity_of(request)),
        ("Context", place_of(request.context)),
        ("View", repr(request.view_name) if request.view_name else "the default view"),
        *((f"Form: {name}", text) for name, text in form_rows(request.form, Shown(secrets))),
        *((title_of_header(name), request.environ[name]) for name in HEADERS if request.environ.get(name)),
    ]
    if failed is not None and failed.ticket:
        rows.insert(1, ("Ticket in the log", failed.ticket))
    return [(secrets.hidden(title), secrets.hidden(without_written(text))) for title, text in rows]


def form_rows(form: Any, shown: Shown) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of a form's values; of a file only what it is, of a secret only that it came."""
    for name in list(form)[:MOST]:
        if is_secret(name):
            yield name, HIDDEN
        else:
            values = form.all(name)
            texts = [uploaded(each) if isinstance(each, Upload) else shown.text(each) for each in values]
            yield name, ", ".join(texts)
    if len(form) > MOST:
        yield "…", f"{len(form) - MOST} more"
    if form.json is not None:
        yield "JSON", shown.text(form.json)


def uploaded(upload: Upload) -> str:
    """Return what is shown of an uploaded file: never its bytes."""
    return f"file {upload.filename!r}, {upload.media_type}, {upload.size:,} bytes"


def title_of_header(name: str) -> str:
    """Return the name of a header: "HTTP_USER_AGENT" is "User-Agent"."""
    return name.removeprefix("HTTP_").replace("_", "-").title()


def identity_of(request: Any) -> str:
    """Return who asks: name and roles."""
    identity = request.identity
    if not identity.authenticated:
        return "a visitor who has not signed in"
    roles = ", ".join(sorted(identity.roles))
    return f"{identity.user_id}, with the roles {roles}"


def place_of(resource: Any) -> str:
    """Return path and type of *resource*; its connection may have gone."""
    if resource is None:
        return "none was reached"
    try:
        return f"{path_of(resource)} ({type(resource).__name__})"
    except Exception as error:
        return f"{type(resource).__name__}, whose path raised {type(error).__name__}"
