"""Many writers who add and edit indexed documents at once: no error, no lost update, no wrong index.

    python -m tests.catalog.writers 60            seconds on each engine, with indexes and without
    python -m tests.catalog.writers 10 file zeo   on these

Sixteen writers: threads of this process on a file, of four processes on other engines. Each transaction adds
a document, or edits one that others edit too; conflicts are tried again with waits as the publisher has them.
Writers with indexes and without take turns of some seconds, so that what else the machine does is the same
for both. Printed: transactions a second, how many tries they took, and what conflicts were about.
"""

import contextlib
import itertools
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import date
from datetime import timedelta
from pathlib import Path

from objpub import Content
from objpub import field
from objpub import Folder
from objpub.catalog import check_catalog
from objpub.catalog import find
from objpub.configuration import Configuration
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.events import notify
from objpub.events import SiteCreated
from objpub.security import SYSTEM
from tests.engines import Cluster
from tests.engines import served_uri

WRITERS, PROCESSES, DOCUMENTS = 16, 4, 200
ENGINES = ("file", "zeo", "postgresql")
#: As in the settings of a site: so many tries, and the longest wait before one, in seconds.
TRIES, LONGEST_WAIT = 40, 0.25
LEAST_SHARE = 0.7
TURN_SECONDS = 3.0
START_SECONDS = 20.0  # until the last process has started
WORDS = ("tide", "ebb", "gull", "rope", "anchor", "lamp", "fog", "dune")
FIRST = date(2026, 1, 1)


class Shelf(Folder, addable="anywhere"):
    """A folder of documents."""


class Loose(Content, addable=Shelf):
    """A document without indexes."""

    title: str = field()
    tags: frozenset[str] = field(default=())
    day: date = field(default=FIRST)
    edits: int = field(default=0)


class Document(Content, addable=Shelf):
    """The same document with an index for each field."""

    title: str = field(index="text")
    tags: frozenset[str] = field(default=(), index="keyword")
    day: date = field(default=FIRST, index="range")
    edits: int = field(default=0, index="range")


KINDS = {"loose": Loose, "indexed": Document}


def registry():
    """Return the registry of the site."""
    configuration = Configuration()
    parts = ("content", "security", "catalog", "operations")
    configuration.include(*(f"objpub.{part}" for part in parts), Shelf, Loose, Document)
    return configuration.freeze()


def made(pick, kind):
    """Return a new document."""
    return kind(
        title=" ".join(pick.sample(WORDS, 3)),
        tags=frozenset(pick.sample(WORDS, 2)),
        day=FIRST + timedelta(days=pick.randrange(300)),
    )


def prepare(database, kind):
    """Make a site with DOCUMENTS of *kind* in an empty *database*."""
    pick = random.Random(0)
    with transaction_for(database) as pair:
        site = Site(title="Writers")
        put_site(pair.connection, site)
        pair.connection.add(site)
        notify(database.registry, SiteCreated(site))
        shelf = site.add("shelf", Shelf())
        for number in range(DOCUMENTS):
            shelf.add(f"d{number}", made(pick, kind))
        pair.manager.commit()


def change(site, kind, pick, name):
    """Add a document called *name*, or edit one; return whether it was an edit."""
    shelf = site["shelf"]
    if pick.random() < 0.5:
        shelf.add(name, made(pick, kind))
        return False
    document = shelf[f"d{pick.randrange(DOCUMENTS)}"]
    document.edits += 1
    document.title = " ".join(pick.sample(WORDS, 3))
    document.tags = frozenset(pick.sample(WORDS, 2))
    return True


class Work:
    """What writers have done. tries: how many transactions took so many; edits, added; errors, as text."""

    def __init__(self):
        self.tries = Counter()
        self.conflicts = Counter()
        self.edits = self.added = 0
        self.errors = []
        self.lock = threading.Lock()

    def run(self, database, kind, number, turns):
        """Write in each of *turns*, pairs of times. number: of the writer."""
        pick, count = random.Random(number), 0
        for begin, end in turns:
            time.sleep(max(begin - time.time(), 0))
            while time.time() < end:
                count += 1
                try:
                    tries, edited = self.write(database, kind, pick, f"w{number}-{count}")
                except Exception as error:
                    with self.lock:
                        self.errors.append(f"{type(error).__name__}: {error}"[:200])
                    continue
                with self.lock:
                    self.tries[tries] += 1
                    self.edits += edited
                    self.added += not edited

    def write(self, database, kind, pick, name):
        """Do one transaction; return (how many tries it took, was it an edit)."""
        state = pick.getstate()
        for tries in range(1, TRIES + 1):
            pick.setstate(state)
            with transaction_for(database) as pair:
                try:
                    edited = change(site_of(pair.connection), kind, pick, name)
                    pair.manager.commit()
                    return tries, edited
                except Exception as error:
                    if tries == TRIES or not retryable(error, pair.manager._txn):
                        raise
                    with self.lock:
                        self.conflicts[getattr(error, "class_name", None) or type(error).__name__] += 1
            time.sleep(random.uniform(0, min(0.005 * 2**tries, LONGEST_WAIT)))
        raise AssertionError("unreachable")

    def together(self, database, kind, numbers, turns):
        """Return threads in which writers with these *numbers* work, started."""
        threads = [threading.Thread(target=self.run, args=(database, kind, each, turns)) for each in numbers]
        for each in threads:
            each.start()
        return threads

    def told(self):
        """Return all of it as JSON. Inverse: `take`."""
        return json.dumps([dict(self.tries), dict(self.conflicts), self.edits, self.added, self.errors])

    def take(self, text):
        """Add what another process has told."""
        tries, conflicts, edits, added, errors = json.loads(text)
        self.tries.update({int(each): count for each, count in tries.items()})
        self.conflicts.update(conflicts)
        self.edits += edits
        self.added += added
        self.errors += errors

    @property
    def count(self):
        """How many transactions were done."""
        return sum(self.tries.values())


