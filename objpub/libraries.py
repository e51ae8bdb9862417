"""Libraries that many sites never need: each is imported when something of it is first used.

    if TYPE_CHECKING:
        from PIL import Image
    else:
        Image = later("PIL.Image")

A site starts sooner, and takes less memory while it does nothing that needs the library. Only what is not
part of most requests is worth it; `python -m bench.start` says what a start costs.
"""

import importlib
from typing import Any


class Later:
    """A module that is imported when one of its names is first asked for."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, name: str) -> Any:
        value = getattr(importlib.import_module(self._name), name)
        setattr(self, name, value)  # the next time it is found without this
        return value

    def __repr__(self) -> str:
        return f"<{self._name}, imported when it is used>"


def later(name: str) -> Any:
    """Return the module *name* as something that is imported when one of its names is first asked for.

    Raises ImportError then, and not before, where it is not there.
    """
    return Later(name)
