"""The symbols of the management interface: one file, each symbol by its id."""

import re
from pathlib import Path
from typing import Any

from objpub.content import content_type_of
from objpub.content import Folder
from objpub.publisher import Markup

FILE = Path(__file__).parent / "static" / "icons.svg"
SYMBOLS = frozenset(re.findall(r'<symbol id="([\w-]+)"', FILE.read_text("utf-8")))
KNOWN_AS = {"site": "mark"}  # what content types call them, where it differs


def icon(request: Any, name: str, classes: str = "") -> Markup:
    """Return the markup of the symbol *name*; it says nothing to those who do not see it.

    classes: further ones, such as "flip" for what points the other way where text runs from right to left.
    """
    file = request.static("objpub-manage/icons.svg")
    css = f"i {classes}".strip()
    return Markup(f'<svg class="{css}" aria-hidden="true"><use href="{file}#{known(name)}"/></svg>')


def icon_name(resource: Any) -> str:
    """Return the name of the symbol of *resource*: that of its content type, if there is such a one."""
    content_type = content_type_of(resource)
    name = (content_type.icon if content_type else "") or ""
    name = KNOWN_AS.get(name, name)
    if name in SYMBOLS:
        return name
    return "folder" if isinstance(resource, Folder) else "page"


def known(name: str) -> str:
    """Return *name* if there is such a symbol, else that of a page."""
    return name if name in SYMBOLS else "page"
