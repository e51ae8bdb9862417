"""The application: a WSGI callable with settings, registry and database."""

import itertools
import logging
import os
import sys
import threading
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from objpub.catalog import Builder
from objpub.catalog import Texts
from objpub.content import ScaleCache
from objpub.database import close_all
from objpub.database import Database
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import DatabaseError
from objpub.jobs import Scheduler
from objpub.mail import mailer_for
from objpub.registry import Registry
from objpub.security import AuditRules
from objpub.security import authenticator_for
from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.settings import secret_of
from objpub.settings import Settings
from objpub.traversal import walk
from objpub.views import Response

from .access_log import LOGS
from .authorizing import tell_forbidden
from .counters import Counters
from .failures import failure
from .hosts import arrivals_for
from .incoming import Incoming
from .incoming import origin_of
from .incoming import request_ids
from .lanes import attempts
from .lanes import Lanes
from .lanes import NOTHING
from .measures import Measures
from .messages import MessageSigner
from .observatory import Observatory
from .openness import Openness
from .publish import publish
from .request import Request
from .roots import walk_from_root
from .services import SERVICES
from .slowness import Slowness
from .static import StaticFiles
from .tickets import TicketDesk

LOG = logging.getLogger("objpub.publisher")
RECORD_TRIES = 10


class Application:
    """A site that answers requests.

    settings, registry, database: what it is made of. static: the files of its parts. scales: of images.
    """

    nobody = NO_IDENTITY

    def __init__(self, settings: Settings, registry: Registry, database: Database, static: dict[str, Path]):
        self.settings = settings
        self.registry = registry
        self.database = database
        self.static = StaticFiles(static, settings.development)
        self.scales = ScaleCache(settings.folder / "var" / "cache" / "scales")
        self.mailer = mailer_for(settings.mail, settings.development)
        self.builder = Builder(database)
        registry[Texts].folder = settings.folder / "var" / "cache"
        self.signer = MessageSigner(secret_of(settings))
        self.access_log = LOGS[settings.log.form](sys.stdout) if settings.log.access else None
        self.measures = Measures(Counters(settings.folder / "var" / "counters"), database)
        self.tickets = TicketDesk(keep=settings.log.tickets)
        self.running: dict[int, str] = {}  # thread → id of the request that it answers
        self.observatory = Observatory()
        self.slowness = Slowness(settings.log.slow_seconds, self.running, Application.__call__.__code__)
        self.stopping = False  # the server finishes what it has begun, and nothing else
        self.conflicts: dict[int, int] = {}  # how many attempts were first, second … when they met one
        self.arrivals = arrivals_for(settings)
        self.walk = walk if self.arrivals is None else walk_from_root
        self.origin = origin_of(settings.server.url)
        self._hosts = () if self.arrivals is not None else settings.server.hosts
        self._lanes = Lanes()
        self.openness = Openness(settings, database)
        holder = f"{os.uname().nodename}:{os.getpid()}"
        is_open = self.openness.takes_jobs
        self.scheduler = Scheduler(database, self.mailer, settings, holder, is_open)
        self._counting = threading.Lock()
        self._ids = request_ids()
        registry[Policy].authenticator = authenticator_for(settings, registry)
        registry[AuditRules].days, registry[AuditRules].entries = settings.audit.days, settings.audit.entries

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request, as WSGI wants it."""
        incoming = Incoming(environ, next(self._ids))
        thread = threading.get_ident()
        self.running[thread] = incoming.id
        response, request = self.respond(incoming)
        incoming.form.close()
        self.measures.count(
            request.view,
            response._status,
            incoming.started,
            request.committed,
            incoming.method,
            incoming.path,
        )
        if self.access_log is not None:
            self.log(incoming, response, request)
        self.running[thread] = ""
        start_response(response._status, response._headerlist)
        body: Any = response._app_iter
        if environ["REQUEST_METHOD"] == "HEAD":
            if hasattr(body, "close"):
                body.close()
            return ()
        wrapper = environ.get("wsgi.file_wrapper")
        if wrapper is not None and hasattr(body, "handle"):
            return wrapper(body.handle)
        return body

    def refuse(self, environ: dict[str, Any], start_response: Callable[..., Any], error: Exception) -> Any:
        """Answer a request that its server cannot take, with the page of *error*; as WSGI wants it."""
        incoming = Incoming(environ, next(self._ids))
        request = Request(self, incoming)
        response = failure(self, request, error)
        if self.access_log is not None:
            self.log(incoming, response, request)
        start_response(response._status, response._headerlist)
        return response._app_iter

    def respond(self, incoming: Incoming) -> tuple[Response, Request]:
        """Return the answer to *incoming*, and the request of the last attempt."""
        settings, folder = self.settings, self.database.temporary_folder
        try:
            if self.arrivals is not None:
                self.arrivals.take(incoming)
            if not incoming.is_safe:
                self.openness.check_change(incoming)
            incoming.read(settings.limits, self._hosts, folder, self.origin)
        except Exception as error:  # what is refused, and what nobody foresaw, such as a full disk
            request = Request(self, incoming)
            return self.settled(failure(self, request, error), request)
        if incoming.segments and (service := SERVICES.get(incoming.segments[0])) is not None:
            request = Request(self, incoming)
            request.view = incoming.segments[0]
            return self.settled(service(self, request), request)
        response, request = publish(self, incoming)
        if response._status[:3] == "403" and not incoming.is_safe:
            tell_forbidden(request)
        return self.settled(response, request)

    def attempts(self) -> Iterator[int]:
        """Yield the numbers of the attempts at one request; see `lanes.attempts`."""
        limits = self.settings.limits
        return attempts(limits.attempts, limits.retry_seconds)

    def turn(self, number: int, conflict: BaseException | None, incoming: Incoming) -> Any:
        """Return what to hold during attempt *number*, which follows *conflict*; see `Lanes`."""
        return NOTHING if incoming.is_safe else self._lanes.turn(number, conflict, incoming.path)

    def count_conflict(
        self, number: int, conflict: BaseException | None, request: Request, sight: tuple[str, str, str]
    ) -> None:
        """Count a conflict of attempt *number* at *request*, over what *sight* says."""
        self.observatory.note_conflict(sight, f"{request.method} {request.incoming.path}")
        with self._counting:
            self.conflicts[number] = self.conflicts.get(number, 0) + 1
        self.measures.add("conflicts")

    def settled(self, response: Response, request: Request) -> tuple[Response, Request]:
        """Return both, after all was done that follows the answer."""
        if request.callbacks or request.records:
            self.settle(request)
        return response, request

    def settle(self, request: Request) -> None:
        """After the answer: call what waited for the commit, keep what is kept in any case."""
        if request.committed:
            for function, arguments in request.callbacks:
                try:
                    function(*arguments)
                except Exception:
                    LOG.exception("%s: a function after the commit failed", request.incoming.id)
        for record in request.records if self.openness.takes_records else ():
            try:
                self.keep(record)
            except Exception:
                LOG.exception("%s: a record was not kept", request.incoming.id)

    def keep(self, record: Callable[[Any], Any]) -> None:
        """Call *record* with the site in a transaction of its own; conflicts are tried again."""
        for number in itertools.count(1):
            with transaction_for(self.database) as pair:
                try:
                    record(site_of(pair.connection))
                    pair.manager.get().note(getattr(record, "sentence", "Kept a record of a sign-in"))
                    pair.manager.commit()
                    self.measures.add("commits")
                    return
                except Exception as error:
                    if number >= RECORD_TRIES or not retryable(error, pair.manager._txn):
                        raise

    @contextmanager
    def work(self, identity: Identity = SYSTEM, sentence: str = "") -> Iterator[Any]:
        """Give the site in a transaction that commits at the end of the block, or aborts if it fails."""
        with transaction_for(self.database) as pair:
            site = site_of(pair.connection)
            if site is None:
                raise DatabaseError("The database holds no site")
            yield site
            transaction = pair.manager.get()
            if sentence:
                transaction.note(sentence)
            if not transaction.user:
                transaction.user = identity.user_id or identity.title
            pair.manager.commit()

    def log(self, incoming: Incoming, response: Response, request: Request) -> None:
        """Write the line of the access log."""
        size = "-"
        for name, value in response._headerlist:
            if name == "Content-Length":
                size = value
                break
        self.access_log.line(  # type: ignore[union-attr]
            incoming, request.identity.actor.user_id or "-", int(response._status[:3]), size
        )

    def close(self) -> None:
        """Send the mail that is waiting, and close the database with what is mounted in it."""
        self.slowness.stop()
        for record in self.tickets.left():
            try:
                self.keep(record)
            except Exception:
                LOG.exception("%d errors like ticket %s were not kept", record.count, record.told.number)
        self.scheduler.close()
        self.builder.close()
        self.mailer.close()
        self.measures.close()
        close_all(self.database)
