"""Files that come in: recognised, named, described afterwards; one that is refused stops no other."""

import io
import re

import pytest
from PIL import Image as Pillow

from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.operations import edit
from objpub.operations import sentence_of
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.changes import is_changed_since


class Gallery(Folder, addable="anywhere"):
    """Pictures, and nothing else."""

    title: str


class Picture(Image, addable=Gallery):
    """A picture of a gallery."""


class Note(Content, addable="anywhere"):
    """Something that can stand anywhere."""

    title: str


THINGS = (Gallery, Picture, Note)


def picture(kind="PNG", size=(40, 30), colour="teal"):
    """Return the bytes of an image."""
    target = io.BytesIO()
    Pillow.new("RGB", size, colour).save(target, kind)
    return target.getvalue()


def words(page):
    """Return the text of what stands beside the tree."""
    return " ".join(page.text.partition("<main")[2].split())


def upload(client, folder, *files, **options):
    """Send *files*, (name, bytes), to *folder* as the form without a script does."""
    form = client.get(f"/manage{folder}@@upload").form("upload")
    form["files"] = [(name, data, "application/octet-stream") for name, data in files]
    return form.submit(**options)


def kinds(site, *path):
    with site.work() as root:
        for name in path:
            root = root[name]
        return {name: type(child) for name, child in root.items()}


@pytest.fixture
def ines(site):
    return site.browser().login("ines")


@pytest.mark.parametrize(
    ("own", "told", "most"), [(None, "64.0", 63_998_000), (3, "3.0", 3_000_000), (900, "64.0", 63_998_000)]
)
def test_the_page_says_how_large_a_file_may_be(site, own, told, most):
    with site.work() as root:
        root.largest_upload = own
    page = site.browser().login("ines").get("/manage/news/@@upload")
    assert f'data-most="{most}"' in page.text
    assert re.search(rf"too large: at most {told}\sMB can be sent", page.text)
    assert re.search(rf"a file has {told}\sMB at most", page.text)


def test_images_are_recognised_by_their_bytes_and_everything_is_named_for_its_file(site, ines):
    page = upload(
        ines,
        "/archive/",
        ("Ferry at dusk.JPG", picture("JPEG")),
        ("C:\\pictures\\Übersicht_2026.png", picture()),
        ("minutes.pdf", b"%PDF-1.4 minutes"),
        ("looks-like.png", b"just text"),
        ("edit", b"a name that a view has elsewhere"),
        ("...", b"no name at all"),
        follow=True,
    )
    assert page.path.startswith("/manage/archive/@@describe?")
    assert "Added 6 files" in words(page)
    assert kinds(site, "archive") == {
        "ferry-at-dusk.jpg": Image,
        "ubersicht-2026.png": Image,
        "minutes.pdf": File,
        "looks-like.png": File,
        "edit": File,
        "file": File,
    }
    with site.work() as root:
        ferry = root["archive"]["ferry-at-dusk.jpg"]
        assert (ferry.title, ferry._owner, ferry.width) == ("Ferry at dusk", "ines", 40)
    storage = site.database.storage
    (record,) = list(storage.iterator(site.database.lastTransaction()))
    assert sentence_of(record) == "Added 6 files to “Archive”"
    assert site.client.get("/archive/ferry-at-dusk.jpg/scale/tile").content_type == "image/jpeg"


def test_names_that_are_taken_get_a_number(site, ines):
    for _ in range(2):
        upload(ines, "/archive/", ("a.png", picture()), ("a.png", picture(colour="red")))
    assert sorted(kinds(site, "archive")) == ["a-2.png", "a-3.png", "a-4.png", "a.png"]


def test_files_without_an_image_lead_back_to_the_folder(site, ines):
    page = upload(ines, "/archive/", ("minutes.txt", b"text"), follow=True)
    assert page.path == "/manage/archive/"
    assert "Added “minutes”" in words(page)


BAD = (
    ("broken.png", picture()[:60], "damaged"),
    (
        "bomb.png",
        picture(size=(1, 1)).replace(b"\0\0\0\x01\0\0\0\x01", b"\0\1\0\0\0\1\0\0"),
        "damaged or too large",
    ),
    ("empty.txt", b"", "It is empty."),
)


