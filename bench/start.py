"""What a start costs: from `objpub serve` to its first answer, and the memory that it takes when idle.

    python -m bench.start           seven starts of a new site, with what it compiled at its first one
    python -m bench.start 3         so many

The site is what `objpub init` makes. The first start is not counted: it compiles templates and makes the
database. The best of the others is the figure to look at, as a machine that others use only adds to it.
"""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

STARTS = 7
SECONDS, MEGABYTES = 0.6, 60  # what is wanted
LONGEST_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
ADDRESS = re.compile(rb"http://localhost:(\d+)/")
COMMAND = [sys.executable, "-m", "objpub.command"]


@dataclass(frozen=True)
class Start:
    """One start. seconds: until the answer; processor: of which it computed; megabytes: in use thereafter."""

    seconds: float
    processor: float
    megabytes: float


def make_site(folder):
    """Make a site in *folder*, and start it once."""
    subprocess.run([*COMMAND, "init", str(folder)], check=True, stdout=subprocess.DEVNULL)
    started(folder)


def started(folder):
    """Start the site in *folder*, ask for its front page, and end it; return what it cost."""
    said = folder / "said"
    with said.open("wb") as output:
        begun = time.monotonic()
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"], cwd=folder, stdout=output, stderr=output
        )
    try:
        port = port_in(said, process)
        assert status_of_front_page(port) == 200
        seconds = time.monotonic() - begun
        return Start(seconds, processor_seconds(process.pid), megabytes(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def port_in(said, process):
    """Return the port in what the server writes to the file *said*."""
    end = time.monotonic() + LONGEST_SECONDS
    while (found := ADDRESS.search(said.read_bytes())) is None:
        assert process.poll() is None and time.monotonic() < end, said.read_text()
        time.sleep(0.002)
    return int(found[1])


def status_of_front_page(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST_SECONDS)
    try:
        connection.request("GET", "/")
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def processor_seconds(pid):
    """Return for how long the process *pid* has computed so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def megabytes(pid):
    """Return how much memory the process *pid* has in use, in MB of a million bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 / 1e6


def main(starts=STARTS):
    """Start so often; print the best, and return how many of the two figures are above what is wanted."""
    with tempfile.TemporaryDirectory(prefix="objpub-start-") as name:
        folder = Path(name, "site")
        make_site(folder)
        found = [started(folder) for _ in range(starts)]
    seconds, processor, memory = (
        min(getattr(each, figure) for each in found) for figure in ("seconds", "processor", "megabytes")
    )
    print(
        f"start to first answer   {seconds:.2f} s, of which {processor:.2f} s computing; at most {SECONDS} s"
    )
    print(f"memory when idle        {memory:.1f} MB; at most {MEGABYTES} MB")
    return (seconds > SECONDS) + (memory > MEGABYTES)


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])) and 1)
