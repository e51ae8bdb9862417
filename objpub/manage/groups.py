"""Groups: people who are given roles together, and groups in groups."""

from typing import Any

from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.forms import form_for
from objpub.forms import submit_edit
from objpub.operations import add_group
from objpub.operations import give_roles
from objpub.operations import remove_group
from objpub.operations import set_groups
from objpub.security import Group
from objpub.security import user_id_from
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .lockout import told
from .people import role_choices
from .people import roles_in_words
from .people import users_for
from .people import wanted_roles
from .person import group_choices
from .picking import chosen_of
from .picking import text_of
from .picking import texts_of
from .typed import refused
from .typed import Typed

FIELDS = ("title", "description")
ON_A_PAGE = 50
MEMBERS_SHOWN = 200
PEOPLE_OFFERED = 200


@view(Site, "groups", area="manage", permission="manage", template="groups.pt")
def list_groups(site: Site, request: Any, after: str = "") -> dict[str, Any]:
    """List the groups of the site, fifty at a time."""
    users = users_for(request)
    page = users.groups.page(after, ON_A_PAGE)
    rows = [
        (group, roles_in_words(request, users, principal_of(group)), len(users.members_of(group.__name__)))
        for group in page
    ]
    return framed(request, "groups", "Groups", rows=rows, after=after, following=page.next)


@view(Site, "groups-add", area="manage", permission="manage", template="groups-add.pt")
def adding(site: Site, request: Any) -> dict[str, Any]:
    """Show the form for a new group."""
    users_for(request)
    return add_page(request, Typed())


@view(Site, "groups-add", area="manage", method="POST", permission="manage", template="groups-add.pt")
def add(site: Site, request: Any) -> Response:
    """Add a group."""
    users_for(request)
    name, title = text_of(request, "name"), text_of(request, "title").strip()
    try:
        group = add_group(request.identity, site, name, roles=texts_of(request, "roles"), title=title)
    except Refused as error:
        return refused(request, error, lambda typed: add_page(request, typed), "name")
    answer = back_to(request, group, f"Added the group {named(group)}")
    request.if_repeated = (answer.location, f"The group {named(group)} was added already")
    return answer


@view(Site, "group", area="manage", permission="manage", template="group.pt")
def show(site: Site, request: Any) -> dict[str, Any]:
    """Show one group."""
    group = group_from(request)
    return group_page(request, group, form_for(request, group, FIELDS))


@view(Site, "group", area="manage", method="POST", permission="manage", template="group.pt")
def save(site: Site, request: Any) -> Any:
    """Save the title and the description of a group."""
    group = group_from(request)
    outcome = submit_edit(request, group, FIELDS)
    if not outcome.saved:
        return outcome.page(request, **group_page(request, group, outcome.form))
    return back_to(request, group, outcome.message)


@view(Site, "group-roles", area="manage", method="POST", permission="manage", template="group.pt")
def save_roles(site: Site, request: Any) -> Any:
    """Set the roles that a group has everywhere."""
    group = group_from(request)
    principal = principal_of(group)

    def change() -> None:
        wanted = wanted_roles(request, site.users.roles_given(principal), site.users)
        give_roles(request.identity, site, principal, wanted)

    return attempt(request, group, change, "roles", "Roles set")


@view(Site, "group-groups", area="manage", method="POST", permission="manage", template="group.pt")
def save_groups(site: Site, request: Any) -> Any:
    """Set the groups that a group is in."""
    group = group_from(request)

    def change() -> None:
        set_groups(request.identity, site, principal_of(group), chosen_of(request, "groups"))

    return attempt(request, group, change, "groups", "Groups set")


@view(Site, "group-members", area="manage", method="POST", permission="manage", template="group.pt")
def save_members(site: Site, request: Any) -> Any:
    """Take somebody into a group, or out of it: `add` is what was typed, `remove` a principal."""
    group = group_from(request)
    users = site.users
    removed = text_of(request, "remove")
    before = users.groups_of(removed) if removed else frozenset()

    def change() -> None:
        member = removed or principal_from(users, text_of(request, "add"))
        groups = before - {group.__name__} if removed else users.groups_of(member) | {group.__name__}
        set_groups(request.identity, site, member, groups)

    return attempt(request, group, change, "add", "Taken out" if removed else "Taken in")


@view(Site, "group-remove", area="manage", permission="manage", template="group-remove.pt")
def removing(site: Site, request: Any) -> dict[str, Any]:
    """Say what it means to remove a group, and ask."""
    return remove_page(request, group_from(request), Typed())


