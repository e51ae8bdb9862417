"""What docs/howto/deploy.md says of a whole site, done literally: only ports and folders are others."""

import http.client
import os
import re
import shlex
import signal
import ssl
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crawling import Browser
from tests.crawling import crawl
from tests.directory import CERTIFICATE
from tests.directory import free_port
from tests.directory import KEY
from tests.directory import wait_for
from tests.engines import Cluster
from tests.fronting import CONFIGURATION
from tests.fronting import nginx_program
from tests.test_docs import blocks_of
from tests.test_docs import DOCS

PAGE = DOCS / "howto" / "deploy.md"
HEADING = "## All of it, from an empty machine"
SITE = "https://www.example.org/coast/"
PASSWORD = "a long pass phrase of the test"
CLIENTS = 100
REQUESTS = 5  # of each client, over one connection
PATIENCE_SECONDS = 180


class Machine:
    """A machine like the one of the page. folder: in place of `/`. port: in place of 443."""

    def __init__(self, folder, cluster):
        self.folder = folder
        self.home = folder / "srv" / "coast"
        self.port = free_port()
        self.environ = {
            **os.environ,
            "PATH": f"{os.path.dirname(sys.executable)}:{cluster.programs}:{os.environ['PATH']}",
            "PGHOST": str(cluster.folder),
        }

    def here(self, text):
        """Return *text* with the folders and the port of this machine."""
        text = text.replace("/srv/coast", str(self.home)).replace(
            "listen 443", f"listen 127.0.0.1:{self.port}"
        )
        return re.sub(r"/etc/ssl/\S+\.pem", str(CERTIFICATE), re.sub(r"/etc/ssl/\S+\.key", str(KEY), text))

    def run(self, line):
        """Run one command line of the page: that of PostgreSQL as its first user, the others in the site."""
        words = shlex.split(self.here(line))
        environ = {**self.environ, "PGUSER": "objpub"} if words[0].startswith("create") else self.environ
        folder = self.home if self.home.exists() else self.folder
        subprocess.run(
            words, cwd=folder, env=environ, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True
        )

    @contextmanager
    def serving(self, line):
        """Run the command line that serves the site until the end of the block."""
        with open(self.home / "output.txt", "w") as output:
            process = subprocess.Popen(
                shlex.split(line), cwd=self.home, env=self.environ, stdout=output, stderr=output
            )
            try:
                self.wait_for_socket(process)
                self.server = process.pid
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE_SECONDS) == 0, self.said()

    def wait_for_socket(self, process):
        """Wait until somebody answers at the socket."""
        stopped = threading.Event()
        for _ in range(PATIENCE_SECONDS * 10):
            assert process.poll() is None, self.said()
            if (self.home / "var" / "site.sock").exists():
                return
            stopped.wait(0.1)
        raise AssertionError(self.said())

    def workers(self):
        """Return the numbers of the processes that answer."""
        return Path(f"/proc/{self.server}/task/{self.server}/children").read_text().split()

    def said(self):
        """Return what the server printed."""
        return (self.home / "output.txt").read_text()

    @contextmanager
    def fronted(self, configuration):
        """Run nginx with the *configuration* of the page, in what Debian puts around it."""
        around = CONFIGURATION.partition("    proxy_http_version")[0].replace(
            "connections 64", "connections 512"
        )
        file = self.folder / "nginx.conf"
        file.write_text(around.format(folder=self.folder) + self.here(configuration) + "\n}\n")
        command = [nginx_program(), "-p", self.folder, "-e", self.folder / "error.log", "-c", file]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                wait_for(self.port, process, "nginx")
                yield
            finally:
                process.terminate()
                process.wait(PATIENCE_SECONDS)


def commands_and_files():
    """Yield (kind, text, name) of each example of the section in its order: "file", or "command"."""
    section = PAGE.read_text("utf-8").partition(HEADING)[2].partition("\n## ")[0]
    for block in blocks_of(section):
        if "file" in block.options:
            yield "file", block.code, block.options["file"]
        elif block.language == "console":
            yield from (
                ("command", line[2:], "") for line in block.code.splitlines() if line.startswith("$ ")
            )


@pytest.fixture
def machine(tmp_path):
    """A machine on which the page was followed to its end: the site is served, with nginx in front."""
    with ExitStack() as stack:
        cluster = Cluster()
        stack.callback(cluster.close)
        machine = Machine(tmp_path, cluster)
        for kind, text, name in commands_and_files():
            if name.endswith(".conf"):
                stack.enter_context(machine.fronted(text))
            elif kind == "file":
                machine.home.joinpath(name).write_text(machine.here(text))
            elif text == "objpub serve":
                stack.enter_context(machine.serving(text))
            else:
                machine.run(text)
        yield machine


def ask_often(machine, found):
    """Be one visitor with one connection, kept open; note each answer in *found*."""
    context = ssl.create_default_context(cafile=CERTIFICATE)
    context.check_hostname = False
    connection = http.client.HTTPSConnection(
        "127.0.0.1", machine.port, timeout=PATIENCE_SECONDS, context=context
    )
    for _ in range(REQUESTS):
        connection.request(
            "GET", "/coast/welcome", headers={"Host": "www.example.org", "Accept": "text/html"}
        )
        answer = connection.getresponse()
        text = answer.read().decode()
        found.append((answer.status, "<h1>Welcome</h1>" in text, answer.getheader("Connection") != "close"))
    connection.close()


@pytest.mark.slow
def test_the_page_leads_to_a_site_behind_nginx_with_right_addresses_and_no_error(machine):
    browser = Browser({"https": machine.port})
    try:
        seen, problems = crawl(browser, SITE)
        assert problems == []
        assert f"{SITE}welcome" in seen
        assert browser.ask(f"{SITE}ready")[0] == 200
        assert browser.ask(f"{SITE}", headers={"Host": "evil.example"})[0] in (400, 404, 421)
        browser.sign_in(SITE, "ann", PASSWORD)
        assert {cookie.path for cookie in browser.jar} == {"/coast"}
        assert all(cookie.secure for cookie in browser.jar)
        assert "Signed in as" in browser.ask(SITE)[2]
    finally:
        browser.close()
    found = []
    clients = [threading.Thread(target=ask_often, args=(machine, found)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert Counter(found) == {(200, True, True): CLIENTS * REQUESTS}
    assert len(machine.workers()) == 2
    assert re.search(r'^127\.0\.0\.1 .*"GET /welcome', machine.said(), re.MULTILINE)  # whom nginx names
    assert "Traceback" not in machine.said()
    assert (machine.folder / "error.log").read_text() == ""
