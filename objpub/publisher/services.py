"""Addresses of the whole site that need no object: they work while the storage does not."""

import hmac
from collections.abc import Callable
from typing import Any

from objpub.content import Site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import MethodNotAllowed
from objpub.errors import NotFound
from objpub.security import is_trusted
from objpub.views import octets
from objpub.views import plain
from objpub.views import Response
from objpub.views import views_in

from .failures import failure
from .finishing import finish
from .measures import KIND

BEARER = "bearer "
SITEMAP = "sitemap.xml"
CLOSED = (
    "Not for you: the setting metrics.addresses names who may read this, or metrics.token what they bring.\n"
)
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7"'
    ' fill="#0e5a70"/><path d="M9 9h6v6H9zm8 8h6v6h-6zM12 15v5h5" fill="none" stroke="#fff"'
    ' stroke-width="2.4"'
    "/></svg>"
)


def health(application: Any, request: Any) -> Response:
    """Say that the process lives."""
    return kept(plain("ok\n"))


def ready(application: Any, request: Any) -> Response:
    """Say whether requests should come here: 200 if the storage answers and the server goes on, else 503."""
    if application.stopping:
        return kept(plain("not ready: the server stops\n", "503 Service Unavailable"))
    try:
        with transaction_for(application.database, read_only=True) as pair:
            if site_of(pair.connection) is not None:
                return kept(plain("ready\n"))
    except Exception as error:
        return kept(plain(f"not ready: {type(error).__name__}\n", "503 Service Unavailable"))
    return kept(plain("not ready: the database holds no site\n", "503 Service Unavailable"))


def metrics(application: Any, request: Any) -> Response:
    """Tell what the site counts of itself, to those who may know."""
    refused = metrics_refused(application.settings.metrics, request.environ)
    if refused:
        response = plain(CLOSED, refused)
        if refused[:3] == "401":
            response._headerlist.append(("WWW-Authenticate", 'Bearer realm="objpub metrics"'))
        return kept(response)
    return kept(octets(application.measures.text().encode(), KIND))


def metrics_refused(settings: Any, environ: dict[str, Any]) -> str:
    """Return the status with which a request for the figures is refused, "" if it is not.

    Nobody may who is not named: neither by address nor by token.
    """
    if settings.addresses and is_trusted(environ.get("REMOTE_ADDR", ""), settings.addresses):
        return ""
    if not settings.token:
        return "403 Forbidden"
    header = environ.get("HTTP_AUTHORIZATION", "")
    brought = header[len(BEARER) :].strip() if header[: len(BEARER)].lower() == BEARER else ""
    same = hmac.compare_digest(brought.encode("latin-1", "replace"), settings.token.encode())
    return "" if same else "401 Unauthorized"


def robots(application: Any, request: Any) -> Response:
    """Ask crawlers to leave the management interface and the sign-in alone, and name the sitemap."""
    text = "User-agent: *\nDisallow: /manage\nDisallow: /login\n"
    if views_in(application.registry, "").methods_of(Site, SITEMAP):
        text += f"Sitemap: {request.origin}{request.prefix}/{SITEMAP}\n"
    return kept(plain(text), "max-age=3600")


def favicon(application: Any, request: Any) -> Response:
    """Give objpub's mark, unless the site links another one."""
    return kept(octets(ICON.encode(), "image/svg+xml"), "max-age=86400")


def kept(response: Response, how: str = "no-store") -> Response:
    """Return *response*, kept as the header `Cache-Control` says; default: not at all."""
    response._headerlist.append(("Cache-Control", how))
    return response


def static(application: Any, request: Any) -> Response:
    """Give a file of a part."""
    accepted = request.environ.get("HTTP_ACCEPT_ENCODING", "")
    found: Response = application.static.answer(request.incoming.segments, accepted)
    return found


def service(answer: Callable[[Any, Any], Response], deeper: bool = False) -> Callable[[Any, Any], Response]:
    """Return *answer* for GET and HEAD; what else is asked is refused. deeper: segments may follow."""

    def checked(application: Any, request: Any) -> Response:
        try:
            if request.incoming.method not in {"GET", "HEAD"}:
                raise MethodNotAllowed(request.incoming.method, ("GET", "HEAD"))
            if not deeper and (len(request.incoming.segments) > 1 or request.incoming.slash):
                raise NotFound(request.incoming.path)
            return finish(request, answer(application, request))
        except Exception as error:
            return failure(application, request, error)

    return checked


SERVICES: dict[str, Callable[[Any, Any], Response]] = {
    "health": service(health),
    "ready": service(ready),
    "metrics": service(metrics),
    "robots.txt": service(robots),
    "favicon.ico": service(favicon),
    "static": service(static, deeper=True),
}
