"""Building what the catalog does not have yet: in batches, while the site goes on.

A batch is a transaction. What others change meanwhile they index themselves; a batch that looked at the same
resource, or at a folder above it, is tried again, and so is who began before the batch and is later.
"""

import itertools
import logging
import secrets
import threading
import time
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from BTrees.OOBTree import OOBTree

from objpub.content import Content
from objpub.content import hold_in_place
from objpub.content import walk
from objpub.database import Database
from objpub.database import mounts_of
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Invalid
from objpub.errors import NotPossible

from .catalog import Catalog
from .collecting import Update
from .declarations import Indexes
from .identifiers import id_of
from .identifiers import resource_of
from .settling import settle
from .texts import Texts
from .trees import TREES

LOG = logging.getLogger("objpub.catalog")
BATCH = 250
SETTLED = 2_000  # so many may wait: who asks meanwhile reads them all
TRIES = 50

#: A site with so many resources at most is indexed at once when it is opened.
SMALL = 500
#: Who builds says so for so many seconds at a time.
HOLD_SECONDS = 60

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Built:
    """What a build did. resources: how many were indexed. indexes: keys of those that were made anew."""

    resources: int
    indexes: tuple[str, ...]


def is_complete(database: Database) -> bool:
    """Has the catalog of the site everything that is declared, and is no index half made anew?"""
    with transaction_for(database, read_only=True) as pair:
        site = site_of(pair.connection)
        catalog = getattr(site, "catalog", None)
        if catalog is None or catalog.builds.anew is not None:
            return False
        return catalog.is_ready(indexes_of(database))


