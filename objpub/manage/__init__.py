"""The management interface: the site, managed in the browser below `/manage`.

A plugin: without this folder a site is published just the same. `frame` is what stands around each page,
`tree` the site at its side, `tabs` what a site adds with `@tab` and `@action`; each other module is one page.
This module is the face of the part.
"""

from .frame import Frame
from .frame import framed
from .permission import See
from .permission import visible

__all__ = ["Frame", "See", "framed", "visible"]
