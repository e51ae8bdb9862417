"""An editor who tries everything: forms, forged forms, commands, imports, tokens, for as long as one likes.

python -m tests.security.editor 500      500 runs of 40 operations

After each operation the site is compared with `editor_model`: what he may not change is as it was, and
nothing that he was told is about what he may not view.
"""

import re
import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies
from hypothesis.stateful import rule
from hypothesis.stateful import run_state_machine_as_test

from objpub.command.calling import answer_of
from objpub.command.calling import As
from objpub.command.calling import environ_for
from objpub.errors import Refused
from objpub.importing import import_folder
from objpub.operations import edit
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.testing import PASSWORD
from tests.importing.conftest import PNG
from tests.security import editor_site
from tests.security.editor_hands import FORGED
from tests.security.editor_hands import forms_index
from tests.security.editor_hands import Hands

STEPS = 40
MOST = 10**6
COUNT = re.compile(r"(?:, |<small>)(\d+) *(?:<[^>]*>)? *items?\b")
TOKEN = re.compile(r"objpub_[\w-]+")
WORDS = ("fresh", "tides-zn0002q", "hidden-zn0004q", "@@edit", "_grants", "++trash++")
KINDS = ("Page", "Section", "Contract", "Series")
TABS = (
    "security security?who=tomas&may=edit bar branch choose?field=near rename move copy delete upload"
    " describe add add?type=Contract edit file"
)
ABOUT_PEOPLE = (
    "user-roles user-groups user user-password user-remove user-link users-add group-roles group-members"
    " group-remove groups-add roles role-remove site pack backup edit purge"
)
numbers = strategies.integers(0, MOST)
flags = strategies.booleans()


