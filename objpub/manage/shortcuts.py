"""The keys of the management interface, as values: what stands on the pages, and in the list of them.

A control says in `data-keys` which keys press it; the script of the keys finds it there. So nothing happens
that is not on the page, and a key leads nowhere that a click does not.
"""

from typing import NamedTuple

COOKIE = "objpub_keys"
OFF = "off"

#: A page of the site, by its view ("" is its contents) → the keys that lead there.
PAGES = {
    "dashboard": "g d",
    "": "g c",
    "review": "g r",
    "users": "g p",
    "groups": "g g",
    "site": "g s",
    "trash": "g t",
    "reports": "g o",
    "links": "g l",
    "redirects": "g i",
    "audit": "g a",
    "queue": "g q",
    "database": "g b",
    "profile": "g m",
}


class Shortcut(NamedTuple):
    """Keys, one after the other, and what they do. always: do they work when the others are switched off?"""

    keys: tuple[str, ...]
    text: str
    always: bool = False


EVERYWHERE = (
    Shortcut(("/",), "Search the whole site"),
    Shortcut(("Ctrl", "K"), "Go to a page, or do something here", True),
    Shortcut(("?",), "Show these keys"),
    Shortcut(("t",), "Into the tree"),
    Shortcut(("Esc",), "Close what is open", True),
)
OBJECT = (
    Shortcut(("e",), "Edit"),
    Shortcut(("n",), "Add something here"),
    Shortcut(("v",), "View on site"),
    Shortcut(("u",), "Up, to the folder around it"),
    Shortcut(("r",), "Change the title here"),
    Shortcut(("Ctrl", "S"), "Save the form", True),
)
LIST = (
    Shortcut(("f",), "Into the filter"),
    Shortcut(("j",), "Next line"),
    Shortcut(("k",), "Line before"),
    Shortcut(("x",), "Pick the line, or leave it"),
    Shortcut(("F2",), "Rename what the line is about", True),
    Shortcut(("Ctrl", "X"), "Cut what is picked, or the line", True),
    Shortcut(("Ctrl", "C"), "Copy what is picked, or the line", True),
    Shortcut(("Ctrl", "V"), "Paste here what was cut or copied", True),
)
TREE = (
    Shortcut(("↑", "↓"), "Line before, next line", True),
    Shortcut(("→", "←"), "Open and close", True),
    Shortcut(("A", "…", "Z"), "Next title that begins so", True),
    Shortcut(("Enter",), "Go there", True),
)
