"""Every operation, tried: a line of the table for each check that it makes.

A deed begins with the name of the operation. Where one check stands before another, a deed is such that
the second alone decides: somebody may add to a drawer, but not set this field there.
"""

from contextlib import contextmanager
from datetime import datetime
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from objpub import operations
from objpub.errors import NotPossible
from objpub.operations import add_new
from objpub.schema import schema_of
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import SessionRules
from objpub.security import SYSTEM
from tests.security.exhibit import Drawer
from tests.security.exhibit import Paper
from tests.security.exhibit import thrown_away

DEEDS = {}
#: Names of the face that do nothing to content for a person.
NO_DEEDS = frozenset(
    {"Edited", "Entry", "Trash", "digests_of", "may_restore", "say", "sentence_of", "trash_of"}
)


@contextmanager
def changed(thing: Any, name: str, value: Any):
    """Give *thing*, frozen or not, another attribute until the end of the block."""
    before = getattr(thing, name)
    set_attribute = type.__setattr__ if isinstance(thing, type) else object.__setattr__
    set_attribute(thing, name, value)
    try:
        yield
    finally:
        set_attribute(thing, name, before)


class Stage:
    """Where a deed is tried. root: the site. who: the identity. drawer: of the place, or None."""

    def __init__(self, root, who, drawer):
        self.root = root
        self.who = who
        self.drawer = drawer


def deed(label, of_site=False):
    """Keep a function of a Stage as the deed *label*. of_site: whether it is about the whole site."""

    def keep(function):
        function.of_site = of_site
        DEEDS[label] = function
        return function

    return keep


def of_site(label):
    """Keep a deed about the whole site."""
    return deed(label, of_site=True)


@deed("add a paper")
def _(at):
    operations.add(at.who, at.drawer, Paper(title="New"))


@deed("add_new a paper")
def _(at):
    add_new(at.who, at.drawer, Paper, {"title": "New"})


@deed("add_new a paper with a verdict")
def _(at):
    add_new(at.who, at.drawer, Paper, {"title": "New", "verdict": "Bad"})


@deed("add_new a paper with a note")
def _(at):
    add_new(at.who, at.drawer, Paper, {"title": "New", "note": "For managers"})


@deed("add_new a paper about a secret one")
def _(at):
    add_new(at.who, at.drawer, Paper, {"title": "New", "about": at.root["secret"]["paper"]})


@deed("copy a paper into the open drawer")
def _(at):
    operations.copy(at.who, at.drawer["plain"], at.root["open"])


@deed("copy an open paper to here")
def _(at):
    operations.copy(at.who, at.root["open"]["plain"], at.drawer)


@deed("copy a box with a dark paper")
def _(at):
    override_permission(at.root["open"], "grant", "everyone")
    operations.copy(at.who, at.drawer["box"], at.root["open"])


@deed("copy what has permissions of its own")
def _(at):
    operations.copy(at.who, at.drawer["special"], at.root["open"])


@deed("copy a paper with its note")
def _(at):
    operations.copy(at.who, at.drawer["paper"], at.root["open"], "new")
    if not at.root["open"]["new"].note:
        raise NotPossible("The note stayed behind")


@deed("delete a paper")
def _(at):
    operations.delete(at.who, at.drawer["plain"])


@deed("delete a sealed paper")
def _(at):
    operations.delete(at.who, at.drawer["sealed"])


@deed("delete a box with a dark paper")
def _(at):
    operations.delete(at.who, at.drawer["box"])


@deed("edit the title")
def _(at):
    operations.edit(at.who, at.drawer["plain"], {"title": "New"})


@deed("edit the verdict")
def _(at):
    operations.edit(at.who, at.drawer["plain"], {"verdict": "Bad"})


@deed("edit what it is about, a secret one")
def _(at):
    operations.edit(at.who, at.drawer["plain"], {"about": at.root["secret"]["paper"]})


@deed("move a paper to the open drawer")
def _(at):
    operations.move(at.who, at.drawer["text.txt"], at.root["open"])


