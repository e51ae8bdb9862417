"""What somebody may not view is not to be had in the management interface, by no address and no detour.

tomas edits /news. There a page and a folder are hidden from him; what is secret says MARK.
"""

import re

import pytest

from objpub.content import Content
from objpub.errors import Forbidden
from objpub.manage import choosing
from objpub.manage import listing
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import order
from objpub.operations import rename
from objpub.operations import restore
from objpub.operations import set_grants
from objpub.operations import set_holders
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.security import SYSTEM
from objpub.views import AreaViews
from tests.changes import last_change
from tests.manage.pages import Page
from tests.manage.pages import Section
from tests.manage.pages import Series


class Contract(Content, addable="anywhere"):
    """A page with something that only managers see."""

    title: str
    salary: str = field(default="", read="manage", write="manage")
    approved: str = field(default="", write="manage")
    about: Ref[Content] | None = field(default=None, title="MARKfield", read="manage", write="manage")
    near: Ref[Content] | None = None
    text: RichText = ""


THINGS = (Contract,)
QUERIES = {
    "": ("", "?find=mark", "?sort=title", "?sort=-changed"),
    "delete": ("?pick=tides", "?pick=aa-hidden"),
    "move": ("?pick=tides", "?pick=aa-hidden", "?pick=tides&to=/plan", "?pick=tides&to=/news/ab-hidden"),
    "copy": ("?pick=tides", "?pick=aa-hidden"),
    "rename": ("?pick=tides", "?pick=aa-hidden"),
    "choose": (
        "?field=about",
        "?field=about&at=/plan",
        "?field=about&at=/news/ab-hidden",
        "?field=about&q=/plan/",
        "?field=about&q=hidden&page=yes",
    ),
    "security": ("", "?all=1", *(f"?who={who}&may=edit" for who in ("admin", "tomas", "visitor"))),
    "add": ("", "?type=Contract"),
}
PLACES = (
    *("/", "/news", "/news/tides", "/news/contract", "/news/was-planned", "/news/aa-hidden"),
    "/news/ab-hidden",
    *("/news/ab-hidden/child", "/news/ab-hidden/none", "/plan", "/plan/open", "/plan/none", "/plan/@@edit"),
)


@pytest.fixture
def secret(site):
    """The site with hidden things in it; each is made in a transaction of its own, as people do."""
    steps = (
        lambda root: add_new(SYSTEM, root["news"], Page, {"title": "MARK page", "text": "MARK"}, "aa-hidden"),
        lambda root: add_new(SYSTEM, root["news"], Section, {"title": "MARK folder"}, "ab-hidden"),
        lambda root: add_new(SYSTEM, root["news"]["ab-hidden"], Page, {"title": "MARK child"}, "child"),
        lambda root: set_holders(SYSTEM, root["news"]["aa-hidden"], "view", ["manager"]),
        lambda root: set_holders(SYSTEM, root["news"]["ab-hidden"], "view", ["manager"]),
        lambda root: add_new(SYSTEM, root, Section, {"title": "MARK plan"}, "plan"),
        lambda root: set_holders(SYSTEM, root["plan"], "view", ["manager"]),
        lambda root: set_grants(SYSTEM, root["plan"], "user:nora", ["reviewer"]),
        lambda root: add_new(SYSTEM, root["plan"], Series, {"title": "Open"}, "open"),
        lambda root: set_holders(SYSTEM, root["plan"]["open"], "view", ["everyone"]),
        lambda root: set_grants(SYSTEM, root["plan"]["open"], "user:tomas", ["editor"]),
        lambda root: add_new(SYSTEM, root["plan"], Page, {"title": "Was planned"}, "was-planned"),
        lambda root: move(SYSTEM, root["plan"]["was-planned"], root["news"]),
        lambda root: add_new(SYSTEM, root, Page, {"title": "MARK gone"}, "gone"),
        lambda root: delete(SYSTEM, root["gone"]),
        lambda root: add_new(
            SYSTEM,
            root["news"],
            Contract,
            {"title": "Contract", "salary": "MARK", "about": root["news"]["tides"]},
        ),
    )
    for step in steps:
        with site.work() as root:
            step(root)
    return site


def told_by(browser, path):
    """Return everything that an answer says, but for what was asked."""
    answer = browser.get(path)
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.pairs)
    return f"{answer.status} {headers}\n{answer.text}".replace(path.partition("?")[2] or "\0", "")


