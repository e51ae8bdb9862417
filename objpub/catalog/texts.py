"""The index of texts in an SQLite file of this machine; and which index a database has.

What PostgreSQL keeps has its index there: see `vectors`.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from typing import TYPE_CHECKING
from urllib.parse import quote
from weakref import WeakKeyDictionary

from objpub.libraries import later

from .declarations import Indexes
from .draining import BATCH
from .draining import Draining
from .draining import FIRST
from .draining import WAIT_SECONDS
from .identifiers import resource_of
from .ledger import texts_of
from .wording import BEGIN
from .wording import best_piece
from .wording import distance
from .wording import END
from .wording import ENDINGS
from .wording import grams
from .wording import headings_in
from .wording import matching_any
from .wording import plain
from .wording import PORTER
from .wording import Snippet
from .wording import SNIPPET_WORDS
from .wording import stem
from .wording import vocabulary_of
from .wording import words_in

if TYPE_CHECKING:
    import sqlite3

    from . import vectors
else:
    sqlite3 = later("sqlite3")
    vectors = later("objpub.catalog.vectors")  # where PostgreSQL keeps the site only

LOG = logging.getLogger("objpub.catalog")

#: Another number makes every machine build its file anew.
FORMAT = "4"
COUNTED = ("stamps", "words")  # tables: of the resources, and of the words that are offered
COLUMNS = ("title", "summary", "body")
#: Of the columns below. That headings count as much as summaries was chosen on half of the questions that
#: tests/catalog/quality.py makes of the documentation of Hugo; the other half, and other sites, gain as well.
WEIGHTS = "20.0, 5.0, 5.0, 1.0, 0.5"
MOST_TITLED = 1_000  # titles that are compared with what is asked for
MOST_WORD = 40  # letters of a word that is offered
CANDIDATES = 200
SPELLING = "unicode61 remove_diacritics 0 categories 'L* N* M* Co Pc'"  # of pairs of letters, not of words

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE stamps (id INTEGER PRIMARY KEY, stamp INTEGER);
CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT UNIQUE, count INTEGER);
CREATE VIRTUAL TABLE spelled USING fts5(grams, content='', tokenize="{spelling}");
CREATE VIRTUAL TABLE texts
    USING fts5(title, summary, headings, body, stems, tokenize="{tokenizer}");
"""


