"""The words of an explanation."""

from collections.abc import Iterable
from typing import Any

from objpub.content import title_of
from objpub.lineage import lineage
from objpub.lineage import path_of

from .identity import Identity
from .own_roles import known_roles
from .places import cuts_of
from .places import overrides_of
from .places import PERMISSIONS
from .places import roles_by_state

RANKS = {"everyone": 0, "authenticated": 1, "owner": 2, "manager": 9}  # all other roles: between


class Words:
    """Puts the facts about one question into words: may *identity* do *permission* at *context*?"""

    def __init__(self, policy: Any, identity: Identity, context: Any, permission: str, users: Any):
        self.policy = policy
        self.identity = identity
        self.context = context
        self.permission = permission
        self.users = users
        self.who = subject(identity)
        self.verb = small(policy.permissions[permission].title)
        self.act = f"{self.verb}{' at' if ' ' in self.verb else ''} {self.named(context)}"

    def yes(self, held: Any) -> str:
        """Return the sentence of a yes that the role *held* made."""
        if held.role == "everyone":
            return f"Everyone may {self.act}."
        if held.role == "authenticated":
            return f"{self.who} may {self.act}, as everybody who is signed in may."
        if not held.principal:
            return f"{self.who} may do everything."
        return f"{self.who} may {self.act}: {self.reason(held)}."

    def no(self, why: str) -> str:
        """Return the sentence of a no."""
        return f"{self.who} may not {self.act}. {why}"

    def why_not(self, holders: frozenset[str], held: list[Any], lost: list[Any], helpers: list[str]) -> str:
        """Return what is missing, what is there instead, and whom to ask."""
        if not self.identity.authenticated:
            return f"{self.need(holders)} Sign in first."
        mine = {each.role for each in held} - {"everyone", "authenticated"}
        has = f"only has the role {self.roles(mine, 'and')} here" if mine else "has no role here"
        parts = [f"{self.need(holders).removesuffix('.')}; {self.who} {has}."]
        for each in lost:
            if each.role in holders:
                parts.append(self.about_loss(each)[0])
                break
        if helpers:
            parts.append(f"Ask {listed(helpers, 'or')}.")
        return " ".join(parts)

    def need(self, holders: frozenset[str]) -> str:
        """Return which roles would do."""
        if "authenticated" in holders:
            return "Everybody who is signed in may."
        return f"It takes the role {self.roles(holders - {'manager'} or holders, 'or')}."

    def help(self, holders: frozenset[str]) -> str:
        """Return what would make it possible."""
        return "Sign in." if "authenticated" in holders else self.need(holders)

    def about_permission(self, holders: frozenset[str]) -> tuple[str, str]:
        """Say who may do this here, and where that is set: a sentence and a path."""
        start = f"To {self.verb}, one needs the role {self.roles(holders, 'or')}"
        if "everyone" in holders:
            start = f"Everyone may {self.verb}"
        elif "authenticated" in holders:
            start = f"Everybody who is signed in may {self.verb}"
        for place in lineage(self.context):
            if self.permission in overrides_of(place):
                return f"{start}. This is set at {self.named(place)}.", path_of(place)
            if PERMISSIONS in cuts_of(place):
                text = (
                    f"{start}. That is the default, as {self.named(place)} takes no permissions from above."
                )
                return text, path_of(place)
        return f"{start}. That is the default, and no place on the way changes it.", ""

    def about_state(self, holders: frozenset[str]) -> tuple[str, str]:
        """Say who may do this in the state that decides: a sentence and the path of what is in it."""
        place = self.in_that_state()
        who = f"one needs the role {self.roles(holders, 'or')} to {self.verb}"
        if "everyone" in holders:
            who = f"everyone may {self.verb}"
        elif "authenticated" in holders:
            who = f"everybody who is signed in may {self.verb}"
        return f"{upper(self.named(place))} is in the state “{state_title(place)}”, in which {who}.", path_of(
            place
        )

    def in_state(self) -> str:
        """Say which state decides, to begin a reason with; "" to somebody who may not view what is in it."""
        place = self.in_that_state()
        seen = self.permission != "view" and self.policy.can(self.identity, "view", place)
        which = "It" if place is self.context else upper(self.named(place))
        return f"{which} is in the state “{state_title(place)}”. " if seen else ""

    def in_that_state(self) -> Any:
        """Return what is in the state that decides: the nearest that says something of the permission."""
        return next(each for each in lineage(self.context) if self.permission in roles_by_state(each))

    def about_role(self, held: Any) -> tuple[str, str]:
        """Say which role there is, by whom and where from: a sentence and a path."""
        return f"{upper(self.reason(held))}.", "" if held.place is None else path_of(held.place)

    def about_loss(self, lost: Any) -> tuple[str, str]:
        """Say which role a cut keeps away: a sentence and the path of the cut."""
        whose = f" by {self.principal(lost.principal)}" if lost.principal.startswith("group:") else ""
        text = (
            f"Further up {self.who} has the role {self.role(lost.role)}{whose},"
            f" but {self.named(lost.place)} takes no roles from above."
        )
        return text, path_of(lost.place)

    def reason(self, held: Any) -> str:
        """Return a clause that says how somebody has a role."""
        if not held.principal:
            return f"{self.who} {self.by_being_somebody(held.role)}"
        where = "everywhere" if held.place is None else f"at {self.named(held.place)}"
        if held.role == "owner":
            return f"{self.named(held.place)} belongs to {self.who}"
        clause = f"{self.principal(held.principal)} has the role {self.role(held.role)} {where}"
        if held.principal.startswith("group:"):
            return f"{clause}, and {self.who} is in it{self.through(held.principal)}"
        return clause

    def through(self, group: str) -> str:
        """Return by which of his own groups somebody is in *group*, or "" where he is in it himself."""
        user_id = self.identity.user_id
        mine = [] if self.users is None or user_id is None else self.users.groups_of(f"user:{user_id}")
        inner = [f"group:{name}" for name in sorted(mine)]
        if group in inner:
            return ""
        leading = (each for each in inner if is_within(self.users, each, group))
        return next((f" by being in {self.principal(each)}" for each in leading), "")

    def by_being_somebody(self, role: str) -> str:
        """Return how somebody has a role that nobody gave."""
        if role == "authenticated":
            return "is signed in"
        return f"has the role {self.role(role)}" + (", as everybody has" if role == "everyone" else "")

    def named(self, place: Any) -> str:
        """Return the quoted title of *place*, or its path to somebody who may not view it."""
        seen = self.policy.can(self.identity, "view", place)
        return f"“{title_of(place)}”" if seen else path_of(place)

    def principal(self, principal: str) -> str:
        """Return a user's title, or a group's with the word before it."""
        title = principal.partition(":")[2]
        if self.users is not None:
            title = self.users.title_of_principal(principal)
        return f"the group “{title}”" if principal.startswith("group:") else title

    def roles(self, names: Iterable[str], joint: str) -> str:
        """Return roles in words: "owner, editor or manager"."""
        return listed([self.role(name) for name in self.ordered(names)], joint)

    def role(self, name: str) -> str:
        """Return the title of a role as it stands within a sentence."""
        known = self.policy.roles
        if name not in known:
            known = known_roles(self.context)  # made in the browser
        return small(known[name].title) if name in known else name

    def ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return roles from the most common to the mightiest."""
        return tuple(sorted(names, key=lambda name: (RANKS.get(name, 5), name)))


def state_title(place: Any) -> str:
    """Return what people call the state of *place*, which has a workflow."""
    workflow = place._workflow
    title: str = workflow.title_of(workflow.initial if place._state is None else place._state)
    return title


def subject(identity: Identity) -> str:
    """Return who it is, to begin a sentence with."""
    if identity.user_id is None:
        return "The command line" if identity.authenticated else "A visitor who is not signed in"
    return identity.title or identity.user_id


def is_within(users: Any, group: str, outer: str) -> bool:
    """Is the principal *group* in the group *outer*, or in one that is? There are no loops of groups."""
    around = [f"group:{name}" for name in users.groups_of(group)]
    return outer in around or any(is_within(users, each, outer) for each in around)


def listed(words: list[str], joint: str) -> str:
    """Return words as a person lists them: "a, b or c"."""
    return f" {joint} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def small(text: str) -> str:
    """Return *text* as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def upper(text: str) -> str:
    """Return *text* as it begins a sentence."""
    return text[:1].upper() + text[1:]