@pytest.mark.parametrize("name", [None, "nora", "tomas"])
def test_no_page_tells_what_is_hidden(secret, name):
    browser = secret.browser()
    if name:
        browser.login(name)
    views = {each.name for each in secret.registry[AreaViews]["manage"].all() if "GET" in each.methods}
    found = []
    for place in PLACES:
        for view in views:
            for query in QUERIES.get(view, ("",)):
                path = f"/manage{place.rstrip('/')}/{f'@@{view}' if view else ''}{query}"
                told = re.findall(r".{0,80}MARK.{0,40}", told_by(browser, path))
                found += [f"{path}: {each}" for each in told]
    assert found == []


def test_what_may_not_be_viewed_has_no_page_though_it_may_be_edited(secret):
    tomas = secret.browser().login("tomas")
    for path in (
        "/news/aa-hidden/@@edit",
        "/news/ab-hidden/",
        "/news/ab-hidden/none",
        "/news/ab-hidden/@@none",
    ):
        assert tomas.get(f"/manage{path}").status == 403, path
    before = last_change(secret)
    answer = tomas.post("/manage/news/aa-hidden/@@edit", {"title": "Mine"})
    assert answer.status == 403
    assert last_change(secret) == before


def test_no_operation_touches_what_may_not_be_viewed(secret):
    with secret.work() as root:
        tomas = root.users.identity("tomas")
        page, folder = root["news"]["aa-hidden"], root["plan"]["open"]
        add_new(SYSTEM, folder, Page, {"title": "One"})
        for deed in (
            lambda: edit(tomas, page, {"title": "Mine"}),
            lambda: rename(tomas, page, "mine"),
            lambda: move(tomas, page, folder),
            lambda: delete(tomas, page),
        ):
            with pytest.raises(Forbidden):
                deed()
        set_holders(SYSTEM, folder, "view", ["manager"])
        with pytest.raises(Forbidden):
            order(tomas, folder, "one", to="last")


def test_nobody_comes_to_read_a_field_by_moving_what_has_it_to_where_he_manages(secret):
    with secret.work() as root:
        news, own = root["news"], root["plan"]["open"]
        set_grants(SYSTEM, own, "user:tomas", ["manager"])
        tomas, contract = root.users.identity("tomas"), news["contract"]
        with pytest.raises(Forbidden, match="other rights"):
            move(tomas, contract, own)
        entry = delete(tomas, contract)
        with pytest.raises(Forbidden, match="other rights"):
            restore(tomas, entry, own)
        assert restore(tomas, entry) is contract
        assert move(SYSTEM, contract, own) is contract


def test_nobody_sets_a_field_where_he_manages_and_moves_it_to_where_he_may_not(secret):
    with secret.work() as root:
        news, own = root["news"], root["plan"]["open"]
        set_grants(SYSTEM, own, "user:tomas", ["manager"])
        tomas = root.users.identity("tomas")
        forged = add_new(tomas, own, Contract, {"title": "Forged", "approved": "by the board"})
        with pytest.raises(Forbidden, match="other rights"):
            move(tomas, forged, news)
        plain = move(tomas, add_new(tomas, own, Page, {"title": "Plain"}), news)
        assert plain.__parent__ is news


def test_the_cursor_of_a_list_names_nothing_that_is_hidden(secret):
    with secret.work() as root:
        for number in range(120):
            page = add_new(SYSTEM, root["news"], Page, {"title": "Page"}, f"page-{number:03}")
            if number % 2:
                set_holders(SYSTEM, page, "view", ["manager"])
    tomas = secret.browser().login("tomas")
    names, after = [], ""
    while after is not None:
        found = tomas.get("/manage/news/contract/@@choose", query={"field": "near", "after": after}).json
        names += [each["path"].rpartition("/")[2] for each in found["items"]]
        after = found["after"]
        assert after is None or after in names
    shown = [name for name in names if name.startswith("page-")]
    assert shown == [f"page-{number:03}" for number in range(0, 120, 2)]


def test_a_list_in_which_nearly_all_is_hidden_is_given_up(secret, monkeypatch):
    monkeypatch.setattr(choosing, "LOOKED_AT", 100)
    with secret.work() as root:
        for number in range(250):
            set_holders(
                SYSTEM,
                add_new(SYSTEM, root["archive"], Page, {"title": "Page"}, f"p{number:03}"),
                "view",
                ["manager"],
            )
        add_new(SYSTEM, root["archive"], Page, {"title": "Last"}, "zz")
        set_grants(SYSTEM, root["archive"], "user:tomas", ["editor"])
    tomas = secret.browser().login("tomas")
    found = tomas.get("/manage/news/contract/@@choose?field=near&at=/archive").json
    assert (found["items"], found["after"]) == ([], None)
    assert "Last" in tomas.get("/manage/archive/").text
    monkeypatch.setattr(listing, "MOST_HIDDEN", 100)
    assert "Last" not in tomas.get("/manage/archive/").text
