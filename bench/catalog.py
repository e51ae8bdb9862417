"""What indexes cost, beside none and beside SQLite's FTS5 by itself.

    python -m bench.catalog FOLDER FOLDER ...      every Markdown file below the folders is a document
    python -m bench.catalog --documents 500        made-up ones, to try the bench itself

Printed: how long it takes to add all with and without indexes, texts included; the first page of a query with
a text, two filters, permissions and a sort, beside FTS5 with the same filters and no permissions; and what
an edit writes into the indexes.
"""

import argparse
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import date
from datetime import timedelta
from pathlib import Path

from objpub import Content
from objpub import field
from objpub import Folder
from objpub import Markdown
from objpub import where
from objpub.catalog import find
from objpub.catalog import settle
from objpub.catalog import Texts
from objpub.catalog.wording import plain
from objpub.configuration import Configuration
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.events import notify
from objpub.events import SiteCreated
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import set_cuts

PARTS = ("content", "security", "catalog", "operations")
BATCH, IN_A_FOLDER, CUTS = 500, 250, 1_000
WORDS = ("file", "list", "directory", "output", "network", "image", "template", "remote", "color", "page")
FIRST = date(2020, 1, 1)
#: How often each question is asked; the median counts.
ROUNDS = 15
MOST_TIMES, MOST_EDIT_BYTES = 3.0, 10_000


class Shelf(Folder, addable="anywhere"):
    """A folder of documents."""


class Loose(Content, addable=Shelf):
    """A document without indexes."""

    title: str = field()
    body: Markdown = field(default="")
    language: str = field(default="")
    tags: frozenset[str] = field(default=())
    day: date = field(default=FIRST)


class Document(Content, addable=Shelf):
    """The same document with an index for each field."""

    title: str = field(index="text")
    body: Markdown = field(default="", index="text")
    language: str = field(default="", index="value")
    tags: frozenset[str] = field(default=(), index="keyword")
    day: date = field(default=FIRST, index="range")


def registry_with(*kinds):
    """Return the registry of a site with the content types *kinds*."""
    configuration = Configuration()
    configuration.include(*(f"objpub.{part}" for part in PARTS), Shelf, *kinds)
    return configuration.freeze()


def documents_in(folders):
    """Return the fields of a document for each Markdown file below *folders*."""
    found = []
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.md")):
            text = path.read_text("utf-8", "replace")
            title = re.search(r"^(?:# |title: )(.+)$", text, re.MULTILINE)
            found.append(
                {
                    "title": title[1].strip("'\" ")[:200] if title else path.stem,
                    "body": text,
                    "language": path.relative_to(folder).parts[0],
                    "tags": {path.parent.name, path.stem[:3]},
                    "day": FIRST + timedelta(days=len(found) % 2_000),
                }
            )
    return found


def made_up(number):
    """Return the fields of *number* documents."""
    pick = random.Random(1)
    return [
        {
            "title": f"{pick.choice(WORDS)} {each}",
            "body": " ".join(pick.choices([*WORDS, *(f"word{n}" for n in range(2_000))], k=80)),
            "language": f"pages.{each % 5}",
            "tags": {f"tag{each % 7}", f"t{each % 50}"},
            "day": FIRST + timedelta(days=each % 2_000),
        }
        for each in range(number)
    ]


def opened(path, kind):
    """Return the database at *path*, with an empty site whose content is of *kind*."""
    database = open_database(f"file:{path}", registry=registry_with(kind))
    with transaction_for(database) as pair:
        site = Site(title="Bench")
        put_site(pair.connection, site)
        pair.connection.add(site)
        notify(database.registry, SiteCreated(site))
        site.users.add_group("staff")
        site.users.add("ann", None)
        site.users.join("user:ann", "staff")
        grant(site, "group:staff", ["editor"])
        pair.manager.commit()
    return database


def add_all(database, kind, documents):
    """Add *documents* in batches, and return the seconds it took; the index of texts takes them in too."""
    begun = time.perf_counter()
    for start in range(0, len(documents), BATCH):
        with transaction_for(database) as pair:
            site = site_of(pair.connection)
            for number, values in enumerate(documents[start : start + BATCH], start):
                if not number % IN_A_FOLDER:
                    site.add(f"s{number}", Shelf())
                site[f"s{number - number % IN_A_FOLDER}"].add(f"d{number}", kind(**values))
            pair.manager.commit()
    if kind is Document:
        with transaction_for(database, read_only=True) as pair:
            database.registry[Texts].of(database).drain(pair.connection, site_of(pair.connection).catalog)
    return time.perf_counter() - begun


