"""Pages for what a site declares no view of its own for: content, files, images, failures."""

from typing import Any

from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import title_of
from objpub.schema import schema_of
from objpub.security import Policy
from objpub.security import readable_fields
from objpub.views import file_response
from objpub.views import FileBody
from objpub.views import Response
from objpub.views import view

from .failures import Failure
from .request import Markup

@view(Content, template="content.pt")
def show(content: Content, request: Any) -> dict[str, Any]:
    """Show the fields of a resource."""
    return {"rows": rows_of(content, request), "children": (), "after": None}


@view(Folder, template="content.pt")
def show_folder(folder: Folder, request: Any, after: str | None = None) -> dict[str, Any]:
    """Show the fields of a folder, and those of its children that may be seen."""
    page = folder.page(after=after)
    children = [child for child in page.items if request.can("view", child)]
    return {"rows": rows_of(folder, request), "children": children, "after": page.next}


@view(File)
def download(file: File, request: Any) -> Response:
    """Give the bytes of a file."""
    return file_response(file)


@view(Image, "scale", subpath=True)
def scale(image: Image, request: Any) -> Response:
    """Give a smaller picture: /a/picture/scale/medium."""
    name = request.subpath[0] if len(request.subpath) == 1 else ""
    made = request.application.scales.of(image, name)
    response = Response(content_type=made.media_type, charset=None)
    response.app_iter = FileBody(made.path.open("rb"))
    response.content_length = made.path.stat().st_size
    return response


@view(Failure, template="failure.pt")
def failed(failed: Failure, request: Any) -> dict[str, Any]:
    """Show what went wrong."""
    return {"failed": failed}


def rows_of(content: Content, request: Any) -> list[tuple[str, Any]]:
    """Return (title, value) of the fields that may be read and that say something."""
    schema = schema_of(type(content))
    rows = []
    readable = readable_fields(request.registry[Policy], request.identity, content)
    for name, field in schema.items():
        value = getattr(content, name, None)
        if name == "title" or name not in readable or value in (None, "", (), frozenset()):
            continue
        rows.append((field.title, displayed(field, value, request)))
    return rows


def displayed(field: Any, value: Any, request: Any) -> Any:
    """Return *value* as a page shows it."""
    if isinstance(value, Content):
        return Markup(f'<a href="{request.url(value)}">{escaped(title_of(value))}</a>')
    if field.kind.name == "rich text":
        return Markup(value)
    text = field.to_text(value)
    return ", ".join(map(str, text)) if isinstance(text, list) else text


def escaped(text: str) -> str:
    """Return *text* for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