@deed("move an open file to here")
def _(at):
    operations.move(at.who, at.root["open"]["text.txt"], at.drawer)


@deed("move a paper with a note")
def _(at):
    operations.move(at.who, at.drawer["paper"], at.root["open"])


@deed("move a box with a dark drawer")
def _(at):
    box = at.drawer["box"]
    box.remove("dark")
    override_permission(box.add("dark", Drawer()), "delete", "manager")
    operations.move(at.who, box, at.root["open"])


@deed("order the papers")
def _(at):
    operations.order(at.who, at.drawer, "paper", to="last")


@deed("rename a paper")
def _(at):
    operations.rename(at.who, at.drawer["plain"], "new")


@deed("restore a paper that others deleted")
def _(at):
    operations.restore(at.who, thrown_away(at.drawer))


@deed("restore what one deleted, to here")
def _(at):
    entry = thrown_away(at.root["open"])
    entry._owner = at.who.user_id
    operations.restore(at.who, entry, at.drawer)


@deed("restore a paper with a note to the open drawer")
def _(at):
    operations.restore(at.who, thrown_away(at.drawer), at.root["open"])


@deed("purge a paper")
def _(at):
    operations.purge(at.who, thrown_away(at.drawer))


@deed("set_grants steward")
def _(at):
    operations.set_grants(at.who, at.drawer, "user:zoe", ["steward"])


@deed("set_grants manager")
def _(at):
    operations.set_grants(at.who, at.drawer, "user:zoe", ["manager"])


@deed("set_inheritance of permissions")
def _(at):
    operations.set_inheritance(at.who, at.drawer, ["permissions"])


@deed("set_inheritance of roles")
def _(at):
    grant(at.drawer.__parent__, "user:zoe", "editor")
    operations.set_inheritance(at.who, at.drawer, {"grants"} ^ set(at.drawer._cut or ()))


@deed("set_inheritance of roles that one lacks")
def _(at):
    grant(at.drawer.__parent__, "user:zoe", "editor")
    override_permission(at.drawer, "grant", "steward")
    operations.set_inheritance(at.who, at.drawer, {"grants"} ^ set(at.drawer._cut or ()))


@deed("set_inheritance of permissions that one lacks")
def _(at):
    override_permission(at.drawer.__parent__, "delete", "manager")
    override_permission(at.drawer, "grant", "editor")
    operations.set_inheritance(at.who, at.drawer, {"permissions"})


@deed("set_holders for edit")
def _(at):
    operations.set_holders(at.who, at.drawer, "edit", ["reviewer"])


@deed("set_holders for stamp")
def _(at):
    operations.set_holders(at.who, at.drawer, "stamp", ["reviewer"])


@of_site("add_group")
def _(at):
    operations.add_group(at.who, at.root, "painters")


@of_site("add_group of editors")
def _(at):
    operations.add_group(at.who, at.root, "painters", roles=["editor"])


@of_site("add_user")
def _(at):
    operations.add_user(at.who, at.root, "yan", None)


@of_site("add_user who edits")
def _(at):
    operations.add_user(at.who, at.root, "yan", None, roles=["editor"])


@of_site("remove_group")
def _(at):
    operations.remove_group(at.who, at.root, "staff")


@of_site("remove_group of reviewers")
def _(at):
    operations.remove_group(at.who, at.root, "reviewers")


@of_site("remove_user without roles")
def _(at):
    operations.remove_user(at.who, at.root, "ben")


@of_site("remove_user who reviews")
def _(at):
    operations.remove_user(at.who, at.root, "zoe")


@of_site("give_roles steward")
def _(at):
    operations.give_roles(at.who, at.root, "user:ben", ["steward"])


@of_site("give_roles manager")
def _(at):
    operations.give_roles(at.who, at.root, "user:ben", ["manager"])


@of_site("set_groups staff")
def _(at):
    operations.set_groups(at.who, at.root, "user:ben", ["staff"])


@of_site("set_groups reviewers")
def _(at):
    operations.set_groups(at.who, at.root, "user:ben", ["reviewers"])


