"""Uploads: parsed once into the temporary folder, and taken into a blob without a copy."""

import errno
import gc
import hashlib
import os
import resource
import signal
from pathlib import Path

import pytest

from objpub import Content
from objpub import field
from objpub import File
from objpub import Site
from objpub import testing
from objpub.content import Upload
from objpub.database import blob_in
from objpub.views import view

DATA = b"some bytes\r\n" * 40_000
KEPT = []  # what the views below saw of each attempt


class Counter(Content, addable="anywhere"):
    number: int = field(default=0)


@view(Site, "put", method=["POST", "PUT"], permission="public")
def put(site, request, name: str = "kept", conflicts: int = 0):
    upload = request.form.get("file") or request.form.upload
    KEPT.append((os.stat(upload.path), upload.sha256, upload.path))
    if "counter" in site:
        site["counter"].number += 1
        if len(KEPT) <= conflicts:  # somebody else is quicker
            with request.application.work() as other:
                other["counter"].number += 1
    site.add(name, File.of(upload))
    return str(len(KEPT))


@view(Site, "twice", method="POST", permission="public")
def twice(site, request, file: Upload):
    site.add("one", File.of(file))
    site.add("two", File.of(file))
    return "kept"


@view(Site, "refuse", method="POST", permission="public")
def refuse(site, request, file: Upload):
    refused = site.add("refused", File.of(file))
    error = ValueError("after all not")
    error.again = (
        error,
        refused,
    )  # what happened is part of a cycle, which only the collector of garbage finds
    raise error


@pytest.fixture
def site():
    KEPT.clear()
    with testing.site(Counter, put, twice, refuse, settings={"log.access": False}, file=True) as site:
        yield site


def left(site):
    """Return what is left in the temporary folder of the site."""
    gc.collect()
    return [path for path in Path(site.database.temporary_folder).rglob("*") if path.is_file()]


def inode(site, name):
    with site.work() as root:
        return os.stat(root[name]._blob.committed()).st_ino


def send(site, path="/put", **query):
    return site.client.post(path, files={"file": ("data.bin", DATA, "text/plain")}, query=query)


def test_the_bytes_of_an_upload_are_written_once(site):
    assert send(site).text == "1"
    [(facts, digest, _)] = KEPT
    assert inode(site, "kept") == facts.st_ino
    assert digest == hashlib.sha256(DATA).hexdigest()
    with site.work() as root:
        kept = root["kept"]
        assert (kept.read(), kept.size, kept.sha256) == (DATA, len(DATA), digest)
        assert os.stat(kept._blob.committed()).st_nlink == 1
    assert left(site) == []


def test_an_upload_is_intact_through_the_attempts_at_its_transaction(site):
    with site.work() as root:
        root.add("counter", Counter())
    assert send(site, conflicts=3).text == "4"
    assert len({facts.st_ino for facts, _, _ in KEPT}) == 1
    assert inode(site, "kept") == KEPT[0][0].st_ino
    assert site.client.get("/kept").body == DATA
    with site.work() as root:
        assert root["counter"].number == 4
    assert left(site) == []


def test_a_body_that_is_a_file_is_taken_without_a_copy_too(site):
    answer = site.client.request("PUT", "/put?name=kept", data=DATA, content_type="application/x-thing")
    assert answer.text == "1"
    assert inode(site, "kept") == KEPT[0][0].st_ino
    assert site.client.get("/kept").body == DATA


def test_one_upload_may_be_kept_twice(site):
    assert send(site, "/twice").text == "kept"
    with site.work() as root:
        root.remove("one")
    site.database.pack()
    assert site.client.get("/two").body == DATA
    assert left(site) == []


def test_an_upload_that_was_refused_leaves_nothing(site):
    gc.disable()
    try:
        assert send(site, "/refuse").status == 500
        assert [path for path in Path(site.database.temporary_folder).rglob("*") if path.is_file()] == []
    finally:
        gc.enable()
    with site.work() as root:
        assert "refused" not in root


def test_the_bytes_are_copied_where_a_file_cannot_have_two_names(site, monkeypatch):
    def refused(self, target):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    assert send(site).text == "1"
    assert inode(site, "kept") != KEPT[0][0].st_ino
    assert site.client.get("/kept").body == DATA
    assert left(site) == []


def test_a_file_of_somebody_else_is_copied(site, tmp_path):
    path = tmp_path / "mine.txt"
    path.write_bytes(b"mine")
    with site.work() as root:
        root.add("mine", File.of(Upload.from_path(path, scratch=site.database.temporary_folder)))
    path.write_bytes(b"changed")
    assert site.client.get("/mine").body == b"mine"


def test_a_blob_that_nobody_keeps_leaves_no_file(tmp_path):
    (tmp_path / "source").write_bytes(b"x")
    blob = blob_in(tmp_path, tmp_path / "source")
    assert len(list(tmp_path.iterdir())) == 2
    del blob
    gc.collect()
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.fixture
def narrow_disk():
    """Files end at a hundred thousand bytes, as if the disk were full."""
    before, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


def test_a_full_disk_is_said_and_leaves_nothing(site, narrow_disk):
    answer = site.client.post(
        "/put", files={"file": ("data.bin", DATA, "text/plain")}, headers={"Accept": "application/json"}
    )
    assert answer.status == 507
    assert "no room" in answer.json["detail"]
    assert left(site) == []
    assert site.client.get("/").status == 200
