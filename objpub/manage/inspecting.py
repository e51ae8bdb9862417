"""The tab Inspect: the record of an object as the database keeps it, for who looks after the site."""

from typing import Any

from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.operations import export_record
from objpub.operations import inspect
from objpub.operations import referrers
from objpub.views import binary
from objpub.views import content_disposition
from objpub.views import Response
from objpub.views import view

from .frame import AREA
from .frame import framed
from .picking import text_of

DIGITS = 16


@view(Content, "inspect", area=AREA, permission="manage", template="inspect.pt")
def show(content: Content, request: Any) -> Any:
    """Show the record of *content*, or the one with the number `oid`. all: look for what refers to it."""
    return page_of(request, content._p_oid or b"")


@view(BrokenResource, "inspect", area=AREA, permission="manage", template="inspect.pt")
def show_broken(resource: BrokenResource, request: Any) -> Any:
    """Show the record of what is broken."""
    return page_of(request, resource.remains._p_oid)


@view(Site, "inspect-export", area=AREA, method="POST", permission="manage")
def export(site: Site, request: Any) -> Response:
    """Give the record with the number `oid` as a file; who took it is written down."""
    number = number_from(text_of(request, "oid"))
    data = export_record(request.identity, site, number)
    response = binary("application/octet-stream", [data])
    response.content_disposition = content_disposition("attachment", f"record-{number:x}.bin")
    response.headers["Cache-Control"] = "no-store"
    return response


def page_of(request: Any, own: bytes) -> Any:
    """Return what the tab shows."""
    asked, complaint, status = text_of(request, "oid").strip(), "", 200
    number = int.from_bytes(own, "big")
    found = inspect(request.identity, request.site, number)
    if asked:
        try:
            number = number_from(asked)
            found = inspect(request.identity, request.site, number)
        except Refused as error:
            complaint = "; ".join(error.errors.values()) if isinstance(error, Invalid) else ""
            complaint, status = complaint or f"There is no object {asked[:60]!r} in the database", 422
            number = int.from_bytes(own, "big")
    resource = found.resource
    folder = getattr(resource, "__parent__", None)
    looks = bool(text_of(request, "all"))
    values = framed(
        request,
        "inspect",
        found=found,
        number=f"{found.record.number:x}",
        asked=asked,
        complaint=complaint,
        is_own=found.record.number == int.from_bytes(own, "big"),
        is_broken=isinstance(resource, BrokenResource),
        folder=folder if isinstance(folder, Folder) else None,
        referring=referrers(request.identity, request.site, number) if looks else None,
    )
    if status == 200:
        return values
    response = request.page(values)
    response.status_int = 404 if "no object" in complaint else status
    return response


def number_from(text: str) -> int:
    """Return the number of an object, which is written in hex. Raises Invalid, and NotFound for nothing."""
    digits = text.strip().lower().removeprefix("0x")
    if not digits:
        raise NotFound("", "the database", "")
    try:
        number = int(digits, 16) if digits.isascii() and digits.isalnum() and len(digits) <= DIGITS else -1
    except ValueError:
        number = -1
    if number < 0:
        wanted = f"wanted up to {DIGITS} digits from 0 to f, as in 1f, not {text[:40]!r}"
        raise Invalid({"oid": wanted})
    return number
