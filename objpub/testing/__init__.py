"""Testing a site: the site in a temporary database, and clients that behave as browsers do.

    with testing.site("blog") as site:
        site.add_user("anna", roles=["editor"])
        page = site.client.login("anna").get("/news/")
        assert page.status == 200

This module is the face of the part; the rest is private.
"""

from .client import Client
from .cookies import Cookies
from .forms import PageForm
from .response import ClientResponse
from .response import Unexpected
from .sites import PASSWORD
from .sites import site
from .sites import SiteUnderTest

__all__ = [
    "PASSWORD",
    "Client",
    "ClientResponse",
    "Cookies",
    "PageForm",
    "SiteUnderTest",
    "Unexpected",
    "site",
]
