"""What is measured: three requests, and the tree that both sides have."""

import io
import itertools
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SECTIONS, FOLDERS, DOCUMENTS = 10, 100, 10
BODY = "<p>A tree of persistent objects lives in a database; a URL is a walk through that tree.</p>\n" * 12


@dataclass(frozen=True)
class Case:
    """A kind of request.

    view: its name at a document. status: the right answer. target: the most it may cost, as a multiple of the
    baseline.
    """

    name: str
    title: str
    method: str
    view: str
    status: str
    target: float


CASES = (
    Case("fixed", "two bytes at depth 3", "GET", "ok", "200 OK", 1.8),
    Case("page", "page with layout and navigation", "GET", "", "200 OK", 1.25),
    Case("write", "a write", "POST", "label", "303 See Other", 1.4),
)


@dataclass(frozen=True)
class Size:
    """How large the tree is: sections in the site, folders in each, documents in each of those."""

    sections: int = SECTIONS
    folders: int = FOLDERS
    documents: int = DOCUMENTS


def places(size, count=40):
    """Return the paths of *count* documents all over the tree, without a slash at the end."""
    path = "/section-{}/folder-{}/document-{}"
    return [
        path.format(number % size.sections, number * 7 % size.folders, number % size.documents)
        for number in range(count)
    ]


ENVIRON = {  # as a browser asks; it takes no gzip, because the baseline has none to give
    "SCRIPT_NAME": "",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8080",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "127.0.0.1:8080",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "HTTP_ACCEPT_LANGUAGE": "en-US,en;q=0.5",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(),
    "wsgi.errors": io.StringIO(),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


class Asking:
    """Sends requests of one case to an application, each to another document in turn."""

    def __init__(self, application, case, size):
        self.application = application
        self.case = case
        self.paths = itertools.cycle([f"{path}/{case.view}" if case.view else path for path in places(size)])
        self.numbers = itertools.count(1)

    def environ(self):
        """Return what a server gives for one request."""
        environ = {**ENVIRON, "REQUEST_METHOD": self.case.method, "PATH_INFO": next(self.paths)}
        if self.case.method == "POST":
            body = b"label=Number+%d" % next(self.numbers)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
            environ["HTTP_ORIGIN"] = "http://127.0.0.1:8080"
        return environ

    def one(self):
        """Send one request; return status, headers and body."""
        answer = []
        blocks = self.application(self.environ(), lambda status, headers: answer.extend((status, headers)))
        return answer[0], answer[1], b"".join(blocks)

    def check(self):
        """Send one request and look at its answer: a mistake would be measured as if it were speed."""
        status, _, body = self.one()
        if status != self.case.status:
            raise SystemExit(f"{self.case.name}: wanted {self.case.status}, got {status}: {body[:500]!r}")
        return body

    def run(self, count):
        """Send *count* requests."""
        for _ in range(count):
            self.one()
