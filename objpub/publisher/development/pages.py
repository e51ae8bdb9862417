"""The three pages, each from its facts and its template."""

import traceback
from pathlib import Path
from typing import Any

from objpub.errors import TemplateFailure
from objpub.templates import Templates
from objpub.views import html
from objpub.views import Response

from .carried import identity_of
from .carried import request_rows
from .carried import secrets_of
from .hiding import Secrets
from .hiding import without_written
from .near import near_views
from .steps import retell
from .surroundings import surroundings
from .tracebacks import locals_in
from .tracebacks import raised

FOLDER = Path(__file__).parent.parent / "templates"


def walk_page(request: Any, failed: Any, began: bool) -> Response:
    """Return the page of a 404 or 405: the walk step by step, and what is near to what was asked for.

    request: it sees the committed state of the site. began: whether the walk was begun when it failed.
    """
    secrets = secrets_of(request)
    walked = retell(request, began)
    facts = {
        "walked": walked,
        "around": surroundings(request, walked) if began else None,
        "near": near_views(request, walked) if began else [],
        "raised_at": raised_at(failed.error, walked),
        "message": secrets.hidden(failed.message),
        "who": identity_of(request),
    }
    return filled("development-walk.pt", request, failed, secrets, facts)


def decision_page(request: Any, failed: Any) -> Response:
    """Return the page of a 403: how the decision was found, step by step, and what would change it."""
    secrets = secrets_of(request)
    decision = failed.error.decision
    facts = {
        "decision": decision,
        "message": secrets.hidden(failed.message),
        "who": identity_of(request),
    }
    return filled("development-decision.pt", request, failed, secrets, facts)


def traceback_page(request: Any, failed: Any) -> Response:
    """Return the page of a 500: the error, where it was raised, and the values that there were."""
    secrets = secrets_of(request)
    for frame_locals in locals_in(failed.error):
        secrets.learn(frame_locals)
    facts = {
        "errors": raised(failed.error, secrets),
        "text": secrets.hidden("\n".join(plain_lines(failed.error))),
    }
    return filled("development-traceback.pt", request, failed, secrets, facts)


def traceback_lines(request: Any, error: BaseException) -> list[str]:
    """Return the traceback of *error* as lines of text, for programs and tickets; secrets are hidden."""
    secrets = secrets_of(request)
    for frame_locals in locals_in(error):
        secrets.learn(frame_locals)
    return without_written(secrets.hidden("\n".join(plain_lines(error)))).split("\n")


def carried_rows(request: Any) -> list[tuple[str, str]]:
    """Return (title, text) of what *request* brought, for a ticket; secrets are hidden."""
    return request_rows(request, None, secrets_of(request))


def plain_lines(error: BaseException) -> list[str]:
    """Return the traceback of *error* as Python prints it."""
    return "".join(traceback.format_exception(error)).rstrip().split("\n")


def raised_at(error: BaseException, walked: Any) -> str:
    """Return where a view raised *error* itself, "file:line"; "" where the walk had not come that far."""
    if walked.view is None or isinstance(error, TemplateFailure):
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def filled(name: str, request: Any, failed: Any, secrets: Secrets, facts: dict[str, Any]) -> Response:
    """Return the page of the template *name*; it stands alone: the layout of the site may be what failed."""
    template = request.registry[Templates].load(FOLDER / name)
    page = template.render(
        request=request,
        failed=failed,
        carried=request_rows(request, failed, secrets),
        css=request.static("objpub-publisher/development.css"),
        **facts,
    )
    response = html(page)
    response.status_int = failed.status
    return response
