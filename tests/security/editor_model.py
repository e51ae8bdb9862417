"""What holds on the site, worked out a second time: from what is stored, by rules that are written here.

`read` takes everything down: a `World` of nodes by object id. `World.may` says who may do what; `changes`
compares two worlds, and says what somebody has changed that he may not. Nothing of objpub decides here.
"""

import hashlib
import re
from dataclasses import dataclass
from dataclasses import field

from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.operations import Entry

MARK = re.compile(r"z[tns]\d+q")
MANAGER = frozenset({"manager"})
EDITING = frozenset({"owner", "editor", "manager"})
DEFAULTS = {
    "view": frozenset({"everyone"}),
    "see": EDITING | {"reviewer"},
    **dict.fromkeys(("add", "edit", "delete"), EDITING),
    **dict.fromkeys(("grant", "manage"), MANAGER),
}
OWN = frozenset({"owner", "manager"})
ABOVE = {  # what holds in the trash and of users, wherever nothing is set further down
    "Trash": {"view": OWN, "delete": OWN},
    "Users": {"view": OWN, "edit": OWN},
}
SECRET_FIELDS = frozenset({"salary", "approved"})


@dataclass(frozen=True)
class Node:
    """One thing. parent, old: ids. locked: what managers alone write. order: ids of children, where kept."""

    key: bytes
    kind: str
    name: str
    title: str
    parent: bytes | None
    owner: str | None
    grants: dict
    permissions: dict
    cut: frozenset
    digest: str
    locked: tuple
    marks: frozenset
    order: tuple = ()
    old: bytes | None = None
    is_folder: bool = False


@dataclass
class World:
    """Everything that is stored. people: what is said of users and groups, apart from names."""

    nodes: dict
    people: dict = field(default_factory=dict)
    children: dict = field(default_factory=dict)

    def __post_init__(self):
        for node in self.nodes.values():
            self.children.setdefault(node.parent, []).append(node)

    def lineage(self, key):
        """Yield the node called *key*, its parent, and so on."""
        while key is not None:
            yield self.nodes[key]
            key = self.nodes[key].parent

    def acts_as(self, who):
        """Return (roles everywhere, principals) of *who*: his own, and those of his groups."""
        found, waiting = set(), [f"user:{who}"]
        while waiting:
            found.add(each := waiting.pop())
            waiting += [f"group:{name}" for name in self.people["groups"].get(each, ())]
        roles = {"everyone", "authenticated"}.union(*(self.people["roles"].get(each, ()) for each in found))
        return roles, found

    def roles(self, who, key):
        """Return the roles that *who* has at *key*."""
        found, principals = self.acts_as(who)
        owner = None
        for node in self.lineage(key):
            found |= {role for each in principals for role in node.grants.get(each, ())}
            owner = owner or node.owner
            if "grants" in node.cut:
                break
        return found | ({"owner"} if owner == who else set())

    def may(self, who, permission, key):
        """May *who* do *permission* at *key*?"""
        roles = self.roles(who, key)
        return "manager" in roles or not roles.isdisjoint(self.holders(permission, key))

    def holders(self, permission, key):
        """Return the roles that have *permission* at *key*."""
        for node in self.lineage(key):
            if permission in node.permissions:
                return node.permissions[permission]
            if node.kind in ABOVE:
                return ABOVE[node.kind].get(permission, MANAGER)
            if "permissions" in node.cut:
                break
        return DEFAULTS[permission]

    def in_trash(self, key):
        """Return the entry of the trash that *key* is in, or None."""
        return next((node for node in self.lineage(key) if node.kind == "Entry"), None)

    def knows(self, who, key):
        """May *who* be told the title of *key*? In the trash also who could view it where it was."""
        if self.may(who, "view", key):
            return True
        entry = self.in_trash(key)
        if entry is None or entry.key == key or entry.old not in self.nodes:
            return False
        moved = {**self.nodes, entry.key: self.nodes[entry.old]}
        return World(moved, self.people).may(who, "view", key) and self.may(who, "delete", entry.old)

    def hidden_marks(self, who):
        """Return the marks that *who* may not be told: titles, and names unless something below is open."""
        known, hidden = set(), {"zs0000q"}
        for key, node in self.nodes.items():
            marks = {mark for mark in node.marks if mark[1] != "s"}
            if self.knows(who, key):
                known |= marks | {m for each in self.lineage(key) for m in each.marks if m[1] == "n"}
            else:
                hidden |= marks
        return hidden - known

    def seen_in(self, who, key):
        """Return how many children of *key* are listed for *who* in the management interface."""
        return sum(
            self.may(who, "view", each.key) and self.may(who, "see", each.key)
            for each in self.children.get(key, ())
        )

    def path(self, key):
        """Return the path of *key*."""
        return "/" + "/".join([node.name for node in self.lineage(key)][-2::-1])

    def tree(self):
        """Return the nodes that are in the tree of the site, sorted by path."""
        found = [node for node in self.nodes.values() if self.is_in_tree(node.key)]
        return sorted(found, key=lambda node: self.path(node.key))

    def is_in_tree(self, key):
        """Is *key* in the tree of the site: no user, and not in the trash?"""
        return all(node.is_folder for node in list(self.lineage(key))[1:]) and not any(
            node.kind in {"Trash", "Users", "People", "Groups"} for node in self.lineage(key)
        )


def read(root):
    """Return the world of the site *root*, as it is stored."""
    users = root.users
    nodes = {}
    for thing in things(root):
        node = node_of(thing)
        nodes[node.key] = node
    member = users._membership
    people = {
        "roles": {each: sorted(roles) for each, roles in member._roles.items()},
        "groups": {each: sorted(groups) for each, groups in member._groups.items()},
        "names": sorted(users.people) + sorted(users.groups),
    }
    return World(nodes, people)


