"""What only happens on a terminal: questions, prompts, progress."""

import os
import select
import subprocess
import sys
import time

import pytest

PATIENCE_SECONDS = 180


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, folder, *words):
        self.master, slave = os.openpty()
        environ = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "objpub.command", *words],
            cwd=folder,
            env=environ,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""

    def wait_for(self, words):
        """Read until *words* are shown."""
        begun = time.monotonic()
        while words not in self.shown:
            assert time.monotonic() - begun < PATIENCE_SECONDS, self.shown
            self.read()

    def read(self):
        """Read what is there; return whether there can be more."""
        ready, _, _ = select.select([self.master], [], [], 0.2)
        if ready:
            try:
                found = os.read(self.master, 65_536)
            except OSError:  # the other side was closed
                return False
            self.shown += found.decode("utf-8", "replace")
            return bool(found)
        return self.process.poll() is None

    def type(self, line):
        os.write(self.master, f"{line}\n".encode())

    def end(self):
        """Read to the end, and return the status."""
        while self.read():
            pass
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def terminal(folder):
    started = []

    def start(*words):
        started.append(Terminal(folder, *words))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()
        os.close(each.master)


def test_a_password_is_asked_for_twice_and_never_shown(terminal, objpub):
    running = terminal("user", "add", "ann")
    running.wait_for("New password for ann")
    running.type("a long enough passphrase")
    running.wait_for("Once more")
    running.type("a long enough passphrase")
    assert running.end() == 0
    assert "Added the user ann" in running.shown
    assert "passphrase" not in running.shown


def test_ctrl_c_at_the_question_changes_nothing(terminal, objpub):
    running = terminal("user", "add", "ann")
    running.wait_for("New password for ann")
    running.process.send_signal(2)
    assert running.end() == 130
    assert "Stopped." in running.shown
    assert "Traceback" not in running.shown
    assert "ann" not in objpub("user", "list").output


def test_the_shell_says_what_there_is_and_commits(terminal, objpub):
    running = terminal("shell")
    running.wait_for(">>> ")
    assert "site" in running.shown
    assert "commit(" in running.shown
    running.type("site.title = 'Coast'")
    running.type("commit('Named the site')")
    running.type("exit()")
    assert running.end() == 0
    assert objpub("shell", stdin="print(site.title)").output == "Coast\n"


def test_an_import_shows_how_far_it_is(terminal, objpub, folder):
    folder.joinpath("notes").mkdir()
    for number in range(250):
        folder.joinpath("notes", f"{number}.md").write_text(f"# Note {number}\n")
    running = terminal("import", "notes", "/notes")
    assert running.end() == 0
    assert "Importing" in running.shown
    assert "/251" in running.shown
    assert "250 pages added" in running.shown
