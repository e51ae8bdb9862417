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
import shutil
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
from objpub.database import digest
from objpub.database import restore_database
from objpub.errors import DatabaseDamaged
from objpub.operations import add_user
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.settings import load_settings
from tests.engines import Cluster
from tests.scenario import killed_site
from tests.scenario.asked import asked
from tests.scenario.killed_site import Account
from tests.scenario.killed_site import CONTROL
from tests.scenario.killed_site import FOLDER
from tests.scenario.killed_site import PROGRAM
from tests.scenario.killed_site import SIZE

ROOT = Path(__file__).parent.parent.parent
WRITERS = 8
LIMIT_SECONDS = 5.0  # after a kill the site has to write again
WAIT_SECONDS = 10.0  # so long the right moment for a kill is waited for
LARGE_EVERY, SMALL_EVERY = 150, 7  # of the moves, one comes with a file
#: When processes are killed, in turn; by an odd number of moments each target meets each of them.
MOMENTS = ("between", "anywhere", "between", "pack", "between", "upload", "backup")
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
    environment: dict = field(default_factory=dict)  # more, for the processes
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
    uploading: set = field(default_factory=set)  # the writers whose large file is on its way
    gaps: list = field(default_factory=list)  # (target, moment, seconds until it was written again)
    cuts: Counter = field(default_factory=Counter)

    # Processes

    def start(self, name):
        """Start the first process of the site, or the ZEO server."""
        environ = {**os.environ, "PYTHONPATH": str(ROOT), FOLDER: str(self.folder), CONTROL: self.control}
        environ |= self.environment
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

    def end(self, target, busy):
        """Kill *target* at once. busy: the process that is in the middle of something, or None."""
        if target == "worker":
            os.kill(busy or self.dice.choice(self.workers()), signal.SIGKILL)
        elif target == "backup":
            self.processes["backup"].kill()
            self.processes["backup"].wait()
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
            if content and len(content) > 1_000_000:
                self.uploading.add(number)
            status = self.ask(f"/purse{number}/move", fields(name, choose.randint(1, 99), content))
            self.uploading.discard(number)
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

    def kill(self, target, moment):
        """Kill *target*. moment: "between" vote and finish of a commit, in a "pack", a "backup" or an
        "upload", or "anywhere"; where that does not come within a while, it is anywhere.
        """
        waits = {"between": self.next_vote, "pack": self.next_pack, "upload": self.next_upload}
        waits["backup"] = self.next_backup
        busy = waits[moment]() if moment in waits else None
        moment = moment if busy else "anywhere"
        if target == "backup" and moment == "anywhere":
            target = "worker"  # there is none
        server = self.processes.get("server")
        if target == "worker" and server is not None and busy == server.pid:
            target = "server"  # it was the one that stood between vote and finish
        self.end(target, busy if moment in {"between", "pack"} else None)
        killed = time.monotonic()
        for left in self.folder.glob("voted-*"):
            left.unlink()  # whoever waits goes on
        while self.last <= killed:
            if self.processes["first"].poll() is not None:
                self.start("first")  # as a supervisor does with what ended by itself
            if time.monotonic() > killed + 60:
                raise AssertionError(f"60 s after the kill of {target} nothing was written: {self.logs()}")
            time.sleep(0.01)
        self.gaps.append((target, moment, time.monotonic() - killed))

    def next_vote(self):
        """Return the id of the process that announces a commit next; None if none does for a while."""
        (self.folder / "armed").touch()
        found = self.until(lambda: self.noted("voted"))
        with contextlib.suppress(FileNotFoundError):
            (self.folder / "armed").unlink()
        return found or self.noted("voted")

    def next_pack(self):
        """Return the id of a process that packs, a moment after its begin; None if none does for a while."""
        found = self.until(lambda: self.noted("packs"))
        time.sleep(self.dice.uniform(0, 0.1))
        return self.noted("packs") and found

    def next_upload(self):
        """Return the number of a writer, counted from 1, whose large file is on its way."""
        found = self.until(lambda: next(iter(self.uploading), -1) + 1)
        time.sleep(self.dice.uniform(0, 0.5))
        return found if found and found - 1 in self.uploading else None

    def next_backup(self):
        """Begin a backup, and return its process when it has begun to write."""
        folder = self.folder / "backups"
        before = seen_in(folder)
        self.processes["backup"] = self.backing_up()
        self.until(lambda: seen_in(folder) != before or self.processes["backup"].poll() is not None)
        time.sleep(self.dice.uniform(0, 0.2))
        return self.processes["backup"].pid if self.processes["backup"].poll() is None else None

    def backing_up(self):
        """Return a process that backs the site up."""
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        words = [sys.executable, "-m", "objpub.command", "backup", "backups"]
        with (self.folder / "backup.log").open("ab") as log:
            return subprocess.Popen(words, cwd=self.folder, env=environ, stdout=log, stderr=log)

    def noted(self, what):
        """Return the id of a process that has left a note of this kind, or None."""
        for found in self.folder.glob(f"{what}-*"):
            number = int(found.name.rpartition("-")[2])
            if Path(f"/proc/{number}").exists():
                return number
            found.unlink(missing_ok=True)  # it was killed
        return None

    def until(self, look):
        """Return what *look* does as soon as that is something; None after a while."""
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.001)
        return None

    def whole_log(self):
        """Return what the first process and its workers have printed."""
        return (self.folder / "first.log").read_text("utf-8", "replace")

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


