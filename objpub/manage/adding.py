"""Adding something to a folder: `@@add` lists the kinds, `@@add?type=Page` is the form of one."""

from typing import Any

from objpub.content import addable_in
from objpub.content import ContentType
from objpub.content import Folder
from objpub.content import title_of
from objpub.errors import NotPossible
from objpub.forms import Form
from objpub.forms import form_again
from objpub.forms import form_for
from objpub.forms import Outcome
from objpub.forms import submit_add
from objpub.lineage import path_of
from objpub.schema import schema_of
from objpub.views import view

from .deciding import decided
from .deciding import first_ways
from .deciding import wrong_way
from .editing import aids_for
from .editing import fields_of
from .frame import AREA
from .frame import Frame
from .frame import framed
from .workflow import back

NAME = "_name"  # the control for the name in the address: no field can be called so
TAB = "add"  # none of those that are shown


@view(Folder, "add", area=AREA, permission="add", template="add.pt")
def choose_or_fill_in(folder: Folder, request: Any) -> Any:
    """The kinds of things that may be added here; with one chosen, its form."""
    wanted = request.form.get("type")
    if wanted is None:
        return kinds_page(request)
    found = kind_called(request, folder, wanted)
    if found is None:
        return not_here(request, wanted)
    form = form_for(request, found.kind, fields_of(found.kind), aids_for(request, folder, found.kind))
    return form_page(request, found, form)


@view(Folder, "add", method="POST", area=AREA, permission="add", template="add.pt")
def add(folder: Folder, request: Any) -> Any:
    """Add what was typed, or show it again with what keeps it from being added."""
    wanted, then = request.form.get("type"), request.form.get("_then", "")
    found = kind_called(request, folder, wanted)
    if found is None:
        return not_here(request, wanted)
    if then == "back":  # what a browser kept
        again = form_again(request, found.kind, fields_of(found.kind), aids_for(request, folder, found.kind))
        return form_page(request, found, again, typed=True)
    outcome = submitted(request, folder, found)
    if not outcome.saved:
        page = form_page(request, found, outcome.form, name_error(found.kind, outcome), typed=True)
        return outcome.page(request, **page)
    message = decided(request, outcome.resource, then, f"Added “{title_of(outcome.resource)}”")
    return gone_on(request, outcome.resource, then, message)


def submitted(request: Any, folder: Folder, found: ContentType) -> Outcome:
    """Return what became of the form to add something."""
    fields, aids = fields_of(found.kind), aids_for(request, folder, found.kind)
    name = text_in(request, NAME).strip() or None
    try:
        first = found.workflow.initial if found.workflow is not None else None
        wrong = wrong_way(found.workflow, first, text_in(request, "_then"))
        if wrong:
            raise NotPossible(wrong)
        return submit_add(request, folder, found.kind, fields, name, aids)
    except NotPossible as error:
        errors = {"form": str(error)}
        return Outcome(None, form_again(request, found.kind, fields, aids, errors), errors, {})


def gone_on(request: Any, resource: Any, then: str, message: str) -> Any:
    """Return the way from the form to what was added: to its public page, or to its form."""
    if then == "view":
        return request.redirect(resource, message=message)
    if request.can("edit", resource):
        return request.redirect(resource, "@@edit", area=AREA, message=message)
    return back(request, resource, message)  # who may not edit it in its new state


def kinds_page(request: Any, problem: str = "") -> dict[str, Any]:
    """Return what the list of kinds shows."""
    kinds = addable_in(request.registry, request.context)
    return framed(request, TAB, f"Add to “{place_of(request)}”", kinds=kinds, form=None, problem=problem)


def not_here(request: Any, wanted: Any) -> Any:
    """Answer who wants to add what cannot be added here: 404, with what can."""
    problem = f"There is no “{str(wanted or '')[:60]}” to be added here. These are the possible ones:"
    page = request.page(kinds_page(request, problem))
    page.status_int = 404
    return page


def form_page(
    request: Any, found: ContentType, form: Form, name_error: str = "", typed: bool = False
) -> dict[str, Any]:
    """Return what the form shows. typed: is there something in it that is not saved?"""
    if not typed and form.rows:
        form.rows[0].focused = True
    return framed(
        request,
        TAB,
        f"New {found.title[:1].lower()}{found.title[1:]} in “{place_of(request)}”",
        form=form,
        kind=found,
        name=text_in(request, NAME),
        name_error=name_error,
        address=path_of(request.context).rstrip("/") + "/",
        typed=typed,
        ways=first_ways(request, found.workflow),
        preview=request.url(request.context, "@@preview", area=AREA),
    )


def place_of(request: Any) -> str:
    """Return the title of the folder that something is added to; a site without one is “Site”."""
    return Frame(request).title_of(request.context)


def name_error(kind: type, outcome: Outcome) -> str:
    """Return what is wrong with the name in the address; "" for nothing."""
    return "" if "name" in schema_of(kind) else outcome.errors.get("name", "")


def kind_called(request: Any, folder: Folder, wanted: Any) -> ContentType | None:
    """Return what *wanted*, "Page" or "blog.content.Page", means among what may be added in *folder*."""
    found = [each for each in addable_in(request.registry, folder) if wanted in {each.name, each.dotted}]
    return found[0] if len(found) == 1 else None


def text_in(request: Any, name: str) -> str:
    """Return the text that was sent as *name*; "" for none."""
    value = request.form.get(name)
    return value if isinstance(value, str) else ""
