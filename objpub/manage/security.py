"""Security of one object: who has a role here and why, what comes down from above, and "Why?"."""

from typing import Any

from objpub.content import Content
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.operations import set_grants
from objpub.operations import set_holders
from objpub.operations import set_inheritance
from objpub.security import cuts_of
from objpub.security import grants_of
from objpub.security import known_roles
from objpub.security import NO_IDENTITY
from objpub.security import Permission
from objpub.security import Permissions
from objpub.security import Policy
from objpub.security import user_id_from
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .groups import offered
from .groups import principal_from
from .inheritance import held_here
from .inheritance import permissions_here
from .lockout import told
from .people import Choice
from .people import giveable
from .permission import visible
from .picking import chosen_of
from .picking import text_of
from .picking import texts_of
from .roles import roles_in_order
from .typed import refused
from .typed import Typed

SeeRoles = Permission("see.roles", title="See who has which role", roles=("editor", "manager"))
VISITOR = "visitor"


@view(Content, "security", area="manage", permission=SeeRoles, template="security.pt")
def show(content: Content, request: Any) -> dict[str, Any]:
    """Show who has which role here; to those who may not grant, without anything to change."""
    return page_of(request, content, Typed())


@view(Content, "security", area="manage", method="POST", permission="grant", template="security.pt")
def add_grant(content: Content, request: Any) -> Any:
    """Give somebody roles here: `add` is who, `roles` which."""

    def change() -> None:
        principal = principal_from(request.site.users, text_of(request, "add"))
        roles = set(texts_of(request, "roles"))
        if not roles:
            raise Invalid({"roles": "Choose a role"})
        before = grants_of(content).get(principal, frozenset())
        set_grants(request.identity, content, principal, before | roles)

    return attempt(request, content, change, "roles", "Granted")


@view(Content, "security-remove", area="manage", method="POST", permission="grant", template="security.pt")
def remove_grant(content: Content, request: Any) -> Any:
    """Take a role here away: `remove` is a role, a space, and the principal that has it."""
    role, _, principal = text_of(request, "remove").partition(" ")

    def change() -> None:
        before = grants_of(content).get(principal, frozenset())
        if role not in before:
            raise NotFound(principal, "the roles granted here", principal)
        set_grants(request.identity, content, principal, before - {role})

    return attempt(request, content, change, "remove", "Taken away")


@view(Content, "security-cut", area="manage", method="POST", permission="grant", template="security.pt")
def cut(content: Content, request: Any) -> Any:
    """Say what comes down to here from above: `down` names roles, permissions, both, or nothing."""

    def change() -> None:
        down = set(chosen_of(request, "down"))
        cuts = {"grants", "permissions"} - down | (down - {"grants", "permissions"})
        set_inheritance(request.identity, content, cuts)

    return attempt(request, content, change, "down", "Saved")


@view(
    Content, "security-permission", area="manage", method="POST", permission="grant", template="security.pt"
)
def decide(content: Content, request: Any) -> Any:
    """Say which roles have a permission here; with `above` what comes from above decides again."""
    name = text_of(request, "permission")

    def change() -> None:
        roles = None if text_of(request, "above") else set(chosen_of(request, "holders"))
        try:
            set_holders(request.identity, content, name, roles)
        except Invalid as error:
            raise Invalid({"holders": "; ".join(error.errors.values())}) from error

    return attempt(request, content, change, "holders", "Saved")


def attempt(request: Any, content: Any, change: Any, field: str, message: str) -> Any:
    """Do *change* and return to the page; if it is refused, with what was typed."""
    try:
        told(request, content, change)
    except Refused as error:
        return refused(request, in_controls(error), lambda typed: page_of(request, content, typed), field)
    response: Response = request.redirect(content, "@@security", area="manage", message=message)
    if not request.registry[Policy].can(request.identity, SeeRoles, content):
        response = request.redirect(request.site, area="manage", message=message)
    return response


def in_controls(error: Refused) -> Refused:
    """Return *error* with the names that the controls have."""
    names = {"principal": "add", "cut": "down", "permission": "holders"}
    if isinstance(error, Invalid):
        return Invalid({names.get(name, name): text for name, text in error.errors.items()})
    return error


def page_of(request: Any, content: Any, typed: Typed) -> dict[str, Any]:
    """Return what the page shows."""
    users = request.site.users
    may_grant = bool(request.can("grant", content))
    chosen = text_of(request, "change") or typed.text("permission")
    permissions = permissions_here(request, content)
    return framed(
        request,
        "security",
        typed=typed,
        users=users,
        here=path_of(content),
        may_grant=may_grant,
        rows=held_here(request, content, may_grant),
        roles=grantable(request, content),
        offered=offered(users) if may_grant else [],
        cuts=cuts_of(content),
        is_top=content.__parent__ is None,
        permissions=permissions,
        different=[each for each in permissions if each.here is not None],
        every=bool(text_of(request, "all")),
        change=next((each for each in permissions if each.name == chosen), None) if may_grant else None,
        all_roles=roles_in_order(request),
        why=explained(request, content),
        who=text_of(request, "who"),
        may=text_of(request, "may") or "edit",
    )


def grantable(request: Any, content: Any) -> list[Choice]:
    """Return the roles that can be given, and whether the one who asks may."""
    mine = giveable(request, content)
    return [
        Choice(role.name, role.title, free=role.name in mine)
        for role in sorted(known_roles(request.site), key=lambda role: role.name)
        if role.given
    ]


def explained(request: Any, content: Any) -> dict[str, Any] | None:
    """Return the decision that was asked for, with its steps; None where nothing was asked.

    A place is a link where the one who asks may go there.
    """
    who, name = text_of(request, "who").strip(), text_of(request, "may")
    if not who:
        return None
    if name not in request.registry[Permissions]:
        return {"error": f"There is no permission {name!r}", "decision": None, "steps": []}
    identity = NO_IDENTITY if who == VISITOR else request.site.users.identity(user_id_from(who))
    if identity is None:
        return {"error": f"There is no person called {who!r}", "decision": None, "steps": []}
    decision = request.registry[Policy].can(identity, name, content)
    steps = [(step.text, link_to(request, step)) for step in decision.steps]
    return {"error": "", "decision": decision, "steps": steps}


def link_to(request: Any, step: Any) -> tuple[str, str] | None:
    """Return (path, URL of its security page) of the place of *step*, where the one who asks may go there."""
    if not step.place:
        return None
    place = find_resource(request.site, step.place)
    if not visible(request, place) or not request.can(SeeRoles, place):
        return None
    return step.place, request.url(place, "@@security", area="manage")
