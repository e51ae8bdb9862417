"""Files chosen and dropped in a browser, three parcels at once: each file can be stopped and tried again."""

import base64
import io
import random

import pytest
from PIL import Image as Pillow

from objpub.content import Image
from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.browsing import wait_for_focus
from tests.manage.pages import Section
from tests.manage.pages import Series
from tests.manage.ways import DROP
from tests.manage.ways import Visitor

SETTINGS = {"limits.body_bytes": 300_000}


def picture(number=0, size=(60, 40)):
    """Return the bytes of an image; each number gives another one."""
    target = io.BytesIO()
    Pillow.new("RGB", size, (number * 37 % 256, number * 91 % 256, 120)).save(target, "PNG")
    return target.getvalue()


def large(number=0):
    """Return the bytes of an image that is sent by itself, as two of them are too much for one body."""
    target = io.BytesIO()
    Pillow.frombytes("RGB", (240, 240), random.Random(number).randbytes(240 * 240 * 3)).save(target, "PNG")
    return target.getvalue()


def files(*pairs):
    """Return *pairs*, (name, bytes), as Playwright wants files to be chosen."""
    return [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in pairs]


def names(live, folder="archive", kind=object):
    with live.work() as root:
        return sorted(name for name, child in root[folder].items() if isinstance(child, kind))


def rows(page, state):
    return page.locator(f".sending li[data-state={state}]")


def test_chosen_files_go_in_and_what_they_show_is_asked_for(live, page, audit):
    page.goto("/manage/archive/")
    page.set_input_files("#files", files(("Ferry at dusk.png", picture(1)), ("hide.png", picture(2))))
    page.wait_for_selector("#describe")
    assert page.inner_text("h1") == "What do these 2 images show?"
    wait_for_focus(page, "#alt-0")
    audit(page)
    page.fill("#alt-0", "A ferry in the evening")
    page.fill("#alt-1", "A hide")
    page.click("#describe .go")
    page.wait_for_url("**/manage/archive/")
    assert "Saved what 2 images show" in page.inner_text("main")
    assert names(live, kind=Image) == ["ferry-at-dusk.png", "hide.png"]
    with live.work() as root:
        assert root["archive"]["ferry-at-dusk.png"].alt == "A ferry in the evening"
    assert page.request.get("/archive/ferry-at-dusk.png").body() == picture(1)


@pytest.mark.parametrize("path", ["/archive/", "/drawings/"], ids=["sorted by name", "in its own order"])
def test_two_people_drop_twenty_images_each_into_one_folder_at_once(live, path):
    with live.work() as root:
        add_new(SYSTEM, root, Series, {"title": "Drawings"})
    pages = [live.as_(name) for name in ("admin", "ines")]
    statuses = []
    for page in pages:
        page.on("response", lambda answer: statuses.append(answer.status))
        page.goto(f"/manage{path}")
    twenty = [[f"IMG {number}.png", base64.b64encode(picture(number)).decode()] for number in range(20)]
    for page in pages:
        page.evaluate(DROP, twenty)
    for page in pages:
        page.wait_for_selector("#describe", timeout=120_000)
        assert page.locator("#describe [name=pick]").count() == 20
    added = names(live, path.strip("/"), Image)
    assert len(added) == 40
    assert statuses.count(200) >= 40
    assert [each for each in statuses if each >= 400] == []
    assert live.complaints == []
    with live.work() as root:
        owners = [each._owner for each in root[path.strip("/")].values()]
        assert (owners.count("admin"), owners.count("ines")) == (20, 20)
    visitor = Visitor(live)
    seen = [visitor.gets_image(path + name) for name in added]
    assert sorted(seen) == sorted(2 * [picture(number) for number in range(20)])
    assert len(visitor.list_at(path)) == 40
    visitor.page.goto(path + added[0])
    assert visitor.page.evaluate("() => document.images[0].naturalWidth") == 60


