"""Tokens and links as people meet them: made, copied and revoked, wide and narrow, light and dark."""

import pytest

pytestmark = pytest.mark.browser
SCREENS = [(1280, "light"), (390, "dark")]


@pytest.mark.parametrize(("width", "theme"), SCREENS)
def test_a_token_is_made_and_revoked(live, audit, width, theme):
    page = live.as_("ines", width=width, theme=theme)
    page.goto("/manage/@@profile")
    page.get_by_role("link", name="Make a token").click()
    audit(page)
    page.get_by_label("What it is for").fill("Nightly build")
    page.get_by_label("Only at this place").fill("/nowhere")
    page.get_by_role("button", name="Make the token").click()
    assert page.get_by_label("What it is for").input_value() == "Nightly build"
    audit(page, "422")
    page.get_by_label("Only at this place").fill("/news")
    page.get_by_role("button", name="Make the token").click()
    assert page.get_by_label("Token", exact=True).input_value().startswith("objpub_")
    audit(page, "422")
    page.get_by_role("link", name="Done").click()
    audit(page, "422")
    page.get_by_role("button", name="Revoke Nightly build").click()
    assert page.get_by_text("No program has one.").is_visible()


@pytest.mark.parametrize(("width", "theme"), SCREENS)
def test_a_link_is_made_and_used(live, audit, width, theme):
    page = live.as_("admin", width=width, theme=theme)
    page.goto("/manage/@@user?id=nora")
    page.get_by_role("link", name="Make a link").click()
    audit(page)
    page.get_by_role("button", name="Make the link").click()
    audit(page)
    link = page.get_by_label("Link", exact=True).input_value()
    visitor = live.as_(width=width, theme=theme)
    visitor.goto(link)
    audit(visitor)
    visitor.get_by_label("New password").fill("short")
    visitor.get_by_label("The same again").fill("short")
    visitor.get_by_role("button", name="Set password").click()
    visitor.get_by_text("at least 10").wait_for()
    audit(visitor, "422")
    visitor.get_by_label("New password").fill("salt marsh wardens")
    visitor.get_by_label("The same again").fill("salt marsh wardens")
    visitor.get_by_role("button", name="Set password").click()
    visitor.get_by_text("sign in with it").wait_for()
    visitor.goto(link)
    audit(visitor, "422", "410")
    visitor.get_by_role("link", name="Ask for a link").click()
    audit(visitor, "422", "410")
