"""The edit bar of public pages."""

import re

from objpub.security import override_permission


def bar_of(answer):
    """Return the texts of the bar of a page, or None."""
    found = re.search(r"<objpub-bar>.*?</objpub-bar>", answer.text, re.S)
    return re.findall(r">\s*([A-Z][\w ]+)\s*<", found[0]) if found else None


def test_visitors_and_those_who_may_only_look_get_no_bar(site):
    assert bar_of(site.browser().get("/news/")) is None
    assert bar_of(site.browser().login("nora").get("/news/")) is None


def test_an_editor_gets_from_a_page_to_its_form_and_its_folder(site):
    client = site.browser().login("ines")
    folder, page = client.get("/news/"), client.get("/news/tides")
    assert ("Contents", "/manage/news/") in folder.page.links
    assert ("Contents", "/manage/news/") in page.page.links
    assert ("Edit", "/manage/news/tides/@@edit") in page.page.links
    assert ("Edit", "/manage/news/@@edit") in folder.page.links
    assert ("Add here", "/manage/news/@@add") in folder.page.links
    assert "Add here" not in bar_of(page)
    assert ("Add beside it", "/manage/news/@@add") in page.page.links
    assert "Public" in bar_of(folder)


def test_the_bar_offers_what_may_be_done_and_nothing_else(site):
    with site.work() as root:
        override_permission(root["news"], "edit", "manager")
        override_permission(root["news"], "add", "manager")
    words = bar_of(site.browser().login("ines").get("/news/"))
    assert words == ["Public", "Contents"]


def test_the_bar_leads_to_no_hidden_folder(site):
    with site.work() as root:
        override_permission(root["news"]["tides"], "view", ("everyone",))
        override_permission(root["news"], "view", ("manager",))
    words = bar_of(site.browser().login("ines").get("/news/tides"))
    assert "Edit" in words and "Contents" not in words


def test_a_local_editor_gets_the_bar_where_he_may_work_only(site):
    client = site.browser().login("tomas")
    assert bar_of(client.get("/news/")) is not None
    assert bar_of(client.get("/archive/")) is None


def test_the_bar_says_that_visitors_do_not_see_the_page(site):
    with site.work() as root:
        override_permission(root["news"]["tides"], "view", "editor")
    client = site.browser().login("ines")
    assert "Not public" in bar_of(client.get("/news/tides"))
    assert "Public" in bar_of(client.get("/news/marsh"))


def test_a_page_that_tells_of_an_error_offers_no_form(site):
    answer = site.browser().login("admin").get("/news/nothing")
    assert answer.status == 404
    assert bar_of(answer) == ["Contents"]


def test_the_interface_itself_has_no_bar(site):
    assert bar_of(site.browser().login("admin").get("/manage/news/")) is None


def test_the_styles_of_the_bar_are_out_of_reach_of_the_site(site):
    text = site.browser().login("ines").get("/news/").text
    assert re.search(
        r'<objpub-bar><template shadowrootmode="open">'
        r'<link rel="stylesheet" href="/static/objpub-manage/\w+/bar.css"',
        text,
    )
