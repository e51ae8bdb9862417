import subprocess
import sys

import pytest

from .conftest import one_line

GROW = "for number in range(250): site.title = str(number % 10) * 200; commit()"


def test_a_sound_site_has_no_problem(objpub):
    assert "No problem in" in objpub("check").output


def test_a_check_changes_nothing(objpub, folder):
    objpub("check")
    before = folder.joinpath("var", "site.fs").read_bytes()
    objpub("check")
    assert folder.joinpath("var", "site.fs").read_bytes() == before


def test_a_check_finds_a_child_that_hides_a_view(objpub, folder):
    objpub("shell", stdin="from objpub import Folder\nsite.add('later', Folder())\ncommit()")
    with folder.joinpath("objpub.toml").open("a") as file:
        file.write('[site]\napp = "hiding"\n')
    folder.joinpath("hiding.py").write_text(
        "from objpub.content import Site\nfrom objpub.views import view\n\n"
        "@view(Site, 'later')\ndef later(site, request):\n    return 'later'\n"
    )
    text = objpub("check", status=1).output
    assert "/: the child 'later' hides the view" in text
    assert "1 problem in" in text


def test_a_check_finds_a_class_that_is_gone(objpub, folder):
    folder.joinpath("leaving.py").write_text(
        "from objpub import Content\n\nclass Leaf(Content):\n    title: str\n"
    )
    with folder.joinpath("objpub.toml").open("a") as file:
        file.write('[site]\napp = "leaving"\n')
    objpub("shell", stdin="from leaving import Leaf\nsite.add('leaf', Leaf(title='Leaf'))\ncommit()")
    folder.joinpath("leaving.py").write_text("")
    text = subprocess.run(
        [sys.executable, "-m", "objpub.command", "check"], cwd=folder, capture_output=True, text=True
    )
    assert text.returncode == 1, text.stderr
    assert "/leaf: the class leaving.Leaf is gone" in text.stdout


def test_a_pack_says_how_much_smaller_the_file_is(objpub, folder):
    objpub("shell", stdin=GROW)
    before = folder.joinpath("var", "site.fs").stat().st_size
    assert "Packed" in objpub("pack").output
    assert folder.joinpath("var", "site.fs").stat().st_size >= before  # 30 days are kept
    objpub("pack", "--days", "0")
    assert folder.joinpath("var", "site.fs").stat().st_size < before


def test_a_pack_of_more_days_than_there_were_keeps_everything(objpub):
    for days in ("100000", "1e18"):
        assert "0 bytes less" in objpub("pack", "--days", days).output


@pytest.mark.parametrize("days", ["-1", "many", "nan", "inf"])
def test_days_that_are_no_number_are_told_what_was_wanted(objpub, days):
    text = one_line(objpub("pack", "--days", days, status=2))
    assert f"wanted a number from 0 upward, not '{days}'" in text


def test_a_count_that_is_wrong_is_found_and_repaired(objpub):
    objpub("shell", stdin="from objpub import Folder\nsite.add('f', Folder())\ncommit()")
    objpub("shell", stdin="site._count.change(3)\ncommit()")
    text = objpub("check", status=1).output
    assert "/: it counts 4 children, and has 1" in text
    assert "Repaired /: it counts 4 children, and has 1" in objpub("check", "--repair").output
    assert "No problem in" in objpub("check").output


def test_a_child_that_is_missing_is_taken_out_by_a_repair(objpub):
    objpub("shell", stdin="from objpub import Folder\nsite.add('f', Folder()).add('g', Folder())\ncommit()")
    lose = "storage = database.storage\noid = site['f']['g']._p_oid\n"
    lose += "from ZODB.utils import z64\ndel storage._index[oid]\nsite['f']._p_changed = True\ncommit()"
    objpub("shell", stdin=lose)
    assert "which is not there" in objpub("check", status=1).output
    text = objpub("check", "--repair").output
    assert "Repaired /f: the BTree was built anew from 0 entries; left out" in text
    assert "Repaired /f: it counts 1 children, and has 0" in text
    objpub("reindex")
    assert "No problem in" in objpub("check").output