class TextIndex(Draining):
    """The index of the texts of one site. path: of its file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def scores(self, texts: Sequence[str]) -> dict[int, float]:
        """Return the ids of what has the words of one of *texts*, with how well it fits; more is better."""
        asked = matching_any(texts, self.language)
        if not asked:
            return {}
        with self._opened() as file:
            rows = file.execute(
                f"SELECT rowid, -bm25(texts, {WEIGHTS}) FROM texts WHERE texts MATCH ?", (asked,)
            )
            found: dict[int, float] = dict(rows.fetchall())
            if len(texts) > 1:
                return found
            titled = file.execute(
                "SELECT rowid, title FROM texts WHERE texts MATCH ? LIMIT ?",
                (f"{{title}} : ({asked})", MOST_TITLED),
            )
            asked_words = len(words_in(texts[0]))
            for number, title in titled:  # what it is called, and not only mentions, comes first
                if number in found:  # with a word that must not be there, a title alone says too little
                    found[number] *= 1 + asked_words / max(len(words_in(title)), asked_words)
            return found

    def matches(self, texts: Sequence[str]) -> dict[int, float]:
        """Return the ids of what has the words of one of *texts*, all with the score 0."""
        asked = matching_any(texts, self.language)
        if not asked:
            return {}
        with self._opened() as file:
            rows = file.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (asked,)).fetchall()
            return dict.fromkeys((number for (number,) in rows), 0.0)

    def snippets(self, texts: Sequence[str], numbers: Sequence[int]) -> dict[int, Snippet]:
        """Return the piece of each of the resources *numbers* with one of *texts* in it, as HTML, by id.

        All are asked for at once: the beginnings of words, which many have, are looked up one time then.
        """
        asked = matching_any(texts, self.language)
        if not asked:
            return {}
        columns = ", ".join(
            f"snippet(texts, {column}, '{BEGIN}', '{END}', ' … ', {SNIPPET_WORDS})" for column in (3, 1, 0)
        )
        marks = ", ".join("?" * len(numbers))
        where = f"+rowid IN ({marks})" if len(numbers) > 1 else f"rowid IN ({marks})"
        with self._opened() as file:
            rows = file.execute(
                f"SELECT rowid, {columns} FROM texts WHERE texts MATCH ? AND {where}", (asked, *numbers)
            ).fetchall()
        return {number: best_piece(pieces) for number, *pieces in rows}

    def near(self, word: str) -> list[str]:
        """Return words of the texts that are spelt like *word*, the nearest and most frequent first."""
        most = 1 if len(word) < 5 else 2
        asked = " OR ".join(f'"{each}"' for each in sorted(grams(word)))
        with self._opened() as file:
            rows = file.execute(
                "SELECT w.word, w.count FROM spelled s CROSS JOIN words w ON w.id = s.rowid"
                " WHERE spelled MATCH ? ORDER BY s.rank LIMIT ?",
                (asked, CANDIDATES),
            ).fetchall()
        ranked = [(distance(word, each, most), -count, each) for each, count in rows if each != word]
        return [each for far, _, each in sorted(ranked) if far <= most]

    def figures(self) -> dict[str, int]:
        """Return how many resources and different words there are, and the bytes of the file."""
        try:
            with self._opened() as file:
                counts = [file.execute(f"SELECT count(*) FROM {each}").fetchone()[0] for each in COUNTED]
        except sqlite3.OperationalError:  # nobody has asked for words yet
            counts = [0 for _ in COUNTED]
        files = [Path(f"{self.path}{ending}") for ending in ("", "-wal")]
        size = sum(each.stat().st_size for each in files if each.exists())
        return {**dict(zip(COUNTED, counts, strict=True)), "bytes": size}

    def is_damage(self, error: BaseException) -> bool:
        """Does *error* say that the file is no whole database?"""
        return type(error) is sqlite3.DatabaseError or (
            isinstance(error, sqlite3.DatabaseError) and "malformed" in str(error)
        )

    def _discard(self, error: BaseException) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)

    def _position(self, file: "sqlite3.Connection") -> str:
        return fact(file, "position")

    def _put_position(self, file: "sqlite3.Connection", position: str) -> None:
        put_fact(file, "position", position)

    def _hold(self, file: "sqlite3.Connection") -> None:
        file.execute("BEGIN IMMEDIATE")

    def _keep(self, file: "sqlite3.Connection") -> None:
        file.execute("COMMIT")

    def _let_go(self, file: "sqlite3.Connection") -> None:
        if file.in_transaction:
            file.execute("ROLLBACK")

    def _take(self, file: "sqlite3.Connection", connection: Any, changes: Any) -> int:
        """Compare the ranges of *changes* with what is there, and take in what differs."""
        indexes = connection.db().registry[Indexes]
        count = 0
        words: Counter[str] = Counter()
        for low, high, stamps in changes:
            known = dict(
                file.execute("SELECT id, stamp FROM stamps WHERE id BETWEEN ? AND ?", (low, high)).fetchall()
            )
            for number in known.keys() - stamps.keys():
                remove(file, number)
                count += 1
            for number in [each for each, stamp in stamps.items() if known.get(each) != stamp]:
                resource = resource_of(connection, number)
                if number in known:
                    remove(file, number)
                if resource is not None:
                    texts = texts_of(resource, indexes.of(type(resource)).values())
                    words.update(self._add(file, number, texts))
                file.execute("INSERT INTO stamps VALUES (?, ?)", (number, stamps[number]))
                count += 1
                if not count % BATCH:
                    connection.cacheGC()
        offer(file, words)
        return count

    def _add(self, file: "sqlite3.Connection", number: int, texts: dict[str, list[str]]) -> set[str]:
        """Take in the *texts* of the resource *number*, and return their words."""
        title, summary, body = ("\n".join(map(plain, texts.get(column, ()))) for column in COLUMNS)
        headings = "\n".join(map(headings_in, texts.get("body", ())))
        words = vocabulary_of("\n".join((title, summary, body)))
        stems = " ".join({stem(word, self.language) for word in words}) if self.language in ENDINGS else ""
        file.execute(
            "INSERT INTO texts (rowid, title, summary, headings, body, stems) VALUES (?, ?, ?, ?, ?, ?)",
            (number, title, summary, headings, body, stems),
        )
        return words

    def _prepare(self, file: "sqlite3.Connection") -> None:
        """Make the tables where they are missing, or of another version or language."""
        wanted = f"{FORMAT} {self.language}"
        try:
            if fact(file, "format") == wanted:
                return
        except sqlite3.OperationalError:
            pass  # there are no tables yet
        file.execute("BEGIN IMMEDIATE")
        for name in ("facts", "stamps", "spelled", "grams", "words", "texts"):
            file.execute(f"DROP TABLE IF EXISTS {name}")
        tokenizer = "unicode61 remove_diacritics 2"
        tokenizer = f"porter {tokenizer}" if self.language in PORTER else tokenizer
        for statement in TABLES.format(tokenizer=tokenizer, spelling=SPELLING).strip().split(";\n"):
            file.execute(statement)
        put_fact(file, "format", wanted)
        put_fact(file, "position", FIRST)
        file.execute("COMMIT")

    def _open(self) -> "sqlite3.Connection":
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = OFF")  # what is lost is made again
        except sqlite3.DatabaseError:
            file.close()
            raise
        return file


class Texts:
    """The table of indexes of texts, one for each database. folder: of their files; None: temporary ones."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self._indexes: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def of(self, database: Any) -> Draining:
        """Return the index of *database*; it is made on first use."""
        found = self._indexes.get(database)
        if found is None:
            made = self._index_for(database)
            found = self._indexes.setdefault(database, made)
            if found is made:
                database.at_close(made.end)
        return found

    def _index_for(self, database: Any) -> Draining:
        if database.connect_server is not None:
            served = vectors.VectorIndex(database.connect_server)
            if served.may_write():
                return served
            served.close()
            LOG.warning(
                "Texts are in a file: the user of the database may not make the schema objpub_texts, or the"
                " site is not in the schema public"
            )
        folder = self.folder or database.temporary_folder
        mounted = quote(f"-{database.mounted_at.strip('/')}", safe="") if database.mounted_at else ""
        return TextIndex(folder / f"texts{mounted}.sqlite")


