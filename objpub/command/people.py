"""`objpub user`: who can sign in, which roles they have, and what programs sign in with."""

from datetime import datetime
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.lineage import path_of
from objpub.operations import add_user
from objpub.operations import give_roles
from objpub.operations import make_reset_link
from objpub.operations import make_token
from objpub.operations import remove_user
from objpub.operations import revoke_token
from objpub.operations import set_grants
from objpub.operations import set_password
from objpub.publisher import address_of
from objpub.publisher import Application
from objpub.security import grants_of
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.security import Token
from objpub.security import user_id_from
from objpub.security import Users

from .line import command
from .line import Commands
from .sites import opened
from .sites import reading
from .sites import resource_at
from .sites import settings_at
from .speaking import ask_password
from .speaking import table

MARK = 8  # characters of a token's key that say which one is meant


@click.group("user", cls=Commands)
def user() -> None:
    """Add, change, list and remove the people who can sign in."""


@command(
    "objpub user add ann --role editor --title 'Ann Lee'",
    "pwgen 20 1 | tee /dev/tty | objpub user add ann",
    name="add",
)
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, help="A role that the user has everywhere; may come several times."
)
@click.option("--title", default="", help="The name that people see.")
@click.option("--email", default="", help="The user's e-mail address.")
@click.option("--no-password", is_flag=True, help="Add somebody who cannot sign in yet.")
def add(
    name: str, roles: tuple[str, ...], title: str, email: str, no_password: bool, settings_path: Path | None
) -> None:
    """Add the user NAME.

    A password is asked for on the terminal, or read as the first line of the standard input.
    """
    options: Any = {"roles": roles, "title": title, "email": email}
    with opened(settings_at(settings_path)) as application:
        with transaction_for(application.database) as pair:  # nothing of it stays: so a mistake is told first
            add_user(SYSTEM, site_of(pair.connection), name, None, **options)
        password = None if no_password else ask_password(name)
        with application.work() as site:
            user_id = add_user(
                SYSTEM, site, name, password, passwords=hashing(application), **options
            ).__name__
    click.echo(f"Added the user {user_id}" + (f", {', '.join(sorted(roles))}" if roles else "") + ".")


@command("objpub user passwd ann", name="passwd")
@click.argument("name")
@click.option("--none", is_flag=True, help="Take the password away: the user cannot sign in any more.")
def passwd(name: str, none: bool, settings_path: Path | None) -> None:
    """Set a new password for the user NAME.

    All sessions of the user end. The password is asked for on the terminal, or read as the first line of the
    standard input.
    """
    with opened(settings_at(settings_path)) as application:
        with reading(application) as site:
            known(site, name)
        password = None if none else ask_password(name)
        with application.work() as site:
            set_password(SYSTEM, site, name, password, passwords=hashing(application))
    click.echo(f"{name} has {'no password any more' if none else 'a new password'}; all sessions have ended.")


@command(
    "objpub user grant ann editor",
    "objpub user grant ann editor --at /news",
    "objpub user grant group:staff reviewer",
    "objpub user grant ann editor --take",
    name="grant",
)
@click.argument("name")
@click.argument("roles", nargs=-1, required=True, metavar="ROLE...")
@click.option("--at", "path", metavar="PATH", help="Only there and below; default: everywhere.")
@click.option("--take", is_flag=True, help="Take the roles away instead.")
def grant(
    name: str, roles: tuple[str, ...], path: str | None, take: bool, settings_path: Path | None
) -> None:
    """Give NAME the ROLEs, besides those held already.

    NAME is a user, or group:NAME.
    """
    with opened(settings_at(settings_path)) as application, application.work() as site:
        principal = principal_of(site, name)
        if path is None:
            before = site.users.roles_given(principal)
            after = before - set(roles) if take else before | set(roles)
            give_roles(SYSTEM, site, principal, after)
            place = "everywhere"
        else:
            resource = resource_at(site, path)
            before = grants_of(resource).get(principal, frozenset())
            after = before - set(roles) if take else before | set(roles)
            set_grants(SYSTEM, resource, principal, after)
            place = f"at {path_of(resource)} and below"
    click.echo(f"{name} has {place}: {', '.join(sorted(after)) or 'no role'}.")


@command("objpub user list", name="list")
def list_users(settings_path: Path | None) -> None:
    """List the users and the groups.

    Their roles are those that they have everywhere; `objpub why` tells the rest.
    """
    with opened(settings_at(settings_path)) as application, reading(application) as site:
        users = site.users
        people, groups = ((), ()) if users is None else (users.people.items(), users.groups.items())
        rows = [row_of(users, f"user:{name}", each) for name, each in people]
        rows += [row_of(users, f"group:{name}", each) for name, each in groups]
        table(("Name", "Title", "E-mail", "Roles", "Groups"), rows)


