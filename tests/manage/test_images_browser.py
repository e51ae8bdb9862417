"""Images in texts: chosen, dropped or pasted while one writes, or taken from the site."""

import base64
import re

import pytest
from PIL import Image as Picture

from objpub import Image
from objpub.content import Upload
from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.browsing import wait_for_focus
from tests.manage.kinds import Walk

THINGS = ("tests.manage.kinds",)
EDIT = "/manage/news/walk/@@edit"

CARRY = """
([place, kind, code]) => {
    const bytes = Uint8Array.from(atob(code), (each) => each.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "Tide mill.png", { type: "image/png" }));
    const values = { bubbles: true, cancelable: true, dataTransfer: transfer, clipboardData: transfer };
    const event = kind === "drop" ? new DragEvent("drop", values) : new ClipboardEvent("paste", values);
    document.querySelector(place).dispatchEvent(event);
}
"""


@pytest.fixture
def picture(tmp_path):
    """An image in a file."""
    path = tmp_path / "Tide mill.png"
    Picture.new("RGB", (64, 48), "teal").save(path, "PNG")
    return path


@pytest.fixture
def walk(live):
    """The served site with a walk."""
    with live.work() as root:
        add_new(SYSTEM, root["news"], Walk, {"title": "Walk", "body": "<p>One</p>", "notes": "One\n\nTwo"})
    return live


def dialog_of(page):
    page.wait_for_selector("dialog[open]")
    return page.get_by_role("dialog")


def insert(page, shows):
    """Say what the image shows, and put it into the text."""
    page.get_by_label("It shows").fill(shows)
    page.get_by_role("button", name="Insert").click()
    page.wait_for_selector("dialog[open]", state="detached")


def kept(live):
    """Return (name, alternative text) of the images beside the walk."""
    with live.work() as root:
        return [(each.__name__, each.alt) for each in root["news"].values() if isinstance(each, Image)]


def test_an_image_is_chosen_while_a_text_in_markdown_is_written(walk, picture, audit):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.evaluate("document.querySelector('#field-notes').setSelectionRange(3, 3)")
    page.locator(".write").get_by_role("button", name="Image").click()
    assert "“News”" in dialog_of(page).inner_text()
    audit(page)
    page.set_input_files("#image-file", picture)
    insert(page, "The mill [at flood]")
    assert page.input_value("#field-notes") == "One\n\n![The mill \\[at flood\\]](/news/tide-mill.png)\n\nTwo"
    assert kept(walk) == [("tide-mill.png", "The mill [at flood]")]
    wait_for_focus(page, "#field-notes")
    page.click("role=tab[name=Preview]")
    shown = page.locator("#field-notes-seen img")
    shown.wait_for()
    assert shown.evaluate("each => each.decode().then(() => each.naturalWidth)") == 64
    assert shown.get_attribute("alt") == "The mill [at flood]"


def test_an_image_goes_into_formatted_text_where_the_cursor_stands(walk, picture):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.locator("#field-body-shown").press("Control+End")
    page.get_by_role("toolbar").get_by_role("button", name="Image").click()
    page.set_input_files("#image-file", picture)
    insert(page, 'The "mill"')
    page.click("button[value=stay]")
    page.wait_for_selector(".note.ok")
    with walk.work() as root:
        body = root["news"]["walk"].body
    assert re.sub(r"/\+\+id\+\+\w+", "/++id++x", body) == (
        '<p>One</p><p><img src="/++id++x" alt="The &quot;mill&quot;"></p>'
    )


@pytest.mark.parametrize("kind", ["drop", "paste"])
@pytest.mark.parametrize("place", ["#field-notes", "#field-body-shown"])
def test_an_image_that_is_dropped_or_pasted_asks_what_it_shows(walk, picture, place, kind):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.focus(place)
    page.evaluate(CARRY, [place, kind, base64.b64encode(picture.read_bytes()).decode()])
    assert "Tide mill.png" in dialog_of(page).inner_text()
    insert(page, "The mill")
    assert kept(walk) == [("tide-mill.png", "The mill")]
    field = "#field-notes" if place == "#field-notes" else "#field-body"
    assert "/news/tide-mill.png" in page.input_value(field)


def test_an_image_of_the_site_is_chosen_with_what_it_shows(walk, picture):
    with walk.work() as root:
        upload = Upload("Mill.png", None, picture, picture.stat().st_size)
        add_new(
            SYSTEM, root["news"], Image, {"title": "Mill", "upload": upload, "alt": "Wheels"}, "mill (1).png"
        )
    page = walk.as_("ines")
    page.goto(EDIT)
    page.locator(".write").get_by_role("button", name="Image").click()
    dialog_of(page).get_by_role("button", name="Choose from the site").click()
    page.get_by_role("button", name="Mill", exact=True).click()
    assert page.get_by_label("It shows").input_value() == "Wheels"
    page.get_by_role("button", name="Insert").click()
    page.wait_for_selector("dialog[open]", state="detached")
    assert "![Wheels](/news/mill%20%281%29.png)" in page.input_value("#field-notes")
    assert len(kept(walk)) == 1


def test_what_is_no_image_is_refused_in_the_dialog_and_nothing_else_is_lost(walk, tmp_path):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.locator(".write").get_by_role("button", name="Image").click()
    page.get_by_label("It shows").fill("The mill")
    page.get_by_role("button", name="Insert").click()
    assert dialog_of(page).get_by_role("alert").inner_text() == "Choose an image first."
    broken = tmp_path / "mill.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n no more of it")
    page.set_input_files("#image-file", broken)
    assert not dialog_of(page).get_by_role("alert").inner_text()
    page.get_by_role("button", name="Insert").click()
    page.wait_for_selector("dialog[open] .msg span")
    assert page.get_by_label("It shows").input_value() == "The mill"
    page.get_by_role("button", name="Cancel").click()
    assert page.input_value("#field-notes") == "One\n\nTwo"
    assert kept(walk) == []