class Editor(Hands):
    """Somebody who may edit some of the site, and what he does."""

    # The public site, and pages of the interface.

    @rule(number=numbers, view=strategies.sampled_from(["", "/@@edit", "/@@security", "/upload"]))
    def look_at_public_page(self, number, view):
        self.ask("GET", (self.path(self.node(number)) or "/") + view)

    @rule(number=numbers, query=strategies.sampled_from(["", "?sort=title", "?find=z", "?sort=-changed"]))
    def look_at_list(self, number, query):
        folder = self.node(number, folder=True)
        answer = self.ask("GET", f"/manage{self.path(folder)}/{query}")
        if answer.status != 200 or not self.world.may(self.who, "see", folder.key):
            return
        shown = sorted(int(each) for each in COUNT.findall(answer.text) if int(each))
        listed = [folder] + [
            each
            for each in self.world.children.get(folder.key, ())
            if self.world.may(self.who, "view", each.key) and self.world.may(self.who, "see", each.key)
            if "find" not in query or "z" in each.name + each.title
        ]
        folders = [each for each in listed if each.is_folder]
        right = sorted(filter(None, (self.world.seen_in(self.who, each.key) for each in folders)))
        assert shown == right, f"{self.path(folder)}: counted {shown}, there are {right}"

    @rule(
        number=numbers,
        view=strategies.sampled_from(TABS.split()),
    )
    def look_at_tab(self, number, view):
        self.ask("GET", f"/manage{self.path(self.node(number))}/@@{view}")

    @rule(
        view=strategies.sampled_from(
            ["trash", "profile", "users", "groups", "site", "audit", "database", "user?id=nora", "roles"]
        )
    )
    def look_at_site_page(self, view):
        self.ask("GET", f"/manage/@@{view}")

    # Forms.

    @rule(number=numbers, kind=strategies.sampled_from(KINDS), forged=flags, far=numbers)
    def add(self, number, kind, forged, far):
        path = f"/manage{self.path(self.node(number, folder=True, may='add'))}/@@add"
        values = {"title": "Fresh", "type": kind, "near": self.path(self.node(far)) if far % 3 == 0 else ""}
        self.fill_in(f"{path}?type={kind}", "add", values, forged)

    @rule(number=numbers, forged=flags, far=numbers, word=strategies.sampled_from(["One", "Two"]))
    def edit(self, number, forged, far, word):
        node = self.node(number, may="edit", like=is_contract if forged else None)
        values = {"title": word, **({"near": self.path(self.node(far))} if far % 4 == 0 else {})}
        self.fill_in(f"/manage{self.path(node)}/@@edit", "edit", values, forged)

    @rule(number=numbers, word=strategies.sampled_from(["Mine", "Other"]))
    def meet_another(self, number, word):
        """Edit while a manager saves another title of the same."""
        path = self.path(self.node(number, may="edit"))
        page = self.ask("GET", f"/manage{path}/@@edit")
        found = [
            each
            for each in page.page.forms
            if "edit" in (each.action or "edit") and each.method.lower() == "post"
        ]
        with self.site.work() as root:
            thing = root
            for name in filter(None, path.split("/")):
                thing = thing[name]
            edit(SYSTEM, thing, {"title": "Other"})
        self.world = self.read()
        if page.status == 200 and found:
            form = page.form(forms_index(page, found[0]))
            data = {name: value for name, value in form.pairs() if not isinstance(value, tuple)}
            self.send(form.action, {**data, "title": word})

    @rule(number=numbers, name=strategies.sampled_from(WORDS), fresh=numbers)
    def rename(self, number, name, fresh):
        folder, child = self.child(number, "edit")
        self.said += name  # it stays the name of this, and comes up again
        values = {"pick": child.name, "name": f"{name}{fresh % 9}" if name == "fresh" else name}
        self.fill_in(f"/manage{self.path(folder)}/@@rename?pick={child.name}", "rename", values)

    @rule(number=numbers, to=numbers, forged=flags)
    def move(self, number, to, forged):
        self.bring("move", self.child(number, "delete"), to, forged)

    @rule(number=numbers, to=numbers, forged=flags)
    def copy(self, number, to, forged):
        self.bring("copy", self.child(number, "view", has_grants), to, forged)

    def bring(self, view, chosen, to, forged):
        """Move or copy the child that was *chosen* to some folder."""
        folder, child = chosen
        values = {"pick": child.name, "to": self.path(self.node(to, folder=True, may="add")) or "/"}
        path = f"/manage{self.path(folder)}/@@{view}"
        if forged:
            self.ask("GET", path, query=values)
        self.send(path, {**values, **(FORGED if forged else {})})

    @rule(number=numbers, word=strategies.sampled_from(["up", "down", "first", "last"]))
    def order(self, number, word):
        folders = [each for each in self.world.tree() if each.order] or self.world.tree()
        folder = folders[number % len(folders)]
        names = [each.name for each in self.world.children.get(folder.key, ())] or ["none"]
        self.send(f"/manage{self.path(folder)}/@@order", {word: names[number % len(names)]})

    @rule(number=numbers, page=flags)
    def delete(self, number, page):
        folder, child = self.child(number, "delete")
        path = f"/manage{self.path(folder)}/@@delete"
        if page:
            self.ask("GET", path, query={"pick": child.name})
        self.send(path, {"pick": child.name})

    @rule(number=numbers, to=numbers, where=flags)
    def restore(self, number, to, where):
        entries = sorted(each.name for each in self.world.nodes.values() if each.kind == "Entry")
        if not entries:
            return
        pick = {"pick": entries[number % len(entries)]}
        if where:
            self.ask("GET", "/manage/@@restore", query=pick)
            pick |= {"place": self.path(self.node(to, folder=True, may="add")) or "/", "name": "back"}
        self.send("/manage/@@restore", pick)

    @rule(number=numbers, kind=strategies.sampled_from(["a.txt", "../b.html", "hidden.txt", "c.png"]))
    def upload(self, number, kind):
        files = {"files": (kind, PNG if kind.endswith("png") else b"<script>1</script>", "text/plain")}
        self.send(
            f"/manage{self.path(self.node(number, folder=True, may='add'))}/@@upload", FORGED, files=files
        )

    @rule(number=numbers)
    def describe(self, number):
        images = [each for each in self.world.tree() if each.kind == "Image"] or self.world.tree()[1:]
        image = images[number % len(images)]
        folder = self.path(self.world.nodes[image.parent])
        values = {"pick": image.name, "title.0": "Described", "alt.0": "Birds", "owner.0": "tomas", **FORGED}
        self.send(f"/manage{folder}/@@describe", values)

    @rule(number=numbers, again=flags)
    def undo(self, number, again):
        token = self.undos[number % len(self.undos)] if self.undos else "none"
        self.send("/manage/@@undo", {"token": token, "back": "/manage/"})

    # What is never his.

    @rule(number=numbers, who=strategies.sampled_from(["user:tomas", "ines", "group:staff", "nora"]))
    def grant(self, number, who):
        self.send(f"/manage{self.path(self.node(number))}/@@security", {"add": who, "roles": "manager"})

    @rule(number=numbers, view=strategies.sampled_from(["remove", "cut", "permission"]))
    def forge_security(self, number, view):
        values = {
            "remove": {"remove": "reviewer user:nora"},
            "cut": {"down": ["grants"]},
            "permission": {"permission": "view", "holders": ["everyone"]},
        }[view]
        self.send(f"/manage{self.path(self.node(number))}/@@security-{view}", values)

    @rule(
        view=strategies.sampled_from(ABOUT_PEOPLE.split()),
        who=strategies.sampled_from(["tomas", "nora", "staff", "admin"]),
    )
    def forge_people(self, view, who):
        values = {"id": who, "user": who, "roles": "manager", "groups": "staff", "members": "tomas"}
        values |= {
            "pick": [each.name for each in self.world.nodes.values() if each.kind == "Entry"],
            "all": "on",
        }
        self.send(f"/manage/@@{view}", {**values, "title": "Forged", "name": who, "sure": "yes"})

    # His own: profile, tokens; and commands and imports as him.

    @rule(forged=flags)
    def profile(self, forged):
        self.fill_in("/manage/@@profile", "profile", {"title": "Somebody"}, forged)

    @rule(current=strategies.sampled_from([PASSWORD, "wrong"]), who=strategies.sampled_from(["", "admin"]))
    def password(self, current, who):
        values = {
            "current_password": current,
            "new_password": PASSWORD,
            "new_password_again": PASSWORD,
            "id": who,
        }
        self.send("/manage/@@profile-password", values)

    @rule(place=numbers, everything=flags, who=strategies.sampled_from(["", "", "admin"]), whole=flags)
    def make_token(self, place, everything, who, whole):
        values = {"title": "Mine", "what": "all" if everything else "some", "days": "9", "id": who}
        values |= {"permissions": ["edit", "view", "see", "manage", "grant"]}
        values |= {} if whole else {"place": self.path(self.node(place))}
        self.tokens += TOKEN.findall(self.send("/manage/@@token-add", values).text)

    @rule(
        number=numbers,
        view=strategies.sampled_from(
            ["edit", "security", "delete", "", "token-add", "profile", "user-roles"]
        ),
    )
    def use_token(self, number, view):
        if not self.tokens:
            return
        mine, self.browser = self.browser, self.site.browser()
        headers = {"Authorization": f"Bearer {self.tokens[number % len(self.tokens)]}"}
        path = f"/manage{self.path(self.node(number))}/" + (f"@@{view}" if view else "")
        values = {"title": "By a token", "add": "tomas", "roles": "manager", "what": "all", "days": "9"}
        self.ask("GET", path, headers=headers)
        self.ask("POST", path, {**values, **FORGED}, headers=headers)
        self.browser = mine

    @rule(
        number=numbers,
        view=strategies.sampled_from(["edit", "security", "add", "", "security-cut"]),
        method=strategies.sampled_from(["GET", "POST"]),
        manage=flags,
    )
    def call(self, number, view, method, manage):
        """`objpub call PATH --user` as him."""
        path = (
            ("/manage" if manage else "") + f"{self.path(self.node(number))}/" + (f"@@{view}" if view else "")
        )
        values = {"title": "Called", "type": "Page", "add": "tomas", "down": "grants", **FORGED}
        pairs = list(values.items()) if method == "POST" else []
        policy = self.site.registry[Policy]
        with self.site.work() as root:
            identity = root.users.identity(self.who)
        own, policy.authenticator = policy.authenticator, As(identity)
        try:
            answer = answer_of(self.site.application, environ_for(("http", "localhost"), path, method, pairs))
        finally:
            policy.authenticator = own
        self.told(f"{answer.headers}{answer.body.decode('utf-8', 'replace')}", (path, pairs))

    @rule(number=numbers, far=numbers, inside=flags)
    def take_in(self, number, far, inside):
        """Import a folder as him."""
        target = (self.path(self.node(number)) + ("/taken" if inside else "")) or "/"
        head = "---\ntitle: Taken in\nowner: tomas\nsalary: 9\n_grants: all\n---\n"
        with self.site.work() as root:
            identity = root.users.identity(self.who)
        with tempfile.TemporaryDirectory() as name:
            Path(name, "fresh.md").write_text(f"{head}[on]({self.path(self.node(far)) or '/'})\n")
            try:
                said = "\n".join(import_folder(self.site.database, name, target, identity=identity).lines())
            except Refused as refusal:
                said = str(refusal)
        self.told(said, (target, self.path(self.node(far))))


def is_contract(node):
    """Has *node* fields that managers alone write?"""
    return node.kind == "Contract"


def has_grants(node):
    """Has somebody a role at *node*?"""
    return bool(node.grants)


def run(runs, steps=STEPS, **options):
    """Let the editor have so many *runs*. Raises AssertionError for the first thing that is wrong."""
    quiet = {"deadline": None, "database": None, "report_multiple_bugs": False}
    quiet |= {"suppress_health_check": list(HealthCheck)}
    with editor_site.running() as site:
        kind = type("Editor", (Editor,), {"site": site})
        limits = settings(max_examples=runs, stateful_step_count=steps, **quiet, **options)
        run_state_machine_as_test(kind, settings=limits)


def main(runs="500"):
    """Run what the command line asks for."""
    run(int(runs), print_blob=True)
    print(f"{runs} runs of {STEPS} operations: nothing that he may not")


if __name__ == "__main__":
    main(*sys.argv[1:2])
