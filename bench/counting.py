"""Instructions per request, counted by valgrind's callgrind: they hardly vary from run to run.

A process of its own runs N requests and then 2N. Each stretch ends with a call of `getppid`, which nothing
else calls, and at which callgrind writes down what it counted since the call before. The difference of the
two stretches is what N requests cost, without whatever belongs to none of them.

    python -m bench.counting SIDE FOLDER REQUESTS SIZE…       what runs under valgrind
"""

import gc
import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import astuple
from pathlib import Path

from bench.cases import Asking
from bench.cases import CASES
from bench.cases import Size

SIDES = {"baseline": "bench.baseline", "objpub": "bench.site"}
WARM = 60
TOTAL = re.compile(r"^(?:totals|summary): (\d+)", re.MULTILINE)


def is_there():
    """Can instructions be counted on this machine?"""
    return shutil.which("valgrind") is not None


def instructions(side, folder, size, requests):
    """Return case → instructions per request of *side*, whose site is in *folder*."""
    counts = counted("bench.counting", requests, side, folder, requests, *astuple(size))
    return {case.name: counted for case, counted in zip(CASES, counts, strict=True)}


def counted(module, requests, *arguments, python=sys.executable):
    """Run *module* under valgrind, and return instructions per request for each of its calls of `count`.

    python: the program that runs it.
    """
    counts = stretches(module, *arguments, python=python)
    return [(counts[first + 2] - counts[first + 1]) / requests for first in range(0, len(counts) // 3 * 3, 3)]


def stretches(module, *arguments, python=sys.executable):
    """Run *module* under valgrind, and return the instructions up to each of its calls of `getppid`.

    The process reports nothing: callgrind writes one file for each of these calls.
    """
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        command = [
            "valgrind",
            "--tool=callgrind",
            f"--callgrind-out-file={out}",
            "--dump-before=getppid",
            python,
            "-m",
            module,
            *map(str, arguments),
        ]
        if shutil.which("setarch"):
            command = ["setarch", "-R", *command]  # the same addresses each time
        environ = {**os.environ, "PYTHONHASHSEED": "0"}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"valgrind failed:\n{done.stderr}")
        return [
            int(TOTAL.search(path.read_text("utf-8", "replace"))[1])
            for path in sorted(Path(name).glob("out.*"), key=lambda path: int(path.suffix[1:]))
        ]


def run(side, folder, requests, size):
    """Send the requests that are counted."""
    application = importlib.import_module(SIDES[side]).open_site(folder, size)
    for case in CASES:
        count(Asking(application, case, size), requests)
    application.close()


def count(asking, requests, warm=WARM):
    """Send *requests* and then twice as many, each stretch between two calls of `getppid`."""
    asking.run(warm)
    gc.collect()
    gc.disable()
    os.getppid()
    asking.run(requests)
    os.getppid()
    asking.run(2 * requests)
    os.getppid()
    gc.enable()


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Size(*map(int, sys.argv[4:])))
