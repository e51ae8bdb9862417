"""Wrong passwords for one account from fifty addresses, against `objpub serve` in a process of its own.

python -m tests.security.siege          for two minutes, with half as long before and after, to compare
python -m tests.security.siege 30       for so many seconds

Every address, 127.0.0.2 to 127.0.0.51, tries twice a second, whatever the answers are. Meanwhile readers ask
for pages, and the owner signs in. Times are counted from when a request should have been sent, so a server
that makes its clients wait does not look better for it.
"""

import contextlib
import http.client
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import UTC
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from tests.scenario.stress import FORM
from tests.scenario.stress import Served
from tests.security.besieged import kept
from tests.security.besieged import PAGES
from tests.security.besieged import prepared

ADDRESSES = [f"127.0.0.{number}" for number in range(2, 52)]
EACH_SECOND = 2  # tries of each address
READ_EACH_SECOND = 20
READERS = 8
SECONDS = 120
OWNER = "olive"
PASSWORD = "kelp forest at 7 fathoms"
GUESS = "guessed-by-"  # each guess begins so, with its address and its number after it
HOME = "127.0.0.1"  # where the owner signed in before
STRANGE = "127.0.0.99"
NEVER_SEEN = "127.0.0.98"
PATHS = ["/", "/login", *(f"/page{number}" for number in range(PAGES))]
SETTINGS = """\
[site]
app = "tests.security.besieged"
"""


