"""How an import reads and writes: in transactions of its own, or in the caller's."""

import random
import time
from collections.abc import Callable
from typing import Any
from typing import Protocol
from typing import TypeVar

from objpub.content import Site
from objpub.database import Database
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Busy
from objpub.errors import NotPossible

T = TypeVar("T")

ATTEMPTS = 10
LONGEST_WAIT_SECONDS = 1.0


class Turns(Protocol):
    """Runs functions of the site."""

    def read(self, function: Callable[[Any], T]) -> T:
        """Return what *function* says of the site; it changes nothing."""

    def write(self, function: Callable[[Any], T]) -> T:
        """Let *function* change the site, all of it or nothing."""


def turns_on(site: Any) -> Turns:
    """Return turns on a Database or on a Site. Raises NotPossible for anything else."""
    if isinstance(site, Database):
        return OwnTransactions(site)
    if isinstance(site, Site) and site._p_jar is not None:
        return CallersTransaction(site)
    raise NotPossible(f"wanted a Database, or a Site that is in one, to import into, not {site!r}")


class OwnTransactions:
    """A transaction for each turn; one that meets a conflict is tried again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, function: Callable[[Any], T]) -> T:
        """Return what *function* says of the site as it is now."""
        with transaction_for(self._database, read_only=True) as pair:
            return function(existing_site(pair.connection))

    def write(self, function: Callable[[Any], T]) -> T:
        """Commit what *function* does. Raises Busy where every attempt meets a conflict."""
        for attempt in range(ATTEMPTS):
            with transaction_for(self._database) as pair:
                try:
                    found = function(existing_site(pair.connection))
                    pair.manager.commit()
                    return found
                except Exception as error:
                    if not retryable(error, pair.manager.get()):
                        raise
            time.sleep(random.uniform(0, min(0.01 * 2**attempt, LONGEST_WAIT_SECONDS)))
        raise Busy(f"{ATTEMPTS} attempts to import met conflicts")


class CallersTransaction:
    """All turns in the transaction that is running."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def read(self, function: Callable[[Any], T]) -> T:
        """Return what *function* says of the site."""
        return function(self._site)

    def write(self, function: Callable[[Any], T]) -> T:
        """Let *function* change the site, or take back all that it did."""
        transaction = self._site._p_jar.transaction_manager.get()
        savepoint = transaction.savepoint()
        try:
            return function(self._site)
        except BaseException:
            if not transaction.isDoomed():
                savepoint.rollback()
            raise


def existing_site(connection: Any) -> Any:
    """Return the site that *connection* sees. Raises NotPossible for an empty database."""
    site = site_of(connection)
    if site is None:
        raise NotPossible("The database has no site yet to import into")
    return site
