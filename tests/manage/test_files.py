"""The page of a file: what it is, and another one put in its place."""

import io

import pytest
from PIL import Image as Pillow

from objpub.content import File
from objpub.content import Image
from objpub.content import Upload
from objpub.operations import edit
from objpub.operations import sentence_of
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.changes import is_changed_since


def picture(colour="teal", size=(40, 30)):
    """Return the bytes of an image."""
    target = io.BytesIO()
    Pillow.new("RGB", size, colour).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def ines(site):
    with site.work() as root:
        root["archive"].add("map.png", Image.from_bytes(picture(), "map.png", title="Map"))
        root["archive"].add("notes", File.from_bytes(b"Notes", "notes.txt", title="Notes"))
    return site.browser().login("ines")


def words(page):
    return " ".join(page.text.partition("<main")[2].split())


def test_a_file_and_an_image_say_what_they_are(site, ines):
    text = words(ines.get("/manage/archive/map.png/@@file"))
    assert 'src="/archive/map.png/scale/large"' in text
    assert "40 × 30" in text
    assert "Nobody has said yet what this image shows." in text
    with site.work() as root:
        edit(SYSTEM, root["archive"]["map.png"], {"alt": "The reserve from above"})
    text = words(ines.get("/manage/archive/map.png/@@file"))
    assert "The reserve from above" in text
    assert "Nobody has said" not in text
    text = words(ines.get("/manage/archive/notes/@@file"))
    assert "text/plain" in text
    assert "scale/" not in text


def test_another_one_takes_its_place_at_the_same_address(site, ines):
    form = ines.get("/manage/archive/map.png/@@file").form("replace")
    form["upload"] = ("newer.png", picture("red", (50, 20)), "image/png")
    page = form.submit(follow=True)
    assert "This is “newer.png” now" in words(page)
    assert "50 × 20" in words(page)
    assert site.client.get("/archive/map.png").body == picture("red", (50, 20))
    storage = site.database.storage
    (record,) = list(storage.iterator(site.database.lastTransaction()))
    assert "Map" in sentence_of(record)


def test_what_cannot_take_its_place_says_why_and_changes_nothing(site, ines):
    before = site.last_transaction()
    for file, wanted in (
        (("a.pdf", b"%PDF-1.4", "application/pdf"), "An image is one of"),
        (("a.png", picture()[:60], "image/png"), "damaged"),
        (("a.png", b"", "image/png"), "It is empty."),
        (("", b"", ""), "No file was chosen."),
    ):
        answer = ines.post("/manage/archive/map.png/@@file", files={"upload": file})
        assert answer.status == 422
        assert wanted in words(answer)
    assert ines.post("/manage/archive/map.png/@@file", {"upload": "text"}).status == 422
    assert not is_changed_since(site, before)


def test_one_that_somebody_else_put_there_meanwhile_is_not_replaced_unseen(site, ines, tmp_path):
    form = ines.get("/manage/archive/notes/@@file").form("replace")
    (tmp_path / "theirs.txt").write_bytes(b"Theirs")
    with site.work() as root:
        edit(SYSTEM, root["archive"]["notes"], {"upload": Upload.from_path(tmp_path / "theirs.txt")})
    before = site.last_transaction()
    form["upload"] = ("mine.txt", b"Mine", "text/plain")
    page = form.submit()
    assert page.status == 409
    assert "Somebody else put “theirs.txt” here meanwhile." in words(page)
    assert not is_changed_since(site, before)
    form = page.form("replace")
    form["upload"] = ("mine.txt", b"Mine", "text/plain")
    assert form.submit().status == 303
    assert site.client.get("/archive/notes").body == b"Mine"


def test_who_may_not_edit_it_is_not_asked_for_another_one(site, ines):
    with site.work() as root:
        override_permission(root["archive"]["notes"], "edit", "manager")
    page = ines.get("/manage/archive/notes/@@file")
    assert page.status == 200
    assert not any(form.id == "replace" for form in page.page.forms)
    before = site.last_transaction()
    file = ("mine.txt", b"Mine", "text/plain")
    assert ines.post("/manage/archive/notes/@@file", files={"upload": file}).status == 403
    assert site.client.get("/manage/archive/notes/@@file").status in {303, 401}
    assert not is_changed_since(site, before)


def test_an_image_in_a_folder_has_a_form_with_its_picture_and_can_be_replaced_there(site, ines):
    page = ines.get("/manage/archive/map.png/@@edit")
    assert page.status == 200
    assert 'src="/archive/map.png/scale/preview?v=' in page.text
    form = page.form("form")
    form["upload"] = ("chart.png", picture("red"), "image/png")
    assert form.fill(title="A chart").submit().status == 303
    with site.work() as root:
        chart = root["archive"]["map.png"]
        assert (chart.title, chart.filename, chart.read()) == ("A chart", "chart.png", picture("red"))


def test_a_file_keeps_its_bytes_where_its_form_is_refused(site, ines):
    form = ines.get("/manage/archive/notes/@@edit").form("form")
    form["upload"] = ("more.txt", b"More\n", "text/plain")
    page = form.fill(title="x" * 20_000).submit()
    assert page.status == 422
    assert "notes.txt" in page.text and "more.txt" in page.text
    with site.work() as root:
        assert root["archive"]["notes"].read() == b"Notes"
