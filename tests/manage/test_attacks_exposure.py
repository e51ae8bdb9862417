"""Who may open what: every view of the management interface, asked by four people, and what is right.

What is right stands in exposure.txt, written by hand: a line for a method and an address, and the status for
nobody, for nora who is signed in and has no role, for tomas who edits /news only, and for ines who edits
everything. A view without a line fails, so that none is shown to anybody without somebody's thought.
"""

from pathlib import Path

import pytest

from objpub.content import Image
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.operations import add_new
from objpub.operations import delete
from objpub.security import SYSTEM
from objpub.views import AreaViews
from tests.manage.pages import Page
from tests.publisher.test_defaults import png

TABLE = Path(__file__).parent / "exposure.txt"
WHO = (None, "nora", "tomas", "ines")
#: Where a view is asked for: inside of what tomas edits, and outside.
PLACES = ("/", "/news", "/archive", "/news/tides", "/about", "/news/map", "/map")
#: What a view has to be asked for so that there is something to see.
QUERIES = {
    "/news/@@delete": "?pick=tides",
    "/news/@@move": "?pick=tides",
    "/news/@@copy": "?pick=tides",
    "/news/@@rename": "?pick=tides",
    "/news/@@describe": "?pick=map",
    "/@@delete": "?pick=about",
    "/@@move": "?pick=about",
    "/@@copy": "?pick=about",
    "/@@rename": "?pick=about",
    "/@@user": "?id=tomas",
    "/@@user-remove": "?id=tomas",
    "/@@group": "?id=staff",
    "/@@group-remove": "?id=staff",
}


@pytest.fixture
def full(site):
    """The site with something of everything in it, and in the trash."""
    with site.work() as root:
        for folder in (root, root["news"]):
            folder.add("map", Image.from_bytes(png(64), "map.png", title="A map"))
        add_new(SYSTEM, root, Page, {"title": "About"})
        root.users.add_group("staff", title="All staff")
        delete(SYSTEM, root["news"]["herons"])
    return site


def addresses_of(site):
    """Return (method, address) of every view at each of PLACES where it stands; and what stands nowhere."""
    views = site.registry[AreaViews]["manage"]
    found, missed = [], []
    with site.work() as root:
        for view in views.all():
            if issubclass(view.kind, BaseException):
                continue
            at = []
            for place in PLACES:
                resource = find_resource(root, place)
                for method in set(view.methods) - {"HEAD"}:
                    if views.find(type(resource), (view.name, method)) is view:
                        slash = "/" if hasattr(resource, "keys") else ""
                        path = path_of(resource).rstrip("/") + (f"/@@{view.name}" if view.name else slash)
                        at.append((method, path + (QUERIES.get(path, "") if method == "GET" else "")))
            found += at
            missed += [] if at else [f"{view.kind.__name__} {view.name} {view.methods}"]
    return sorted(found, key=lambda each: (each[1].partition("?")[0], each)), missed


def statuses_of(site, method, path):
    """Return what each of WHO is answered."""
    found = []
    for name in WHO:
        browser = site.browser()
        if name is not None:
            browser.login(name)
        found.append(browser.request(method, f"/manage{path}").status)
    return found


def lines_of(table):
    """Return (method, path) → statuses of the lines of *table*."""
    found = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            method, path, *statuses = line.split()
            found[method, path] = [int(each) for each in statuses[:4]]
    return found


def test_every_view_is_open_to_whom_the_table_says_and_to_nobody_else(full):
    expected = lines_of(TABLE.read_text("utf-8"))
    addresses, missed = addresses_of(full)
    found = {(method, path): statuses_of(full, method, path) for method, path in addresses}
    wrong = [
        f"{method:5} {path:40} {' '.join(map(str, found.get((method, path), ['no such view'])))}"
        for method, path in dict.fromkeys([*found, *expected])
        if found.get((method, path)) != expected.get((method, path))
    ]
    assert wrong == [], "\n".join(["", *wrong])
    assert sorted(missed) == ["BrokenResource  ('GET', 'HEAD')", "BrokenResource inspect ('GET', 'HEAD')"]
    assert len(found) > 100
