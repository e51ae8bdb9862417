"""The index of texts on PostgreSQL: tsvectors in a schema of their own, in the database that keeps the site.

All processes on all machines share it: whoever asks first takes in what is new, one at a time. Words are
taken apart and folded here, as for SQLite, and not by PostgreSQL's parser, so that both find the same; stems
are PostgreSQL's own. Nothing of it is an extension, and all of it can be dropped at any time.
"""

import math
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

from objpub.errors import Busy
from objpub.libraries import later

from .declarations import Indexes
from .draining import BATCH
from .draining import Draining
from .draining import FIRST
from .draining import WAIT_SECONDS
from .identifiers import resource_of
from .ledger import texts_of
from .lexemes import Asking
from .lexemes import COLUMNS
from .lexemes import cut
from .lexemes import IN_PLACE
from .lexemes import piece_of
from .lexemes import plain_columns
from .lexemes import STEMMERS
from .lexemes import vector_of
from .wording import asked_for
from .wording import best_piece
from .wording import distance
from .wording import grams
from .wording import Snippet
from .wording import vocabulary_of
from .wording import words_in

psycopg2: Any = later("psycopg2")

#: Another number makes the tables anew.
FORMAT = "1"
#: Of stems, texts, headings and summaries, titles; chosen as the weights of SQLite were, see `texts`. The
#: length of a text does not count: all that PostgreSQL can do with it finds less well what was meant.
WEIGHTS = "{0.1, 0.2, 0.5, 1.0}"
MOST_WORD = 40  # letters of a word that is offered
CANDIDATES = 200
MOST_STEMS = 10_000  # that are remembered
WRITTEN = 200  # resources at a time
#: What PostgreSQL says of what is not there, and of what is damaged; and of a connection that it ended.
MISSING = {"42P01", "3F000", "42703"}
DAMAGED = {"XX001", "XX002"}
ENDED = {"57P01", "57P02", "57P03", "08000", "08003", "08006"}
LOCKED = "55P03"
#: Under this number they are made by one process at a time.
TURN = 6_217_846_051_337

TABLES = """
DROP SCHEMA IF EXISTS objpub_texts CASCADE;
CREATE SCHEMA objpub_texts;
CREATE TABLE objpub_texts.facts (name text PRIMARY KEY, value text);
CREATE TABLE objpub_texts.stamps (id bigint PRIMARY KEY, stamp bigint);
CREATE TABLE objpub_texts.words (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text UNIQUE, stem text, count bigint
);
CREATE INDEX ON objpub_texts.words (stem);
CREATE TABLE objpub_texts.spelled (gram text, id bigint, PRIMARY KEY (gram, id));
CREATE TABLE objpub_texts.texts (
    id bigint PRIMARY KEY, title text, summary text, body text, titled integer, vector tsvector
);
CREATE INDEX ON objpub_texts.texts USING gin (vector);
"""
ADD_TEXTS = """
INSERT INTO objpub_texts.texts
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[], %s::tsvector[])
"""
ADD_STAMPS = "INSERT INTO objpub_texts.stamps SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
ADD_WORDS = """
INSERT INTO objpub_texts.words AS known (word, stem, count)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[])
    ON CONFLICT (word) DO UPDATE SET count = known.count + excluded.count
"""
ADD_GRAMS = "INSERT INTO objpub_texts.spelled SELECT * FROM unnest(%s::text[], %s::bigint[])"
NEAR = """
SELECT word, count FROM (
    SELECT id, count(*) AS shared FROM objpub_texts.spelled WHERE gram = ANY(%s) GROUP BY id
) found JOIN objpub_texts.words USING (id)
WHERE length(word) BETWEEN %s AND %s ORDER BY shared::float / length(word) DESC, count DESC, word LIMIT %s
"""
#: Not by to_regclass: that may know of before others made them.
HAS_TABLES = """
SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'objpub_texts' AND tablename = 'facts')
"""
SIZE = """
SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
WHERE relnamespace = to_regnamespace('objpub_texts') AND relkind = 'r'
"""
#: Of several sites in one database, each in a schema of its own, none may have the texts of another.
MAY_WRITE = """
SELECT current_schema() = 'public' AND (has_database_privilege(current_database(), 'CREATE') OR coalesce(
    has_schema_privilege(to_regnamespace('objpub_texts')::oid, 'USAGE'), false
))
"""


