"""Mixed requests for a while, a kill in the middle, and then a look at what is left behind.

python -m tests.scenario.soak           10,000 requests
python -m tests.scenario.soak 1000      so many
"""

import contextlib
import hashlib
import http.client
import itertools
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from objpub.content import walk
from objpub.database import check
from tests.scenario.bank import KEPT_BYTES
from tests.scenario.bank import opened

REQUESTS = 10_000
CLIENTS = 6
ROOT = Path(__file__).parent.parent.parent
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


class Running:
    """A server in a process of its own, over the database in *folder*."""

    def __init__(self, folder):
        program = "import sys; from tests.scenario.bank import serve; serve(sys.argv[1])"
        temporary = Path(folder, "system-tmp")
        temporary.mkdir(exist_ok=True)
        self.log = Path(folder, "log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-c", program, str(folder)],
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(temporary)},
        )
        self.port = int(self.process.stdout.readline())

    def end(self, number):
        """Send a signal, and return how the process ended."""
        self.process.send_signal(number)
        code = self.process.wait(30)
        self.process.stdout.close()
        self.log.close()
        return code


class Traffic:
    """What the clients do. running: the server of the moment; done: how many requests came to an end."""

    def __init__(self, running, seed=1):
        self.running = running
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.is_up = threading.Event()
        self.is_up.set()
        self.ids = itertools.count()
        self.answers = Counter()
        self.wrong = []
        self.acknowledged = {"transfer": 0, "keep": 0}
        self.lost = 0

    def one(self):
        """Make one request of any kind and note how it ended."""
        with self.lock:
            name = self.random.choice(NAMES)
            number = next(self.ids)
        try:
            status = KINDS[name][1](self, number)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)  # let the killer take the sign down
            self.is_up.wait(60)
            with self.lock:
                self.lost += 1
            return
        with self.lock:
            self.answers[name, status] += 1
            if status not in KINDS[name][2]:
                self.wrong.append((name, status))
            elif status == 200 and name in self.acknowledged:
                self.acknowledged[name] += 1

    def ask(self, method, path, body=None, headers=None):
        """Return the status and the body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.running.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def leave(self, data, read):
        """Send *data*, read so many bytes of the answer, and go away without a word."""
        with socket.create_connection(("127.0.0.1", self.running.port), 60) as connection:
            connection.sendall(data)
            if read:
                connection.recv(read)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return 0


def plain(method, path, *statuses, weight=1, headers=None, body=None):
    """Return a kind of request that is always the same, and the statuses that it may have."""
    return weight, lambda traffic, number: traffic.ask(method, path, body, headers)[0], statuses


def transfer(traffic, number):
    of, to = number % 5, (number * 3 + 1) % 5
    return traffic.ask("POST", "/bank/transfer", f"of={of}&to={to}&id=t{number}", FORM)[0]


def upload(path):
    def send(traffic, number):
        content = f"{number}-".encode() * (KEPT_BYTES // 8)
        return traffic.ask("POST", path, multipart(number, content), MULTIPART)[0]

    return send


def multipart(number, content):
    """Return the body of a form with an id and a file."""
    name = b"\r\n--b\r\nContent-Disposition: form-data; name="
    return (
        name[2:] + f'"id"\r\n\r\nf{number}'.encode()
        + name + b'"file"; filename="f.bin"\r\nContent-Type: application/octet-stream\r\n\r\n' + content
        + b"\r\n--b--\r\n"
    )  # fmt: skip


def half_an_upload(traffic, number):
    body = multipart(number, b"x" * KEPT_BYTES)
    head = f"POST /bank/keep HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    head += f"Content-Type: {MULTIPART['Content-Type']}\r\n\r\n"
    return traffic.leave(head.encode() + body[: len(body) // 2], 0)


def gone(path):
    data = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    return lambda traffic, number: traffic.leave(data, number % 3 * 50)


def broken_stream(traffic, number):
    """Read a stream that fails after its first bytes were sent: it must not look as if it were whole."""
    try:
        plain("GET", "/bank/breaks", 200)[1](traffic, number)
    except http.client.IncompleteRead:
        return 200
    return 0


KINDS = {
    "page": plain("GET", "/bank/account1", 200, weight=6),
    "folder": plain("GET", "/bank/", 200, weight=2, headers={"Accept-Encoding": "gzip"}),
    "moved": plain("GET", "/bank", 308),
    "file": plain("GET", "/bank/files/big", 200),
    "static": plain("GET", "/static/objpub-publisher/plain.css", 200),
    "head": plain("HEAD", "/bank/files/big", 200),
    "health": plain("GET", "/health", 200),
    "not found": plain("GET", "/bank/nothing", 404, weight=2),
    "bad argument": plain("POST", "/bank/transfer", 400, body="of=x", headers=FORM),
    "not allowed": plain("DELETE", "/bank/", 405),
    "cross-site": plain("POST", "/bank/refuse", 403, headers={"Origin": "http://evil.example"}),
    "sign-in": plain("POST", "/login", 401, 429, body="name=x&password=y", headers=FORM),
    "refused late": plain("POST", "/bank/refuse", 409, weight=2),
    "raises": plain("GET", "/bank/exit", 500),
    "exits": plain("POST", "/bank/exit", 500),
    "writes on read": plain("GET", "/bank/writes", 500, weight=2),
    "breaks in a stream": (1, broken_stream, (200,)),
    "stream": plain("GET", "/bank/flood", 200),
    "transfer": (8, transfer, (200,)),
    "keep": (2, upload("/bank/keep"), (200,)),
    "lose": (1, upload("/bank/lose"), (500,)),
    "half an upload": (1, half_an_upload, (0,)),
    "gone from a stream": (1, gone("/bank/flood"), (0,)),
    "gone from a file": (1, gone("/bank/files/big"), (0,)),
    "gone from a page": (1, gone("/bank/"), (0,)),
}
NAMES = [name for name, (weight, _, _) in KINDS.items() for _ in range(weight)]


def soak(folder, requests):
    """Send so many requests, with a kill in the middle; return what was seen.

    Raises AssertionError for whatever is left behind.
    """
    traffic = Traffic(Running(folder))
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: traffic.running.process.poll() is None and traffic.running.process.kill())
        send(traffic, requests // 2)
        killing = threading.Timer(0.5, lambda: kill(traffic, folder))
        killing.start()
        send(traffic, requests - requests // 2)
        killing.join()
        ended = traffic.running.process.poll()
        assert ended is None, f"the server ended with {ended}; see {folder}/log"
        held = settled(traffic)
        assert traffic.running.end(signal.SIGTERM) == 0
    assert traffic.wrong == [], Counter(traffic.wrong)
    assert 0 < traffic.lost <= 2 * CLIENTS, f"{traffic.lost} requests were not answered"
    assert (held["connections"], held["transactions"], held["unclean"]) == (0, 0, 0), held
    assert (held["blobs"], held["temporary"], held["files"]) == ([], [], []), held
    assert list(Path(folder, "system-tmp").iterdir()) == []
    assert_whole(folder, traffic)
    return {"answers": traffic.answers, "lost": traffic.lost, "held": held}


def send(traffic, requests):
    """Let the clients make so many requests."""
    left = iter(range(requests))
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if next(left, None) is None:
                    return
            traffic.one()

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def kill(traffic, folder):
    """Kill the server without a warning, look at its temporary files, and start another one."""
    traffic.is_up.clear()
    assert traffic.running.end(signal.SIGKILL) == -signal.SIGKILL
    traffic.running = Running(folder)
    traffic.is_up.set()


def settled(traffic):
    """Return what the server holds, once the connections of the clients are gone, with what they sent."""
    end = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", traffic.running.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", "/held")
            held = json.loads(connection.getresponse().read())
        busy = held["connections"] or held["sockets"] > 3 or held["temporary"] or held["files"]
        if not busy or time.monotonic() > end:
            return held
        time.sleep(0.2)


def assert_whole(folder, traffic):
    """Open the database once more: every change is there as a whole, or not at all."""
    application = opened(folder)
    try:
        assert list(check(application.database)) == []
        with application.work() as site:
            bank = site["bank"]
            accounts = [child for child in bank.values() if hasattr(child, "balance")]
            files = [file for name, file in bank["files"].items() if name != "big"]
            assert sum(account.balance for account in accounts) == 0
            assert len(bank["ledger"]) == len(list(bank["ledger"].keys())) == bank.transfers
            assert len(files) == bank.kept
            for file in files:
                with file.open() as handle:
                    assert file.__name__.endswith(hashlib.sha256(handle.read()).hexdigest())
            for name, count in (("transfer", bank.transfers), ("keep", bank.kept)):
                answered = traffic.acknowledged[name]
                assert answered <= count <= answered + traffic.lost, (name, answered, count)
            assert sum(1 for _ in walk(bank)) > 5
    finally:
        application.close()


def main(requests=REQUESTS):
    """Run what the command line asks for; print what was seen."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="objpub-soak-") as folder:
        seen = soak(folder, requests)
    for (name, status), count in sorted(seen["answers"].items()):
        print(f"{count:6}  {name}: {status or 'went away'}")
    print(f"{seen['lost']:6}  not answered, around the kill\nThe server held at the end: {seen['held']}")
    print(f"{requests} requests in {time.monotonic() - started:.0f} s: nothing was left behind")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:2]))
