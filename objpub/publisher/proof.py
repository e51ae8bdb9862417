"""Proof that a change comes from a page of this site: what no other page can know or send."""

import hmac
from typing import Any

from .problems import CrossSite

FIELD = "_token"
HEADER = "HTTP_X_CSRF_TOKEN"


def check_proof(request: Any) -> None:
    """Raise CrossSite for a change with a browser's session that shows no proof.

    A browser sends `Sec-Fetch-Site` or `Origin`, which were looked at when the request came in. What sends
    neither and still brings a session's cookie has to bring the session's token, as the field `_token` or
    the header `X-CSRF-Token`. Whom a server in front has signed in has no token, and so needs `Origin`.
    """
    environ = request.environ
    session = request.session
    if "HTTP_SEC_FETCH_SITE" in environ or "HTTP_ORIGIN" in environ:
        return
    if request.identity.ambient:
        raise CrossSite("This request came without a sign of its origin: wanted the header Origin")
    if session is None:
        return
    sent = request.form.get(FIELD) or environ.get(HEADER, "")
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise CrossSite(
            "This request came with a session but without a sign of its origin: wanted the header Origin,"
            f" or the session's token as {FIELD}"
        )
