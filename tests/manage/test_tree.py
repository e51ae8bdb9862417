"""The tree: what it shows and counts, what it leaves out, and that it loads no more than it shows."""

import re

import pytest

from objpub import manage
from objpub.manage.tree import cookie_from
from objpub.manage.tree import LOOKED_AT
from objpub.manage.tree import SHOWN
from objpub.manage.tree import state_from
from objpub.security import override_permission
from objpub.views import view
from tests.manage.pages import Page
from tests.manage.pages import Section


@view(Page, "loaded", area="manage", permission=manage.See)
def loaded(page, request):
    """Say how many objects were loaded for the tree alone."""
    request.connection.cacheMinimize()
    before = request.connection.getTransferCounts()[0]
    assert manage.framed(request)["frame"].tree is not None
    return str(request.connection.getTransferCounts()[0] - before)


THINGS = (loaded,)


def tree_of(answer):
    """Return the tree of a page as (depth, title, sign) from top to bottom; sign: "+", "-" or ""."""
    html = re.search(r'<ul aria-labelledby="tree-label".*?(?=<p hidden)', answer.text, re.S)[0]
    return lines_of(html)


def lines_of(html):
    """Return the lines of a list as (depth, title, sign)."""
    found, depth = [], -1
    signs = {"true": "-", "false": "+"}
    for tag, attributes, text in re.findall(r"<(/?\w+)([^>]*)>([^<]*)", html):
        depth += {"ul": 1, "/ul": -1}.get(tag, 0)
        if tag == "a" and "twist" in attributes:
            sign = signs[re.search(r'aria-expanded="(\w+)"', attributes)[1]]
        elif tag == "span" and "twist" in attributes:
            sign = ""
        elif tag == "a" and "name" in attributes:
            continue
        elif tag == "span" and not attributes:
            found.append((depth, text, sign))
        elif tag == "a" or "none" in attributes:
            found.append((depth, text, ""))
    return found


def filled(site, number, name="many"):
    """Add a section with *number* pages to *site*."""
    with site.work() as root:
        folder = root.add(name, Section(title=name.capitalize()))
        for index in range(number):
            folder.add(f"page-{index:05}", Page(title=f"Page {index}"))


def test_the_branches_around_the_page_are_open_and_no_other(site):
    answer = site.browser().login("admin").get("/manage/news/")
    assert tree_of(answer) == [
        (0, "Archive", ""),
        (0, "News", "-"),
        (1, "Herons", ""),
        (1, "Marsh", ""),
        (1, "Series", "+"),
        (1, "Tides", ""),
    ]
    assert re.search(r'class="name" href="/manage/news/"[^>]* aria-current="page"', answer.text)
    assert re.search(r'>News</span><span class="num">4<', answer.text)


def test_a_line_shows_what_kind_of_thing_it_is(site):
    answer = site.browser().login("admin").get("/manage/news/")
    lines = re.findall(r'class="name"[^>]*>.*?icons\.svg[^"#]*#([\w-]+)".*?<span>(\w+)', answer.text, re.S)
    assert dict(map(reversed, lines)) == {
        "Archive": "folder",
        "News": "folder",
        "Herons": "page",
        "Marsh": "page",
        "Series": "folder",
        "Tides": "page",
    }


def test_a_branch_is_opened_and_closed_by_links_and_stays_so(site):
    client = site.browser().login("admin")
    opener = re.search(r'href="(/manage/news/@@branch[^"]*)"', client.get("/manage/archive/").text)[1]
    answer = client.get(opener.replace("&amp;", "&")).follow()
    assert answer.path == "/manage/archive/"
    assert (0, "News", "-") in tree_of(answer)
    assert (1, "Tides", "") in tree_of(answer)
    assert (0, "News", "-") in tree_of(client.get("/manage/"))
    closer = re.search(r'href="(/manage/news/@@branch[^"]*)"', client.get("/manage/news/").text)[1]
    answer = client.get(closer.replace("&amp;", "&")).follow()
    assert (0, "News", "+") in tree_of(answer)
    assert (0, "News", "+") in tree_of(client.get("/manage/news/tides/@@overview-of-nothing"))


def test_a_branch_is_given_alone_to_those_that_put_it_into_the_page(site):
    client = site.browser().login("admin")
    answer = client.get("/manage/news/@@branch?state=open")
    assert answer.text.lstrip().startswith("<ul")
    assert [line[1] for line in lines_of(answer.text)] == ["Herons", "Marsh", "Series", "Tides"]
    assert "<html" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "back", ["https://example.org/", "//example.org/", "\\example", "javascript:alert(1)"]
)
def test_no_branch_leads_off_the_site(site, back):
    answer = site.browser().login("admin").get("/manage/news/@@branch", query={"back": back})
    assert answer.status == 200
    assert answer.location == ""


def test_a_branch_that_may_not_be_seen_is_not_given(site):
    assert site.browser().login("nora").get("/manage/news/@@branch").status == 403
    assert site.browser().get("/manage/news/@@branch").status == 303


