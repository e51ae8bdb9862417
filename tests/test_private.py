"""What a site keeps is read by its owner only, whatever the umask."""

import os
import stat

import pytest

from objpub import testing
from objpub.content import File
from objpub.database import restore
from objpub.demo import demo_app
from objpub.demo import demo_settings
from objpub.settings import private_file
from objpub.settings import private_folder


@pytest.fixture(autouse=True)
def open_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


def seen_by_others(folder):
    """Return what in *folder* others than the owner can get at."""
    if not rights(folder) & 0o077:
        return []
    return [path for path in folder.iterdir() if path.is_file() and rights(path) & 0o077] + [
        each for path in folder.iterdir() if path.is_dir() for each in seen_by_others(path)
    ]


@pytest.fixture
def site():
    with testing.site(file=True, settings={"secret": ""}) as site:
        with site.work() as root:
            root.add("paper", File.from_bytes(b"x" * 10_000, "paper.txt"))
        yield site


def test_the_folder_of_a_site_is_for_its_owner_only(site):
    assert rights(site.folder / "var") == 0o700
    assert rights(site.folder / "var" / "blobs") == 0o700
    assert rights(site.folder / "var" / "tmp") == 0o700


def test_a_folder_that_was_open_is_closed_at_the_start(tmp_path):
    (tmp_path / "var").mkdir()
    demo_app().open(demo_settings(tmp_path)).close()
    assert rights(tmp_path / "var") == 0o700


def test_the_database_and_what_stands_beside_it_are_for_its_owner_only(site):
    site.database.pack()
    site.application.close()
    files = sorted(site.folder.glob("var/site.fs*"))
    assert [file.name for file in files][:2] == ["site.fs", "site.fs.index"]
    assert {rights(file) for file in files} == {0o600}


def test_a_packed_copy_is_for_its_owner_only_while_it_is_written(site, monkeypatch):
    seen = []
    rename = os.rename

    def watched(source, target):
        seen.append((str(source).rpartition(".")[2], rights(site.folder / source)))
        rename(source, target)

    with site.work() as root:
        root.remove("paper")
    monkeypatch.setattr(os, "rename", watched)
    site.database.pack()
    assert ("pack", 0o600) in seen


def test_a_backup_and_what_is_restored_from_it_are_for_their_owner_only(site):
    kept = site.folder / "kept"
    site.database.backup(kept)
    assert rights(kept) == rights(kept / "blobs") == 0o700
    assert {rights(path) for path in kept.iterdir() if path.is_file()} == {0o600}
    back = site.folder / "back"
    back.mkdir()
    restore(kept, back / "site.fs", back / "blobs")
    assert seen_by_others(back) == []


def test_a_backup_in_an_open_folder_is_closed_too(site):
    kept = site.folder / "kept"
    kept.mkdir()
    site.database.backup(kept)
    site.database.backup(kept)
    assert seen_by_others(kept) == []
    assert not (kept / "tmp.tmp").exists()


def test_a_database_outside_the_site_leaves_the_folder_it_lies_in_as_it_is(tmp_path):
    others = tmp_path / "others"
    others.mkdir(mode=0o755)
    with testing.site(settings={"database.uri": f"file:{others}/site.fs"}):
        assert rights(others) == 0o755
        assert seen_by_others(others) == []


def test_a_folder_that_everybody_writes_to_stays_open(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    assert rights(private_folder(shared)) == 0o1777


def test_a_file_that_is_there_is_closed_and_keeps_what_it_holds(tmp_path):
    file = tmp_path / "file"
    file.write_text("held")
    assert private_file(file).read_text() == "held"
    assert rights(file) == 0o600
