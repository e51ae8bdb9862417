"""Undo: what a confirmation offers, and how it is taken back.

    entry = delete(request.identity, page)
    offer_undo(request, "Deleted “Tides”", restored(entry))

The next page shows the sentence with a button. What has to be done for it waits in the session of whoever
did it, the last ten times; the page knows a random token alone. Undoing goes through the operations: who
may not do it any longer is told so, and what has changed meanwhile is not trampled on.
"""

import secrets
from collections.abc import Callable
from typing import Any

from persistent.wref import WeakRef

from objpub.content import Site
from objpub.content import title_of
from objpub.errors import Forbidden
from objpub.errors import NotPossible
from objpub.errors import Refused
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import order
from objpub.operations import rename
from objpub.operations import restore
from objpub.publisher import own_path
from objpub.views import Response
from objpub.views import view

from .permission import check_signed_in

KEPT = 10
NOTES = "undo"  # the name of the notes in a session

#: One thing to take back: a word of `INVERSES` and what it needs, all of it built-in values and weak
#: references, so that no record knows a class of this part.
Step = tuple[Any, ...]


def restored(entry: Any) -> Step:
    """Take back a deletion. entry: what `delete` returned."""
    return ("restored", WeakRef(entry), entry.title)


def moved_back(resource: Any, folder: Any, name: str) -> Step:
    """Take back a move, which has been made. folder, name: where *resource* was before."""
    now = (WeakRef(resource.__parent__), resource.__name__)
    return ("moved_back", WeakRef(resource), title_of(resource), WeakRef(folder), name, *now)


def renamed_back(resource: Any, name: str) -> Step:
    """Take back a renaming, which has been made. name: what *resource* was called before."""
    return ("renamed_back", WeakRef(resource), title_of(resource), name, resource.__name__)


def retitled_back(resource: Any, title: str) -> Step:
    """Take back another title, which has been given. title: the one that *resource* had before."""
    return ("retitled_back", WeakRef(resource), title, title_of(resource))


def ordered_back(
    folder: Any, name: str, before: str | None = None, after: str | None = None, to: str | None = None
) -> Step:
    """Take back another order. before, after, to: where the child called *name* stood, see `order`."""
    return ("ordered_back", WeakRef(folder), title_of(folder), name, before, after, to)


def offer_undo(request: Any, sentence: str, *steps: Step) -> None:
    """Show *sentence* on the next page, with an Undo that takes back *steps*, the last one first.

    Without steps, or without a session to keep them in, it is a message like any other.
    """
    request.message(sentence)
    if not steps or request.session is None:
        return
    token = secrets.token_urlsafe(12)
    sessions, key = request.site.users.sessions, request.session.key
    kept = (*sessions.notes(key, NOTES), (token, sentence, steps))
    sessions.note(key, NOTES, kept[-KEPT:])
    request.new_messages[-1]["undo"] = token


@view(Site, "undo", area="manage", method="POST", permission="public")
def undo(site: Site, request: Any, token: str, back: str = "") -> Response:
    """Take back what the message with *token* told, all of it or nothing.

    back: the page where it was offered, to say there why it cannot be done.
    """
    check_signed_in(request)
    if request.session is None:
        raise Forbidden("Undo needs a session, and you came with a key")
    sessions, key = site.users.sessions, request.session.key
    kept = sessions.notes(key, NOTES)
    found = next((each for each in kept if each[0] == token), None)
    if found is None:
        request.message("That was undone already, or is too long ago to be undone from here.", "warn")
        return request.redirect(own_path(back) or request.url(site, area="manage"))
    _, sentence, steps = found
    try:
        done = [INVERSES[word](request, *rest) for word, *rest in reversed(steps)]
    except Refused as error:
        request.connection.transaction_manager.doom()  # some of the steps may have been taken back
        request.message(f"This cannot be undone any more: {sentence}. {error}", "warn")
        return request.redirect(own_path(back) or request.url(site, area="manage"))
    sessions.note(key, NOTES, tuple(each for each in kept if each is not found))
    remarks = [remark for _, remark in done if remark]
    request.message(". ".join([f"Undone: {sentence}", *remarks]), "warn" if remarks else "ok")
    return request.redirect(done[-1][0], area="manage")


# Each inverse returns the folder where its work is to be seen, and what is not as it was, or "".


def undo_deletion(request: Any, entry: Any, title: str) -> tuple[Any, str]:
    """Bring back what was deleted."""
    entry = found_again(entry, title)
    name, old_folder = entry.name, entry.old_folder()
    resource = restore(request.identity, entry)
    folder = resource.__parent__
    remark = ""
    if folder is not old_folder:
        remark = f"The folder of “{title}” is gone, it is in “{title_of(folder)}” now"
    elif resource.__name__ != name:
        remark = f"The name {name} is taken, “{title}” is called {resource.__name__} now"
    return folder, remark


def undo_move(
    request: Any, resource: Any, title: str, folder: Any, name: str, folder_now: Any, name_now: str
) -> tuple[Any, str]:
    """Put something back where it was."""
    resource = found_again(resource, title)
    if resource.__parent__ is not folder_now() or resource.__name__ != name_now:
        raise NotPossible(f"“{title}” was moved again since")
    folder = found_again(folder, "the folder it was in")
    is_taken = name in folder
    move(request.identity, resource, folder, None if is_taken else name)
    remark = f"The name {name} is taken, “{title}” is called {resource.__name__} now" if is_taken else ""
    return folder, remark


def undo_renaming(request: Any, resource: Any, title: str, name: str, name_now: str) -> tuple[Any, str]:
    """Give something the name it had."""
    resource = found_again(resource, title)
    if resource.__name__ != name_now:
        raise NotPossible(f"“{title}” was renamed again since")
    rename(request.identity, resource, name)
    return resource.__parent__, ""


def undo_title(request: Any, resource: Any, title: str, title_now: str) -> tuple[Any, str]:
    """Give something the title it had."""
    resource = found_again(resource, title_now)
    if title_of(resource) != title_now:
        raise NotPossible(f"“{title_now}” has yet another title since")
    edit(request.identity, resource, {"title": title})
    return resource.__parent__, ""


def undo_order(
    request: Any, folder: Any, title: str, name: str, before: str | None, after: str | None, to: str | None
) -> tuple[Any, str]:
    """Put a child back to where it stood in the order of its folder."""
    folder = found_again(folder, title)
    order(request.identity, folder, name, before=before, after=after, to=to)
    return folder, ""


INVERSES: dict[str, Callable[..., tuple[Any, str]]] = {
    "restored": undo_deletion,
    "moved_back": undo_move,
    "renamed_back": undo_renaming,
    "retitled_back": undo_title,
    "ordered_back": undo_order,
}


def found_again(reference: Any, title: str) -> Any:
    """Return what the weak *reference* leads to. Raises NotPossible where that is gone for good."""
    try:
        found = reference()
    except KeyError:  # packed away
        found = None
    if found is None:
        raise NotPossible(f"“{title}” is gone for good")
    return found
