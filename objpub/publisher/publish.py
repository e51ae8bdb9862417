"""The whole of a request, from begin to commit. It all starts at `publish`.

    what came in → attempts → transaction → identify → walk → find the view → authorize → call and render
                 → commit, or abort → headers; a conflict goes back to the attempts, an error to `failure`

The form was parsed before (`incoming`); what must be kept in any case comes after (`records`).
"""

import logging
from typing import Any
from typing import TYPE_CHECKING

from objpub.content import Folder
from objpub.database import Pair
from objpub.database import retryable
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Busy
from objpub.errors import DatabaseError
from objpub.errors import Forbidden
from objpub.errors import MethodNotAllowed
from objpub.errors import NotFound
from objpub.errors import ObjpubError
from objpub.security import Policy
from objpub.settings import NORMAL
from objpub.traversal import Found
from objpub.views import find_view
from objpub.views import respond
from objpub.views import Response
from objpub.views import View

from .authorizing import authorize
from .authorizing import authorize_some
from .conditions import check_conditions
from .failures import failure
from .finishing import check_headers
from .finishing import finish
from .form import check_body
from .incoming import Incoming
from .moved import led_on
from .observatory import sight_of
from .once import answer_once
from .once import FIELD as ONCE
from .options import allowed_methods
from .options import moved_to
from .proof import check_proof
from .request import Request
from .viewing import check_way_out
from .viewing import look_behind

if TYPE_CHECKING:
    from .application import Application


LOG = logging.getLogger("objpub.publisher")
BUSY = "Others are changing the same thing at this moment. Nothing was changed; try again in a moment."


class Conflicted(ObjpubError):
    """An attempt met a conflict; its cause says which. sight: class, fields and path of the object."""

    def __init__(self, error: BaseException, sight: tuple[str, str, str]):
        super().__init__(str(error))
        self.sight = sight


def publish(application: "Application", incoming: Incoming) -> tuple[Response, Request]:
    """Answer what came in, always; return the last attempt too. One that meets a conflict is made afresh."""
    request = Request(application, incoming)
    conflict: BaseException | None = None
    for number in application.attempts():
        if number:
            request = Request(application, incoming)  # never sees what the attempt before left behind
            application.measures.add("retries")
        with application.turn(number, conflict, incoming):
            try:
                return publish_once(application, request), request
            except Conflicted as error:
                conflict = error.__cause__
                application.count_conflict(number, conflict, request, error.sight)
            except (Exception, SystemExit) as error:
                return failure(application, request, error), request
    LOG.warning("%s: given up, conflicts persisted: %s", incoming.id, conflict)
    application.measures.add("given_up")
    return failure(application, request, Busy(BUSY)), request


def publish_once(application: "Application", request: Request) -> Response:
    """Make one attempt: one connection, one transaction, one response."""
    with transaction_for(application.database, read_only=request.incoming.is_safe) as pair:
        try:
            response = answer(application, request, pair)
            check_headers(response)
            if not request.incoming.is_safe and response.status_int < 400:
                commit(request, pair)
            elif pair.connection.violation is not None:
                raise pair.connection.violation
        except BaseException as error:
            if retryable(error, pair.manager._txn):  # asked before the abort: that forgets who took part
                raise Conflicted(error, sight_of(pair.connection, error)) from error
            raise
    return finish(request, response)


def answer(application: "Application", request: Request, pair: Pair) -> Response:
    """Walk, find the view, check that it may be called, call it, and render what it returns."""
    registry = application.registry
    incoming = request.incoming
    request.connection = pair.connection
    request.site = site_of(pair.connection)
    if request.site is None:
        raise DatabaseError("The database holds no site")
    mode = application.openness.look(incoming.started)
    policy = registry[Policy]
    identity = policy.identify(request)
    request.identity = identity if incoming.is_safe else identity.at(request.environ.get("REMOTE_ADDR", ""))
    if identity is not application.nobody:
        request.records.extend(identity.records)
        look_behind(request)
        if identity.refusal is not None:
            raise Forbidden(identity.refusal.text)
    if mode != NORMAL:
        application.openness.check_visitor(policy, request)
    try:
        found = application.walk(registry, request.site, incoming.segments, request)
        request.arrive(found)
        if incoming.method == "OPTIONS":
            authorize_some(policy, request, found)
            return allowed_methods(registry, found)
        view = request.view = find_view(registry, found, incoming.method)
        authorize(policy, request, view, found)
    except (Forbidden, MethodNotAllowed, NotFound) as error:
        return led_on(policy, request, error)
    if incoming.is_safe:
        if is_elsewhere(incoming, found):
            return moved_to(request, found)
        if not incoming.segments:
            view, found = at_the_front(policy, request, view, found)
        request.cache = view.cache
    else:
        check_way_out(request, found)
        check_proof(request)
        check_body(request.form, view.parameters, request.environ.get("CONTENT_TYPE", ""))
        check_conditions(request.environ, found.context)
    return called(request, view, found)


def called(request: Request, view: View, found: Found) -> Response:
    """Return what *view* answers; a form that makes something and was sent before is not done again."""
    if request.incoming.is_safe or ONCE not in request.form:
        return respond(view.call(found.context, request), found.context, request, view.render)
    return answer_once(
        request, lambda: respond(view.call(found.context, request), found.context, request, view.render)
    )


def at_the_front(policy: Policy, request: Request, view: View, found: Found) -> tuple[View, Found]:
    """Return what stands at the address of the site: the front page that was chosen for it, else its own.

    Whoever may not view the front page is shown the site's own page too.
    """
    front = None if request.incoming.root else request.site.front
    if front is None:
        return view, found
    chosen = Found(front)
    try:
        shown = find_view(request.registry, chosen, request.incoming.method)
    except NotFound:
        return view, found
    if shown.permission is not None and not policy.can(request.identity, shown.permission, front):
        return view, found
    request.arrive(chosen)
    request.view = shown
    return shown, chosen


def is_elsewhere(incoming: Incoming, found: Found) -> bool:
    """Was the path not written as the one URL of what it leads to? Only a folder's ends with a slash."""
    if not incoming.plain:
        return True
    if found.subpath:
        return False
    return incoming.slash is not (not found.view_name and isinstance(found.context, Folder))


def commit(request: Request, pair: Pair) -> None:
    """Commit what was done, with who did it, where, and a sentence. A doomed transaction is left to abort."""
    transaction: Any = pair.manager.get()
    if transaction.isDoomed():
        return
    if not transaction.user:
        transaction.user = request.identity.user_id or ""
    transaction.setExtendedInfo("action", f"{request.incoming.method} {request.incoming.path}")
    if not transaction.description:
        deed = f"Called “{request.view_name}” at" if request.view_name else "Changed"
        transaction.description = f"{deed} {request.path_to(request.context)}"
    pair.manager.commit()
    request.committed = True
