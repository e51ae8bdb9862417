"""The order that a folder keeps: a child goes up or down, to an end, or beside another one."""

from typing import Any

from objpub.content import Folder
from objpub.content import title_of
from objpub.errors import Refused
from objpub.operations import order
from objpub.views import Response
from objpub.views import view

from .contents import contents_page
from .contents import refused
from .frame import AREA
from .listing import seen_from
from .permission import visible
from .picking import GONE
from .picking import status_of
from .picking import text_of
from .undo import offer_undo
from .undo import ordered_back

GOALS = ("up", "down", "first", "last", "before", "behind")
UNCLEAR = "That does not say where to: up, down, to the top, to the bottom, or beside which other item."


@view(Folder, "order", area=AREA, method="POST", permission="edit")
def put_in_order(folder: Folder, request: Any) -> Any:
    """Put a child of *folder* elsewhere in its order, and come back to the same page of the list.

    Of the form, one of up, down, first, last: the name of the child that goes there. Or pick: its name, with
    before or behind: the name of the child that it shall stand beside, as a drag does.
    """
    page, pick = text_of(request, "page"), text_of(request, "pick")
    goals = {word: text_of(request, word) for word in GOALS}
    given = [word for word, value in goals.items() if value]
    beside = given[0] in {"before", "behind"} if given else False
    if len(given) != 1 or beside is not bool(pick):
        return complain(folder, request, page, UNCLEAR, 422)
    name = pick or goals[given[0]]
    for each in [name, goals[given[0]]]:
        if each not in folder or not visible(request, folder[each]):
            return complain(folder, request, page, GONE.format(name=each[:60]), 404)
    where = {given[0]: goals[given[0]]} if beside else place_for(request, folder, name, given[0])
    if where is not None:
        refusal = put(request, folder, name, where)
        if refusal is not None:
            return complain(folder, request, page, str(refusal), status_of(refusal))
    back: Response = request.redirect(request.url(folder, area=AREA, page=page or None))
    return back


def put(request: Any, folder: Folder, name: str, where: dict[str, str]) -> Refused | None:
    """Put the child called *name* where *where* says, with an Undo; return the refusal if there is one."""
    was = {"to": "first"}
    if folder.is_ordered and (neighbour := folder.neighbours(name)[0]) is not None:
        was = {"after": neighbour.__name__}
    wanted = {"after" if word == "behind" else word: value for word, value in where.items()}
    try:
        order(request.identity, folder, name, **wanted)
    except Refused as refusal:
        return refusal
    offer_undo(request, sentence_of(folder, name, wanted), ordered_back(folder, name, **was))
    return None


def sentence_of(folder: Folder, name: str, where: dict[str, str]) -> str:
    """Return what was done, for people."""
    word, value = next(iter(where.items()))
    title = title_of(folder[name])
    if word == "to":
        return f"Put “{title}” at the {'top' if value == 'first' else 'bottom'}"
    return f"Put “{title}” {word} “{title_of(folder[value])}”"


def place_for(request: Any, folder: Folder, name: str, goal: str) -> dict[str, str] | None:
    """Return where *goal* means for the child called *name*; None where it stands there already.

    Up and down go past one child that the one who asks sees, and past the hidden ones before it.
    """
    if goal in {"first", "last"}:
        return {"to": goal}
    other = next(seen_from(request, folder, folder.cursor_of(name), reverse=goal == "up"), None)
    if other is None:
        return None
    return {"before" if goal == "up" else "behind": other.__name__}


def complain(folder: Folder, request: Any, page: str, complaint: str, status: int) -> Response:
    """Return the contents page with a *complaint*; nothing has been changed."""
    return refused(request, folder, contents_page(folder, request, page=page), complaint, status)
