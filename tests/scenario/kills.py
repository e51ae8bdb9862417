"""Kill the processes of a site while eight clients write, and look for what was acknowledged and is lost.

python -m tests.scenario.kills file 200             of the only process, and the loss of power
python -m tests.scenario.kills zeo 200              of workers, the first process, and the ZEO server
python -m tests.scenario.kills postgresql 200       of workers, the first process, and a backend of PostgreSQL
python -m tests.scenario.kills sqlite 200           of workers and the first process
python -m tests.scenario.kills file 20 no-sync      a control: nothing is synced; it has to be caught
python -m tests.scenario.kills file 20 early        a control: a commit is acknowledged before it is one
"""

import contextlib
import hashlib
import http.client
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from objpub import App
from objpub.database import check
from objpub.errors import DatabaseDamaged
from objpub.operations import add_user
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.settings import load_settings
from tests.engines import Cluster
from tests.scenario import killed_site
from tests.scenario.killed_site import Account
from tests.scenario.killed_site import CONTROL
from tests.scenario.killed_site import FOLDER
from tests.scenario.killed_site import PROGRAM
from tests.scenario.killed_site import SIZE

ROOT = Path(__file__).parent.parent.parent
WRITERS = 8
LIMIT_SECONDS = 5.0  # after a kill the site has to write again
LARGE_EVERY, SMALL_EVERY = 150, 7  # of the moves, one comes with a file
TARGETS = {
    "file": ("first", "power"),
    "sqlite": ("worker", "first"),
    "zeo": ("worker", "first", "server"),
    "postgresql": ("worker", "first", "server"),
    "postgresql-plain": ("worker", "first", "server"),
}
SETTINGS = """\
log.access = false
database.uri = {uri!r}
limits.retry_seconds = 20
security.argon2_passes = 1
security.argon2_memory_bytes = 8192
security.argon2_lanes = 1
[site]
app = "killed"
[server]
port = {port}
processes = {processes}
threads = 8
"""


