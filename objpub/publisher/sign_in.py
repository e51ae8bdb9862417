"""Signing in and out: /login and /logout."""

from datetime import datetime
from datetime import UTC
from typing import Any

from objpub.content import Site
from objpub.operations import end_viewing
from objpub.operations import say
from objpub.schema import Secret
from objpub.schema import shown
from objpub.security import MARK_COOKIE
from objpub.security import Policy
from objpub.security import record
from objpub.views import PUBLIC
from objpub.views import Response
from objpub.views import view

from .browsers import browser_named
from .browsers import NOTE
from .failures import wants_json
from .problems import SignInNeeded
from .request import own_path

KEPT = "kept."
YEAR_SECONDS = 366 * 24 * 3600


@view(Site, "login", permission=PUBLIC, template="login.pt")
def login(site: Site, request: Any, came_from: str = "") -> dict[str, Any]:
    """Show the form to sign in; to those who have done so, who they are and how to go on."""
    page = form_page(request, own_path(came_from) or request.url(request.root))
    identity = request.identity
    return {**page, "who": identity.title or identity.user_id} if identity.authenticated else page


@view(SignInNeeded, template="login.pt")
def login_first(failed: Any, request: Any) -> dict[str, Any]:
    """Show the form to sign in where a change was refused; what was typed is kept in it."""
    target = request.prefix + request.incoming.path
    return form_page(request, target, failed.message, kept=getattr(request, "kept", ()), again=True)


@view(Site, "login", method="POST", permission=PUBLIC, template="login.pt")
def sign_in(
    site: Site, request: Any, name: str = "", password: Secret = "", came_from: str = "", again: bool = False
) -> Any:
    """Sign in, and go on to where the person came from.

    again: what the person came with was a change that was refused; it is offered once more.
    """
    target = own_path(came_from) or request.url(request.root)
    kept = [(field[len(KEPT) :], text) for field, text in request.form.texts() if field.startswith(KEPT)]
    authenticator = request.registry[Policy].authenticator
    outcome = authenticator.sign_in(
        site,
        name,
        password,
        request.remote_addr or "",
        datetime.now(UTC),
        mark=request.cookies.get(MARK_COOKIE, ""),
        session_id=authenticator.session_id_of(request.cookies.get(authenticator.session_cookie, "")),
    )
    if not outcome:
        request.records.extend(outcome.records)
        if wants_json(request):
            raise SignInNeeded(outcome.refusal.text, outcome.refusal.retry_after)
        page = form_page(request, target, outcome.refusal.text, name, kept, again)
        response = request.page(page)
        response.status_int = 429 if outcome.refusal.retry_after else 401
        response.headers["Cache-Control"] = "no-store"
        if outcome.refusal.retry_after:
            response.headers["Retry-After"] = str(outcome.refusal.retry_after)
        return response
    request.identity = outcome.identity
    say(outcome.identity, site, f"“{outcome.identity.title}” signed in")
    note_browser(request, site, outcome.identity.session.key)
    if again:
        response = request.page({**form_page(request, target, kept=kept, again=True), "signed_in": True})
    else:
        response = request.redirect(target)
    cookie(
        request, response, authenticator.session_cookie, authenticator.cookie_value(outcome.session_id), None
    )
    cookie(request, response, MARK_COOKIE, outcome.mark, YEAR_SECONDS)
    return response


@view(Site, "logout", permission=PUBLIC, template="logout.pt")
def ask_to_sign_out(site: Site, request: Any) -> dict[str, Any]:
    """Ask before signing out: a link alone changes nothing."""
    return {}


@view(Site, "logout", method="POST", permission=PUBLIC)
def sign_out(site: Site, request: Any, viewing: bool = False) -> Response:
    """End the session and go to the front page. viewing: end only that one sees the site as somebody else."""
    ended = end_viewing(request.identity, site)
    if viewing:
        message = "You see the site as yourself again" if ended else "You saw the site as yourself already"
        response: Response = request.redirect(request.root, message=message)
        return response
    authenticator = request.registry[Policy].authenticator
    session_id = authenticator.session_id_of(request.cookies.get(authenticator.session_cookie, ""))
    if session_id:
        authenticator.sign_out(site, session_id)
        tell_sign_out(site, request.identity)
    return signed_out(request, request.redirect(request.root, message="Signed out"))


def tell_sign_out(site: Site, identity: Any) -> None:
    """Write to the audit record that *identity* signed out, if its session was not over already."""
    if identity.session is not None:
        path = f"user:{identity.user_id}"
        words = f"“{identity.title}” ({identity.user_id}) signed out"
        say(identity, site, f"“{identity.title}” signed out")
        record(site, identity, "sign-out", words, path=path, title=identity.title)


def signed_out(request: Any, response: Response) -> Response:
    """Return *response* so that the browser forgets the session, and the pages that it would show again.

    Else the way back would show them to whoever sits there next.
    """
    response.delete_cookie(request.registry[Policy].authenticator.session_cookie, path=request.prefix or "/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def form_page(
    request: Any, target: str, error: str = "", name: str = "", kept: Any = (), again: bool = False
) -> dict[str, Any]:
    """Return what the sign-in page shows."""
    return {
        "target": target,
        "error": error,
        "name": shown(name) if len(name) > 200 else name,
        "kept": list(kept),
        "again": again,
        "signed_in": False,
        "who": "",
    }


def give_session(request: Any, response: Response, user_id: str) -> None:
    """Sign *user_id* in with this browser, as after a change of the password, which ends all sessions."""
    authenticator = request.registry[Policy].authenticator
    users = request.site.users
    stamp = users.session_stamp(user_id)
    now = datetime.now(UTC)
    session_id = users.sessions.begin(user_id, stamp, now, authenticator.sessions)
    found = users.sessions.find(session_id, now, authenticator.sessions)
    if found is not None:
        note_browser(request, request.site, found.key)
    cookie(request, response, authenticator.session_cookie, authenticator.cookie_value(session_id), None)


def note_browser(request: Any, site: Site, key: str) -> None:
    """Keep what the browser is called with its session, for the one who looks where he is signed in."""
    name = browser_named(request.environ.get("HTTP_USER_AGENT", ""))
    if name:
        site.users.sessions.note(key, NOTE, (name,))


def cookie(request: Any, response: Response, name: str, value: str, max_age: int | None) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        httponly=True,
        samesite="Lax",
        secure=request.origin.startswith("https:"),
        path=request.prefix or "/",
    )
