"""The site's own settings: title, logo, front page, navigation, time zone, languages, mail, limits."""

from itertools import islice
from typing import Any
from zoneinfo import available_timezones

from objpub.content import File
from objpub.content import Site
from objpub.content import title_of
from objpub.errors import NotPossible
from objpub.errors import Refused
from objpub.forms import form_for
from objpub.forms import submit_edit
from objpub.lineage import path_of
from objpub.operations import digests_of
from objpub.operations import set_site_fields
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .picking import text_of
from .typed import refused
from .typed import Typed

FIELDS = (
    *("title", "description", "logo", "front_page", "time_zone", "locale", "languages"),
    *("mail_from", "mail_name", "mail_reply_to", "largest_upload"),
)
MOST_OFFERED = 200
LOOKED_THROUGH = 1_000


@view(Site, "site", area="manage", permission="manage", template="site.pt")
def show(site: Site, request: Any) -> dict[str, Any]:
    """Show the settings of the site."""
    return site_page(request, site, form_for(request, site, FIELDS))


@view(Site, "site", area="manage", method="POST", permission="manage", template="site.pt")
def save(site: Site, request: Any) -> Any:
    """Save the settings of the site."""
    outcome = submit_edit(request, site, FIELDS)
    if not outcome.saved:
        return outcome.page(request, **site_page(request, site, outcome.form))
    return back_to(request, site, outcome.message)


@view(Site, "site-navigation", area="manage", method="POST", permission="manage", template="site.pt")
def arrange(site: Site, request: Any) -> Any:
    """Change the navigation: `add` names a child of the site; `up`, `down` and `remove` a path in it."""
    now = list(site.ways)
    try:
        changed = rearranged(request, site, now)
        started = digests_of(site, ["navigation"])
        set_site_fields(request.identity, site, {"navigation": changed}, started)
    except Refused as error:
        page = form_for(request, site, FIELDS)
        return refused(request, error, lambda typed: site_page(request, site, page, typed), "add")
    return back_to(request, site, "Navigation saved")


def rearranged(request: Any, site: Site, now: list[Any]) -> list[Any]:
    """Return the navigation that the form asks for, made of what it is *now*. Raises NotPossible."""
    for word in ("up", "down", "remove"):
        path = text_of(request, word)
        if path:
            at = next((at for at, each in enumerate(now) if path_of(each) == path), None)
            if at is None:
                raise NotPossible("The navigation was changed meanwhile; look at it again")
            moved = now.pop(at)
            if word != "remove":
                now.insert(max(at - 1, 0) if word == "up" else at + 1, moved)
            return now
    name = text_of(request, "add").strip().strip("/")
    child = site.get(name) if name in site else None
    if child is None:
        raise NotPossible(f"The site holds nothing called {name!r}" if name else "Choose a page")
    return [*(each for each in now if each is not child), child]


def back_to(request: Any, site: Site, message: str) -> Response:
    """Return to the settings."""
    response: Response = request.redirect(site, "@@site", area="manage", message=message)
    return response


def site_page(request: Any, site: Site, form: Any, typed: Typed | None = None) -> dict[str, Any]:
    """Return what the settings show."""
    rows = {row.name: row for row in form.rows}
    ways = list(site.ways)
    offered = children_offered(request, site)
    return framed(
        request,
        "site",
        "Site settings",
        form=form,
        rows=rows,
        typed=typed or Typed(),
        ways=[(each, title_of(each), path_of(each)) for each in ways],
        offered=offered,
        addable=[each for each in offered if all(each[0] is not way for way in ways)],
        is_large=len(site) > MOST_OFFERED,
        fronts=front_choices(offered, rows.get("front_page")),
        zones=sorted(available_timezones()),
    )


def children_offered(request: Any, site: Site) -> list[tuple[Any, str, str]]:
    """Return (child, title, path) of the children of the site that can be shown, which files are not."""
    children = islice(site.values(), LOOKED_THROUGH)
    shown = (each for each in children if not isinstance(each, File) and request.can("view", each))
    return [(each, title_of(each) or path_of(each), path_of(each)) for each in islice(shown, MOST_OFFERED)]


def front_choices(offered: list[tuple[Any, str, str]], row: Any) -> list[tuple[str, str, bool]]:
    """Return (path, title, chosen) for the front page: what is chosen stays among them, whatever it is."""
    chosen = row.text if row is not None else ""
    choices = [(path, title, path == chosen) for _, title, path in offered]
    if chosen and not any(path == chosen for path, _, _ in choices):
        choices.insert(0, (chosen, chosen, True))
    return choices