def things(root):
    """Yield the site and all that is stored as content in it."""
    waiting = [root, root.users, root.users.people, root.users.groups, root.trash]
    yield from waiting[1:]
    waiting[1:] = [root.users.people, root.users.groups, *root.trash]
    while waiting:
        thing = waiting.pop()
        if thing not in (root.users.people, root.users.groups):
            yield thing
        if isinstance(thing, Entry):
            waiting.append(thing._resource)
        elif isinstance(thing, Folder):
            waiting.extend(thing.values())


def node_of(thing):
    """Return what is stored of *thing*."""
    names = [name for name in fields_of(type(thing)) if hasattr(thing, name)]
    values = {name: plain(getattr(thing, name)) for name in names}
    title = str(getattr(thing, "title", ""))
    values["sha256"] = thing.sha256 if isinstance(thing, File) else None
    text = repr({name: value for name, value in values.items() if name not in SECRET_FIELDS})
    old = thing._folder() if isinstance(thing, Entry) else None
    parent = thing.__parent__
    keeps = isinstance(thing, Folder) and thing.is_ordered
    return Node(
        key=thing._p_oid,
        kind=type(thing).__name__,
        name=str(thing.__name__ or ""),
        title=title,
        parent=None if parent is None else parent._p_oid,
        owner=thing._owner,
        grants={each: frozenset(roles) for each, roles in (thing._grants or {}).items()},
        permissions={} if type(thing).__name__ in ABOVE else dict(thing._permissions or {}),
        cut=frozenset(thing._cut or ()),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        locked=tuple(values.get(name) for name in sorted(SECRET_FIELDS)),
        marks=frozenset(MARK.findall(f"{thing.__name__} {text}")),
        order=tuple(each._p_oid for each in thing.values()) if keeps else (),
        old=None if old is None else old._p_oid,
        is_folder=isinstance(thing, Folder),
    )


def fields_of(kind):
    """Return the names of the fields of a class, as its bases and itself annotate them."""
    names = {name for each in kind.__mro__ for name in vars(each).get("__annotations__", {})}
    return sorted(name for name in names if not name.startswith("_") and name != "upload")


def plain(value):
    """Return *value* as something that compares and prints the same as long as it is the same."""
    if isinstance(value, Content):
        return value._p_oid
    return repr(value)


def changes(before, after, who, typed=""):
    """Return sentences about what *who* has changed from one world to the other, and may not."""
    found = [
        f"{what} of people changed" for what in before.people if before.people[what] != after.people[what]
    ]
    for key, node in before.nodes.items():
        new = after.nodes.get(key)
        if new is None:
            found += [] if node.kind == "Entry" else [f"{node.title!r} is gone for good"]
        else:
            found += [f"{node.title!r}: {word}" for word in changed(before, after, who, node, new)]
    for key in after.nodes.keys() - before.nodes.keys():
        node = after.nodes[key]
        found += [f"the new {node.title!r}: {word}" for word in wrong_new(before, after, who, node, typed)]
    return found


def changed(before, after, who, node, new):
    """Yield what is wrong with what became of *node*."""
    for what in ("grants", "permissions", "cut", "owner", "locked", "kind"):
        if getattr(node, what) != getattr(new, what):
            yield f"{what} changed from {getattr(node, what)} to {getattr(new, what)}"
    if node.digest != new.digest and not may_edit(before, who, node):
        yield "changed by somebody who may not"
    if (node.parent, node.name) != (new.parent, new.name):
        yield from wrong_way(before, after, who, node, new)
    stays = set(node.order) & set(new.order)
    if [each for each in node.order if each in stays] != [each for each in new.order if each in stays]:
        if not before.may(who, "edit", node.key):
            yield "put in another order by somebody who may not"


def may_edit(world, who, node):
    """May *who* change fields of *node*?"""
    permission = "manage" if node.parent is None else "edit"
    return world.may(who, "view", node.key) and world.may(who, permission, node.key)


def wrong_way(before, after, who, node, new):
    """Yield what is wrong with the way that *node* went."""
    was, now = before.in_trash(node.key), after.in_trash(node.key)
    if was is not None and was.key != node.key:
        if not (before.may(who, "delete", was.key) or before.may(who, "delete", was.old)):
            yield "restored by somebody who may not"
        if not before.knows(who, node.key):
            yield "restored by somebody who may not view it"
    elif node.parent == new.parent:
        if not may_edit(before, who, node):
            yield "renamed by somebody who may not"
    elif not (before.may(who, "delete", node.key) and before.may(who, "view", node.key)):
        yield "taken away by somebody who may not"
    if now is None and node.parent != new.parent and not before.may(who, "add", new.parent):
        yield "put where he may not add"


def wrong_new(before, after, who, node, typed):
    """Yield what is wrong with *node*, which was not there before."""
    if node.kind == "Entry":
        if node.owner != who:
            yield f"an entry of {node.owner} in the trash"
        return
    if node.owner not in ({who} if node.parent in before.nodes else {who, None}):
        yield f"belongs to {node.owner}"
    if node.grants or node.permissions or node.cut:
        yield f"has grants {node.grants}, permissions {node.permissions}, cuts {set(node.cut)}"
    if any(value not in {None, "''"} for value in node.locked):
        yield f"has fields that only managers set: {node.locked}"
    if node.parent in before.nodes and not before.may(who, "add", node.parent):
        yield f"in {after.nodes[node.parent].title!r}, where he may not add"
    told = node.marks & before.hidden_marks(who) - set(MARK.findall(typed))
    if told:
        yield f"tells {sorted(told)}"
