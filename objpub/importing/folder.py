"""Importing a folder, from begin to end.

report = import_folder(database, "docs", "/docs", identity=SYSTEM)
print(report)
"""

import difflib
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from datetime import UTC
from pathlib import Path
from typing import Any

from objpub.content import media_type_of
from objpub.errors import BadSource
from objpub.errors import Forbidden
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.lineage import find_resource
from objpub.security import Identity

from .links import Links
from .markdown import Renderer
from .pages import build_page
from .pages import digest_of_node
from .pages import SeenLink
from .plan import ADD
from .plan import make_plan
from .plan import Plan
from .plan import RELINK
from .plan import Step
from .problems import BrokenLink
from .problems import first_of
from .problems import Problem
from .problems import UnknownName
from .report import Report
from .source import Source
from .tree import FILE
from .tree import IMAGE
from .tree import read_tree
from .tree import Tree
from .tree import UNDERSTOOD
from .turns import Turns
from .turns import turns_on
from .writing import Done
from .writing import Work
from .writing import Writer

MOST_PROBLEMS = 20  # that one file is given in the report; a file can have as many as bytes

Progress = Callable[[int, int, str], None]
"""Called with (how many are done, of how many, the path of the last one)."""


def import_folder(
    site: Any,
    source: str | Path,
    target_path: str,
    *,
    identity: Identity,
    batch: int = 100,
    progress: Progress | None = None,
    now: datetime | None = None,
    carry: Callable[[Callable[[], None]], None] | None = None,
) -> Report:
    """Make what lies in the folder *source* a tree below *target_path*, or bring that tree up to date.

    site: a Database, for a transaction for every *batch* of files; or the site itself, for all of it in the
    caller's own transaction. target_path: a folder, "/docs", which is made where it is missing; "/" is the
    site. progress: told after each batch. now: what is in the future or expired then is not published; the
    moment itself if None. carry: given the function that writes, where there is something to write, to call
    it once, as in a long operation; None: it is called as it is.

    Raises NotFound where the folder above the target is missing, NotPossible where there is no folder
    *source* or the target is something else, Forbidden where *identity* may not do it.
    """
    begun = time.monotonic()
    report = Report()
    turns = turns_on(site)
    folder = Source(Path(source))
    target = tuple(part for part in target_path.split("/") if part)
    tree = read_tree(folder, now or datetime.now(UTC), target[-1] if target else "")
    exists = Existing(turns)
    plan, links = turns.read(lambda site: make_plan(site, target, folder, tree, exists, report))
    report.problems += tree.problems
    report.unpublished.update(tree.unpublished)
    report.unknown += unknown_names(tree)
    run = Run(turns, Writer(identity, folder, target), plan, links, report)
    if carry is not None and plan.steps:
        carry(lambda: run.write_all(batch, progress))
    else:
        run.write_all(batch, progress)
    report.broken += broken_links(plan)
    for problems in (report.kept, report.removed, report.vanished, report.renamed, report.problems):
        problems.sort()
    report.seconds = time.monotonic() - begun
    return report


