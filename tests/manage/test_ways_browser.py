"""What editors do with pages, each step seen on the public site: by mouse, without scripts, by keyboard."""

from objpub.operations import edit
from tests.manage.ways import png
from tests.manage.ways import Visitor

THINGS = ("tests.manage.stories",)


def test_a_page_is_added_mended_and_edited(live, way, tmp_path):
    visitor = Visitor(live)
    ines = way()
    ines.go("/manage")
    ines.sign_in("ines")
    ines.find("News")
    ines.reads("News")
    ines.open("Add")
    ines.press("Story*", "main")
    ines.reads("New story in “News”")
    ines.write("Title", "Spring tide")
    ines.write_text("Text", "Come early, bring boots.")
    ines.write_tags("Tags", "tides", "marsh")
    ines.choose_file("Photo", png(tmp_path / "marsh.png"))
    ines.write("Alternative text", "The marsh under water")
    ines.write("Places", "99")
    ines.press("Add", "main .save")
    ines.page.wait_for_selector("#mistakes")
    visitor.finds_nothing_at("/news/spring-tide")
    assert ines.field("Title").input_value() == "Spring tide"
    ines.write("Places", "9")
    ines.choose_file("Photo", tmp_path / "marsh.png")
    ines.press("Add", "main .save")
    ines.told("Added “Spring tide”")
    visitor.sees("/news/spring-tide", "Spring tide", "Come early, bring boots.", "marsh, tides", "9")
    visitor.sees_picture("The marsh under water")
    assert "Spring tide" in visitor.list_at("/news/")
    with live.work() as root:
        edit(root.users.identity("admin"), root["news"]["spring-tide"], {"lead": "On Sunday."})
    ines.write("Title", "The spring tide")
    ines.press("Save", "main .save")
    ines.told("Saved, together with what others changed meanwhile: Lead")
    visitor.sees("/news/spring-tide", "The spring tide", "On Sunday.", "Come early, bring boots.")
    visitor.sees_picture("The marsh under water")


def test_pages_are_renamed_moved_copied_and_put_in_order(live, way):
    visitor = Visitor(live)
    ines = way("ines")
    ines.go("/manage/news/")
    ines.rename("Tides")
    ines.write("Title", "High tides", "#rename")
    ines.write("Name in the address", "high-tides", "#rename")
    ines.press("Save", "#rename")
    ines.told("the name high-tides instead of tides")
    visitor.is_led_on("/news/tides", "/news/high-tides")
    visitor.sees("/news/high-tides", "High tides", "About tides.")
    ines.press("Undo", ".note")
    ines.told("Undone")
    visitor.is_led_on("/news/high-tides", "/news/tides")
    visitor.sees("/news/tides", "Tides", "About tides.")
    ines.open("More for Tides")
    ines.press("Move…", ".list")
    ines.reads("Move “Tides”")
    ines.lead_to("Site", "Archive")
    ines.press("Move to “Archive”")
    ines.told("Moved “Tides” to “Archive”")
    visitor.is_led_on("/news/tides", "/archive/tides")
    visitor.sees("/archive/tides", "Tides", "About tides.")
    ines.open("More for Marsh")
    ines.press("Copy…", ".list")
    ines.reads("Copy “Marsh”")
    ines.lead_to("Series")
    ines.press("Copy to “Series”")
    ines.told("Copied")
    visitor.sees("/news/marsh", "Marsh", "About marsh.")
    assert visitor.list_at("/news/series/") == ["One", "Two", "Three", "Marsh"]
    ines.find("News", "Series")
    ines.reads("Series")
    ines.put_first("Three")
    ines.told("Put “Three”")
    assert visitor.list_at("/news/series/") == ["Three", "One", "Two", "Marsh"]
    ines.press("Undo", ".note")
    ines.told("Undone")
    assert visitor.list_at("/news/series/") == ["One", "Two", "Three", "Marsh"]


