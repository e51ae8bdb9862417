"""The profile: one's own name, address and password, and where one is signed in."""

from datetime import datetime
from datetime import UTC
from typing import Any

from objpub.content import Site
from objpub.errors import Forbidden
from objpub.errors import Refused
from objpub.forms import form_for
from objpub.forms import submit_edit
from objpub.operations import end_session
from objpub.operations import end_sessions
from objpub.publisher import give_session
from objpub.publisher import signed_out
from objpub.views import PUBLIC
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .people import give_password
from .people import renamed
from .people import roles_in_words
from .permission import check_oneself
from .person import FIELDS
from .person import moment
from .person import named
from .person import sessions_of
from .picking import text_of
from .token_rows import tokens_of
from .typed import refused
from .typed import Typed

MARK = 16  # characters of a session's key that say which one is meant


@view(Site, "profile", area="manage", permission=PUBLIC, template="profile.pt")
def show(site: Site, request: Any) -> dict[str, Any]:
    """Show whoever asks what is his own."""
    user = myself(request)
    return profile_page(request, user, form_for(request, user, FIELDS))


@view(Site, "profile", area="manage", method="POST", permission=PUBLIC, template="profile.pt")
def save(site: Site, request: Any) -> Any:
    """Save one's own name and address."""
    user = myself(request)
    outcome = submit_edit(request, user, FIELDS)
    if not outcome.saved:
        return outcome.page(request, **profile_page(request, user, outcome.form))
    return request.redirect(site, "@@profile", area="manage", message=outcome.message)


@view(Site, "profile-password", area="manage", method="POST", permission=PUBLIC, template="profile.pt")
def save_password(site: Site, request: Any) -> Any:
    """Give oneself another password, by saying the old one. All other browsers are signed out."""
    user = myself(request)
    try:
        give_password(request, user, current=text_of(request, "current_password"))
    except Refused as error:
        return refused(request, in_controls(error), lambda typed: typed_page(request, user, typed))
    message = "You have a new password, and are signed out in all other browsers"
    response: Response = request.redirect(site, "@@profile", area="manage", message=message)
    give_session(request, response, user.__name__)
    return response


@view(Site, "profile-sessions", area="manage", method="POST", permission=PUBLIC, template="profile.pt")
def sign_out(site: Site, request: Any) -> Any:
    """Sign out in one browser, the one with the mark in `end`, or everywhere."""
    user = myself(request)
    mark = text_of(request, "end")
    here = request.session is not None and bool(mark) and request.session.key.startswith(mark)
    try:
        if mark:
            end_session(request.identity, site, mark)
        else:
            end_sessions(request.identity, site, user.__name__)
    except Refused as error:
        return refused(request, error, lambda typed: typed_page(request, user, typed), "sessions")
    if here or not mark:
        return signed_out(request, request.redirect(site, "login", message="You are signed out"))
    return request.redirect(site, "@@profile", area="manage", message="Signed out there")


def myself(request: Any) -> Any:
    """Return the user who asks. Raises Forbidden for who is none."""
    check_oneself(request)
    user_id = request.identity.user_id
    found = None if user_id is None else request.site.users.get(user_id)
    if found is None:
        raise Forbidden("This needs a sign-in")
    return found


def in_controls(error: Refused) -> Refused:
    """Return *error* with the names that the controls have."""
    error = renamed(error)
    errors = getattr(error, "errors", None)
    if errors and "current" in errors:
        errors["current_password"] = errors.pop("current")
    return error


def typed_page(request: Any, user: Any, typed: Typed) -> dict[str, Any]:
    """Return the profile with what was *typed* into one of its small forms."""
    return profile_page(request, user, form_for(request, user, FIELDS), typed)


def browser_of(users: Any, key: str) -> str:
    """Return what the browser of a session is called, "Firefox on Linux"; "" where that is not known."""
    return "".join(users.sessions.notes(key, "browser"))


def profile_page(request: Any, user: Any, form: Any, typed: Typed | None = None) -> dict[str, Any]:
    """Return what the profile shows."""
    users = request.site.users
    principal = f"user:{user.__name__}"
    here = request.session.key if request.session is not None else ""
    sessions = [
        (each.key[:MARK], each.key == here, browser_of(users, each.key), moment(each.made), moment(each.used))
        for each in sessions_of(request, user.__name__)
    ]
    return framed(
        request,
        "profile",
        named(user),
        user=user,
        form=form,
        typed=typed or Typed(),
        sessions=sessions,
        tokens=tokens_of(request, user),
        roles=roles_in_words(request, users, principal),
        groups=[users.title_of_principal(f"group:{each}") for each in sorted(users.groups_of(principal))],
        now=datetime.now(UTC),
    )
