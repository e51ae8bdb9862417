"""What the steps of one kind of request cost, in thousand instructions.

python -m bench.steps            the page of the bench
python -m bench.steps fixed      its view of two bytes; or `write`

Each step begins and ends with a call of `getppid`, at which callgrind writes down what it counted since the
call before. What a step calls is its own, but for the steps that stand in the table by themselves.
"""

import functools
import gc
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench import counting
from bench import site
from bench.cases import Asking
from bench.cases import CASES
from bench.cases import Size
from objpub.database import transactions
from objpub.publisher import application as application_module
from objpub.publisher import publish
from objpub.publisher.application import Application
from objpub.publisher.incoming import Incoming
from objpub.publisher.measures import Measures
from objpub.security import Policy
from objpub.views import all_views

REQUESTS = 10
REST = "everything between the steps"
#: What is called at each step: title, what it is an attribute of, its name there.
STEPS = (
    ("what came in: id, method, path", application_module, "Incoming"),
    ("what came in: limits, host, form", Incoming, "read"),
    ("a request is made", publish, "Request"),
    ("a connection is taken, its transaction begun", transactions.TransactionFor, "__enter__"),
    ("the transaction is ended, the connection given back", transactions.TransactionFor, "__exit__"),
    ("commit", publish, "commit"),
    ("the view is found", publish, "find_view"),
    ("may it be called?", publish, "authorize"),
    ("proof that the form is ours", publish, "check_proof"),
    ("headers and entity tag", publish, "finish"),
    ("the line of the access log", Application, "log"),
    ("figures are added up", Measures, "count"),
)


class Marks:
    """Notes where steps begin and end, each time with a call of `getppid`."""

    def __init__(self):
        self.titles = []  # title at a beginning, None at an end
        self.on = False

    def mark(self, title):
        if self.on:
            os.getppid()
            self.titles.append(title)

    def step(self, title, function):
        """Return *function* with marks around it."""

        @functools.wraps(function, updated=())
        def stepped(*arguments, **named):
            self.mark(title)
            try:
                return function(*arguments, **named)
            finally:
                self.mark(None)

        return stepped

    def put_on(self, application):
        """Put marks around all steps of *application*."""
        for title, owner, name in STEPS:
            setattr(owner, name, self.step(title, getattr(owner, name)))
        policy = application.registry[Policy]
        policy.identify = self.step("who asks", policy.identify)
        application.walk = self.step("walk", application.walk)
        for view in all_views(application.registry):
            object.__setattr__(view, "call", self.step("the view: breadcrumbs, navigation, texts", view.call))
            if view.render is not None:
                object.__setattr__(view, "render", self.step("the template", view.render))


def run(folder, name, notes):
    """Send the requests that are counted; write to *notes* which step each count belongs to."""
    application = site.open_site(folder, Size())
    marks = Marks()
    marks.put_on(application)
    asking = Asking(application, next(case for case in CASES if case.name == name), Size())
    asking.run(counting.WARM)
    gc.collect()
    gc.disable()
    marks.on = True
    marks.mark(REST)
    asking.run(REQUESTS)
    marks.mark(None)
    notes.write_text(json.dumps(marks.titles))
    application.close()


def costs(titles, counts):
    """Return step → thousand instructions per request. counts: of what came before each of *titles*."""
    found, open_steps = Counter(), []
    for title, count in zip(titles, counts, strict=False):
        if open_steps:
            found[open_steps[-1]] += count / REQUESTS / 1e3
        if title is None:
            open_steps.pop()
        else:
            open_steps.append(title)
    return found


def main(name="page"):
    """Print the steps of the case called *name*, the dearest first."""
    with tempfile.TemporaryDirectory(prefix="objpub-bench-") as folder:
        site.open_site(Path(folder, "site"), Size()).close()
        notes = Path(folder, "notes")
        counts = counting.stretches("bench.steps", folder, name, notes)
        found = costs(json.loads(notes.read_text()), counts)
    for title, thousands in found.most_common():
        print(f"{title:56}{thousands:8.1f}")
    print(f"{'all':56}{found.total():8.1f}")


if __name__ == "__main__":
    if len(sys.argv) > 3:
        run(Path(sys.argv[1], "site"), sys.argv[2], Path(sys.argv[3]))
    else:
        main(*sys.argv[1:])
