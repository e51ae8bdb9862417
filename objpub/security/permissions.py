"""What roles may do: permissions and roles as declared values, and the tables that know them by name.

    Moderate = Permission("blog.moderate", title="Moderate articles", roles=["editor"])

A `Permission` or `Role` that stands in a scanned module declares itself; objpub declares its own below,
in the same way. A site changes one with `app.override(Permission("add", "Add items", roles=["manager"]))`.
"""

import difflib
import re
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Generic
from typing import TypeVar

from objpub.configuration import Declaration
from objpub.configuration import NOTES
from objpub.configuration import Source
from objpub.configuration import source_here
from objpub.errors import DeclarationError
from objpub.registry import Registry

NAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")


@dataclass(frozen=True, init=False)
class Permission:
    """Something that the holders of *roles* may do, unless a place says otherwise.

    name: lower case, dots between parts, such as "blog.moderate". title: for people, a verb with or
    without an object, "Edit" or "Moderate articles"; default: made from the name. roles: who may
    without being told so anywhere; managers always may.
    Raises DeclarationError for a name that does not fit.
    """

    name: str
    title: str
    roles: frozenset[str]
    source: Source = field(compare=False, repr=False)

    def __init__(self, name: str, title: str = "", roles: str | Iterable[str] = ()):
        _declare(self, Permissions, name, title)
        vars(self)["roles"] = role_names(roles)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, init=False)
class Role:
    """A name under which people are given permissions.

    name: lower case. title: for people, such as "press editor"; default: made from the name.
    given: whether it can be granted; the roles everyone, authenticated and owner follow from
    who somebody is.
    Raises DeclarationError for a name that does not fit.
    """

    name: str
    title: str
    given: bool
    source: Source = field(compare=False, repr=False)

    def __init__(self, name: str, title: str = "", given: bool = True):
        _declare(self, Roles, name, title)
        vars(self)["given"] = given

    def __str__(self) -> str:
        return self.name


def _declare(value: "Permission | Role", table: "type[NamedTable[Any]]", name: str, title: str) -> None:
    word = type(value).__name__
    source = source_here(2)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise DeclarationError(
            f"{word} wants a name of small letters, digits and single dots, such as 'blog.moderate',"
            f" not {name!r}",
            source,
        )

    def apply(registry: Registry) -> None:
        registry[table].put(value)

    declaration = Declaration(word.lower(), ((word.lower(), name),), apply, source, phase=0, target=value)
    shown = title or name.rpartition(".")[2].replace("-", " ").replace("_", " ").capitalize()
    vars(value).update(name=name, title=shown, source=source)
    vars(value)[NOTES] = [declaration]


def role_names(roles: str | Iterable[str]) -> frozenset[str]:
    """Return *roles*, a list of names or one text with spaces between them, as a set."""
    return frozenset(roles.split() if isinstance(roles, str) else roles)


Named = TypeVar("Named", Permission, Role)


class NamedTable(Generic[Named]):
    """Declared values by name."""

    word = "name"

    def __init__(self) -> None:
        self._known: dict[str, Named] = {}
        self._frozen = False

    def put(self, value: Named) -> None:
        """Keep *value* under its name. Raises DeclarationError after the freeze."""
        if self._frozen:
            raise DeclarationError(
                f"The {self.word}s are frozen: {value.name!r} comes too late", value.source
            )
        self._known[value.name] = value

    def __getitem__(self, name: str) -> Named:
        """Return what is called *name*. Raises DeclarationError, which names the nearest."""
        try:
            return self._known[name]
        except KeyError:
            raise DeclarationError(unknown(self.word, name, self._known)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[Named]:
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return sorted(self._known)

    def freeze(self) -> None:
        """Refuse further values."""
        self._frozen = True


class Permissions(NamedTable[Permission]):
    """The table of permissions."""

    word = "permission"

    def resolve(self, permission: Permission | str) -> Permission:
        """Return the permission that a declaration means by a `Permission` or by its name.

        A `Permission` that nobody declared is declared by this use; one whose name is known stands
        for the known one, so that an override holds everywhere.
        Raises DeclarationError for an unknown name, which names the nearest.
        """
        if isinstance(permission, Permission):
            if permission.name not in self:
                self.put(permission)
            return self[permission.name]
        if not isinstance(permission, str):
            raise DeclarationError(f"A permission or its name is wanted, not {permission!r}")
        return self[permission]


class Roles(NamedTable[Role]):
    """The table of roles."""

    word = "role"


def unknown(word: str, name: object, known: Iterable[str]) -> str:
    """Return a sentence about a *name* that no *word* has, with the nearest one that is *known*."""
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names) or 'none'}"
    return f"There is no {word} {name!r}; {hint}"


EVERYONE = Role("everyone", given=False)
AUTHENTICATED = Role("authenticated", "anybody who is signed in", given=False)
OWNER = Role("owner", given=False)
EDITOR = Role("editor")
REVIEWER = Role("reviewer")
MANAGER = Role("manager")

VIEW = Permission("view", roles="everyone")
ADD = Permission("add", "Add items", roles="owner editor manager")
EDIT = Permission("edit", roles="owner editor manager")
DELETE = Permission("delete", roles="owner editor manager")
GRANT = Permission("grant", "Grant roles", roles="manager")
MANAGE = Permission("manage", roles="manager")
AUDIT = Permission("audit", "Read the audit record", roles="manager")
