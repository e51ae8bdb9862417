"""Content: the resources of a site, their types, names, files, and how they change over time.

This module is the face of the part; the rest is private.
"""

from .broken import BrokenResource
from .content import Content
from .content_types import addable_in
from .content_types import ANYWHERE
from .content_types import content_type_of
from .content_types import content_types
from .content_types import ContentType
from .content_types import ContentTypes
from .content_types import dotted_name
from .copying import copy_of
from .counting import folder_problems
from .counting import mend_folder
from .describing import modified_of
from .describing import title_of
from .evolution import Evolutions
from .evolution import evolve
from .evolution import evolve_state
from .evolution import needs_evolving
from .evolving import evolve_all
from .evolving import Evolved
from .files import File
from .files import Upload
from .folder import Folder
from .folder import hold_in_place
from .folder import move
from .folder import Page
from .folder import PAGE_LIMIT
from .folder import walk
from .images import Image
from .images import is_image_type
from .links import is_reachable
from .links import KEPT
from .links import Kept
from .links import kept_in
from .links import kept_link
from .links import links_in
from .links import MARKDOWN
from .links import parted
from .links import path_linked
from .links import RICH_TEXT
from .links import with_links
from .media_types import is_inline
from .media_types import media_type_of
from .mounted import Mounted
from .mounts import MountPoint
from .names import check_name
from .names import name_from
from .names import ReservedNames
from .names import spread_number
from .names import unique_name
from .scales import CUTS
from .scales import ScaleCache
from .scales import ScaledImage
from .scales import SCALES
from .site import Site

__all__ = [
    "ANYWHERE",
    "CUTS",
    "KEPT",
    "MARKDOWN",
    "PAGE_LIMIT",
    "RICH_TEXT",
    "SCALES",
    "BrokenResource",
    "Content",
    "ContentType",
    "ContentTypes",
    "Evolutions",
    "Evolved",
    "File",
    "Folder",
    "Image",
    "Kept",
    "MountPoint",
    "Mounted",
    "Page",
    "ReservedNames",
    "ScaleCache",
    "ScaledImage",
    "Site",
    "Upload",
    "addable_in",
    "check_name",
    "content_type_of",
    "content_types",
    "copy_of",
    "dotted_name",
    "evolve",
    "evolve_all",
    "evolve_state",
    "folder_problems",
    "hold_in_place",
    "is_image_type",
    "is_inline",
    "is_reachable",
    "kept_in",
    "kept_link",
    "links_in",
    "media_type_of",
    "mend_folder",
    "modified_of",
    "move",
    "name_from",
    "needs_evolving",
    "parted",
    "path_linked",
    "spread_number",
    "title_of",
    "unique_name",
    "walk",
    "with_links",
]
