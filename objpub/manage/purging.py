"""Deleting for good: a second act, after the trash, with its numbers first. There is no way back."""

import re
from dataclasses import dataclass
from typing import Any

from objpub.content import Site
from objpub.errors import Forbidden
from objpub.operations import begin_purge
from objpub.operations import Entry
from objpub.operations import purge
from objpub.operations import say
from objpub.operations import whole_trash
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .operations import lead_to_operation
from .permission import check_signed_in
from .restoring import GONE
from .trash import entries_called

ENTRY = re.compile(r"\d{18}-[0-9a-f]{8}")  # what entries of the trash are called
NAMED = 100  # entries that the page names; of more it gives the number


@dataclass(frozen=True)
class Farewell:
    """What is forgotten for good. upto: the latest entry there was, where it is the whole trash; else ""."""

    entries: tuple[Entry, ...]
    upto: str = ""

    @property
    def count(self) -> int:
        """How many resources there are in all."""
        return sum(each.count for each in self.entries)

    @property
    def named(self) -> tuple[Entry, ...]:
        """The entries that are named."""
        return self.entries[:NAMED]


@view(Site, "purge", area="manage", permission="public", template="purge.pt")
def ask(site: Site, request: Any, pick: tuple[str, ...] = (), all: bool = False) -> Any:
    """Show what would be gone for good: what was picked, or all that is in the trash."""
    check_may(request)
    farewell = everything(site) if all else Farewell(tuple(entries_called(request, pick)))
    if not farewell.entries:
        return request.redirect(site, "@@trash", area="manage", message=GONE)
    number = len(farewell.entries)
    heading = "Empty the trash?" if all else f"Delete “{farewell.entries[0].title}” for good?"
    if number > 1 and not all:
        heading = f"Delete {number:,} items for good?"
    return framed(request, "trash", heading, farewell=farewell)


@view(Site, "purge", area="manage", method="POST", permission="public")
def purge_them(site: Site, request: Any, pick: tuple[str, ...] = (), upto: str = "") -> Response:
    """Forget what was picked, or the whole trash as it was when the page was made.

    upto: the latest entry that the page was about; what was deleted after it stays.
    """
    check_may(request)
    entries = everything(site, upto).entries if upto else tuple(entries_called(request, pick))
    if not entries:
        return request.redirect(site, "@@trash", area="manage", message=GONE)
    if len(entries) > request.settings.limits.at_once:
        return lead_to_operation(request, begin_purge(request.identity, site, entries))
    count = sum(each.count for each in entries)
    title = entries[0].title
    for entry in entries:
        purge(request.identity, entry)
    sentence = f"Deleted “{title}” for good" if len(entries) == 1 else f"Deleted {count:,} items for good"
    if len(entries) > 1:
        say(
            request.identity,
            site,
            f"Purged {len(entries):,} entries of the trash, {count:,} items",
            alone=True,
        )
    return request.redirect(site, "@@trash", area="manage", message=sentence)


def everything(site: Site, upto: str = "") -> Farewell:
    """Return what is in the trash; with *upto*, only that entry and those before it in time."""
    trash = whole_trash(site)
    if trash is None:
        return Farewell(())
    if upto and not ENTRY.fullmatch(upto):
        return Farewell(())  # nonsense could stand before every name
    entries = tuple(each for each in trash if str(each.__name__) >= upto)
    return Farewell(entries, str(entries[0].__name__) if entries else "")


def check_may(request: Any) -> None:
    """Raise Forbidden, with the reason, for those who may not forget anything for good."""
    check_signed_in(request)
    trash = request.site.trash
    if trash is not None:
        decision = request.can("manage", trash)
        if not decision:
            raise Forbidden(decision.sentence, decision)
