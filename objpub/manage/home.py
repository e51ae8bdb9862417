"""The way in: `/manage` itself, and what stands at the address of an object that holds nothing."""

from typing import Any

from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import content_type_of
from objpub.content import Folder
from objpub.content import modified_of
from objpub.content import Site
from objpub.errors import Forbidden
from objpub.lineage import path_of
from objpub.publisher import Markup
from objpub.views import PUBLIC
from objpub.views import view
from objpub.views import views_in

from .frame import AREA
from .frame import Frame
from .frame import framed
from .permission import See
from .permission import visible
from .places import places_of


@view(Site, "", area=AREA, permission=PUBLIC, template="home.pt")
def home(site: Site, request: Any) -> Any:
    """The contents of the site; for those who may not see them, the places where they may work.

    With one such place the way leads straight there. Raises Forbidden for those who have none.
    """
    if visible(request, site):
        return contents_of(site, request)
    places, complete = places_of(request, site) if request.identity.authenticated else ([], True)
    if not places and complete:
        decision = request.can(See, site)
        raise Forbidden(decision.sentence, decision)
    if len(places) == 1 and complete:
        return request.redirect(places[0], area=AREA)
    rows = [(each, path_of(each)) for each in places]
    return framed(request, "", "Where you may work", places=rows, complete=complete)


def contents_of(site: Site, request: Any) -> Any:
    """Return what the contents page of any folder shows, made for *site*."""
    found = views_in(request.registry, AREA).find(Folder, ("", "GET"))
    if found is None:  # without the module of that page
        return framed(request, "contents", places=[], complete=True)
    result = found.call(site, request)
    return Markup(found.render(site, request, result)) if type(result) is dict and found.render else result


@view(Content, "", area=AREA, permission=See, template="overview.pt")
def overview(content: Content, request: Any) -> Any:
    """The form of an object that holds nothing; for those who may not edit it, what it is."""
    if Frame(request).may_open(content, "edit"):
        return request.redirect(content, "@@edit", area=AREA)
    users = request.site.users
    owner = content._owner
    kind = content_type_of(content)
    return framed(
        request,
        "overview",
        kind=kind.title if kind else type(content).__name__,
        path=path_of(content),
        owner=users.title_of_principal(f"user:{owner}") if owner and users is not None else "",
        changed=modified_of(content),
    )


@view(BrokenResource, "", area=AREA, permission=See, template="broken.pt")
def broken(resource: BrokenResource, request: Any) -> dict[str, Any]:
    """What is stored but cannot be shown, as its class is missing: what to do about it."""
    return framed(request, "overview", class_name=resource.class_name, path=path_of(resource))
