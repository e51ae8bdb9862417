"""`objpub convert` and `objpub digest`."""

import os
import signal

from objpub.database import convert

from .conftest import held
from .conftest import one_line
from .test_terminal import Terminal

OWN = "file:var/site.fs?blobs=var/blobs"
GROW = "for number in range(400): site.title = str(number); commit()"


def test_a_site_goes_to_another_engine_and_back(objpub, folder):
    objpub("shell", stdin="site.title = 'Coast'\ncommit()")
    own = objpub("digest").output
    said = objpub("convert", OWN, "sqlite:var/site.sqlite").output.splitlines()
    assert said[0].startswith("Copied ")
    assert "with their past" in said[1]
    assert said[2] == own.split()[0]
    assert objpub("digest", "sqlite:var/site.sqlite").output == own
    folder.joinpath("objpub.toml").write_text('[database]\nuri = "sqlite:var/site.sqlite"\n')
    assert objpub("shell", stdin="print(site.title)").output == "Coast\n"
    assert objpub("digest").output == own
    said = objpub("convert", "sqlite:var/site.sqlite", "sqlite:plain?history=no").output
    assert "without their past, which one of the engines does not keep" in said


def test_a_site_that_runs_is_converted(objpub, folder):
    objpub("user", "list")
    with held():
        objpub("convert", OWN, "sqlite:lite")
        assert objpub("digest").output == objpub("digest", "sqlite:lite").output


def test_what_cannot_be_converted_is_told_in_one_line(objpub, folder):
    assert "There is no database" in one_line(objpub("convert", OWN, "sqlite:lite", status=1))
    assert "No engine for 'somewhere'" in one_line(objpub("convert", "somewhere", "sqlite:lite", status=1))
    assert "Missing argument 'TO'" in one_line(objpub("convert", "somewhere", status=2))
    objpub("user", "list")
    objpub("convert", OWN, "file:copy.fs?blobs=copies")
    objpub("shell", stdin="site.title = 'Coast'\ncommit()")
    line = one_line(objpub("convert", "file:copy.fs?blobs=copies", OWN, status=1))
    assert "There is something else in" in line


def test_ctrl_c_loses_nothing_and_the_same_command_goes_on(objpub, folder):
    target = "sqlite:lite"
    objpub("shell", stdin=GROW)
    terminal = Terminal(folder, "convert", OWN, target)
    terminal.wait_for("Copying")
    os.killpg(terminal.process.pid, signal.SIGINT)
    assert terminal.end() == 130
    assert "the same command goes on from here" in terminal.shown
    done = convert(OWN, target, root=folder)
    assert 0 < done.transactions
    assert objpub("digest", target).output == objpub("digest").output
