"""What the tests of the management interface share: a small site with some people, in a browser or without.

    site     the site in memory, with the client of `objpub.testing`: site.browser().login("ines")
    live     the same in a file, served: live.address; live.as_("ines") is a page in a browser of hers
    page     a page where admin is signed in
    way      way("ines") is ines at a browser, with a mouse, without scripts, with keys alone: see `ways`
    audit    audit(page): nothing is too wide, too pale, too small; axe finds nothing; no error on the console

Who there is: admin, a manager; ines, an editor of everything; tomas, an editor of /news and nothing else;
nora, who may only look. A module of tests says what else the site is made of, THINGS = ("package", Class),
and which of its settings differ: SETTINGS = {"limits.fields": 10}.
"""

from contextlib import contextmanager
from functools import partial

import pytest

from objpub import App
from objpub import testing
from objpub.operations import add_new
from objpub.security import grant
from objpub.security import SYSTEM
from tests.browsing import mistakes_of
from tests.browsing import served
from tests.manage.keyboard import ByKeyboard
from tests.manage.pages import Page
from tests.manage.pages import Section
from tests.manage.pages import Series
from tests.manage.ways import ByMouse
from tests.manage.ways import WithoutScripts

WAYS = {"mouse": ByMouse, "no scripts": WithoutScripts, "keyboard": ByKeyboard}
PEOPLE = {"admin": ["manager"], "ines": ["editor"], "tomas": [], "nora": []}
#: /news with three pages, /news/series with three in an order of their own, /archive with nothing.
PAGES = {
    "news": ("tides", "marsh", "herons"),
    "series": ("one", "two", "three"),
}


def things_of(request):
    """Return what the site of a module of tests is made of."""
    return ("objpub.manage", "tests.manage.pages", *getattr(request.module, "THINGS", ()))


def settings_of(request):
    """Return the settings that a module of tests wants otherwise."""
    return getattr(request.module, "SETTINGS", None)


class Remembering(App):
    """An App that collects its declarations once, for sites that are opened one after the other."""

    _found = None

    def freeze(self, **options):
        """Return the registry of the first time."""
        if self._found is None:
            self._found = super().freeze(**options)
        return self._found


@pytest.fixture(scope="session")
def apps():
    """What was collected, by what for: a site would else take longer to open than its test."""
    return {}


def app_for(apps, request):
    """Return the App of a test's site; sites that are open at the same time have not the same."""
    things = things_of(request)
    key = request.fixturename, things, bool((settings_of(request) or {}).get("development"))
    if key not in apps:
        apps[key] = Remembering()
        apps[key].include(*things)
    return apps[key]


def settle(site):
    """Give *site* its people and its pages."""
    for name, roles in PEOPLE.items():
        site.add_user(name, roles=roles)
    with site.work() as root:
        news = add_new(SYSTEM, root, Section, {"title": "News"})
        add_new(SYSTEM, root, Section, {"title": "Archive"})
        series = add_new(SYSTEM, news, Series, {"title": "Series"})
        for folder, names in ((news, PAGES["news"]), (series, PAGES["series"])):
            for name in names:
                add_new(SYSTEM, folder, Page, {"title": name.capitalize(), "text": f"About {name}."})
        grant(news, "user:tomas", "editor")


@pytest.fixture
def site(request, apps):
    """The site in memory; `site.client` is nobody yet."""
    with testing.site(app_for(apps, request), settings=settings_of(request)) as site:
        settle(site)
        yield site


class Live:
    """A served site, and browsers that look at it. complaints: what browsers said on their consoles."""

    def __init__(self, site, address, browser):
        self.site = site
        self.address = address
        self.browser = browser
        self.complaints = []
        self.contexts = []

    def as_(self, name=None, **options):
        """Return a page in a new browser where *name* is signed in; None: nobody. options: of Playwright.

        scripts=False switches JavaScript off; width=390 makes it a phone; theme="dark".
        """
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": options.pop("width", 1280), "height": options.pop("height", 900)},
            color_scheme=options.pop("theme", "light"),
            java_script_enabled=options.pop("scripts", True),
            reduced_motion="reduce",
            **options,
        )
        self.contexts.append(context)
        context.set_default_timeout(90_000)
        if name is not None:
            client = self.site.browser().login(name)
            cookies = [{"name": each, "value": client.cookies[each]} for each in client.cookies]
            context.add_cookies([{**each, "url": self.address} for each in cookies])
        page = context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def work(self, *arguments):
        """Give the site in a transaction of its own, as `site.work` does."""
        return self.site.work(*arguments)


@contextmanager
def serving(request, browser, apps):
    """Serve the site in a file; for `live`, and for modules that share one for all their tests."""
    with testing.site(app_for(apps, request), settings=settings_of(request), file=True) as site:
        settle(site)
        with served(site) as address:
            live = Live(site, address, browser)
            yield live
            for context in live.contexts:
                context.close()


@pytest.fixture
def live(request, browser, apps):
    """The site in a file, served, with browsers: see `Live`."""
    with serving(request, browser, apps) as live:
        yield live


@pytest.fixture
def page(live):
    """A page where admin is signed in, and nothing is loaded yet: page.goto("/manage/")."""
    return live.as_("admin")


@pytest.fixture(params=list(WAYS))
def way(request, live):
    """A function that gives somebody at a browser, see `Editor`. Pages may be refused, what they need not."""
    yield partial(WAYS[request.param], live)
    assert [text for text in live.complaints if "Failed to load resource" not in text] == []


@pytest.fixture
def audit(live):
    """A function of a page that fails where anything is wrong with its look, or with what it said."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def audit(page, *expected):
        """expected: texts of complaints that are right, such as "409"."""
        assert mistakes_of(page, axe) == [], page.url
        unexpected = [text for text in live.complaints if not any(each in text for each in expected)]
        assert unexpected == []

    return audit
