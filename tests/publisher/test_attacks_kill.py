"""A server that is killed while it writes: what was answered is kept, and nothing is half done."""

import hashlib
import http.client
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from objpub.database import check
from objpub.database import open_database
from objpub.database import site_of
from objpub.database import transaction_for
from tests.publisher.running import Wire

SITE = '''
import hashlib
from objpub import File, Folder
from objpub.views import view


class Box(Folder, addable="anywhere"):
    """Counts on both sides, and keeps a file for each number."""

    left: int = 0
    right: int = 0


@view(Box, "write", method="POST", permission="public")
def write(box, request):
    box.left += 1
    data = hashlib.sha256(b"%d" % box.left).digest() * 5_000
    box.add(f"n{box.left}", File.from_bytes(data, "n.bin"))
    box.right += 1
    return str(box.left)
'''
PROGRAM = """
from pathlib import Path
from objpub.publisher import App, Server
from objpub.settings import load_settings
from crash_site import Box

app = App()
app.include("crash_site")
application = app.open(load_settings(Path("objpub.toml"), {}))
with application.work() as site:
    if "box" not in site:
        site.add("box", Box())
server = Server(application, "127.0.0.1", 0, 4)
print(server.port, flush=True)
server.run()
"""
ROUNDS = (3, 9)  # the server is killed when so many were answered


def start(folder):
    """Return a server in a process of its own, and a wire to it."""
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True, cwd=folder, bufsize=1
    )
    return running, Wire(int(running.stdout.readline()))


def write_until_killed(running, wire, answered, enough):
    """Send changes from four threads; kill the server as soon as *enough* were answered."""
    goal = len(answered) + enough

    def write():
        while True:
            try:
                answer = wire.ask("POST", "/box/write", "", Origin=wire.origin)
            except (OSError, http.client.HTTPException):
                return
            if answer.status == 200:
                answered.append(int(answer.text))
            if len(answered) >= goal:
                running.send_signal(signal.SIGKILL)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert running.wait(10) == -signal.SIGKILL
    running.stdout.close()


def look(folder, answered):
    """Open the database as the killed server left it."""
    with closing(open_database("file:var/site.fs?blobs=var/blobs", root=folder)) as database:
        assert list(check(database)) == []
        assert list(database.temporary_folder.iterdir()) == []
        with transaction_for(database, read_only=True) as pair:
            box = site_of(pair.connection)["box"]
            names = sorted(int(name[1:]) for name in box)
            assert box.left == box.right == len(names)
            assert names == list(range(1, len(names) + 1))
            assert set(answered) <= set(names)
            for number in names:
                with box[f"n{number}"].open() as file:
                    assert file.read() == hashlib.sha256(b"%d" % number).digest() * 5_000


def test_a_kill_while_it_writes_leaves_nothing_half_done_and_loses_nothing_that_was_answered(
    tmp_path: Path, monkeypatch
):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "crash_site.py").write_text(SITE)
    (tmp_path / "objpub.toml").write_text("log.access = false\nsecret = '" + "s" * 40 + "'\n")
    answered: list[int] = []
    for enough in ROUNDS:
        running, wire = start(tmp_path)
        try:
            write_until_killed(running, wire, answered, enough)
        finally:
            running.kill()
        look(tmp_path, answered)
    assert len(answered) >= sum(ROUNDS)
    assert len(set(answered)) == len(answered)