def turns_of(begin, seconds):
    """Return the turns of each kind by its name: from *begin* on, *seconds* for each kind."""
    length = min(TURN_SECONDS, seconds)
    number = max(round(seconds / length), 1)
    starts = [begin + each * length for each in range(2 * number)]
    return {name: [(start, start + length) for start in starts[first::2]] for first, name in enumerate(KINDS)}


def start_processes(uri, kind_name, turns):
    """Return PROCESSES that write at *uri*, started."""
    words = [sys.executable, "-m", "tests.catalog.writers", "--child", uri, kind_name, json.dumps(turns)]
    share = WRITERS // PROCESSES
    return [
        subprocess.Popen([*words, str(first * share), str(share)], stdout=subprocess.PIPE, text=True)
        for first in range(PROCESSES)
    ]


def checked(database, kind, work):
    """Return what is wrong with the database after *work*, in sentences."""
    wrong = list(work.errors)
    with transaction_for(database, read_only=True) as pair:
        site = site_of(pair.connection)
        documents = list(site["shelf"].values())
        if sum(each.edits for each in documents) != work.edits:
            wrong.append(f"{work.edits} edits were done, {sum(each.edits for each in documents)} are there")
        if len(documents) != DOCUMENTS + work.added:
            wrong.append(f"{work.added} were added, {len(documents) - DOCUMENTS} are there")
        if kind is Document:
            wrong += list(check_catalog(pair.connection))[:5]
            for word in WORDS:
                asked = find(SYSTEM, site, text=word).count, find(SYSTEM, site, tags=word).count
                there = (
                    sum(word in each.title.split() for each in documents),
                    sum(word in each.tags for each in documents),
                )
                if asked != there:
                    wrong.append(f"{word}: found {asked}, there are {there}")
    return wrong


def compare(engine, seconds, cluster=None):
    """Let the writers of each kind work for *seconds*; return kind → (Work, what is wrong)."""
    works = {name: Work() for name in KINDS}
    with tempfile.TemporaryDirectory(prefix="objpub-writers-") as above, contextlib.ExitStack() as stack:
        databases, uris = {}, {}
        for name, kind in KINDS.items():
            folder = Path(above, name)
            folder.mkdir()
            uris[name] = stack.enter_context(served_uri(engine, folder, cluster))
            databases[name] = open_database(uris[name], registry=registry())
            stack.callback(databases[name].close)
            prepare(databases[name], kind)
        if engine == "file":
            turns = turns_of(time.time(), seconds)
            threads = [
                works[name].together(databases[name], KINDS[name], range(WRITERS), turns[name])
                for name in KINDS
            ]
            for each in itertools.chain(*threads):
                each.join()
        else:
            turns = turns_of(time.time() + START_SECONDS, seconds)
            children = [(works[name], start_processes(uris[name], name, turns[name])) for name in KINDS]
            for work, processes in children:
                for process in processes:
                    told, _ = process.communicate()
                    assert process.returncode == 0, "a process of writers failed"
                    work.take(told.splitlines()[-1])
        return {name: (work, checked(databases[name], KINDS[name], work)) for name, work in works.items()}


def main(seconds, engines):
    """Print the figures of *engines*; return the exit status."""
    failed = False
    cluster = Cluster(fsync=True) if "postgresql" in engines else None
    try:
        for engine in engines:
            found = compare(engine, seconds, cluster)
            for name, (work, wrong) in found.items():
                tries = ", ".join(f"{each}: {count:,}" for each, count in sorted(work.tries.items()))
                print(f"{engine}, {name}: {work.count / seconds:.0f} transactions a second; tries {tries}")
                print(f"  conflicts: {dict(work.conflicts.most_common(6))}")
                for sentence in wrong:
                    print(f"  WRONG: {sentence}")
                failed = failed or bool(wrong)
            share = found["indexed"][0].count / max(found["loose"][0].count, 1)
            print(
                f"{engine}: {share:.0%} of the rate without indexes (at least {LEAST_SHARE:.0%})", flush=True
            )
            failed = failed or share < LEAST_SHARE
    finally:
        if cluster is not None:
            cluster.close()
    return int(failed)


def child(uri, kind_name, turns, first, number):
    """Write in this process, and tell what was done on the last line."""
    work = Work()
    database = open_database(uri, registry=registry())
    numbers = range(int(first), int(first) + int(number))
    for thread in work.together(database, KINDS[kind_name], numbers, json.loads(turns)):
        thread.join()
    database.close()
    print(work.told())


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        child(*sys.argv[2:])
    else:
        sys.exit(main(float(sys.argv[1]), sys.argv[2:] or ENGINES))
