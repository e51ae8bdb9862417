"""Errors that nobody foresaw: alike ones together, how often and when, and all that is known of one."""

from typing import Any

from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.errors import Refused
from objpub.publisher import found_tickets
from objpub.publisher import remove_ticket
from objpub.publisher import tickets_of
from objpub.security import record
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .picking import text_of
from .typed import refused
from .typed import Typed

LONGEST = 40  # characters of a ticket that is told back


@view(Site, "errors", area="manage", permission="manage", template="errors.pt")
def show_errors(site: Site, request: Any, ticket: str = "") -> Any:
    """List the errors, the one that came last first. ticket: a number; show only what it belongs to."""
    typed = Typed(request.form if "ticket" in request.form else None)
    if not ticket.strip():
        return errors_page(request, typed)
    found = found_tickets(site, ticket)
    if not found:
        said = ticket.strip()[:LONGEST]
        error = Invalid({"ticket": f"wanted the number of a ticket that is kept here, not {said!r}"})
        return refused(request, error, lambda typed: errors_page(request, typed), "ticket")
    return errors_page(request, typed, found)


@view(Site, "errors", area="manage", method="POST", permission="manage", template="errors.pt")
def remove_error(site: Site, request: Any) -> Any:
    """Remove one error, which `ticket` names by the number it had first, with all that is known of it."""
    number = text_of(request, "ticket").strip()
    try:
        removed = remove_ticket(site, number)
        if removed is None:
            raise NotPossible("There is no such error any more: somebody has removed it, or newer ones have")
    except Refused as error:
        return refused(request, error, lambda typed: errors_page(request, typed), "ticket")
    words = f"Removed the error {number}, which came {removed.count:,} times"
    record(site, request.identity, "errors.remove", words, path="/", title=site.title)
    response: Response = request.redirect(site, "@@errors", area="manage", message=f"Error {number} removed")
    return response


def errors_page(request: Any, typed: Typed, shown: list[Any] | None = None) -> dict[str, Any]:
    """Return what the page shows: all errors in a list, or those of *shown* whole."""
    return framed(
        request,
        "database",
        "Errors",
        typed=typed,
        groups=[(group, group.last[0]) for group in tickets_of(request.site)] if shown is None else [],
        shown=[(group, times_of(group)) for group in shown or ()],
        keeps=request.settings.log.tickets,
    )


def times_of(group: Any) -> list[Any]:
    """Return the times of an error that are known, the latest first."""
    return [*group.last, *([group.first] if group.first not in group.last else [])]
