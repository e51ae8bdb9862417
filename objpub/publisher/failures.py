"""From an error to an answer: statuses, pages for people, problem+json for programs."""

import logging
from typing import Any
from typing import TYPE_CHECKING

from objpub.database import disk_is_full
from objpub.database import site_of
from objpub.database import storage_is_gone
from objpub.database import transaction_for
from objpub.errors import BadArgument
from objpub.errors import BadSource
from objpub.errors import Busy
from objpub.errors import Clash
from objpub.errors import Closed
from objpub.errors import DeclarationError
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import MethodNotAllowed
from objpub.errors import NameTaken
from objpub.errors import NoRoom
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.errors import OverLimit
from objpub.errors import PackedAway
from objpub.errors import Refused
from objpub.errors import UnknownIndex
from objpub.errors import WriteOnRead
from objpub.security import NO_IDENTITY
from objpub.security import Policy
from objpub.views import as_json
from objpub.views import respond
from objpub.views import Response
from objpub.views import View
from objpub.views import views_in

from .development import decision_page
from .development import said
from .development import traceback_lines
from .development import traceback_page
from .development import walk_page
from .finishing import finish
from .problems import Problem
from .problems import RangeNotSatisfiable
from .problems import SignInNeeded
from .roots import enter_or_stay

if TYPE_CHECKING:
    from .application import Application
    from .request import Request

LOG = logging.getLogger("objpub.errors")
PASSWORDS = frozenset({"current_password", "new_password", "new_password_again"})
STATUSES: dict[type[BaseException], int] = {
    NotFound: 404,
    MethodNotAllowed: 405,
    Forbidden: 403,
    BadArgument: 400,
    Invalid: 422,
    NameTaken: 409,
    Clash: 409,
    NotPossible: 409,
    BadSource: 422,
    Busy: 503,
    Closed: 503,
    NoRoom: 507,
    OverLimit: 413,
    PackedAway: 404,
    Refused: 409,
}
LOST = "_lost."  # with the name of a file in a form: what it was called; the file itself is not kept
TITLES = {
    400: "Bad request",
    401: "Sign in",
    403: "Not allowed",
    404: "Nothing here",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    411: "Length required",
    412: "Changed meanwhile",
    413: "Too large",
    414: "Address too long",
    415: "Unsupported media type",
    416: "No such part",
    422: "Not valid",
    429: "Too many tries",
    431: "Headers too large",
    500: "Something went wrong",
    501: "Unknown method",
    503: "Busy",
    507: "Disk full",
}
UNFORESEEN = "The site met an error that nobody foresaw. It is in the log as {}."
NO_ROOM = "The disk of the site has no room for this. Nothing was changed. It is in the log as {}."
SILENT = "The storage of the site does not answer just now. Try again in a moment."


class Failure(Exception):
    """An error on its way to a page: what error views get as their context.

    status: the number. title: in words. message: what went wrong, for people. errors: by field, or {}.
    ticket: the number under which a 500 is in the log, or "". error: the error itself.
    """

    __parent__ = None
    __name__ = None

    def __init__(self, error: BaseException, ticket: str = ""):
        super().__init__(said(error))
        self.error = error
        self.ticket = ticket
        self.status = status_of(error)
        self.title = "Back in a while" if isinstance(error, Closed) else TITLES.get(self.status, "Error")
        self.errors = error.errors if isinstance(error, Invalid) else {}
        if self.status < 500 or isinstance(error, Refused):
            self.message = said(error)
        elif self.status == 503:
            self.message = SILENT
        else:
            self.message = (NO_ROOM if self.status == 507 else UNFORESEEN).format(ticket)


def status_of(error: BaseException) -> int:
    """Return the status of *error*: that of its class or the nearest base, else 500."""
    if isinstance(error, Problem):
        return error.status
    if disk_is_full(error):
        return 507
    if storage_is_gone(error):
        return 503
    return next((STATUSES[base] for base in type(error).__mro__ if base in STATUSES), 500)


