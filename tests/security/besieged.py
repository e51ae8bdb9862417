"""The site that is besieged: pages for everybody, one for its owner, and a view that fails."""

from datetime import datetime
from datetime import timedelta
from datetime import UTC

from objpub import Content
from objpub import Site
from objpub.publisher import App
from objpub.schema import field
from objpub.schema import Secret
from objpub.security import entries_of
from objpub.security import Policy
from objpub.settings import load_settings
from objpub.views import view

PAGES = 10


class Page(Content, addable="anywhere"):
    "A page of text."

    title: str = field()
    body: str = field(default="", multiline=True)


@view(Site, "mine", permission="manage")
def mine(site, request):
    return f"For {request.identity.user_id}"


@view(Site, "breaks", method="POST", permission="public")
def breaks(site, request, name: str = "", password: Secret = ""):
    raise RuntimeError("nobody foresaw this")


def opened(folder):
    """Return the application over the site in *folder*."""
    return App("tests.security.besieged").open(load_settings(folder / "objpub.toml", {}))


def prepared(folder, owner, password):
    """Make the site in *folder*, with its *owner*; return the texts of a token and of a link of his."""
    application = opened(folder)
    try:
        with application.work() as site:
            for number in range(PAGES):
                site.add(f"page{number}", Page(title=f"Page {number}", body="Low water is at noon. " * 200))
            now, links = datetime.now(UTC), application.registry[Policy].authenticator.links
            site.users.add(owner, password, roles=["manager"], title="The owner")
            token = site.users.make_token(owner, "Export", None, None, now, timedelta(days=1))
            link = links.make(site.users, owner, now, 86_400.0)
    finally:
        application.close()
    return token, link


def kept(folder):
    """Return what the site keeps: counts of wrong passwords, of sessions, and the entries of its record."""
    application = opened(folder)
    try:
        with application.work() as site:
            return len(site.users.throttle), len(site.users.sessions), [each for _, each in entries_of(site)]
    finally:
        application.close()
