"""Every operation, tried: a line of the table for each check that it makes.

A deed begins with the name of the operation. Where one check stands before another, a deed is such that
the second alone decides: somebody may add to a drawer, but not set this field there.
"""

from contextlib import contextmanager
from datetime import datetime
from datetime import UTC
from typing import Any

from objpub import operations
from objpub.errors import NotPossible
from objpub.jobs import put_mail
from objpub.jobs import queue_of
from objpub.operations import add_new
from objpub.schema import schema_of
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.security.exhibit import Drawer
from tests.security.exhibit import Leaflet
from tests.security.exhibit import Paper
from tests.security.exhibit import thrown_away

DEEDS = {}
#: Names of the face that do nothing to content for a person.
NO_DEEDS = frozenset(
    {"Broken", "Outgoing", "OwnLinks", "Redirect", "Redirects", "Sights", "Target"}
    | {"broken_links", "leading_from", "old_paths", "redirected", "refusal_of", "shown_text", "used_by"}
    | {"Draft", "draft_of", "files_in_draft", "Inspected"}
    | {"is_large", "operations_shown", "pack_here", "reindex_here"}
    | {"Choice", "choices", "Scheduled", "schedulable", "scheduled_for"}
    | {
        "Edited",
        "Entry",
        "Trash",
        "digests_of",
        "may_restore",
        "say",
        "sentence_of",
        "trash_of",
        "whole_trash",
    }
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


@deed("transition a leaflet")
def _(at):
    leaflet = at.drawer.add("leaflet", Leaflet(title="Tides"))
    operations.transition(at.who, leaflet, "hand-out")


@deed("schedule a leaflet")
def _(at):
    leaflet = at.drawer.add("leaflet", Leaflet(title="Tides"))
    operations.schedule(at.who, leaflet, "hand-out", datetime(2100, 1, 1, tzinfo=UTC))


@deed("unschedule a leaflet")
def _(at):
    leaflet = at.drawer.add("leaflet", Leaflet(title="Tides"))
    made = operations.schedule(SYSTEM, leaflet, "hand-out", datetime(2100, 1, 1, tzinfo=UTC))
    operations.unschedule(at.who, leaflet, made.id)


def put_aside(at):
    """Return the id of a job that was put aside."""
    job_id = put_mail(at.root, "ann@example.org", "Tides", "They come.")
    queue = queue_of(at.root)
    (job,) = (each for each in queue.waiting() if each.id == job_id)
    queue.give_up(job, "given up", "")
    return job_id


@of_site("retry_job")
def _(at):
    operations.retry_job(at.who, at.root, put_aside(at))


@of_site("discard_job")
def _(at):
    operations.discard_job(at.who, at.root, put_aside(at))


@deed("save_draft of a paper")
def _(at):
    operations.save_draft(at.who, at.drawer["plain"], {"title": "Another"})


@deed("save_draft of a verdict")
def _(at):
    operations.save_draft(at.who, at.drawer["plain"], {"verdict": "Bad"})


@deed("save_draft about a secret one")
def _(at):
    operations.save_draft(at.who, at.drawer["plain"], {"about": at.root["secret"]["paper"]})


@deed("publish_draft of a paper")
def _(at):
    operations.save_draft(SYSTEM, at.drawer["plain"], {"title": "Another"})
    operations.publish_draft(at.who, at.drawer["plain"])


@deed("publish_draft of a verdict")
def _(at):
    operations.save_draft(SYSTEM, at.drawer["plain"], {"verdict": "Bad"})
    operations.publish_draft(at.who, at.drawer["plain"])


@deed("publish_draft about a secret one")
def _(at):
    operations.save_draft(SYSTEM, at.drawer["plain"], {"about": at.root["secret"]["paper"]})
    operations.publish_draft(at.who, at.drawer["plain"])


@deed("discard_draft of a paper")
def _(at):
    operations.save_draft(SYSTEM, at.drawer["plain"], {"title": "Another"})
    operations.discard_draft(at.who, at.drawer["plain"])


@deed("discard_draft of a verdict")
def _(at):
    operations.save_draft(SYSTEM, at.drawer["plain"], {"verdict": "Bad"})
    operations.discard_draft(at.who, at.drawer["plain"])


@deed("settle_draft of a paper")
def _(at):
    operations.save_draft(SYSTEM, at.drawer["plain"], {"title": "Another"})
    shown = {"title": schema_of(Paper)["title"].digest("Another")}
    operations.settle_draft(at.who, at.drawer["plain"], shown)


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
