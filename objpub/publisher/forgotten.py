"""Who forgot a password: /forgotten sends a link by mail, and /reset, where it leads, takes a new one."""

from datetime import datetime
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.mail import Letter
from objpub.mail import letter_from
from objpub.operations import set_forgotten_password
from objpub.schema import Secret
from objpub.security import note_asked
from objpub.security import Policy
from objpub.security import record
from objpub.security import users_meant
from objpub.security import wait_to_ask
from objpub.views import PUBLIC
from objpub.views import Response
from objpub.views import view

LETTER = """\
Somebody, hopefully you, asked for a new password for {name} at {site}.

Set one here; the link holds for {minutes} minutes, and once:

{url}

If it was not you, do nothing: your password stays as it is.
"""
OVER = "This link does not hold any more, or is not whole. Ask for another one."
DIFFER = "The two passwords differ; type both anew"


@view(Site, "forgotten", permission=PUBLIC, template="forgotten.pt")
def forgotten(site: Site, request: Any) -> dict[str, Any]:
    """Ask who it is that forgot a password."""
    return forgotten_page(request)


@view(Site, "forgotten", method="POST", permission=PUBLIC, template="forgotten.pt")
def send_link(site: Site, request: Any, name: str = "") -> Any:
    """Mail a link to the user with this name or e-mail address; the answer is the same if there is none."""
    users, now, address = site.users, datetime.now(UTC), request.remote_addr or ""
    if users is None or not mails(request) or not name.strip():
        return forgotten_page(request)
    wait = wait_to_ask(users, name[:200], address, now)
    if wait:
        response: Response = request.page(forgotten_page(request, wait=wait))
        response.status_int = 429
        response.headers["Retry-After"] = str(wait)
        return response
    note_asked(users, name[:200], address, now)
    found = users_meant(users, name[:200])
    for user in found:
        mail_link(site, request, user, now)
    if not found:
        do_as_much(site, request)
    return forgotten_page(request, sent=True)


def do_as_much(site: Site, request: Any) -> None:
    """Write a letter that goes nowhere, so that the time of the answer says nothing."""
    try:
        request.application.mailer.message(letter_to(site, request, "nobody@localhost", "Nobody", "x" * 80))
    except ValueError:
        return  # as for somebody


def mail_link(site: Site, request: Any, user: Any, now: datetime) -> None:
    """Send *user* a link when this request is committed; not to an address that no mail can go to."""
    seconds = request.settings.security.reset_seconds
    token = request.registry[Policy].authenticator.links.make(site.users, user.__name__, now, seconds)
    letter = letter_to(site, request, user.email, user.title or user.__name__, token)
    try:
        request.mail(letter.to, letter.subject, letter.text)
    except ValueError:
        return  # the answer is the same
    title, path = user.title or user.__name__, f"user:{user.__name__}"
    words = f"Mailed a link to set a password to “{title}” ({user.__name__})"
    record(site, request.identity, "password.link", words, path=path, title=title)


def letter_to(site: Site, request: Any, address: str, name: str, token: str) -> Letter:
    """Return the letter with the link that has *token*."""
    words = {
        "name": name,
        "site": " ".join(site.title.split())
        or (request.application.origin or request.origin).partition("://")[2],
        "minutes": round(request.settings.security.reset_seconds / 60),
        "url": reset_url(request, token),
    }
    subject = f"A new password for {words['site']}"
    return letter_from(site, address, subject, LETTER.format_map(words))


@view(Site, "reset", permission=PUBLIC, template="reset.pt")
def ask_for_password(site: Site, request: Any, token: Secret = "") -> Any:
    """Ask for the new password. To look at the link does not use it up: programs that read mail do that."""
    links = request.registry[Policy].authenticator.links
    name = links.user_of(site.users, token, datetime.now(UTC))
    page = {"token": "", "errors": {}, "over": OVER, "name": ""}
    return secluded(request, page if name is None else {**page, "token": token, "over": "", "name": name})


@view(Site, "reset", method="POST", permission=PUBLIC, template="reset.pt")
def reset(
    site: Site, request: Any, token: Secret = "", new_password: Secret = "", new_password_again: Secret = ""
) -> Any:
    """Set the new password, and lead to the sign-in."""
    authenticator = request.registry[Policy].authenticator
    links, passwords = authenticator.links, authenticator.passwords
    errors: dict[str, str] = {}
    over = ""
    try:
        if new_password != new_password_again:
            raise Invalid({"new_password_again": DIFFER})
        address = request.identity.address
        set_forgotten_password(site, token, new_password, passwords=passwords, address=address)
        return request.redirect(site, "login", message="You have a new password; sign in with it")
    except NotFound:
        over = OVER
    except Invalid as error:
        errors = {"password": "", **error.errors}
    name = "" if over else links.user_of(site.users, token, datetime.now(UTC))
    page = {"token": "" if over else token, "errors": errors, "over": over, "name": name}
    return secluded(request, page, 410 if over else 422)


def secluded(request: Any, page: dict[str, Any], status: int = 200) -> Response:
    """Return a page whose address is a secret: nobody keeps it, and no link or picture tells it on."""
    response: Response = request.page(page)
    response.status_int = 410 if page["over"] else status
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def forgotten_page(request: Any, sent: bool = False, wait: int = 0) -> dict[str, Any]:
    """Return what the page of who forgot a password shows."""
    return {"mails": mails(request), "sent": sent, "wait": wait}


def mails(request: Any) -> bool:
    """Can a link be mailed? Its host and port have to be known, and not be what a request says they are."""
    known = request.settings.server.url or request.development
    return bool(known and request.application.mailer.works)


def reset_url(request: Any, token: str) -> str:
    """Return the address of the page where a link with *token* leads.

    Its host and port are of the setting `server.url`, not what a request says, also on the other hosts.
    """
    if request.incoming.origin and request.application.origin:
        return (
            f"{request.application.arrivals.main_address(request.environ)}reset?{urlencode({'token': token})}"
        )
    found: str = request.url(request.site, "reset", absolute=True, token=token)
    return found