def cut_off(database, number):
    """Set cuts and overrides at *number* documents, so that rights differ from place to place."""
    with transaction_for(database) as pair:
        shelves = list(site_of(pair.connection).values())
        for each in range(number):
            shelf = shelves[each % len(shelves)]
            name = sorted(shelf.keys())[each // len(shelves) % len(shelf)]
            if each % 2:
                set_cuts(shelf[name], ("grants",))
            else:
                override_permission(shelf[name], "view", "editor")
        pair.manager.commit()


class Raw:
    """FTS5 by itself, with the same documents and plain columns for the filters."""

    def __init__(self, file, documents):
        """file: a connection to an empty one, which the caller closes."""
        self.file = file
        self.file.executescript(
            "PRAGMA journal_mode = WAL; CREATE VIRTUAL TABLE texts USING fts5(title, body);"
            "CREATE TABLE facts (id INTEGER PRIMARY KEY, language TEXT, day TEXT);"
            "CREATE TABLE tags (id INTEGER, tag TEXT, PRIMARY KEY (tag, id)) WITHOUT ROWID;"
            "CREATE INDEX of_language ON facts (language); CREATE INDEX of_day ON facts (day);"
        )
        for number, each in enumerate(documents):
            row = (number, each["language"], each["day"].isoformat())
            self.file.execute("INSERT INTO facts VALUES (?, ?, ?)", row)
            self.file.executemany("INSERT INTO tags VALUES (?, ?)", [(number, tag) for tag in each["tags"]])
            self.file.execute(
                "INSERT INTO texts (rowid, title, body) VALUES (?, ?, ?)",
                (number, each["title"], plain(each["body"])),
            )
        self.file.commit()

    def page(self, word, language, day):
        """Return the first page, with how many there are."""
        question = (
            "FROM texts CROSS JOIN facts ON facts.id = texts.rowid"
            " WHERE texts MATCH ? AND facts.language = ? AND facts.day >= ?"
        )
        values = (word, language, day.isoformat())
        rows = self.file.execute(
            f"SELECT texts.title {question} ORDER BY facts.day DESC LIMIT 20", values
        ).fetchall()
        return rows, self.file.execute(f"SELECT count(*) {question}", values).fetchone()[0]


def first_pages(database, raw, documents):
    """Return (question, found, milliseconds, of FTS5) for each question: medians of ROUNDS."""
    languages = sorted({each["language"] for each in documents}, key=lambda each: (len(each), each))
    days = sorted(each["day"] for each in documents)
    since = days[len(days) // 4]
    found = []
    for word in WORDS:
        for language in languages[:2]:
            ours, theirs, count = [], [], 0
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                raw.page(word, language, since)
                theirs.append(time.perf_counter() - begun)
                with transaction_for(database, read_only=True) as pair:
                    begun = time.perf_counter()
                    site = site_of(pair.connection)
                    results = find(
                        site.users.identity("ann"),
                        site,
                        where.day >= since,
                        text=word,
                        language=language,
                        sort="-day",
                    )
                    [each.title for each in results.page(None, 20)]
                    count = results.count
                    ours.append(time.perf_counter() - begun)
            times = statistics.median(ours) * 1e3, statistics.median(theirs) * 1e3
            found.append((f"{word}, {language}", count, *times))
    return found


def edit_bytes(databases, edits=30):
    """Return the bytes that an edit of text, tags and day writes, for each of *databases*, on the average.

    What it writes later counts too: into the trees, together with the others.
    """
    found = []
    for database in databases:
        settle(database)
        begun, pick = database.figures()["bytes"], random.Random(2)
        for number in range(edits):
            with transaction_for(database) as pair:
                shelf = pick.choice(list(site_of(pair.connection).values()))
                document = shelf[pick.choice(sorted(shelf.keys()))]
                document.body += f"\n\nedited {number}\n"
                document.tags = {f"edited{number}", *document.tags}
                document.day = FIRST + timedelta(days=number)
                pair.manager.commit()
        settle(database)
        found.append((database.figures()["bytes"] - begun) / edits)
    return found


def measure(folder, documents):
    """Print the figures; return the names of the targets that were missed."""
    missed = []
    loose, indexed = opened(folder / "loose.fs", Loose), opened(folder / "indexed.fs", Document)
    try:
        without, with_indexes = add_all(loose, Loose, documents), add_all(indexed, Document, documents)
        ratio = with_indexes / without
        print(
            f"{len(documents):,} documents added: {without:.1f} s, with indexes {with_indexes:.1f} s", end=""
        )
        print(f", {ratio:.1f} times (at most {MOST_TIMES:g})")
        missed += ["adding"] * (ratio > MOST_TIMES)
        cut_off(indexed, min(CUTS, len(documents) // 4))
        with closing(sqlite3.connect(folder / "raw.sqlite")) as file:
            pages = first_pages(indexed, Raw(file, documents), documents)
        for question, count, ours, theirs in pages:
            print(f"  {question:28} {count:6,} found {ours:8.2f} ms, FTS5 {theirs:8.2f} ms")
        ratio = sum(each[2] for each in pages) / sum(each[3] for each in pages)
        print(f"first pages: {ratio:.1f} times FTS5 by itself (at most {MOST_TIMES:g})")
        missed += ["first pages"] * (ratio > MOST_TIMES)
        plain_bytes, indexed_bytes = edit_bytes([loose, indexed])
        print(f"an edit writes {indexed_bytes - plain_bytes:,.0f} bytes of index", end="")
        print(f" beside {plain_bytes:,.0f} of the document (at most {MOST_EDIT_BYTES:,})")
        missed += ["an edit"] * (indexed_bytes - plain_bytes > MOST_EDIT_BYTES)
    finally:
        loose.close()
        indexed.close()
    return missed


def main(arguments=None):
    """Measure; the exit status is 1 where a target was missed and --check was given."""
    parser = argparse.ArgumentParser(prog="python -m bench.catalog", description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--documents", type=int, default=2_000, help="made-up ones, without folders (2000)")
    parser.add_argument("--check", action="store_true", help="fail if a target is missed")
    chosen = parser.parse_args(arguments)
    documents = documents_in(chosen.folders) if chosen.folders else made_up(chosen.documents)
    with tempfile.TemporaryDirectory(prefix="objpub-bench-") as folder:
        missed = measure(Path(folder), documents)
    if missed:
        print(f"missed: {', '.join(missed)}")
    return 1 if missed and chosen.check else 0


if __name__ == "__main__":
    sys.exit(main())
