"""Another name and another title, on a page of its own; with a script it opens in the list."""

from typing import Any

from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import content_type_of
from objpub.content import Folder
from objpub.content import title_of
from objpub.errors import Clash
from objpub.errors import Invalid
from objpub.errors import Refused
from objpub.forms import said_to
from objpub.operations import digests_of
from objpub.operations import edit
from objpub.operations import rename
from objpub.schema import schema_of
from objpub.views import Response
from objpub.views import view

from .frame import AREA
from .frame import framed
from .permission import check_signed_in
from .picking import all_or_none
from .picking import answer
from .picking import lead_to_folder
from .picking import picks_in
from .picking import status_of
from .picking import text_of
from .undo import offer_undo
from .undo import renamed_back
from .undo import retitled_back

NOTHING = "Nothing is picked. Go back, and choose what to rename."


@view(Content, "rename", area=AREA, permission="view")
def rename_one(content: Content, request: Any) -> Response:
    """Renaming something is a matter of the folder that it is in."""
    check_signed_in(request)
    return lead_to_folder(content, request, "rename")


@view(Folder, "rename", area=AREA, permission="view", template="rename.pt")
def ask_name(folder: Folder, request: Any) -> Any:
    """Show the form for another name and another title.

    Of the query: pick, the name of a child; page, a cursor of the list to go back to.
    """
    check_signed_in(request)
    pick = text_of(request, "pick")
    if not pick and folder.__parent__ is not None:
        return lead_to_folder(folder, request, "rename")
    picks = picks_in(request, folder, [pick] if pick else [])
    if not picks.found:
        return answer(request, nobody(request, picks.complaints), 404 if pick else 422)
    child = picks.found[0]
    decision = request.can("edit", child)
    errors = {} if decision else {"": decision.sentence}
    values = form_values(request, child, child.__name__, title_of(child), started_of(child), errors)
    return answer(request, values, 200 if decision else 403)


@view(Folder, "rename", area=AREA, method="POST", permission="view", template="rename.pt")
def give_name(folder: Folder, request: Any) -> Any:
    """Give the child called *pick* another *name* and another *title*, both or none.

    Of the form: pick, its name until now; name; title, which may be left out; started, the digest of the
    title that the form began with; page, a cursor of the list to go back to.
    """
    check_signed_in(request)
    pick, name, title, started = (text_of(request, each) for each in ("pick", "name", "title", "started"))
    picks = picks_in(request, folder, [pick] if pick else [])
    if not picks.found:
        return answer(request, nobody(request, picks.complaints), 404 if pick else 422)
    child, old_name, old_title = picks.found[0], pick, title_of(picks.found[0])
    has_title = "title" in request.form and titled(child)

    def change(child: Any) -> Any:
        if has_title:
            edit(request.identity, child, {"title": title}, {"title": started} if started else None)
        return rename(request.identity, child, name)

    _, _, refusal = all_or_none(request, [child], change)
    if refusal is not None:
        errors = errors_of(refusal)
        typed = title if has_title else old_title
        values = form_values(request, child, name, typed, started, errors)
        return answer(request, values, status_of(refusal))
    tell(request, child, old_name, old_title)
    back: Response = request.redirect(request.url(folder, area=AREA, page=text_of(request, "page") or None))
    return back


def tell(request: Any, child: Any, old_name: str, old_title: str) -> None:
    """Say on the next page what has been changed, which can be taken back there."""
    title = title_of(child)
    renamed = child.__name__ != old_name
    retitled = titled(child) and child.title == title != old_title
    sentence = f"“{old_title}” has the title “{title}” now"
    if renamed and retitled:
        sentence += f", and the name {child.__name__} instead of {old_name}"
    elif renamed:
        sentence = f"Renamed “{title}” from {old_name} to {child.__name__}"
    elif not retitled:
        sentence = f"“{title}” is called that already"
    steps = [renamed_back(child, old_name)] if renamed else []
    steps += [retitled_back(child, old_title)] if retitled else []
    offer_undo(request, sentence, *steps)


def errors_of(refusal: Refused) -> dict[str, str]:
    """Return field → sentence for what was refused; "" is the form as a whole."""
    if isinstance(refusal, Clash):
        theirs = refusal.fields["title"][0]
        return {"title": f"Somebody else changed it meanwhile, to “{theirs}”. Save again to have yours."}
    if isinstance(refusal, Invalid):
        errors = {name: said_to(name, "text", text) for name, text in refusal.errors.items()}
        return {name if name in {"name", "title"} else "": text for name, text in errors.items()}
    return {"name" if status_of(refusal) == 409 else "": str(refusal)}


def titled(child: Any) -> bool:
    """Does *child* have a title that can be edited?"""
    return not isinstance(child, BrokenResource) and "title" in schema_of(type(child))


def started_of(child: Any) -> str:
    """Return the digest of the title of *child* as it is now; "" for one without."""
    return digests_of(child, ["title"])["title"] if titled(child) else ""


def nobody(request: Any, complaints: list[str]) -> dict[str, Any]:
    """Return the page about nothing: what was picked is not there."""
    return framed(request, "contents", "Rename", child=None, problems=complaints or [NOTHING], page="")


def form_values(
    request: Any, child: Any, name: str, title: str, started: str, errors: dict[str, str]
) -> dict[str, Any]:
    """Return what the template of the form is filled with. errors: by field; "" is the form as a whole."""
    content_type = content_type_of(child)
    return framed(
        request,
        "contents",
        f"Rename “{title_of(child)}”",
        child=child,
        problems=[errors[""]] if "" in errors else [],
        kind=content_type.title if content_type else "Broken item",
        typed_name=name,
        typed_title=title,
        titled=titled(child),
        started=started_of(child) if "title" in errors else started,
        errors=errors,
        page=text_of(request, "page"),
        address=request.url(request.context, absolute=True),
    )
