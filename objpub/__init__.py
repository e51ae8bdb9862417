"""Your Python objects are the site.

These are the names for the author of a site. Each comes from the part that owns it, `objpub.content` or
`objpub.views` for instance, whose face offers more; what is in neither is private.
"""

from objpub.catalog import index
from objpub.catalog import where
from objpub.content import Content
from objpub.content import evolve
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import Site
from objpub.events import Added
from objpub.events import Modified
from objpub.events import Moved
from objpub.events import on
from objpub.events import Ordered
from objpub.events import Removed
from objpub.events import Restored
from objpub.events import SiteCreated
from objpub.events import Transitioned
from objpub.events import Trashed
from objpub.publisher import App
from objpub.publisher import choose_language
from objpub.publisher import choose_version
from objpub.publisher import Request
from objpub.schema import Email
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import mixin
from objpub.schema import Record
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.schema import Secret
from objpub.schema import URL
from objpub.security import Deny
from objpub.security import Permission
from objpub.security import rule
from objpub.traversal import traverse
from objpub.views import action
from objpub.views import tab
from objpub.views import view
from objpub.workflow import State
from objpub.workflow import Transition
from objpub.workflow import Workflow

__all__ = [
    "URL",
    "Added",
    "App",
    "Content",
    "Deny",
    "Email",
    "File",
    "Folder",
    "Image",
    "Markdown",
    "Modified",
    "Moved",
    "Ordered",
    "Permission",
    "Record",
    "Ref",
    "Removed",
    "Request",
    "Restored",
    "RichText",
    "Secret",
    "Site",
    "SiteCreated",
    "State",
    "Transition",
    "Transitioned",
    "Trashed",
    "Workflow",
    "action",
    "choose_language",
    "choose_version",
    "evolve",
    "field",
    "index",
    "mixin",
    "on",
    "rule",
    "tab",
    "traverse",
    "view",
    "where",
]
