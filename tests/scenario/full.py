"""A small disk fills and empties while a site on it is written to, and its processes are killed.

python -m tests.scenario.full file 5             so many times
python -m tests.scenario.full zeo 5
python -m tests.scenario.full sqlite 5

The disk is a tmpfs, which only root can make.
"""

import contextlib
import errno
import http.client
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.scenario.asked import asked
from tests.scenario.clock import moved
from tests.scenario.clock import wait_for_moves
from tests.scenario.clock import writing
from tests.scenario.kills import assert_whole
from tests.scenario.kills import opened
from tests.scenario.kills import running

ENGINES = ("file", "sqlite", "zeo")  # those that keep all they have in the folder of the site
DISK_MEGABYTES = 96
FREE_BYTES = 8_000_000  # below it, changes are refused
LEAST = 30  # moves between two fillings
BLOCK = bytes(100_000)
PATIENCE_SECONDS = 120


@contextlib.contextmanager
def small_disk(folder):
    """Give a folder on a disk of its own."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(path, left):
    """Fill the disk of *path* with it until so many bytes are left; 0: until nothing more can be written."""
    with path.open("ab", buffering=0) as file:
        while not left or free_bytes(path) > left:
            try:
                file.write(BLOCK)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                return


def free_bytes(path):
    """Return how many bytes the disk of *path* has left."""
    return shutil.disk_usage(path).free


def wait_until(condition, trial):
    """Wait until *condition* holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, trial.logs()
        time.sleep(0.02)


def is_read(trial):
    """Is the site read?"""
    connection = http.client.HTTPConnection("127.0.0.1", trial.port, timeout=30)
    try:
        connection.request("GET", "/purse0/sums")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def full(engine, number, folder):
    """Fill and empty the disk so often; look for what is lost. Returns the trial."""
    with (
        small_disk(folder / "var") as disk,
        running(engine, folder, 500_000, settings=f"limits.free_bytes = {FREE_BYTES}\n") as trial,
    ):
        with writing(trial):
            for count in range(number):
                wait_for_moves(trial, LEAST)
                refused = trial.answers[507]
                fill(disk / "filler", FREE_BYTES // 2)
                wait_until(lambda refused=refused: trial.answers[507] > refused, trial)
                wait_until(lambda: is_read(trial), trial)
                if count % 2:
                    fill(disk / "filler", 0)
                    trial.processes["first"].kill()
                    trial.processes["first"].wait()
                (disk / "filler").unlink()
                if count % 2:
                    trial.start("first")
        trial.processes["first"].terminate()
        trial.processes["first"].wait(60)
        with opened(trial) as application:
            assert_whole(trial, application)
    return trial


def main(engine, number):
    """Run what the command line asks for; print what was seen."""
    with tempfile.TemporaryDirectory(prefix="objpub-full-") as folder:
        trial = full(engine, number, Path(folder))
    print(f"{engine}: {number} times full, {moved(trial)} moves, {dict(trial.answers)}: nothing lost")


if __name__ == "__main__":
    main(*asked(sys.argv[1:], engine=("file", ENGINES), number=(5, int)))