@dataclass
class Trial:
    """What happens in a trial. acknowledged, unknown: id → digest of its file, or ""; by writer."""

    engine: str
    folder: Path
    large_bytes: int
    control: str = ""
    dice: random.Random = field(default_factory=lambda: random.Random(os.urandom(8)))
    port: int = 0
    uri: str = ""
    cluster: object = None
    processes: dict = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)
    acknowledged: list = field(default_factory=lambda: [{} for _ in range(WRITERS)])
    unknown: list = field(default_factory=lambda: [{} for _ in range(WRITERS)])
    last: float = 0.0  # when the latest move began that was acknowledged
    answers: Counter = field(default_factory=Counter)
    kills: Counter = field(default_factory=Counter)
    gaps: list = field(default_factory=list)
    cuts: Counter = field(default_factory=Counter)

    # Processes

    def start(self, name):
        """Start the first process of the site, or the ZEO server."""
        environ = {**os.environ, "PYTHONPATH": str(ROOT), FOLDER: str(self.folder), CONTROL: self.control}
        code = "import os; from tests.scenario import killed_site; killed_site.instrument(os.environ)"
        code += f"; from objpub.command import main; main(['{'zeo' if name == 'server' else 'serve'}'])"
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-c", code], cwd=self.folder, env=environ, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip

    def workers(self):
        """Return the ids of the workers, or that of the only process."""
        first = self.processes["first"].pid
        return children_of(first) or [first]

    def end(self, target, voted):
        """Kill *target* at once. voted: the process that announced a commit, or None."""
        if target == "worker":
            os.kill(voted or self.dice.choice(self.workers()), signal.SIGKILL)
        elif target == "server" and self.cluster is not None:
            self.end_backend()
        else:
            name = "first" if target == "power" else target
            process = self.processes[name]
            process.kill()
            process.wait()
            if target == "power":
                self.cut_power()
            self.start(name)

    def end_backend(self):
        """Kill a backend of PostgreSQL that works for the site; the others are ended by the server then."""
        question = (
            "select pid from pg_stat_activity where datname like 'site_%'"
            " order by state = 'active' desc, state = 'idle in transaction' desc, random() limit 1"
        )
        while (number := self.cluster.one(question)) is None:
            time.sleep(0.05)  # the site has not come back since the kill before
        os.kill(number, signal.SIGKILL)

    def cut_power(self):
        """Lose what was not synced: the end of the database file and the bytes of blobs.

        What follows the last sync may have reached the disk in any part: it is cut, and at random followed by
        zeros or garbage.
        """
        file = self.folder / "var" / "site.fs"
        synced, size = self.synced(file), file.stat().st_size
        if synced is not None and synced <= size:
            kept = self.dice.randint(synced, size)
            how = self.dice.choice(["torn", "zeros", "garbage"])
            with file.open("r+b") as opened:
                opened.truncate(kept)
                opened.seek(0, os.SEEK_END)
                if how == "zeros":
                    opened.write(bytes(self.dice.randint(1, 5_000)))
                elif how == "garbage":
                    opened.write(self.dice.randbytes(self.dice.randint(1, 5_000)))
            self.cuts[how] += 1
        for blob in (self.folder / "var" / "blobs").rglob("*.blob"):
            if self.synced(blob) is None:
                blob.chmod(0o600)
                os.truncate(blob, 0)
                self.cuts["blobs"] += 1
        words = [sys.executable, "-m", "objpub.command", "repair"]  # as whoever finds it would do
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run(words, cwd=self.folder, env=environ, check=True, stdout=subprocess.DEVNULL)

    def synced(self, path):
        """Return how long the file at *path* was when it was synced last; None if it never was."""
        try:
            note = (self.folder / "synced" / str(path.stat().st_ino)).read_bytes()
        except FileNotFoundError:
            return 0 if self.control == "no-sync" and path.suffix == ".fs" else None
        return SIZE.unpack(note)[0]

    # Writers

    def write(self, number):
        """Move money until the trial stops; what was acknowledged is synced before the next move."""
        log = os.open(self.folder / f"acknowledged{number}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        choose = random.Random(number)
        for count in itertools.count():
            if self.stopped.is_set():
                break
            name = f"m{count}"
            content = None
            if (count + 19 * number) % LARGE_EVERY == LARGE_EVERY - 1:
                content = choose.randbytes(1_000) * (self.large_bytes // 1_000)
            elif count % SMALL_EVERY == 0:
                content = choose.randbytes(20_000)
            digest = hashlib.sha256(content).hexdigest() if content else ""
            self.unknown[number][name] = digest
            began = time.monotonic()
            status = self.ask(f"/purse{number}/move", fields(name, choose.randint(1, 99), content))
            self.answers[status] += 1
            if status == 200:
                os.write(log, f"{name} {digest}\n".encode())
                os.fsync(log)
                self.acknowledged[number][name] = self.unknown[number].pop(name)
                self.last = max(self.last, began)
            else:
                time.sleep(0.02)
        os.close(log)

    def pack(self):
        """Pack again and again."""
        while not self.stopped.wait(3):
            self.answers["pack", self.ask("/pack", b"")] += 1

    def ask(self, path, body):
        """Return the status of the answer to a POST; 0 where none came."""
        headers = {"Content-Type": "multipart/form-data; boundary=b" if body else "text/plain"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    # The kills

    def kill(self, target, between):
        """Kill *target*; between: in the moment between vote and finish of a commit."""
        voted = None
        if between:
            voted = self.next_vote()
        self.end(target, voted)
        killed = time.monotonic()
        self.kills[target, "between" if voted else "anywhere"] += 1
        for left in self.folder.glob("voted-*"):
            left.unlink()
        while self.last <= killed:
            if self.processes["first"].poll() is not None:
                self.start("first")  # as a supervisor does with what ended by itself
            if time.monotonic() > killed + 60:
                raise AssertionError(f"60 s after the kill of {target} nothing was written: {self.logs()}")
            time.sleep(0.01)
        self.gaps.append(time.monotonic() - killed)

    def next_vote(self):
        """Return the id of the process that announces a commit next; None if none does for a while."""
        (self.folder / "armed").touch()
        end = time.monotonic() + 10
        while time.monotonic() < end:
            for found in self.folder.glob("voted-*"):
                return int(found.name.removeprefix("voted-"))
            time.sleep(0.001)
        with contextlib.suppress(FileNotFoundError):
            (self.folder / "armed").unlink()
        return None

    def logs(self):
        """Return the ends of what the processes have printed."""
        return "\n".join(path.read_text("utf-8", "replace")[-3_000:] for path in self.folder.glob("*.log"))


def fields(name, amount, content):
    """Return the body of a form."""
    parts = [("id", "", name.encode()), ("amount", "", str(amount).encode())]
    if content is not None:
        parts.append(("file", '; filename="f.bin"\r\nContent-Type: application/octet-stream', content))
    head = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    return (
        b"".join(head.format(one, more).encode() + value + b"\r\n" for one, more, value in parts)
        + b"--b--\r\n"
    )


def children_of(pid):
    """Return the ids of the processes that *pid* has started and that live."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(each) for each in text.split()]


@contextlib.contextmanager
def running(engine, folder, large_bytes, control="", *, processes=2, person=None):
    """Give a trial whose site serves, with empty purses; all its processes are gone at the end.

    person: name and password of somebody who can sign in, or None.
    """
    trial = Trial(engine, folder, large_bytes, control)
    with ExitStack() as stack:
        trial.port = free_port()
        processes = 1 if engine == "file" else processes
        if engine.startswith("postgresql"):
            trial.cluster = stack.enter_context(contextlib.closing(Cluster(fsync=True)))
            dsn = stack.enter_context(trial.cluster.database())
            plain = "&history=no" if engine.endswith("plain") else ""
            trial.uri = f"postgresql:{dsn}?blobs={folder}/blob-cache{plain}"
        else:
            trial.uri = {"file": "file:var/site.fs", "sqlite": "sqlite:var/site", "zeo": "zeo:var/zeo.sock"}[
                engine
            ]
        text = SETTINGS.format(uri=trial.uri, port=trial.port, processes=processes)
        (folder / "objpub.toml").write_text(text)
        (folder / "killed.py").write_text(PROGRAM)
        stack.callback(end_all, trial)
        if engine == "zeo":
            (folder / "var").mkdir()
            trial.start("server")
            end = time.monotonic() + 60
            while not (folder / "var" / "zeo.sock").exists():
                assert time.monotonic() < end, trial.logs()
                time.sleep(0.05)
        with opened(trial) as application, application.work() as site:
            killed_site.filled(site, WRITERS)
            if person is not None:
                passwords = application.registry[Policy].authenticator.passwords
                add_user(SYSTEM, site, *person, passwords=passwords)
        trial.start("first")
        yield trial


@contextlib.contextmanager
def opened(trial):
    """Give the application of the trial in this process."""
    app = App()
    app.include("tests.scenario.killed_site")
    try:
        application = app.open(load_settings(trial.folder / "objpub.toml", {}))
    except DatabaseDamaged as error:
        raise AssertionError(str(error)) from error
    try:
        yield application
    finally:
        application.close()


def end_all(trial):
    """End every process that the trial has started."""
    for name in ("first", "server"):
        process = trial.processes.get(name)
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def kills(engine, number, folder, *, large_bytes=50_000_000, control="", say=None):
    """Make a trial with so many kills, and return it. Raises AssertionError for what is lost or half done.

    say: called with a line of progress.
    """
    with running(engine, folder, large_bytes, control) as trial:
        threads = [threading.Thread(target=trial.write, args=(each,)) for each in range(WRITERS)]
        threads.append(threading.Thread(target=trial.pack))
        for thread in threads:
            thread.start()
        try:
            begun = time.monotonic()
            while not trial.last:
                assert time.monotonic() < begun + 60, trial.logs()
                time.sleep(0.05)
            targets = itertools.cycle(TARGETS[engine])
            for count in range(number):
                time.sleep(trial.dice.uniform(0.05, 0.6))
                trial.kill(next(targets), between=trial.dice.random() < 0.5)
                if say is not None:
                    say(f"{count + 1}: {trial.gaps[-1]:.1f} s, {sum(map(len, trial.acknowledged))} written")
        finally:
            trial.stopped.set()
            for thread in threads:
                thread.join(60)
        trial.processes["first"].terminate()
        trial.processes["first"].wait(60)
        with opened(trial) as application:
            assert_whole(trial, application)
    return trial


def assert_whole(trial, application):
    """Every move that was acknowledged is there, none is there by half, and nothing else is wrong."""
    problems = list(check(application.database))
    assert problems == [], problems[:5]
    with application.work() as site:
        for number in range(WRITERS):
            purse = site[f"purse{number}"]
            acknowledged, unknown = trial.acknowledged[number], trial.unknown[number]
            wrong = {
                name: vars(each) for name, each in purse["ledger"].items() if not isinstance(each, Account)
            }
            assert not wrong, (number, wrong, sorted(acknowledged), sorted(unknown))
            moved = {name: entry.balance for name, entry in purse["ledger"].items()}
            assert not (lost := acknowledged.keys() - moved.keys()), f"lost of {number}: {sorted(lost)[:5]}"
            assert moved.keys() <= acknowledged.keys() | unknown.keys()
            total = sum(moved.values())
            found = (purse["here"].balance, purse["there"].balance, purse.moves, len(purse["ledger"]))
            assert found == (-total, total, len(moved), len(moved)), (number, found, total, len(moved))
            digests = {
                name: digest for name in moved if (digest := acknowledged.get(name) or unknown.get(name))
            }
            assert {name: sha256_of(file) for name, file in purse["files"].items()} == digests


def sha256_of(file):
    """Return the digest of the bytes of *file*."""
    with file.open() as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def main(engine="file", number="200", control=""):
    """Run what the command line asks for; print what was seen."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="objpub-kills-") as folder:
        trial = kills(
            engine, int(number), Path(folder), control=control, say=lambda line: print(line, flush=True)
        )
    gaps = sorted(trial.gaps)
    between = sum(count for (_, moment), count in trial.kills.items() if moment == "between")
    print(f"{engine}: {len(gaps)} kills, {between} of them between vote and finish: {dict(trial.kills)}")
    late = sum(gap > LIMIT_SECONDS for gap in gaps)
    print(
        f"written again after {gaps[len(gaps) // 2]:.1f} s in the middle, {gaps[-1]:.1f} s at most;", end=" "
    )
    print(f"{late} times after more than {LIMIT_SECONDS:.0f} s, at a load of {os.getloadavg()[1]:.1f}")
    print(
        f"{sum(map(len, trial.acknowledged))} acknowledged, {sum(map(len, trial.unknown))} without an answer"
    )
    print(f"ends of the file: {dict(trial.cuts)}; answers: {dict(trial.answers)}")
    print(f"nothing lost, nothing half done; {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