def fact(file: "sqlite3.Connection", name: str) -> str:
    """Return what the file says of itself under *name*; "" for nothing."""
    row = file.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""


def put_fact(file: "sqlite3.Connection", name: str, value: str) -> None:
    """Let the file say *value* under *name*."""
    file.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def remove(file: "sqlite3.Connection", number: int) -> None:
    """Take the texts of the resource *number* out."""
    file.execute("DELETE FROM texts WHERE rowid = ?", (number,))
    file.execute("DELETE FROM stamps WHERE id = ?", (number,))


def offer(file: "sqlite3.Connection", words: Counter[str]) -> None:
    """Let *words*, with how many resources have them, be offered for those that are misspelt."""
    offered = {word: n for word, n in words.items() if len(word) <= MOST_WORD and not word.isdigit()}
    last = file.execute("SELECT coalesce(max(id), 0) FROM words").fetchone()[0]
    file.executemany(
        "INSERT INTO words (word, count) VALUES (?, ?)"
        " ON CONFLICT (word) DO UPDATE SET count = count + excluded.count",
        offered.items(),
    )
    new = file.execute("SELECT id, word FROM words WHERE id > ?", (last,)).fetchall()
    file.executemany(
        "INSERT INTO spelled (rowid, grams) VALUES (?, ?)",
        [(number, " ".join(sorted(grams(word)))) for number, word in new],
    )
