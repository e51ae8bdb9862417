import hashlib
import os

import pytest

from objpub.errors import BadSource
from objpub.errors import NotPossible
from objpub.importing.source import Source


def test_a_folder_with_all_that_lies_in_it(source):
    folder = Source(
        source({"b.md": "", "A.md": "", "x/y/z.md": "", ".git/config": "", "Thumbs.db": "", "c.md~": ""})
    )
    found = folder.directory()
    assert found.files == ["A.md", "b.md"]
    assert found.directories[0].directories[0].files == ["z.md"]
    assert folder.problems == []


def test_what_is_no_folder_is_refused(tmp_path):
    with pytest.raises(NotPossible, match="There is no folder"):
        Source(tmp_path / "nowhere")


def test_links_out_of_the_folder_are_not_followed(source, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    root = source({"a.md": "", "sub/b.md": ""})
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "gone.md").symlink_to(root / "nowhere.md")
    (root / "inside.md").symlink_to(root / "a.md")
    os.mkfifo(root / "pipe.md")
    folder = Source(root)
    found = folder.directory()
    assert found.files == ["a.md", "inside.md"]
    assert [each.path for each in found.directories] == ["sub"]
    assert sorted(problem.file for problem in folder.problems) == ["gone.md", "loop", "out.md", "pipe.md"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfwith a mark", "with a mark"),
        (b"form\x0cfeed \x1b[1m", "formfeed [1m"),
        ("ä".encode(), "ä"),
    ],
)
def test_text_is_read_as_people_mean_it(source, raw, text):
    assert Source(source({"a.md": raw})).text("a.md") == text


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"one\ntwo\nth\xe9", 3, "the byte 0xe9 is not UTF-8"),
        (b"one\n\x00", 2, "NUL"),
        (b"x" * 5_000_001, 0, "more than 5,000,000 bytes"),
    ],
)
def test_what_is_no_text_names_its_line(source, raw, line, message):
    with pytest.raises(BadSource, match=message) as caught:
        Source(source({"a.md": raw})).text("a.md")
    assert caught.value.line == line


def test_a_file_that_is_gone_is_a_bad_one(source):
    with pytest.raises(BadSource, match="No such file"):
        Source(source({"a.md": ""})).text("b.md")


@pytest.mark.parametrize(
    ("written", "file", "path"),
    [
        ("b.md", "sub/a.md", "sub/b.md"),
        ("c.md", "sub/a.md", "c.md"),
        ("/c.md", "sub/a.md", "c.md"),
        ("/c", "sub/a.md", "c.md"),
        ("../sub/b.md", "sub/a.md", "sub/b.md"),
    ],
)
def test_an_included_file_is_found(source, written, file, path):
    folder = Source(source({"sub/a.md": "", "sub/b.md": "B", "c.md": "C"}))
    assert folder.include(written, file)[0] == path


@pytest.mark.parametrize("written", ["no.md", "", "../../secret.md", "/../secret.md", "a\0b", "sub"])
def test_nothing_else_can_be_included(source, tmp_path, written):
    (tmp_path / "secret.md").write_text("secret")
    with pytest.raises(BadSource):
        Source(source({"sub/a.md": ""})).include(written, "sub/a.md")


def test_the_digest_of_a_file(source):
    folder = Source(source({"a.md": "x", "b.md": "x", "c.md": "y"}))
    assert folder.digest("a.md") == folder.digest("b.md") != folder.digest("c.md")
    assert folder.digest("no.md") == folder.digest("../out.md") == ""


def test_a_name_that_is_no_text_is_named(source):
    root = source({"a.md": ""})
    try:
        (root / os.fsdecode(b"caf\xe9.md")).write_text("x")
    except OSError:
        pytest.skip("this file system takes no names that are not UTF-8")
    folder = Source(root)
    assert folder.directory().files == ["a.md"]
    assert str(folder.problems[0]) == "caf\ufffd.md: its name is not UTF-8"


def test_folders_without_end_are_cut(source):
    folder = Source(source({"/".join(["d"] * 101) + "/a.md": "x"}))
    folder.directory()
    assert "more than 100 deep" in folder.problems[0].message


def test_no_file_outside_is_read_through_a_link_or_a_way_up(source, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "secret.md").write_text("secret")
    root = source({"a.md": "here", "sub/b.md": ""})
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    (root / "sub" / "others").symlink_to(tmp_path / "others", target_is_directory=True)
    folder = Source(root)
    outside = ("out.md", "sub/others/secret.md", "../secret.md", "sub/../../secret.md", "/etc/hosts", "..")
    for path in outside:
        with pytest.raises(BadSource, match="outside the imported folder"):
            folder.file(path)
    assert folder.file("sub/../a.md").read_text() == "here"


def test_a_page_is_read_once_for_its_text_and_its_digest(source):
    root = source({"a.md": "one"})
    folder = Source(root)
    assert folder.text("a.md") == "one"
    (root / "a.md").write_text("two, written while the import runs")
    assert folder.digest("a.md") == hashlib.sha256(b"one").hexdigest()


def test_a_hidden_file_is_neither_included_nor_reached_by_a_link(source):
    root = source({"a.md": "", ".git/config": "token"})
    (root / "link.md").symlink_to(root / ".git" / "config")
    folder = Source(root)
    assert folder.directory().files == ["a.md"]
    for written in (".git/config", "/.git/config", "link.md"):
        with pytest.raises(BadSource):
            folder.include(written, "a.md")
