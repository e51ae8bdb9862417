"""Views: what answers a request for a resource.

    @view(Article, "print")
    def print_it(article, request, size: int = 12):
        return {"size": size}                    # rendered by templates/article-print.pt

`declarations` holds the words, `lookup` finds, `arguments` converts, `response` turns results into answers.
This module is the face of the part; the rest is private.
"""

from .arguments import arguments_for
from .arguments import surroundings_for
from .declarations import Action
from .declarations import action
from .declarations import Actions
from .declarations import page_bar
from .declarations import PageBars
from .declarations import PUBLIC
from .declarations import SAFE
from .declarations import Tab
from .declarations import tab
from .declarations import Tabs
from .declarations import view
from .limits import Limits
from .lookup import all_views
from .lookup import AreaViews
from .lookup import find_view
from .lookup import not_found
from .lookup import View
from .lookup import Views
from .lookup import views_in
from .lookup import views_of
from .response import as_json
from .response import binary
from .response import content_disposition
from .response import etag_of
from .response import file_response
from .response import FileBody
from .response import html
from .response import live
from .response import octets
from .response import plain
from .response import respond
from .response import Response
from .response import see_other
from .response import written

__all__ = [
    "PUBLIC",
    "SAFE",
    "Action",
    "Actions",
    "AreaViews",
    "FileBody",
    "Limits",
    "PageBars",
    "Response",
    "Tab",
    "Tabs",
    "View",
    "Views",
    "action",
    "all_views",
    "arguments_for",
    "as_json",
    "binary",
    "content_disposition",
    "etag_of",
    "file_response",
    "find_view",
    "html",
    "live",
    "not_found",
    "octets",
    "page_bar",
    "plain",
    "respond",
    "see_other",
    "surroundings_for",
    "tab",
    "view",
    "views_in",
    "views_of",
    "written",
]
