"""What can be said of any resource: its title, and when it changed."""

from datetime import datetime
from datetime import UTC
from functools import lru_cache
from typing import Any

from persistent.timestamp import TimeStamp

from .content_types import content_type_of


def title_of(resource: Any) -> str:
    """Return what people call *resource*: its title, else its name, else what kind of thing it is."""
    title = getattr(resource, "title", None)
    if isinstance(title, str) and title:
        return title
    content_type = content_type_of(resource)
    return resource.__name__ or (content_type.title if content_type else type(resource).__name__)


def modified_of(resource: Any) -> datetime | None:
    """Return when *resource* was last stored, in UTC; None for one that never was.

    It is the time of the transaction. A change of what a folder holds does not change the folder.
    """
    activate = getattr(resource, "_p_activate", None)
    if activate is None:
        return None
    activate()
    return moment_of(resource._p_serial)


@lru_cache(maxsize=4_096)
def moment_of(serial: bytes) -> datetime | None:
    """Return the time of a transaction by its id, in UTC; None for that of what was never stored.

    The same few come again and again: a list is asked for many times, and what came together has one.
    """
    return datetime.fromtimestamp(TimeStamp(serial).timeTime(), UTC) if any(serial) else None
