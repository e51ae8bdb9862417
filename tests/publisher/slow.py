"""slowhttptest against `objpub serve`, in its three modes, while somebody else uses the site.

python -m tests.publisher.slow           1,000 connections for 20 seconds in each mode
python -m tests.publisher.slow 200 10    so many, for so long
OBJPUB_SERVER_SOFTWARE=granian python -m tests.publisher.slow      behind granian

It needs the program slowhttptest, such as Debian's. Exits with 1 if the site was ever out of reach.
"""

import http.client
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from tests.publisher.large import Large
from tests.scenario.stress import served

COLOURS = re.compile(r"\x1b\[[\d;]*m")
CONNECTIONS = 1_000
SECONDS = 20
PER_SECOND = 200
MODES = {
    "slow heads": ["-H", "-i", "2", "-u", "{}/"],
    "slow bodies": ["-B", "-i", "2", "-s", "100000", "-u", "{}/login"],
    "slow reading": [
        "-X",
        "-n",
        "2",
        "-w",
        "1",
        "-y",
        "256",
        "-z",
        "5",
        "-k",
        "3",
        "-u",
        "{}/static/objpub-publisher/plain.css",
    ],
}


class Visitor(threading.Thread):
    """Somebody who asks for the front page again and again. seconds: how long each took; None: no answer."""

    def __init__(self, port):
        super().__init__()
        self.port = port
        self.seconds = []
        self.leaves = threading.Event()

    def run(self):
        while not self.leaves.wait(0.1):
            begun = time.monotonic()
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/")
                is_there = connection.getresponse().status == 200
                connection.close()
            except OSError:
                is_there = False
            self.seconds.append(time.monotonic() - begun if is_there else None)


def attack(running, words, connections, seconds):
    """Run slowhttptest once; return how long a visitor's requests took, in order, and what it says itself."""
    visitor = Visitor(running.port)
    visitor.start()
    address = f"http://127.0.0.1:{running.port}"
    command = ["slowhttptest", *(word.format(address) for word in words), "-v", "1"]
    command += ["-c", str(connections), "-r", str(PER_SECOND), "-l", str(seconds), "-p", "5"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 120)
    finally:
        visitor.leaves.set()
        visitor.join()
    found = re.findall(r"service available:\s*(YES|NO)", COLOURS.sub("", done.stdout))
    return visitor.seconds, f"slowhttptest says: {found[-1] if found else done.stdout[-300:]}"


def run(connections, seconds):
    """Run all modes, print a line for each, and return whether the site was always within reach."""
    always = True
    with tempfile.TemporaryDirectory(prefix="objpub-slow-") as folder, served(folder, Large) as running:
        for name, words in MODES.items():
            took, said = attack(running, words, connections, seconds)
            answered = sorted(each for each in took if each is not None)
            missing = len(took) - len(answered)
            always = always and not missing and bool(answered)
            middle, last = answered[len(answered) // 2], answered[-1]
            print(
                f"{name:<14}{connections:>6} connections {len(answered):>6} pages, {missing} without an"
                f" answer; half of them in {middle * 1000:.0f} ms, all in {last * 1000:.0f} ms   {said}",
                flush=True,
            )
        print(f"the server had at most {running.peak():.0f} MB in use")
    return always


if __name__ == "__main__":
    if shutil.which("slowhttptest") is None:
        sys.exit("slowhttptest is not installed")
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(0 if run(*(given + [CONNECTIONS, SECONDS][len(given) :])) else 1)
