"""A host whose root is hidden from somebody: no page there tells what it is called."""

import pytest

from objpub.operations import add_new
from objpub.operations import set_holders
from objpub.security import SYSTEM
from objpub.testing import Client
from tests.manage.pages import Page
from tests.manage.pages import Section

HOST = "plans.example.org"
SETTINGS = {"sites": {"localhost": "/", HOST: "/plans"}}


@pytest.fixture
def hidden(site):
    with site.work() as root:
        plans = add_new(SYSTEM, root, Section, {"title": "MARK"}, "plans")
        add_new(SYSTEM, plans, Page, {"title": "Open"}, "open")
        set_holders(SYSTEM, plans, "view", ["manager"])
        set_holders(SYSTEM, plans["open"], "view", ["everyone"])
    return site


@pytest.mark.parametrize("name", [None, "nora"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/open"),
        ("GET", "/open/none"),
        ("GET", "/login"),
        ("POST", "/none"),
        ("OPTIONS", "/favicon.ico"),
        ("GET", "/manage/open"),
        ("GET", "/manage/@@profile"),
    ],
)
def test_no_page_of_a_host_tells_the_title_of_its_hidden_root(hidden, name, method, path):
    browser = Client(hidden.application, host=HOST)
    if name:
        browser.login(name)
    assert "MARK" not in browser.request(method, path).text


def test_who_may_view_the_root_of_a_host_sees_its_title(hidden):
    browser = Client(hidden.application, host=HOST).login("admin")
    assert "MARK" in browser.get("/manage/@@profile").text
    assert "MARK" in browser.get("/open/none").text
