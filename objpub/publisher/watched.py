"""What a request did, for the bar at the bottom of each page in development.

`WatchedApplication` answers in place of `Application` there, and measures what it can reach from outside: the
code that answers knows nothing of it, so that it costs nothing elsewhere.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from objpub.database import Database
from objpub.registry import Registry
from objpub.security import Policy
from objpub.settings import Settings
from objpub.views import all_views
from objpub.views import Response
from objpub.views import View

from .application import Application
from .development import bar_of
from .development import Watch
from .incoming import Incoming
from .request import Request

END = b"</body>"
DOCUMENTS = frozenset({"", "document", "iframe"})
#: What would let a page with the figures of one request be kept, or packed before they are put in.
LEFT_OUT = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH")


class WatchedApplication(Application):
    """An application in development: it adds to each page what the request did."""

    def __init__(self, settings: Settings, registry: Registry, database: Database, static: dict[str, Path]):
        super().__init__(settings, registry, database, static)
        self._watches: dict[int, Watch] = {}  # by thread
        policy: Any = registry[Policy]  # of this application alone
        policy.identify = self._timed("who asks", policy.identify, self._begin)
        policy.can = self._timed("permissions", policy.can, self._count_check)
        self.walk = self._timed("walk", self.walk)
        for view in all_views(registry):
            if view.render is not None:
                self._watch_template(view, view.render)

    def respond(self, incoming: Incoming) -> tuple[Response, Request]:
        """Answer as ever, and add the bar to a page that a browser shows."""
        if not wants_page(incoming):
            return super().respond(incoming)
        for name in LEFT_OUT:
            incoming.environ.pop(name, None)
        watch = self._watches[threading.get_ident()] = Watch()
        try:
            response, request = super().respond(incoming)
        finally:
            del self._watches[threading.get_ident()]
        if is_page(response):
            watch.end(request.connection)
            add_to(response, bar_of(watch, request))
        return response, request

    def count_conflict(
        self, number: int, conflict: BaseException | None, request: Request, sight: tuple[str, str, str]
    ) -> None:
        """Count a conflict, for the bar too."""
        super().count_conflict(number, conflict, request, sight)
        watch = self._watches.get(threading.get_ident())
        if watch is not None:
            watch.conflicts.append(sight)

    def _timed(
        self, step: str, call: Callable[..., Any], note: Callable[..., None] | None = None
    ) -> Callable[..., Any]:
        """Return *call* with its time counted as that of *step*. note: is called before."""

        def timed(*arguments: Any) -> Any:
            watch = self._watches.get(threading.get_ident())
            if watch is None:
                return call(*arguments)
            if note is not None:
                note(watch, *arguments)
            before = watch.enter(step)
            try:
                return call(*arguments)
            finally:
                watch.enter(before)

        return timed

    def _watch_template(self, view: View, render: Callable[..., str]) -> None:
        path = Path(getattr(view.template, "path", view.name))

        def note(watch: Watch, *arguments: Any) -> None:
            watch.templates[path.name] += 1

        object.__setattr__(view, "render", self._timed("templates", render, note))

    @staticmethod
    def _begin(watch: Watch, request: Request) -> None:
        watch.begin(request.connection)

    @staticmethod
    def _count_check(watch: Watch, identity: Any, permission: Any, context: Any) -> None:
        name = permission if isinstance(permission, str) else permission.name
        watch.checks[name, type(context).__name__] += 1


def wants_page(incoming: Incoming) -> bool:
    """Does a browser ask for a page to show, and not for a part of one?"""
    environ = incoming.environ
    return (
        incoming.method != "HEAD"
        and "text/html" in environ.get("HTTP_ACCEPT", "")
        and environ.get("HTTP_SEC_FETCH_DEST", "") in DOCUMENTS
    )


def is_page(response: Response) -> bool:
    """Is *response* a whole page of HTML?"""
    kind = response.headers.get("Content-Type", "")
    body = response._app_iter
    return kind.startswith("text/html") and type(body) is list and END in b"".join(body)


def add_to(response: Response, bar: str) -> None:
    """Put *bar* at the end of the page. It is another one each time, so the page has no tag."""
    head, _, tail = b"".join(response._app_iter).rpartition(END)
    body = head + bar.encode() + END + tail
    response._app_iter = [body]
    kept = [(name, value) for name, value in response._headerlist if name.lower() not in OF_BODY]
    response._headerlist[:] = [*kept, ("Content-Length", str(len(body)))]


OF_BODY = frozenset({"content-length", "etag"})