def test_a_bad_file_says_why_at_itself_and_the_others_go_on(site, ines):
    for name, data, wanted in BAD:
        page = upload(ines, "/archive/", (name, data), ("good.png", picture()))
        assert page.status == 200
        assert "1 of 2 files were added." in words(page).replace("<b>", "")
        assert name in words(page)
        assert wanted in words(page)
    assert sorted(kinds(site, "archive")) == ["good-2.png", "good-3.png", "good.png"]


def test_where_nothing_can_be_taken_nothing_changes(site, ines):
    before = site.last_transaction()
    for name, data, wanted in BAD:
        page = upload(ines, "/archive/", (name, data))
        assert page.status == 422
        assert "Nothing was added." in words(page)
        assert wanted in words(page)
    nothing = ines.post("/manage/archive/@@upload", {})
    assert nothing.status == 422
    assert "No file was chosen." in words(nothing)
    text = ines.post("/manage/archive/@@upload", {"files": "not a file"})
    assert text.status == 422
    assert not is_changed_since(site, before)


def test_an_image_comes_before_the_pictures_of_the_site(site, ines):
    with site.work() as root:
        root.add("gallery", Gallery(title="Gallery"))
    upload(ines, "/gallery/", ("a.png", picture()))
    assert kinds(site, "gallery") == {"a.png": Image}


def test_a_folder_that_takes_images_only_says_so(site, ines, monkeypatch):
    monkeypatch.setattr("objpub.manage.taking.addable_in", lambda registry, folder: [KindOf(Picture)])
    page = upload(ines, "/archive/", ("minutes.pdf", b"%PDF-1.4"))
    assert "Only images can be added to “Archive”, and this is application/pdf." in words(page)
    monkeypatch.setattr("objpub.manage.taking.addable_in", lambda registry, folder: [KindOf(Note)])
    assert "Files cannot be added to “Archive”." in words(upload(ines, "/archive/", ("a.png", picture())))


class KindOf:
    def __init__(self, kind):
        self.kind = kind


def test_a_script_is_told_of_each_file(site, ines):
    headers = {"Accept": "application/json"}
    send = {"headers": headers}
    answer = ines.post(
        "/manage/archive/@@upload", files={"files": ("a b.png", picture(), "image/png")}, **send
    )
    assert answer.status == 200
    (told,) = answer.json["files"]
    preview = told.pop("preview")
    assert preview.startswith("/archive/a-b.png/scale/thumb?v=")
    first = ines.get(preview)
    assert first.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert ines.get(f"{preview}0").headers["Cache-Control"] == "private, no-cache"
    assert told == {
        "name": "a-b.png",
        "path": "/archive/a-b.png",
        "address": "/archive/a-b.png",
        "title": "a b",
        "url": "/manage/archive/a-b.png",
        "image": True,
    }
    before = site.last_transaction()
    for name, data, wanted in BAD:
        answer = ines.post("/manage/archive/@@upload", files={"files": (name, data, "image/png")}, **send)
        assert answer.status == 409
        assert wanted in answer.json["detail"]
    assert ines.post("/manage/archive/@@upload", {"x": "y"}, **send).status == 409
    assert site.browser().post("/manage/archive/@@upload", files={"files": b"x"}, **send).status == 401
    assert not is_changed_since(site, before)


def test_a_script_is_told_of_each_of_several(site, ines):
    names = [("a.png", picture()), *[(name, data) for name, data, _ in BAD], ("b.txt", b"text")]
    answer = upload(ines, "/archive/", *names, headers={"Accept": "application/json"})
    assert answer.status == 200
    first, *bad, last = answer.json["files"]
    assert (first["name"], last["name"]) == ("a.png", "b.txt")
    for told, (name, _, wanted) in zip(bad, BAD, strict=True):
        assert told["filename"] == name
        assert wanted in told["error"]
    assert sorted(kinds(site, "archive")) == ["a.png", "b.txt"]
    storage = site.database.storage
    (record,) = list(storage.iterator(site.database.lastTransaction()))
    assert sentence_of(record) == "Added 2 files to “Archive”"


