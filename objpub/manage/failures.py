"""What is shown in the frame when something cannot be done: 403, 404, 409, 500 and the like."""

from typing import Any
from urllib.parse import urlsplit

from objpub.content import Content
from objpub.errors import Closed
from objpub.errors import Forbidden
from objpub.publisher import Failure
from objpub.publisher import own_path
from objpub.security import Decision
from objpub.views import view

from .frame import AREA
from .frame import framed
from .permission import visible
from .unsaved import unsaved_in

#: What the heading says, by status; the message says the rest.
HEADINGS = {
    400: "That could not be read",
    403: "You may not do this",
    404: "Nothing here",
    405: "This cannot be done here",
    409: "This did not work",
    413: "Too large",
    422: "Something is not valid",
    500: "Something went wrong",
    503: "Too busy just now",
}
#: What may not be done, where the permission has a word for it.
REFUSED = {
    "view": "You may not see this",
    "see": "You may not manage this",
    "edit": "You may not edit this",
    "add": "You may not add anything here",
    "delete": "You may not delete this",
    "grant": "You may not change who may do what here",
    "manage": "This is for managers",
}


@view(Failure, area=AREA, template="failure.pt")
def failed(failed: Failure, request: Any) -> dict[str, Any]:
    """Show what went wrong, around the nearest object that may be seen, and the ways on."""
    place, missing = place_of(request)
    missing = str(getattr(failed.error, "missing", "") or missing).removeprefix("@@")
    around = next((step for step in request.lineage(place) if visible(request, step)), None)
    request.context = around if around is not None else request.root
    decision = decision_of(failed.error, place, request)
    unsaved = unsaved_in(request, failed.status)
    return framed(
        request,
        "failure" if around is not None else "",
        (unsaved.heading if unsaved is not None else "") or heading_of(failed, decision),
        unsaved=unsaved,
        failed=failed,
        missing=missing if failed.status == 404 and around is place else "",
        around=around,
        decision=decision,
        steps=steps_of(decision, request),
        readable=place if request.can("view", place) else None,
        back=back_from(request),
    )


def place_of(request: Any) -> tuple[Any, str]:
    """Return the object that the address leads to, or the nearest above it, and the name that is not there.

    What the error knew belongs to a transaction that has gone, so the way is walked anew, by names alone.
    """
    place = request.root
    for name in request.incoming.segments[1:]:
        child = place.get(name) if isinstance(place, Content) and not name.startswith("@@") else None
        if child is None:
            return place, name.removeprefix("@@")
        place = child
    return place, ""


def decision_of(error: BaseException, place: Any, request: Any) -> Decision | None:
    """Return the decision behind a refusal, made anew at *place*; None if this is no such error."""
    refused = getattr(error, "decision", None)
    if not isinstance(error, Forbidden) or refused is None:
        return None
    decision: Decision = request.can(refused.permission, place)
    return decision if not decision else None


def steps_of(decision: Decision | None, request: Any) -> tuple[Any, ...]:
    """Return how the answer was found, for those who may see who has which role; to others nothing."""
    if decision is None or not request.can("grant", decision.context):
        return ()
    return decision.steps


def heading_of(failed: Failure, decision: Decision | None) -> str:
    """Return the heading of the page for *failed*."""
    if decision is not None and decision.permission in REFUSED:
        return REFUSED[decision.permission]
    return failed.title if isinstance(failed.error, Closed) else HEADINGS.get(failed.status, failed.title)


def back_from(request: Any) -> str | None:
    """Return the page of this site that led here, or None; not the page itself, which would fail again."""
    parts = urlsplit(request.environ.get("HTTP_REFERER", ""))
    if f"{parts.scheme}://{parts.netloc}" != request.host_url:
        return None
    if request.incoming.is_safe and parts.path == request.prefix + request.incoming.path:
        return None
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))
