"""One person: name and address, roles, groups, password, where signed in, and how to part."""

from datetime import datetime
from datetime import UTC
from typing import Any

from objpub.content import Site
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.forms import form_for
from objpub.forms import submit_edit
from objpub.operations import end_sessions
from objpub.operations import give_roles
from objpub.operations import remove_user
from objpub.operations import set_groups
from objpub.security import Policy
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .lockout import told
from .people import Choice
from .people import give_password
from .people import renamed
from .people import role_choices
from .people import users_for
from .people import wanted_roles
from .picking import chosen_of
from .picking import text_of
from .token_rows import tokens_of
from .typed import refused
from .typed import Typed

FIELDS = ("title", "email")
MOST_GROUPS = 500


@view(Site, "user", area="manage", permission="manage", template="user.pt")
def show(site: Site, request: Any) -> dict[str, Any]:
    """Show one person."""
    user = person(request)
    return user_page(request, user, form_for(request, user, FIELDS))


@view(Site, "user", area="manage", method="POST", permission="manage", template="user.pt")
def save(site: Site, request: Any) -> Any:
    """Save name and address."""
    user = person(request)
    outcome = submit_edit(request, user, FIELDS)
    if not outcome.saved:
        return outcome.page(request, **user_page(request, user, outcome.form))
    return back_to(request, user, outcome.message)


@view(Site, "user-roles", area="manage", method="POST", permission="manage", template="user.pt")
def save_roles(site: Site, request: Any) -> Any:
    """Set the roles that the person has everywhere."""
    user = person(request)
    principal = f"user:{user.__name__}"
    users = site.users
    try:
        wanted = wanted_roles(request, users.roles_given(principal), users)
        told(request, site, lambda: give_roles(request.identity, site, principal, wanted))
    except Refused as error:
        return refused(request, error, lambda typed: typed_page(request, user, typed), "roles")
    return back_to(request, user, "Roles set")


@view(Site, "user-groups", area="manage", method="POST", permission="manage", template="user.pt")
def save_groups(site: Site, request: Any) -> Any:
    """Set the groups that the person is in."""
    user = person(request)
    try:
        wanted = chosen_of(request, "groups")
        told(request, site, lambda: set_groups(request.identity, site, f"user:{user.__name__}", wanted))
    except Refused as error:
        return refused(request, error, lambda typed: typed_page(request, user, typed), "groups")
    return back_to(request, user, "Groups set")


@view(Site, "user-password", area="manage", method="POST", permission="manage", template="user.pt")
def save_password(site: Site, request: Any) -> Any:
    """Give the person another password. One's own is changed in the profile, by saying the old one."""
    user = person(request)
    if user.__name__ == request.identity.user_id:
        return request.redirect(site, "@@profile", area="manage")
    try:
        give_password(request, user)
    except Refused as error:
        return refused(
            request, renamed(error), lambda typed: typed_page(request, user, typed), "new_password"
        )
    return back_to(request, user, f"{named(user)} has a new password, and is signed out everywhere")


@view(Site, "user-sessions", area="manage", method="POST", permission="manage", template="user.pt")
def sign_out_everywhere(site: Site, request: Any) -> Any:
    """End all sessions of the person."""
    user = person(request)
    try:
        end_sessions(request.identity, site, user.__name__)
    except Refused as error:
        return refused(request, error, lambda typed: typed_page(request, user, typed), "sessions")
    return back_to(request, user, f"{named(user)} is signed out everywhere")


@view(Site, "user-remove", area="manage", permission="manage", template="user-remove.pt")
def removing(site: Site, request: Any) -> dict[str, Any]:
    """Say what it means to remove somebody, and ask."""
    return remove_page(request, person(request), Typed())


@view(Site, "user-remove", area="manage", method="POST", permission="manage", template="user-remove.pt")
def remove(site: Site, request: Any) -> Any:
    """Remove somebody for good."""
    user = person(request)
    title = named(user)
    try:
        told(request, site, lambda: remove_user(request.identity, site, user.__name__))
    except Refused as error:
        return refused(request, error, lambda typed: remove_page(request, user, typed))
    if title and user.__name__ == request.identity.user_id:
        return request.redirect(site, message="You are removed from the people of this site")
    return request.redirect(site, "@@users", area="manage", message=f"Removed {title}")


def person(request: Any) -> Any:
    """Return the user that the value `id` of the form names. Raises NotFound, and Forbidden."""
    users = users_for(request)
    name = text_of(request, "id")
    found = users.get(name)
    if found is None:
        raise NotFound(request.url(request.site, "@@user", area="manage", id=name), "the people", name)
    return found


def named(user: Any) -> str:
    """Return what a sentence calls *user*."""
    return str(user.title or user.__name__)


def back_to(request: Any, user: Any, message: str) -> Response:
    """Return to the page of *user*."""
    url = request.url(request.site, "@@user", area="manage", id=user.__name__)
    response: Response = request.redirect(url, message=message)
    return response


def typed_page(request: Any, user: Any, typed: Typed) -> dict[str, Any]:
    """Return the page of *user* with what was *typed* into one of its small forms."""
    return user_page(request, user, form_for(request, user, FIELDS), typed)


def user_page(request: Any, user: Any, form: Any, typed: Typed | None = None) -> dict[str, Any]:
    """Return what the page of *user* shows."""
    users = request.site.users
    principal = f"user:{user.__name__}"
    return framed(
        request,
        "users",
        named(user),
        user=user,
        form=form,
        typed=typed or Typed(),
        roles=role_choices(request, users, principal),
        groups=group_choices(users, principal),
        signs_in=bool(users.stamp_of(user.__name__)),
        sessions=sessions_of(request, user.__name__),
        is_me=user.__name__ == request.identity.user_id,
        moment=moment,
        tokens=tokens_of(request, user),
    )


def remove_page(request: Any, user: Any, typed: Typed) -> dict[str, Any]:
    """Return what the question before a removal shows."""
    users = request.site.users
    principal = f"user:{user.__name__}"
    return framed(
        request,
        "users",
        f"Remove {named(user)}",
        user=user,
        typed=typed,
        roles=[choice for choice in role_choices(request, users, principal) if choice.chosen],
        groups=[choice for choice in group_choices(users, principal) if choice.chosen],
        sessions=sessions_of(request, user.__name__),
        is_me=user.__name__ == request.identity.user_id,
    )


def group_choices(users: Any, principal: str) -> list[Choice]:
    """Return the groups of the site, with those chosen that *principal* itself is in; not itself."""
    mine = users.groups_of(principal)
    groups = users.groups.page(limit=MOST_GROUPS)
    return [
        Choice(group.__name__, group.title or group.__name__, group.__name__ in mine)
        for group in groups
        if f"group:{group.__name__}" != principal
    ]


def sessions_of(request: Any, user_id: str) -> list[Any]:
    """Return the sessions of a user that are not over, the one used last first."""
    users = request.site.users
    rules = request.registry[Policy].authenticator.sessions
    stamp = users.session_stamp(user_id)
    found = users.sessions.of(user_id, datetime.now(UTC), rules)
    return [each for each in found if stamp and each.stamp == stamp]


def moment(timestamp: float) -> datetime:
    """Return a timestamp as a moment that can be shown."""
    return datetime.fromtimestamp(timestamp, UTC)
