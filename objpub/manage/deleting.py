"""Deleting: first what and how much, then into the trash, with an Undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from objpub.content import Content
from objpub.content import Folder
from objpub.content import title_of
from objpub.content import walk
from objpub.errors import AskFirst
from objpub.operations import begin_delete
from objpub.operations import delete
from objpub.operations import is_large
from objpub.operations import refusal_of
from objpub.operations import say
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .operations import lead_to_operation
from .permission import check_signed_in
from .picking import answer
from .picking import lead_to_folder
from .picking import named
from .picking import Picks
from .picking import QUESTION
from .picking import text_of
from .picking import WHOLE
from .referring import Referring
from .referring import referring_to
from .selecting import selected
from .undo import offer_undo
from .undo import restored

MOST_NAMED = 100  # of what goes, and of what stays, on the page that asks
MOST_COUNTED = 10_000  # resources below one; above that the number says "more than"
NOTHING = "There is nothing to delete: it was not chosen, or it is not there any more."


@dataclass(frozen=True)
class Doomed:
    """Something that is to be deleted. count: of what is in it, at most `MOST_COUNTED`.

    refusal: why it may not be deleted, or "".
    """

    resource: Any
    title: str
    count: int
    refusal: str

    @property
    def is_counted(self) -> bool:
        """Is *count* the whole number?"""
        return self.count < MOST_COUNTED


@dataclass(frozen=True)
class Deletion:
    """What a deletion is about. doomed: what can go. kept: what may not. referring: what refers to it."""

    doomed: tuple[Doomed, ...]
    kept: tuple[Doomed, ...]
    referring: Referring

    @property
    def count(self) -> int:
        """How many resources go, with all that is in them."""
        return sum(1 + each.count for each in self.doomed)

    @property
    def is_counted(self) -> bool:
        """Is *count* the whole number?"""
        return all(each.is_counted for each in self.doomed)


@view(Content, "delete", area="manage", permission="view")
def delete_this(content: Content, request: Any) -> Response:
    """Deleting something is a matter of the folder that it is in."""
    return lead_to_folder(content, request, "delete")


@view(Folder, "delete", area="manage", permission="view", template="delete.pt")
def ask(folder: Folder, request: Any, pick: tuple[str, ...] = ()) -> Any:
    """Show what would be deleted, with all its consequences; nothing is done yet."""
    check_signed_in(request)
    picks = selected(request, folder, pick)
    if not pick and not text_of(request, WHOLE) and folder.__parent__ is not None:
        return lead_to_folder(folder, request, "delete")
    if not picks.found:
        return request.redirect(folder, area="manage", message=NOTHING)
    return deletion_page(request, picks)


@view(Folder, "delete", area="manage", method="POST", permission="view", template="delete.pt")
def delete_them(folder: Folder, request: Any, pick: tuple[str, ...] = (), asked: bool = False) -> Any:
    """Move what was picked to the trash, all of it or nothing.

    asked: did the page say what refers to it? Where it did not, as nothing did then, it is shown again.
    """
    check_signed_in(request)
    picks = selected(request, folder, pick)
    if picks.found and text_of(request, QUESTION):
        return deletion_page(request, picks)
    picked = picks.found
    if not picked:
        return request.redirect(folder, area="manage", message=NOTHING)
    if picks.whole and not picks.is_good:
        return answer(request, deletion_page(request, picks), 409)
    if is_large(picked, request.settings.limits.at_once):
        return lead_to_operation(request, begin_delete(request.identity, picked, asked=asked))
    try:
        entries = [delete(request.identity, each, along=picked, asked=asked) for each in picked]
    except AskFirst:
        return answer(request, deletion_page(request, picks), 409)
    count = sum(entry.count for entry in entries)
    sentence = f"Deleted {named(picked)}{with_contents(count - len(entries))}. You find it in the trash"
    if len(entries) > 1:
        say(request.identity, folder, f"Deleted {named(picked)} from “{title_of(folder)}”", alone=True)
    offer_undo(request, sentence, *map(restored, entries))
    return request.redirect(folder, area="manage")


def deletion_page(request: Any, picks: Picks) -> dict[str, Any]:
    """Return what the page shows that asks whether *picks* shall go: of a whole list all, or nothing."""
    doomed = [doomed_one(request, each, picks.found) for each in picks.found]
    deletion = Deletion(
        tuple(each for each in doomed if not each.refusal),
        tuple(each for each in doomed if each.refusal),
        referring_to(request, picks.found),
    )
    going = Picks(tuple(each.resource for each in deletion.doomed), ())
    return framed(
        request,
        "contents",
        heading_for(deletion.doomed or deletion.kept),
        deletion=deletion,
        picks=picks if picks.whole else going,
        complaints=picks.complaints if picks.whole else [],
        may_go=bool(deletion.doomed and not (picks.whole and deletion.kept)),
        most=MOST_NAMED,
    )


def doomed_one(request: Any, resource: Any, along: Sequence[Any]) -> Doomed:
    """Return what deleting *resource* means. along: what goes with it."""
    title, count = title_of(resource), 0
    decision = request.can("delete", resource)
    refusal = refusal_of(request.identity, resource, along) if decision else decision.sentence
    for step in walk(resource):
        if step is resource:
            continue
        count += 1
        if not refusal and not (request.can("delete", step) and request.can("view", step)):
            refusal = f"There is something in “{title}” that you may not delete"
        if count >= MOST_COUNTED:
            break
    return Doomed(resource, title, count, refusal)


def heading_for(doomed: tuple[Doomed, ...]) -> str:
    """Return the question that the page asks."""
    return f"Delete “{doomed[0].title}”?" if len(doomed) == 1 else f"Delete {len(doomed):,} items?"


def with_contents(count: int) -> str:
    """Return what a sentence adds about *count* things inside."""
    return f" with {count:,} item{'' if count == 1 else 's'} in it" if count else ""
