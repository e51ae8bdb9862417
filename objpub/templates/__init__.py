"""Page templates: TAL, TALES and METAL by Chameleon, in files that end in .pt or .zpt.

    templates = registry[Templates]
    template = templates.load("blog/templates/article.pt")
    templates.compile_all()
    page = template.render(context=article, request=request)

All of this is for the templates of a site's own package, which are trusted as its Python is. The other
modules of this part are private.
"""

from .formats import Format
from .formats import format_bytes
from .formats import format_date
from .formats import format_datetime
from .formats import format_number
from .formats import format_relative
from .formats import format_time
from .places import Place
from .places import places_of
from .table import Templates
from .template import as_html
from .template import Document
from .template import Template

__all__ = [
    "Document",
    "Format",
    "Place",
    "Template",
    "Templates",
    "as_html",
    "format_bytes",
    "format_date",
    "format_datetime",
    "format_number",
    "format_relative",
    "format_time",
    "places_of",
]
