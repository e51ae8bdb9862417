"""What was planned, done: a batch of steps in one transaction, all of it or nothing."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import Upload
from objpub.database import registry_of
from objpub.lineage import find_resource
from objpub.operations import add
from objpub.operations import edit
from objpub.operations import order
from objpub.operations import say
from objpub.security import Identity
from objpub.security import Policy

from .ledger import ATTRIBUTE
from .ledger import Digests
from .ledger import Entry
from .ledger import is_edited
from .ledger import Ledger
from .ledger import stands
from .ledger import written
from .pages import Built
from .plan import ADD
from .plan import FIRST
from .plan import Step
from .problems import Problem
from .rendering import put_rendering
from .source import Source
from .tree import FILE
from .tree import IMAGE
from .tree import order_of
from .tree import PAGE
from .tree import SECTION
from .types import Document
from .types import Page
from .types import Section

FIELDS_OF_FILES = ("title", "filename", "alt")

# Digests that fit nothing: what people wrote counts as edited on the site.
NOT_OURS: Digests = (("title", ""),)


@dataclass(frozen=True)
class Work:
    """One step with what it needs. built: the page, or the section's own; None for all others."""

    step: Step
    built: Built | None


@dataclass
class Done:
    """What one batch did: the steps that were written, and what was left alone."""

    steps: list[Step] = field(default_factory=list)
    kept: list[Problem] = field(default_factory=list)
    without_text: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class Writer:
    """Writes batches below *target* in the name of *identity*."""

    identity: Identity
    source: Source
    target: tuple[str, ...]

    def write(self, site: Any, batch: Sequence[Work]) -> Done:
        """Do *batch* on *site*; the caller commits. Raises Refused where one of them cannot be done."""
        done = Done()
        say(self.identity, site, f"Imported {files(len(batch))} from {self.source.root.name}")
        for work in batch:
            if work.step.act == ADD:
                self._add(site, work, done)
            else:
                self._change(site, work, done)
        return done

    def _add(self, site: Any, work: Work, done: Done) -> None:
        """Add a resource, or take the folder that is there; and begin its entry in the ledger."""
        node, built = work.step.node, work.built
        if self._is_known(site, node.key):
            return  # another import of the same folder was faster
        folder = find_resource(site, node.segments[:-1])
        there = folder.get(node.segments[-1]) if node.segments else site
        if node.kind == SECTION and isinstance(there, Folder):
            resource, wrote = there, self._fill(there, work, done)
        else:
            resource = made(work, self.source)
            add(self.identity, folder, resource, node.segments[-1])
            wrote = written(resource, built.values if built else FIELDS_OF_FILES)
        entry = Entry()
        entry.resource = resource
        entry.wrote = wrote
        self._ledger(site).entries[node.key] = entry
        self._finish(entry, work, done)

    def _is_known(self, site: Any, key: str) -> bool:
        """Is there an entry for *key*, made since the plan was?"""
        target = find_resource(site, self.target[:-1]).get(self.target[-1]) if self.target else site
        ledger = getattr(target, ATTRIBUTE, None)
        return ledger is not None and key in ledger.entries

    def _fill(self, folder: Any, work: Work, done: Done) -> Digests:
        """Give a *folder* that people made its text, if it can have one and has none yet."""
        if work.built is None:
            return ()
        if not isinstance(folder, Document):
            done.without_text.append(work.step)
            return ()
        if folder.text:
            done.kept.append(Problem(work.step.node.file, 0, "the folder there has a text of its own"))
            return NOT_OURS
        return self._set(folder, work)

    def _change(self, site: Any, work: Work, done: Done) -> None:
        """Bring a resource up to date, unless somebody has edited it since the plan was made."""
        node = work.step.node
        entry = self._ledger(site).entries[node.key]
        resource = entry.resource
        if not stands(resource):
            return  # somebody has deleted it since the plan was made
        if is_edited(resource, entry.wrote):
            done.kept.append(Problem(node.file or node.key, 0, "it was edited on the site, and is left"))
            return
        if isinstance(resource, Document):
            entry.wrote = self._set(resource, work)
        elif isinstance(resource, File):
            upload = Upload.from_path(self.source.file(node.file))
            edit(self.identity, resource, {"upload": upload})
            entry.wrote = written(resource, FIELDS_OF_FILES)
        elif work.built is not None:
            done.without_text.append(work.step)
        self._finish(entry, work, done)

    def _set(self, document: Any, work: Work) -> Digests:
        """Give *document* the values and the rendering of its page; return the digests of what was set."""
        built, node = work.built, work.step.node
        values = {"title": node.title} if built is None else built.values
        if built is not None:
            document._source = node.key
            show(document, built)  # before the text is set, or it would be rendered once more
        edit(self.identity, document, values)
        return written(document, values)

    def _finish(self, entry: Entry, work: Work, done: Done) -> None:
        """Put a resource into its place, and note what was done with it."""
        self._place(entry.resource, work.step)
        note(entry, work)
        done.steps.append(work.step)

    def _place(self, resource: Any, step: Step) -> None:
        folder = resource.__parent__
        if step.behind is None or folder is None or not folder.is_ordered:
            return
        if step.behind == FIRST:
            order(self.identity, folder, resource.__name__, to="first")
        elif step.behind in folder:
            order(self.identity, folder, resource.__name__, after=step.behind)

    def _ledger(self, site: Any) -> Ledger:
        """Return the ledger of the target; it is made if there is none."""
        top = find_resource(site, self.target)
        ledger = getattr(top, ATTRIBUTE, None)
        if ledger is None:
            registry = registry_of(top)
            if registry is not None:
                registry[Policy].require(self.identity, "add", top)
            ledger = Ledger()
            setattr(top, ATTRIBUTE, ledger)
        return ledger

    def write_places(self, site: Any, places: Mapping[str, str]) -> None:
        """Bring the places of the ledger up to date, for documents that are edited on the site later."""
        kept = self._ledger(site).places
        for place in [place for place in kept if place not in places]:
            del kept[place]
        for place, key in places.items():
            if kept.get(place) != key:
                kept[place] = key


def made(work: Work, source: Source) -> Any:
    """Return a new resource, in no folder yet. Raises Invalid for values or bytes that cannot be."""
    node, built = work.step.node, work.built
    if node.kind in {IMAGE, FILE}:
        return (Image if node.kind == IMAGE else File).from_path(source.file(node.file))
    resource = (Page if node.kind == PAGE else Section)(**(built.values if built else {"title": node.title}))
    resource._source = node.key
    if built is not None:
        show(resource, built)
    return resource


def show(document: Any, built: Built) -> None:
    """Keep with *document* what was rendered of it."""
    put_rendering(document, built.rendered, built.values["text"], built.values["written_in"])


def note(entry: Entry, work: Work) -> None:
    """Note in *entry* what its resource was made of."""
    step, built = work.step, work.built
    entry.file = step.node.file
    entry.digest = step.digest
    entry.order = repr(order_of(step.node))
    if built is not None:
        entry.includes = built.includes
        entry.ids = built.rendered.ids
        entry.links = tuple(
            (link.file, link.line, link.destination, link.image, link.url) for link in built.links
        )


def files(number: int) -> str:
    """Return a number of files in words."""
    return f"{number:,} file{'' if number == 1 else 's'}"
