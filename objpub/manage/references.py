"""References: what something refers to, and what refers to it, with the field of each."""

from itertools import islice
from typing import Any

from objpub.content import Content
from objpub.errors import Busy
from objpub.lineage import path_of
from objpub.operations import leading_from
from objpub.operations import used_by
from objpub.views import view

from .frame import AREA
from .frame import framed
from .permission import See

MOST = 200  # rows of each list


@view(Content, "references", area=AREA, permission=See, template="references.pt")
def show(content: Content, request: Any) -> dict[str, Any]:
    """List what *content* refers to, and what refers to it."""
    outgoing = list(islice(leading_from(request.identity, content), MOST + 1))
    complete = True
    try:
        found = list(
            islice(used_by(request.identity, [content], below=False, prefix=request.prefix), MOST + 1)
        )
    except Busy:
        found, complete = [], False
    seen = [use for use in found if use is not None]
    return framed(
        request,
        "references",
        outgoing=outgoing[:MOST],
        more_outgoing=len(outgoing) > MOST,
        uses=seen[:MOST],
        more_uses=len(found) > MOST,
        hidden=None in found,
        complete=complete,
        path_of=path_of,
        here=lambda resource: request.path_to(resource)[0] == "/",  # not on a host of its own
    )
