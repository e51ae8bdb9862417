"""What somebody cut or copied, to be pasted elsewhere: kept with his session until it is used or forgotten.

The notes of the session lead to each thing by its identity, so that another name or another folder does not
lose it. They say nothing else, no title and no path: what was deleted or hidden meanwhile is a number only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from persistent.wref import WeakRef

from objpub.content import Folder
from objpub.errors import Forbidden
from objpub.lineage import inside

from .moving import COPY
from .moving import Errand
from .moving import HERE
from .moving import MOVE
from .moving import why_not
from .permission import visible

NOTES = "clipboard"  # the name of the notes in a session
MOST = 500  # things; each is looked at again for the page of every folder
CUT_HERE = "What was cut is here already; go to another folder, and paste it there."
CUT, COPIED = "cut", "copied"
ERRANDS = {CUT: MOVE, COPIED: COPY}


@dataclass(frozen=True)
class Clipboard:
    """What can be pasted. mode: CUT, COPIED, or "" for nothing.

    found: what is there, and seen by the one who asks. gone: how many are not, any longer.
    """

    request: Any
    mode: str = ""
    found: tuple[Any, ...] = ()
    gone: int = 0

    @property
    def errand(self) -> Errand:
        """What is done with it when it is pasted."""
        return ERRANDS[self.mode]

    def cut_from(self, folder: Folder) -> set[str]:
        """Return the names of what was cut and is still in *folder*."""
        return {each.__name__ for each in self.found if self.mode == CUT and each.__parent__ is folder}

    def refusal(self, folder: Folder) -> str:
        """Return why it cannot be pasted into *folder*, or ""."""
        sentence = why_not(self.request, self.errand, self.found, folder)
        return CUT_HERE if sentence == HERE else sentence


def clipboard_of(request: Any) -> Clipboard:
    """Return what the one who asks cut or copied."""
    kept = request.site.users.sessions.notes(request.session.key, NOTES) if request.session else ()
    if not kept:
        return Clipboard(request)
    mode, *references = kept
    found = [each for each in map(led_to, references) if is_there(request, each)]
    return Clipboard(request, mode, tuple(found), len(references) - len(found))


def led_to(reference: Any) -> Any:
    """Return what the weak *reference* leads to, None where it was packed away."""
    try:
        found = reference()
        if found is not None:
            found._p_activate()  # it may be in memory by name only, from before it was packed away
    except KeyError:
        return None
    return found


def is_there(request: Any, resource: Any) -> bool:
    """Is *resource* in the site, not in its trash, and seen by the one who asks?"""
    return resource is not None and inside(resource, request.site) and visible(request, resource)


def keep(request: Any, mode: str, resources: Iterable[Any] = ()) -> None:
    """Keep *resources* to be pasted, instead of what was kept before; an empty *mode* forgets that.

    Raises Forbidden for who came without a session.
    """
    if request.session is None:
        raise Forbidden("Cut and paste needs a session, and you came with a key")
    kept = (mode, *map(WeakRef, resources)) if mode else ()
    sessions = request.site.users.sessions
    if kept or sessions.notes(request.session.key, NOTES):
        sessions.note(request.session.key, NOTES, kept)
