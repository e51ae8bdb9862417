"""The clock goes an hour back, and forward again, while a site is written to and its processes are killed.

python -m tests.scenario.clock file 100             so many moves at each time
python -m tests.scenario.clock zeo 100
python -m tests.scenario.clock postgresql 100

Needs libfaketime, the Debian package `faketime`. The clients and PostgreSQL itself keep the right time.
"""

import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from objpub.database.iterating import transactions_of
from tests.scenario.asked import asked
from tests.scenario.kills import assert_whole
from tests.scenario.kills import opened
from tests.scenario.kills import running
from tests.scenario.kills import TARGETS
from tests.scenario.kills import WRITERS

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
TIMES = ("+0", "-1h", "+0", "-1h")
HOUR = 3_600
PATIENCE_SECONDS = 120


def moved(trial):
    """Return how many moves were acknowledged."""
    return sum(map(len, trial.acknowledged))


def wait_for_moves(trial, number):
    """Wait until so many more were acknowledged."""
    wanted, end = moved(trial) + number, time.monotonic() + PATIENCE_SECONDS
    while moved(trial) < wanted:
        assert time.monotonic() < end, trial.logs()
        time.sleep(0.02)


@contextmanager
def writing(trial):
    """Let clients write meanwhile."""
    threads = [threading.Thread(target=trial.write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        trial.stopped.set()
        for thread in threads:
            thread.join(60)


def clock(engine, number, folder):
    """Let *number* moves be made at each time, and look for what is wrong. Returns the trial."""
    shown = folder / "clock"
    shown.write_text(TIMES[0])
    environment = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(shown),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with running(engine, folder, 200_000, environment=environment) as trial:
        with writing(trial):
            wait_for_moves(trial, number)
            for count, time_of_day in enumerate(TIMES[1:]):
                shown.write_text(time_of_day)
                wait_for_moves(trial, number)
                if count % 2 == 0:  # it also starts when the clock is behind the last transaction
                    trial.kill("server" if engine == "zeo" else "first", "anywhere")
                    wait_for_moves(trial, number)
        trial.processes["first"].terminate()
        trial.processes["first"].wait(60)
        with opened(trial) as application:
            assert_whole(trial, application)
            ids = [each.tid for each in transactions_of(application.database.storage)]
            assert ids == sorted(set(ids))
    return trial


def main(engine, number):
    """Run what the command line asks for; print what was seen."""
    with tempfile.TemporaryDirectory(prefix="objpub-clock-") as folder:
        trial = clock(engine, number, Path(folder))
    print(f"{engine}: {moved(trial)} moves while the clock went back an hour twice: nothing lost")


if __name__ == "__main__":
    main(*asked(sys.argv[1:], engine=("file", tuple(TARGETS)), number=(100, int)))
