"""Importing: a folder of Markdown, HTML, images and other files becomes a tree of documents on the site.

    report = import_folder(database, "docs", "/docs", identity=SYSTEM)

The site brings in the types with `app.include("objpub.importing")`. This module is the face of the part; the
rest is private.
"""

from .folder import import_folder
from .folder import Progress
from .markdown import Rendered
from .markdown import Renderer
from .problems import BrokenLink
from .problems import Problem
from .rendering import rendered_as
from .rendering import with_prefix
from .report import Report
from .types import Document
from .types import MACHINERY
from .types import Page
from .types import Section

#: Modules with a library that only who imports needs.
NEEDS_EXTRA = ("yaml_block",)

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
