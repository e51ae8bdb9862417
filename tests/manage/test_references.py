"""The tab of references, the page of redirects and that of broken links."""

import re

import pytest

from objpub.content import Content
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import rename
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.changes import is_changed_since
from tests.manage.pages import Page


class Walk(Content, addable="anywhere"):
    """A walk that begins somewhere."""

    title: str
    start: Ref[Page] | None = field(default=None, title="Begins at", on_delete="refuse")
    stops: tuple[Ref[Page], ...] = field(default=(), title="Stops", on_delete="clear")
    secret: Ref[Page] | None = field(default=None, title="Hidden spot", read="manage")
    text: RichText = field(default="", title="Way")


THINGS = (Walk,)


def words(page):
    """Return the text of what stands beside the tree, without its tags."""
    return " ".join(re.sub("<[^>]+>", " ", page.text.partition("<main")[2]).split())


def walk(site, title="Along the shore", **values):
    """Add a walk to the archive; names stand for pages of /news."""
    with site.work() as root:
        pages = root["news"]
        found = {
            name: pages[value] if isinstance(value, str) and name != "text" else value
            for name, value in values.items()
        }
        add_new(SYSTEM, root["archive"], Walk, {"title": title, **found})


def test_the_tab_says_what_refers_to_it_in_which_field_and_what_a_deletion_would_do(site):
    walk(site, start="tides", text='<a href="/news/tides">t</a>')
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/tides/@@references")
    used = words(page).partition("Used by")[2].partition("Refers to")[0]
    assert "Along the shore Begins at it keeps this from being deleted" in used
    assert "Along the shore Way it leads nowhere" in used
    assert "This refers to nothing" in words(page)
    assert "References" in words(ines.get("/manage/news/tides/@@edit"))
    assert "Nothing refers to this" in words(ines.get("/manage/news/marsh/@@references"))


def test_the_tab_says_where_its_own_references_and_links_lead(site):
    walk(site, start="tides", stops=(), text='<a href="/news/marsh#a">m</a><a href="/gone">g</a>')
    with site.work() as root:
        edit(SYSTEM, root["archive"]["along-the-shore"], {"stops": [root["news"]["herons"]]})
        rename(SYSTEM, root["news"]["marsh"], "fen")
        override_permission(root["news"]["herons"], "view", "manager")
    text = words(site.browser().login("ines").get("/manage/archive/along-the-shore/@@references"))
    leads = text.partition("Where it leads")[2]
    assert "Tides Begins at /news/tides" in leads
    assert "Marsh Way /news/fen" in leads
    assert "Nowhere, or to what you may not see Way /gone" in leads
    assert "To something that you may not see Stops –" in leads
    assert "Herons" not in leads


def test_of_what_is_hidden_the_tab_tells_no_name_and_no_number(site):
    walk(site, "Secret walk", start="tides")
    walk(site, "Secret stroll", start="tides")
    walk(site, "Open", secret="tides")
    with site.work() as root:
        for name in ("secret-walk", "secret-stroll"):
            override_permission(root["archive"][name], "view", "manager")
    text = words(site.browser().login("ines").get("/manage/news/tides/@@references"))
    assert "Something that you may not see refers to this" in text
    assert "Secret" not in text and "Open" not in text and "Hidden spot" not in text
    text = words(site.browser().login("admin").get("/manage/news/tides/@@references"))
    assert "Secret stroll Begins at" in text and "Open Hidden spot" in text


def test_many_that_refer_fill_one_page_and_it_says_so(site, monkeypatch):
    monkeypatch.setattr("objpub.manage.references.MOST", 2)
    for title in ("One", "Two", "Three"):
        walk(site, title, start="tides", text='<a href="/a">a</a><a href="/b">b</a>')
    text = words(site.browser().login("ines").get("/manage/news/tides/@@references"))
    assert "One" in text and "Two" in text and "Three" not in text
    assert "There are more than are shown here" in text


def test_redirects_are_listed_with_what_they_lead_to_now(site):
    admin = site.browser().login("admin")
    assert "Nothing has been moved" in words(admin.get("/manage/@@redirects"))
    with site.work() as root:
        rename(SYSTEM, root["news"]["tides"], "ebb")
        rename(SYSTEM, root["news"]["marsh"], "fen")
        add_new(SYSTEM, root["news"], Page, {"title": "Marsh", "text": "."}, "marsh")
        rename(SYSTEM, root["news"]["herons"], "birds")
        delete(SYSTEM, root["news"]["birds"])
    text = words(admin.get("/manage/@@redirects"))
    assert "/news/tides Tides /news/ebb" in text
    assert "/news/marsh not asked for: Marsh is there now" in text
    assert "/news/herons nowhere: what was there is deleted" in text
    narrowed = words(admin.get("/manage/@@redirects?at=/news/t"))
    assert "/news/tides" in narrowed and "/news/marsh" not in narrowed
    assert "no old address like that" in words(admin.get("/manage/@@redirects?at=/x"))


