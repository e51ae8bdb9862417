"""Who reaches what: the lines of the table, measured. A line has a cell for each of PEOPLE.

A cell names the places where somebody may: o own, g granted, c cut, f foreign, h hidden; s the site itself.
What a view does is left out: a view that the publisher calls says so, and no more.
"""

from base64 import b64encode
from contextlib import contextmanager
from pathlib import Path

from objpub import testing
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Refused
from objpub.security import Policy
from objpub.security import readable_fields
from objpub.security import writable_fields
from objpub.views import all_views
from objpub.views import plain
from objpub.views import views_in
from tests.security.deeds import Stage
from tests.security.deeds_of_site import DEEDS
from tests.security.exhibit import drawer_for
from tests.security.exhibit import fill
from tests.security.exhibit import identity_of
from tests.security.exhibit import path_for
from tests.security.exhibit import PEOPLE
from tests.security.exhibit import PLACES
from tests.security.exhibit import TOKENS
from tests.security.exhibit import user_of
from tests.security.exhibit import Year

TABLE = Path(__file__).parent / "exposure.txt"
REACHED = "The view is called."
REFUSALS = (303, 401, 403)
#: What a view is asked for on, the first that has it: what follows a drawer in the path.
SAMPLES = ("", "/paper", "/text.txt", "/picture.png", "/vase")
FIELDS = ("note", "verdict")


class Exhibition:
    """The small site, and how it is asked."""

    def __init__(self, site):
        self.site = site
        tokens = fill(site)
        self.headers = {person: headers_of(person, tokens) for person in PEOPLE}
        with site.work() as root:
            drawer = root["foreign"]
            self.kinds = {
                tail: type(drawer[tail[1:]]) if tail else type(drawer) for tail in SAMPLES
            } | {"/1999": Year, "site": type(root)}  # fmt: skip

    def lines(self, names=None):
        """Return label → cells. names: of the lines to measure; None: all."""
        measured = {
            **dict.fromkeys(self.views(), self.view_cells),
            **dict.fromkeys(self.field_labels(), self.field_cells),
            "rule Paper not_sealed": self.rule_cells,
            "action Paper seal": self.action_cells,
            **dict.fromkeys(DEEDS, self.deed_cells),
        }
        return {label: measured[label](label) for label in measured if names is None or label in names}

    def views(self):
        """Return label → view, for every declared view but those of errors, which nobody can ask for."""
        return {
            label_of(view, method): view
            for view in all_views(self.site.registry)
            for method in sorted(set(view.methods) - {"HEAD"})
            if not issubclass(view.kind, BaseException)
        }

    def view_cells(self, label):
        """Return the cells of a view; none where nothing of the small site has it."""
        view, method = self.views()[label], label.split()[0]
        tail = self.tail_of(view, method)
        if tail is None:
            return []
        with only_called(view):
            return self.cells(
                lambda person, place: self.reaches(method, path_of_view(view, person, place, tail), person),
                [""] if tail == "site" else PLACES,
            )

    def tail_of(self, view, method):
        """Return what follows a drawer in the path of something that has *view*; "site", or None."""
        table = views_in(self.site.registry, view.area)
        having = (tail for tail, kind in self.kinds.items() if table.find(kind, (view.name, method)) is view)
        return next(having, None)

    def reaches(self, method, path, person, data=None):
        """Is the view called when *person* asks?"""
        answer = self.site.browser().request(method, path, headers=self.headers[person], data=data)
        if answer.status not in REFUSALS:
            assert answer.text == REACHED, f"{method} {path} {person}: {answer.status} {answer.text[:300]}"
        return answer.text == REACHED

    def field_labels(self):
        """Return the labels of the fields of a paper that not everybody may see and change."""
        return [f"{word} Paper {name}" for word in ("see", "change") for name in FIELDS]

    def field_cells(self, label):
        """Return who may see or change a field."""
        word, _, name = label.split()
        allowed = readable_fields if word == "see" else writable_fields
        policy = self.site.registry[Policy]
        return self.tried(lambda stage: name in allowed(policy, stage.who, stage.drawer["paper"]))

    def rule_cells(self, label):
        """Return who may delete what a rule keeps."""
        policy = self.site.registry[Policy]
        return self.tried(lambda stage: policy.can(stage.who, "delete", stage.drawer["sealed"]))

    def action_cells(self, label):
        """Return who may do an action with what he picked."""

        def done(person, place):
            path = f"/manage{path_for(person, place)}/@@act"
            data = {"action": "seal", "pick": "paper"}
            answer = self.site.browser().post(path, data, headers=self.headers[person])
            return answer.status == 303 and "login" not in answer.headers["Location"]

        return self.cells(done, PLACES)

    def deed_cells(self, label):
        """Return who may do an operation."""

        def does(stage):
            try:
                DEEDS[label](stage)
            except Refused:
                return False
            return True

        return self.tried(does, [""] if DEEDS[label].of_site else PLACES)

    def tried(self, does, places=PLACES):
        """Return the cells of something that is tried, and undone each time."""

        def asked(person, place):
            with transaction_for(self.site.database) as pair:
                root = site_of(pair.connection)
                drawer = drawer_for(root, person, place) if place else None
                return does(Stage(root, identity_of(root, person), drawer))

        return self.cells(asked, places)

    def cells(self, may, places):
        """Return a cell for each of PEOPLE. may: of (person, place), whether they may."""
        return [
            "".join((place or "site")[0] if may(person, place) else "-" for place in places)
            for person in PEOPLE
        ]


@contextmanager
def exhibition(*things):
    """Run the small site, and *things* in it, until the end of the block."""
    with testing.site("objpub.manage", "tests.security.exhibit", *things) as site:
        yield Exhibition(site)


@contextmanager
def only_called(view):
    """Let *view* say that it was called, and do nothing, until the end of the block."""
    call = view.call
    object.__setattr__(view, "call", lambda context, request: plain(REACHED))
    try:
        yield
    finally:
        object.__setattr__(view, "call", call)


def label_of(view, method):
    """Return how a line calls a view: "POST manage/Paper @@edit"."""
    area = f"{view.area}/" if view.area else ""
    return f"{method} {area}{view.kind.__name__}" + (f" @@{view.name}" if view.name else "")


def path_of_view(view, person, place, tail):
    """Return the path at which *view* is asked for."""
    path = "" if tail == "site" else path_for(person, place) + tail
    slash = "/" if tail in ("", "site") else ""
    return (f"/{view.area}" if view.area else "") + path + (f"/@@{view.name}" if view.name else slash)


def headers_of(person, tokens):
    """Return the headers with which *person* says who it is."""
    if person == "nobody":
        return {}
    if person in TOKENS:
        return {"Authorization": f"Bearer {tokens[person]}"}
    credentials = b64encode(f"{user_of(person)}:{testing.PASSWORD}".encode()).decode()
    return {"Authorization": f"Basic {credentials}"}


def written(lines):
    """Return label → cells as lines of the table."""
    return [
        f"{label:52} {' '.join(f'{cell:6}' for cell in cells)}".rstrip() for label, cells in lines.items()
    ]


def read(text):
    """Return label → cells of the table *text*: the last words of a line, one for each of PEOPLE."""
    found = {}
    for line in text.splitlines():
        words = line.split()
        if words and not line.startswith("#"):
            found[" ".join(words[: -len(PEOPLE)])] = words[-len(PEOPLE) :]
    return found
