"""What an import will do: the folder on disk laid beside what is on the site. Nothing is written here."""

import posixpath
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from objpub.content import check_name
from objpub.content import Folder
from objpub.content import ReservedNames
from objpub.content import unique_name
from objpub.database import registry_of
from objpub.errors import BadName
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.lineage import find_resource
from objpub.lineage import segments_of
from objpub.registry import Registry

from .ledger import ATTRIBUTE
from .ledger import Entry
from .ledger import is_edited
from .ledger import Ledger
from .ledger import stands
from .links import Links
from .links import places_of_file
from .links import url_of_path
from .pages import digest_of_node
from .pages import see
from .pages import SeenLink
from .problems import Problem
from .report import Report
from .source import Source
from .tree import Node
from .tree import order_of
from .tree import SECTION
from .tree import Tree
from .types import Section

ADD, UPDATE, RELINK = "add", "update", "relink"

FIRST = "/first"  # no name has a slash
LOADED_AT_A_TIME = 1_000  # entries of a ledger, with what they are about


@dataclass(frozen=True)
class Known:
    """What the site knows of one key, as plain values. path: where it stands, None where it was removed."""

    file: str
    digest: str
    includes: tuple[str, ...]
    order: str
    links: tuple[tuple[str, int, str, bool, str], ...]
    ids: frozenset[str]
    path: tuple[str, ...] | None
    is_folder: bool
    is_edited: bool


@dataclass(frozen=True)
class Step:
    """One resource to write.

    act: ADD; UPDATE for another file, RELINK for other destinations of its links. behind: the name of the
    child it shall stand behind in its folder, FIRST, or None to leave it where it is, or comes.
    """

    node: Node
    act: str
    digest: str
    behind: str | None = None


@dataclass
class Plan:
    """All that an import will do.

    nodes: by key. places: place → key. reasons: place → why nothing is there. failed: keys that got nowhere.
    seen, ids: links and places of each page. order: key → (what it shall stand behind, do older follow?).
    """

    known: dict[str, Known]
    nodes: dict[str, Node] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    seen: dict[str, tuple[SeenLink, ...]] = field(default_factory=dict)
    ids: dict[str, frozenset[str]] = field(default_factory=dict)
    order: dict[str, tuple[str, bool]] = field(default_factory=dict)
    kept_places: dict[str, str] = field(default_factory=dict)

    def url_of(self, key: str) -> str | None:
        """Return the path of the URL of *key*; None where it is not on the site."""
        node = self.nodes.get(key)
        if node is not None and key not in self.failed:
            return url_of_path(node.segments, node.kind == SECTION)
        known = self.known.get(key)
        return url_of_path(known.path, known.is_folder) if known and known.path is not None else None


def make_plan(
    site: Any,
    target: tuple[str, ...],
    source: Source,
    tree: Tree,
    exists: Callable[[str], bool],
    report: Report,
) -> tuple[Plan, Links]:
    """Compare *tree* with what stands at *target* on *site*, and return what is to be done.

    What needs saying goes into *report*. Raises NotFound where *target* has no parent, NotPossible where it
    is no folder.
    """
    folder = target_folder(site, target)
    ledger: Ledger | None = getattr(folder, ATTRIBUTE, None)
    known = known_in(ledger) if ledger else {}
    plan = Plan(known, kept_places=dict(ledger.places) if ledger else {})
    Naming(site, plan, report).place_all(tree.root, target, folder)
    find_places(plan, tree)
    links = Links(plan.places.get, plan.url_of, plan.reasons, exists)
    for node in list(plan.nodes.values()):
        if node.kind == SECTION:
            plan.order.update(find_order(plan, node))
    for node in plan.nodes.values():
        decide(plan, links, source, node, report)
    report_vanished(plan, tree, report)
    return plan, links


def target_folder(site: Any, target: tuple[str, ...]) -> Folder | None:
    """Return the folder at *target*, None where it is to be made. Raises NotFound or NotPossible."""
    parent = find_resource(site, target[:-1])
    found = parent.get(target[-1]) if target else site
    for resource in (parent, found):
        if resource is not None and not isinstance(resource, Folder):
            path = "/" + "/".join(segments_of(resource))
            raise NotPossible(f"{path} is a {type(resource).__name__}; documents can only go into a folder")
    return found


