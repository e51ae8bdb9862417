"""The forms in a browser, as an editor uses them: with scripts, without, by keyboard alone."""

import pytest
from PIL import Image as Picture

from objpub import testing
from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.browsing import wait_for_focus
from tests.manage.kinds import Walk
from tests.manage.pages import Page

THINGS = ("tests.manage.kinds",)
EDIT = "/manage/news/walk/@@edit"
SAVE, VIEW = "button[value=stay]", "button[value=view]"
BODY = "<p>The gauge read <b>3.92</b> metres.</p>"


@pytest.fixture
def walk(live):
    """The served site with two walks."""
    with live.work() as root:
        news = root["news"]
        values = {"title": "Walk", "summary": "Short", "body": BODY, "notes": "# Notes", "tags": ["tides"]}
        add_new(SYSTEM, news, Walk, {**values, "near": news["tides"]})
        add_new(SYSTEM, news, Walk, {"title": "Near", "tags": ["boardwalk", "wardens"]})
    return live


def stored(live, name):
    with live.work() as root:
        return getattr(root["news"]["walk"], name)


def png(folder, name="marsh.png"):
    path = folder / name
    Picture.new("RGB", (64, 48), "teal").save(path, "PNG")
    return path


def saved(page):
    """Press Save and wait until the page is there again."""
    page.click(SAVE)
    page.wait_for_selector(".note.ok")


def test_an_editor_fills_in_every_sort_of_field(walk, tmp_path, audit):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.fill("#field-title", "Spring tide")
    text = page.locator("#field-body-shown")
    assert text.locator("b").inner_text() == "3.92"
    text.press("Control+End")
    text.press("Enter")
    page.click("button[aria-label=Bold]")
    page.keyboard.type("Come early")
    page.fill("#field-notes", "# Bring *boots*")
    page.click("role=tab[name=Preview]")
    page.wait_for_selector("#field-notes-seen h1 em")
    tag = page.locator("#field-tags-shown")
    tag.fill("wardens")
    tag.press("Enter")
    page.click("button[aria-label='Remove tides']")
    page.locator(".ref[data-field=related]").get_by_role("button", name="Choose from the site").click()
    page.get_by_role("dialog").get_by_role("button", name="Marsh").click()
    page.locator(".ref[data-field=near]").get_by_role("button", name="Remove Tides").click()
    page.set_input_files("#field-photo", png(tmp_path))
    page.wait_for_selector("[data-widget=file] img[src^='data:']:visible")
    page.fill("[id='field-photo.alt']", "A marsh")
    page.fill("#field-day", "2026-11-01")
    page.check("text=Bird")
    audit(page)
    page.click(VIEW)
    page.wait_for_selector("h1:has-text('Spring tide')")
    assert page.inner_text("main b >> nth=1") == "Come early"
    assert stored(walk, "notes") == "# Bring *boots*"
    assert stored(walk, "tags") == {"wardens"}
    assert stored(walk, "seen") == {"bird"}
    assert str(stored(walk, "day")) == "2026-11-01"
    with walk.work() as root:
        walked = root["news"]["walk"]
        assert walked.near is None and walked.related == (root["news"]["marsh"],)
        assert walked.photo.alt == "A marsh" and walked.photo.width == 64


