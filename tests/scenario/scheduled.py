"""Publish and mail at set moments with three processes, one of which is killed now and then.

python -m tests.scenario.scheduled                    # 200 of each within a minute, a kill every ten seconds
python -m tests.scenario.scheduled 200 60 10 zeo      # the same behind a ZEO server; or postgresql

Each publication has to be made once, each letter taken once by a mail server that speaks SMTP, none early,
and none more than a minute late.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from datetime import UTC
from pathlib import Path
from statistics import median

from objpub import App
from objpub.jobs import put_job
from objpub.jobs import queue_of
from objpub.operations import schedule
from objpub.security import SYSTEM
from objpub.settings import load_settings
from objpub.workflow import decisions_of
from tests.engines import Cluster
from tests.engines import served_uri
from tests.engines import SEVERAL_PROCESSES
from tests.mailbox import mailbox
from tests.scenario.asked import asked

ROOT = Path(__file__).parent.parent.parent
PROCESSES = 3
LATE_SECONDS = 60
FIRST_SECONDS = 5  # after the start of the processes something is due for the first time
SETTINGS = """\
log.access = false
database.uri = {uri!r}
[site]
app = "planned"
[server]
processes = 3
[mail]
server = "localhost"
port = {port}
security = "none"
sender = "site@coast.example.org"
"""
PROGRAM = """\
from objpub import App, Content, State, Transition, Workflow, field

flow = Workflow(
    State("draft", view="editor"), State("published", view="everyone"),
    Transition("publish", "draft -> published"),
)


class Story(Content, addable="anywhere", workflow=flow):
    title: str = field(default="")


