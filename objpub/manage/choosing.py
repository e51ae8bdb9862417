"""What a reference can lead to, folder by folder: the list from which a form lets people choose."""

from typing import Any

from objpub.content import addable_in
from objpub.content import Content
from objpub.content import content_types
from objpub.content import Folder
from objpub.content import Image
from objpub.content import title_of
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.lineage import lineage
from objpub.lineage import path_of
from objpub.schema import schema_of
from objpub.views import view

from .frame import AREA
from .frame import framed
from .icons import icon_name
from .permission import See
from .permission import visible
from .picking import text_of
from .searching import look_for

AT_ONCE = 50
BLOCK = 100
SEARCHED = 200  # of what is found, to find those that fit where the field names no type
LOOKED_AT = 2_000  # children, to find those that may be seen


@view(Content, "choose", area=AREA, permission=See, template="choose.pt")
def choose(content: Content, request: Any, field: str, type: str = "", at: str = "", after: str = "") -> Any:
    """List a folder: where one is, and what is in it, with what fits the reference *field*.

    type: of what is to be added to *content*; "" means *content* itself. at: the path of the folder; "" for
    the one around *content*. after: the cursor of a further page. Of the query besides: q, what is looked for
    in the whole site, instead; page, for a page to read instead of values for a script.
    """
    target = target_of(request, content, field, type)
    q = text_of(request, "q").strip()
    values = found_for(request, target, q) if q else listed(request, target, at, after)
    if not text_of(request, "page"):
        return request.json(values)
    query = {"field": field, "type": type or None, "page": "yes"}
    return framed(
        request,
        "edit",
        "Find what it leads to",
        values=values,
        q=q,
        hidden=[(name, value) for name, value in query.items() if value],
        address=lambda **more: request.url(content, "@@choose", area=AREA, **query, **more),
    )


def listed(request: Any, target: type, at: str, after: str) -> dict[str, Any]:
    """Return where the folder at the path *at* is and what is in it, with what fits *target*."""
    folder = folder_at(request, request.context, at)
    items, following = seen_in(request, folder, after)
    return {
        "path": path_of(folder),
        "title": title(request, folder),
        "fits": isinstance(folder, target),
        "above": [
            {"path": path_of(each), "title": title(request, each)}
            for each in list(lineage(folder))[:0:-1]
            if visible(request, each)
        ],
        "items": [entry(request, each, target) for each in items],
        "after": following,
        "problem": "",
    }


def found_for(request: Any, target: type, q: str) -> dict[str, Any]:
    """Return what fits *target* of what is found by *q*, words or a path, in the whole site."""
    types = content_types(request.registry)
    kind = next((each for each in types if each.kind is target), None)
    found = look_for(request, q, kind, AT_ONCE if kind else SEARCHED)
    fitting = [each for each in found.items if isinstance(each, target)]
    return {
        "items": [{**entry(request, each, target), "opens": False} for each in fitting[:AT_ONCE]],
        "above": [],
        "after": None,
        "more": found.more or len(fitting) > AT_ONCE,
        "problem": found.problem,
    }


def entry(request: Any, resource: Any, target: type) -> dict[str, Any]:
    """Return what the list says of *resource*, which may fit *target*."""
    return {
        "path": path_of(resource),
        "title": title(request, resource),
        "icon": icon_name(resource),
        "fits": isinstance(resource, target),
        "opens": isinstance(resource, Folder),
        "address": request.url(resource),
        "alt": resource.alt if isinstance(resource, Image) else "",
    }


def seen_in(request: Any, folder: Folder, after: str) -> tuple[list[Content], str | None]:
    """Return the next children of *folder* that may be seen, and the cursor of those behind them, or None.

    It is that of a child that may be seen: it holds its name. After a long row of others it is given up.
    """
    found: list[Content] = []
    looked_at, cursor = 0, after or None
    while looked_at <= LOOKED_AT:
        page = folder.page(cursor, BLOCK)
        for each in page:
            if isinstance(each, Content) and visible(request, each):
                if len(found) == AT_ONCE:
                    return found, folder.cursor_of(str(found[-1].__name__))
                found.append(each)
        looked_at, cursor = looked_at + BLOCK, page.next
        if cursor is None:
            break
    return found, None


def target_of(request: Any, content: Content, name: str, kind: str) -> type:
    """Return the class that the field *name* leads to: a text, to its images.

    Raises Invalid for what leads nowhere.
    """
    cls: Any = content.__class__
    if kind:
        cls = next(
            (each.kind for each in addable_in(request.registry, content) if kind in {each.name, each.dotted}),
            None,
        )
    field = schema_of(cls).get(name) if cls is not None else None
    if field is not None and field.kind.name in {"markdown", "rich text"}:
        return Image
    known: Any = getattr(field.kind, "item", field.kind) if field is not None else None
    found: Any = getattr(known, "target", None)
    if found is None:
        raise Invalid({"field": f"{name!r} is no reference here"})
    return found if isinstance(found, type) else object


def folder_at(request: Any, content: Content, path: str) -> Folder:
    """Return the folder at *path*; for "" the one around *content*, as far as it may be seen."""
    if not path:
        around = (each for each in lineage(content) if isinstance(each, Folder) and visible(request, each))
        return next(around, request.site)
    folder = find_resource(request.site, path)
    if not isinstance(folder, Folder) or not visible(request, folder):
        raise NotFound(path)
    return folder


def title(request: Any, folder: Any) -> str:
    """Return the title of a folder; a site without one is "Site"."""
    return title_of(folder) if folder.__parent__ is not None or folder.title else "Site"