def failure(application: "Application", request: "Request", error: BaseException) -> Response:
    """Answer *error*: after the abort, from committed state only. Never raises."""
    if isinstance(error, Forbidden) and not request.identity.authenticated:
        error = sign_in_needed(request)
    error = own_mistake(request, error)
    status = status_of(error)
    ticket = ""
    if status in {500, 507} and not isinstance(error, NoRoom):
        ticket = application.tickets.write(request, error)
        application.measures.add("tickets")
        if isinstance(error, WriteOnRead):
            application.observatory.note_write(error, f"{request.method} {request.incoming.path}")
    failed = Failure(error, ticket)
    try:
        if storage_is_gone(error):
            LOG.error("%s: the storage does not answer: %s", request.incoming.id, type(error).__name__)
            response = problem_json(failed, []) if wants_json(request) else bare_page(failed)
        else:
            response = page_or_problem(application, request, failed)
    except Exception:
        LOG.exception("%s: the error page itself failed", request.incoming.id)
        response = bare_page(failed)
    return finish(request, with_headers(request, response, failed))


def own_mistake(request: "Request", error: BaseException) -> BaseException:
    """Return *error*; but where the site's own code asks for an index that there is not, an error of that.

    What the one who asks has sent, in the address or a form, is his mistake.
    """
    if not isinstance(error, UnknownIndex):
        return error
    sent = [request.incoming.path, *(text for _, text in request.form.texts())]
    if any(error.said in each for each in sent):
        return error
    return DeclarationError(str(error)).with_traceback(error.__traceback__)


def sign_in_needed(request: "Request") -> SignInNeeded:
    """Return the error for somebody unknown who asked for what not everybody may do."""
    refusal = request.identity.refusal
    if refusal is not None:
        return SignInNeeded(refusal.text, refusal.retry_after)
    return SignInNeeded("This needs a sign-in")


def page_or_problem(application: "Application", request: "Request", failed: Failure) -> Response:
    """Return a page for people, problem+json for programs."""
    if wants_json(request):
        error = failed.error
        lines = traceback_lines(request, error) if request.development and failed.status == 500 else []
        return problem_json(failed, lines)
    if request.development:
        page = page_for_developers(application, request, failed)
        if page is not None:
            return page
    refused = "HTTP_AUTHORIZATION" in request.environ or request.identity.refusal is not None
    if failed.status == 401 and not refused:  # what refuses each request refuses that of the sign-in too
        return sign_in_page(application, request, failed)
    return error_page(application, request, failed)


def wants_json(request: "Request") -> bool:
    """Does a program ask? It says so in `Accept`, or sends JSON, or asks below /api."""
    environ = request.environ
    accept = environ.get("HTTP_ACCEPT", "")
    if "json" in accept:
        return "text/html" not in accept
    if "text/html" in accept:
        return False
    return "json" in environ.get("CONTENT_TYPE", "") or request.incoming.segments[:1] == ("api",)


def page_for_developers(application: "Application", request: "Request", failed: Failure) -> Response | None:
    """Return what is shown in development, None for what is shown there as everywhere."""
    if failed.status == 500:
        return traceback_page(request, failed)
    if request.area:
        return None
    if failed.status == 403 and getattr(failed.error, "decision", None) is not None:
        return decision_page(request, failed)
    if failed.status in {404, 405}:
        began = request.site is not None
        with transaction_for(application.database, read_only=True) as pair:
            show_to(request, site_of(pair.connection), pair.connection)
            return walk_page(request, failed, began)
    return None


def problem_json(failed: Failure, lines: list[str]) -> Response:
    """Return *failed* as RFC 9457 says. lines: of the traceback, which only developers are shown."""
    problem: dict[str, Any] = {"type": "about:blank", "title": failed.title, "status": failed.status}
    problem["detail"] = failed.message
    if failed.errors:
        problem["errors"] = failed.errors
    if failed.ticket:
        problem["ticket"] = failed.ticket
    if lines:
        problem["traceback"] = lines
    response = as_json(problem, content_type="application/problem+json")
    response.status_int = failed.status
    return response


