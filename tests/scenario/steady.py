"""A site under steady load for half an hour: does it need more and more, and does it stay as quick as it was?

python -m tests.scenario.steady 30 docs/explanation/steady.svg     so many minutes, drawn there
python -m tests.scenario.steady 1                                   only printed

First the most that the machine gives is measured: eight clients ask as fast as they can. Then requests are
sent at four fifths of that, each at its time, whether those before were answered or not, and an answer counts
from the time at which its request should have been sent. What is stored changes and does not grow. What the
process of the server holds is looked at every ten seconds.
"""

import http.client
import itertools
import os
import random
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from urllib.parse import urlencode

from tests.scenario.killed_site import FOLDER
from tests.scenario.kills import running

CLIENTS, MOST_CLIENTS = 8, 48
SHARE = 0.8
LOOK_SECONDS = 10.0
WARM = 1 / 6  # of the time, five minutes of thirty
SETTINGS = """\
database.cache_bytes = 8000000
metrics.addresses = ["127.0.0.1"]
"""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MOST_GROWTH = 1_000_000  # bytes in ten minutes
MOST_MORE = 5  # descriptors, connections


@dataclass
class Look:
    """What was seen at a time: seconds since the begin, bytes in memory, files and connections that are open.

    p50, p99: milliseconds of the answers since the look before. late: requests that wait to be sent.
    """

    when: float
    memory: int
    descriptors: int
    connections: int
    p50: float
    p99: float
    late: int


