"""Pages for each second that the processors work, with two processes of the server and with one.

python -m bench.processes zeo              five rounds of five seconds
python -m bench.processes postgresql 10 10   so many rounds of so many seconds

Two processes share nothing but the database, and ask it before each page whether anything was committed. What
that costs is compared: the processors' time of the site's processes, without that of the database, which is
printed beside it. The wall is where two processes gain.
"""

import contextlib
import http.client
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.scenario.asked import asked
from tests.scenario.kills import running
from tests.scenario.kills import TARGETS

CLIENTS = 8  # for each process
TICK = os.sysconf("SC_CLK_TCK")
PATIENCE_SECONDS = 120
LEAST = 0.9  # of what one process gives


def seconds_of(pids):
    """Return how long the processors have worked for each of these processes that is there."""
    found = {}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError):
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            found[pid] = (int(words[11]) + int(words[12])) / TICK
    return found


def spent_since(before):
    """Return how long they have worked since *before*, as `seconds_of` returned it."""
    return sum(now - before[pid] for pid, now in seconds_of(before).items())


def database_pids(trial):
    """Return the processes that keep the database: the ZEO server, or all of PostgreSQL."""
    if trial.cluster is None:
        return [trial.processes["server"].pid] if "server" in trial.processes else []
    first = int((trial.cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{first}/task/{first}/children").read_text()
    return [first, *map(int, children.split())]


def ask(trial, until, counts):
    """Ask for the first page again and again, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", trial.port, timeout=60)
    count = 0
    while time.monotonic() < until:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        count += 1
    connection.close()
    counts.append(count)


def load(trial, processes, seconds):
    """Let clients ask; return pages, and seconds: of the site, of the database, of the wall."""
    counts = []
    site, database = trial.workers(), database_pids(trial)
    began = time.monotonic()
    before, before_database = seconds_of(site), seconds_of(database)
    threads = [
        threading.Thread(target=ask, args=(trial, began + seconds, counts))
        for _ in range(CLIENTS * processes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == CLIENTS * processes, "a client met an error"
    return sum(counts), spent_since(before), spent_since(before_database), time.monotonic() - began


def wait_until_it_answers(trial, processes):
    """Wait until so many processes have started, and answer."""
    end = time.monotonic() + PATIENCE_SECONDS
    while len(trial.workers()) < processes or trial.ask("/purse0/sums", b"") != 405:
        assert time.monotonic() < end, trial.logs()
        time.sleep(0.05)
    load(trial, processes, 2.0)  # caches


def compare(engine, rounds, seconds, folder):
    """Return by number of processes the rounds that were made, as `load` returns them."""
    found = {1: [], 2: []}
    places = {number: folder / str(number) for number in found}
    for place in places.values():
        place.mkdir()
    with (
        running(engine, places[1], 0, processes=1) as one,
        running(engine, places[2], 0, processes=2) as two,
    ):
        for number, trial in ((1, one), (2, two)):
            wait_until_it_answers(trial, number)
        for _ in range(rounds):
            for number, trial in ((1, one), (2, two)):
                found[number].append(load(trial, number, seconds))
    return found


def main(engine, rounds, seconds):
    """Run what the command line asks for; print what was measured. Status 1: two give too little."""
    with tempfile.TemporaryDirectory(prefix="objpub-processes-") as folder:
        found = compare(engine, rounds, seconds, Path(folder))
    per_second = {}
    for number, made in found.items():
        per_second[number] = [pages / spent for pages, spent, *_ in made]
        wall = statistics.median(pages / passed for pages, *_, passed in made)
        beside = statistics.median(database / pages for pages, _, database, _ in made)
        print(
            f"{engine}, {number} process{'es' * (number > 1)}:"
            f" {statistics.median(per_second[number]):.0f} pages in a second of the processors,"
            f" {wall:.0f} in one of the wall; the database took {1e6 * beside:.0f} µs for a page"
        )
    ratio = statistics.median(b / a for a, b in zip(per_second[1], per_second[2], strict=True))
    print(f"ratio {ratio:.2f}, wanted {LEAST} or more; load {os.getloadavg()[0]:.1f}")
    sys.exit(ratio < LEAST)


if __name__ == "__main__":
    engines = tuple(engine for engine in TARGETS if engine != "file")
    main(*asked(sys.argv[1:], engine=("zeo", engines), rounds=(5, int), seconds=(5.0, float)))
