"""The first run of a site, when nobody can sign in yet; and what is said at this and every later start."""

import secrets
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from objpub.content import title_of
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.operations import add_user
from objpub.security import Policy
from objpub.security import SYSTEM

NAME = "admin"
ROLES = ("manager",)

#: Nothing that looks like something else: no l, 1, o or 0. Of 32 letters each is worth five bits.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS = 4
LETTERS_IN_GROUP = 4


@dataclass(frozen=True)
class Credentials:
    """A name and a password that were just made. The password is kept nowhere else, and not shown by repr."""

    name: str
    password: str = field(repr=False)


def first_run(application: Any) -> Credentials | None:
    """Make a manager called `admin` if the site has no user, and return the sign-in; None if there are users.

    The sign-in is for whoever started the site; show it once.
    """
    with application.work() as site:
        if site.users is not None and len(site.users):
            return None
        credentials = Credentials(NAME, new_password())
        passwords = application.registry[Policy].authenticator.passwords
        options = {"roles": ROLES, "title": "Administrator", "passwords": passwords}
        add_user(SYSTEM, site, credentials.name, credentials.password, **options)
    return credentials


def new_password() -> str:
    """Return a random password that can be read aloud: "k7mq-xw3p-9rtd-hv2n", 80 bits."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(LETTERS_IN_GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def greeting(application: Any, address: str, credentials: Credentials | None) -> str:
    """Return the lines to print when the site answers at *address*, a URL; the setting `server.url` wins, and
    a line says where it listens.

    credentials: what `first_run` returned. With None the lines say how to set a new password.
    """
    with transaction_for(application.database, read_only=True) as pair:
        site = site_of(pair.connection)
        title = title_of(site) or "The site"
        managers = [] if site.users is None else site.users.principals_with({"manager"}, 1)
    server = application.settings.server
    listens = f"\nIt listens at {address}" if server.url else ""
    address = f"{(server.url or address).rstrip('/')}{server.prefix}/"
    first = f"{title} is at {address}    (Ctrl-C stops it){listens}"
    if credentials is not None:
        return (
            f"{first}\nSign in at {address}login as {credentials.name}, password: {credentials.password}\n"
            "The password is shown this once. To set another, stop this and run:"
            f" objpub user passwd {credentials.name}"
        )
    name = managers[0].removeprefix("user:") if managers and managers[0].startswith("user:") else NAME
    return (
        f"{first}\nSign in at {address}login. To set a new password, stop this and run:"
        f" objpub user passwd {name}"
    )