def test_what_is_not_touched_is_not_changed_by_the_scripts(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    before = walk.site.last_transaction()
    page.click(SAVE)
    page.wait_for_selector("text=Nothing was changed")
    assert walk.site.last_transaction() == before


def test_leaving_is_asked_about_only_when_something_differs(walk):
    page = walk.as_("ines")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(EDIT)
    page.click("#field-title")
    page.keyboard.type("x")
    assert page.inner_text("#unsaved") == "Not saved yet: Title"
    page.keyboard.press("Backspace")
    assert page.inner_text("#unsaved") == ""
    page.goto("/manage/news/tides/@@edit")
    assert asked == []
    page.goto(EDIT)
    page.fill("#field-summary", "Other")
    page.goto("/manage/news/tides/@@edit")
    assert asked == ["beforeunload"]
    page.goto(EDIT)
    page.fill("#field-summary", "Other")
    saved(page)
    assert asked == ["beforeunload"]


def test_what_a_refused_form_holds_is_not_lost_by_leaving(walk):
    page = walk.as_("ines")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(EDIT)
    page.fill("#field-title", "")
    page.click(SAVE)
    page.wait_for_selector("#mistakes")
    page.click("#field-summary")
    page.goto("/manage/")
    assert asked == ["beforeunload"]


def test_a_form_is_sent_once_however_often_it_is_pressed(walk):
    page = walk.as_("ines")
    page.goto("/manage/news/@@add?type=Page")
    page.fill("#field-title", "Twice")
    page.evaluate("""() => {
        window.refused = [];
        addEventListener("submit", event => {
            window.refused.push(event.defaultPrevented);
            event.preventDefault();  // the answer never comes
        });
    }""")
    for _ in range(3):
        page.evaluate("document.querySelector('.save .go').click()")
    assert page.evaluate("window.refused") == [False, True, True]
    assert page.get_attribute(".save .go", "aria-disabled") == "true"


def test_the_first_mistake_is_focused_and_the_list_leads_to_the_others(walk, audit):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.fill("#field-places", "99")
    page.fill("#field-title", "")
    page.fill("#field-price", "dear")
    page.click(SAVE)
    page.wait_for_selector("#mistakes")
    wait_for_focus(page, "#field-title")
    page.click("#mistakes a:has-text('Price')")
    wait_for_focus(page, "#field-price")
    audit(page, "422")


def test_a_mistake_in_formatted_text_is_focused_in_the_editor(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.click("role=toolbar >> text=HTML")
    page.fill("#field-body", "<div>" * 2000)
    page.click(SAVE)
    page.wait_for_selector("#mistakes")
    wait_for_focus(page, "#field-body-shown")


def test_the_session_ends_in_the_middle_and_nothing_typed_is_lost(walk, tmp_path):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.fill("#field-title", "Typed")
    page.set_input_files("#field-photo", png(tmp_path))
    page.context.clear_cookies()
    page.click(SAVE)
    page.wait_for_selector("text=What you had sent is kept")
    page.fill("#name", "ines")
    page.fill("#password", testing.PASSWORD)
    page.click("main button")
    page.click("text=Send it now")
    page.wait_for_selector("#mistakes")
    assert "marsh.png" in page.inner_text("#mistakes")
    assert page.input_value("#field-title") == "Typed"
    page.set_input_files("#field-photo", png(tmp_path))
    saved(page)
    assert stored(walk, "title") == "Typed" and stored(walk, "photo").filename == "marsh.png"


def test_a_choice_and_a_preview_say_that_the_session_has_ended(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.context.clear_cookies()
    page.click("role=tab[name=Preview]")
    page.wait_for_selector("#field-notes-seen >> text=signed out")
    page.locator(".ref[data-field=near]").get_by_role("button", name="Choose from the site").click()
    page.wait_for_selector("dialog [role=status]:has-text('signed out')")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    assert page.input_value("#field-title") == "Walk"


def test_everything_works_without_scripts(walk, tmp_path):
    page = walk.as_("ines", scripts=False)
    page.goto("/manage/news/@@add")
    page.click(".kinds a:has-text('Walk')")
    page.fill("#field-title", "")
    page.fill("#field-tags", "one\ntwo")
    page.fill("#field-near", "/news/nowhere")
    page.fill("#field-body", "<p>Plain <b>HTML</b></p>")
    page.click(SAVE)
    page.wait_for_selector("#mistakes")
    assert page.input_value("#field-near") == "/news/nowhere"
    assert page.input_value("#field-tags") == "one\ntwo"
    page.fill("#field-title", "Without")
    page.fill("#field-near", "/news/marsh")
    page.set_input_files("#field-photo", png(tmp_path))
    page.click(VIEW)
    page.wait_for_selector("h1:has-text('Without')")
    with walk.work() as root:
        made = root["news"]["without"]
        assert made.near is root["news"]["marsh"] and made.tags == {"one", "two"}
        assert made.photo.filename == "marsh.png" and made.body == "<p>Plain <b>HTML</b></p>"


def test_who_is_faster_than_the_scripts_goes_on_in_the_same_field(walk):
    page = walk.as_("ines")
    waiting = []
    page.route("**/edit*.js", lambda route: waiting.append(route))
    page.goto("/manage/news/@@add?type=Walk", wait_until="commit")
    page.fill("#field-body", "<p>Come early</p>")
    page.fill("#field-places", "7")
    page.focus("#field-body")
    waiting[0].continue_()
    wait_for_focus(page, "#field-body-shown")
    assert page.inner_text("#field-body-shown") == "Come early"
    assert page.input_value("#field-places") == "7"


def test_the_keyboard_alone_is_enough(walk):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.focus("#field-title")
    page.keyboard.press("Control+a")
    page.keyboard.type("By keyboard")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "field-tags-shown":
            break
    page.keyboard.type("reeds")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".note.ok")
    assert (stored(walk, "title"), stored(walk, "tags")) == ("By keyboard", {"tides", "reeds"})


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wrong_with_the_look_of_forms(walk, audit, width, theme):
    page = walk.as_("ines", width=width, theme=theme)
    for path in (
        "/manage/news/@@add",
        "/manage/news/@@add?type=Walk",
        "/manage/news/@@add?type=Nothing",
        EDIT,
    ):
        page.goto(path)
        audit(page, "404")
    page.fill("#field-places", "99")
    page.click(SAVE)
    page.wait_for_selector("#mistakes")
    audit(page, "404", "422")


def test_what_a_reference_leads_to_is_found_by_a_few_letters(walk):
    with walk.work() as root:
        add_new(SYSTEM, root["archive"], Page, {"title": "Mills by the tide"})
    page = walk.as_("ines")
    page.goto(EDIT)
    near = page.locator(".ref[data-field=near]")
    near.get_by_role("button", name="Choose from the site").click()
    page.wait_for_selector("dialog li")
    page.keyboard.type("mil")
    page.wait_for_selector("dialog [role=status]:has-text('1 found')")
    assert "/archive/mills-by-the-tide" in page.inner_text("dialog li")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert near.locator("li").inner_text().startswith("Mills by the tide")
    near.get_by_role("button", name="Choose from the site").click()
    page.wait_for_selector("dialog li")
    page.keyboard.type("/news/mar")
    page.wait_for_selector("dialog [role=status]:has-text('1 found')")
    page.get_by_role("dialog").get_by_role("button", name="Marsh").click()
    assert near.locator("li").inner_text().startswith("Marsh")
    near.get_by_role("button", name="Choose from the site").click()
    page.keyboard.type("nothing-like-it")
    page.wait_for_selector("dialog [role=status]:has-text('Nothing that fits')")
    page.keyboard.press("Escape")  # empties the field
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.chooser", state="detached")
    saved(page)
    assert stored(walk, "near").__name__ == "marsh"


def test_what_a_reference_leads_to_is_found_without_scripts(walk):
    page = walk.as_("ines", scripts=False)
    for path in (EDIT, "/manage/news/@@add?type=Walk"):
        page.goto(path)
        with page.context.expect_page() as opened:
            page.locator(".ref[data-field=near] a.lookup").click()
        opened.value.fill("main input[name=q]", "mar")
        opened.value.press("main input[name=q]", "Enter")
        opened.value.wait_for_url("**q=mar**")
        assert opened.value.inner_text(".items code") == "/news/marsh"


def test_nothing_is_wrong_with_the_look_of_a_choice(walk, audit):
    page = walk.as_("ines")
    page.goto(EDIT)
    page.locator(".ref[data-field=near]").get_by_role("button", name="Choose from the site").click()
    page.wait_for_selector("dialog li")
    audit(page)
    page.keyboard.type("ma")
    page.wait_for_selector("dialog [role=status]:has-text('found')")
    audit(page)
    page.goto("/manage/news/walk/@@choose?field=near&page=yes&q=mar")
    audit(page)
