"""`objpub views`, `why` and `call`: what a site answers, to whom, and how."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from objpub.errors import NotPossible
from objpub.registry import Registry
from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security import Permissions
from objpub.security import Policy
from objpub.security import Scope
from objpub.security import SYSTEM
from objpub.views import all_views
from objpub.views import AreaViews
from objpub.views import View
from objpub.views import views_of

from .line import command
from .sites import app_for
from .sites import opened
from .sites import reading
from .sites import resource_at
from .sites import settings_at
from .sites import told_as_mistakes
from .speaking import table

PEOPLE = {"visitor": NO_IDENTITY, "system": SYSTEM}


@command("objpub views", "objpub views /news", "objpub views --public", name="views")
@click.argument("path", required=False)
@click.option("--public", is_flag=True, help="Only those that visitors may see who have not signed in.")
def views(path: str | None, public: bool, settings_path: Path | None) -> None:
    """List the views of the site, or of the resource at PATH."""
    settings = settings_at(settings_path, bare=True)
    if path is None:
        with told_as_mistakes(settings):
            registry = app_for(settings).freeze()
        found = [each for each in all_views(registry) if not issubclass(each.kind, BaseException)]
        permitted = [each for each in found if not public or is_public(registry, each)]
        show(sorted(permitted, key=lambda each: (is_ours(each), each.kind.__name__, each.name, each.methods)))
        return
    with opened(settings) as application, reading(application) as site:
        resource = resource_at(site, path)
        can = application.registry[Policy].can
        show(
            each
            for area in ("", *application.registry[AreaViews])
            for each in views_of(application.registry, type(resource), area)
            if not public or each.permission is None or can(NO_IDENTITY, each.permission, resource)
        )


def is_public(registry: Registry, view: View) -> bool:
    """May visitors see *view* where no place says otherwise?"""
    return view.permission is None or "everyone" in registry[Permissions][view.permission].roles


def is_ours(view: View) -> bool:
    """Does *view* come with objpub?"""
    return Path(view.place.rpartition(":")[0]).is_relative_to(Path(__file__).parent.parent)


def show(found: Iterable[View]) -> None:
    """Print views in a table."""
    rows = [
        (
            each.kind.__name__,
            f"{each.area} @@{each.name}".rstrip("@ ") if each.area else each.name or "(default)",
            " ".join(each.methods),
            each.permission or "public",
            short(each.place),
            Path(each.template.path).name if each.template is not None else "",
        )
        for each in found
    ]
    table(("Type", "View", "Methods", "Permission", "Declared at", "Template"), rows)


def short(place: str) -> str:
    """Return *place*, "file:line", from the working directory if it is below it."""
    path = Path(place)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else place


@command("objpub why ann edit /news/tides", "objpub why visitor view /", name="why")
@click.argument("name", metavar="USER")
@click.argument("permission")
@click.argument("path")
@click.option("--token", metavar="TITLE", help="Ask about a token of USER, by the title it has.")
def why(name: str, permission: str, path: str, token: str | None, settings_path: Path | None) -> None:
    """Say whether USER may do PERMISSION at PATH, and why.

    USER is the name of a user; `visitor` is whoever has not signed in.
    """
    with opened(settings_at(settings_path)) as application, reading(application) as site:
        identity = identity_of(site, name) if token is None else identity_of_token(site, name, token)
        decision = application.registry[Policy].can(identity, permission, resource_at(site, path))
        click.secho("Yes. " if decision else "No. ", bold=True, nl=False)
        click.echo(decision.sentence)
        for step in decision.steps:
            place = f" [{step.place}]" if step.place and step.place not in step.text else ""
            click.echo(f"  {step.text}{place}")
        for need in filter(lambda need: need.roles, decision.needs):  # what a rule says is told already
            click.echo(f"To make it possible: {need.text}")
            if need.grantors:
                click.echo(f"  Who can help: {', '.join(need.grantors)}")


def identity_of_token(site: Any, name: str, title: str) -> Identity:
    """Return the identity of whoever comes with the token called *title* of *name*. Raises NotPossible."""
    owner = identity_of(site, name)
    mine = site.users.tokens.of(owner.user_id) if owner.user_id else []
    for each in mine:
        if each.title == title and not each.gone and not each.is_over(datetime.now(UTC)):
            return replace(owner, scope=Scope(each.title, each.permissions, each.place))
    known = ", ".join(repr(each.title) for each in mine) or "none"
    raise NotPossible(f"{owner} has no token {title!r} that holds; there are: {known}")


def identity_of(site: Any, name: str) -> Identity:
    """Return the identity of the user *name*, of a "visitor" or of the "system". Raises NotPossible."""
    if name in PEOPLE:
        return PEOPLE[name]
    identity = None if site.users is None else site.users.identity(name)
    if identity is None and name.startswith("group:"):
        raise NotPossible(f"{name!r} is a group, wanted a user, `visitor` or `system`")
    if identity is None:
        raise NotPossible(f"There is no user {name!r}; `objpub user list` shows them")
    return identity
