"""Where somebody may work who may not see all of the site: places with roles of his own."""

from collections import deque
from typing import Any

from objpub.content import Folder

from .permission import visible

LOOKED_AT = 2_000  # resources; nobody waits for more, and no index knows grants
FOUND = 50


def places_of(request: Any, site: Any) -> tuple[list[Any], bool]:
    """Return the highest places below *site* that the one who asks sees here, and whether all were looked at.

    The search goes level by level and ends after LOOKED_AT resources or FOUND places.
    """
    found: list[Any] = []
    waiting = deque([site])
    looked_at = 0
    while waiting:
        for child in waiting.popleft().values():
            if looked_at >= LOOKED_AT or len(found) >= FOUND:
                return found, False
            looked_at += 1
            if visible(request, child):
                found.append(child)
            elif isinstance(child, Folder):
                waiting.append(child)
    return found, True
