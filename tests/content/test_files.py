import hashlib
import os
from contextlib import closing

import pytest

from objpub.content import Content
from objpub.content import copy_of
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import Site
from objpub.content import Upload
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.schema import field
from objpub.schema import schema_of


class Person(Content):
    name: str = field(default="")
    manual: File | None = field(default=None)
    contract: File | None = field(default=None)


def test_a_file_knows_what_its_bytes_are():
    file = File.from_bytes(b"%PDF-1.7 ...", "C:\\texts\\Hand book.pdf", "text/html", title="The book")
    assert file.media_type == "application/pdf"
    assert file.filename == "Hand book.pdf"
    assert file.size == 12
    assert file.sha256 == hashlib.sha256(b"%PDF-1.7 ...").hexdigest()
    assert file.title == "The book"
    assert file.read() == b"%PDF-1.7 ..."
    assert file.is_inline
    assert not file.is_image
    assert not File.from_bytes(b"<html>", "a.html").is_inline


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a.txt", "a.txt"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\0b\r\n.txt", "ab.txt"),
        ("..", ""),
        ("\u202egpj.exe", "gpj.exe"),
        ("x" * 300 + ".txt", "x" * 255),
        ("Größe.txt", "Größe.txt"),
    ],
)
def test_a_file_name_is_cleaned(sent, kept):
    assert File.from_bytes(b"x", sent).filename == kept


def test_what_is_known_of_the_bytes_cannot_be_set():
    file = File.from_bytes(b"x", "a.txt")
    for name in ("media_type", "size", "sha256"):
        with pytest.raises(AttributeError):
            setattr(file, name, "text/html")


def test_a_file_without_bytes_is_refused():
    with pytest.raises(Invalid) as caught:
        File(title="x")
    assert "is missing" in caught.value.errors["upload"]
    with pytest.raises(Invalid):
        File(upload="text")
    with pytest.raises(Invalid):
        File(upload=b"bytes")


def test_a_given_file_name_wins_over_that_of_the_upload(tmp_path):
    (tmp_path / "tmp123").write_bytes(b"x")
    file = File(upload=Upload.from_path(tmp_path / "tmp123"), filename="real.txt")
    assert file.filename == "real.txt"
    file.filename = ""
    assert file.filename == "real.txt"
    (tmp_path / "new.txt").write_bytes(b"y")
    file.upload = Upload.from_path(tmp_path / "new.txt")
    assert (file.filename, file.read()) == ("new.txt", b"y")


