"""What takes long: how far it is, who began it, how it ended; and its end before the time."""

from dataclasses import dataclass
from typing import Any

from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.jobs import LongFunctions
from objpub.jobs import LongOperation
from objpub.lineage import find_resource
from objpub.operations import begin_again
from objpub.operations import cancel_operation
from objpub.operations import operations_shown
from objpub.views import Response
from objpub.views import view

from .frame import AREA
from .frame import framed
from .permission import check_signed_in
from .typed import refused
from .typed import Typed

NAME = "operations"
#: What the states are called, and the symbol of those that are over.
WORDS = {"done": "Done", "cancelled": "Cancelled", "failed": "Failed", "broken off": "Broken off"}
SYMBOLS = {"done": "check", "cancelled": "x"}


@dataclass(frozen=True)
class Line:
    """A long operation as it is shown. left: what a cancelled one leaves. unit: what its steps are, or ""."""

    operation: LongOperation
    left: str
    unit: str

    @property
    def state(self) -> str:
        """What it is, in words."""
        operation = self.operation
        if operation.is_open and operation.is_cancelled:
            return "Being cancelled"
        if operation.is_open and operation.is_lost:
            return "Its process is gone; it is taken up again by itself"
        if operation.state == "waiting":
            return "Waiting"
        return WORDS.get(operation.state, "Running")

    @property
    def symbol(self) -> str:
        """The name of the icon of one that is over."""
        return SYMBOLS.get(self.operation.state, "alert")

    @property
    def can_repeat(self) -> bool:
        """Is it over without being done, and can be begun again?"""
        operation = self.operation
        return not operation.is_open and operation.state != "done" and not operation.here


@view(Site, NAME, area=AREA, permission="public", template="operations.pt")
def show(site: Site, request: Any) -> dict[str, Any]:
    """Show what is under way, and how the last ones ended."""
    check_signed_in(request)
    return page_of(request, Typed())


@view(Site, NAME, area=AREA, method="POST", permission="public", template="operations.pt")
def change(site: Site, request: Any, cancel: str = "", again: str = "") -> Any:
    """Cancel a long operation, or begin one again. cancel, again: its id."""
    check_signed_in(request)
    try:
        if cancel:
            cancel_operation(request.identity, site, cancel)
            return lead(request)
        if again:
            return lead_to_operation(request, begin_again(request.identity, site, again))
        raise Invalid({"form": "wanted a long operation to be cancelled or begun again"})
    except Refused as error:
        return refused(request, error, lambda typed: page_of(request, typed))


def lead_to_operation(request: Any, operation: LongOperation) -> Response:
    """Let *operation*, which was begun, be carried out, and lead to where it is told how far it is."""
    request.after_commit(request.application.scheduler.long.look)
    return lead(request)


def lead(request: Any) -> Response:
    """Lead to the page of long operations."""
    response: Response = request.redirect(request.site, f"@@{NAME}", area=AREA)
    return response


def page_of(request: Any, typed: Typed) -> dict[str, Any]:
    """Return what the template is filled with."""
    functions = request.registry[LongFunctions]
    shown = operations_shown(request.identity, request.site)
    lines = [line_of(functions, each) for each in shown]
    return framed(
        request,
        "queue",
        "Long operations",
        typed=typed,
        running=[each for each in lines if each.operation.is_open],
        over=[each for each in lines if not each.operation.is_open],
        way_back=lambda operation: way_back(request, operation),
    )


def line_of(functions: LongFunctions, operation: LongOperation) -> Line:
    """Return what is told of *operation*."""
    declared = functions.get(operation.name)
    return Line(operation, "", "") if declared is None else Line(operation, declared.left, declared.unit)


def way_back(request: Any, operation: LongOperation) -> str:
    """Return the URL of the page that *operation* was begun at."""
    back = operation.back
    if back.startswith("@@"):
        return str(request.url(request.site, back, area=AREA))
    try:
        place = find_resource(request.site, back)
    except NotFound:
        place = request.site
    return str(request.url(place, area=AREA))
