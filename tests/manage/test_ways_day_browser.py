"""An editor's day, without scripts and with the keyboard alone, from the sign-in to the sign-out.

It is what `test_ways_browser` (adding with an image, editing, moving, copying, ordering, deleting, restoring)
and `test_ways_people_browser` do not tell.
"""

import pytest

from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.manage.flows import Desk
from tests.manage.flows import Story
from tests.manage.ways import Visitor

THINGS = ("tests.manage.flows",)


@pytest.mark.parametrize("way", ["no scripts", "keyboard"], indirect=True)
def test_a_story_is_found_published_planned_and_given_to_a_colleague(live, way):
    with live.work() as root:
        desk = add_new(SYSTEM, root, Desk, {"title": "Desk"})
        add_new(SYSTEM, desk, Story, {"title": "Ebb", "text": "Water."})
    visitor, admin = Visitor(live), way()
    admin.go("/manage")
    admin.sign_in("admin")
    admin.write("Find anything", "ebb", "#side")
    admin.page.keyboard.press("Enter")
    admin.reads("Search")
    admin.press("Ebb", "#found")
    admin.reads("Ebb")
    admin.write("Title", "Ebb tide", "main")
    admin.press("Save", "main .save")
    admin.told("Saved")
    admin.press("Workflow", ".tabs")
    admin.page.wait_for_selector("h2:has-text('Draft')")
    admin.write("Comment", "Ready", "#decide")
    admin.press("Publish", "#decide")
    admin.page.wait_for_selector("h2:has-text('Published')")
    visitor.sees("/desk/ebb", "Ebb tide")
    admin.open("Schedule…")
    admin.choose("What", "Retract", "#later")
    admin.write_moment("When", "2100-01-31T08:00", "#later")
    admin.press("Schedule", "#later")
    admin.page.wait_for_selector("#planned:has-text('2100')")
    admin.press("Cancel", "#planned")
    admin.page.wait_for_selector("main:has-text('Nothing is scheduled.')")
    admin.press("Security", ".tabs")
    admin.page.wait_for_selector("#grant")
    admin.write("Person or group", "nora")
    admin.tick("Editor", "#grant")
    admin.press("Grant", "#grant")
    admin.told("Granted")
    assert live.site.browser().login("nora").get("/manage/desk/ebb/@@edit").status == 200
    admin.press("Sign out", ".nav.me")
    admin.page.wait_for_url("**/")
    admin.go("/manage/")
    admin.page.wait_for_url("**/login?*")