@of_site("set_password of somebody without roles")
def _(at):
    operations.set_password(at.who, at.root, "ben", None)


@of_site("set_password of a reviewer")
def _(at):
    operations.set_password(at.who, at.root, "zoe", None)


@of_site("end_sessions of somebody without roles")
def _(at):
    operations.end_sessions(at.who, at.root, "ben")


@of_site("end_sessions of a reviewer")
def _(at):
    operations.end_sessions(at.who, at.root, "zoe")


@of_site("end_sessions of one's own")
def _(at):
    operations.end_sessions(at.who, at.root, at.who.user_id or "nobody")


@of_site("end_session of one's own")
def _(at):
    users, now = at.root.users, datetime.now(UTC)
    session_id = users.sessions.begin(at.who.user_id or "ben", "stamp", now, SessionRules())
    operations.end_session(at.who, at.root, sha256(session_id.encode()).hexdigest())


@of_site("make_reset_link for somebody without roles")
def _(at):
    operations.make_reset_link(at.who, at.root, "ben")


@of_site("make_reset_link for a reviewer")
def _(at):
    operations.make_reset_link(at.who, at.root, "zoe")


@of_site("set_forgotten_password with a link")
def _(at):
    token = operations.make_reset_link(SYSTEM, at.root, "ben")
    operations.set_forgotten_password(at.root, token, "a long enough one")


@of_site("set_forgotten_password without a link")
def _(at):
    operations.set_forgotten_password(at.root, "invented", "a long enough one")


@of_site("make_token of one's own")
def _(at):
    operations.make_token(at.who, at.root, at.who.user_id or "nobody", "new", permissions=None)


@of_site("make_token of somebody without roles")
def _(at):
    operations.make_token(at.who, at.root, "ben", "new", permissions=None)


@of_site("make_token of a reviewer")
def _(at):
    operations.make_token(at.who, at.root, "zoe", "new", permissions=None)


@of_site("make_token for a secret place")
def _(at):
    operations.make_token(
        at.who, at.root, at.who.user_id or "nobody", "new", permissions=None, place=at.root["secret"]
    )


def key_of_token(at, user_id):
    """Make a token of *user_id* for the site, and return how its key begins."""
    before = {each.key for each in at.root.users.tokens.of(user_id)}
    operations.make_token(SYSTEM, at.root, user_id, "old", permissions=None)
    return next(each.key for each in at.root.users.tokens.of(user_id) if each.key not in before)


@of_site("revoke_token of one's own")
def _(at):
    user_id = at.who.user_id or "ben"
    operations.revoke_token(at.who, at.root, user_id, key_of_token(at, user_id))


@of_site("revoke_token of a reviewer")
def _(at):
    operations.revoke_token(at.who, at.root, "zoe", key_of_token(at, "zoe"))


@of_site("revoke_token of somebody without roles")
def _(at):
    operations.revoke_token(at.who, at.root, "ben", key_of_token(at, "ben"))


@of_site("set_site_fields")
def _(at):
    operations.set_site_fields(at.who, at.root, {"title": "Another"})


@of_site("set_site_fields to a secret front page")
def _(at):
    override_permission(at.root, "manage", "steward")
    operations.set_site_fields(at.who, at.root, {"front_page": at.root["secret"]["paper"]})


@of_site("set_site_fields that only stewards change")
def _(at):
    override_permission(at.root, "manage", "reviewer")
    with changed(schema_of(type(at.root))["title"], "write", "stamp"):
        operations.set_site_fields(at.who, at.root, {"title": "Another"})


@of_site("edit the site")
def _(at):
    operations.edit(at.who, at.root, {"title": "Another"})


@of_site("pack_database")
def _(at):
    operations.pack_database(at.who, at.root, 36_500)


@of_site("back_up_database")
def _(at):
    try:
        operations.back_up_database(at.who, at.root, Path("nowhere"), "new")
    except NotPossible as refusal:
        assert "file" in str(refusal), refusal  # one in memory is in none: it came so far
