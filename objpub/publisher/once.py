"""Forms that make something make it once: sent again, by two clicks or by going back, they lead to it.

A form carries the hidden value `_once`, `request.once`. Where the same person sends the same value to the
same address a second time, nothing is done, and the answer leads to where the first one did. The record is
committed with what was made: it outlives a restart, and holds for all processes.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from datetime import UTC
from typing import Any

from objpub.content import title_of
from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.security import Submission
from objpub.views import as_json
from objpub.views import Response
from objpub.views import see_other
from objpub.views import views_in

FIELD = "_once"
MOST_JSON = 4_000  # bytes of an answer that is kept to be given again
ALREADY = "This was sent already, and is done once"


def once_for(request: Any) -> str:
    """Return the value of `_once` for a form: a new one, or the one that came, where it is shown again."""
    came = "" if request.incoming.is_safe else request.form.get(FIELD, "")
    return came if isinstance(came, str) and came else secrets.token_urlsafe(16)


def answer_once(request: Any, answer: Callable[[], Response]) -> Response:
    """Return what *answer* gives; for a form that was sent before, the way to what it made.

    A view says what it made, `request.made`, or where it led, `request.if_repeated`; else nothing is kept.
    """
    key, users = key_of(request), request.site.users
    if not key or users is None:
        return answer()
    now = datetime.now(UTC)
    before = users.submissions.find(key, now)
    if before is not None and is_there(request.site, before):
        return answered_again(request, before)
    response = answer()
    if response.status_int < 400 and (request.made is not None or request.if_repeated is not None):
        users.keep_submission(key, submission_of(request, response), now)
    return response


def key_of(request: Any) -> str:
    """Return what the form is remembered by: who sent it, where to, and its id; "" for a form without one."""
    came = request.form.get(FIELD)
    if not isinstance(came, str) or not came:
        return ""
    parts = (request.identity.user_id or "", request.incoming.path, came)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def submission_of(request: Any, response: Response) -> Submission:
    """Return what is remembered of the answer to a form."""
    body = ""
    if response.content_type == "application/json" and (response.content_length or 0) <= MOST_JSON:
        body = response.text
    location, message = request.if_repeated or (response.location or "", "")
    return Submission(location, message, body, request.made)


def is_there(site: Any, submission: Submission) -> bool:
    """Is what a form has made still where people find it? Of what is deleted another one can be made."""
    if submission.gone or submission.made is None:
        return not submission.gone
    try:
        return find_resource(site, path_of(submission.made)) is submission.made
    except NotFound:
        return False


def answered_again(request: Any, before: Submission) -> Response:
    """Return the answer to a form that was sent before."""
    if before.body:
        response = as_json(None)
        response.text = before.body
        return response
    made = before.made
    seen = made is not None and request.can("view", made)
    request.message(before.message or (f"“{title_of(made)}” was added already" if seen else ALREADY))
    return see_other(before.location or own_page(request))


def own_page(request: Any) -> str:
    """Return the address of the form itself, or of the context where the view only takes forms."""
    name, area, context = request.view_name, request.area, request.context
    if "GET" not in views_in(request.registry, area).methods_of(type(context), name):
        return str(request.url(context, area=area))
    query = request.environ.get("QUERY_STRING", "")
    address = request.url(context, f"@@{name}" if area and name else name, area=area)
    return f"{address}?{query}" if query else str(address)