def test_the_source_of_an_upload_is_left_alone(tmp_path):
    source = tmp_path / "a.txt"
    source.write_bytes(b"before")
    file = File.from_path(source)
    source.write_bytes(b"after.")
    assert file.read() == b"before"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_one_upload_can_be_used_again_by_a_second_attempt(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x")
    upload = Upload.from_path(tmp_path / "a.txt")
    assert File.of(upload).read() == File.of(upload).read() == b"x"


def test_bytes_come_back_from_the_database_and_outlive_the_connection(tmp_path):
    with closing(open_database("file:site.fs?blobs=blobs", root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            site_of(pair.connection).add("a.txt", File.from_bytes(b"abc", "a.txt"))
            assert site_of(pair.connection)["a.txt"].read() == b"abc"
            pair.manager.commit()
        with transaction_for(database) as pair:
            pair.connection.cacheMinimize()
            file = site_of(pair.connection)["a.txt"]
            handle = file.open()
            assert file.read() == b"abc"
            assert file.upload.path.read_bytes() == b"abc"
            assert file._p_changed is False
        assert handle.read() == b"abc"
        handle.close()


def test_each_upload_makes_a_new_blob_so_that_the_past_keeps_its_bytes(tmp_path):
    (tmp_path / "b.txt").write_bytes(b"second")
    with closing(open_database("file:site.fs?blobs=blobs", root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            file = site_of(pair.connection).add("a", File.from_bytes(b"first", "a.txt"))
            pair.manager.commit()
            pair.manager.begin()
            file._p_activate()
            then, blob = file._p_serial, file._blob
            file.upload = Upload.from_path(tmp_path / "b.txt")
            assert file._blob is not blob
            pair.manager.commit()
        with closing(database.open(at=then)) as past:
            assert site_of(past)["a"].read() == b"first"
        with transaction_for(database) as pair:
            assert site_of(pair.connection)["a"].read() == b"second"


def test_an_aborted_upload_leaves_no_file_behind(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with closing(open_database("file:site.fs?blobs=blobs", root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            pair.manager.commit()
        with transaction_for(database) as pair:
            site_of(pair.connection).add("a", File.from_bytes(b"x" * 1000, "a"))
        with transaction_for(database) as pair:
            assert list(site_of(pair.connection)) == []
            pair.connection.cacheMinimize()
    assert os.listdir(scratch) == []


def test_bytes_wait_for_the_commit_on_the_disk_of_the_database(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(b"abc")
    with closing(open_database("file:site.fs?blobs=blobs", root=tmp_path)) as database:
        monkeypatch.setattr("tempfile.tempdir", "/nowhere")
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            upload = Upload.from_path(tmp_path / "a.txt", scratch=database.temporary_folder)
            file = site_of(pair.connection).add("a", File.of(upload))
            assert file.upload.path.parent == database.temporary_folder
            pair.manager.commit()
            pair.manager.begin()
            copy = site_of(pair.connection).add("b", copy_of(file))
            assert copy.upload.path.parent == database.temporary_folder
            pair.manager.commit()
            pair.manager.begin()
            assert file.read() == copy.read() == b"abc"
        assert os.listdir(database.temporary_folder) == []


def test_a_file_as_a_field_has_its_place_below_the_owner(tmp_path):
    (tmp_path / "b.txt").write_bytes(b"b")
    site = Site()
    anna = site.add("anna", Person(manual=File.from_bytes(b"a", "a.txt")))
    assert path_of(anna.manual) == "/anna/manual"
    assert find_resource(site, "/anna/manual") is anna.manual
    assert anna.get("contract") is None
    assert anna.get("name") is None
    first = anna.manual
    anna.manual = Upload.from_path(tmp_path / "b.txt")  # an upload becomes a file
    assert type(anna.manual) is File
    assert anna.manual.read() == b"b"
    assert (first.__parent__, first.__name__) == (None, None)
    anna.manual = anna.manual
    assert path_of(anna.manual) == "/anna/manual"
    anna.manual = None
    assert anna.get("manual") is None


def test_a_file_that_has_a_place_cannot_be_put_into_a_second_one():
    site = Site()
    anna = site.add("anna", Person(manual=File.from_bytes(b"a", "a.txt")))
    with pytest.raises(NotPossible) as caught:
        anna.contract = anna.manual
    assert "/anna/manual belongs there already" in str(caught.value)
    assert anna.contract is None
    inside = site.add("file", File.from_bytes(b"a", "a.txt"))
    with pytest.raises(NotPossible):
        Person(manual=inside)
    with pytest.raises(NotPossible):
        site.add("again", anna.manual)
    with pytest.raises(Invalid):
        anna.manual = "a.txt"
    with pytest.raises(Invalid):
        anna.manual = Folder()


def test_an_image_field_takes_no_other_file():
    class Card(Content):
        photo: Image | None = field(default=None)

    with pytest.raises(Invalid) as caught:
        Card(photo=File.from_bytes(b"x", "a.txt"))
    assert "wanted an uploaded Image" in caught.value.errors["photo"]


def test_all_errors_of_a_form_with_an_upload_are_told_at_once(tmp_path):
    class Card(Content):
        title: str = field()
        photo: Image = field()

    (tmp_path / "a.png").write_bytes(b"no image")
    with pytest.raises(Invalid) as caught:
        Card(photo=Upload.from_path(tmp_path / "a.png"))
    assert set(caught.value.errors) == {"title", "photo"}
    with pytest.raises(Invalid) as caught:
        Image(upload=Upload.from_path(tmp_path / "a.png"), alt=5)
    assert set(caught.value.errors) == {"upload", "alt"}
    assert "'text/plain'" in caught.value.errors["upload"]


def test_a_file_field_in_forms_and_in_json(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"abc")
    upload = Upload.from_path(tmp_path / "a.txt")
    schema = schema_of(Person)
    values = schema.from_text({"name": "Anna", "manual": [upload], "contract": ""})
    assert values["manual"].read() == b"abc"
    assert values["contract"] is None
    file = values["manual"]
    assert schema["manual"].to_text(file) == "a.txt"
    assert schema["manual"].to_json(file) == {"filename": "a.txt", "media_type": "text/plain", "size": 3}
    assert schema["manual"].json_schema()["anyOf"][0]["type"] == "object"
    with pytest.raises(Invalid):
        schema["manual"].from_json("a.txt")
    with pytest.raises(Invalid):
        schema["manual"].from_text("a.txt")
    with pytest.raises(Invalid):
        schema_of(File)["upload"].from_json({"filename": "x"})


def test_a_digest_tells_whether_the_bytes_are_the_same(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"abc")
    upload = Upload.from_path(tmp_path / "a.txt")
    file, field_of_file = File.of(upload), schema_of(File)["upload"]
    assert field_of_file.digest(file.upload) == field_of_file.digest(upload)
    (tmp_path / "a.txt").write_bytes(b"abd")
    assert field_of_file.digest(file.upload) != field_of_file.digest(Upload.from_path(tmp_path / "a.txt"))
    field_of_person = schema_of(Person)["manual"]
    assert field_of_person.digest(File.from_bytes(b"1", "x")) == field_of_person.digest(
        File.from_bytes(b"1", "x")
    )
    assert field_of_person.digest(File.from_bytes(b"1", "x")) != field_of_person.digest(
        File.from_bytes(b"2", "x")
    )


def test_an_unknown_attribute_of_a_file_is_an_ordinary_error():
    with pytest.raises(AttributeError) as caught:
        File.from_bytes(b"x").colour  # noqa: B018
    assert "File has no attribute 'colour'" in str(caught.value)
    with pytest.raises(AttributeError):
        File.__new__(File).upload  # noqa: B018