def test_several_are_picked_and_moved_copied_and_deleted_together(live, way):
    visitor = Visitor(live)
    ines = way("ines")
    ines.go("/manage/news/series/")
    for title in ("One", "Two"):
        ines.tick(f"Select {title}")
    ines.press("Move…", ".selbar")
    ines.reads("Move 2 items")
    ines.lead_to("News")
    ines.press("Move to “News”")
    ines.told("Moved 2 items to “News”")
    assert visitor.list_at("/news/series/") == ["Three"]
    ines.find("News")
    ines.reads("News")
    for title in ("One", "Herons"):
        ines.tick(f"Select {title}")
    ines.press("Copy…", ".selbar")
    ines.reads("Copy 2 items")
    ines.lead_to("Site", "Archive")
    ines.press("Copy to “Archive”")
    ines.told("Copied 2 items to “Archive”")
    visitor.sees("/archive/herons", "Herons", "About herons.")
    assert visitor.list_at("/archive/") == ["Herons", "One"]
    for title in ("One", "Two", "Herons"):
        ines.tick(f"Select {title}")
    ines.press("Delete…", ".selbar")
    ines.reads("Delete 3 items?")
    ines.press("Move to the trash")
    ines.told("Deleted 3 items")
    assert visitor.list_at("/news/") == ["Marsh", "Series", "Tides"]
    ines.press("Undo", ".note")
    ines.told("Undone")
    visitor.sees("/news/herons", "Herons", "About herons.")


def test_files_are_added_and_say_what_they_show(live, way, tmp_path):
    visitor = Visitor(live)
    ines = way("ines")
    ferry, hide, notes = (tmp_path / name for name in ("Ferry at dusk.png", "hide.png", "notes.txt"))
    for path in (png(ferry), png(hide, "olive")):
        assert path.exists()
    notes.write_text("Bring boots.")
    ines.go("/manage/archive/")
    ines.upload((ferry.name, ferry.read_bytes()))
    ines.reads("What does this image show?")
    ines.write("It shows", "A ferry in the evening", "#describe")
    ines.press("Save", "#describe")
    ines.told("Saved what")
    assert visitor.gets_image("/archive/ferry-at-dusk.png") == ferry.read_bytes()
    ines.drop((hide.name, hide.read_bytes()), (notes.name, notes.read_bytes()))
    ines.reads("What does this image show?")
    ines.press("Later")
    ines.reads("Archive")
    assert visitor.list_at("/archive/") == ["Ferry at dusk", "hide", "notes"]
    assert visitor.gets_image("/archive/hide.png") == hide.read_bytes()
    assert visitor.page.request.get("/archive/notes.txt").text() == "Bring boots."


def test_what_is_deleted_comes_back_until_it_is_purged(live, way):
    visitor = Visitor(live)
    ines = way("ines")
    ines.go("/manage/news/")
    ines.open("More for Series")
    ines.press("Delete…", ".list")
    ines.reads("Delete “Series”?")
    visitor.sees("/news/series/one", "One")
    ines.press("Move to the trash")
    ines.told("Deleted “Series”")
    visitor.finds_nothing_at("/news/series/", "/news/series/one")
    ines.press("Undo", ".note")
    ines.told("Undone")
    assert visitor.list_at("/news/series/") == ["One", "Two", "Three"]
    ines.open("More for Series")
    ines.press("Delete…", ".list")
    ines.reads("Delete “Series”?")
    ines.press("Move to the trash")
    ines.told("Deleted “Series”")
    ines.press("Trash")
    ines.reads("Trash")
    ines.open("More for Series")
    ines.press("Restore elsewhere…", ".list")
    ines.reads("Restore “Series”")
    ines.choose("Put it into", "Archive, /archive")
    ines.write("and call it", "old")
    ines.press("Restore", "#restore")
    ines.told("Restored “Series” to /archive")
    visitor.is_led_on("/news/series/", "/archive/old/")
    assert visitor.list_at("/archive/old/") == ["One", "Two", "Three"]
    ines.find("Archive")
    ines.reads("Archive")
    ines.open("More for Series")
    ines.press("Delete…", ".list")
    ines.reads("Delete “Series”?")
    ines.press("Move to the trash")
    ines.told("Deleted “Series”")
    admin = way("admin")
    admin.go("/manage/@@trash")
    admin.open("More for Series")
    admin.press("Delete for good…", ".list")
    admin.reads("Delete “Series” for good?")
    admin.press("Delete for good")
    admin.told("Deleted “Series” for good")
    visitor.finds_nothing_at("/archive/old/", "/news/series/one")
