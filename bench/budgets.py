"""What requests may cost by themselves, in thousand instructions, and what must not make them dearer.

The budgets hold for Python 3.12; another version needs more or fewer instructions for the same.

    python -m bench.budgets FOLDER REQUESTS      what runs under valgrind
"""

import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.cases import Asking
from bench.cases import BODY
from bench.cases import Case
from bench.contents import PASSWORD
from bench.contents import SETTINGS
from bench.counting import count
from bench.site import Document
from bench.site import rest
from bench.site import Section
from objpub import App
from objpub import view
from objpub.content import modified_of
from objpub.operations import add_user
from objpub.publisher import Application
from objpub.security import grant
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.settings import load_settings
from objpub.testing import Client

ROWS = 110
FEW, MANY = 100, 10_000
SHALLOW, DEEP = 3, 30
GRANTS = 1_000
TYPES, VIEWS = 200, 600  # what `bench.crowd` makes
PLACES = 10
WARM = 10
MOST_LEVEL = 5.0  # thousand instructions that each level deeper may cost
MOST_GROWTH = 1.05


@view(Section, "list", template="listing.pt")
def listing(section, request):
    day = request.format.date
    return {
        "title": section.title,
        "rows": [
            (request.url(each), each.title, day(modified_of(each)))
            for each in section.values()
            if request.can("view", each)
        ],
        "crumbs": [(request.url(each), each.title) for each in request.breadcrumbs()],
        "navigation": [(request.url(each), each.title) for each in request.site.values()],
    }


@view(Document, "json")
def as_json(document, request):
    crumbs = [{"title": each.title, "url": request.url(each)} for each in request.breadcrumbs()]
    return request.json({"title": document.title, "body": document.body, "crumbs": crumbs})


@dataclass(frozen=True)
class Budget:
    """One kind of request. thousands: instructions that it may cost; None where only growth counts."""

    title: str
    case: Case
    paths: tuple[str, ...]
    thousands: float | None = None
    signed_in: bool = False


def document_paths(place, view=""):
    """Return the paths of some documents below *place*."""
    return tuple(f"{place}/document-{number}{view}" for number in range(PLACES))


def case(method="GET", status="200 OK"):
    """Return what is sent and expected; the paths stand in the budget."""
    return Case("budget", "", method, "", status, 0)


PLACE = "/section/folder"
DEPTHS = {depth: "/deep" + "/step" * (depth - 2) for depth in (SHALLOW, DEEP)}
BUDGETS = (
    Budget("fixed view", case(), document_paths(PLACE, "/ok"), 250),
    Budget("page", case(), document_paths(PLACE), 1_200),
    Budget(f"listing of {ROWS} rows", case(), ("/rows/list",), 6_300),
    Budget("page, signed in with a local role", case(), document_paths(PLACE), 1_250, signed_in=True),
    Budget("JSON", case(), document_paths(PLACE, "/json"), 450),
    Budget("write", case("POST", "303 See Other"), document_paths(PLACE, "/label"), 950),
    Budget(f"fixed view at depth {SHALLOW}", case(), (DEPTHS[SHALLOW] + "/document-0/ok",)),
    Budget(f"fixed view at depth {DEEP}", case(), (DEPTHS[DEEP] + "/document-0/ok",)),
    Budget(f"fixed view, folder of {FEW}", case(), document_paths("/few", "/ok")),
    Budget(f"fixed view, folder of {MANY:,}", case(), document_paths("/many", "/ok")),
    Budget(f"fixed view, {GRANTS:,} grants elsewhere", case(), document_paths(PLACE, "/ok")),
)
CROWDED = Budget(f"fixed view, {TYPES} types and {VIEWS} views more", case(), document_paths(PLACE, "/ok"))


class Sending(Asking):
    """Sends the requests of one budget."""

    def __init__(self, application, budget, cookies=""):
        self.application = application
        self.case = budget.case
        self.cookies = cookies if budget.signed_in else ""
        self.paths = itertools.cycle(budget.paths)
        self.numbers = itertools.count(1)

    def environ(self):
        """Return what a server gives for one request."""
        environ = super().environ()
        environ["HTTP_HOST"] = "127.0.0.1"
        if "HTTP_ORIGIN" in environ:
            environ["HTTP_ORIGIN"] = "http://127.0.0.1"
        return {**environ, "HTTP_COOKIE": self.cookies} if self.cookies else environ