def test_who_may_not_add_cannot_and_a_body_that_is_too_large_is_refused(site, ines):
    with site.work() as root:
        override_permission(root["archive"], "add", "manager")
    before = site.last_transaction()
    file = ("a.png", picture(), "image/png")
    assert ines.get("/manage/archive/@@upload").status == 403
    assert ines.post("/manage/archive/@@upload", files={"files": file}).status == 403
    length = str(site.application.settings.limits.body_bytes + 1)
    answer = ines.post(
        "/manage/news/@@upload",
        files={"files": file},
        environ={"CONTENT_LENGTH": length},
    )
    assert answer.status == 413
    assert not is_changed_since(site, before)


# What images show


def test_all_new_images_are_described_on_one_page(site, ines):
    page = upload(
        ines, "/archive/", ("a.png", picture()), ("b.png", picture()), ("c.txt", b"text"), follow=True
    )
    assert "What do these 2 images show?" in words(page)
    form = page.form("describe")
    assert form["pick"] == ["a.png", "b.png"]
    shown = re.findall(r'<img src="([^"]*)"', page.text)
    assert [each.split("?")[0] for each in shown] == [
        "/archive/a.png/scale/thumb",
        "/archive/b.png/scale/thumb",
    ]
    assert ines.get(shown[0]).status == 200
    form.fill({"alt.0": "A ferry", "title.0": "Ferry", "alt.1": "A hide"})
    page = form.submit(follow=True)
    assert page.path == "/manage/archive/"
    assert "Saved what 2 images show" in words(page)
    with site.work() as root:
        assert [(each.title, each.alt) for each in root["archive"].values() if isinstance(each, Image)] == [
            ("Ferry", "A ferry"),
            ("b", "A hide"),
        ]


def test_without_picks_those_are_asked_for_that_nobody_described(site, ines):
    upload(ines, "/archive/", ("a.png", picture()), ("b.png", picture()))
    with site.work() as root:
        edit(SYSTEM, root["archive"]["a.png"], {"alt": "A ferry"})
    assert ines.get("/manage/archive/@@describe").form("describe")["pick"] == "b.png"
    with site.work() as root:
        edit(SYSTEM, root["archive"]["b.png"], {"alt": "A hide"})
    assert "has its description" in words(ines.get("/manage/archive/@@describe", follow=True))


def test_what_is_too_long_is_told_at_its_field_and_nothing_is_saved(site, ines):
    page = upload(ines, "/archive/", ("a.png", picture()), ("b.png", picture()), follow=True)
    before = site.last_transaction()
    form = page.form("describe").fill({"alt.0": "A ferry", "alt.1": "x" * 10_001})
    page = form.submit()
    assert page.status == 422
    assert "10,00" in words(page)
    form = page.form("describe")
    assert (form["alt.0"], len(form["alt.1"])) == ("A ferry", 10_001)
    assert not is_changed_since(site, before)
    form.fill({"alt.1": "A hide"}).submit()
    with site.work() as root:
        assert root["archive"]["a.png"].alt == "A ferry"


def test_what_others_wrote_meanwhile_is_shown_and_not_overwritten_unseen(site, ines):
    form = upload(ines, "/archive/", ("a.png", picture()), follow=True).form("describe")
    with site.work() as root:
        edit(SYSTEM, root["archive"]["a.png"], {"alt": "Theirs"})
    before = site.last_transaction()
    page = form.fill({"alt.0": "Mine", "title.0": "My title"}).submit()
    assert page.status == 422
    assert "Somebody else wrote “Theirs” meanwhile." in words(page)
    assert not is_changed_since(site, before)
    page.form("describe").submit()
    with site.work() as root:
        image = root["archive"]["a.png"]
        assert (image.alt, image.title) == ("Mine", "My title")


def test_only_images_that_one_may_edit_are_asked_for(site, ines):
    upload(ines, "/archive/", ("a.png", picture()), ("b.png", picture()), ("c.txt", b"text"))
    with site.work() as root:
        override_permission(root["archive"]["a.png"], "edit", "manager")
    picks = "pick=a.png&pick=b.png&pick=c.txt&pick=nothing&pick=%E2%80%AE"
    form = ines.get(f"/manage/archive/@@describe?{picks}").form("describe")
    assert form["pick"] == "b.png"
    before = site.last_transaction()
    answer = ines.post("/manage/archive/@@describe", {"pick": "a.png", "alt.0": "no"})
    assert answer.status == 303
    assert site.browser().get("/manage/archive/@@describe").status in {303, 401}
    assert not is_changed_since(site, before)
