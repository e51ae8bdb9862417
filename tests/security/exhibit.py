"""A small site with every kind of permission in it, for the table of who may do what.

Everybody has a drawer that belongs to him; the others are shared. In each lie a paper, a file, a picture, a
sealed paper, one with permissions of its own, and a box with a paper that managers alone see and delete.
"""

import gc
import sys
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType

from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.database import transaction_for
from objpub.lineage import find_resource
from objpub.operations import delete
from objpub.operations import make_token
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import Deny
from objpub.security import grant
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Permission
from objpub.security import Role
from objpub.security import rule
from objpub.security import Scope
from objpub.security import set_cuts
from objpub.security import SYSTEM
from objpub.traversal import traverse
from objpub.views import action
from objpub.views import PUBLIC
from objpub.views import tab
from objpub.views import view
from objpub.workflow import State
from objpub.workflow import Transition
from objpub.workflow import Workflow
from tests.publisher.test_defaults import png

STEWARD = Role("steward")
STAMP = Permission("stamp", "Stamp papers", roles="steward")
ROLES = ("editor", "reviewer", "steward", "manager")
#: Who asks, in the order of the columns: EDITOR has the role everywhere, editor where it is granted.
PEOPLE = ("nobody", "member", *ROLES, *map(str.upper, ROLES), "looking", "anything")
TOKENS = {"looking": frozenset({"view"}), "anything": None}
PLACES = ("own", "granted", "cut", "foreign", "hidden")


class Paper(Content, addable="anywhere"):
    """A paper with a note that managers see, and a verdict that stewards give."""

    title: str
    note: str = field(default="", read="manage")
    verdict: str = field(default="", write="stamp")
    sealed: bool = field(default=False)
    about: "Ref[Paper] | None" = field(default=None)


class Leaflet(
    Content,
    addable="anywhere",
    workflow=Workflow(State("made"), State("out"), Transition("hand-out", "made -> out", needs=STAMP)),
):
    """A paper that is handed out by those who stamp."""

    title: str


class Drawer(Folder, addable="anywhere", ordered=True):
    """What papers lie in."""

    title: str = field(default="")


class Year:
    """A child of a drawer that is kept nowhere."""


@traverse(Drawer, "{year:int}")
def year_of(drawer, request, year: int):
    return Year()


@rule(Paper, "delete")
def not_sealed(paper, identity):
    return Deny("It is sealed.") if paper.sealed else None


@view(Paper, "usual")
@view(Paper, "usual", method="POST")
@view(Paper, "open", permission=PUBLIC)
@view(Paper, "to-view", permission="view")
@view(Paper, "to-add", permission="add")
@view(Paper, "to-edit", permission="edit")
@view(Paper, "to-delete", permission="delete")
@view(Paper, "to-grant", permission="grant")
@view(Paper, "to-manage", permission="manage")
@view(Paper, "to-audit", permission="audit")
@view(Paper, "to-stamp", method="POST", permission=STAMP)
@view(Year)
@view(Year, "usual", method="POST")
def show(context, request):
    return "Here."


@tab(Paper, "Count", permission=STAMP)
def count(paper, request):
    return "7"


@action(Paper, "Seal", permission=STAMP, bulk=True)
def seal(paper, request):
    return "Sealed"


def user_of(person):
    """Return the id of the user that one of PEOPLE is."""
    return "chief-manager" if person in TOKENS else f"chief-{person.lower()}" if person.isupper() else person


def path_for(person, place):
    """Return the path of the drawer that *place* is for *person*."""
    return {"own": f"/own-{person}", "cut": "/above/cut"}.get(place, f"/{place}")


def fill(site):
    """Give *site*, a site under test, its people and drawers; return the texts of tokens by person."""
    for person in PEOPLE[1 : -len(TOKENS)]:
        site.add_user(user_of(person), roles=[person.lower()] if person.isupper() else [])
    site.add_user("zoe", roles=["reviewer"])
    site.add_user("ben")
    with vanishing() as Vase, site.work() as root:
        root.users.add_group("staff", "All staff")
        root.users.add_group("reviewers", "Reviewers", roles=["reviewer"])
        override_permission(root.users, "manage", "steward")
        override_permission(root.users, "grant", "steward")
        for person in PEOPLE:
            settle(root.add(f"own-{person}", Drawer()), Vase)
            root[f"own-{person}"]._owner = user_of(person)
        for name in PLACES[1:]:
            folder = root.add("above", Drawer()) if name == "cut" else root
            settle(folder.add(name, Drawer()), Vase)
        for name in ("granted", "above", "hidden"):
            for role in ROLES:
                grant(root[name], f"user:{role}", role)
        set_cuts(root["above"]["cut"], ["grants"])
        override_permission(root["hidden"], "view", "reviewer")
        settle(root.add("open", Drawer()), Vase)
        for each in ("add", "edit", "delete", "view"):
            override_permission(root["open"], each, "authenticated")
        override_permission(root.add("secret", Drawer()), "view", "manager")
        root["secret"].add("paper", Paper(title="Secret"))
        tokens = {
            each: make_token(SYSTEM, root, "chief-manager", each, permissions=permissions)
            for each, permissions in TOKENS.items()
        }
    with transaction_for(site.database) as pair:
        pair.connection.cacheMinimize()
    gc.collect()  # nothing remembers the class of the vases
    return tokens


@contextmanager
def vanishing():
    """Give a class of content that is gone at the end of the block."""
    module = sys.modules["vases"] = ModuleType("vases")

    class Vase(Content):
        title: str = field(default="")

    Vase.__module__, Vase.__qualname__ = "vases", "Vase"
    module.Vase = Vase
    try:
        yield Vase
    finally:
        del sys.modules["vases"]


def settle(drawer, vase):
    """Put into *drawer* what each has, and a *vase*, whose class is gone."""
    drawer.add("vase", vase(title="Vase"))
    drawer.add("paper", Paper(title="A paper", note="For managers", verdict="Good"))
    drawer.add("plain", Paper(title="A plain paper"))
    drawer.add("sealed", Paper(title="A sealed paper", sealed=True))
    drawer.add("special", Paper(title="A special paper"))
    override_permission(drawer["special"], "audit", "manager")
    drawer.add("text.txt", File.from_bytes(b"Text.", "text.txt"))
    drawer.add("picture.png", Image.from_bytes(png(8), "picture.png"))
    box = drawer.add("box", Drawer())
    box.add("dark", Paper(title="Dark"))
    for each in ("view", "delete"):
        override_permission(box["dark"], each, "manager")
    drawer.add("gone", Paper(title="Gone"))


def identity_of(root, person):
    """Return who *person* is, as the site's users know it."""
    if person == "nobody":
        return NO_IDENTITY
    identity = root.users.identity(user_of(person))
    return replace(identity, scope=Scope(person, TOKENS[person])) if person in TOKENS else identity


def drawer_for(root, person, place):
    """Return the drawer that *place* is for *person*."""
    return find_resource(root, path_for(person, place))


def thrown_away(drawer):
    """Delete a paper of *drawer* for the site, and return its entry in the trash."""
    return delete(SYSTEM, drawer["gone"])
