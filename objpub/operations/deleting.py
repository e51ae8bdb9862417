"""Deleting into the trash, restoring from it, and purging for good."""

from collections.abc import Iterable
from typing import Any

from objpub.content import Content
from objpub.content import Folder
from objpub.database import registry_of
from objpub.errors import Forbidden
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.events import notify
from objpub.events import Restored
from objpub.events import Trashed
from objpub.lineage import path_of
from objpub.lineage import top
from objpub.security import cuts_of
from objpub.security import Deny
from objpub.security import Identity
from objpub.security import overrides_of
from objpub.security import Policy
from objpub.security import roles_by_state

from .adding import put
from .asking import check_addable
from .asking import check_fields_moving
from .asking import check_in_folder
from .asking import check_same_site
from .asking import policy_for
from .asking import require
from .asking import require_adding
from .asking import require_below
from .asking import require_seen
from .crossing import carried
from .crossing import check_no_mount
from .moving import under_name
from .naming import free_name
from .naming import wanted_name
from .redirects import redirects_of
from .referring import check_uses
from .referring import clear
from .referring import give_back
from .sentences import all_or_nothing
from .sentences import counted
from .sentences import quoted
from .sentences import say
from .trash import Entry
from .trash import trash_of


def delete(identity: Identity, resource: Any, *, along: Iterable[Any] = (), asked: bool = True) -> Entry:
    """Move *resource*, with all that is in it, to the trash of the site, and return its entry there.

    along: what is deleted too, whose references to it do not count. asked: False to be refused where
    something refers to it. References whose field says so are cleared; restoring gives them back.
    Needs "view" and "delete" on the resource and on everything in it.
    Raises NotPossible for the site itself, for what is in no folder of it, and where the field of a reference
    refuses it; AskFirst where *asked* is False and something else refers to it.
    """
    require_seen(identity, "delete", resource)
    check_in_folder(resource)
    check_no_mount(resource)
    count = require_below(identity, ("view", "delete"), resource)
    found = check_uses(identity, resource, along, asked)
    folder = resource.__parent__
    with all_or_nothing(folder):
        cleared = clear(found)
        trash = trash_of(folder)
        entry = Entry(resource, count, identity.user_id, identity.title, cleared)
        trash.take(entry, folder.remove(resource.__name__))
        notify(registry_of(folder), Trashed(resource, folder))
        words = f"Deleted {quoted(entry)}{with_contents(count)} from {quoted(folder)}"
        if cleared:
            words += f", and cleared {counted(len(cleared), 'reference', 'references')} to it"
        say(identity, folder, words, named=[resource], what="delete", about=(entry.path, entry.title))
    return entry


def restore(identity: Identity, entry: Entry, folder: Any = None, name: str | None = None) -> Any:
    """Bring back what is in *entry*, and return it.

    folder: None means where it was, or the nearest folder above that is still there; where an order is
    kept, it comes back to where it stood. name: None means the name it had, with a number where that is
    taken. Needs `may_restore`, and "add" on the folder.
    Raises BadName or NameTaken for a *name*; NotFound for an entry that was restored or purged; NotPossible
    for a folder where it cannot be added, and while its class is missing.
    """
    check_may_restore(identity, entry)
    old_folder, resource = entry.old_folder(), entry.resource
    if not isinstance(resource, Content):
        raise NotPossible(f"The class of {quoted(entry)} is missing; it can be restored when that is back")
    folder = entry.nearest_folder() if folder is None else folder
    require_adding(identity, folder)
    check_same_site(entry, folder)
    if folder is not old_folder:
        check_addable(folder, type(resource))
        check_fields_moving(identity, resource, folder, entry if old_folder is None else old_folder)
    name = free_name(folder, entry.name) if name is None else wanted_name(folder, name)
    moved = carried(resource, folder)
    with all_or_nothing(folder):
        entry.__parent__.give_back(entry)
        resource = put(folder, name, moved)
        give_back(entry.cleared)
        if entry.path != path_of(resource):
            redirects_of(top(folder)).put(entry.path, resource)
        if folder is old_folder:
            put_beside(folder, name, entry.neighbours)
        notify(registry_of(folder), Restored(resource, folder))
        words = f"Restored {quoted(resource)} to {quoted(folder)}"
        say(identity, resource, words + under_name(name, entry.name), named=[folder], what="restore")
    return resource


