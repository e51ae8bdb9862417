"""People, security and the site, as a manager does it in a browser, with scripts and without."""

import pytest

from objpub.operations import give_roles
from objpub.security import grants_of
from objpub.security import SYSTEM

both = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@both
def test_somebody_is_added_joins_a_group_and_edits(live, scripts):
    page = live.as_("admin", scripts=scripts)
    page.goto("/manage/")
    page.locator("#side summary", has_text="People and groups").click()
    page.get_by_role("link", name="Groups").click()
    page.get_by_role("link", name="Add a group").first.click()
    page.get_by_label("Title").fill("Communications")
    page.get_by_label("Short name").fill("press")
    page.get_by_label("Editor").check()
    page.get_by_role("button", name="Add").click()
    page.get_by_text("Added the group Communications").wait_for()
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("link", name="Add somebody").click()
    page.get_by_label("Signs in as").fill("mireille")
    page.get_by_label("New password").fill("qvzj")
    page.get_by_label("The same again").fill("qvzj")
    page.get_by_role("button", name="Add").click()
    page.locator("#new_password-error").wait_for()
    assert page.get_by_label("Signs in as").input_value() == "mireille"
    assert page.get_by_label("New password").input_value() == ""
    page.get_by_label("New password").fill("salt marsh wardens")
    page.get_by_label("The same again").fill("salt marsh wardens")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("Added mireille").wait_for()
    page.get_by_label("Communications").check()
    page.get_by_role("button", name="Set groups").click()
    page.get_by_text("has it by the group Communications").wait_for()
    assert (
        live.site.browser().login("mireille", "salt marsh wardens").get("/manage/news/@@edit").status == 200
    )


@both
def test_a_role_is_granted_explained_and_taken_away(live, scripts):
    page = live.as_("admin", scripts=scripts)
    page.goto("/manage/news/")
    page.get_by_role("link", name="Security").click()
    page.get_by_label("Person or group").fill("nora")
    page.locator("#grant").get_by_label("Editor").check()
    page.get_by_role("button", name="Grant").click()
    page.get_by_text("Granted", exact=True).first.wait_for()
    page.get_by_label("Why may").fill("nora")
    page.locator("#may").select_option("edit")
    page.get_by_role("button", name="Explain").click()
    page.locator(".verdict").get_by_text("nora may edit “News”").wait_for()
    page.get_by_role("button", name="Remove Editor, nora").click()
    page.get_by_text("Taken away").wait_for()
    with live.work() as root:
        assert "user:nora" not in grants_of(root["news"])


@both
def test_a_manager_is_told_before_he_steps_down(live, scripts):
    with live.work() as root:
        give_roles(SYSTEM, root, "user:nora", ["manager"])
    page = live.as_("admin", scripts=scripts)
    page.goto("/manage/@@user?id=admin")
    page.get_by_label("Manager").uncheck()
    page.get_by_role("button", name="Set roles").click()
    page.get_by_text("You would take this from yourself").wait_for()
    page.get_by_label("I know, do it all the same").check()
    page.get_by_role("button", name="Set roles").click()
    page.wait_for_url("**/@@user?id=admin")
    assert page.get_by_text("Set roles").count() == 0  # he may not see it any more
    live.complaints.clear()  # of the 409 and the 403, which are meant


@both
def test_the_front_page_and_the_navigation_are_chosen(live, scripts):
    page = live.as_("admin", scripts=scripts)
    page.goto("/manage/@@site")
    page.get_by_label("Title").fill("Saltmarsh")
    page.get_by_label("Front page").select_option(label="News")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved").wait_for()
    for title in ("Archive", "News"):
        page.get_by_label("Add a page or a folder").select_option(label=title)
        page.get_by_role("button", name="Add").click()
        page.locator("#ways").get_by_text(title, exact=True).wait_for()
    page.get_by_role("button", name="Move News up").click()
    page.get_by_text("Navigation saved").wait_for()
    page.goto("/")
    assert page.get_by_role("heading", level=1).inner_text() == "News"
    assert page.locator("header nav a").all_inner_texts() == ["News", "Archive"]


def told(page, live, scripts, words):
    """Wait until the page of long operations says *words* of the last one that is over."""
    page.get_by_role("heading", level=1, name="Long operations").wait_for()
    live.site.application.scheduler.long.wait()
    if not scripts:
        page.get_by_role("link", name="Look again").click()
    page.locator("#over tbody tr").first.get_by_text(words).wait_for()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of repozo
@both
def test_the_database_is_backed_up_and_packed(live, scripts):
    page = live.as_("admin", scripts=scripts)
    page.goto("/manage/@@database")
    page.get_by_role("link", name="Back up…").click()
    page.get_by_label("Folder").fill("nightly")
    page.get_by_role("button", name="Back up now").click()
    told(page, live, scripts, "Backed up everything to nightly")
    page.goto("/manage/@@database")
    page.get_by_role("link", name="Pack…").click()
    page.get_by_label("Days to keep").fill("0")
    page.get_by_role("button", name="Pack now").click()
    told(page, live, scripts, "less")
