"""A database URI, taken apart, and what every engine asks of one."""

import difflib
import importlib
import re
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import unquote

from objpub.errors import DatabaseError

#: What a switch in a URI may say.
SWITCHES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True)
class Address:
    """A database URI, taken apart.

    uri: the whole, for messages: a password is left out. scheme: what stands before the colon. place: what
    stands between the colon and the question mark; raw: the same as it was written, with its percent signs.
    options: behind the question mark. root: the folder that paths are relative to. create: make the database
    if it is not there.
    """

    uri: str
    scheme: str
    place: str
    raw: str
    options: Mapping[str, str]
    root: Path
    create: bool

    def path(self, name: str, default: Path) -> Path:
        """Return the path that the option *name* says, below the root; without one *default*."""
        said = self.options.get(name)
        return self.root / said if said else default

    def switch(self, name: str, default: bool) -> bool:
        """Return what the option *name* says, "yes" or "no". Raises DatabaseError for other words."""
        said = self.options.get(name)
        if said is None:
            return default
        if said.lower() not in SWITCHES:
            raise DatabaseError(f"{name} is {said!r} in {self.uri!r}, wanted yes or no")
        return SWITCHES[said.lower()]


@dataclass(frozen=True)
class Opened:
    """What an engine opened.

    temporary_folder: for the files of requests, already empty, or None. held: is closed with the database,
    or None. connect: opens a connection to the server of SQL that keeps it, with which other tables can be
    kept beside the objects; None for other engines.
    """

    storage: Any
    temporary_folder: Path | None = None
    held: Any = None
    connect: Callable[[], Any] | None = None


def address_from(uri: str, root: Path, create: bool) -> Address:
    """Return *uri* taken apart. Of one without a colon the scheme is ""."""
    scheme, colon, rest = uri.partition(":")
    place, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    return Address(
        without_password(uri), scheme if colon else "", unquote(place), place, options, root, create
    )


def without_password(uri: str) -> str:
    """Return *uri* with dots in place of a password, as `//user:password@` or as `password=…`."""
    uri = re.sub(r"(//[^/@:?]*:)[^/]*(?=@)", r"\1...", uri)
    return re.sub(r"(password=)('[^']*'|[^\s&]*)", r"\1...", uri)


def refuse_unknown_options(address: Address, known: set[str]) -> None:
    """Raise DatabaseError if *address* has an option that its engine does not know."""
    for name in address.options:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = (
                f"; did you mean {near[0]!r}?" if near else f", known: {', '.join(sorted(known)) or 'none'}"
            )
            raise DatabaseError(f"Unknown option {name!r} in {address.uri!r}{hint}")


def library(name: str, scheme: str, extra: str) -> Any:
    """Return the module *name*, which engine *scheme* needs. Raises DatabaseError without the *extra*."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise DatabaseError(
            f"A database {scheme}: needs a library that is not here: pip install 'objpub[{extra}]'"
        ) from error
