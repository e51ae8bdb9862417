"""The pages of the demo."""

from typing import Any

from objpub.errors import NotFound
from objpub.forms import form_for
from objpub.forms import submit_edit
from objpub.importing import Page
from objpub.importing import Section
from objpub.lineage import find_resource
from objpub.lineage import nearest
from objpub.publisher import with_addresses
from objpub.publisher import with_sizes
from objpub.views import Response
from objpub.views import view

from .content import Documentation
from .navigation import Guide
from .navigation import short_title
from .navigation import trail_of
from .tagged import related
from .tagged import tags_of

MOST_NEAR = 12  # pages that a list beside the matter names
EDITED = ("title", "text")
CODE = '<pre class="highlight"'
CODE_IN_REACH = '<pre tabindex="0" class="highlight"'  # long lines scroll, so the keyboard must get there


@view(Documentation)
def front(site: Documentation, request: Any) -> dict[str, Any]:
    """The front page: what objpub is, and the ways into the documentation."""
    guide = Guide(request)
    ways = [(chapter, list(guide.documents_in(chapter))[:MOST_NEAR]) for chapter in guide.chapters_of(site)]
    start = ways[0][0] if ways else next(guide.documents_in(site), None)
    return {"start": start, "ways": ways, "short_title": short_title}


@view(Page, template="document.pt")
@view(Section, template="document.pt")
def show(document: Any, request: Any) -> dict[str, Any]:
    """A page or a section, with all that leads on from it."""
    guide = Guide(request)
    bare = isinstance(document, Section) and not document.html
    headings = [each for each in document.toc if each[0] in {2, 3}]
    previous, following = guide.before(document), guide.after(document)
    return {
        "body": shown_html(document, request),
        "toc": headings if len(headings) > 1 else [],
        "inside": [each for each in document.values() if request.can("view", each)] if bare else [],
        "trail": trail_of(document),
        "tree": guide.tree_around(document),
        "previous": previous,
        "following": following,
        "tags": tags_of(document),
        "related": related(document, request, (previous, following, *trail_of(document))),
        "short_title": short_title,
    }


@view(Page, "edit", permission="edit", template="edit.pt")
@view(Section, "edit", permission="edit", template="edit.pt")
def edit_form(document: Any, request: Any) -> dict[str, Any]:
    """The form to edit a document."""
    return {"form": form_for(request, document, EDITED)}


@view(Page, "edit", method="POST", permission="edit", template="edit.pt")
@view(Section, "edit", method="POST", permission="edit", template="edit.pt")
def save(document: Any, request: Any) -> Response:
    """Take what was edited, merged with what others have changed meanwhile; else show it again."""
    outcome = submit_edit(request, document, EDITED)
    if not outcome.saved:
        page: Response = outcome.page(request)
        return page
    response: Response = request.redirect(document, message=outcome.message)
    return response


@view(NotFound)
def nothing_here(failure: Any, request: Any) -> dict[str, Any]:
    """The page for an address that leads nowhere: how far the walk came, and what there is instead.

    What the error found belongs to a transaction that has gone, so the way is walked anew, by its path.
    """
    error = failure.error
    guide = Guide(request)
    reached = section_at(request, error.walked)
    near = guide.chapters_of(request.site) if reached is None else guide.documents_in(reached)
    return {
        "error": error,
        "reached": reached,
        "near": list(near)[:MOST_NEAR],
        "short_title": short_title,
    }


def section_at(request: Any, path: str) -> Section | None:
    """Return the section at or above *path*, if whoever asks may see it; else None."""
    try:
        found = nearest(find_resource(request.site, path), Section)
    except NotFound:
        return None
    return found if found is not None and request.can("view", found) else None


def shown_html(document: Any, request: Any) -> str:
    """Return the text of *document* as HTML, its links fit for where the site is published."""
    return with_addresses(with_sizes(document.html, request), request).replace(CODE, CODE_IN_REACH)