app = App("planned")
"""


@dataclass
class Seen:
    """What came of a run. planned: subject or name → moment. made, taken: the same → moments.

    doubtful: subjects of letters of which nobody knows. kills: how many processes were killed.
    """

    planned: dict = field(default_factory=dict)
    made: dict = field(default_factory=dict)
    taken: dict = field(default_factory=dict)
    doubtful: set = field(default_factory=set)
    kills: int = 0

    def problems(self, late_seconds=None):
        """Return what is wrong, one sentence each. late_seconds: how late anything may be; None: at all."""
        found = []
        for word, events in (("published", self.made), ("mailed", self.taken)):
            for name in self.planned:
                moments = events.get(name, [])
                if len(moments) != 1 and not (word == "mailed" and not moments and name in self.doubtful):
                    found.append(f"{name} was {word} {len(moments)} times")
                for moment in moments:
                    late = (moment - self.planned[name]).total_seconds()
                    if late < 0:
                        found.append(f"{name} was {word} {-late:.3f} s early")
                    if late_seconds is not None and late > late_seconds:
                        found.append(f"{name} was {word} {late:.1f} s late")
        return found

    def late(self, events):
        """Return by how many seconds each was late, sorted."""
        return sorted((each[0] - self.planned[name]).total_seconds() for name, each in events.items())


class Timed(list):
    """Letters with the moment they came."""

    def __init__(self):
        super().__init__()
        self.moments = []

    def append(self, letter):
        self.moments.append((letter["Subject"], datetime.now(UTC)))
        super().append(letter)


class Trial:
    """A site in *folder* with its processes. number: of publications, and of letters. seconds: they take."""

    def __init__(self, folder, uri, box, number, seconds):
        self.folder, self.box, self.seconds = folder, box, seconds
        box.letters = Timed()
        self.seen = Seen()
        folder.joinpath("objpub.toml").write_text(SETTINGS.format(uri=uri, port=box.port))
        folder.joinpath("planned.py").write_text(PROGRAM)
        self.plan(number)

    def opened(self):
        """Return the application, opened in this process."""
        if str(self.folder) not in sys.path:
            sys.path.insert(0, str(self.folder))
        return App("planned").open(load_settings(self.folder / "objpub.toml", {}))

    def plan(self, number):
        """Schedule everything at random moments."""
        application = self.opened()
        story = sys.modules["planned"].Story
        self.begin = datetime.now(UTC) + timedelta(seconds=FIRST_SECONDS)
        with application.work() as site:
            for count in range(number):
                name = f"story-{count}"
                when = self.begin + timedelta(seconds=random.uniform(0, self.seconds))
                self.seen.planned[name] = when
                schedule(SYSTEM, site.add(name, story(title=name)), "publish", when)
                letter = {"to": "ann@example.org", "subject": name, "text": "It is out."}
                put_job(site, "objpub.mail", when, **letter)
        application.close()

    def start(self):
        """Start the site, and return its first process."""
        command = [sys.executable, "-m", "objpub.command", "serve", "--port", "0", "--no-reload"]
        environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{self.folder}"}
        with open(self.folder / "log", "ab") as log:
            return subprocess.Popen(command, cwd=self.folder, env=environ, stdout=log, stderr=log)

    def kill_one(self, first):
        """Kill one of those that serve, without a warning, if all are there; the first starts another."""
        workers = workers_of(first.pid)
        if len(workers) >= PROCESSES:
            os.kill(random.choice(workers), signal.SIGKILL)
            self.seen.kills += 1

    def run(self, every, most):
        """Serve until nothing waits, or *most* seconds are over; kill a process *every* so many seconds."""
        first = self.start()
        end = time.monotonic() + most
        next_kill = time.monotonic() + FIRST_SECONDS + every / 2
        try:
            while time.monotonic() < end and not self.is_done():
                if time.monotonic() >= next_kill:
                    self.kill_one(first)
                    next_kill = time.monotonic() + every
                time.sleep(0.5)
        finally:
            first.terminate()
            first.wait(60)

    def is_done(self):
        """Did the mail server take everything? The database is asked at the end only."""
        return datetime.now(UTC) > self.begin + timedelta(seconds=self.seconds) and len(
            {subject for subject, _ in self.box.letters.moments}
        ) >= len(self.seen.planned) - len(self.seen.doubtful)

    def look(self):
        """Read what came of it."""
        application = self.opened()
        with application.work() as site:
            for name in self.seen.planned:
                self.seen.made[name] = [each.when for each in decisions_of(site[name])]
            queue = queue_of(site)
            handed = [each for each in queue.waiting() if each.has_handed]
            left = [each.name for each in queue.waiting() if each not in handed]
            doubtful = [*handed, *(each for each in queue.dead.values() if each.state == "in doubt")]
            self.seen.doubtful.update(each.values["subject"] for each in doubtful)
        application.close()
        for subject, moment in self.box.letters.moments:
            self.seen.taken.setdefault(subject, []).append(moment)
        return Counter(left)


def workers_of(pid):
    """Return the ids of the processes that *pid* has started."""
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def trial(number, seconds, every, engine="sqlite", most=None):
    """Run one trial; return what was seen, and what still waits by name of job."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="objpub-scheduled-")))
        cluster = Cluster() if engine.startswith("postgresql") else None
        if cluster is not None:
            stack.callback(cluster.close)
        uri = stack.enter_context(served_uri(engine, folder, cluster))
        box = stack.enter_context(mailbox())
        found = Trial(folder, uri, box, number, seconds)
        found.run(every, most or seconds + FIRST_SECONDS + LATE_SECONDS)
        left = found.look()
        if left or found.seen.problems():
            print((folder / "log").read_text()[-3000:])
        return found.seen, left


def main(number, seconds, every, engine):
    """Run the trial, and print the figures. Exits with 1 for what was done twice, early, late or never."""
    seen, left = trial(number, seconds, every, engine)
    for word, events in (("published", seen.made), ("mailed", seen.taken)):
        late = seen.late({name: each for name, each in events.items() if each})
        print(f"{len(late)} {word}: late by {median(late):.2f} s in the middle, at most {late[-1]:.2f} s")
    print(f"{seen.kills} kills; letters nobody knows of: {len(seen.doubtful)}; still waiting: {dict(left)}")
    problems = seen.problems(LATE_SECONDS)
    print("\n".join(problems) or "Each happened once, none early, none more than a minute late.")
    sys.exit(bool(problems or left))


if __name__ == "__main__":
    several = tuple(sorted(SEVERAL_PROCESSES))
    main(
        *asked(
            sys.argv[1:],
            number=(200, int),
            seconds=(60.0, float),
            every=(10.0, float),
            engine=("sqlite", several),
        )
    )
