"""Why a decision is as it is, as plain values: steps, needs, and a sentence for people.

Two readers: the sentence is for the person who asked, the steps are for those who may see who has which
role. Neither calls a place by its title if the person in question may not view it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from objpub.lineage import lineage
from objpub.lineage import top

from .identity import NO_IDENTITY
from .places import cuts_of
from .places import GRANTS
from .places import grants_of
from .places import is_place
from .scope import token_scope
from .standing import holders_at
from .standing import standing_at
from .words import Words

ANYBODY_HAS = frozenset({"everyone", "authenticated"})
MOST_GRANTORS = 3  # of those who could help, no more are named


@dataclass(frozen=True, slots=True)
class Step:
    """One fact on the way to the answer.

    kind: "permission", "state", "role", "cut", "rule" or "answer". text: for people. place: path of where
    it is set, or "". roles, principal: what it gives to whom, where it does.
    """

    kind: str
    text: str
    place: str = ""
    roles: tuple[str, ...] = ()
    principal: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that would make it possible.

    roles: any one of them would do; empty where roles do not help. grantors: titles of some who can
    give one; the command line always can.
    """

    text: str
    roles: tuple[str, ...] = ()
    grantors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a decision knows about itself."""

    steps: tuple[Step, ...]
    needs: tuple[Need, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has. principal: by whom ("" by being somebody). place: where from, or None."""

    role: str
    principal: str = ""
    place: Any = None


def explain(decision: Any) -> Explanation:
    """Return the explanation of *decision*."""
    policy, identity, context = decision.policy, decision.identity, decision.context
    holders, by_state = conditions_at(policy, decision.permission, context)
    held, lost = roles_held(identity, context)
    words = Words(policy, identity, context, decision.permission, users_of(context))
    needs: tuple[Need, ...] = ()
    wanted = holders | by_state
    telling = [each for each in held if each.role in wanted or each.role not in ANYBODY_HAS]
    steps = [
        *condition_steps(words, holders, by_state),
        *(Step("role", *words.about_role(each), (each.role,), each.principal) for each in telling),
        *(Step("cut", *words.about_loss(each), (each.role,), each.principal) for each in lost),
    ]
    if decision.allowed:
        sentence = words.yes(deciding(held, holders & by_state or by_state or holders))
    elif decision.denial is not None:
        rule, text = decision.denial[0], decision.denial[1].text
        steps.append(
            Step("rule", text if rule is token_scope else f"The rule {rule.__name__} says no: {text}")
        )
        needs = (Need(text),)
        sentence = words.no(text)
    else:
        helpers = grantors(policy, context) if identity.authenticated else []
        is_barred = bool(by_state) and has_none(held, by_state)
        lacking = by_state if is_barred else holders
        needs = (Need(words.help(lacking), words.ordered(lacking), tuple(helpers)),)
        why = words.why_not(lacking, held, lost, helpers)
        sentence = words.no(f"{words.in_state()}{why}" if is_barred else why)
    steps.append(Step("answer", f"So the answer is {'yes' if decision.allowed else 'no'}."))
    return Explanation(tuple(steps), needs, sentence)


def conditions_at(policy: Any, permission: str, context: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Return the roles that a place, or the default, gives *permission* to, and those that a state does.

    Each is empty where it has no say; the default has none beside a state.
    """
    standing = standing_at(NO_IDENTITY, context)
    by_state = standing.stated.get(permission, frozenset())
    if by_state and not standing.closed and permission not in standing.overrides:
        return frozenset(), by_state
    return standing.holders(permission, policy.default_holders(permission)), by_state


def condition_steps(words: Words, holders: frozenset[str], by_state: frozenset[str]) -> Iterator[Step]:
    """Yield who may do this by what is set at a place, and by a state."""
    if holders or not by_state:
        yield Step("permission", *words.about_permission(holders), words.ordered(holders))
    if by_state:
        yield Step("state", *words.about_state(by_state), words.ordered(by_state))


def has_none(held: list[Held], roles: frozenset[str]) -> bool:
    """Is none of *roles* among those that are *held*?"""
    return roles.isdisjoint(each.role for each in held)


def deciding(held: list[Held], holders: frozenset[str]) -> Held:
    """Return the role that made the answer a yes: the most common of those that do."""
    order = {"everyone": 0, "authenticated": 1, "manager": 2}
    enough = [each for each in held if each.role in holders or each.role == "manager"]
    return min(enough, key=lambda each: order.get(each.role, 3))


def roles_held(identity: Any, context: Any) -> tuple[list[Held], list[Held]]:
    """Return the roles that *identity* has at *context*, and those that a cut keeps away from it.

    The same walk as `standing_at`, which forgets where it found what; a test compares them.
    """
    held = list(roles_everywhere(identity, users_of(context)))
    lost: list[Held] = []
    cut_at = None
    owner_found = identity.user_id is None
    for place in filter(is_place, lineage(context)):
        found = [Held(role, principal, place) for principal, role in granted_to(identity, place)]
        if not owner_found and place._owner is not None:
            owner_found = True
            if place._owner == identity.user_id:
                found.append(Held("owner", f"user:{identity.user_id}", place))
        if cut_at is None:
            held += found
        else:
            lost += [Held(each.role, each.principal, cut_at) for each in found]
        if cut_at is None and GRANTS in cuts_of(place):
            cut_at = place
    return held, lost


def roles_everywhere(identity: Any, users: Any) -> Iterator[Held]:
    """Yield the roles that *identity* has at every place, and by which principal."""
    rest = set(identity.roles)
    if users is not None:
        for principal in sorted(identity.principals, reverse=True):  # the user before the groups
            for role in sorted(users.roles_given(principal) & rest):
                rest.discard(role)
                yield Held(role, principal)
    for role in sorted(rest):
        yield Held(role)


def granted_to(identity: Any, place: Any) -> Iterator[tuple[str, str]]:
    """Yield (principal, role) for what *place* itself grants to *identity*."""
    grants = grants_of(place)
    for principal in sorted(identity.principals.intersection(grants), reverse=True):
        for role in sorted(grants[principal]):
            yield principal, role


def users_of(context: Any) -> Any:
    """Return the users of the site that *context* is in, or None."""
    return getattr(top(context), "users", None)


def grantors(policy: Any, context: Any) -> list[str]:
    """Return the titles of some who can grant roles at *context*, those set nearest first."""
    users = users_of(context)
    if users is None:
        return []
    holders = holders_at("grant", context, policy.default_holders("grant"))
    found: dict[str, None] = {}
    for place in lineage(context):
        for principal, roles in sorted(grants_of(place).items()):
            if not roles.isdisjoint(holders):
                found[users.title_of_principal(principal)] = None
        if GRANTS in cuts_of(place):
            break
    for principal in users.principals_with(holders, MOST_GRANTORS):
        found[users.title_of_principal(principal)] = None
    return list(found)[:MOST_GRANTORS]
