"""What managers do with people and the site, each step looked at where it counts: by mouse, without scripts,
by keyboard.
"""

import pytest

from objpub import testing
from objpub.database import open_database
from objpub.database import restore
from objpub.database import site_of
from objpub.database import transaction_for
from tests.manage.ways import png
from tests.manage.ways import Visitor

FIRST, SECOND = "salt marsh wardens", "four tall herons"


def test_somebody_edits_one_place_until_the_role_is_taken_away(live, way):
    visitor, admin, mireille = Visitor(live), way("admin"), way()
    admin.go("/manage/")
    admin.unfold("People and groups")
    admin.press("People")
    admin.reads("People")
    admin.press("Add somebody")
    admin.page.wait_for_selector("#adding")
    admin.write("Signs in as", "mireille", "main")
    admin.write("Name", "Mireille Cho", "main")
    admin.write("New password", FIRST)
    admin.write("The same again", FIRST)
    admin.press("Add", "main")
    admin.told("Added Mireille Cho")
    mireille.go("/manage")
    mireille.sign_in("mireille", FIRST, "/manage/")
    assert mireille.page.title().startswith("You may not")
    admin.find("News")
    admin.reads("News")
    admin.press("Security", ".tabs")
    admin.page.wait_for_selector("#grant")
    admin.write("Person or group", "mireille")
    admin.tick("Editor", "#grant")
    admin.press("Grant", "#grant")
    admin.told("Granted")
    mireille.go("/manage/news/tides/@@edit")
    mireille.write("Title", "Old tides", "main")
    mireille.press("Save", "main .save")
    mireille.told("Saved")
    visitor.sees("/news/tides", "Old tides")
    mireille.go("/manage/archive/@@edit")
    assert mireille.page.title().startswith("You may not edit this")
    admin.press("Remove Editor, Mireille Cho")
    admin.told("Taken away")
    mireille.go("/manage/news/tides/@@edit")
    assert mireille.page.title().startswith("You may not edit this")


def test_a_password_is_changed_and_the_old_one_is_good_for_nothing(live, way):
    ines = way("ines")
    ines.go("/manage/")
    ines.press("ines")
    ines.reads("ines")
    ines.write("Your password until now", "passt nicht")
    ines.write("New password", SECOND)
    ines.write("The same again", SECOND)
    ines.press("Set password")
    ines.page.wait_for_selector("#current_password-error")
    ines.write("Your password until now", testing.PASSWORD)
    ines.write("New password", SECOND)
    ines.write("The same again", SECOND)
    ines.press("Set password")
    ines.told("You have a new password")
    ines.press("Sign out", ".nav.me")
    ines.page.wait_for_url("**/")
    ines.go("/manage/news/")
    ines.write("Name", "ines")
    ines.write("Password", testing.PASSWORD)
    ines.press("Sign in")
    ines.page.wait_for_selector("[role=alert]")
    ines.sign_in("ines", SECOND)
    ines.reads("News")


def test_the_site_gets_a_name_a_logo_a_front_page_and_a_navigation(live, way, tmp_path):
    visitor, admin = Visitor(live), way("admin")
    admin.go("/manage/")
    admin.unfold("Upkeep")
    admin.press("Site settings")
    admin.page.wait_for_selector("#about")
    admin.write("Title", "Saltmarsh", "#about")
    admin.choose_file("Logo", png(tmp_path / "logo.png"))
    admin.press("Save", "#about")
    admin.told("Saved")
    visitor.sees("/", "Saltmarsh")
    visitor.sees_picture("Saltmarsh")
    admin.choose("Front page", "News", "#about")
    admin.press("Save", "#about")
    admin.told("Saved")
    visitor.sees("/", "News")
    for title in ("Archive", "News"):
        admin.choose("Add a page or a folder", title)
        admin.press("Add", "#add-way")
        admin.told("Navigation saved")
    visitor.sees("/news/marsh", "Marsh")
    assert visitor.navigation() == ["Archive", "News"]
    admin.press("Move News up")
    admin.told("Navigation saved")
    visitor.sees("/news/marsh", "Marsh")
    assert visitor.navigation() == ["News", "Archive"]


def ended(somebody, live, words):
    """Wait until the page of long operations says *words* of the last one."""
    somebody.reads("Long operations")
    live.site.application.scheduler.long.wait()
    somebody.press("Look again")
    somebody.page.locator("#over tbody tr").first.get_by_text(words).first.wait_for()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of repozo
def test_the_database_is_backed_up_and_packed_and_everybody_goes_home(live, way, tmp_path):
    visitor, admin = Visitor(live), way("admin")
    for number in range(20):
        with live.work() as root:
            root["news"]["tides"].text = f"Text {number} " * 500
    admin.go("/manage/")
    admin.unfold("Upkeep")
    admin.press("Database")
    admin.reads("Database")
    admin.press("Back up…")
    admin.reads("Back up the database")
    admin.write("Folder", "nightly")
    admin.press("Back up now")
    ended(admin, live, "Backed up everything to nightly")
    assert title_in(live.site.folder / "var" / "backups" / "nightly", tmp_path / "site.fs") == "Tides"
    before = live.site.database.getSize()
    admin.press("Database")
    admin.reads("Database")
    admin.press("Pack…")
    admin.reads("Pack the database")
    admin.write("Days to keep", "0")
    admin.press("Pack now")
    ended(admin, live, "Packed")
    assert live.site.database.getSize() < before / 2
    visitor.sees("/news/tides", "Tides", "Text 19")
    admin.press("Sign out", ".nav.me")
    admin.page.wait_for_url("**/")
    admin.go("/manage/")
    admin.page.wait_for_url("**/login?*")


def title_in(backup, file):
    """Return the title of /news/tides in a database that is restored from *backup* to *file*."""
    restore(backup, file, file.parent / "blobs")
    database = open_database(f"file:{file}?blobs={file.parent / 'blobs'}")
    try:
        with transaction_for(database, read_only=True) as pair:
            return site_of(pair.connection)["news"]["tides"].title
    finally:
        database.close()