def seen_in(folder):
    """Return the names and sizes of the files in *folder*."""
    sizes = {}
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            sizes[path] = path.stat().st_size
    return sizes


def children_of(pid):
    """Return the ids of the processes that *pid* has started and that live."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(each) for each in text.split()]


@contextlib.contextmanager
def running(
    engine,
    folder,
    large_bytes,
    control="",
    *,
    processes=2,
    person=None,
    environment=None,
    settings="",
):
    """Give a trial whose site serves, with empty purses; all its processes are gone at the end.

    person: name and password of somebody who can sign in, or None. environment: more for the processes.
    settings: lines to put before those it has.
    """
    trial = Trial(engine, folder, large_bytes, control, environment or {})
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
        (folder / "objpub.toml").write_text(settings + text)
        (folder / "killed.py").write_text(PROGRAM)
        stack.callback(end_all, trial)
        if engine == "zeo":
            (folder / "var").mkdir(exist_ok=True)
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


def kills(engine, number, folder, *, large_bytes=50_000_000, control="", restores=True, say=None):
    """Make a trial with so many kills, and return it. Raises AssertionError for what is lost or half done.

    restores: is a backup made and restored at the end? say: called with a line of progress.
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
            targets, moments = itertools.cycle(TARGETS[engine]), itertools.cycle(MOMENTS)
            for count in range(number):
                time.sleep(trial.dice.uniform(0.05, 0.6))
                target, moment = next(targets), next(moments)
                if moment == "backup" and trial.dice.random() < 0.5:
                    target = "backup"
                trial.kill(target, moment)
                if say is not None:
                    target, moment, gap = trial.gaps[-1]
                    written = sum(map(len, trial.acknowledged))
                    say(f"{count + 1}: {target}, {moment}, {gap:.1f} s, {written} written")
        finally:
            trial.stopped.set()
            for thread in threads:
                thread.join(60)
        trial.processes["first"].terminate()
        trial.processes["first"].wait(60)
        with opened(trial) as application:
            assert_whole(trial, application)
        if restores:
            assert_restored(trial)
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


def assert_restored(trial):
    """A backup that is made now, into the folder in which others were killed, holds the same."""
    backup = trial.backing_up()
    assert backup.wait(120) == 0, trial.logs()
    restored = restore_database(trial.folder / "backups", f"file:{trial.folder}/restored/site.fs")
    assert restored.digest.value == digest(trial.uri, trial.folder).value


def sha256_of(file):
    """Return the digest of the bytes of *file*."""
    with file.open() as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def main(engine, number, control):
    """Run what the command line asks for; print what was seen."""
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="objpub-kills-"))
    try:
        trial = kills(engine, number, folder, control=control, say=lambda line: print(line, flush=True))
    except BaseException:
        print(f"What was there is in {folder}")
        raise
    if trial.answers[500]:
        lines = trial.whole_log().splitlines()
        print("\n".join(line for line in lines if line and not line.startswith("  ")))
    shutil.rmtree(folder)
    gaps = sorted(gap for *_, gap in trial.gaps)
    met = Counter(moment for _, moment, _ in trial.gaps)
    print(f"{engine}: {len(gaps)} kills, {met['between']} of them between vote and finish: {dict(met)}")
    for kind in sorted({target for target, *_ in trial.gaps}):
        of_kind = sorted(gap for target, _, gap in trial.gaps if target == kind)
        print(f"  {kind}: {len(of_kind)}, {of_kind[len(of_kind) // 2]:.1f} s, {of_kind[-1]:.1f} s at most")
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
    main(
        *asked(
            sys.argv[1:],
            engine=("file", tuple(TARGETS)),
            number=(200, int),
            control=("", ("no-sync", "early")),
        )
    )
