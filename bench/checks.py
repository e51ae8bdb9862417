"""What a check of a permission costs: near the top of the site and deep in it, with few grants and with many.

A request of somebody who has signed in, who is in three groups, and whose role is granted at the top asks
for nothing, once, and twice. The difference of the first two is what a first check costs, that of the
others a second one at the same place.

    python -m bench.checks FOLDER REQUESTS      what runs under valgrind
"""

import statistics
import sys
import time
from pathlib import Path

from bench.cases import Asking
from bench.cases import ENVIRON
from bench.contents import PASSWORD
from bench.contents import SETTINGS
from bench.counting import count
from bench.site import rest
from objpub import App
from objpub import field
from objpub import Folder
from objpub import view
from objpub.operations import add_group
from objpub.operations import add_user
from objpub.operations import set_groups
from objpub.publisher import Application
from objpub.security import grant
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.settings import load_settings
from objpub.testing import Client

DEPTHS = (3, 30)
GRANTS = (0, 10, 1_000)
CHECKS = (0, 1, 2)
MOST_MORE = 150_000  # instructions that a first check at the greater depth may cost more
WARM = 5


class Step(Folder, addable="anywhere"):
    """A folder on the way down."""

    title: str = field()


@view(Step, "checks", permission="public")
def checks(step, request, times: int = 0):
    """Ask for a permission so many times."""
    return str([bool(request.can("edit")) for _ in range(times)])


class Check(Asking):
    """Sends requests that check a permission so many *times*, below *depth* folders with *grants* in all."""

    def __init__(self, application, cookies, depth, grants, times):
        self.application = application
        self.cookies = cookies
        self.path = f"/grants-{grants}" + "/step" * (depth - 1)
        self.times = times

    def environ(self):
        """Return what a server gives for one request."""
        more = {"REQUEST_METHOD": "GET", "PATH_INFO": f"{self.path}/checks", "HTTP_COOKIE": self.cookies}
        return {**ENVIRON, **more, "QUERY_STRING": f"times={self.times}", "HTTP_HOST": "127.0.0.1"}

    def check(self):
        """Send one request and look at its answer: every check must say yes."""
        status, _, body = self.one()
        if status != "200 OK" or body.decode() != str([True] * self.times):
            raise SystemExit(f"{self.path}: {status}: {body[:500]!r}")
        return body


def open_site(folder: Path) -> Application:
    """Return the application with its site in *folder*, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "objpub.toml"
    settings.write_text(SETTINGS, "utf-8")
    app = App()
    app.include("bench.checks")
    application = app.open(load_settings(settings, {}))
    rest(application)
    with application.work(sentence="Filled the site") as site:
        if not len(site):
            fill(site, application)
    return application


def fill(site, application):
    """Put a chain of folders into *site* for each number of grants, and somebody who is in three groups."""
    passwords = application.registry[Policy].authenticator.passwords
    groups = [f"group-{number}" for number in range(3)]
    for each in groups:
        add_group(SYSTEM, site, each)
    add_user(SYSTEM, site, "ann", PASSWORD, passwords=passwords)
    set_groups(SYSTEM, site, "user:ann", groups)
    grant(site, "group:group-0", "editor")
    for grants in GRANTS:
        place = site
        for depth in range(max(DEPTHS)):
            name = "step" if depth else f"grants-{grants}"
            place = place.add(name, Step(title=f"Step {depth}"))
            for number in range(depth, grants, max(DEPTHS)):
                grant(place, f"user:somebody-{number}", "reviewer")


def cases(application):
    """Return (depth, grants, times) → what asks, in the order in which they are counted."""
    client = Client(application, host="127.0.0.1")
    client.post("/login", {"name": "ann", "password": PASSWORD})
    cookies = client.cookies.header("/")
    return {
        (depth, grants, times): Check(application, cookies, depth, grants, times)
        for depth in DEPTHS
        for grants in GRANTS
        for times in CHECKS
    }


def costs(figures):
    """Return (depth, grants) → what the first check costs, and the second, of what each request costs."""
    return {
        (depth, grants): (
            figures[depth, grants, 1] - figures[depth, grants, 0],
            figures[depth, grants, 2] - figures[depth, grants, 1],
        )
        for depth in DEPTHS
        for grants in GRANTS
    }


def more_below(found):
    """Return grants → how much more a first check costs at the greater depth, of what `costs` returned."""
    return {grants: found[max(DEPTHS), grants][0] - found[min(DEPTHS), grants][0] for grants in GRANTS}


def seconds(application, rounds, requests):
    """Return (depth, grants, times) → seconds per request: medians of *rounds*, all cases in turn."""
    asking = cases(application)
    spent = {case: [] for case in asking}
    for each in asking.values():
        each.check()
    for _ in range(rounds):
        for case, each in asking.items():
            begun = time.perf_counter()
            each.run(requests)
            spent[case].append((time.perf_counter() - begun) / requests)
    return {case: statistics.median(times) for case, times in spent.items()}


def main(folder: str, requests: str) -> None:
    """Send the requests that are counted, see `bench.counting`."""
    application = open_site(Path(folder))
    for each in cases(application).values():
        each.check()
        count(each, int(requests), WARM)
    application.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
