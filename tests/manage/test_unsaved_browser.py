"""A page goes away while its form is open: nothing that was typed is lost, and what happened is said."""

import pytest

from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import move
from objpub.operations import purge
from objpub.operations import rename
from objpub.security import grant
from objpub.security import revoke
from objpub.security import SYSTEM
from tests.manage.kinds import Walk
from tests.manage.ways import Visitor

THINGS = ("tests.manage.kinds",)
SAVE = "button[value=stay]"
TEXT = "The gauge read 3.92 metres.\nNobody was hurt."


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def typing(live, request):
    """ines, in the middle of a walk's form: (what it was called, what she has typed)."""
    with live.work() as root:
        add_new(SYSTEM, root["news"], Walk, {"title": "Walk", "tags": ["tides"]})
    page = live.as_("ines", scripts=request.param)
    page.goto("/manage/news/walk/@@edit")
    page.fill("#field-title", "A walk")
    page.fill("#field-summary", TEXT)
    page.fill("#field-places", "9")
    return page


def meanwhile(live, change, *names):
    """Let admin do something with a thing in the site."""
    with live.work() as root:
        admin = root.users.identity("admin")
        thing = root
        for name in names:
            thing = thing[name]
        change(admin, thing, root)


def shown(page):
    """Return what is kept on the page, by the title of its field."""
    return {
        each.text_content(): page.get_by_label(each.text_content()).input_value() for each in labels(page)
    }


def labels(page):
    return page.locator(".kept label").all()


AWAY = {
    "renamed": (lambda who, walk, site: rename(who, walk, "stroll"), "Renamed", "/news/stroll"),
    "moved": (lambda who, walk, site: move(who, walk, site["archive"]), "Moved", "/archive/walk"),
}


@pytest.mark.parametrize("how", list(AWAY))
def test_what_was_typed_is_saved_at_the_other_address(live, typing, how):
    change, word, path = AWAY[how]
    meanwhile(live, change, "news", "walk")
    typing.click(SAVE)
    typing.wait_for_selector("h1:has-text('“Walk” has another address now')")
    said = typing.inner_text("main .lede")
    assert f"admin: {word}" in said and f"It is at {path} now" in said
    assert shown(typing)["Summary"] == TEXT
    typing.click("text=Save it there")
    typing.wait_for_selector(".note:has-text('Saved')")
    assert typing.url.endswith(f"/manage{path}/@@edit")
    Visitor(live).sees(path, "A walk", "The gauge read 3.92 metres.", "tides")
    with live.work() as root:
        folder, name = path.strip("/").split("/")
        assert root[folder][name].places == 9


def test_others_are_merged_with_at_the_other_address(live, typing):
    def change(who, walk, site):
        walk.notes = "From the admin"
        rename(who, walk, "stroll")

    meanwhile(live, change, "news", "walk")
    typing.click(SAVE)
    typing.click("text=Save it there")
    typing.wait_for_selector(".note:has-text('together with what others changed meanwhile: Notes')")


@pytest.mark.parametrize("names", [("news", "walk"), ("news",)], ids=["itself", "its folder"])
def test_what_was_deleted_is_restored_and_what_was_typed_saved(live, typing, names):
    meanwhile(live, lambda who, thing, site: delete(who, thing), *names)
    typing.click(SAVE)
    typing.wait_for_selector("h1:has-text('“Walk” was deleted meanwhile')")
    assert "admin deleted" in typing.inner_text("main .lede")
    assert shown(typing)["Title"] == "A walk"
    Visitor(live).finds_nothing_at("/news/walk")
    typing.click("text=Restore it and save")
    typing.wait_for_selector(".note:has-text('Saved')")
    Visitor(live).sees("/news/walk", "A walk", "Nobody was hurt.")


def test_what_is_gone_for_good_can_still_be_copied_out(live, typing):
    meanwhile(live, lambda who, walk, site: purge(SYSTEM, delete(who, walk)), "news", "walk")
    typing.click(SAVE)
    typing.wait_for_selector("h1:has-text('“Walk” was deleted meanwhile')")
    assert "gone for good" in typing.inner_text("main .lede")
    assert shown(typing).items() >= {"Title": "A walk", "Summary": TEXT, "Places": "9"}.items()
    assert typing.locator(".kept button").count() == 0


def test_whoever_may_not_edit_any_more_has_it_back_with_the_role(live):
    with live.work() as root:
        add_new(SYSTEM, root["news"], Walk, {"title": "Walk"})
    page = live.as_("tomas")
    page.goto("/manage/news/walk/@@edit")
    page.fill("#field-summary", TEXT)
    meanwhile(live, lambda who, news, site: revoke(news, "user:tomas", "editor"), "news")
    page.click(SAVE)
    page.wait_for_selector("h1:has-text('You may not')")
    assert shown(page)["Summary"] == TEXT
    meanwhile(live, lambda who, news, site: grant(news, "user:tomas", "editor"), "news")
    page.click("button:text-is('Try again')")
    page.wait_for_selector(".note:has-text('Saved')")
    Visitor(live).sees("/news/walk", "Walk", "Nobody was hurt.")


def test_a_new_page_waits_for_its_folder(live, page):
    page.goto("/manage/archive/@@add?type=Page")
    page.fill("#field-title", "Typed")
    page.fill("#field-text", TEXT)
    entries = []
    meanwhile(live, lambda who, archive, site: entries.append(delete(who, archive).__name__), "archive")
    page.click(SAVE)
    page.wait_for_selector(".kept")
    assert shown(page) == {"Title": "Typed", "Text": TEXT}
    page.context.new_page().goto("/manage/@@trash")
    other = page.context.pages[-1]
    other.click("button[name=one]")
    other.wait_for_selector(".note:has-text('Restored')")
    page.click("button:text-is('Try again')")
    page.wait_for_selector(".note:has-text('Added “Typed”')")
    Visitor(live).sees("/archive/typed", "Typed", "Nobody was hurt.")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wrong_with_the_look(live, audit, width):
    with live.work() as root:
        add_new(SYSTEM, root["news"], Walk, {"title": "Walk", "summary": "Short"})
    page = live.as_("ines", width=width, theme="dark" if width == 390 else "light")
    page.goto("/manage/news/walk/@@edit")
    meanwhile(live, lambda who, walk, site: delete(who, walk), "news", "walk")
    page.fill("#field-summary", TEXT)
    page.click(SAVE)
    page.wait_for_selector(".kept")
    audit(page, "404")