def error_view(request: "Request", failed: Failure) -> View | None:
    """Return the view for *failed*: in an area its own, but for the sign-in; None where there is none."""
    registry = request.registry
    own = () if isinstance(failed.error, SignInNeeded) else (request.area,)
    for area in dict.fromkeys((*own, "")):
        views = views_in(registry, area)
        view = views.find(type(failed.error), ("", "GET")) or views.find(Failure, ("", "GET"))
        if view is not None:
            return view
    return None


def error_page(application: "Application", request: "Request", failed: Failure) -> Response:
    """Return the page that the site's view for the error makes, over a site opened read-only."""
    view = error_view(request, failed)
    if view is None:
        return bare_page(failed)
    with transaction_for(application.database, read_only=True) as pair:
        show_to(request, site_of(pair.connection), pair.connection)
        request.failure = failed
        result = view.call(failed, request)
        response = respond(result, failed, request, view.render)
    response.status_int = failed.status
    return response


def show_to(request: "Request", site: Any, connection: Any) -> None:
    """Let *request* see the committed state of the site, as whom it came."""
    request.connection = connection
    request.site = request.context = site
    request._paths.clear()
    if request.incoming.root:
        request.context = enter_or_stay(request)
    try:
        request.identity = request.registry[Policy].identify(request)
    except Exception:
        request.identity = NO_IDENTITY


def sign_in_page(application: "Application", request: "Request", failed: Failure) -> Response:
    """Return the way to sign in: a 303 for reading, and for a change the page itself with what was typed."""
    if request.incoming.is_safe:
        query = request.environ.get("QUERY_STRING", "")
        target = request.prefix + request.incoming.path + (f"?{query}" if query else "")
        response = Response(status="303 See Other", content_type=None)
        with transaction_for(application.database, read_only=True) as pair:
            show_to(request, site_of(pair.connection), pair.connection)
            response.location = request.url(request.site, "login", came_from=target)
        return response
    # A page never repeats a password that was typed, not even in what it keeps for the way back.
    request.kept = [(name, text) for name, text in request.form.texts() if name not in PASSWORDS]
    request.kept += [(f"{LOST}{name}", filename) for name, filename in request.form.filenames()]
    return error_page(application, request, failed)


def bare_page(failed: Failure) -> Response:
    """Return a page of plain text, for when nothing else is left."""
    response = Response(
        body=f"{failed.status} {failed.title}\n\n{failed.message}\n".encode(), charset="utf-8"
    )
    response.content_type = "text/plain"
    response.status_int = failed.status
    return response


def challenge(request: "Request") -> str:
    """Return how to sign in: Basic for programs, a token for those that came with one.

    A browser would ask for a password in a window of its own.
    """
    environ = request.environ
    if environ.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer ":
        return 'Bearer realm="objpub", error="invalid_token"'
    if "HTTP_SEC_FETCH_SITE" in environ or not (wants_json(request) or "HTTP_AUTHORIZATION" in environ):
        return 'Session realm="objpub"'
    return 'Basic realm="objpub", charset="UTF-8"'


def with_headers(request: "Request", response: Response, failed: Failure) -> Response:
    """Add what the status of *failed* calls for."""
    error = failed.error
    if failed.status == 405 and isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, RangeNotSatisfiable):
        response.headers["Content-Range"] = f"bytes */{error.size}"
    if failed.status == 503 or isinstance(error, NoRoom):
        response.headers["Retry-After"] = str(getattr(error, "retry_after", 1))
    if isinstance(error, SignInNeeded):
        if error.retry_after:
            response.headers["Retry-After"] = str(error.retry_after)
        if response.status_int == 401:
            response.headers["WWW-Authenticate"] = challenge(request)
    if response.status_int >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response