def open_site(folder: Path, many: int = MANY, parts: tuple[str, ...] = ()) -> Application:
    """Return the application with its site in *folder*, made if it is not there.

    many: documents in the large folder. parts: what else the site brings in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "objpub.toml"
    settings.write_text(SETTINGS, "utf-8")
    app = App()
    app.include("bench.site")
    app.include("bench.budgets", *parts)
    application = app.open(load_settings(settings, {}))
    rest(application)
    with application.work(sentence="Filled the site") as site:
        if not len(site):
            fill(site, many)
            passwords = application.registry[Policy].authenticator.passwords
            add_user(SYSTEM, site, "ann", PASSWORD, passwords=passwords)
            grant(site["section"]["folder"], "user:ann", "editor")
    return application


def fill(site, many):
    """Put a tree into *site* that has all that the budgets ask for."""
    site.title = "Budgets"
    section = site.add("section", Section(title="Section"))
    with_documents(section.add("folder", Section(title="Folder")), PLACES)
    with_documents(site.add("rows", Section(title="Rows")), ROWS)
    with_documents(site.add("few", Section(title="Few")), FEW)
    with_documents(site.add("many", Section(title="Many")), many)
    place = site.add("deep", Section(title="Deep"))
    for depth in range(2, DEEP + 1):
        if depth in DEPTHS:
            with_documents(place, 1)
        if depth < DEEP:
            place = place.add("step", Section(title=f"Step {depth}"))
    for number in range(PLACES - len(site)):
        site.add(f"other-{number}", Section(title=f"Other {number}"))


def with_documents(folder, size):
    """Put *size* documents into *folder*."""
    for number in range(size):
        folder.add(f"document-{number}", Document(title=f"Document {number}", body=BODY))


def grant_elsewhere(application):
    """Give a role to many, at a place that is on the way to none of the others."""
    with application.work(sentence="Gave roles") as site:
        for number in range(GRANTS):
            grant(site["other-0"], f"user:somebody-{number}", "reviewer")


def sendings(application):
    """Yield what sends the requests of each budget, in their order; before the last one roles are given."""
    client = Client(application, host="127.0.0.1")
    client.post("/login", {"name": "ann", "password": PASSWORD})
    cookies = client.cookies.header("/")
    for budget in BUDGETS:
        if budget is BUDGETS[-1]:
            grant_elsewhere(application)
        yield Sending(application, budget, cookies)


def open_crowded(folder: Path) -> Application:
    """Return the same with many types and views, none of which a request needs."""
    return open_site(folder / "crowded", FEW, ("bench.crowd",))


def verdicts(counts):
    """Return (title, figure, at most) for each promise, of the *counts* of instructions by budget."""
    all_budgets = (*BUDGETS, CROWDED)
    figures = {budget.title: counted / 1e3 for budget, counted in zip(all_budgets, counts, strict=True)}
    found = [(each.title, figures[each.title], each.thousands) for each in BUDGETS if each.thousands]
    fixed, shallow, deep, few, many, grants = (figures[BUDGETS[place].title] for place in (0, 6, 7, 8, 9, 10))
    found.append(("a level of depth", (deep - shallow) / (DEEP - SHALLOW), MOST_LEVEL))
    found.append((f"a folder of {MANY:,} beside one of {FEW}", many / few, MOST_GROWTH))
    found.append((f"{GRANTS:,} grants elsewhere beside none", grants / fixed, MOST_GROWTH))
    growth = figures[CROWDED.title] / fixed
    found.append((f"{TYPES} types and {VIEWS} views more beside none", growth, MOST_GROWTH))
    return found


def run(folder, requests):
    """Send the requests that are counted."""
    application = open_site(folder)
    for sending in sendings(application):
        sending.check()
        count(sending, requests, WARM)
    application.close()
    application = open_crowded(folder)
    count(Sending(application, CROWDED), requests, WARM)
    application.close()


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