def test_of_many_children_a_few_are_shown_and_the_rest_is_counted(site):
    filled(site, SHOWN + 11)
    client = site.browser().login("admin")
    lines = [line for line in tree_of(client.get("/manage/many/")) if line[0] == 1]
    assert len(lines) == SHOWN + 1
    assert lines[-1][1] == "11 more in Many"
    assert '<a class="more" href="/manage/many/">11 more in Many</a>' in client.get("/manage/many/").text


def test_as_many_children_as_are_shown_leave_no_rest(site):
    filled(site, SHOWN)
    for name in ("admin", "ines"):
        text = site.browser().login(name).get("/manage/many/").text
        assert 'class="more"' not in text


def test_the_page_itself_is_shown_although_it_comes_late(site):
    filled(site, SHOWN + 30)
    answer = site.browser().login("admin").get("/manage/many/page-00045")
    assert (1, "Page 45", "") in tree_of(answer.follow() if answer.location else answer)
    assert ">29 more in Many<" in (answer.follow() if answer.location else answer).text


def test_hidden_children_are_neither_shown_nor_counted(site):
    filled(site, SHOWN + 5)
    with site.work() as root:
        for name in list(root["many"])[:10]:
            override_permission(root["many"][name], "view", "manager")
        override_permission(root["news"]["series"], "see", "manager")
    ines = site.browser().login("ines")
    answer = ines.get("/manage/many/")
    assert [line[1] for line in tree_of(answer) if line[0] == 1] == [
        f"Page {at}" for at in range(10, SHOWN + 5)
    ]
    assert "more in" not in answer.text.lower()
    assert 'class="num"' not in re.search(r'id="tree".*?</ul>\s*<p hidden', answer.text, re.S)[0]
    assert "Series" not in [line[1] for line in tree_of(ines.get("/manage/news/"))]
    admin = site.browser().login("admin").get("/manage/many/")
    assert ">5 more in Many<" in admin.text


def test_where_some_may_be_hidden_the_rest_is_not_counted(site):
    filled(site, LOOKED_AT + 20)
    answer = site.browser().login("ines").get("/manage/many/")
    assert '<a class="more" href="/manage/many/">More in Many</a>' in answer.text


def test_an_empty_branch_says_so_where_it_could_have_hidden_something(site):
    ines = site.browser().login("ines").get("/manage/archive/")
    assert tree_of(ines)[:2] == [(0, "Archive", "-"), (1, "Nothing here", "")]


def test_the_tree_of_a_local_editor_begins_where_he_may_work(site):
    answer = site.browser().login("tomas").get("/manage/news/series/")
    assert [line[:2] for line in tree_of(answer)][:3] == [(0, "Herons"), (0, "Marsh"), (0, "Series")]
    assert re.search(r'class="label"><a href="/manage/news/"[^>]*>\s*News', answer.text)
    assert "Archive" not in answer.text


@pytest.mark.parametrize("name", ["admin", "ines"])
def test_a_large_folder_costs_the_tree_what_a_small_one_does(site, name):
    filled(site, 100, "small")
    filled(site, 2_000, "large")
    client = site.browser().login(name)
    small = int(client.get("/manage/small/page-00000/@@loaded").text)
    large = int(client.get("/manage/large/page-00000/@@loaded").text)
    assert large <= small + 5  # a bucket more of the tree of names


def test_a_closed_branch_is_not_looked_into(site):
    client = site.browser().login("admin")
    before = int(client.get("/manage/news/tides/@@loaded").text)
    filled(site, 100)
    assert (
        int(client.get("/manage/news/tides/@@loaded").text) <= before + 4
    )  # the branch, its count, its icon


@pytest.mark.parametrize(
    ("cookie", "state"),
    [
        ("", {}),
        ("/news", {"/news": True}),
        ("-/news!/a%20b", {"/news": False, "/a b": True}),
        ("-/", {"/": False}),
        ("news!!--/x!%", {}),
        ("\xe9/news", {}),
    ],
)
def test_the_cookie_says_which_branches_are_open(cookie, state):
    assert state_from(cookie) == state


def test_the_cookie_forgets_what_was_said_first_when_it_grows():
    state = {f"/{number:03}" + "x" * 30: True for number in range(200)}
    cookie = cookie_from(state)
    assert len(cookie) <= 2_000
    kept = state_from(cookie)
    assert list(kept) == list(state)[-len(kept) :]
    assert len(kept) == 40
    paths = {f"/{number}é!": False for number in range(3)}
    assert state_from(cookie_from(paths)) == paths


@pytest.mark.parametrize("cookie", ["-/", "%", "!" * 3_000, "/x" * 1_000, "-/news!-/"])
def test_a_cookie_that_strangers_wrote_breaks_no_page(site, cookie):
    client = site.browser().login("admin")
    headers = {"Cookie": f"{client.cookies.header('/manage/')}; objpub_tree={cookie}"}
    environ = client.environ("GET", "/manage/news/", {"Accept": "text/html"})
    answer = client.request("GET", "/manage/news/", environ={**environ, "HTTP_COOKIE": headers["Cookie"]})
    assert answer.status == 200
    assert tree_of(answer)[0][1] == "Archive"
