"""What the form of an object shows of its draft, and does with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from objpub.content import Content
from objpub.content import File
from objpub.errors import Clash
from objpub.errors import NotFound
from objpub.errors import Refused
from objpub.operations import discard_draft
from objpub.operations import draft_of
from objpub.operations import publish_draft
from objpub.operations import shown_text
from objpub.schema import schema_of
from objpub.schema import Surroundings
from objpub.views import file_response
from objpub.views import Response
from objpub.views import view

from .frame import AREA

LENGTH = 300  # characters of a value
HIDDEN = "something that you may not see"

#: What a button of the form asks for: to keep a draft, to publish it, to forget it, and to see its page.
SAVE, PUBLISH, DISCARD, PREVIEW = "draft", "draft-publish", "draft-discard", "draft-preview"


@dataclass(frozen=True)
class Difference:
    """A field in which the draft differs: its title, what is public, and what the draft says."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Drafted:
    """A draft, as the page of the form tells of it."""

    who: str
    when: datetime
    differences: tuple[Difference, ...]


def drafted(request: Any) -> Drafted | None:
    """Return what there is to tell about the draft of the context; None for none."""
    content = request.context
    draft = draft_of(request.identity, content)
    if draft is None:
        return None
    schema, links = schema_of(type(content)), shown_text(request.identity, request.site)
    around = Surroundings(ZoneInfo(request.site.time_zone), lambda path: None, links)
    found = [
        Difference(
            schema[name].title,
            shown(request, schema[name], getattr(content, name, None), around),
            shown(request, schema[name], value, around),
        )
        for name, value in draft.values.items()
    ]
    return Drafted(draft.who_title, draft.when, tuple(found))


def shown(request: Any, field: Any, value: Any, around: Surroundings) -> str:
    """Return *value* of *field* as a text of some length; not where it refers to something hidden."""
    values = value if isinstance(value, tuple | frozenset) else (value,)
    others = [] if field.kind.uploads else [each for each in values if isinstance(each, Content)]
    if not all(request.can("view", each) for each in others):
        return HIDDEN
    text = field.to_text(value, around)
    text = ", ".join(text) if isinstance(text, list) else text
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


@view(Content, "draft-file", area=AREA, permission="edit", subpath=True, cache="never")
def draft_file(content: Content, request: Any) -> Response:
    """Give a file that the draft of *content* holds: /manage/page/@@draft-file/picture."""
    draft = draft_of(request.identity, content)
    name = request.subpath[0] if len(request.subpath) == 1 else ""
    file = None if draft is None else draft.values.get(name)
    if not isinstance(file, File):
        raise NotFound(request.incoming.path)
    response: Response = file_response(file)
    return response


def settle(request: Any, then: str) -> Any:
    """Publish or discard the draft of the context, and return the way back. then: PUBLISH or DISCARD."""
    content = request.context
    try:
        if then == DISCARD:
            discard_draft(request.identity, content)
            message = "The draft is gone"
        else:
            publish_draft(request.identity, content)
            message = "The draft is published"
    except Clash as error:
        names = ", ".join(schema_of(type(content))[name].title for name in error.fields)
        message = f"Not published: somebody changed {names} meanwhile. Save the draft here, and choose"
        return request.redirect(request.url(content, "@@edit", area=AREA, draft="on"), message=message)
    except Refused as error:
        message = f"Nothing was changed: {error}"
    return request.redirect(content, "@@edit", area=AREA, message=message)
