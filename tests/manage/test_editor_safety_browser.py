"""The editor of rich text in a browser: what is in a text cannot pass for a part of the form around it."""

import pytest

from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.manage.kinds import Walk

THINGS = ("tests.manage.kinds",)
EDIT = "/manage/news/walk/@@edit"
NAMES = (
    "dataset",
    "elements",
    "action",
    "submit",
    "querySelectorAll",
    "meanwhile",
    "unsaved",
    "words",
    "form",
)
IDS = "".join(f'<p id="{name}">x <img id="{name}" src="/nothing" alt=""></p>' for name in NAMES)
SENT = (
    '<img name=getElementById src=x alt=""><form name=body><input name=remove></form>'
    '<p onclick="go()">kept</p>'
    '<a href="java\tscript:go()">a</a><svg><a xlink:href="javascript:go()"><text>b</text></a></svg>'
    "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>"
    "<noscript><img src=x onerror='ran = 1'></noscript>"
)


@pytest.fixture
def page(live):
    """The form of a walk whose text has ids with the names of what scripts ask for."""
    with live.work() as root:
        add_new(SYSTEM, root["news"], Walk, {"title": "Walk", "body": IDS})
    page = live.as_("ines")
    page.goto(EDIT)
    return page


def test_an_id_in_a_text_hides_no_part_of_the_form_and_is_kept(page, live):
    assert page.locator(".prose-in [id]").count() == 0
    assert page.evaluate("form.dataset instanceof DOMStringMap && form.elements.title.name") == "title"
    page.locator(".prose-in p").first.click()
    page.keyboard.type("More. ")
    assert page.locator("#unsaved").inner_text() != ""
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url("**/news/walk**")
    with live.work() as root:
        body = root["news"]["walk"].body
    assert "More." in body
    for name in NAMES:
        assert f'<p id="{name}">' in body and f'id="{name}"' in body.partition("<img ")[2]


def test_a_text_that_was_not_cleaned_yet_comes_into_the_page_as_the_server_would_keep_it(page, live):
    page.evaluate(
        "html => { const field = document.getElementById('field-body'); field.value = html; }", SENT
    )
    for _ in range(2):  # to the source, and back
        page.locator(".rich .tools .push").first.click()
    text = page.locator(".prose-in").first
    assert text.inner_text().split() == ["kept", "a"]
    assert text.evaluate("text => [...text.querySelectorAll('*')].every(each => each instanceof HTMLElement)")
    assert text.locator("form, input, svg, iframe, noscript, [name], [onclick], [href]").count() == 0
    assert page.evaluate("typeof document.getElementById") == "function"
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("address", ["javascript:go()", " java\tscript:go()", "data:text/html,x"])
def test_a_link_that_runs_is_not_set(page, address):
    text = page.locator(".prose-in p").first
    text.select_text()
    page.get_by_role("toolbar").get_by_role("button", name="Link", exact=True).click()
    page.get_by_role("textbox", name="Address").fill(address.strip().replace("\t", ""))
    page.get_by_role("button", name="Set", exact=False).first.click()
    assert page.locator(".prose-in a").count() == 0
