"""Pages for what a site declares no view of its own for: content, files, images, failures."""

from collections.abc import Container
from collections.abc import Sequence
from typing import Any

from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import Site
from objpub.content import title_of
from objpub.importing import Document
from objpub.importing import MACHINERY
from objpub.operations import shown_text
from objpub.schema import safe_html
from objpub.schema import schema_of
from objpub.schema import Surroundings
from objpub.security import Policy
from objpub.security import readable_fields
from objpub.views import file_response
from objpub.views import Response
from objpub.views import view

from .failures import Failure
from .pictures import SIZES
from .pictures import with_sizes
from .request import Markup
from .roots import with_addresses
from .roots import with_links_of_today
from .static import FOREVER
from .static import stored_file

PAGE = 50
MOST_PAGES = 100  # that are looked through for children that may be seen


@view(Content, template="content.pt")
def show(content: Content, request: Any) -> dict[str, Any]:
    """Show the fields of a resource."""
    return page_of(content, request)


@view(Folder, template="content.pt")
def show_folder(folder: Folder, request: Any, after: str | None = None) -> dict[str, Any]:
    """Show the fields of a folder, and those of its children that may be seen."""
    children, following = seen_children(folder, request, after)
    return page_of(folder, request, children, following)


@view(File)
def download(file: File, request: Any) -> Response:
    """Give the bytes of a file."""
    return file_response(file)


@view(Image, "scale", subpath=True)
def scale(image: Image, request: Any, v: str = "") -> Response:
    """Give a smaller picture: /a/picture/scale/medium.

    v: the version that is meant, `image.scale_version`; a browser asks for that only once.
    """
    name = request.subpath[0] if len(request.subpath) == 1 else ""
    made = request.application.scales.of(image, name)
    response = stored_file(made.path, made.media_type)
    if v and v == image.scale_version:
        response.headers["Cache-Control"] = f"private, {FOREVER}"
    return response


@view(Failure, template="failure.pt")
def failed(failed: Failure, request: Any) -> dict[str, Any]:
    """Show what went wrong."""
    return {"failed": failed}


def page_of(
    content: Content, request: Any, children: Sequence[Content] = (), after: str | None = None
) -> dict[str, Any]:
    """Return what the page of a resource shows; the text of a document is shown as it was rendered."""
    readable = readable_fields(request.registry[Policy], request.identity, content)
    shown_apart = {"title", *(schema_of(Site) if isinstance(content, Site) else ())}
    html = ""
    if isinstance(content, Document) and "text" in readable:
        shown_apart |= {"text", *MACHINERY}
        html = with_addresses(with_sizes(content.html, request), request)
    rows = rows_of(content, set(readable) - shown_apart, request)
    return {"html": html, "rows": rows, "children": children, "after": after}


def seen_children(folder: Folder, request: Any, after: str | None) -> tuple[list[Any], str | None]:
    """Return the next children of *folder* that may be seen, and the cursor of those that follow, or None.

    The cursor is that of a child that may be seen: it may hold its name. After a long row of children that
    may not, it is given up.
    """
    seen: list[Any] = []
    following = None
    for _ in range(MOST_PAGES):
        page = folder.page(after=after, limit=PAGE)
        for number, child in enumerate(page.items, 1):
            if not request.can("view", child):
                continue
            if len(seen) == PAGE:
                return seen, following
            seen.append(child)
            if len(seen) == PAGE:
                following = folder.page(after=after, limit=number).next
        if page.next is None:
            break
        after = page.next
    return seen, None


def rows_of(content: Content, names: Container[str], request: Any) -> list[tuple[str, Any]]:
    """Return (title, value) of those fields of *content* that are among *names* and say something."""
    rows = []
    for name, field in schema_of(type(content)).items():
        value = seen(getattr(content, name, None), request)
        if name in names and value not in (None, "", (), frozenset()):
            rows.append((field.title, displayed(field, value, request)))
    return rows


def seen(value: Any, request: Any) -> Any:
    """Return *value* without the resources that may not be seen: not even their titles are told."""
    if isinstance(value, Content):
        return value if request.can("view", value) else None
    if isinstance(value, tuple | frozenset):
        kept = (each for each in value if not isinstance(each, Content) or request.can("view", each))
        return type(value)(kept)
    return value


def displayed(field: Any, value: Any, request: Any) -> Any:
    """Return *value* as a page shows it."""
    if isinstance(value, Image):
        return picture(value, request)
    if isinstance(value, Content):
        return Markup(f'<a href="{request.url(value)}">{escaped(title_of(value))}</a>')
    if field.kind.name == "rich text":
        html = safe_html(value)  # once more: what was stored past its field is shown to visitors, too
        return Markup(with_links_of_today(html, request))
    titles = dict(field.kind.choices)
    if titles:
        several = isinstance(value, tuple | frozenset)
        return ", ".join(
            title for each, title in titles.items() if (each in value if several else each == value)
        )
    links = shown_text(request.identity, request.site)
    text = field.to_text(value, Surroundings(links=links))
    return ", ".join(map(str, text)) if isinstance(text, list) else text


def picture(image: Image, request: Any) -> Markup:
    """Return *image* as HTML, in the size that a browser chooses."""
    values = {
        "src": request.url(image),
        "alt": image.alt,
        "srcset": request.srcset(image),
        "sizes": SIZES,
        "width": str(image.width),
        "height": str(image.height),
        "loading": "lazy",
    }
    return Markup("<img" + "".join(f' {name}="{escaped(value)}"' for name, value in values.items()) + ">")


def escaped(text: str) -> str:
    """Return *text* for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
