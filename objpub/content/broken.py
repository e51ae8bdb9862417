"""What is left of a resource whose class cannot be found: shown with its state, and in nobody's way."""

from typing import Any

from ZODB.broken import Broken

from objpub.database import stored_state


class BrokenResource:
    """A resource that cannot be loaded: its class is gone, or a step of `@evolve` fails.

    A class is gone when its package is no longer installed, for example. The resource has a place like any
    other, can be removed, and keeps its state: when the class comes back, or another one says `was=`, or the
    step is mended, it is as it was. class_name: the dotted name that its record asks for.
    remains: what the database made of the record.
    """

    def __init__(self, remains: Any, parent: Any, name: str) -> None:
        self.__parent__ = parent
        self.__name__ = name
        self.remains = remains
        self.class_name = f"{type(remains).__module__}.{type(remains).__qualname__}"

    @property
    def title(self) -> str:
        """The title of the resource while it was whole, else its name."""
        title = self.state.get("title")
        return title if isinstance(title, str) and title else self.__name__

    @property
    def state(self) -> dict[str, Any]:
        """The values that are stored, by attribute."""
        if not is_remains(self.remains):
            return stored_state(self.remains)
        self.remains._p_activate()
        state = self.remains.__Broken_state__
        return dict(state) if isinstance(state, dict) else {}


def is_remains(thing: Any) -> bool:
    """Is *thing* what the database made of a record whose class cannot be found?"""
    return isinstance(thing, Broken)
