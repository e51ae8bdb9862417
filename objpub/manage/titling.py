"""Changing the title by itself, where it stands at the top of a page."""

from typing import Any

from objpub.content import Content
from objpub.content import Site
from objpub.content import title_of
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.forms import form_again
from objpub.forms import form_for
from objpub.forms import Outcome
from objpub.forms import submit_edit
from objpub.publisher import own_path
from objpub.schema import schema_of
from objpub.views import view

from .editing import aids_for
from .editing import said
from .frame import AREA
from .frame import framed
from .picking import text_of

FIELDS = ("title",)


@view(Content, "title", area=AREA, permission="edit", template="title.pt")
@view(Site, "title", area=AREA, permission="manage", template="title.pt")
def show(content: Content, request: Any) -> dict[str, Any]:
    """Show the title to be changed. Of the query: back, the page to go on with."""
    require_title(content, request)
    return page_of(request, form_for(request, content, FIELDS, aids_for(request, content)))


@view(Content, "title", method="POST", area=AREA, permission="edit", template="title.pt")
@view(Site, "title", method="POST", area=AREA, permission="manage", template="title.pt")
def save(content: Content, request: Any) -> Any:
    """Save the title and go back to where it was changed; or show it again with what is wrong with it."""
    require_title(content, request)
    aids = aids_for(request, content)
    try:
        outcome = submit_edit(request, content, FIELDS, aids)
    except NotPossible as error:
        errors = {"form": str(error)}
        outcome = Outcome(content, form_again(request, content, FIELDS, aids, errors), errors, {})
    if not outcome.saved:
        return outcome.page(request, **page_of(request, outcome.form))
    back = own_path(text_of(request, "back")) or request.url(content, area=AREA)
    return request.redirect(back, message=said(outcome))


def require_title(content: Content, request: Any) -> None:
    """Raise NotFound where the type of *content* has no field "title"."""
    if "title" not in schema_of(type(content)):
        raise NotFound(request.incoming.path, request.url(content), "title", content)


def page_of(request: Any, form: Any) -> dict[str, Any]:
    """Return what the page shows."""
    content = request.context
    heading = f"Title of “{title_of(content)}”"
    return framed(request, "title", heading, form=form, back=own_path(text_of(request, "back")) or "")
