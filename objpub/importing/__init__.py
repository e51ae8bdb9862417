"""Importing: a folder of Markdown, HTML, images and other files becomes a tree of documents on the site.

    report = import_folder(database, "docs", "/docs", identity=SYSTEM)

The site brings in the types with `app.include("objpub.importing")`. This module is the face of the part; the
rest is private.
"""

import importlib
from typing import Any
from typing import TYPE_CHECKING

from .markdown import Rendered
from .markdown import Renderer
from .problems import BrokenLink
from .problems import Problem
from .rendering import rendered_as
from .rendering import with_prefix
from .types import Document
from .types import MACHINERY
from .types import Page
from .types import Section

if TYPE_CHECKING:
    from .folder import import_folder
    from .folder import Progress
    from .report import Report

#: Modules that only who imports needs, and the library of one of them: a site that is served does without.
NEEDS_EXTRA = (
    "expansion",
    "fields",
    "folder",
    "pages",
    "plan",
    "report",
    "rules",
    "shortcodes",
    "tree",
    "turns",
    "writing",
    "yaml_block",
)
#: What this module has from them: name → module.
LATER = {"Progress": ".folder", "Report": ".report", "import_folder": ".folder"}

__all__ = [
    "MACHINERY",
    "BrokenLink",
    "Document",
    "Page",
    "Problem",
    "Progress",
    "Rendered",
    "Renderer",
    "Report",
    "Section",
    "import_folder",
    "rendered_as",
    "with_prefix",
]


def __getattr__(name: str) -> Any:
    """Return what is asked for by the *name* of something in `LATER`, and import its module then."""
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(LATER[name], __name__), name)
