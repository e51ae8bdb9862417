"""Many people who write to one place at the same time, over HTTP, to `objpub serve` in another process.

python -m tests.scenario.stress              200 increments and 500 children by each of 8 threads
python -m tests.scenario.stress 1000 2000    so many

Says how long the increments of the one counter took, too: one in a hundred may take more than 150 ms.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

THREADS = 8
INCREMENTS = 200
CHILDREN = 500
ALIKE = 50  # children with the same title
MOST_MS = 150
ROOT = Path(__file__).parent.parent.parent
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SETTINGS = f"""\
[site]
app = "tests.scenario.crowd_site"
[server]
threads = {THREADS}
[log]
access = false
"""
ONE_ATTEMPT = {"OBJPUB_LIMITS_ATTEMPTS": "1", "OBJPUB_LIMITS_RETRY_SECONDS": "0"}
START_SECONDS = 120


class Served:
    """`objpub serve` over the database in *folder*. environment: settings that are changed for it."""

    settings = SETTINGS

    def __init__(self, folder, **environment):
        Path(folder, "objpub.toml").write_text(self.settings)
        self.log = Path(folder, "log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "objpub.command", "serve", "--port", "0"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            )
        try:
            self.port = self._port()
        except BaseException:
            self.kill()
            raise

    def _port(self):
        """Return the port in the address that the server prints."""
        end = time.monotonic() + START_SECONDS
        while (match := re.search(r"http://localhost:(\d+)/", self.log.read_text())) is None:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.02)
        return int(match[1])

    def post(self, path, **values):
        """Send a form over a new connection; return the status of the answer, and its text."""
        with contextlib.closing(self.connection()) as connection:
            return ask(connection, "POST", path, **values)

    def get(self, path):
        """Return the text of the page at *path*."""
        with contextlib.closing(self.connection()) as connection:
            status, text = ask(connection, "GET", path)
        assert status == 200, text
        return text

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def conflicts(self):
        """Return how many of the first, second … attempts met a conflict."""
        found = json.loads(self.get("/conflicts"))
        return Counter({int(number): count for number, count in found.items()})

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.log.read_text()

    def kill(self):
        """End it, if it has not ended yet."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def served(folder, kind=Served, **environment):
    """Serve until the end of the block. kind: `Served`, or a class with other settings."""
    running = kind(folder, **environment)
    try:
        yield running
        running.end()
        assert "Traceback" not in running.log.read_text()
    finally:
        running.kill()


def ask(connection, method, path, **values):
    """Send one request; return the status and the text of the answer."""
    connection.request(method, path, urlencode(values) if method == "POST" else None, FORM)
    response = connection.getresponse()
    return response.status, response.read().decode()


def crowd(running, path, forms, seconds=None):
    """Let each of THREADS threads post, one after the other, the forms that `forms(thread)` yields to *path*.

    seconds: a list that gets how long each answer took.
    Returns how often each status was answered, and the texts of those that are 200.
    """
    seconds = [] if seconds is None else seconds
    start = threading.Barrier(THREADS)

    def work(thread):
        with contextlib.closing(running.connection()) as connection:
            connection.connect()
            start.wait()
            return [timed(seconds, connection, path, form) for form in forms(thread)]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [answer for done in pool.map(work, range(THREADS)) for answer in done]
    return Counter(status for status, _ in answers), [text for status, text in answers if status == 200]


def timed(seconds, connection, path, form):
    """Post *form*; return what `ask` does, and add to *seconds* how long it took."""
    begun = time.monotonic()
    answer = ask(connection, "POST", path, **form)
    seconds.append(time.monotonic() - begun)
    return answer


def increments(running, each, seconds=None):
    """Increment one counter; assert that none is lost and none fails. Return the conflicts it took."""
    before, count = running.conflicts(), int(running.get("/here"))
    statuses, texts = crowd(running, "/here/increment", lambda thread: [{}] * each, seconds)
    total = THREADS * each
    assert statuses == {200: total}
    assert sorted(map(int, texts)) == list(range(count + 1, count + total + 1))  # each saw the one before
    assert int(running.get("/here")) == count + total
    return running.conflicts() - before


def children(running, folder, each):
    """Add children with titles of their own; assert that all are there. Return the conflicts it took."""
    before = running.conflicts()
    statuses, texts = crowd(
        running, f"/{folder}/put", lambda thread: [{"title": f"{thread} {n}"} for n in range(each)]
    )
    wanted = {f"{thread}-{number}" for thread in range(THREADS) for number in range(each)}
    assert statuses == {200: THREADS * each}
    assert set(texts) == wanted
    assert_names(running, folder, wanted)
    return running.conflicts() - before


def alike(running, folder, each):
    """Add children that all have one title; assert that each got a name. Return the conflicts it took."""
    before = running.conflicts()
    statuses, texts = crowd(running, f"/{folder}/put", lambda thread: [{"title": "Tides"}] * each)
    assert statuses == {200: THREADS * each}
    assert {"tides", *(f"tides-{number}" for number in range(2, 10))} <= set(texts)
    assert all(re.fullmatch(r"tides(-\d+)?", name) for name in texts)
    assert_names(running, folder, set(texts))
    return running.conflicts() - before


def assert_names(running, folder, wanted):
    found = json.loads(running.get(f"/{folder}/names"))
    assert (len(found["names"]), found["length"]) == (len(wanted), len(wanted))
    assert set(found["names"]) == wanted


def told(title, seconds, conflicts):
    """Return a line with the histogram of the conflicts."""
    histogram = ", ".join(f"{number}: {count}" for number, count in sorted(conflicts.items()))
    return f"{title}: {seconds:.1f} s, {conflicts.total()} retries; by attempt {{{histogram}}}"


def percentile(seconds, share):
    """Return the milliseconds within which *share*, such as 0.99, of *seconds* lie."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))] * 1000


def stress(folder, increments_each, children_each, alike_each, say=print):
    """Do everything; return all conflicts. Raises AssertionError for whatever is lost or fails."""
    seconds = []
    work = [(f"{increments_each} increments by each of {THREADS}", increments, (increments_each, seconds))]
    for name in ("plain", "ordered"):
        work.append((f"{children_each} children each, {name}", children, (name, children_each)))
        work.append(
            (f"{alike_each} children each of one title, {name}", alike, (f"alike-{name}", alike_each))
        )
    total = Counter()
    with served(folder) as running:
        for title, function, arguments in work:
            begun = time.monotonic()
            found = function(running, *arguments)
            say(told(title, time.monotonic() - begun, found))
            total += found
    middle, most = percentile(seconds, 0.5), percentile(seconds, 0.99)
    say(
        f"An increment took {middle:.1f} ms (median), {most:.1f} ms (p99); wanted p99 of {MOST_MS} ms at most"
    )
    return total


def main(increments_each=INCREMENTS, children_each=CHILDREN):
    """Do what the command line asks for; print what was seen."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="objpub-stress-") as folder:
        total = stress(folder, increments_each, children_each, ALIKE)
    assert total.total() >= 100, total
    print(told("All", time.monotonic() - begun, total))
    with (
        tempfile.TemporaryDirectory(prefix="objpub-stress-") as folder,
        served(folder, **ONE_ATTEMPT) as running,
    ):
        statuses, _ = crowd(running, "/here/increment", lambda thread: [{}] * increments_each)
        assert statuses[503] > 0, statuses
        print(f"With one attempt only: {statuses[503]} of {statuses.total()} increments fail")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:3]))