def known_in(ledger: Ledger) -> dict[str, Known]:
    """Return what *ledger* says of each key, without keeping all that it is about in memory."""
    known = {}
    for number, (key, entry) in enumerate(ledger.entries.items(), 1):
        known[key] = known_of(entry)
        if number % LOADED_AT_A_TIME == 0 and ledger._p_jar is not None:
            ledger._p_jar.cacheGC()
    return known


def known_of(entry: Entry) -> Known:
    """Return what *entry* says, and how its resource is now."""
    resource = entry.resource
    standing = resource is not None and stands(resource)
    return Known(
        file=entry.file,
        digest=entry.digest,
        includes=entry.includes,
        order=entry.order,
        links=entry.links,
        ids=entry.ids,
        path=segments_of(resource) if standing else None,
        is_folder=isinstance(resource, Folder),
        is_edited=standing and is_edited(resource, entry.wrote),
    )


@dataclass
class Naming:
    """Gives every node its path on the site: where it is, or where it will be."""

    site: Any
    plan: Plan
    report: Report

    def __post_init__(self) -> None:
        self._mine = {known.path for known in self.plan.known.values()}

    def place_all(self, root: Node, target: tuple[str, ...], folder: Folder | None) -> None:
        """Place *root* at *target*, where *folder* is or is to be made, and all below it."""
        root.segments = target
        self.plan.nodes[root.key] = root
        self._place_below(root, folder)

    def _place_below(self, node: Node, folder: Folder | None) -> None:
        taken: set[str] = set()
        for child in node.children:
            known = self.plan.known.get(child.key)
            if known is not None and known.path is None:
                self._leave_away(child, "it was removed on the site")
                continue
            if known is not None and known.path is not None:
                child.segments = known.path
            else:
                child.segments = (*node.segments, self._free_name(child, folder, taken))
            taken.add(child.segments[-1])
            self.plan.nodes[child.key] = child
            if child.kind == SECTION:
                self._place_below(child, self._folder_at(child.segments))

    def _leave_away(self, node: Node, reason: str) -> None:
        """Note that *node* is not brought back, and nothing new below it is."""
        self.report.removed.append(Problem(node.file or node.key, 0, reason))
        for child in node.children:
            known = self.plan.known.get(child.key)
            if known is not None and known.path is not None:  # it was moved out before
                child.segments = known.path
                self.plan.nodes[child.key] = child
                if child.kind == SECTION:
                    self._place_below(child, self._folder_at(child.segments))
            else:
                self._leave_away(child, "its folder was removed on the site")

    def _free_name(self, node: Node, folder: Folder | None, taken: set[str]) -> str:
        wanted = node.name or node.kind
        found = folder.get(wanted) if folder is not None else None
        if (
            node.kind == SECTION
            and isinstance(found, Folder)
            and segments_of(found) not in self._mine
            and wanted not in taken
        ):
            return wanted  # a folder that people made is filled
        name = unique_name(wanted, Taken(folder, taken, registry_of(self.site)))
        if name != wanted:
            message = f"it is called {name!r}: {wanted!r} is taken, or means something else there"
            self.report.renamed.append(Problem(node.file or node.key, 0, message))
        elif posixpath.basename(node.key.rstrip("/")).startswith(("_", "@@", "++")):
            message = f"it is called {name!r}: no name can begin as that of its file does"
            self.report.renamed.append(Problem(node.file or node.key, 0, message))
        return name

    def _folder_at(self, segments: tuple[str, ...]) -> Folder | None:
        try:
            found = find_resource(self.site, segments)
        except NotFound:
            return None
        return found if isinstance(found, Folder) else None


@dataclass(frozen=True)
class Taken:
    """The names that a new child cannot have, to be asked with `in`. folder: None for a section to be."""

    folder: Folder | None
    planned: set[str]
    registry: Registry | None

    def __contains__(self, name: object) -> bool:
        try:
            name = check_name(name, self.folder)
        except BadName:
            return True
        if self.folder is not None:
            return name in self.planned or name in self.folder
        reserved = self.registry is not None and self.registry[ReservedNames].find(Section, name)
        return name in self.planned or bool(reserved)


