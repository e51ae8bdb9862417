"""A file on a page of its own: what it is, how it looks, and another one put in its place."""

from typing import Any

from objpub.content import File
from objpub.content import Upload
from objpub.errors import Clash
from objpub.errors import NotPossible
from objpub.errors import Refused
from objpub.operations import digests_of
from objpub.operations import edit
from objpub.views import view

from .frame import framed
from .permission import See
from .picking import answer
from .picking import text_of
from .taking import sentence_for

FIELD = "upload"
WIDEST = 960  # pixels, of the preview: the scale called "large"


@view(File, "file", area="manage", permission=See, template="file.pt")
def look(file: File, request: Any) -> dict[str, Any]:
    """Show the file, and what there is to say of it."""
    return page_of(request, file)


@view(File, "file", area="manage", method="POST", permission="edit", template="file.pt")
def replace(file: File, request: Any) -> Any:
    """Put other bytes in place of those there are; the address stays, and what is said of it."""
    upload = request.form.get(FIELD)
    if not isinstance(upload, Upload):
        return answer(request, page_of(request, file, "No file was chosen."), 422)
    started = text_of(request, "started")
    try:
        if not upload.size:
            raise NotPossible("It is empty.")
        edit(request.identity, file, {FIELD: upload}, started_from={FIELD: started} if started else None)
    except Clash:
        error = f"Somebody else put “{file.filename}” here meanwhile. Choose yours again to replace that."
        return answer(request, page_of(request, file, error), 409)
    except Refused as error:
        return answer(request, page_of(request, file, sentence_for(error)), 422)
    return request.redirect(file, "@@file", area="manage", message=f"This is “{file.filename}” now")


def page_of(request: Any, file: File, error: str = "") -> dict[str, Any]:
    """Return what the page shows. error: why another file was not taken."""
    picture = file if file.is_image else None
    scale = min(1.0, WIDEST / max(1, picture.width)) if picture else 1.0
    return framed(
        request,
        "file",
        picture=picture,
        scale=scale,
        started=digests_of(file, (FIELD,)).get(FIELD, ""),
        may_replace=bool(request.can("edit", file)),
        error=error,
    )
