"""Tokens for programs: listed in the profile and on the page of a person, made on a page of their own."""

from typing import Any

from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.lineage import find_resource
from objpub.operations import make_token
from objpub.operations import revoke_token
from objpub.security import Permissions
from objpub.views import PUBLIC
from objpub.views import view

from .frame import framed
from .permission import check_signed_in
from .person import named
from .person import person
from .picking import text_of
from .picking import texts_of
from .typed import refused
from .typed import Typed

DAYS = 90
SHOWN_ONCE = (
    "This token was made already, and its text shown that once. If you have not kept it, revoke it and make"
    " another"
)


@view(Site, "token-add", area="manage", permission=PUBLIC, template="token-add.pt")
def adding(site: Site, request: Any) -> dict[str, Any]:
    """Show the form for a token of one's own, or of the person that `id` names."""
    return add_page(request, owner_of(request), Typed())


@view(Site, "token-add", area="manage", method="POST", permission=PUBLIC, template="token-add.pt")
def add(site: Site, request: Any) -> Any:
    """Make a token, and show it this once."""
    user = owner_of(request)
    try:
        text = made(site, request, user)
    except Refused as error:
        return refused(request, error, lambda typed: add_page(request, user, typed))
    request.if_repeated = (way_back(request, user), SHOWN_ONCE)
    response = request.page(add_page(request, user, Typed(), text))
    response.headers["Cache-Control"] = "no-store"
    return response


@view(Site, "token-revoke", area="manage", method="POST", permission=PUBLIC)
def revoke(site: Site, request: Any) -> Any:
    """Revoke the token with the mark in `end`; one that is gone already is no mistake."""
    user = owner_of(request)
    try:
        revoke_token(request.identity, site, user.__name__, text_of(request, "end"))
    except NotFound:
        return request.redirect(way_back(request, user), message="This token was gone already")
    return request.redirect(way_back(request, user), message="Token revoked")


def made(site: Site, request: Any, user: Any) -> str:
    """Make the token that the form describes, and return its text."""
    everything = text_of(request, "what") == "all"
    return make_token(
        request.identity,
        site,
        user.__name__,
        text_of(request, "title"),
        permissions=None if everything else texts_of(request, "permissions"),
        place=place_at(site, text_of(request, "place").strip()),
        days=days_from(text_of(request, "days")),
    )


def place_at(site: Site, path: str) -> Any:
    """Return what is at *path*, None for the whole site. Raises Invalid."""
    if path in {"", "/"}:
        return None
    try:
        return find_resource(site, path)
    except NotFound:
        raise Invalid({"place": "There is nothing at this path"}) from None


def days_from(text: str) -> int:
    """Return a number of days; 0, which is too few, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def owner_of(request: Any) -> Any:
    """Return whose tokens this is about: the person that `id` names, else whoever asks. Raises Forbidden."""
    check_signed_in(request)
    mine = request.identity.user_id
    if text_of(request, "id") not in {"", mine}:
        return person(request)
    found = request.site.users.get(mine) if mine is not None else None
    return person(request) if found is None else found


def way_back(request: Any, user: Any) -> str:
    """Return the address of the page that lists the tokens of *user*."""
    mine = user.__name__ == request.identity.user_id
    view, query = ("@@profile", {}) if mine else ("@@user", {"id": user.__name__})
    return str(request.url(request.site, view, area="manage", **query)) + "#tokens"


def add_page(request: Any, user: Any, typed: Typed, token: str = "") -> dict[str, Any]:
    """Return what the form for a token shows; *token*: the text of the one that was made."""
    mine = user.__name__ == request.identity.user_id
    permissions = sorted(request.registry[Permissions], key=lambda each: each.title)
    return framed(
        request,
        "profile" if mine else "users",
        "Make a token" if mine else f"Make a token for {named(user)}",
        user=user,
        mine=mine,
        typed=typed,
        token=token,
        days=DAYS,
        permissions=permissions,
        back=way_back(request, user),
    )