class Run:
    """One import on its way."""

    def __init__(self, turns: Turns, writer: Writer, plan: Plan, links: Links, report: Report) -> None:
        self.turns = turns
        self.writer = writer
        self.plan = plan
        self.links = links
        self.report = report
        self.renderer = Renderer()

    def write_all(self, batch: int, progress: Progress | None) -> None:
        """Do all the steps of the plan, *batch* of them in a transaction."""
        total = len(self.plan.steps)
        done = 0
        for steps in batches(self.plan.steps, batch):
            self._write([work for step in steps if (work := self._prepared(step)) is not None])
            done += len(steps)
            if progress is not None:
                progress(done, total, steps[-1].node.file or steps[-1].node.key)
        if self.plan.places != self.plan.kept_places:
            self.turns.write(lambda site: self.writer.write_places(site, self.plan.places))

    def _prepared(self, step: Step) -> Work | None:
        """Return *step* with the page that it is about; None where its file cannot be taken over."""
        node = step.node
        if self._has_no_folder(step):
            return None
        try:
            if node.kind == IMAGE:
                check_image(self.writer.source, node.file)
            if node.kind in {IMAGE, FILE} or not node.file or node.reason:
                return Work(step, None)
            built = build_page(node, self.writer.source, self.links, self.renderer)
        except BadSource as error:
            self._failed(step, error.line, error.reason)
            return None
        self.report.problems += first_of(built.problems, MOST_PROBLEMS)
        self.plan.seen[node.key] = built.links
        self.plan.ids[node.key] = built.rendered.ids
        digest = digest_of_node(self.writer.source, node, built.includes)
        return Work(replace(step, digest=digest), built)

    def _write(self, works: Sequence[Work]) -> None:
        """Write *works* in one transaction; if one of them is refused, each in one of its own."""
        if not works:
            return
        try:
            done = self.turns.write(lambda site: self.writer.write(site, works))
        except Forbidden:
            raise
        except Refused as error:
            if len(works) == 1:
                if works[0].step.node.parent is None:
                    raise  # without a top there is nothing to import into
                self._failed(works[0].step, 0, str(error))
            else:
                for work in works:
                    self._write([] if self._has_no_folder(work.step) else [work])
            return
        self._note(done)

    def _has_no_folder(self, step: Step) -> bool:
        """Could the folder of *step* not be made? Then neither can what lies in it."""
        parent = step.node.parent
        if parent is None or parent.key not in self.plan.failed:
            return False
        self._failed(step, 0, "its folder could not be made")
        return True

    def _failed(self, step: Step, line: int, message: str) -> None:
        node = step.node
        self.report.problems.append(Problem(node.file or node.key, line, message))
        if step.act == ADD:
            self.plan.failed.add(node.key)

    def _note(self, done: Done) -> None:
        """Take what a batch did into the report."""
        self.report.kept += done.kept
        for step in done.without_text:
            self.report.unpublished[step.node.file] = "the folder there has no text of its own"
        for step in done.steps:
            counter = self.report.added if step.act == ADD else self.report.updated
            counter[step.node.kind] += 1
            self.report.relinked += step.act == RELINK


class Existing:
    """Says whether there is something on the site at a path; each path is asked for once."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._found: dict[str, bool] = {}

    def __call__(self, path: str) -> bool:
        """Is there something at *path*?"""
        if path not in self._found:
            self._found[path] = self._turns.read(lambda site: is_there(site, path))
        return self._found[path]


def is_there(site: Any, path: str) -> bool:
    """Is there a resource at *path* on the site?"""
    try:
        find_resource(site, path)
    except NotFound:
        return False
    return True


def unknown_names(tree: Tree) -> list[UnknownName]:
    """Return the names in the front matter of *tree* that no field is for, each once."""
    found = []
    for name, places in sorted(tree.unknown.items()):
        near = difflib.get_close_matches(name, UNDERSTOOD, 1, 0.75)
        file, line = min(places)
        found.append(UnknownName(name, len(places), file, line, near[0] if near else ""))
    return found


def batches(steps: Sequence[Step], size: int) -> Iterator[Sequence[Step]]:
    """Yield *steps* in their order, at most *size* at a time."""
    for start in range(0, len(steps), max(size, 1)):
        yield steps[start : start + max(size, 1)]


def check_image(source: Source, path: str) -> None:
    """Raise BadSource unless the file at *path* begins as an image does."""
    try:
        with open(source.file(path), "rb") as file:
            media_type = media_type_of(file.read(4096), path)
    except OSError as error:
        raise BadSource(0, error.strerror or str(error)) from error
    if not media_type.startswith("image/"):
        raise BadSource(0, f"it is no image, its bytes are {media_type}")


def broken_links(plan: Plan) -> list[BrokenLink]:
    """Return every link of the pages on the site that leads nowhere, places inside pages included."""
    found: dict[BrokenLink, None] = {}
    for key, seen in plan.seen.items():
        if key not in plan.failed:
            for link in seen:
                message = wrong_with(plan, key, link)
                if message:
                    found[BrokenLink(link.file, link.line, link.destination, message)] = None
    return sorted(found)


def wrong_with(plan: Plan, key: str, link: SeenLink) -> str:
    """Return why *link*, in the page *key*, leads nowhere; "" if it leads somewhere."""
    if not link.url:
        return link.message or "it leads nowhere"
    if link.key in plan.failed:
        return "it could not be imported"
    if not link.fragment or not link.key or link.fragment == "top" or ":~:" in link.fragment:
        return ""
    ids = plan.ids.get(link.key)
    if ids is None or link.fragment in ids:
        return ""
    node = plan.nodes.get(link.key)
    return f"{(node.file if node else '') or link.key} has no place called #{link.fragment}"