@command("objpub user remove ann", name="remove")
@click.argument("name")
def remove(name: str, settings_path: Path | None) -> None:
    """Remove the user NAME for good. The name is not given to anybody else."""
    with opened(settings_at(settings_path)) as application, application.work() as site:
        known(site, name)
        remove_user(SYSTEM, site, name)
    click.echo(f"Removed the user {name}.")


@command(
    "objpub user token ann --title 'Nightly build' --permission view --permission edit --at /news --days 30",
    "objpub user token robot --title Everything",
    name="token",
)
@click.argument("name")
@click.option("--title", required=True, help="What the token is for.")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    help="What it may be used for; may come several times. Default: everything that NAME may do.",
)
@click.option("--at", "path", metavar="PATH", help="Only there and below; default: everywhere.")
@click.option("--days", type=int, default=90, show_default=True, help="How long it is valid.")
def token(
    name: str,
    title: str,
    permissions: tuple[str, ...],
    path: str | None,
    days: int,
    settings_path: Path | None,
) -> None:
    """Make a token for programs, and print it.

    Programs act as NAME with it, and never do more than NAME may. It is shown only this once, and sent with
    each request: `Authorization: Bearer objpub_...`.
    """
    with opened(settings_at(settings_path)) as application, application.work() as site:
        known(site, name)
        place = None if path is None else resource_at(site, path)
        text = make_token(SYSTEM, site, name, title, permissions=permissions or None, place=place, days=days)
    click.echo(text)


@command("objpub user link ann", name="link")
@click.argument("name")
def link(name: str, settings_path: Path | None) -> None:
    """Print a link with which NAME sets a password, once.

    It holds for three days, and needs no password until now. Whoever has it sets the password.
    """
    with opened(settings_at(settings_path)) as application, application.work() as site:
        known(site, name)
        text = make_reset_link(SYSTEM, site, name)
        server = application.settings.server
    origin = server.url or address_of(server.host, server.port)
    click.echo(f"{origin.rstrip('/')}{server.prefix}/reset?token={text}")


@command("objpub user tokens ann", name="tokens")
@click.argument("name")
def list_tokens(name: str, settings_path: Path | None) -> None:
    """List the tokens of the user NAME, without their secrets."""
    with opened(settings_at(settings_path)) as application, reading(application) as site:
        user_id = known(site, name).partition(":")[2]
        rows = [row_of_token(each) for each in site.users.tokens.of(user_id)]
        table(("Mark", "For", "May", "At", "Ends", "Last used"), rows)


@command("objpub user revoke ann 3f9a1c20", name="revoke")
@click.argument("name")
@click.argument("mark")
def revoke(name: str, mark: str, settings_path: Path | None) -> None:
    """End the token of NAME with this MARK.

    `objpub user tokens` shows it.
    """
    with opened(settings_at(settings_path)) as application, application.work() as site:
        known(site, name)
        try:
            revoke_token(SYSTEM, site, name, mark)
        except NotFound:
            raise NotPossible(
                f"{name} has no token with the mark {mark!r}; `objpub user tokens {name}` shows them"
            ) from None
    click.echo(f"Revoked the token {mark} of {name}.")


for each in (add, passwd, grant, list_users, remove, link, token, list_tokens, revoke):
    user.add_command(each)


def row_of(users: Users, principal: str, found: Any) -> tuple[str, str, str, str, str]:
    """Return the line of the list for one user or group."""
    kind, _, name = principal.partition(":")
    return (
        name if kind == "user" else principal,
        found.title,
        getattr(found, "email", None) or "",
        ", ".join(sorted(users.roles_given(principal))),
        ", ".join(sorted(users.groups_of(principal))),
    )


def row_of_token(token: Token) -> tuple[str, str, str, str, str, str]:
    """Return the line of the list for one token."""
    place = "" if token.place is None else path_of(token.place)
    return (
        token.key[:MARK],
        token.title,
        "everything" if token.permissions is None else ", ".join(sorted(token.permissions)),
        "deleted" if token.gone else place,
        day(token.expires),
        day(token.used) if token.used else "never",
    )


def day(timestamp: float) -> str:
    """Return the day of a timestamp, in UTC."""
    return datetime.fromtimestamp(timestamp, UTC).date().isoformat()


def principal_of(site: Any, name: str) -> str:
    """Return the principal for what was typed: a user's name, or "group:NAME". Raises NotPossible."""
    if not name.startswith("group:"):
        return known(site, name)
    principal = f"group:{user_id_from(name.removeprefix('group:'))}"
    if site.users is None or site.users.principal(principal) is None:
        raise NotPossible(f"There is no group {name.removeprefix('group:')!r}; `objpub user list` shows them")
    return principal


def known(site: Any, name: str) -> str:
    """Return the principal of the user called *name*. Raises NotPossible."""
    if site.users is None or site.users.get(name) is None:
        raise NotPossible(f"There is no user {name!r}; `objpub user list` shows them")
    return f"user:{user_id_from(name)}"


def hashing(application: Application) -> Any:
    """Return how passwords are hashed on the site, by its settings."""
    return application.registry[Policy].authenticator.passwords