class VectorIndex(Draining):
    """The index of the texts of one site. connect: opens a connection to the server that keeps the site."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        super().__init__()
        self._connect = connect
        self._stems: dict[tuple[str, str], str] = {}

    def may_write(self) -> bool:
        """May the user of the database make a schema there, or use the one that is there?"""
        with self._opened() as file:
            return bool(one(file, MAY_WRITE))

    def scores(self, texts: Sequence[str]) -> dict[int, float]:
        """Return the ids of what has the words of one of *texts*, with how well it fits; more is better."""
        with self._opened() as file:
            asking = self._asking(file, texts)
            if not asking.query:
                return {}
            parts = asking.parts
            rares = self._rares(file, asking) if len(parts) > 1 else [1.0]
            ranks = " + ".join(f"%s * ts_rank('{WEIGHTS}', vector, %s::tsquery)" for _ in parts)
            question = (
                f"SELECT id, {ranks}, titled, vector @@ %s::tsquery FROM objpub_texts.texts"
                " WHERE vector @@ %s::tsquery"
            )
            ranked = [each for pair in zip(rares, parts, strict=True) for each in pair]
            rows = ask(file, question, [*ranked, asking.title, asking.query])
            if len(texts) > 1:
                return {number: score for number, score, _, _ in rows}
            words = len(words_in(texts[0]))  # what it is called, and not only mentions, comes first
            return {
                number: score * (1 + words / max(titled, words)) if is_titled else score
                for number, score, titled, is_titled in rows
            }

    def matches(self, texts: Sequence[str]) -> dict[int, float]:
        """Return the ids of what has the words of one of *texts*, all with the score 0."""
        with self._opened() as file:
            asked = self._asking(file, texts).query
            if not asked:
                return {}
            rows = ask(file, "SELECT id FROM objpub_texts.texts WHERE vector @@ %s::tsquery", [asked])
            return dict.fromkeys((number for (number,) in rows), 0.0)

    def snippets(self, texts: Sequence[str], numbers: Sequence[int]) -> dict[int, Snippet]:
        """Return the piece of each of the resources *numbers* with one of *texts* in it, as HTML, by id."""
        with self._forgiving(), self._opened() as file:
            asking = self._asking(file, texts)
            if not asking.query:
                return {}
            sought = asking.sought(lambda stems: self._forms(file, stems))
            rows = ask(
                file,
                "SELECT id, body, summary, title FROM objpub_texts.texts"
                " WHERE id = ANY(%s) AND vector @@ %s::tsquery",
                [list(numbers), asking.query],
            )
            return {
                number: best_piece(piece_of(text, sought) for text in columns) for number, *columns in rows
            }
        return {}

    def near(self, word: str) -> list[str]:
        """Return words of the texts that are spelt like *word*, the nearest and most frequent first."""
        most = 1 if len(word) < 5 else 2
        if len(word) > MOST_WORD + most:
            return []
        rows: list[tuple[Any, ...]] = []
        with self._forgiving(), self._opened() as file:
            limits = [len(word) - most, len(word) + most, CANDIDATES]
            rows = ask(file, NEAR, [sorted(grams(word)), *limits])
        ranked = [(distance(word, each, most), -count, each) for each, count in rows if each != word]
        return [each for far, _, each in sorted(ranked) if far <= most]

    def figures(self) -> dict[str, int]:
        """Return how many resources and different words there are, and the bytes of the tables."""
        with self._opened() as file:
            has_tables = one(file, HAS_TABLES)
            counted = ("stamps", "words")
            counts = [
                one(file, f"SELECT count(*) FROM objpub_texts.{each}") if has_tables else 0
                for each in counted
            ]
            return {**dict(zip(counted, counts, strict=True)), "bytes": one(file, SIZE)}

    def is_damage(self, error: BaseException) -> bool:
        """Does *error* say that tables are missing or damaged, or that the connection has ended?"""
        if not isinstance(error, psycopg2.Error):
            return False
        lost = isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError) and error.pgcode is None
        return lost or error.pgcode in MISSING | DAMAGED | ENDED

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        """Do without what is read inside where the index is damaged: the next question makes it anew."""
        try:
            yield
        except psycopg2.Error as error:
            if not self.is_damage(error):
                raise

    def _discard(self, error: BaseException) -> None:
        if getattr(error, "pgcode", None) in MISSING | DAMAGED:
            with self._opened() as file:
                run(file, "DROP SCHEMA IF EXISTS objpub_texts CASCADE")

    def _open(self) -> Any:
        file = self._connect()
        file.autocommit = True
        run(file, "SET synchronous_commit = off; SET jit = off")  # what is lost is made again
        return file

    def _prepare(self, file: Any) -> None:
        wanted = f"{FORMAT} {self.language}"
        try:
            if fact(file, "format") == wanted:
                return
        except psycopg2.Error as error:
            if error.pgcode not in MISSING:
                raise
        run(file, "BEGIN")
        try:
            run(file, "SELECT pg_advisory_xact_lock(%s)", [TURN])
            if not (one(file, HAS_TABLES) and fact(file, "format") == wanted):
                run(file, TABLES)
                facts = (("format", wanted), ("position", FIRST), ("count", "0"))
                for name, value in facts:
                    run(file, "INSERT INTO objpub_texts.facts VALUES (%s, %s)", [name, value])
            self._keep(file)
        finally:
            self._let_go(file)

    def _position(self, file: Any) -> str:
        return fact(file, "position")

    def _put_position(self, file: Any, position: str) -> None:
        put_fact(file, "position", position)

    def _hold(self, file: Any) -> None:
        run(file, "BEGIN")
        run(file, f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
        try:
            run(file, "SELECT value FROM objpub_texts.facts WHERE name = 'position' FOR UPDATE")
        except psycopg2.Error as error:
            self._let_go(file)
            if error.pgcode == LOCKED:
                raise Busy("The index of texts is being built; try again in a moment") from error
            raise

    def _keep(self, file: Any) -> None:
        run(file, "COMMIT")

    def _let_go(self, file: Any) -> None:
        if not file.closed and file.info.transaction_status:
            run(file, "ROLLBACK")

    def _take(self, file: Any, connection: Any, changes: Any) -> int:
        """Compare the ranges of *changes* with what is there, and take in what differs."""
        count = 0
        for low, high, stamps in changes:
            between = "SELECT id, stamp FROM objpub_texts.stamps WHERE id BETWEEN %s AND %s"
            known = dict(ask(file, between, [low, high]))
            gone = list(known.keys() - stamps.keys())
            other = [number for number, stamp in stamps.items() if known.get(number) != stamp]
            remove(file, gone + [number for number in other if number in known])
            for start in range(0, len(other), WRITTEN):
                some = other[start : start + WRITTEN]
                self._add(file, connection, {number: stamps[number] for number in some})
                if (count + start) // BATCH != (count + start + WRITTEN) // BATCH:
                    connection.cacheGC()
            count += len(gone) + len(other)
        run(
            file,
            "UPDATE objpub_texts.facts SET value = (SELECT count(*) FROM objpub_texts.stamps)"
            " WHERE name = 'count'",
        )
        return count

    def _add(self, file: Any, connection: Any, stamps: dict[int, int]) -> None:
        """Take in the texts of the resources with *stamps*, by id."""
        indexes = connection.db().registry[Indexes]
        found, words = {}, Counter[str]()
        for number in stamps:
            resource = resource_of(connection, number)
            if resource is not None:
                texts = texts_of(resource, indexes.of(type(resource)).values())
                columns = found[number] = plain_columns(texts)
                words.update(map(cut, vocabulary_of("\n".join(columns[each] for each in COLUMNS))))
        stems = self._stems_of(file, words)
        in_place = self.language in IN_PLACE
        rows = [
            (
                number,
                *(columns[each] for each in COLUMNS),
                len(words_in(columns["title"])),
                vector_of(columns, stems, in_place),
            )
            for number, columns in found.items()
        ]
        run(file, ADD_STAMPS, [list(stamps), list(stamps.values())])
        if rows:
            run(file, ADD_TEXTS, list(map(list, zip(*rows, strict=True))))
        self._offer(file, words, stems)

    def _offer(self, file: Any, words: Counter[str], stems: dict[str, str]) -> None:
        """Let *words*, with how many resources have them, be offered for those that are misspelt."""
        offered = [word for word in words if len(word) <= MOST_WORD and not word.isdigit()]
        last = one(file, "SELECT coalesce(max(id), 0) FROM objpub_texts.words")
        columns = [[words[word] for word in offered], [stems.get(word, word) for word in offered]]
        run(file, ADD_WORDS, [offered, columns[1], columns[0]])
        new = ask(file, "SELECT id, word FROM objpub_texts.words WHERE id > %s", [last])
        spelled = [(gram, number) for number, word in new for gram in sorted(grams(word))]
        run(file, ADD_GRAMS, [[gram for gram, _ in spelled], [number for _, number in spelled]])

    def _asking(self, file: Any, texts: Sequence[str]) -> Asking:
        """Return what PostgreSQL is asked for *texts*."""
        parts = [list(asked_for(text)) for text in texts]
        words = {cut(word) for each in parts for part in each for word in part.text.split()}
        return Asking(parts, self._stems_of(file, words), self.language in IN_PLACE)

    def _stems_of(self, file: Any, words: Iterable[str]) -> dict[str, str]:
        """Return the stems of folded *words* by the dictionary of the language; {} where there is none."""
        stemmer = STEMMERS.get(self.language)
        if stemmer is None:
            return {}
        words = set(words)
        known = self._stems if len(self._stems) < MOST_STEMS else {}
        new = [word for word in words if (stemmer, word) not in known]
        if new:
            asked = "SELECT word, (ts_lexize(%s, word))[1] FROM unnest(%s::text[]) word"
            fresh = {(stemmer, word): stem or word for word, stem in ask(file, asked, [stemmer, new])}
            self._stems = known = known | fresh
        return {word: known[stemmer, word] for word in words}

    def _forms(self, file: Any, stems: Iterable[str]) -> dict[str, str]:
        """Return the words of the texts that have one of *stems*, with their stem."""
        return dict(
            ask(file, "SELECT word, stem FROM objpub_texts.words WHERE stem = ANY(%s)", [list(stems)])
        )

    def _rares(self, file: Any, asking: Asking) -> list[float]:
        """Return for each part of what is asked for how much it says: more if few resources have it."""
        column = "stem" if self.language in IN_PLACE else "word"
        asked = (
            f"SELECT {column}, sum(count)::float FROM objpub_texts.words WHERE {column} = ANY(%s) GROUP BY 1"
        )
        counts = dict(ask(file, asked, [[word for each in asking.words for word in each]]))
        among = float(fact(file, "count"))
        found = []
        for words in asking.words:
            having = min(min((counts.get(word, 0.0) for word in words), default=0.0), among)
            found.append(math.log(1 + (among - having + 0.5) / (having + 0.5)))
        return found


def ask(file: Any, question: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows that *question* is answered with."""
    with file.cursor() as cursor:
        cursor.execute(question, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def one(file: Any, question: str, values: Sequence[Any] = ()) -> Any:
    """Return the one value that *question* is answered with; None for no row."""
    rows = ask(file, question, values)
    return rows[0][0] if rows else None


def run(file: Any, sentence: str, values: Sequence[Any] | None = None) -> None:
    """Run what gives nothing back."""
    with file.cursor() as cursor:
        cursor.execute(sentence, values)


def fact(file: Any, name: str) -> str:
    """Return what the tables say of themselves under *name*; "" for nothing."""
    return one(file, "SELECT value FROM objpub_texts.facts WHERE name = %s", [name]) or ""


def put_fact(file: Any, name: str, value: str) -> None:
    """Let the tables say *value* under *name*."""
    run(file, "UPDATE objpub_texts.facts SET value = %s WHERE name = %s", [value, name])


def remove(file: Any, numbers: list[int]) -> None:
    """Take the texts of the resources *numbers* out."""
    if numbers:
        for table in ("texts", "stamps"):
            run(file, f"DELETE FROM objpub_texts.{table} WHERE id = ANY(%s)", [numbers])
