"""The focal point of an image: set on the picture, with the numbers beside it, and what its cuts show."""

import io

import pytest
from PIL import Image as Picture

from objpub import Image
from objpub.content import SCALES
from objpub.content.pixels import Measures
from objpub.content.pixels import window

EDIT = "/manage/archive/gull.png/@@edit"
WIDE = (400, 200)


def striped(size=WIDE):
    """Return the bytes of a picture that is red at its left half and teal at its right."""
    picture = Picture.new("RGB", size, "teal")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def gull(live):
    """The served site with a picture."""
    with live.work() as root:
        root["archive"].add("gull.png", Image.from_bytes(striped(), "gull.png", title="Gull"))
    return live


def stored(live):
    with live.work() as root:
        image = root["archive"]["gull.png"]
        return image.focus_x, image.focus_y


def opened(live, **options):
    page = live.as_("ines", **options)
    page.goto(EDIT)
    page.wait_for_selector(".aim .shot")
    return page


def at(page, left, top):
    """Return where a share of the picture is in the window."""
    page.locator(".aim").scroll_into_view_if_needed()
    box = page.locator(".aim .shot").bounding_box()
    return box["x"] + box["width"] * left, box["y"] + box["height"] * top


def cut(page):
    """Return the address and the position of the one cut that there is."""
    shown = page.locator(".cuts img")
    assert shown.count() == 1
    return shown.get_attribute("src"), shown.evaluate("each => each.style.objectPosition")


def numbers(page):
    return page.input_value("#field-focus_x"), page.input_value("#field-focus_y")


def test_a_click_on_the_picture_sets_the_point_and_shows_the_cut_at_once(gull, audit):
    page = opened(gull)
    assert cut(page)[1] == "50% 50%"
    page.mouse.click(*at(page, 0.2, 0.5))
    assert numbers(page) == ("0.2", "0.5")
    assert page.inner_text(".focal .said").startswith("20 % from left, 50 % from top")
    assert "Focal point" in page.inner_text("#unsaved")
    assert "/scale/preview" in cut(page)[0]
    assert cut(page)[1] == "0% 50%"
    box = page.locator(".cuts img").bounding_box()
    assert box["width"] / box["height"] == pytest.approx(256 / 200, rel=0.02)
    audit(page)
    page.click("button[value=stay]")
    page.wait_for_selector(".note.ok")
    page.wait_for_selector(".aim .shot")
    assert stored(gull) == (0.2, 0.5)
    assert cut(page)[1] == "0% 50%"
    real = Picture.open(io.BytesIO(page.request.get("/archive/gull.png/scale/tile").body()))
    assert real.size == (256, 200)
    assert real.getpixel((100, 100))[0] > 200


def test_the_cut_while_it_moves_is_the_one_that_will_be_made(gull):
    page = opened(gull)
    for point in (0.1, 0.4, 0.55, 0.9):
        page.locator("#field-focus_x").evaluate(
            "(each, value) => { each.value = value; each.dispatchEvent(new Event('input')) }", str(point)
        )
        left, *_ = window(WIDE, SCALES["tile"].fit(Measures(*WIDE)), (point, 0.5))
        share = float(cut(page)[1].split("%")[0])
        assert share == pytest.approx(100 * left / (WIDE[0] - 256), abs=1)


def test_the_point_is_dragged(gull):
    page = opened(gull)
    page.mouse.move(*at(page, 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*at(page, 0.6, 0.5))
    page.mouse.move(*at(page, 0.75, 0.25), steps=3)
    page.mouse.up()
    assert numbers(page) == ("0.75", "0.25")
    page.mouse.move(*at(page, 0.1, 0.1))
    assert numbers(page) == ("0.75", "0.25")


def test_the_point_is_moved_with_the_keyboard_and_taken_back(gull):
    page = opened(gull)
    marker = page.get_by_role("slider", name="Focal point")
    page.focus("#field-title")
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if marker.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert numbers(page) == ("0.51", "0.4")
    assert marker.get_attribute("aria-valuetext") == "51 % from left, 40 % from top"
    assert marker.evaluate("each => getComputedStyle(each).outlineStyle") != "none"
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert numbers(page)[0] == "1"
    page.get_by_role("button", name="Back to the middle").click()
    assert numbers(page) == ("", "")
    assert "Not set" in page.inner_text(".focal .said")
    assert cut(page)[1] == "50% 50%"


def test_the_point_is_set_while_an_image_is_added(live, tmp_path, audit):
    path = tmp_path / "tern.png"
    path.write_bytes(striped())
    page = live.as_("ines", width=390, theme="dark")
    page.goto("/manage/archive/@@add?type=Image")
    page.fill("#field-title", "Tern")
    assert not page.locator(".focal").is_visible()
    page.set_input_files("#field-upload", path)
    page.wait_for_selector(".aim img[src^='data:']")
    page.mouse.click(*at(page, 0.8, 0.5))
    assert cut(page)[1] == "100% 50%"
    audit(page)
    page.click("button.go:has-text('Add')")
    page.wait_for_selector(".note.ok")
    with live.work() as root:
        (image,) = root["archive"].values()
        assert (image.focus_x, image.focus_y) == (0.8, 0.5)


def test_without_scripts_the_numbers_are_there_and_the_cut_is_shown(gull):
    page = gull.as_("ines", scripts=False)
    page.goto(EDIT)
    assert "/scale/tile" in page.get_attribute(".cuts img", "src")
    page.click("summary:has-text('Focal point')")
    page.fill("#field-focus_x", "0.25")
    page.click("button[value=stay]")
    assert stored(gull) == (0.25, None)