def test_three_are_sent_at_a_time_and_each_can_be_stopped_and_tried_again(live, page, audit):
    page.goto("/manage/archive/@@upload")
    held, holding = [], [True]
    page.route("**/@@upload", lambda route: held.append(route) if holding else route.continue_())
    page.set_input_files("#files", files(*((f"{number}.png", large(number)) for number in range(5))))
    page.wait_for_function("() => document.querySelectorAll('[data-state=running]').length === 3")
    assert rows(page, "waiting").count() == 2
    page.wait_for_function("() => document.querySelectorAll('.sending progress').length === 5")
    audit(page)
    with page.expect_event("requestfailed"):
        rows(page, "running").nth(0).get_by_role("button", name="Stop: 0.png").click()
    rows(page, "waiting").last.get_by_role("button", name="Stop: 4.png").click()
    assert rows(page, "failed").all_inner_texts() == [
        "0.png\nStopped.\nTry again",
        "4.png\nStopped.\nTry again",
    ]
    page.wait_for_function("() => document.querySelectorAll('[data-state=running]').length === 3")
    assert names(live) == []
    holding.clear()
    for route in held:
        if b'"0.png"' not in route.request.post_data_buffer:  # that one is stopped
            route.continue_()
    page.wait_for_function("() => document.querySelectorAll('[data-state=done]').length === 3")
    assert names(live) == ["1.png", "2.png", "3.png"]
    assert "3 of 5 added" in page.inner_text(".told")
    rows(page, "failed").nth(0).get_by_role("button").click()
    rows(page, "failed").last.get_by_role("button").click()
    page.wait_for_selector("#describe")
    assert names(live) == ["0.png", "1.png", "2.png", "3.png", "4.png"]


def test_small_ones_go_together_and_one_of_them_can_be_stopped(live, page):
    page.goto("/manage/archive/@@upload")
    held = []
    page.route("**/@@upload", lambda route: held.append(route) if not held else route.continue_())
    page.set_input_files("#files", files(*((f"{number}.png", picture(number)) for number in range(8))))
    page.wait_for_function("() => document.querySelectorAll('[data-state=running] progress').length === 8")
    assert rows(page, "waiting").count() == 0
    page.wait_for_timeout(50)
    assert len(held) == 1
    with page.expect_event("requestfailed"):
        rows(page, "running").nth(2).get_by_role("button", name="Stop: 2.png").click()
    page.wait_for_function("() => document.querySelectorAll('[data-state=done]').length === 7")
    assert names(live) == [f"{number}.png" for number in range(8) if number != 2]
    rows(page, "failed").get_by_role("button", name="Try again: 2.png").click()
    page.wait_for_selector("#describe")
    assert names(live) == [f"{number}.png" for number in range(8)]


def test_a_parcel_whose_answer_is_lost_is_taken_once(live, page):
    page.goto("/manage/archive/@@upload")

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/@@upload", lose)
    page.set_input_files("#files", files(*((f"{number}.png", picture(number)) for number in range(3))))
    page.wait_for_function("() => document.querySelectorAll('[data-state=failed]').length === 3")
    assert len(names(live)) == 3
    page.unroute_all()
    page.get_by_role("button", name="Try again: 1.png").click()
    page.wait_for_selector("#describe")
    assert names(live) == ["0.png", "1.png", "2.png"]


def test_a_folder_that_keeps_an_order_gets_them_as_they_were_chosen(live, page):
    page.goto("/manage/news/series/@@upload")
    held = []
    page.route("**/@@upload", lambda route: held.append(route) if not held else route.continue_())
    page.set_input_files("#files", files(*((f"{name}.png", large()) for name in ("c", "a", "b"))))
    page.wait_for_function("() => document.querySelectorAll('[data-state=waiting]').length === 2")
    assert rows(page, "running").count() == 1
    page.wait_for_function("() => document.querySelector('[data-state=running] progress')")
    held[0].continue_()
    page.wait_for_selector("#describe")
    with live.work() as root:
        assert list(root["news"]["series"])[-3:] == ["c.png", "a.png", "b.png"]


def test_what_cannot_be_taken_says_why_at_itself_and_the_others_go_on(live, page, audit):
    page.goto("/manage/archive/")
    page.set_input_files(
        "#files",
        files(
            ("good.png", picture()),
            ("broken.png", picture()[:60]),
            ("large.bin", b"x" * 300_001),
            ("empty.txt", b""),
            ("also good.txt", b"text"),
        ),
    )
    page.wait_for_selector(".after:not([hidden])")
    assert names(live) == ["also-good.txt", "good.png"]
    told = {text.split("\n")[0]: text.split("\n")[1] for text in rows(page, "failed").all_inner_texts()}
    assert "damaged" in told["broken.png"]
    assert told["large.bin"].startswith("This is too large: at most 298")
    assert told["empty.txt"] == "It is empty."
    assert "2 of 5 added" in page.inner_text(".told")
    assert [each.evaluate("each => each.value") for each in rows(page, "done").locator("progress").all()] == [
        1,
        1,
    ]
    assert page.locator(".thumb img").evaluate("each => each.naturalWidth") > 0
    audit(page, "409")
    page.click(".describe")
    page.wait_for_selector("#describe")