def find_places(plan: Plan, tree: Tree) -> None:
    """Note what every node can be called by in links: its file, its URL in Hugo, its aliases."""
    edited = {key for key, known in plan.known.items() if known.is_edited}
    for node in plan.nodes.values():
        add_places(plan.places, names_of_file(node), node.key)
    for node in plan.nodes.values():
        if node.key not in edited:
            add_places(plan.places, names_by_value(node), node.key)
    for place, key in plan.kept_places.items():
        if (key in edited or key not in plan.nodes) and plan.known[key].path is not None:
            plan.places.setdefault(place, key)  # its file is gone or not taken, and the page is there
    for path, reason in tree.unpublished.items():
        add_places(plan.reasons, [path], f"{path} is not published: {reason}")
    for path in tree.bad:
        add_places(plan.reasons, [path], f"{path} could not be read")


def add_places(places: dict[str, str], paths: Iterable[str], value: str) -> None:
    """Let all the places that *paths* can be called by mean *value*, where they mean nothing yet."""
    for path in paths:
        for place in places_of_file(path):
            places.setdefault(place, value)


def names_of_file(node: Node) -> Iterator[str]:
    """Yield the paths that *node* has in the source."""
    yield node.key
    if node.file:
        yield node.file


def names_by_value(node: Node) -> Iterator[str]:
    """Yield the paths that *node* had on a site made by Hugo, and before."""
    if node.parent is not None:
        yield posixpath.join(node.parent.key.strip("/"), node.name)
    url = node.values.get("url")
    if isinstance(url, str):
        yield url
    aliases = node.values.get("aliases")
    for alias in aliases if isinstance(aliases, list) else [aliases]:
        if isinstance(alias, str) and alias.strip("/"):
            folder = posixpath.dirname(node.key.rstrip("/"))
            yield alias if alias.startswith("/") else posixpath.join(folder, alias)


def decide(plan: Plan, links: Links, source: Source, node: Node, report: Report) -> None:
    """Compare *node* with what is known of it, and take a step where something is to be written."""
    known = plan.known.get(node.key)
    if known is None:
        behind, followed = plan.order.get(node.key, (FIRST, False))
        plan.steps.append(Step(node, ADD, digest_of_node(source, node, ()), behind if followed else None))
        return
    digest = digest_of_node(source, node, known.includes)
    changed = digest != known.digest and not (known.file and not node.file)
    if known.is_edited:
        also = " although its file has changed" if changed else ""
        report.kept.append(Problem(node.file or node.key, 0, f"it was edited on the site, and is left{also}"))
    plan.ids[node.key] = known.ids
    seen = tuple(see(links, node.key, file, line, to, image) for file, line, to, image, _ in known.links)
    plan.seen[node.key] = seen
    if known.is_edited:
        return
    if changed:
        moved = repr(order_of(node)) != known.order and is_in_place(plan, node)
        plan.steps.append(Step(node, UPDATE, digest, plan.order[node.key][0] if moved else None))
    elif any(now.url != link[-1] for now, link in zip(seen, known.links, strict=True)):
        plan.steps.append(Step(node, RELINK, digest))
    else:
        report.unchanged += 1


def find_order(plan: Plan, parent: Node) -> dict[str, tuple[str, bool]]:
    """Return for each child of *parent* what it shall stand behind, and whether older ones come after it.

    That is the name of the sibling before it that is, or will be, in the same folder; or FIRST.
    """
    here = [child for child in parent.children if child.key in plan.nodes]
    there = [at for at, child in enumerate(here) if is_in_place(plan, child)]
    found: dict[str, tuple[str, bool]] = {}
    behind = FIRST
    for at, child in enumerate(here):
        found[child.key] = behind, bool(there) and at < there[-1]
        if child.segments[:-1] == parent.segments:
            behind = child.segments[-1]
    return found


def is_in_place(plan: Plan, node: Node) -> bool:
    """Is *node* on the site already, in the folder of its parent?"""
    known = plan.known.get(node.key)
    parent = node.parent
    return (
        known is not None
        and parent is not None
        and known.path is not None
        and known.path[:-1] == parent.segments
    )


def report_vanished(plan: Plan, tree: Tree, report: Report) -> None:
    """Say what is on the site without being in the source any more."""
    for key, known in plan.known.items():
        if known.path is None or not known.file:
            continue
        node, file = plan.nodes.get(key), known.file
        if file in tree.bad or (node is not None and node.file):
            continue
        if file in tree.unpublished:
            message = f"it is not published any more, and stays on the site: {tree.unpublished[file]}"
        else:
            message = "its file is gone, and it stays on the site"
        report.vanished.append(Problem(file, 0, message))