def build(
    database: Database,
    *,
    names: Iterable[str] = (),
    everything: bool = False,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Built:
    """Index what is declared and not indexed yet, or indexed as it was declared before.

    names: of indexes to build again in any case. everything: all of them. progress: called with (resources
    done, in all); what it raises ends the build. stop: ends it after the batch that runs; the next build
    begins anew. An index that was whole answers as it is until its successor is, also where that never comes.
    Raises Invalid for a name that is no index, and NotPossible where another build is under way, or has begun
    since because this one was not heard of for a minute.
    """
    indexes = indexes_of(database)
    renewed = keys_named(indexes, names)
    wanted = indexes.signature
    holder = secrets.token_hex(8)
    with transaction_for(database) as pair:
        ensure_catalog(site_of(pair.connection))
        commit(pair, "Made the catalog")
    in_turn(
        database,
        lambda site, connection: begin(site.catalog, holder, renewed, everything),
        "Began to index the site",
    )
    with transaction_for(database, read_only=True) as pair:  # after that: who comes later indexes himself
        numbers = numbers_to_build(pair.connection, indexes, renewed, everything)
    done = 0
    try:
        for batch in batched(numbers, BATCH):
            if stop is not None and stop.is_set():
                break
            index_batch(database, batch, holder)
            done += len(batch)
            if done % SETTLED < len(batch):
                settle(database)
            if progress is not None:
                progress(done, len(numbers))
    finally:
        if done < len(numbers):
            in_turn(database, lambda site, connection: let_go(site.catalog, holder), "Stopped indexing")
    if done < len(numbers):
        return Built(done, tuple(sorted(renewed)))
    in_turn(
        database, lambda site, connection: finish(site.catalog, holder, indexes, wanted), "Indexed the site"
    )
    settle(database)
    return Built(done, tuple(sorted(renewed)))


def ensure_catalog(site: Any) -> Catalog:
    """Return the catalog of *site*; it is made where there is none."""
    if site.catalog is None:
        site.catalog = Catalog()
    catalog: Catalog = site.catalog
    return catalog


def numbers_to_build(connection: Any, indexes: Indexes, renewed: set[str], everything: bool) -> list[int]:
    """Return the ids of the resources that are looked at, sorted: neighbours lie in the same buckets."""
    site = site_of(connection)
    catalog: Catalog = site.catalog
    if everything or not catalog.builds.signature:
        inside = {id_of(each) for each in walk(site) if own(each, connection)}
        return sorted(inside.union(catalog.reading().parents))
    return sorted(catalog.reading().of_kinds(kinds_to_build(catalog, indexes, renewed)))


def kinds_to_build(catalog: Catalog, indexes: Indexes, renewed: set[str]) -> list[str]:
    """Return the names of the classes whose resources are looked at."""
    built = catalog.builds.signature
    found = []
    for dotted in catalog.reading().kinds:
        kind = indexes.kind_called(dotted)
        keys = tuple(sorted(spec.key for spec in indexes.of(kind).values())) if kind is not None else ()
        if built.get(dotted) != keys or renewed.intersection(keys):
            found.append(dotted)
    return found


def begin(catalog: Catalog, holder: str, renewed: set[str], everything: bool) -> None:
    """Note that a build begins. What it, or one that was killed, makes anew is made beside what answers."""
    builds = catalog.builds
    if builds.until > time.time():
        raise NotPossible("Another process is indexing the site; wait until it is done")
    builds.holder, builds.until = holder, time.time() + HOLD_SECONDS
    builds.batches += 1
    renewed.update(catalog.indexes.keys() if everything else builds.anew or ())
    made = {key: type(index)() for key, index in catalog.indexes.items() if key in renewed}
    builds.anew = OOBTree(made) if made else None


def index_batch(database: Database, numbers: list[int], holder: str) -> None:
    """Index the resources *numbers* in one transaction. holder: who builds."""

    def work(site: Any, connection: Any) -> None:
        check_holds(site.catalog, holder)
        update = Update(site, site.catalog, connection)
        for number in numbers:
            resource = resource_of(connection, number)
            if resource is None:
                site.catalog.forget(number)
                continue
            hold_in_place(resource)
            if update.is_in_site(resource):
                update.put(resource)
            else:
                site.catalog.forget(number)
        builds = site.catalog.builds
        builds.batches += 1
        builds.until = time.time() + HOLD_SECONDS

    in_turn(database, work, f"Indexed {len(numbers):,} resources")


def check_holds(catalog: Catalog, holder: str) -> None:
    """Raise NotPossible unless *holder* builds: what another one makes anew lacks what was done before it."""
    if catalog.builds.holder != holder:
        raise NotPossible("Another process has begun to index the site, and goes on with it")


def let_go(catalog: Catalog, holder: str) -> None:
    """Let others build, where *holder* stops before the end; the indexes stay what they are."""
    if catalog.builds.holder == holder:
        catalog.builds.holder, catalog.builds.until = "", 0.0
        catalog.builds.anew = None


def finish(catalog: Catalog, holder: str, indexes: Indexes, wanted: dict[str, tuple[str, ...]]) -> None:
    """Put what was made anew in its place, and let go of what nobody declares any more."""
    check_holds(catalog, holder)
    builds = catalog.builds
    catalog.indexes.update(builds.anew or {})
    builds.anew = None
    declared = {spec.key for spec in indexes.specs() if spec.kind in TREES}
    for key in list(catalog.indexes.keys()):
        if key not in declared:
            del catalog.indexes[key]
    builds.signature = dict(wanted)
    builds.batches += 1
    builds.holder, builds.until = "", 0.0


def in_turn(database: Database, work: Callable[[Any, Any], None], sentence: str) -> None:
    """Do *work* with (site, connection) in a transaction; conflicts are tried again."""
    for number in itertools.count(1):
        with transaction_for(database) as pair:
            try:
                work(site_of(pair.connection), pair.connection)
                commit(pair, sentence)
                return
            except Exception as error:
                if number >= TRIES or not retryable(error, pair.manager._txn):
                    raise
        time.sleep(min(0.01 * number, 0.2))


def commit(pair: Any, sentence: str) -> None:
    """Commit in the name of the system."""
    transaction = pair.manager.get()
    transaction.user = "system"
    transaction.note(sentence)
    pair.manager.commit()


class Builder:
    """Builds what is missing: at once when a small site is opened, beside the answers where it is served."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        #: How far the build of this process is, (resources done, in all); None while there is none.
        self.progress: tuple[int, int] | None = None

    def build_small(self) -> None:
        """Build what is missing now, if the site is small; a command has other things to do than to wait."""
        incomplete = [each for each in self._databases if not is_complete(each)]
        if incomplete and all(map(is_small_site, incomplete)):
            self._build()

    def start(self) -> None:
        """Build what is missing in a thread, unless another process does, and take in the texts."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="objpub catalog", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait until what was begun is done; at once where nothing was."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Stop after the batch that runs, and wait for it."""
        self._stop.set()
        self.wait()

    @property
    def _databases(self) -> tuple[Database, ...]:
        """That of the site, and those that are mounted in it."""
        return self._database, *mounts_of(self._database).values()

    def _work(self, **wanted: Any) -> None:
        self._build(**wanted)
        try:
            if not self._stop.is_set():
                take_in_texts(self._database)
        except Exception:
            LOG.exception("The texts of the site were not taken in; the next search tries again")

    def _build(self, **wanted: Any) -> None:
        """Build what is missing, or what is *wanted* of `build`."""
        try:
            for database in self._databases:
                self._build_in(database, wanted)
        except Exception:
            LOG.exception("The site was not indexed; `objpub reindex` tries again")
        finally:
            self.progress = None

    def _build_in(self, database: Database, wanted: dict[str, Any]) -> None:
        """Build what is missing in *database*, or what is *wanted*, when nobody else does any more."""
        while not self._stop.is_set() and (wanted or not is_complete(database)):
            try:
                if not is_being_built(database):
                    build(database, stop=self._stop, progress=self._go_on, **wanted)
                    return
            except NotPossible:
                LOG.info("Another process indexes the site")
            self._stop.wait(1)

    def _go_on(self, done: int, number: int) -> None:
        self.progress = done, number


def is_being_built(database: Database) -> bool:
    """Does a process build the catalog in *database* at this moment?"""
    with transaction_for(database, read_only=True) as pair:
        catalog = getattr(site_of(pair.connection), "catalog", None)
        return catalog is not None and catalog.builds.until > time.time()


def is_small_site(database: Database) -> bool:
    """Are there few resources in *database*, and in what is mounted in it?"""
    with transaction_for(database, read_only=True) as pair:
        resources = itertools.islice(walk(site_of(pair.connection)), SMALL + 1)
        return sum(1 for _ in resources) <= SMALL


def take_in_texts(database: Database) -> int:
    """Let the index of texts of this machine be up to date; return how many resources it took in.

    Of a small site nothing is: its first search does that at once, and until then SQLite needs no memory.
    """
    with transaction_for(database, read_only=True) as pair:
        catalog = getattr(site_of(pair.connection), "catalog", None)
        registry = database.registry
        if catalog is None or registry is None or is_small(catalog):
            return 0
        return registry[Texts].of(database).drain(pair.connection, catalog)


def is_small(catalog: Any) -> bool:
    """Has *catalog* few resources? What waits in it may be counted twice."""
    waiting = 0 if catalog.pending is None else len(catalog.pending.entries())
    return waiting + len(list(itertools.islice(catalog.parents, SMALL + 1))) <= SMALL


def keys_named(indexes: Indexes, names: Iterable[str]) -> set[str]:
    """Return the keys of the indexes with these *names*. Raises Invalid for a name that there is not."""
    found: set[str] = set()
    for name in names:
        specs = indexes.named(name)
        if not specs:
            raise Invalid({"index": f"There is no index {name!r}; there are {', '.join(indexes.names())}"})
        found.update(spec.key for spec in specs)
    return found


def indexes_of(database: Database) -> Indexes:
    """Return what is declared for the site in *database*."""
    registry = database.registry
    if registry is None:
        raise Invalid({"database": "It has no registry, so nothing is declared"})
    return registry[Indexes]


def own(resource: Any, connection: Any) -> bool:
    """Is *resource* content of this database? What is mounted is not."""
    return isinstance(resource, Content) and resource._p_jar is connection


def batched(numbers: list[int], size: int) -> Iterator[list[int]]:
    """Yield *numbers* in lists of *size*."""
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