@dataclass
class Load:
    """The clients of a trial. rate: requests in a second; 0: as many as there can be."""

    trial: object
    rate: float
    until: float
    answered: list = field(default_factory=list)  # milliseconds, since the last look
    done: int = 0
    wrong: list = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    numbers: object = field(default_factory=itertools.count)

    def ask(self, number):
        """Send requests over one connection, each when it is due."""
        choose = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", self.trial.port, timeout=120)
        while time.monotonic() < self.until and not self.wrong:
            due = self.began + next(self.numbers) / self.rate if self.rate else time.monotonic()
            if due > self.until:
                break
            time.sleep(max(due - time.monotonic(), 0))
            status = self.one(connection, choose)
            if status != 200:
                self.wrong.append(status)
            self.answered.append((time.monotonic() - due) * 1_000)
            self.done += 1
        connection.close()

    def one(self, connection, choose):
        """Make one request of any kind, and return its status."""
        kind, purse = choose.random(), choose.randrange(8)
        if kind < 0.6:
            connection.request("GET", "/")
        elif kind < 0.8:
            connection.request("GET", f"/purse{purse}/sums")
        else:
            connection.request("POST", f"/purse{purse}/turn", urlencode({"amount": purse + 1}), FORM)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def start(self, clients):
        """Return the threads of so many clients, which work."""
        threads = [threading.Thread(target=self.ask, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        return threads

    def look(self, pid):
        """Return what is there now, and begin a new list of answers."""
        answered, self.answered = sorted(self.answered), []
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        memory = next(int(line.split()[1]) * 1_024 for line in lines if line.startswith("VmRSS"))
        with urllib.request.urlopen(f"http://127.0.0.1:{self.trial.port}/metrics", timeout=120) as answer:
            told = answer.read().decode().splitlines()
        figures = [line.split()[-1] for line in told if line.startswith("objpub_connections")]
        now = time.monotonic()
        late = max(int((now - self.began) * self.rate) - self.done, 0)
        part = [answered[int(len(answered) * share)] if answered else 0.0 for share in (0.5, 0.99)]
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        connections = sum(int(float(each)) for each in figures)
        return Look(now - self.began, memory, descriptors, connections, *part, late)


def steady(minutes, folder, say=print):
    """Let a site answer for so long; return the most it gave in a second, the rate, and the looks."""
    with running("file", folder, 0, environment={FOLDER: ""}, settings=SETTINGS) as trial:
        end = time.monotonic() + 120
        while trial.ask("/purse0/sums", b"") != 405:
            assert time.monotonic() < end, trial.logs()
            time.sleep(0.05)
        most_seconds = min(20.0, minutes * 20)
        for _ in range(2):  # the first one warms up
            load = Load(trial, 0, time.monotonic() + most_seconds)
            for thread in load.start(CLIENTS):
                thread.join()
        assert load.wrong == [], load.wrong
        most = load.done / most_seconds
        load = Load(trial, most * SHARE, time.monotonic() + minutes * 60)
        threads = load.start(MOST_CLIENTS)
        looks = []
        while time.monotonic() < load.until - 1 and not load.wrong:
            time.sleep(min(LOOK_SECONDS, max(load.until - time.monotonic() - 0.5, 0.1)))
            looks.append(load.look(trial.processes["first"].pid))
            say(looks[-1])
        for thread in threads:
            thread.join()
        assert load.wrong == [], load.wrong
    return most, load, looks


def growth(looks):
    """Return by how many bytes the memory grows in ten minutes, by the line that fits best."""
    slopes = [
        (b.memory - a.memory) / (b.when - a.when)
        for a, b in itertools.combinations(looks, 2)
        if b.when > a.when
    ]
    return statistics.median(slopes) * 600


def drawn(looks, warm, title):
    """Return an SVG of the looks: answers, memory, files and connections."""
    panels = [
        ("answers, ms (50 % and 99 %)", [[each.p50 for each in looks], [each.p99 for each in looks]]),
        ("memory, MB", [[each.memory / 1e6 for each in looks]]),
        (
            "open files and connections",
            [[each.descriptors for each in looks], [each.connections for each in looks]],
        ),
    ]
    width, height, left = 720, 150, 60
    last = looks[-1].when
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {len(panels) * height + 40}"'
        ' font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{left}" y="18" font-weight="bold">{title}</text>',
    ]
    for place, (name, lines) in enumerate(panels):
        top, bottom = 50 + place * height, 40 + (place + 1) * height - 20
        most = max(max(line) for line in lines) * 1.1 or 1
        parts.append(f'<text x="{left}" y="{top - 8}">{name}</text>')
        for value in (0, most / 2, most):
            y = bottom - (bottom - top) * value / most
            parts.append(f'<line x1="{left}" x2="{width - 10}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
            parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.0f}</text>')
        x = left + (width - 10 - left) * warm / last
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" stroke="#999" stroke-dasharray="4"/>'
        )
        for line, colour in zip(lines, ("#0f5e70", "#b3541e"), strict=False):
            across = [left + (width - 10 - left) * look.when / last for look in looks]
            down = [bottom - (bottom - top) * value / most for value in line]
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
            parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{points}"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main(minutes="30", path=""):
    """Run what the command line asks for; print what was seen. Status 1: something grows."""
    with tempfile.TemporaryDirectory(prefix="objpub-steady-") as folder:
        most, load, looks = steady(float(minutes), Path(folder))
    warm = float(minutes) * 60 * WARM
    settled = [each for each in looks if each.when >= warm]
    grows = growth(settled)
    more = [max(getattr(each, name) for each in settled) - min(getattr(each, name) for each in settled)
            for name in ("descriptors", "connections")]  # fmt: skip
    p99 = statistics.median(each.p99 for each in settled)
    told = f"{minutes} minutes at {load.rate:.0f} requests a second, four fifths of {most:.0f}"
    print(f"{told}: {load.done:,} answers, load {os.getloadavg()[2]:.1f}")
    print(f"99 % within {p99:.0f} ms in the middle, {max(each.p99 for each in settled):.0f} ms at most")
    print(f"memory {settled[-1].memory / 1e6:.1f} MB, grows {grows / 1e6:+.2f} MB in ten minutes;", end=" ")
    print(f"descriptors within {more[0]}, connections within {more[1]}")
    if path:
        Path(path).write_text(drawn(looks, warm, told), "utf-8")
    sys.exit(grows >= MOST_GROWTH or max(more) > 2 * MOST_MORE)


if __name__ == "__main__":
    main(*sys.argv[1:])
