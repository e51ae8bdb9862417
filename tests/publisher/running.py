"""A site that answers over a socket, and a client that sends what no browser would.

SERVED_BY=granian in the environment lets it answer every test that is not run with both servers anyway.
"""

import base64
import http.client
import json
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

import pytest

from objpub.publisher import server_for
from objpub.testing import PASSWORD

NEEDS_GRANIAN = pytest.mark.skipif(find_spec("granian") is None, reason="granian is not installed")
#: Both servers, for tests that say `@pytest.mark.parametrize("software", BOTH)`.
BOTH = ["waitress", pytest.param("granian", marks=NEEDS_GRANIAN)]
USUAL = os.environ.get("SERVED_BY", "waitress")


@contextmanager
def served(site, threads=4, software=USUAL):
    """Give a `Wire` to *site*, a site under test, which answers over a socket until the end of the block."""
    server = server_for(site.application, "127.0.0.1", 0, threads, software=software)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Wire(server.port)
    finally:
        server.stop()
        thread.join(30)
        assert not thread.is_alive()


@dataclass
class Answer:
    """What came back. headers: pairs, as they came."""

    status: int
    headers: list
    body: bytes

    def header(self, name):
        """Return the value of a header, or None; several are joined by newlines."""
        found = [value for each, value in self.headers if each.lower() == name.lower()]
        return "\n".join(found) if found else None

    @property
    def text(self):
        """Return the body as text."""
        return self.body.decode()

    @property
    def json(self):
        """Return the body as JSON."""
        return json.loads(self.body)

    def cookies(self):
        """Return a header `Cookie` with every cookie that was set."""
        values = (self.header("Set-Cookie") or "").splitlines()
        return "; ".join(value.partition(";")[0] for value in values)


class Wire:
    """Sends requests to a port; each has a connection of its own."""

    def __init__(self, port):
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"

    def ask(self, method, path, body=None, **headers):
        """Return the answer to a request; headers are written with "_" for "-"."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
            if body is not None and "Content-Type" not in sent:
                sent["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def sign_in(self, name, password=PASSWORD, **headers):
        """Return the header `Cookie` of a new session."""
        answer = self.ask("POST", "/login", f"name={name}&password={password}", Origin=self.origin, **headers)
        assert answer.status == 303, answer
        return answer.cookies()


def basic(name, password=PASSWORD, charset="utf-8"):
    """Return the header `Authorization` with a name and a password."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode(charset)).decode()


def nobody_holds_a_connection(site):
    """Is every connection given back, also that of the thread which builds indexes at the start?"""
    for _ in range(1_000):
        figures = site.database.figures()
        if figures["connections"] == figures["idle_pairs"]:
            return True
        threading.Event().wait(0.01)
    return False
