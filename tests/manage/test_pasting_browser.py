"""Cut, copy and paste in a browser: with a mouse, without scripts, with the keyboard alone."""

import pytest

from tests.manage.conftest import WAYS


@pytest.fixture(params=sorted(WAYS))
def way(request, live):
    """Give the same person at three browsers, one after the other."""
    return lambda name: WAYS[request.param](live, name)


def names_in(live, *path):
    """Return the names in a folder of the site."""
    with live.work() as root:
        folder = root
        for each in path:
            folder = folder[each]
        return sorted(folder)


def test_what_is_cut_or_copied_is_pasted_in_another_folder(live, way):
    ines = way("ines")
    ines.go("/manage/news/")
    ines.open("More for Tides")
    ines.press("Cut", ".list")
    ines.page.wait_for_selector("#clipboard")
    assert "“Tides” cut" in ines.page.inner_text("#clipboard")
    assert ines.page.locator("tr.cut").get_attribute("data-name") == "tides"
    ines.find("Archive")
    ines.reads("Archive")
    ines.press("Paste here", "#clipboard")
    ines.told("Moved “Tides” to “Archive”")
    assert names_in(live, "archive") == ["tides"]
    assert ines.page.locator("#clipboard").count() == 0
    ines.press("Undo", ".note")
    ines.told("Undone")
    ines.go("/manage/news/")
    for title in ("Herons", "Marsh"):
        ines.tick(f"Select {title}", ".list")
    ines.press("Copy", ".selbar")
    ines.page.wait_for_selector("#clipboard")
    ines.find("News", "Series")
    ines.reads("Series")
    assert "2 items copied" in ines.page.inner_text("#clipboard")
    ines.press("Paste here", "#clipboard")
    ines.told("Copied 2 items to “Series”")
    assert names_in(live, "news", "series") == ["herons", "marsh", "one", "three", "two"]
    assert names_in(live, "news") == ["herons", "marsh", "series", "tides"]


def test_it_is_forgotten_and_the_same_in_another_tab(live, way):
    ines = way("ines")
    ines.go("/manage/news/tides/@@edit")
    ines.open("More for Tides")
    ines.press("Cut", ".acts")
    ines.page.wait_for_selector("#clipboard")
    tab = ines.page.context.new_page()
    tab.goto("/manage/archive/")
    assert "“Tides” cut" in tab.inner_text("#clipboard")
    ines.go("/manage/archive/")
    ines.press("Forget", "#clipboard")
    ines.page.wait_for_selector("#clipboard", state="detached")
    tab.reload()
    assert tab.locator("#clipboard").count() == 0
    assert names_in(live, "archive") == []


def test_keys_cut_copy_and_paste_but_not_where_one_writes(live):
    page = live.as_("ines")
    page.goto("/manage/news/")
    page.locator(".list tr[data-name=tides] .n a").focus()
    page.keyboard.press("Control+x")
    page.wait_for_selector("#clipboard")
    assert page.locator("tr.cut").get_attribute("data-name") == "tides"
    page.wait_for_selector("tr.cut .n a:focus")
    page.goto("/manage/archive/")
    page.keyboard.press("Control+v")
    page.wait_for_selector("tr[data-name=tides]")
    assert names_in(live, "archive") == ["tides"]
    page.goto("/manage/news/")
    for name in ("marsh", "herons"):
        page.locator(f".list tr[data-name={name}] .pick").check()
    page.keyboard.press("Control+c")
    page.wait_for_selector("#clipboard")
    assert "2 items copied" in page.inner_text("#clipboard")
    page.locator("#f").focus()
    page.keyboard.press("Control+v")
    page.goto("/manage/@@keys")
    assert "Cut what is picked, or the line" in page.inner_text("main")
    assert names_in(live, "news") == ["herons", "marsh", "series"]