def test_a_lost_connection_and_an_ended_session_are_told_and_the_file_can_be_sent_again(live, page):
    page.goto("/manage/archive/")
    page.route("**/@@upload", lambda route: route.abort())
    page.set_input_files("#files", files(("a.png", picture())))
    rows(page, "failed").wait_for()
    assert "The connection was lost." in page.inner_text(".sending")
    page.unroute_all()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Try again: a.png").click()
    page.wait_for_function("() => !document.querySelector('.sending .msg').textContent.includes('lost')")
    rows(page, "failed").wait_for()
    assert "sign" in page.inner_text(".sending .msg").lower()
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Try again: a.png").click()
    page.wait_for_selector("#describe")
    assert names(live) == ["a.png"]


def test_leaving_is_asked_about_while_something_is_sent(live, page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/manage/archive/")
    page.route("**/@@upload", lambda route: None)  # the answer never comes
    page.click("h1")
    page.set_input_files("#files", files(("a.png", picture())))
    rows(page, "running").wait_for()
    page.goto("/manage/news/")
    assert asked == ["beforeunload"]
    page.click("h1")
    page.goto("/manage/archive/")
    assert asked == ["beforeunload"]


def test_what_is_dragged_over_the_page_is_shown_where_it_goes_and_a_folder_is_refused(live, page, tmp_path):
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "a.png").write_bytes(picture())
    (tmp_path / "b.txt").write_bytes(b"text")
    page.goto("/manage/archive/")
    drag(page, "dragEnter", tmp_path / "whole", tmp_path / "b.txt")
    page.wait_for_selector("body.dropping")
    for kind in ("dragOver", "drop"):
        drag(page, kind, tmp_path / "whole", tmp_path / "b.txt")
    rows(page, "done").wait_for()
    assert page.locator("body.dropping").count() == 0
    assert "A folder cannot be sent." in rows(page, "failed").inner_text()
    assert names(live) == ["b.txt"]


def drag(page, kind, *paths):
    """Let the browser meet files and folders that somebody drags from elsewhere."""
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    values = {"type": kind, "x": 640, "y": 300, "data": data}
    page.context.new_cdp_session(page).send("Input.dispatchDragEvent", values)


def test_nothing_is_asked_about_images_where_there_are_none(live, page):
    page.goto("/manage/archive/")
    page.set_input_files("#files", files(("notes.txt", b"text"), ("empty.txt", b"")))
    page.wait_for_selector(".after:not([hidden])")
    assert page.get_by_role("link", name="Show the folder").is_visible()
    assert not page.locator(".after .describe").is_visible()


def test_without_scripts_the_same_form_sends_what_was_chosen(live):
    page = live.as_("ines", scripts=False)
    page.goto("/manage/archive/")
    page.set_input_files("#files", files(("a.png", picture(1)), ("b.png", picture(2)[:50])))
    page.click("#upload button:has-text('Add')")
    assert "1 of 2 files were added." in page.inner_text("main")
    assert "damaged" in page.inner_text(".results")
    page.click("text=Say what the images show")
    page.fill("#alt-0", "A picture")
    page.click("#describe .go")
    with live.work() as root:
        assert root["archive"]["a.png"].alt == "A picture"
    assert live.complaints == []


def test_by_keyboard_alone(live, page):
    page.on("filechooser", lambda chooser: None)  # from now on the browser leaves choosers to us
    page.goto("/manage/archive/@@upload")
    page.focus("#main")
    reached = False
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id === 'files'"):
            reached = True
            break
    assert reached
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    assert chooser.value.is_multiple()
    chooser.value.set_files(files(("a.png", picture())))
    page.wait_for_selector("#alt-0:focus")
    page.keyboard.type("A picture")
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/archive/")
    with live.work() as root:
        assert root["archive"]["a.png"].alt == "A picture"


def test_where_nothing_may_be_added_nothing_can_be_dropped(live):
    with live.work() as root:
        add_new(SYSTEM, root["news"], Section, {"title": "Other"})
    page = live.as_("tomas")
    page.goto("/manage/news/other/")
    assert page.locator("#upload").count() == 1
    nora = live.as_("nora")
    nora.goto("/manage/archive/")
    assert nora.locator("#upload").count() == 0


def test_pages_are_well_made_wide_and_narrow_light_and_dark(live, audit):
    with live.work() as root:
        for number in range(3):
            root["archive"].add(f"{number}.png", Image.from_bytes(picture(number), f"{number}.png"))
    for width in (1280, 390):
        for theme in ("light", "dark"):
            page = live.as_("ines", width=width, theme=theme)
            for path in ("/manage/archive/@@upload", "/manage/archive/@@describe"):
                page.goto(path)
                audit(page)
