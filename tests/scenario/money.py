"""Three processes answer for one site while money is moved, people sign in and out, and files come in.

python -m tests.scenario.money zeo 300             for so many seconds
python -m tests.scenario.money postgresql 300

Every request is a connection of its own, so whichever process is free takes it. A reader knows how many moves
were acknowledged before it asked: who shows it fewer is stale, who shows a sum that does not hold shows half
a move.
"""

import hashlib
import http.client
import json
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

from tests.scenario.asked import asked
from tests.scenario.kills import fields
from tests.scenario.kills import opened
from tests.scenario.kills import running
from tests.scenario.kills import TARGETS

PURSES, MOVERS, READERS = 3, 4, 3
PROCESSES = 3
LOOKS = 6  # at a session, to meet every process
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
NAME, PASSWORD = "mia", "waders and a wet heron 61"


class Money:
    """What the clients do. moved: by purse, how many moves were acknowledged."""

    def __init__(self, trial):
        self.trial = trial
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.moved = [0] * PURSES
        self.seen = Counter()
        self.wrong = []

    def ask(self, method, path, body=None, **headers):
        """Return status, headers and bytes of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.trial.port, timeout=60)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def until_stopped(self, work, number):
        """Do *work* again and again; what goes wrong ends all."""
        choose = random.Random(number)
        try:
            for count in range(1_000_000_000):
                if self.stopped.is_set():
                    return
                work(number, count, choose)
        except Exception as error:
            self.wrong.append(f"{work.__name__}: {error!r}")
            self.stopped.set()

    def move(self, number, count, choose):
        """Move money in a purse that others move in too; now and then a file comes along."""
        purse, name = choose.randrange(PURSES), f"m{number}-{count}"
        content = choose.randbytes(30_000) if count % 5 == 0 else None
        body = fields(name, choose.randint(1, 99), content)
        kind = "multipart/form-data; boundary=b"
        status, _, text = self.ask("POST", f"/purse{purse}/move", body, Content_Type=kind)
        if status == 503:
            self.seen["busy"] += 1
            return
        assert (status, text) == (200, b"moved"), (status, text[:200])
        with self.lock:
            self.moved[purse] += 1
        self.seen["moves"] += 1
        if content is not None:
            status, _, text = self.ask("GET", f"/purse{purse}/files/{name}")
            assert status == 200 and digest(text) == digest(content), f"upload {name}: {status}"
            self.seen["uploads"] += 1

    def read(self, number, count, choose):
        """Look at a purse: its sum holds, and every move is in it that was acknowledged before."""
        purse = choose.randrange(PURSES)
        with self.lock:
            least = self.moved[purse]
        status, headers, text = self.ask("GET", f"/purse{purse}/sums")
        assert status == 200, status
        sums = json.loads(text)
        assert sums["here"] + sums["there"] == 0, f"half a move: {sums}"
        assert sums["moves"] >= least, f"stale: {sums['moves']} of {least} moves"
        self.seen["reads"] += 1
        self.seen["process " + headers["X-Request-Id"].partition("-")[0]] += 1

    def sign_in_and_out(self, number, count, choose):
        """Sign in, be known to every process, sign out, be known to none."""
        origin = f"http://127.0.0.1:{self.trial.port}"
        form = {"Content_Type": "application/x-www-form-urlencoded", "Origin": origin}
        status, headers, _ = self.ask(
            "POST", "/login", urlencode({"name": NAME, "password": PASSWORD}), **form
        )
        assert status == 303, f"sign-in: {status}"
        cookie = "; ".join(each.partition(";")[0] for each in headers.get_all("Set-Cookie"))
        self.look(cookie, NAME)
        _, _, page = self.ask("GET", "/logout", Cookie=cookie)
        proof = urlencode(HIDDEN.findall(page.decode()))
        status, _, _ = self.ask("POST", "/logout", proof, Cookie=cookie, **form)
        assert status == 303, f"sign-out: {status}"
        self.look(cookie, "")
        self.seen["sessions"] += 1

    def look(self, cookie, wanted):
        """Ask several times who this is."""
        for _ in range(LOOKS):
            status, _, text = self.ask("GET", "/who", Cookie=cookie)
            assert (status, text.decode()) == (200, wanted or "nobody"), (status, text[:200], wanted)


def digest(content):
    """Return the digest of bytes."""
    return hashlib.sha256(content).hexdigest()


def money(engine, seconds, folder):
    """Let the clients work for so long, and return what they saw. Raises AssertionError for what is wrong."""
    with running(engine, folder, 0, processes=PROCESSES, person=(NAME, PASSWORD)) as trial:
        works = Money(trial)
        begun = time.monotonic()
        while trial.ask("/purse0/sums", b"") != 405:  # it answers, and takes no POST
            assert time.monotonic() < begun + 60, trial.logs()
            time.sleep(0.05)
        jobs = [(works.move, number) for number in range(MOVERS)]
        jobs += [(works.read, 100 + number) for number in range(READERS)] + [(works.sign_in_and_out, 200)]
        threads = [threading.Thread(target=works.until_stopped, args=job) for job in jobs]
        for thread in threads:
            thread.start()
        works.stopped.wait(seconds)
        works.stopped.set()
        for thread in threads:
            thread.join(90)
        assert works.wrong == [], (works.wrong, trial.logs())
        trial.processes["first"].terminate()
        assert trial.processes["first"].wait(60) == 0
        with opened(trial) as application, application.work() as site:
            for number in range(PURSES):
                purse = site[f"purse{number}"]
                moved = [entry.balance for entry in purse["ledger"].values()]
                assert len(moved) == purse.moves == works.moved[number], "lost update"
                assert (purse["here"].balance, purse["there"].balance) == (-sum(moved), sum(moved))
    return works.seen


def main(engine, seconds):
    """Run what the command line asks for; print what was seen."""
    with tempfile.TemporaryDirectory(prefix="objpub-money-") as folder:
        seen = money(engine, seconds, Path(folder))
    processes = sum(name.startswith("process ") for name in seen)
    told = ", ".join(f"{count} {name}" for name, count in seen.items() if not name.startswith("process "))
    print(f"{engine}, {PROCESSES} processes ({processes} answered), {seconds:g} s: {told}; every sum held")


if __name__ == "__main__":
    engines = tuple(engine for engine in TARGETS if engine != "file")
    main(*asked(sys.argv[1:], engine=("zeo", engines), seconds=(300.0, float)))