def test_a_redirect_is_added_follows_its_target_and_is_removed(site):
    admin = site.browser().login("admin")
    page = admin.get("/manage/@@redirects").form("adding").fill(path="/old/", target="/news/tides")
    assert "/old leads on now" in page.submit(follow=True).text
    with site.work() as root:
        rename(SYSTEM, root["news"]["tides"], "ebb")
    assert site.client.get("/old").location == "/news/ebb"
    page = admin.post("/manage/@@redirect-remove", [("path", "/old")])
    assert page.status == 303 and site.client.get("/old").status == 404
    again = admin.post("/manage/@@redirect-remove", [("path", "/old")])
    assert "gone already" in admin.get(again.location).text


def test_what_is_wrong_with_a_redirect_is_said_at_once_and_nothing_is_changed(site):
    admin = site.browser().login("admin")
    before = site.last_transaction()
    page = admin.get("/manage/@@redirects").form("adding").fill(path="old", target="/nowhere").submit()
    assert page.status == 422
    assert "Wanted a path of this site" in page.text and "Wanted the path of something" in page.text
    assert not is_changed_since(site, before)


def test_redirects_come_by_pages(site, monkeypatch):
    monkeypatch.setattr("objpub.manage.redirects.SHOWN", 2)
    with site.work() as root:
        for number in range(5):
            rename(
                SYSTEM, root["news"]["tides"] if not number else root["news"][f"t{number - 1}"], f"t{number}"
            )
    admin, found, path = site.browser().login("admin"), [], "/manage/@@redirects"
    while path:
        page = admin.get(path)
        found += re.findall(r'<b class="said">([^<]+)</b>', page.text)
        following = re.search(r'href="([^"]+)" rel="next"|rel="next" href="([^"]+)"', page.text)
        path = (following[1] or following[2]).replace("&amp;", "&") if following else ""
    assert found == ["/news/t0", "/news/t1", "/news/t2", "/news/t3", "/news/tides"]


def test_what_leads_nowhere_is_listed_with_where_it_stands(site):
    ines = site.browser().login("ines")
    assert "Every reference and every link of the site leads somewhere" in words(ines.get("/manage/@@links"))
    walk(
        site, "One", stops=(), text='<a href="/gone">g</a><a href="/login">l</a><a href="/news/tides/x">x</a>'
    )
    walk(site, "Two", text='<a href="/gone/">g</a><a href="/news/marsh">m</a><a href="/static/a.css">s</a>')
    with site.work() as root:
        delete(SYSTEM, root["news"]["marsh"])
    text = words(ines.get("/manage/@@links"))
    assert "/gone One Way Two Way" in text
    assert "/news/tides/x One Way" in text
    assert "Something that was deleted Two Way" in text
    assert "/login" not in text and "/static" not in text


def test_a_link_that_is_broken_leaves_the_list_when_it_leads_somewhere_again(site):
    walk(site, "One", text='<a href="/gone">g</a><a href="/news/herons">h</a>')
    with site.work() as root:
        entry = delete(SYSTEM, root["news"]["herons"])
        name = entry.__name__
    ines = site.browser().login("ines")
    assert "/gone" in words(ines.get("/manage/@@links"))
    with site.work() as root:
        add_new(SYSTEM, root, Page, {"title": "Gone", "text": "."}, "gone")
    text = words(ines.get("/manage/@@links"))
    assert "/gone" not in text and "Something that was deleted" in text
    ines_page = site.browser().login("admin").post("/manage/@@restore", [("pick", name)])
    assert ines_page.status == 303
    assert "leads somewhere" in words(ines.get("/manage/@@links"))


@pytest.mark.parametrize("view", ["@@links", "@@redirects"])
def test_pages_of_the_site_are_for_those_who_may(site, view):
    assert site.browser().login("nora").get(f"/manage/{view}").status == 403
    assert site.browser().login("admin").get(f"/manage/{view}").status == 200


def test_broken_links_come_by_pages_and_name_nothing_hidden(site, monkeypatch):
    monkeypatch.setattr("objpub.operations.leading.LOOKED_AT", 2)
    walk(site, "One", text="".join(f'<a href="/gone{number}">g</a>' for number in range(5)))
    walk(site, "Secret", text='<a href="/secret-place">s</a><a href="/gone1">g</a>')
    with site.work() as root:
        override_permission(root["archive"]["secret"], "view", "manager")
    ines, found, path = site.browser().login("ines"), "", "/manage/@@links"
    while path:
        page = ines.get(path)
        found += words(page)
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = following[1].replace("&amp;", "&") if following else ""
    assert [f"/gone{number} One" in found for number in range(5)] == [True] * 5
    assert "Secret" not in found and "/secret-place" not in found
