"""What only a developer sees: where a walk ended and why, and the traceback of an error."""

import traceback
from typing import Any

from objpub.views import plain
from objpub.views import Response


def development_page(application: Any, request: Any, failed: Any) -> Response:
    """Return the page for a 404 or a 500 in development."""
    lines = [f"{failed.status} {failed.title}", "", failed.message, ""]
    if failed.status == 500:
        lines += traceback.format_exception(failed.error)
    response = plain("\n".join(lines))
    response.status_int = failed.status
    return response
