"""Moving and copying what was picked: where to is found by walking the folders, one page each."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from objpub.content import addable_in
from objpub.content import Content
from objpub.content import content_type_of
from objpub.content import Folder
from objpub.content import title_of
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.lineage import find_resource
from objpub.lineage import inside
from objpub.lineage import lineage
from objpub.lineage import path_of
from objpub.operations import begin_copy
from objpub.operations import begin_move
from objpub.operations import copy
from objpub.operations import is_large
from objpub.operations import move
from objpub.operations import say
from objpub.settings import secret_of
from objpub.views import Response
from objpub.views import view

from .cursors import Cursor
from .cursors import read_cursor
from .cursors import sign_cursor
from .frame import AREA
from .frame import framed
from .operations import lead_to_operation
from .permission import check_signed_in
from .picking import all_or_none
from .picking import answer
from .picking import lead_to_folder
from .picking import named
from .picking import Picks
from .picking import QUESTION
from .picking import status_of
from .picking import text_of
from .picking import texts_of
from .picking import WHOLE
from .selecting import selected
from .undo import moved_back
from .undo import offer_undo
from .undo import ordered_back

MOST_NAMED = 100  # of what was picked, on the page that asks
FOLDERS = 40  # on one page of the picker
LOOKED_AT = 500  # children of a folder, to find them
Source = tuple[Folder, str]  # where something is: its folder, and its name there
NOTHING = "Nothing is picked. Go back, and tick what this is about."
HERE = "What is to be moved is here already."
NOWHERE = "There is no such folder; choose another one."


@dataclass(frozen=True)
class Errand:
    """What is done with the picks. view: its name. word, done: as a command, and when it has been done.

    change: does it with one; begin: lets it be done with many.
    """

    view: str
    word: str
    done: str
    change: Callable[[Any, Any, Folder], Any]
    begin: Callable[[Any, Any, Folder], Any]


MOVE = Errand("move", "Move", "Moved", move, begin_move)
COPY = Errand("copy", "Copy", "Copied", copy, begin_copy)


@dataclass(frozen=True)
class Place:
    """A folder of the picker. refusal: why nothing can be put there itself, or ""."""

    folder: Folder
    title: str
    url: str
    refusal: str


@view(Content, "move", area=AREA, permission="view")
def move_one(content: Content, request: Any) -> Response:
    """Moving something is a matter of the folder that it is in."""
    check_signed_in(request)
    return lead_to_folder(content, request, "move")


@view(Content, "copy", area=AREA, permission="view")
def copy_one(content: Content, request: Any) -> Response:
    """Copying something is a matter of the folder that it is in."""
    check_signed_in(request)
    return lead_to_folder(content, request, "copy")


@view(Folder, "move", area=AREA, permission="view", template="move.pt")
def choose_move(folder: Folder, request: Any) -> Any:
    """Ask where to move what was picked.

    Of the query: pick, names of children, or all, see `selecting`; to, the path of a folder; more, a cursor
    among its folders; page, a cursor of the list to go back to.
    """
    return choose(MOVE, folder, request)


@view(Folder, "copy", area=AREA, permission="view", template="move.pt")
def choose_copy(folder: Folder, request: Any) -> Any:
    """Ask where to copy what was picked to."""
    return choose(COPY, folder, request)


@view(Folder, "move", area=AREA, method="POST", permission="view", template="move.pt")
def move_them(folder: Folder, request: Any) -> Any:
    """Move what was picked to the folder at the path *to*, all of it or nothing.

    Of the form: question, where it only asks, as for an address with all names.
    """
    if text_of(request, QUESTION):
        return choose(MOVE, folder, request)
    return carry_out(MOVE, folder, request)


@view(Folder, "copy", area=AREA, method="POST", permission="view", template="move.pt")
def copy_them(folder: Folder, request: Any) -> Any:
    """Put copies of what was picked into the folder at the path *to*, all of them or none."""
    if text_of(request, QUESTION):
        return choose(COPY, folder, request)
    return carry_out(COPY, folder, request)


def choose(errand: Errand, folder: Folder, request: Any) -> Any:
    """Return the page that asks where to."""
    pick, to = texts_of(request, "pick"), text_of(request, "to")
    check_signed_in(request)
    picks = selected(request, folder, pick)
    if not pick and not text_of(request, WHOLE) and folder.__parent__ is not None:
        return lead_to_folder(folder, request, errand.view)
    target = folder_at(request, to) if to else folder
    problem = NOWHERE if target is None else ""
    status = 422 if not pick and not picks.found else 404 if picks.missing or target is None else 200
    asked = Asked(errand, folder, request, picks, target or folder)
    if errand is MOVE and not to:
        asked.leave_dead_end()
    return answer(request, asked.values(text_of(request, "more"), problem), status)


def carry_out(errand: Errand, folder: Folder, request: Any) -> Any:
    """Do what *errand* says, and go back; or return the page that asks, with what is wrong with it."""
    check_signed_in(request)
    pick, to = texts_of(request, "pick"), text_of(request, "to")
    picks = selected(request, folder, pick)
    target = folder_at(request, to) if to else None
    if target is None or not picks.is_good:
        status = status_without(picks, bool(pick and to))
        problem = NOWHERE if target is None else ""
        asked = Asked(errand, folder, request, picks, target or folder)
        return answer(request, asked.values("", problem), status)
    asked = Asked(errand, folder, request, picks, target)
    if errand is MOVE and target is folder:
        return answer(request, asked.values("", HERE), 409)
    if is_large(picks.found, request.settings.limits.at_once):
        return begun(asked)
    refused = done(errand, request, picks.found, target)
    if refused is not None:
        complaints = {refused[0].__name__: str(refused[1])}
        return answer(request, asked.values("", "", complaints), status_of(refused[1]))
    back: Response = request.redirect(request.url(folder, area=AREA, page=text_of(request, "page") or None))
    return back


def done(errand: Errand, request: Any, found: Sequence[Any], target: Folder) -> tuple[Any, Refused] | None:
    """Do what *errand* says with *found*, all or none, and tell it on the next page, a move with an Undo.

    Returns what was refused with its refusal, else None.
    """
    sources = [(each.__parent__, each.__name__) for each in found]
    steps = steps_before(request, sources) if errand is MOVE else {}
    results, refused, refusal = all_or_none(
        request, found, lambda each: errand.change(request.identity, each, target)
    )
    if refusal is not None:
        return refused, refusal
    sentence = sentence_of(errand, [name for _, name in sources], results, target)
    if len(results) > 1:
        say(request.identity, target, f"{errand.done} {named(results)} to “{title_of(target)}”", alone=True)
    if errand is MOVE:
        offer_undo(request, sentence, *steps_back(sources, results, steps))
    else:
        request.message(sentence)
        request.made = results[0]
    return None


def status_without(picks: Picks, was_asked: bool) -> int:
    """Return the status that answers where *picks*, or a place for them, is not as it was asked for."""
    if picks.whole:
        return 409
    return 404 if was_asked else 422


def begun(asked: "Asked") -> Any:
    """Begin what was *asked* for as a long operation, and lead to it; or say what is wrong with that."""
    request, picks = asked.request, asked.picks
    try:
        operation = asked.errand.begin(request.identity, picks.found, asked.target)
    except Refused as refusal:
        return answer(request, asked.values("", f"{str(refusal).rstrip('.')}."), status_of(refusal))
    return lead_to_operation(request, operation)


def sentence_of(errand: Errand, names: list[str], results: list[Any], target: Folder) -> str:
    """Return what was done, and which name had to be another one."""
    sentence = f"{errand.done} {named(results)} to “{title_of(target)}”"
    others = [each for name, each in zip(names, results, strict=True) if each.__name__ != name]
    renamed = [f"“{title_of(each)}” is called {each.__name__} there" for each in others[:3]]
    if len(others) > 3:
        renamed = [f"{len(others)} of them have other names there"]
    return "; ".join([sentence, *renamed])


def steps_before(request: Any, sources: Sequence[Source]) -> dict[Source, dict[str, str]]:
    """Return where each of *sources* stands in the order of its folder, beside something that stays."""
    found: dict[Source, dict[str, str]] = {}
    leaving = set(sources)
    for folder, name in sources:
        if not folder.is_ordered or not request.can("edit", folder):
            continue
        before = folder.neighbours(name)[0]
        while before is not None and (folder, before.__name__) in leaving:
            before = folder.neighbours(before.__name__)[0]
        found[folder, name] = {"to": "first"} if before is None else {"after": before.__name__}
    return found


def steps_back(
    sources: Sequence[Source], moved: list[Any], places: Mapping[Source, dict[str, str]]
) -> Iterator[tuple[Any, ...]]:
    """Yield the steps that take a move back, the last one first: to the folder, then to its place in it."""
    for (folder, name), resource in zip(sources, moved, strict=True):
        if resource.__parent__ is folder:
            continue
        if (folder, name) in places:
            yield ordered_back(folder, name, **places[folder, name])
        yield moved_back(resource, folder, name)


def folder_at(request: Any, path: str) -> Folder | None:
    """Return the folder at *path* if the one who asks may view it, else None."""
    try:
        found = find_resource(request.site, path)
    except NotFound:
        return None
    in_tree = isinstance(found, Folder) and all(isinstance(each, Folder) for each in lineage(found))
    return found if in_tree and request.can("view", found) else None


class Asked:
    """What the page shows that asks where to."""

    def __init__(self, errand: Errand, folder: Folder, request: Any, picks: Picks, target: Folder):
        self.errand = errand
        self.folder = folder
        self.request = request
        self.picks = picks
        self.target = target
        self.page = text_of(request, "page")
        self.secret = secret_of(request.settings)

    def values(self, more: str, problem: str, complaints: dict[str, str] | None = None) -> dict[str, Any]:
        """Return what the template is filled with.

        more: a cursor among the folders. problem: what is wrong with the place. complaints: by name of pick.
        """
        folders, following = self.folders(more)
        heading = f"{self.errand.word} {named(self.picks.found)}" if self.picks.found else self.errand.word
        return framed(
            self.request,
            "contents",
            heading,
            errand=self.errand,
            picks=self.picks,
            shown=self.shown(complaints or {}),
            nothing="" if self.picks.found or self.picks.missing else NOTHING,
            complaints=complaints or {},
            problem=problem,
            target=self.target,
            path=path_of(self.target),
            target_title=self.title(self.target),
            trail=[(self.title(each), self.url(each)) for each in self.trail()],
            folders=folders,
            following=following,
            refusal=self.refusal(self.target),
            page=self.page,
        )

    def shown(self, complaints: Mapping[str, str]) -> list[Any]:
        """Return which picks are named: the first, and before them those that there are complaints of."""
        first = self.picks.found[:MOST_NAMED]
        others = self.picks.found[MOST_NAMED:] if complaints else ()
        return [*(each for each in others if each.__name__ in complaints), *first]

    def title(self, folder: Any) -> str:
        """Return what people call *folder*; a site without a title is "Site"."""
        return title_of(folder) if folder.__parent__ is not None or folder.title else "Site"

    def url(self, folder: Folder, more: str | None = None) -> str:
        """Return the address of this page with the picker at *folder*."""
        query = {**self.picks.query, "to": path_of(folder), "more": more, "page": self.page or None}
        found: str = self.request.url(self.folder, f"@@{self.errand.view}", area=AREA, **query)
        return found

    def trail(self) -> list[Any]:
        """Return the folders above the target that may be seen, the site first."""
        above = list(lineage(self.target))[:0:-1]
        return [each for each in above if self.request.can("view", each)]

    def folders(self, more: str) -> tuple[list[Place], str]:
        """Return the folders in the target, as far as one page has room, and the address of the next."""
        about = f"{self.target._p_oid!r} folders"
        cursor = read_cursor(self.secret, more, about) if more else None
        found, last = self.folders_behind(cursor.key[0] if cursor else "")
        following = ""
        if last:
            following = self.url(self.target, sign_cursor(self.secret, Cursor(False, (last,)), about))
        return [Place(each, title_of(each), self.url(each), self.refusal(each)) for each in found], following

    def leave_dead_end(self) -> None:
        """Look at the folder above the target where there is none in it: what is picked is here already."""
        above = self.target.__parent__
        if above is not None and self.request.can("view", above) and not self.folders_behind("")[0]:
            self.target = above

    def folders_behind(self, cursor: str) -> tuple[list[Folder], str]:
        """Return folders in the target that something could be put into, or below; and where to go on.

        cursor: of the child behind which the search begins. It ends after LOOKED_AT children, so that a page
        costs the same however many there are; what is returned is "" where nothing is left. A child that is
        hidden from the one who asks is no place to stop at: its name would stand in the address.
        """
        picked = set(self.picks.found) if self.folder is self.target else set()
        found: list[Folder] = []
        stop: Any = None
        for number, child in enumerate(self.target.values_from(cursor), 1):
            if stop is not None:
                return found, self.target.cursor_of(stop.__name__)
            if isinstance(child, Folder) and child not in picked and self.request.can("view", child):
                found.append(child)
            if len(found) == FOLDERS or (number >= LOOKED_AT and self.request.can("view", child)):
                stop = child
        return found, ""

    def refusal(self, target: Folder) -> str:
        """Return why what was picked cannot be put into *target* itself, or ""."""
        return why_not(self.request, self.errand, self.picks.found, target)


def why_not(request: Any, errand: Errand, resources: Sequence[Any], target: Folder) -> str:
    """Return why *errand* cannot put *resources* into *target*, or "" where nothing speaks against it."""
    decision = request.can("add", target)
    if not decision:
        return str(decision.sentence)
    if errand is MOVE and resources and all(each.__parent__ is target for each in resources):
        return HERE
    possible = {each.kind for each in addable_in(request.registry, target)}
    for each in resources:
        if inside(target, each):
            return f"“{title_of(each)}” cannot be put into itself."
        if type(each) not in possible:
            content_type = content_type_of(each)
            kind = content_type.title if content_type else type(each).__name__
            return f"“{title_of(each)}” cannot be put here: a {kind} has no place in this folder."
    return ""
