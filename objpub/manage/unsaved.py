"""What was typed into a form that could not be saved at all: it is shown again, with the way to save it.

Somebody else has moved, renamed or deleted the page meanwhile, or may have taken away the right to edit it. A
form says what it is about, signed, so what was moved is found again, also in the trash.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from objpub.content import Content
from objpub.content import Site
from objpub.content import title_of
from objpub.database import revisions_of
from objpub.errors import NotFound
from objpub.forms import subject_of
from objpub.lineage import lineage
from objpub.lineage import path_of
from objpub.operations import Entry
from objpub.operations import may_restore
from objpub.operations import restore
from objpub.operations import whole_trash
from objpub.schema import schema_of
from objpub.views import Response
from objpub.views import view

from .facts import sentence_for
from .frame import AREA
from .permission import check_signed_in

FORMS = frozenset({"@@edit", "@@add", "@@restore-and-save"})  # whose content is kept
MOVES = ("Moved ", "Renamed ", "Restored ")  # how sentences about another place begin
LOOKED_AT = 5  # revisions, to find who did it
KIND = "type"  # of a form for something new: which class it shall be
ENTRY = "_entry"  # the name in the trash of what shall be restored; no field is called so


@dataclass(frozen=True)
class Unsaved:
    """What was typed, and what can be done with it.

    heading, sentence: what has happened; "" where the error says it. typed: (title, text) of each field.
    sent: (name, text) of everything, to send it again. files: names of those that have to be chosen again.
    url: where to send it; button: what that does; "" for nowhere.
    """

    heading: str
    sentence: str
    typed: list[tuple[str, str]]
    sent: list[tuple[str, str]]
    files: list[str]
    url: str
    button: str


def unsaved_in(request: Any, status: int) -> Unsaved | None:
    """Return what the form in *request*, which failed with *status*, has sent; None if it is none."""
    if request.incoming.is_safe or not FORMS.intersection(request.incoming.segments[-1:]):
        return None
    sent = [(name, text) for name, text in request.form.texts() if name != ENTRY]
    subject = subject_of(request)
    files = [filename for _, filename in request.form.filenames() if filename]
    said = fate_of(request, subject) if status == 404 else ("", "", *again_at(request))
    return Unsaved(*said[:2], typed_in(sent, subject), sent, files, *said[2:])


def typed_in(sent: Iterable[tuple[str, str]], subject: Any) -> list[tuple[str, str]]:
    """Return (title, text) of what people typed; machinery and empty fields are left out."""
    fields = schema_of(type(subject)) if isinstance(subject, Content) else {}
    return [
        (fields[name].title if name in fields else name.replace("_", " ").capitalize(), text)
        for name, text in sent
        if text.strip() and name[:1] != "_" and (name.partition(".")[0] in fields if fields else name != KIND)
    ]


def fate_of(request: Any, subject: Any) -> tuple[str, str, str, str]:
    """Return what became of *subject*: heading, sentence, where to send what was typed, and the button."""
    if subject is None:
        return ("", "", *again_at(request))
    title = title_of(subject)
    entry = next((each for each in lineage(subject) if isinstance(each, Entry)), None)
    if entry is not None:
        inside = "" if entry.resource is subject else f", with “{title}” in it"
        sentence = f"{entry.who_title} deleted “{entry.title}”{inside}."
        ways = again_at(request)
        if may_restore(request.identity, entry):
            url = request.url(request.site, "@@restore-and-save", area=AREA, **{ENTRY: entry.__name__})
            ways = (url, "Restore it and save")
        return (f"“{title}” was deleted meanwhile", sentence, *ways)
    if request.site not in lineage(subject):
        return (f"“{title}” was deleted meanwhile", "It is gone for good.", "", "")
    if not request.can("view", subject):
        return ("", "", *again_at(request))
    if not request.can("edit", subject):
        return (f"“{title}” has another address now", "You may not edit it there.", *again_at(request))
    sentence = f"{moved_by(request, subject)} It is at {path_of(subject)} now.".strip()
    return (
        f"“{title}” has another address now",
        sentence,
        request.url(subject, "@@edit", area=AREA),
        "Save it there",
    )


def again_at(request: Any) -> tuple[str, str]:
    """Return the address that the form was sent to, and what it says on the button that sends it again."""
    return request.prefix + quote(request.incoming.path, safe="/@+:~"), "Try again"


def moved_by(request: Any, subject: Any) -> str:
    """Return who put *subject* elsewhere, as a sentence; "" where that is not known."""
    for revision in revisions_of(subject, LOOKED_AT):
        if revision.sentence.startswith(MOVES) and revision.user:
            who = request.site.users.title_of_principal(f"user:{revision.user}")
            return f"{who}: {sentence_for(request, subject, revision)}."
    return ""


@view(Site, "restore-and-save", area=AREA, method="POST", permission="public")
def restore_and_save(site: Site, request: Any) -> Response:
    """Bring back what a form is about, and send the form there once more."""
    check_signed_in(request)
    subject = subject_of(request)
    trash = whole_trash(site)
    found = None if trash is None else trash.get(str(request.form.get(ENTRY, "")))
    if found is not None and may_restore(request.identity, found):
        restore(request.identity, found)
    if subject is None or site not in lineage(subject):
        raise NotFound(request.incoming.path)
    response: Response = request.redirect(subject, "@@edit", area=AREA)
    response.status = "307 Temporary Redirect"  # a browser sends the same form again
    return response
