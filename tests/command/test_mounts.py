"""A mounted database is checked, packed and backed up apart from the site's own."""

import pytest

from objpub.database import restore

GROW = "for number in range(50): site['old'].title = str(number % 10) * 200; commit()"


@pytest.fixture
def mounted(folder):
    with folder.joinpath("objpub.toml").open("a") as file:
        file.write('[mounts]\n"/old" = "file:var/old.fs"\n')
    return folder


def test_a_pack_leaves_the_other_database_alone(objpub, mounted):
    objpub("shell", stdin=GROW)
    own, old = mounted / "var/site.fs", mounted / "var/old.fs"
    before = own.stat().st_size, old.stat().st_size
    assert "Packed" in objpub("pack", "--days", "0", "--mount", "/old").output
    assert old.stat().st_size < before[1]
    assert own.stat().st_size >= before[0]
    packed = old.read_bytes()
    objpub("pack", "--days", "0")
    assert old.read_bytes() == packed


def test_a_check_and_a_backup_are_of_the_one_that_is_named(objpub, mounted, tmp_path):
    objpub("shell", stdin="site['old'].title = 'Long ago'\ncommit()")
    own, old = objpub("check").output, objpub("check", "--mount", "/old/").output
    assert "No problem" in own
    assert "No problem" in old
    assert own != old
    objpub("backup", str(tmp_path / "copies"), "--mount", "/old")
    restore(tmp_path / "copies", tmp_path / "back.fs", tmp_path / "blobs")
    assert b"Long ago" in (tmp_path / "back.fs").read_bytes()


def test_a_site_below_a_path_is_called_without_it(objpub, folder):
    with folder.joinpath("objpub.toml").open("a") as file:
        file.write('[server]\nprefix = "/cms"\n')
    assert "200" in objpub("call", "/").output


@pytest.mark.parametrize("command", [["pack"], ["backup", "copies"]])
def test_a_place_without_a_database_is_named_with_those_that_are_there(objpub, mounted, command):
    text = objpub(*command, "--mount", "/new", status=1).output
    assert "No database is mounted at '/new'; mounted by the settings: /old" in " ".join(text.split())
