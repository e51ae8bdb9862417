"""Your Python objects are the site.

These are the names for the author of a site. Each comes from the part that owns it, `objpub.content` or
`objpub.views` for instance, whose face offers more; what is in neither is private.
"""

from objpub.events import Added
from objpub.events import Modified
from objpub.events import Moved
from objpub.events import on
from objpub.events import Ordered
from objpub.events import Removed
from objpub.events import Restored
from objpub.events import SiteCreated
from objpub.events import Trashed

__all__ = [
    "Added",
    "Modified",
    "Moved",
    "Ordered",
    "Removed",
    "Restored",
    "SiteCreated",
    "Trashed",
    "on",
]
