"""The form to edit an object, and the page where two versions of a field meet.

"Save" stays on the page, "Save and view" goes on to the public one. What two people changed in different
fields is merged; the same field is asked about.
"""

from collections.abc import Iterable
from collections.abc import Sequence
from functools import partial
from typing import Any

from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.content import title_of
from objpub.database import revisions_of
from objpub.errors import NotPossible
from objpub.forms import Aids
from objpub.forms import changed_meanwhile
from objpub.forms import Form
from objpub.forms import form_again
from objpub.forms import form_for
from objpub.forms import form_with
from objpub.forms import Outcome
from objpub.forms import submit_edit
from objpub.operations import draft_of
from objpub.schema import schema_of
from objpub.views import Response
from objpub.views import view
from objpub.workflow import state_of
from objpub.workflow import workflow_of

from .deciding import decided
from .deciding import ways_on
from .deciding import wrong_way
from .drafting import DISCARD
from .drafting import drafted
from .drafting import PUBLISH
from .drafting import SAVE
from .drafting import settle
from .facts import Facts
from .frame import AREA
from .frame import framed
from .icons import icon
from .taking import takes_images
from .workflow import back

#: Fields that belong beside another one: name → the name of the one that it stands behind.
BESIDE = {"alt": "upload"}


@view(Content, "edit", area=AREA, permission="edit", template="edit.pt")
@view(Site, "edit", area=AREA, permission="manage", template="edit.pt")
def edit_form(content: Content, request: Any) -> dict[str, Any]:
    """The form, as it is stored; with "draft" in the query, as its draft says."""
    fields, aids = fields_of(type(content)), aids_for(request, content)
    draft = draft_of(request.identity, content) if "draft" in request.form else None
    if draft is not None:
        return page_of(request, form_with(request, content, draft, fields, aids), in_draft=True)
    return page_of(request, form_for(request, content, fields, aids))


@view(Content, "edit", method="POST", area=AREA, permission="edit", template="edit.pt")
@view(Site, "edit", method="POST", area=AREA, permission="manage", template="edit.pt")
def save(content: Content, request: Any) -> Any:
    """Save what was typed, or show it again with what keeps it from being saved."""
    fields, aids = fields_of(type(content)), aids_for(request, content)
    then = request.form.get("_then", "")
    if then == "back":
        return page_of(request, form_again(request, content, fields, aids), typed=True)
    if then in {PUBLISH, DISCARD}:
        return settle(request, then)
    try:
        wrong = wrong_way(workflow_of(content), state_of(content), then)
        if wrong:
            raise NotPossible(wrong)
        outcome = submit_edit(request, content, fields, aids, as_draft=then == SAVE)
    except NotPossible as error:
        outcome = refused(request, content, fields, aids, str(error))
    if not outcome.saved:
        return outcome.page(request, **page_of(request, outcome.form, outcome, typed=True))
    return gone_on(request, then, decided(request, content, then, said(outcome)))


def gone_on(request: Any, then: str, message: str) -> Any:
    """Return the way on from a form that was saved. then: the button that was pressed."""
    content = request.context
    if then == SAVE:
        is_there = draft_of(request.identity, content) is not None
        here = request.url(content, "@@edit", area=AREA, draft="on" if is_there else None)
        return request.redirect(here, message="The draft is saved" if is_there else "No draft is needed")
    if then == "view":
        return request.redirect(content, message=message)
    if request.can("edit", content):
        return request.redirect(content, "@@edit", area=AREA, message=message)
    return back(request, content, message)  # who may not edit it in its new state


@view(Content, "meanwhile", method="POST", area=AREA, permission="edit")
def meanwhile(content: Content, request: Any) -> Response:
    """Say, for a form that is open, what others have saved since it was loaded."""
    titles = changed_meanwhile(request, content, fields_of(type(content)))
    if not titles:
        return request.json({"text": ""})
    last = revisions_of(content, 1)
    user = last[0].user if last else ""
    who = str(request.site.users.title_of_principal(f"user:{user}")) if user else ""
    who = "You, in another window," if user == request.identity.user_id else who or "Somebody else"
    text = f"{who} changed {joined(titles)} meanwhile. Go on: different fields are merged when you save."
    return request.json({"text": text})


def joined(names: Sequence[str]) -> str:
    """Return "a, b and c"."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]


def said(outcome: Outcome) -> str:
    """Return what the next page tells about a form that was saved; "" where nothing had to be."""
    if outcome.merged and not outcome.changed:
        return f"Nothing to save; others changed meanwhile: {', '.join(outcome.merged)}"
    return outcome.message if outcome.changed or outcome.merged else ""


def refused(request: Any, content: Any, fields: Iterable[str], aids: Aids, text: str) -> Outcome:
    """Return the outcome of a form whose values are right, and which cannot be saved nevertheless."""
    form = form_again(request, content, fields, aids, {"form": text})
    return Outcome(content, form, {"form": text}, {})


def page_of(
    request: Any, form: Form, outcome: Outcome | None = None, typed: bool = False, in_draft: bool = False
) -> dict[str, Any]:
    """Return what the page shows. typed: is there something in the form that is not saved?

    in_draft: does the form show the draft? One that comes again says so itself.
    """
    merging = outcome is not None and is_merging(outcome)
    return framed(
        request,
        "edit",
        heading_of(form) if merging else None,
        form=form,
        facts=Facts(request),
        merging=merging,
        outcome=outcome,
        typed=typed,
        carried=list(carried(request, form)) if merging else [],
        preview=request.url(request.context, "@@preview", area=AREA),
        draft=drafted(request),
        ways=ways_on(request, request.context),
        in_draft=in_draft or (typed and "_draft" in request.form),
    )


def is_merging(outcome: Outcome) -> bool:
    """Is there nothing to do but to choose between two versions?"""
    asked = {row.name for row in outcome.form.undecided}
    return bool(asked) and asked.issuperset(outcome.errors)


def heading_of(form: Form) -> str:
    """Return the heading of the merge page: who changed what."""
    names = [row.field.title for row in form.undecided]
    people = {row.meeting.who for row in form.undecided if row.meeting is not None}
    who = people.pop() if len(people) == 1 else ""
    return f"You and {who or 'somebody else'} both changed {joined(names)}"


def carried(request: Any, form: Form) -> Iterable[tuple[str, str]]:
    """Yield (name, text) of all that was sent and that the merge page has no place for: nothing is lost."""
    asked = {row.name for row in form.undecided}
    for name, text in request.form.texts():
        own = name.startswith("_") and not name.startswith(("_remove.", "_lost."))
        if not own and name not in asked:
            yield name, text


def fields_of(kind: type) -> list[str]:
    """Return the names of the fields of a form, in the order of their declaration but for `BESIDE`."""
    names = list(schema_of(kind))
    for name, other in BESIDE.items():
        if name in names and other in names:
            names.remove(name)
            names.insert(names.index(other) + 1, name)
    return names


def aids_for(request: Any, place: Any, kind: type | None = None) -> Aids:
    """Return what helps to fill in a form at *place*. kind: the class of what is to be added there."""
    named = None if kind is None else kind.__name__
    around = place if isinstance(place, Folder) else place.__parent__
    pictured = around if isinstance(around, Folder) and takes_images(request, around) else None
    return Aids(
        preview=request.url(place, "@@preview", area=AREA, type=named),
        pick=request.url(place, "@@choose", area=AREA, type=named),
        images=request.url(pictured, "@@upload", area=AREA) if pictured is not None else "",
        images_in=title_of(pictured) if pictured is not None else "",
        icon=partial(icon, request),
    )
