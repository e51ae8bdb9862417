"""What others notice while something long goes on: `python -m tests.scenario.long 50000`.

A site in a file gets so many notes in a box. The box is moved, copied, deleted and restored, its copy purged,
the database packed and indexed again, each as a long operation; meanwhile one person reads pages of another
folder, and one saves there, all the time. Printed: how long each took, how long the slowest and the middle of
their requests took, and how long it takes until a cancel is heard.
"""

import statistics
import sys
import threading
import time
from functools import partial

from objpub import Content
from objpub import field
from objpub import Folder
from objpub import testing
from objpub.errors import NotPossible
from objpub.jobs import long_operations_of
from objpub.operations import add_new
from objpub.operations import begin_copy
from objpub.operations import begin_delete
from objpub.operations import begin_move
from objpub.operations import begin_pack
from objpub.operations import begin_purge
from objpub.operations import begin_reindex
from objpub.operations import begin_restore
from objpub.operations import cancel_operation
from objpub.security import SYSTEM

BRANCH = 500
LARGE = 10_000  # so many take long enough to be cancelled


class Note(Content, addable="anywhere"):
    """A note, indexed as pages are."""

    title: str = field(index="text")
    tags: frozenset[str] = field(default=(), index="keyword")
    weight: int | None = field(default=None, index="range")


class Box(Folder, addable="anywhere"):
    """A box of notes."""

    title: str = field(index="text")


#: In this order each finds what it needs.
DEEDS = {
    "move": lambda root: begin_move(SYSTEM, [root["box"]], root["shelf"]),
    "copy": lambda root: begin_copy(SYSTEM, [root["shelf"]["box"]], root),
    "delete": lambda root: begin_delete(SYSTEM, [root["box"]]),
    "restore": lambda root: begin_restore(SYSTEM, list(root.trash)),
    "delete again": lambda root: begin_delete(SYSTEM, [root["box"]]),
    "purge": lambda root: begin_purge(SYSTEM, root, list(root.trash)),
    "reindex": lambda root: begin_reindex(SYSTEM, root),
    "pack": lambda root: begin_pack(SYSTEM, root, 0),
}


def fill(site, number):
    """Give *site* a box with *number* notes, and a page that others work on."""
    with site.work() as root:
        add_new(SYSTEM, root, Box, {"title": "Box"})
        add_new(SYSTEM, root, Box, {"title": "Shelf"})
        add_new(SYSTEM, root, Note, {"title": "Page"})
    for start in range(0, number, BRANCH):
        with site.work() as root:
            inner = root["box"].add(f"inner{start}", Box(title=f"Inner {start}"))
            for count in range(start, min(start + BRANCH, number)):
                note = Note(title=f"Note {count} of the tide", tags={"sea", f"tag{count % 50}"}, weight=count)
                inner.add(f"note{count}", note)


class Person(threading.Thread):
    """Somebody who asks for the same thing again and again. seconds: how long each answer took."""

    def __init__(self, site, ask):
        super().__init__(daemon=True)
        self.seconds = []
        self.wrong = []
        self._ask, self._client = ask, site.browser().login("ines")
        self._is_over = threading.Event()

    def run(self):
        """Ask once, and again until it is over."""
        while True:
            begun = time.perf_counter()
            answer = self._ask(self._client, len(self.seconds))
            self.seconds.append(time.perf_counter() - begun)
            if answer.status not in {200, 303}:
                self.wrong.append(answer.status)
            if self._is_over.wait(0.01):
                return

    def close(self):
        """End it, and return (middle, slowest, how many went wrong)."""
        self._is_over.set()
        self.join()
        return statistics.median(self.seconds), max(self.seconds), len(self.wrong)


def read(client, number):
    """Look at the page."""
    return client.get("/manage/page/@@references")


def save(client, number):
    """Open the form of the page, and save it with another title."""
    form = client.get("/manage/page/@@edit").form("form")
    return form.fill(title=f"Page {number}").submit()


def told(site, name, deed):
    """Do *deed*, with others beside it; return (name, state, seconds, what others noticed)."""
    people = [Person(site, each) for each in (read, save)]
    for each in people:
        each.start()
    begun = time.perf_counter()
    with site.work() as root:
        deed(root)
    site.application.scheduler.long.wait()
    seconds = time.perf_counter() - begun
    with site.work() as root:
        kept = next(iter(long_operations_of(root).all()))
        return name, kept.state, kept.told, seconds, [each.close() for each in people]


def cancelled(site, name, deed):
    """Do *deed*, cancel it when it has begun, and say how long it took to hear of that; "" if it was over."""
    with site.work() as root:
        number = deed(root).id
    site.application.scheduler.long.look()
    time.sleep(0.5)
    begun = time.perf_counter()
    try:
        with site.work() as root:
            cancel_operation(SYSTEM, root, number)
    except NotPossible:
        return ""
    site.application.scheduler.long.wait()
    with site.work() as root:
        state = long_operations_of(root).find(number).state
    return f"{name}: {state} {time.perf_counter() - begun:.1f} s after it was asked for"


def measure(number, say=print):
    """Say what was measured with *number* notes; return how each long operation ended, by its name."""
    ends = {}
    with testing.site(Note, Box, file=True) as site:
        site.add_user("ines", roles=["manager"])
        fill(site, number)
        site.client.get("/")
        say(f"{number:,} notes, {site.database.getSize() / 1e6:.0f} MB")
        for name, deed in DEEDS.items():
            if name in {"copy", "pack"} and number >= LARGE:
                say(f"   {cancelled(site, name, deed)}")
            _, ends[name], words, seconds, people = told(site, name, deed)
            noticed = ", ".join(
                f"{who} {middle * 1000:.0f} ms, at most {slowest * 1000:.0f}, {wrong} refused"
                for who, (middle, slowest, wrong) in zip(("reading", "saving"), people, strict=True)
            )
            say(f"{name:13} {seconds:6.1f} s; {noticed}; {words}")
    return ends


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000, partial(print, flush=True))
