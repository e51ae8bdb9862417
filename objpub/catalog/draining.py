"""What every index of texts does: it reads the ledger from its own position before it answers.

It does so in the transaction that asks: so nothing that was committed is missing, and the index may be lost
at any time. What it finds counts for nothing until the catalog has said that it is there and who may see it.
Where an index is kept is up to the classes that go on from here: `texts` and `vectors`.
"""

import threading
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
from typing import Any

from objpub.database import site_of

from .catalog import Catalog
from .ledger import changes_since
from .wording import language_of
from .wording import Snippet

FIRST = "0" * 16
#: Under this a connection remembers that nothing was committed that an index lacks.
DRAINED = "objpub.catalog.texts"
#: After so many resources memory is given back.
BATCH = 500
#: Nobody waits longer until another one has taken in what is new.
WAIT_SECONDS = 60


class Draining:
    """An index of the texts of one site.

    language: of the site. A `file` is one connection to what keeps the index; those that wait are `_idle`.
    """

    def __init__(self) -> None:
        self.language = "en"
        self._idle: list[Any] = []
        self._ended = False
        self._draining = threading.Lock()

    def search(
        self, connection: Any, catalog: Catalog, texts: Sequence[str], ranked: bool = True
    ) -> dict[int, float]:
        """Return the `scores` of *texts*, with all that was committed until this transaction.

        ranked: False where nobody looks at them; then they are all 0, which costs much less.
        """
        scores = self.scores if ranked else self.matches
        try:
            self.drain(connection, catalog)
            return scores(texts)
        except Exception as error:
            if not self.is_damage(error):
                raise
        self.drain(connection, catalog)  # into a new index
        return scores(texts)

    def drain(self, connection: Any, catalog: Catalog) -> int:
        """Take in what *connection* sees and this index does not have yet; return how many resources.

        Nothing in a transaction that has changed something: that is not committed, and may never be.
        """
        self.language = language_of(site_of(connection.main or connection).locale)
        with self._draining, self._opened() as file:
            self._prepare(file)
            known = (DRAINED, self)
            if connection.is_changed or connection.lasting.get(known) is file:
                return 0  # nothing was committed since the last time, or what is asked about is not committed
            position = self._position(file)
            last = connection.db().lastTransaction().hex()
            if position > last:  # the database is an older one than before
                position = FIRST
            newest, changes = changes_since(catalog.texts, bytes.fromhex(position), catalog.pending)
            if newest.hex() <= position and position != FIRST:
                connection.lasting[known] = file
                return 0
            self._hold(file)
            try:
                if self._position(file) > position and position != FIRST:
                    return 0  # another one was here meanwhile, and saw at least as much
                count = self._take(file, connection, changes)
                self._put_position(file, max(newest.hex(), FIRST))
                self._keep(file)
            finally:
                self._let_go(file)
            return count

    def close(self) -> None:
        """Close the connections that wait."""
        while self._idle:
            self._idle.pop().close()

    def end(self) -> None:
        """Close all for good: who still reads closes his when he has done."""
        self._ended = True
        self.close()

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """Give a connection to what keeps the index; what is damaged is made anew the next time."""
        file = None
        try:
            with suppress(IndexError):
                file = self._idle.pop()
            if file is None:
                file = self._open()
            yield file
        except BaseException as error:
            if file is not None:
                file.close()
            if self.is_damage(error):
                self.close()
                self._discard(error)
            raise
        self._idle.append(file)
        if self._ended:
            self.close()

    # What a class that keeps an index somewhere has of its own.

    def scores(self, texts: Sequence[str]) -> dict[int, float]:
        """Return the ids of what has the words of one of *texts*, with how well it fits; more is better."""
        raise NotImplementedError

    def matches(self, texts: Sequence[str]) -> dict[int, float]:
        """Return the ids of what has the words of one of *texts*, all with the score 0."""
        raise NotImplementedError

    def snippets(self, texts: Sequence[str], numbers: Sequence[int]) -> dict[int, Snippet]:
        """Return the piece of each of the resources *numbers* with one of *texts* in it, as HTML, by id."""
        raise NotImplementedError

    def near(self, word: str) -> list[str]:
        """Return words of the texts that are spelt like *word*, the nearest and most frequent first."""
        raise NotImplementedError

    def figures(self) -> dict[str, int]:
        """Return how many resources and different words there are, and the bytes that it takes."""
        raise NotImplementedError

    def is_damage(self, error: BaseException) -> bool:
        """Does *error* say that the index has to be made anew, or the connection to it?"""
        raise NotImplementedError

    def _open(self) -> Any:
        raise NotImplementedError

    def _discard(self, error: BaseException) -> None:
        """Remove what *error* says is damaged."""

    def _prepare(self, file: Any) -> None:
        """Make the tables where they are missing, or of another version or language."""
        raise NotImplementedError

    def _position(self, file: Any) -> str:
        """Return the transaction up to which everything is taken in, 16 hex digits."""
        raise NotImplementedError

    def _put_position(self, file: Any, position: str) -> None:
        raise NotImplementedError

    def _hold(self, file: Any) -> None:
        """Begin to write, when nobody else does."""
        raise NotImplementedError

    def _keep(self, file: Any) -> None:
        """Commit what was written."""
        raise NotImplementedError

    def _let_go(self, file: Any) -> None:
        """Throw away what was written and not kept."""
        raise NotImplementedError

    def _take(self, file: Any, connection: Any, changes: Any) -> int:
        """Compare the ranges of *changes* with what is there, and take in what differs."""
        raise NotImplementedError