def purge(identity: Identity, entry: Entry) -> None:
    """Forget what is in *entry* for good; its bytes are freed by the next pack. Needs "manage".

    Raises NotFound for an entry that was restored or purged before.
    """
    check_there(entry)
    require(identity, "manage", entry)
    trash = entry.__parent__
    trash.give_back(entry)
    words = f"Purged {quoted(entry)}{with_contents(entry.count)}, deleted from {entry.path}"
    words += f" by {entry.who_title}"
    say(identity, trash, words, what="purge", about=(entry.path, entry.title))


def may_restore(identity: Identity, entry: Entry) -> bool:
    """May *identity* take *entry* out of the trash?

    Those may to whom it belongs, because they deleted it, and those who may delete in the folder that it
    was in, as long as that is there, and as they could view it there: the trash shows nothing that was
    hidden. Whether they may add it anywhere is another question.
    """
    policy = policy_for(entry)
    if policy.can(identity, "delete", entry):
        return True
    folder = entry.old_folder()
    return (
        folder is not None
        and bool(policy.can(identity, "delete", folder))
        and could_view(policy, identity, entry.resource, folder)
    )


def check_may_restore(identity: Identity, entry: Any) -> None:
    """Raise NotFound for what is not in the trash, then Forbidden unless *identity* may restore it."""
    check_there(entry)
    if not may_restore(identity, entry):
        raise Forbidden("What was deleted is restored by who deleted it, and by who may delete there")


def could_view(policy: Policy, identity: Identity, resource: Any, folder: Any) -> bool:
    """Could *identity* view *resource*, which is in the trash, if it were in *folder*?

    What is set at it counts first, then what comes down from there, unless it is cut off. What lacks its
    class cannot say what was set at it.
    """
    if not isinstance(resource, Content):
        return False
    cuts, overrides = cuts_of(resource), overrides_of(resource)
    by_state = roles_by_state(resource).get("view")
    if "view" in overrides:
        holders = overrides["view"]
    elif "permissions" in cuts:
        holders = policy.default_holders("view")
    else:
        holders = policy.holders("view", folder)
    roles = set(identity.roles)
    if "grants" not in cuts:
        roles |= policy.roles_of(identity, folder) - {"owner"}
    roles |= policy.roles_of(identity, resource)
    opinions = (rule(resource, identity) for rule in policy.rules.every(type(resource), "view"))
    if by_state is not None and roles.isdisjoint(by_state):
        return False
    return "manager" in roles or not (
        roles.isdisjoint(holders) or any(isinstance(opinion, Deny) for opinion in opinions)
    )


def check_there(entry: Any) -> None:
    """Raise NotFound unless *entry* is in the trash."""
    if not isinstance(entry, Entry) or entry.__parent__ is None:
        raise NotFound("the trash", missing=getattr(entry, "__name__", None) or repr(entry))


def put_beside(folder: Folder, name: str, neighbours: tuple[str | None, str | None]) -> None:
    """Put the child called *name* next to one of its old *neighbours*, if one of them is still there."""
    if not folder.is_ordered:
        return
    before, behind = neighbours
    if before is not None and before in folder:
        folder.move_child(name, after=before)
    elif behind is not None and behind in folder:
        folder.move_child(name, before=behind)


def with_contents(count: int) -> str:
    """Return what a sentence adds about the *count* of resources in a tree, its top among them."""
    return f" with {counted(count - 1, 'item', 'items')} in it" if count > 1 else ""