@view(Site, "group-remove", area="manage", method="POST", permission="manage", template="group-remove.pt")
def remove(site: Site, request: Any) -> Any:
    """Remove a group for good."""
    group = group_from(request)
    title = named(group)
    try:
        told(request, site, lambda: remove_group(request.identity, site, group.__name__))
    except Refused as error:
        return refused(request, error, lambda typed: remove_page(request, group, typed))
    return request.redirect(site, "@@groups", area="manage", message=f"Removed the group {title}")


def attempt(request: Any, group: Any, change: Any, field: str, message: str) -> Any:
    """Do *change* and return to the page of *group*; if it is refused, with what was typed."""
    try:
        told(request, request.site, change)
    except Refused as error:
        page = form_for(request, group, FIELDS)
        return refused(request, error, lambda typed: group_page(request, group, page, typed), field)
    return back_to(request, group, message)


def group_from(request: Any) -> Any:
    """Return the group that the value `id` of the form names. Raises NotFound, and Forbidden."""
    users = users_for(request)
    name = text_of(request, "id")
    found = users.groups.get(user_id_from(name))
    if not isinstance(found, Group):
        raise NotFound(request.url(request.site, "@@group", area="manage", id=name), "the groups", name)
    return found


def principal_from(users: Any, text: str) -> str:
    """Return the principal that somebody means: a person's short name, "group:" and a group's, or a title.

    Raises Invalid where that is nobody, and where it could be several.
    """
    text = text.strip()
    kind, _, name = text.partition(":")
    if kind in {"user", "group"} and name:
        principal = f"{kind}:{user_id_from(name)}"
        if users.principal(principal) is not None:
            return principal
    elif text and users.principal(f"user:{user_id_from(text)}") is not None:
        return f"user:{user_id_from(text)}"
    elif text and users.principal(f"group:{user_id_from(text)}") is not None:
        return f"group:{user_id_from(text)}"
    raise Invalid({"add": f"There is no person and no group called {text!r}" if text else "Choose somebody"})


def offered(users: Any) -> list[tuple[str, str]]:
    """Return (principal, title) of those to choose from, groups first; of the people the first 200."""
    groups = [(principal_of(group), named(group)) for group in users.groups.page(limit=PEOPLE_OFFERED)]
    people = [(f"user:{user.__name__}", with_id(user)) for user in users.people.page(limit=PEOPLE_OFFERED)]
    return groups + people


def with_id(user: Any) -> str:
    """Return a person's name, with what he signs in as where that is something else."""
    return f"{user.title} ({user.__name__})" if user.title else str(user.__name__)


def named(group: Any) -> str:
    """Return what a sentence calls *group*."""
    return str(group.title or group.__name__)


def principal_of(group: Any) -> str:
    """Return the principal that *group* is."""
    return f"group:{group.__name__}"


def back_to(request: Any, group: Any, message: str) -> Response:
    """Return to the page of *group*."""
    url = request.url(request.site, "@@group", area="manage", id=group.__name__)
    response: Response = request.redirect(url, message=message)
    return response


def add_page(request: Any, typed: Typed) -> dict[str, Any]:
    """Return what the form for a new group shows."""
    roles = role_choices(request, request.site.users, None)
    return framed(request, "groups", "Add a group", roles=roles, typed=typed)


def group_page(request: Any, group: Any, form: Any, typed: Typed | None = None) -> dict[str, Any]:
    """Return what the page of *group* shows."""
    users = request.site.users
    members = users.members_of(group.__name__)
    return framed(
        request,
        "groups",
        named(group),
        group=group,
        form=form,
        typed=typed or Typed(),
        roles=role_choices(request, users, principal_of(group)),
        groups=group_choices(users, principal_of(group)),
        members=[(each, users.principal(each)) for each in members[:MEMBERS_SHOWN] if users.principal(each)],
        number=len(members),
        offered=[each for each in offered(users) if each[0] not in {*members, principal_of(group)}],
    )


def remove_page(request: Any, group: Any, typed: Typed) -> dict[str, Any]:
    """Return what the question before the removal of *group* shows."""
    users = request.site.users
    roles = [choice for choice in role_choices(request, users, principal_of(group)) if choice.chosen]
    number = len(users.members_of(group.__name__))
    title = f"Remove the group {named(group)}"
    return framed(request, "groups", title, group=group, typed=typed, roles=roles, number=number)
