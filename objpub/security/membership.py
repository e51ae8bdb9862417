"""Which roles users and groups have everywhere, and who is in which group.

Kept by principal, "user:ann" or "group:staff", apart from users and groups themselves: whoever may edit
a user's name or copies a user does not touch it.
"""

from collections.abc import Container
from collections.abc import Iterable
from typing import Any

from BTrees.OOBTree import OOBTree
from BTrees.OOBTree import OOTreeSet
from persistent import Persistent

from objpub.errors import NotPossible

NOTHING: frozenset[str] = frozenset()


class Membership(Persistent):
    """Roles and groups by principal, and back.

    Whether a change is right, such as one that must not make a loop or take the last manager, depends on all
    the others: of two at the same time the later one is refused, and tried again.
    """

    def __init__(self) -> None:
        self._roles: Any = OOBTree()  # principal → its own roles
        self._groups: Any = OOBTree()  # principal → ids of the groups it is in itself
        self._back: Any = OOBTree()  # "role:NAME" or "group:ID" → set of principals

    def roles_of(self, principal: str) -> frozenset[str]:
        """Return the roles that *principal* itself has."""
        return self._roles.get(principal, NOTHING)

    def groups_of(self, principal: str) -> frozenset[str]:
        """Return the ids of the groups that *principal* itself is in."""
        return self._groups.get(principal, NOTHING)

    def resolved(self, principal: str, groups: Container[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Return the principals that *principal* acts as, and the roles of them all.

        It acts as itself, the groups it is in, the groups these are in, and so on, as far as they are
        among *groups*, those there are.
        """
        found = {principal}
        waiting = [principal]
        while waiting:
            for group in self.groups_of(waiting.pop()):
                if f"group:{group}" not in found and group in groups:
                    found.add(f"group:{group}")
                    waiting.append(f"group:{group}")
        return frozenset(found), NOTHING.union(*(self.roles_of(each) for each in found))

    def above(self, principal: str) -> set[str]:
        """Return *principal* and every group that it is in, directly or not."""
        found = {principal}
        waiting = [principal]
        while waiting:
            groups = {f"group:{group}" for group in self.groups_of(waiting.pop())} - found
            found |= groups
            waiting.extend(groups)
        return found

    def having(self, role: str) -> list[str]:
        """Return the principals that have *role* themselves, sorted."""
        return list(self._back.get(f"role:{role}", ()))

    def members_of(self, group: str) -> list[str]:
        """Return the principals that are in *group* themselves, sorted."""
        return list(self._back.get(f"group:{group}", ()))

    def set_roles(self, principal: str, roles: Iterable[str]) -> None:
        """Let *principal* have *roles* and no other."""
        self._put(self._roles, "role", principal, frozenset(roles))

    def join(self, principal: str, group: str) -> None:
        """Let *principal* be in *group*. Raises NotPossible where a group would come to be in itself."""
        if principal in self.above(f"group:{group}"):
            raise NotPossible(f"{principal} would be in itself by way of {group!r}")
        self._put(self._groups, "group", principal, self.groups_of(principal) | {group})

    def leave(self, principal: str, group: str) -> None:
        """Let *principal* not be in *group*. If it is not, that is no error."""
        self._put(self._groups, "group", principal, self.groups_of(principal) - {group})

    def forget(self, principal: str) -> None:
        """Forget what *principal* has and is in, and who is in it."""
        self.set_roles(principal, ())
        self._put(self._groups, "group", principal, NOTHING)
        kind, _, group = principal.partition(":")
        for member in self.members_of(group) if kind == "group" else ():
            self.leave(member, group)

    def _put(self, table: Any, word: str, principal: str, names: frozenset[str]) -> None:
        before = table.get(principal, NOTHING)
        if before != names:
            self._p_changed = True  # the trees would let two changes pass at the same time
        for name in before - names:
            members = self._back[f"{word}:{name}"]
            members.remove(principal)
            if not members:
                del self._back[f"{word}:{name}"]
        for name in names - before:
            key = f"{word}:{name}"
            if key not in self._back:
                self._back[key] = OOTreeSet()
            self._back[key].add(principal)
        if names:
            table[principal] = names
        elif before:
            del table[principal]
