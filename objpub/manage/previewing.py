"""What is typed, shown as it will be published, and saved nowhere.

One text in Markdown as HTML, for the tab beside it; or the whole public page, with everything that stands in
the form.
"""

import re
from typing import Any

from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.errors import Clash
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.forms import Outcome
from objpub.forms import submit_edit
from objpub.importing import Document
from objpub.importing import rendered_as
from objpub.importing import Renderer
from objpub.operations import draft_of
from objpub.operations import publish_draft
from objpub.publisher import Markup
from objpub.publisher import with_addresses
from objpub.schema import schema_of
from objpub.traversal import Found
from objpub.views import find_view
from objpub.views import respond
from objpub.views import Response
from objpub.views import view

from .adding import kind_called
from .adding import submitted
from .bar import bar_for
from .drafting import PREVIEW
from .editing import aids_for
from .editing import fields_of
from .frame import AREA
from .picking import text_of


@view(Content, "preview", method="POST", area=AREA, permission="edit")
def preview(content: Content, request: Any, field: str = "") -> Any:
    """Show a text of *content* as typed; without *field* the whole page."""
    if request.form.get("_then") == PREVIEW:
        return page_of_draft(request, content)
    if field:
        return fragment(request, type(content), content, field)
    outcome = submit_edit(request, content, fields_of(type(content)), aids_for(request, content))
    return whole_page(request, outcome)


@view(Folder, "preview", method="POST", area=AREA, permission="edit")
def preview_in_folder(folder: Folder, request: Any, field: str = "", type: str = "") -> Any:
    """Show a text of *folder*, or of what is about to be added to it: *type* says what."""
    if not type:
        return preview(folder, request, field)
    found = kind_called(request, folder, type)
    if found is None:
        raise NotFound(request.incoming.path, request.url(folder), type, folder)
    if not request.can("add", folder):
        raise Forbidden("Only who may add something here sees a preview of it", request.can("add", folder))
    if field:
        return fragment(request, found.kind, None, field)
    return whole_page(request, submitted(request, folder, found))


def fragment(request: Any, kind: type, content: Any, name: str) -> Markup:
    """Return the text that was sent for the field *name*, as HTML that is safe to show."""
    field = schema_of(kind).get(name)
    if field is None or field.kind.name != "markdown":
        raise Invalid({"field": f"{kind.__name__} has no text in Markdown called {name!r}"})
    text = text_of(request, name).replace("\r\n", "\n")
    if issubclass(kind, Document) and name == "text":
        written_in = text_of(request, "written_in") or "markdown"
        html = rendered_as(content, text, written_in).html
    else:
        html = Renderer().markdown(text).html
    return Markup(with_addresses(html, request))


def whole_page(request: Any, outcome: Outcome) -> Response:
    """Return the public page of what the form made, and let nothing of it be saved."""
    request.connection.transaction_manager.doom()
    if not outcome.saved:
        errors = dict(outcome.errors) or dict.fromkeys(outcome.clashes, "somebody else changed it meanwhile")
        raise Invalid(errors)
    return shown_page(request, outcome.resource)


def page_of_draft(request: Any, content: Content) -> Response:
    """Return the public page of *content* as its draft would make it; nothing is published.

    Nobody keeps it. Its files come from the draft. Raises NotPossible without a draft, and Invalid for what
    somebody else has changed meanwhile.
    """
    request.connection.transaction_manager.doom()
    draft = draft_of(request.identity, content)
    values = {} if draft is None else draft.values
    files = {name: each for name, each in values.items() if isinstance(each, File)}
    if isinstance(content, File) and files:
        sent: Response = request.redirect(content, f"@@draft-file/{next(iter(files))}", area=AREA)
        return sent
    try:
        publish_draft(request.identity, content)
    except Clash as error:
        raise Invalid(dict.fromkeys(error.fields, "somebody else changed it meanwhile")) from error
    response = shown_page(request, content)
    if response.content_type == "text/html":
        for name, file in files.items():
            if getattr(content, name) is not file:  # who asks may not change that field
                continue
            public = re.escape(request.url(getattr(content, name)).rstrip("/"))
            own = request.url(content, f"@@draft-file/{name}", area=AREA)
            response.text = re.sub(rf"""{public}(?:/[^"'\s,)<>]*)?(?=["'\s,)<>?&#])""", own, response.text)
    response.headers["Cache-Control"] = "no-store"
    return response


def shown_page(request: Any, resource: Any) -> Response:
    """Return the public page of *resource*, marked. Raises Forbidden for who may not see it."""
    found = Found(resource)
    shown = find_view(request.registry, found, "GET")
    if shown.permission is not None:
        decision = request.can(shown.permission, resource)
        if not decision:
            raise Forbidden(decision.sentence, decision)
    request.arrive(found)
    return marked(request, respond(shown.call(resource, request), resource, request, shown.render))


def marked(request: Any, response: Response) -> Response:
    """Return the page *response* so that nobody takes it for the public one, whatever layout it has."""
    if response.content_type == "text/html":
        bar = bar_for(request.context, request) or ""
        before, end, after = response.text.rpartition("</body>")
        response.text = f"{before}{bar}{end}{after}" if end else f"{after}{bar}"
    return response
