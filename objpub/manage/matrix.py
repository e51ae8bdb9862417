"""Who can do what: each role and each permission at a place, and who has which role there; also as files."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from typing import Literal

from objpub.content import Content
from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.security import harmless
from objpub.security import NO_IDENTITY
from objpub.security import Permission
from objpub.security import Permissions
from objpub.security import Policy
from objpub.security import standing_at
from objpub.views import binary
from objpub.views import content_disposition
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .inheritance import held_here
from .inheritance import Holder
from .people import users_for
from .permission import visible
from .picking import text_of
from .roles import roles_in_order

OWNER = "owner"


@dataclass(frozen=True)
class Line:
    """A permission, and for each role whether it has it at the place."""

    permission: Permission
    marks: tuple[bool, ...]


@view(Site, "matrix", area="manage", permission="manage", template="matrix.pt")
def show(site: Site, request: Any) -> Any:
    """Show who can do what at the top of the site, or at the place with the path `at`."""
    users_for(request)
    complaint = ""
    try:
        place = place_at(request, text_of(request, "at"))
    except Invalid as error:
        place, complaint = site, error.errors["at"]
    values = framed(
        request,
        "groups",
        "Who can do what",
        place=place,
        path=path_of(place),
        typed=text_of(request, "at"),
        complaint=complaint,
        roles=roles_in_order(request),
        lines=lines_at(request, place),
        holders=holders_at(request, place),
        users=site.users,
    )
    if not complaint:
        return values
    response = request.page(values)
    response.status_int = 422
    return response


@view(Site, "matrix-export", area="manage", permission="manage")
def export(site: Site, request: Any, what: Literal["permissions", "people"] = "permissions") -> Response:
    """Give who can do what at the place with the path `at` as CSV: by permissions, or by people."""
    users_for(request)
    place = place_at(request, text_of(request, "at"))
    rows = permission_rows(request, place) if what == "permissions" else people_rows(request, place)
    response = binary("text/csv; charset=utf-8", [written(rows).encode()])
    response.content_disposition = content_disposition("attachment", f"{what}.csv")
    response.headers["Cache-Control"] = "no-store"
    return response


def place_at(request: Any, path: str) -> Content:
    """Return the place with *path*, "" for the top of the site. Raises Invalid for what is not seen there."""
    wanted = path.strip()
    if wanted in {"", "/"}:
        site: Content = request.site
        return site
    complaint = f"There is nothing at {wanted[:100]!r}; wanted a path, such as /news"
    try:
        found = find_resource(request.site, wanted)
    except NotFound:
        raise Invalid({"at": complaint}) from None
    if not isinstance(found, Content) or not visible(request, found):
        raise Invalid({"at": complaint})
    return found


def lines_at(request: Any, place: Content) -> list[Line]:
    """Return each permission with the roles that have it at *place*, its state taken into account.

    Whoever has a role has what everybody has too.
    """
    policy, standing = request.registry[Policy], standing_at(NO_IDENTITY, place)
    names = [role.name for role in roles_in_order(request)]
    everybody = {
        name: {name, "everyone", *(() if name == "everyone" else ("authenticated",))} for name in names
    }
    found = []
    for permission in sorted(request.registry[Permissions], key=lambda each: each.title.casefold()):
        holders = policy.holders(permission, place)
        marks = (
            role == "manager"
            or (not holders.isdisjoint(mine) and not standing.is_barred(permission.name, mine))
            for role, mine in everybody.items()
        )
        found.append(Line(permission, tuple(marks)))
    return found


def holders_at(request: Any, place: Content) -> list[tuple[Any, list[Holder]]]:
    """Return each role that somebody can have with who has it at *place*, by grants and everywhere."""
    held = [each for each in held_here(request, place, False) if not each.stopped]
    roles = [role for role in roles_in_order(request) if role.given or role.name == OWNER]
    return [(role, [each for each in held if each.role == role.name]) for role in roles]


def permission_rows(request: Any, place: Content) -> Iterable[list[str]]:
    """Yield the rows of the file by permissions."""
    roles = roles_in_order(request)
    yield ["place", "permission", "title", *(role.name for role in roles)]
    for line in lines_at(request, place):
        marks = ("yes" if mark else "no" for mark in line.marks)
        yield [path_of(place), line.permission.name, line.permission.title, *marks]


def people_rows(request: Any, place: Content) -> Iterable[list[str]]:
    """Yield the rows of the file by people."""
    yield ["place", "role", "who", "id", "name", "granted at"]
    for role, held in holders_at(request, place):
        for each in held:
            kind = "group" if each.is_group else "user"
            where = "everywhere" if each.place is None else path_of(each.place)
            yield [path_of(place), role.name, kind, each.id, each.title, where]


def written(rows: Iterable[list[str]]) -> str:
    """Return *rows* as CSV, in which no cell is a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()
