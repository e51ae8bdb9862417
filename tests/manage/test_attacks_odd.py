"""Odd values at what finds, decides, leads on and follows a change: each is answered, none is a fault."""

import pytest

from objpub import testing
from objpub.content import Content
from objpub.operations import add_new
from objpub.operations import rename
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.workflow import State
from objpub.workflow import Transition
from objpub.workflow import Workflow

ODD = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\u202eabc",
        "\x1b[31m",
        "\u2028",
        "9" * 400,
        "-1",
        "0",
        "1e999",
        "nan",
        "²",
        "٣",
    ),
    *(
        "[]",
        "null",
        '"',
        "(" * 30,
        "~" * 30,
        "a AND b",
        "NEAR(a b)",
        "title:x",
        "*",
        "a*",
        "^a",
        "--",
        "tags =",
    ),
    *(
        "type = object",
        "within = /nothing",
        "near = *",
        "state > 3",
        "x" * 900,
        "a\r\nX: y",
        "//evil.example",
    ),
    *(
        "javascript:alert(1)",
        "../..",
        "/++id++1",
        "<script>",
        "${1/0}",
        "W10",
        "bnVsbA",
        "WzFlOTk5XQ",
        "W251bGxd",
    ),
    *(
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59:59-23:59",
        "2026-02-30T00:00",
        "2026-W01-1",
        "publish",
        "fly",
    ),
    *("draft", "draft-publish", "draft-discard", "-created", "relevance,-relevance", ",,", "--created"),
)
GET = {
    "/api/": ("find", "text", "sort", "after", "limit", "facets"),
    "/rss.xml": ("find", "text", "sort", "limit"),
    "/sitemap.xml": ("part",),
    "/manage/@@redirects": ("at", "after"),
    "/manage/@@links": ("after",),
    "/manage/@@catalog": ("find", "sort"),
    "/manage/@@errors": ("ticket",),
    "/manage/ebb/@@edit": ("draft",),
}
POST = {
    "/manage/@@queue": ({}, ("retry", "discard")),
    "/manage/@@operations": ({}, ("cancel", "again")),
    "/manage/@@redirects": ({"path": "/x", "target": "/ebb"}, ("path", "target")),
    "/manage/@@redirect-remove": ({}, ("path",)),
    "/manage/@@catalog": ({}, ("index",)),
    "/manage/@@workflow-all": ({"transition": "publish", "pick": "ebb"}, ("transition", "pick")),
    "/manage/ebb/@@workflow": (
        {"transition": "publish", "when": "2100-01-01T00:00"},
        ("transition", "comment", "when", "cancel"),
    ),
    "/manage/ebb/@@edit": (
        {"_then": "draft", "title": "Flood"},
        ("title", "near", "_then", "_draft", "_started"),
    ),
}


class Story(
    Content,
    addable="anywhere",
    workflow=Workflow(
        State("draft"),
        State("published", view="everyone"),
        Transition("publish", "draft -> published"),
        Transition("retract", "published -> draft"),
    ),
):
    title: str = field(index="text")
    near: Ref[Content] | None = field(default=None, index="value")


@pytest.fixture(scope="module")
def mia():
    """A manager, who gets to the code behind every check."""
    with testing.site("objpub.manage", "objpub.api", "objpub.feeds", __name__) as site:
        site.add_user("mia", roles=["manager"])
        with site.work() as root:
            override_permission(root, "view", ["everyone"])
            add_new(SYSTEM, root, Story, {"title": "Flood"}, "flood")
            rename(SYSTEM, root["flood"], "ebb")
        yield site.browser().login("mia")


@pytest.mark.parametrize(("address", "name"), [(each, name) for each, names in GET.items() for name in names])
def test_no_odd_value_in_an_address_is_a_fault(mia, address, name):
    for odd in ODD:
        assert mia.get(address, query={name: odd}).status < 500, (address, name, odd)


@pytest.mark.parametrize(
    ("address", "name"), [(each, name) for each, (_, names) in POST.items() for name in names]
)
def test_no_odd_value_in_a_form_is_a_fault(mia, address, name):
    usual, _ = POST[address]
    for odd in ODD:
        for values in ({**usual, name: odd}, {name: [odd, odd]}):
            assert mia.post(address, values).status < 500, (address, values)


@pytest.mark.parametrize("odd", ODD)
def test_no_odd_address_is_a_fault(mia, odd):
    for start in ("/++id++", "/flood/", "/ebb/@@", "/api/", "/manage/++id++", "/sitemap.xml/"):
        path = start + "".join(f"%{byte:02x}" for byte in odd.encode())
        assert mia.get(path).status < 500, path