class Besieged(Served):
    """`objpub serve` over a new site; its log and its access log are in the file `log`."""

    settings = SETTINGS

    def memory(self):
        """Return the bytes of memory that it holds; 0 on machines that do not tell."""
        file = Path(f"/proc/{self.process.pid}/statm")
        return int(file.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if file.exists() else 0


@dataclass
class Seen:
    """What was seen. tries: statuses of the guesses; owner: how often which way of his was answered how.

    times: seconds by phase, of the pages that others read. memory: bytes by phase, a number each half second.
    secrets: what must be in no log. counted, sessions, entries: what the site keeps in the end.
    """

    tries: Counter = field(default_factory=Counter)
    owner: Counter = field(default_factory=Counter)
    times: dict = field(default_factory=dict)
    memory: dict = field(default_factory=dict)
    secrets: dict = field(default_factory=dict)
    pages: str = ""
    counted: int = 0
    sessions: int = 0
    entries: list = field(default_factory=list)


def asked(port, address, method, path, body=None, **headers):
    """Send one request from *address*; return the answer, with its `text`."""
    connection = http.client.HTTPConnection(HOME, port, timeout=60, source_address=(address, 0))
    with contextlib.closing(connection):
        sent = urlencode(body) if body is not None else None
        connection.request(method, path, sent, {**(FORM if sent else {}), **headers})
        response = connection.getresponse()
        response.text = response.read().decode()
        return response


# Those who attack, in a process of their own: their work must not be taken for the server's


def attack(port, seconds):
    """Let every address guess for so long; return how often which status was answered."""
    start = time.monotonic() + 0.1
    with ThreadPoolExecutor(len(ADDRESSES)) as pool:
        found = pool.map(lambda number: guess(port, number, start, seconds), range(len(ADDRESSES)))
        return sum(found, Counter())


def guess(port, number, start, seconds):
    """Guess from one address, at moments that do not depend on the answers."""
    address, found = ADDRESSES[number], Counter()
    connection = http.client.HTTPConnection(HOME, port, timeout=60, source_address=(address, 0))
    with contextlib.closing(connection):
        for turn in range(round(seconds * EACH_SECOND)):
            time.sleep(max(0.0, start + (turn + number / len(ADDRESSES)) / EACH_SECOND - time.monotonic()))
            slip = turn == 3 and number < 5  # a password where the name belongs
            name = f"{GUESS}{address}-as-a-name" if slip else OWNER
            connection.request(
                "POST", "/login", urlencode({"name": name, "password": f"{GUESS}{address}-{turn}"}), FORM
            )
            response = connection.getresponse()
            response.read()
            found[response.status] += 1
    return found


# Everybody else


def read(port, seconds):
    """Read pages at moments that do not depend on the answers; return the seconds that each took."""
    start, numbers, times = time.monotonic() + 0.1, count(), []

    def work():
        connection = http.client.HTTPConnection(HOME, port, timeout=60)
        with contextlib.closing(connection):
            while (at := start + (number := next(numbers)) / READ_EACH_SECOND) < start + seconds:
                time.sleep(max(0.0, at - time.monotonic()))
                connection.request("GET", PATHS[number % len(PATHS)])
                response = connection.getresponse()
                response.read()
                assert response.status == 200, response.status
                times.append(time.monotonic() - at)

    with ThreadPoolExecutor(READERS) as pool:
        for done in [pool.submit(work) for _ in range(READERS)]:
            done.result()
    return times


class Owner:
    """Who the account belongs to. cookies: of the browser that signed in before it began."""

    def __init__(self, port, seen):
        self.port = port
        self.seen = seen
        self.cookies = {}
        self.sign_in("before", HOME)

    def sign_in(self, way, address, password=PASSWORD, **cookies):
        """Sign in from *address*, and note the status; keep the cookies."""
        header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        body = {"name": OWNER, "password": password}
        answer = asked(self.port, address, "POST", "/login", body, **(header if cookies else {}))
        self.seen.owner[way, answer.status] += 1
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
                self.seen.secrets[f"{name} {len(self.seen.secrets)}"] = value.rpartition(".")[0] or value

    def ways(self, token):
        """Do what an owner does while others guess; each way is told by where it comes from."""
        mark = {name: value for name, value in self.cookies.items() if "mark" in name}
        session = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = asked(self.port, STRANGE, "GET", "/mine", Cookie=session)
        self.seen.owner["with the session", answer.status] += 1
        bearer = {"Authorization": f"Bearer {token}"}
        answer = asked(self.port, STRANGE, "GET", "/mine", **bearer)
        self.seen.owner["with a token", answer.status] += 1
        self.sign_in("from a known address", HOME)
        self.sign_in("with a known browser", STRANGE, **mark)
        breaks = {"name": OWNER, "password": f"{GUESS}in-a-ticket"}
        answer = asked(self.port, STRANGE, "POST", "/breaks", breaks)
        self.seen.owner["a view fails", answer.status] += 1
        self.seen.pages += answer.text


def siege(folder, seconds, quiet=0.0):
    """Prepare a site in *folder*, serve it, attack it for so long, and return what was seen.

    quiet: seconds before and after it in which pages are read, to compare.
    """
    folder = Path(folder)
    (folder / "objpub.toml").write_text(SETTINGS)
    token, link = prepared(folder, OWNER, PASSWORD)
    seen = Seen(secrets={"password": PASSWORD, "token": token, "link": link, "a guess": GUESS})
    running = Besieged(folder)
    try:
        owner = Owner(running.port, seen)
        if quiet:
            read(running.port, min(5.0, quiet))  # what is slow at the first time only
            phase(seen, running, "before", lambda: read(running.port, quiet))
        phase(seen, running, "during", lambda: storm(seen, running, owner, token, seconds))
        if quiet:
            phase(seen, running, "after", lambda: read(running.port, quiet))
        look(seen, running, owner)
        running.end()
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
    seen.counted, seen.sessions, seen.entries = kept(folder)
    return seen


def phase(seen, running, name, work):
    """Do *work*, which returns times, and look at the memory meanwhile."""
    over, memory = threading.Event(), seen.memory.setdefault(name, [])

    def watch():
        while not over.wait(0.5):
            memory.append(running.memory())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        seen.times[name] = work()
    finally:
        over.set()
        watching.join()


def storm(seen, running, owner, token, seconds):
    """Let others attack for so long; meanwhile read pages, and do what the owner does."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as processes, ThreadPoolExecutor(2) as threads:
        processes.submit(time.monotonic).result()  # it has started
        attacking = processes.submit(attack, running.port, seconds)
        reading = threads.submit(read, running.port, seconds)
        for _ in range(3):
            time.sleep(seconds / 4)
            owner.ways(token)
            if seconds >= SECONDS:  # by then the waits are so long that the right password meets one
                owner.sign_in("from elsewhere", NEVER_SEEN)
        seen.tries += attacking.result()
        return reading.result()


def look(seen, running, owner):
    """Read what the owner reads afterwards: the audit record, as a page and as a file, and the reset link."""
    cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
    headers = {"Cookie": cookie, "Origin": f"http://{HOME}:{running.port}"}
    for method, path, form in (("GET", "audit", None), ("POST", "audit-export", {"kind": "csv"})):
        answer = asked(running.port, HOME, method, f"/manage/@@{path}", form, **headers)
        seen.owner["the record", answer.status] += 1
        seen.pages += answer.text
    answer = asked(running.port, HOME, "GET", f"/reset?token={seen.secrets['link']}")
    seen.owner["the link", answer.status] += 1


def told(folder, seen):
    """Return which secret is told where: in a log, in any other file, or on a page; nothing is right."""
    folder = Path(folder)
    signing = folder / "var" / "secret"
    secrets = {**seen.secrets, "what signs": signing.read_text().strip()}
    places = {
        str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }
    places.pop(str(signing.relative_to(folder)))
    places["the pages"] = seen.pages.encode()
    return [
        f"{name} in {place}"
        for name, secret in secrets.items()
        for place, content in places.items()
        if secret.encode() in content
    ]


def p99(times):
    """Return what 99 of 100 are faster than, in milliseconds."""
    return sorted(times)[int(len(times) * 0.99)] * 1000


def main(seconds=SECONDS):
    """Do it for so long; print what was seen. Raises AssertionError for what must not be."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="objpub-siege-") as folder:
        seen = siege(folder, seconds, seconds / 2)
        leaks = told(folder, seen)
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load before it {load:.1f}")
    print(f"{seen.tries.total()} tries from {len(ADDRESSES)} addresses in {seconds} s: {dict(seen.tries)}")
    for (way, status), number in seen.owner.items():
        print(f"  the owner, {way}: {status}, {number} times")
    for name, times in seen.times.items():
        middle = sorted(times)[len(times) // 2] * 1000
        print(f"Pages {name}: {len(times)} read, median {middle:.1f} ms, p99 {p99(times):.1f} ms")
    for name, values in seen.memory.items():
        first, between, last = values[0], sorted(values)[len(values) // 2], values[-1]
        line = ", ".join(f"{value / 1e6:.0f}" for value in (first, between, last, max(values)))
        print(f"Memory {name}, at first, the median, at last, the most: {line} MB")
    words = Counter((each.what, each.outcome) for each in seen.entries)
    print(f"Kept: {seen.counted} counts, {seen.sessions} sessions; of the record: {dict(words)}")
    print(f"Secrets told: {leaks or 'none'}")
    assert not leaks
    assert set(seen.tries) <= {401, 429}


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:2]))
