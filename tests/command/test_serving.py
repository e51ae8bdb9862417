import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager

import pytest

from .conftest import one_line

PATIENCE_SECONDS = 300


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Served:
    """An `objpub serve` in a process of its own. lines: what it has printed so far."""

    def __init__(self, folder, *words):
        self.port = free_port()
        self.output = open(folder / "output.txt", "w+")
        command = [sys.executable, "-m", "objpub.command", "serve", "--port", str(self.port), *words]
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output
        )

    def get(self, path):
        """Return status and text of the answer; 0 and why where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, repr(error)

    def wait_for(self, path, condition):
        """Ask for *path* until *condition* holds for its (status, text)."""
        begun = time.monotonic()
        while not condition(*(answer := self.get(path))):
            assert time.monotonic() - begun < PATIENCE_SECONDS, (answer, self.printed())
            time.sleep(0.05)

    def wait_for_line(self, words):
        """Wait until *words* were printed."""
        begun = time.monotonic()
        while words not in self.printed():
            assert time.monotonic() - begun < PATIENCE_SECONDS, self.printed()
            time.sleep(0.05)

    def printed(self):
        self.output.flush()
        with open(self.output.name) as file:
            return file.read()

    def stop(self, sign=signal.SIGTERM):
        """End the process by a signal, and return its status."""
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def served(folder, *words):
    running = Served(folder, *words)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
        running.output.close()


def is_there(status, text):
    return status == 200


def sign_in(running, name, password):
    """Send the form to sign in; return the status of the answer, and the cookies."""
    data = urllib.parse.urlencode({"name": name, "password": password}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{running.port}/login", data)
    request.add_header("Origin", f"http://127.0.0.1:{running.port}")
    opener = urllib.request.build_opener(NoRedirects)
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def test_the_first_start_prints_address_and_sign_in_and_later_ones_how_to_set_a_password(objpub, folder):
    with served(folder) as running:
        running.wait_for("/", is_there)
        printed = running.printed()
        assert f":{running.port}/" in printed
        password = re.search(r"as admin, password: (\S+)", printed)[1]
        assert sign_in(running, "admin", password) == 303
        assert sign_in(running, "admin", "wrong password") == 401
        assert running.stop() == 0
    with served(folder) as running:
        running.wait_for("/", is_there)
        printed = running.printed()
        assert password not in printed
        assert "objpub user passwd admin" in printed
        assert sign_in(running, "admin", password) == 303
    objpub("user", "passwd", "admin", stdin="another long passphrase\n")
    with served(folder) as running:
        running.wait_for("/", is_there)
        assert sign_in(running, "admin", password) == 401
        assert sign_in(running, "admin", "another long passphrase") == 303


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_the_status_0(objpub, folder, sign):
    with served(folder) as running:
        running.wait_for("/", is_there)
        assert running.stop(sign) == 0
        assert "Traceback" not in running.printed()


def test_commands_say_who_holds_the_database_and_serve_a_second_time_does_too(objpub, folder):
    with served(folder) as running:
        running.wait_for("/", is_there)
        for words in (("user", "list"), ("serve", "--port", str(free_port()))):
            text = objpub(*words, status=1).stderr
            assert f"in use by process {running.process.pid}" in text
            assert "Ctrl-C" in text
        assert "Backed up" in objpub("backup", "copies").output


def test_a_port_that_is_taken_is_told_in_one_line(objpub, folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port}" in one_line(objpub("serve", "--port", port, status=1))


def test_the_sign_in_is_not_lost_when_the_first_start_finds_its_port_taken(objpub, folder):
    test_a_port_that_is_taken_is_told_in_one_line(objpub, folder)
    assert "admin" not in objpub("user", "list").output


def test_a_site_with_users_gets_no_admin(objpub, folder):
    objpub("user", "add", "ann", "--role", "manager", "--no-password")
    with served(folder) as running:
        running.wait_for("/", is_there)
        assert "objpub user passwd ann" in running.printed()
    assert "admin" not in objpub("user", "list").output


@pytest.mark.slow
def test_code_and_templates_are_reloaded(objpub, folder):
    objpub("init", "sandbank")
    site = folder / "sandbank"
    views, template = site / "sandbank" / "views.py", site / "sandbank" / "templates" / "article.pt"
    code, page = views.read_text(), template.read_text()
    plain = code.replace("    return {}", '    return "plain words"')
    with served(site, "--reload") as running:
        running.wait_for("/welcome", is_there)
        template.write_text(page.replace("<h1>", "<h1>Newly: "))
        running.wait_for("/welcome", lambda status, text: "Newly" in text)
        views.write_text(plain)
        running.wait_for("/welcome", lambda status, text: text == "plain words")
        assert "views.py was changed: starting again" in running.printed()

        views.write_text(code.replace("    return {}", "    return {"))
        running.wait_for_line("The next change starts it again")
        assert "was never closed" in running.printed()
        views.write_text(code)
        running.wait_for("/welcome", lambda status, text: "Newly" in text)

        views.write_text(
            code + '\n\n@view(Article, "print")\ndef printed(article, request):\n    return {}\n'
        )
        running.wait_for_line("article-print.pt")
        template.with_name("article-print.pt").write_text("<b>${context.title}</b>")
        running.wait_for("/welcome/print", lambda status, text: text.strip() == "<b>Welcome</b>")
        assert running.stop() == 0
        assert "Traceback" not in running.printed()
