"""The hands of the editor who tries everything: how he asks, and how it is looked at what came of it."""

import re

from hypothesis import strategies
from hypothesis.stateful import initialize
from hypothesis.stateful import RuleBasedStateMachine

from tests.security import editor_model as model
from tests.security import editor_site

UNDO = re.compile(r'name="token" value="([^"]+)"')
FORGED = {
    "salary": "forged",
    "approved": "forged",
    "_owner": "tomas",
    "_grants": "user:tomas editor",
    "owner": "tomas",
    "roles": "manager",
    "id": "admin",
    "__class__": "Site",
    "_permissions": "view",
}


class Hands(RuleBasedStateMachine):
    """Somebody who may edit some of the site. site: the running one, set by `editor.run`."""

    site = None

    @initialize(who=strategies.sampled_from(["tomas", "ines"]))
    def begin(self, who):
        """Begin with a fresh site, signed in."""
        editor_site.fill(self.site)
        self.who = who
        self.browser = self.site.browser().login(who)
        self.tokens = []
        self.undos = []
        self.said = ""
        self.world = self.read()

    def read(self):
        """Return what is stored."""
        with self.site.work() as root:
            return model.read(root)

    # Where: numbers choose among what there is, what may be hidden from him too.

    def node(self, number, folder=False, may="view", like=None):
        """Return something of the tree, three times of four something where he may do *may*.

        folder: only a folder. like: a function; two times of three something for which it is true.
        """
        found = [each for each in self.world.tree() if each.is_folder or not folder]
        if number % 4:
            found = [each for each in found if self.world.may(self.who, may, each.key)] or found
        if like is not None and number % 3:
            found = [each for each in found if like(each)] or found
        return found[number // 12 % len(found)]

    def child(self, number, may="view", like=lambda node: True):
        """Return (folder, child), two nodes; see `node`."""
        child = self.node(number, may=may, like=like)
        if child.parent is None:
            child = self.world.children[child.key][-1]
        return self.world.nodes[child.parent], child

    def path(self, node):
        """Return the path of *node*, without a slash at the end."""
        return self.world.path(node.key).rstrip("/")

    # What is looked at after each step.

    def told(self, text, typed=""):
        """Take what he was told; *typed* is what he said himself. Then look at the site."""
        before, self.world = self.world, self.read()
        typed = f"{typed}{self.said}"
        found = model.changes(before, self.world, self.who, typed)
        assert not found, "; ".join(found)
        marks = set(model.MARK.findall(text)) - set(model.MARK.findall(typed))
        hidden = before.hidden_marks(self.who) & self.world.hidden_marks(self.who)
        assert not marks & hidden, f"told {sorted(marks & hidden)}: {around(text, marks & hidden)}"

    def ask(self, method, path, data=None, **options):
        """Send a request of his, look at the answer and at the site, and return the answer."""
        answer = self.browser.request(method, path, data=data, **options)
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.pairs)
        body = answer.body.decode("utf-8", "replace")
        assert answer.status < 500, f"{method} {path}: {answer.status} {body[:2000]}"
        self.told(headers + body, (path, data, answer.path))
        self.undos += UNDO.findall(body)
        return answer

    def send(self, path, data, **options):
        """Send a form, and look at the page that comes after it."""
        answer = self.ask("POST", path, data, **options)
        if answer.status == 303 and answer.location.startswith("/"):
            self.ask("GET", answer.location.partition("#")[0])
        return answer

    def fill_in(self, path, wanted, values, forged=False):
        """Open the form that *wanted* names, fill it in and send it; where there is none send the values."""
        page = self.ask("GET", path)
        forms = (
            [each for each in page.page.forms if each.method.lower() == "post"] if page.status == 200 else []
        )
        action = path.partition("?")[0]
        found = next((each for each in forms if wanted in each.action or (not each.action and wanted)), None)
        if found is None:
            return self.send(action, {**values, **(FORGED if forged else {})})
        form = page.form(forms_index(page, found))
        data = dict(form.pairs())
        data = {name: value for name, value in data.items() if not isinstance(value, tuple)}
        return self.send(form.action, {**data, **values, **(FORGED if forged else {})})


def around(text, marks):
    """Return what stands around the first of *marks* in *text*."""
    at = min(text.find(each) for each in marks)
    return text[max(0, at - 200) : at + 60]


def forms_index(page, found):
    """Return the number of the form *found* on *page*."""
    return next(number for number, each in enumerate(page.page.forms) if each is found)
