"""A large file up and down, cut and resumed, through a retry of its transaction, to a real `objpub serve`.

python -m tests.publisher.large          40 MB
python -m tests.publisher.large 2048     2 GB: three times as much room on the disk is needed for a while
"""

import contextlib
import hashlib
import http.client
import random
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

from objpub.settings import private_folder
from objpub.testing.sites import template_cache
from tests.scenario.stress import Served
from tests.scenario.stress import served

MEGABYTES = 40
MEMORY_MB = 150
BLOCK = 1_000_000
CONFLICTS = 3
BOUNDARY = "a-boundary-that-no-byte-of-it-is"
HEAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="conflicts"\r\n\r\n{CONFLICTS}\r\n'
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()
SETTINGS = """\
[site]
app = "tests.publisher.large_site"
[limits]
body_bytes = "100GB"
file_bytes = "100GB"
[log]
access = false
[security]
argon2_memory_bytes = 8192  # as in all tests; else 64 MB while a password is checked
argon2_passes = 1
argon2_lanes = 1
"""


class Large(Served):
    """`objpub serve` over a site that takes large files."""

    settings = SETTINGS

    def __init__(self, folder, **environment):
        compiled = template_cache()  # from other runs: compiling all templates takes seconds
        if compiled is not None and compiled.is_dir():
            above = private_folder(Path(folder, "var", "cache"))
            above.joinpath("templates").symlink_to(compiled)
        super().__init__(folder, **environment)

    def peak(self):
        """Return the most memory that the process ever had in use, in MB; None where that is not known."""
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
        return None

    def left(self):
        """Return how many files lie in the temporary folder; nobody may hold a connection."""
        files, pairs = map(int, self.get("/left").split())
        assert pairs >= 0
        return files


class Shown:
    """Prints a line for each step, with its seconds and the peak of memory."""

    def __init__(self, running, loud):
        self.running = running
        self.loud = loud

    @contextlib.contextmanager
    def step(self, title):
        begun = time.monotonic()
        yield
        if self.loud:
            peak = self.running.peak()
            memory = "" if peak is None else f"   peak {peak:.0f} MB"
            print(f"{title:<60}{time.monotonic() - begun:>8.1f} s{memory}", flush=True)


def blocks(megabytes):
    """Yield *megabytes* blocks of bytes, no two alike, the same ones each time."""
    block = random.Random(5).randbytes(BLOCK)
    for number in range(megabytes):
        yield number.to_bytes(8, "big") + block[8:]


def begin_upload(port, megabytes):
    """Return a connection on which the head of an upload was sent."""
    connection = socket.create_connection(("127.0.0.1", port), 600)
    head = (
        f"POST /put HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(HEAD) + megabytes * BLOCK + len(TAIL)}\r\n\r\n"
    )
    connection.sendall(head.encode() + HEAD)
    return connection


def send(port, megabytes):
    """Upload the file; return its digest, and what the view answered."""
    digest = hashlib.sha256()
    with begin_upload(port, megabytes) as connection:
        for block in blocks(megabytes):
            digest.update(block)
            connection.sendall(block)
        connection.sendall(TAIL)
        response = http.client.HTTPResponse(connection)
        response.begin()
        text = response.read().decode()
    assert response.status == 200, text
    return digest.hexdigest(), text.split()


def break_off_upload(port, megabytes):
    """Send half of the file, and go away."""
    with begin_upload(port, megabytes) as connection:
        for block in blocks(megabytes // 2):
            connection.sendall(block)


def fetch(port, digest, most=None, **headers):
    """Download the file, at most *most* bytes of it; return the status, the entity tag, and how many came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request(
            "GET", "/large", headers={name.replace("_", "-"): v for name, v in headers.items()}
        )
        response = connection.getresponse()
        came = 0
        while block := response.read(BLOCK if most is None else min(BLOCK, most - came)):
            digest.update(block)
            came += len(block)
        return response.status, response.getheader("ETag"), came
    finally:
        connection.close()


def there_and_back(running, megabytes, loud=False):
    """Send the file and fetch it in every way; return the peak of memory in MB."""
    shown, size = Shown(running, loud), megabytes * BLOCK
    with shown.step(f"{megabytes:,} MB: upload cut in the middle"):
        break_off_upload(running.port, megabytes)
    with shown.step(f"upload through {CONFLICTS} conflicts"):
        sent, (attempts, files, kept, is_same) = send(running.port, megabytes)
    assert (int(attempts), int(files), kept, is_same) == (CONFLICTS + 1, 1, sent, "True")
    assert running.left() == 0
    with shown.step("download"):
        digest = hashlib.sha256()
        assert fetch(running.port, digest)[0::2] == (200, size)
        assert digest.hexdigest() == sent
    with shown.step("download cut in the middle, and resumed"):
        digest = hashlib.sha256()
        status, tag, came = fetch(running.port, digest, size // 2)
        assert (status, came) == (200, size // 2)
        status, same, rest = fetch(running.port, digest, Range=f"bytes={came}-", If_Range=tag)
        assert (status, same, came + rest) == (206, tag, size)
        assert digest.hexdigest() == sent
    with shown.step("its first and last bytes, in one answer"):
        status, _, came = fetch(running.port, hashlib.sha256(), Range=f"bytes=0-99,{size - 100}-")
        assert (status, came < 1_000) == (206, True)
    peak = running.peak()
    if loud:
        print(f"the digests are equal; the server had at most {peak:.0f} MB in use")
    assert peak is None or peak < MEMORY_MB, f"{peak:.0f} MB"
    return peak


def run(megabytes, loud=False, above=None):
    """Do it all with a server of its own, in a new folder in *above*; the folder is gone at the end."""
    folder = tempfile.mkdtemp(prefix="objpub-large-", dir=above)
    try:
        room = shutil.disk_usage(folder).free
        if room < 3 * megabytes * BLOCK + 1_000_000_000:
            raise SystemExit(f"There is room for {room // BLOCK:,} MB in {folder}, which is too little")
        with served(folder, Large) as running:
            return there_and_back(running, megabytes, loud)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    run(int(sys.argv[1]) if sys.argv[1:] else MEGABYTES, loud=True)
