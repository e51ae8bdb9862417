"""The sign-in as people meet it: its look, in every state; what it says; where it leads."""

import pytest

from objpub import testing
from tests.browsing import wait_for_focus

LOOK = """() => {
    const box = selector => document.querySelector(selector).getBoundingClientRect();
    const [sheet, name, label] = [box(".sign-in"), box("#name"), box("label[for=name]")];
    const button = document.querySelector("main .primary") ?? document.querySelector(".sign-in .primary");
    return {
        width: sheet.width,
        aside: Math.abs(sheet.left - (document.documentElement.clientWidth - sheet.right)),
        whole: Math.abs(name.width - sheet.width) < 1,
        above: label.bottom <= name.top,
        heights: [name.height, button.getBoundingClientRect().height],
        colours: [getComputedStyle(button).backgroundColor, getComputedStyle(button).color],
    };
}"""


def refused(page):
    """Try to sign in with a wrong password."""
    page.fill("#name", "ines")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sign-in-error")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_nothing_is_wrong_with_the_look_of_any_state(live, audit, width, theme):
    page = live.as_(width=width, theme=theme)
    page.goto("/manage/news/")
    audit(page, "401")
    refused(page)
    audit(page, "401")
    page.goto("/logout")
    audit(page, "401")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_a_narrow_sheet_with_wide_fields_and_a_button_that_stands_out(live, theme):
    page = live.as_(theme=theme)
    page.goto("/login")
    look = page.evaluate(LOOK)
    assert 300 <= look["width"] <= 400
    assert look["aside"] <= 2
    assert look["whole"] and look["above"]
    assert min(look["heights"]) >= 40
    expected = {
        "light": ["rgb(14, 90, 112)", "rgb(255, 255, 255)"],
        "dark": ["rgb(134, 199, 220)", "rgb(10, 32, 41)"],
    }
    assert look["colours"] == expected[theme]


def test_a_refusal_stands_at_the_fields_and_the_password_is_typed_at_once(live):
    page = live.as_()
    page.goto("/manage/news/")
    wait_for_focus(page, "#name")
    assert "You will return to /manage/news/." in page.inner_text(".sign-in")
    refused(page)
    assert page.get_attribute("#password", "aria-describedby") == "sign-in-error"
    assert page.get_attribute("#password", "aria-invalid") == "true"
    assert page.input_value("#name") == "ines" and page.input_value("#password") == ""
    wait_for_focus(page, "#password")
    page.keyboard.type(testing.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/news/")


def test_by_keyboard_alone_and_without_scripts(live):
    page = live.as_(scripts=False)
    page.goto("/manage/news/")
    page.keyboard.type("ines")
    page.keyboard.press("Tab")
    page.keyboard.type(testing.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/manage/news/")
    assert page.inner_text("h1") == "News"
