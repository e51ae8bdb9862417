"""Cut, copy and paste: what was picked is kept, and goes to the folder where somebody pastes it."""

from typing import Any

from objpub.content import BrokenResource
from objpub.content import Folder
from objpub.content import title_of
from objpub.errors import NotPossible
from objpub.errors import Refused
from objpub.operations import is_large
from objpub.publisher import own_path
from objpub.views import Response
from objpub.views import view

from .clipboard import Clipboard
from .clipboard import clipboard_of
from .clipboard import COPIED
from .clipboard import CUT
from .clipboard import keep
from .clipboard import MOST
from .contents import contents_page
from .contents import refused
from .frame import AREA
from .moving import done
from .moving import NOTHING
from .operations import lead_to_operation
from .permission import check_signed_in
from .permission import See
from .picking import CHANGED
from .picking import count_of
from .picking import Picks
from .picking import picks_in
from .picking import status_of
from .picking import text_of
from .picking import texts_of
from .selecting import selected

EMPTY = "Nothing is cut or copied, or it is gone meanwhile. Pick it again."
SPREAD = "These are in several folders by now, and too much for one step. Cut those of one folder."


@view(Folder, "cut", area=AREA, method="POST", permission=See)
def cut_them(folder: Folder, request: Any) -> Response:
    """Keep what was picked, to be moved to where it is pasted.

    Of the form: one, the name of a child; or pick, names, or all, see `selecting`. page: a cursor of the
    list to go back to; or back: the address of a page.
    """
    return take(folder, request, CUT)


@view(Folder, "remember", area=AREA, method="POST", permission=See)
def remember(folder: Folder, request: Any) -> Response:
    """Keep what was picked, to be copied to where it is pasted. Of the form: as for a cut."""
    return take(folder, request, COPIED)


def take(folder: Folder, request: Any, mode: str) -> Response:
    """Keep what was picked in *folder*, or say what is wrong with it."""
    check_signed_in(request)
    one = text_of(request, "one")
    picks = picks_in(request, folder, [one]) if one else selected(request, folder, texts_of(request, "pick"))
    complaint, status = wrong_with(request, picks, mode)
    if complaint:
        return complain(folder, request, complaint, status)
    keep(request, mode, picks.found)
    return back_to(folder, request)


def wrong_with(request: Any, picks: Picks, mode: str) -> tuple[str, int]:
    """Return why *picks* cannot be kept, with the status that answers it; "" where nothing is wrong."""
    if picks.complaints:
        return picks.complaints[0], 409 if picks.whole else 404
    if not picks.found:
        return NOTHING, 422
    if len(picks.found) > MOST:
        return f"At most {MOST:,} items can be cut or copied at once; Move… and Copy… take more.", 409
    for each in picks.found:
        if isinstance(each, BrokenResource):
            return f"“{title_of(each)}” is broken and can only be deleted.", 409
        decision = request.can("delete", each)
        if mode == CUT and not decision:
            return str(decision.sentence), 403
    return "", 200


@view(Folder, "forget", area=AREA, method="POST", permission=See)
def forget(folder: Folder, request: Any) -> Response:
    """Forget what was cut or copied; it stays where it is."""
    check_signed_in(request)
    keep(request, "")
    return back_to(folder, request)


@view(Folder, "paste", area=AREA, method="POST", permission=See)
def paste(folder: Folder, request: Any) -> Response:
    """Move or copy what was kept to *folder*, all of it or nothing.

    Of the form: count, how many the page said there are.
    """
    check_signed_in(request)
    clipboard = clipboard_of(request)
    complaint, status = wrong_here(clipboard, folder, count_of(request))
    if complaint:
        return complain(folder, request, complaint, status)
    found = [each for each in clipboard.found if clipboard.mode != CUT or each.__parent__ is not folder]
    try:
        if is_large(found, request.settings.limits.at_once):
            return begun(request, clipboard, found, folder)
    except Refused as refusal:
        return complain(folder, request, f"{str(refusal).rstrip('.')}.", status_of(refusal))
    refusals = done(clipboard.errand, request, found, folder)
    if refusals is not None:
        return complain(folder, request, f"{str(refusals[1]).rstrip('.')}.", status_of(refusals[1]))
    keep(request, "")
    return back_to(folder, request)


def wrong_here(clipboard: Clipboard, folder: Folder, count: int | None) -> tuple[str, int]:
    """Return why *clipboard* cannot be pasted into *folder*, with the status that answers it; or ""."""
    now = len(clipboard.found)
    if not now:
        return EMPTY, 409
    if count is not None and count != now:
        return CHANGED.format(before=count, now=now), 409
    may = bool(clipboard.request.can("add", folder))
    return clipboard.refusal(folder), 409 if may else 403


def begun(request: Any, clipboard: Clipboard, found: list[Any], folder: Folder) -> Response:
    """Begin as a long operation what takes longer than anybody waits, and lead to it."""
    if len({each.__parent__ for each in found}) > 1:
        raise NotPossible(SPREAD)
    operation = clipboard.errand.begin(request.identity, found, folder)
    keep(request, "")
    return lead_to_operation(request, operation)


def complain(folder: Folder, request: Any, complaint: str, status: int) -> Response:
    """Return the contents page with a *complaint*; nothing has been changed."""
    values = contents_page(folder, request, page=text_of(request, "page"))
    return refused(request, folder, values, complaint, status)


def back_to(folder: Folder, request: Any) -> Response:
    """Go back to the list."""
    page = text_of(request, "page") or None
    at = own_path(text_of(request, "back")) or request.url(folder, area=AREA, page=page)
    answer: Response = request.redirect(at)
    return answer
