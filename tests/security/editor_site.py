"""The site on which an editor does what he likes: things of his, of others, hidden, cut off and in the trash.

Each title has a mark, zt0001q, zt0002q, …, and each name one, zn0001q, …: where it turns up, it was told;
no token is likely to have one by chance. What only managers see in a field says SECRET.
"""

from contextlib import contextmanager
from itertools import count

from objpub import testing
from objpub.content import Content
from objpub.content import Image
from objpub.operations import add
from objpub.operations import add_group
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import set_grants
from objpub.operations import set_groups
from objpub.operations import set_holders
from objpub.operations import set_inheritance
from objpub.operations import trash_of
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import SYSTEM
from objpub.security import Throttle
from objpub.views import view
from tests.importing.conftest import PNG
from tests.manage.pages import Page
from tests.manage.pages import Section
from tests.manage.pages import Series

SECRET = "zs0000q"
PEOPLE = {"admin": ["manager"], "ines": ["editor"], "tomas": [], "nora": []}


class Contract(Content, addable="anywhere"):
    """A page with fields that only managers see, or change."""

    title: str
    salary: str = field(default="", read="manage", write="manage")
    approved: str = field(default="", write="manage")
    near: Ref[Content] | None = None


@view(Section)
def show_section(section, request):
    """List what the visitor may view."""
    seen = [each for each in section.values() if request.can("view", each)]
    return f"{section.title}: {len(seen)}\n" + "\n".join(each.title for each in seen)


@view(Page)
@view(Contract)
def show_page(page, request):
    """Show a page."""
    return page.title


@contextmanager
def running():
    """Run the site, with its people, for as long as the block lasts; `fill` gives it what is in it."""
    with testing.site("objpub.manage", "objpub.importing", "tests.manage.pages", __name__) as site:
        for name, roles in PEOPLE.items():
            site.add_user(name, roles=roles)
        with site.work() as root:
            add_group(SYSTEM, root, "coast", title="Coast")
            add_group(SYSTEM, root, "staff", title="Staff")
            set_groups(SYSTEM, root, "group:coast", ["staff"])
            set_groups(SYSTEM, root, "user:tomas", ["coast"])
        yield site


class Filling:
    """Puts things into *root* with marks in their names and titles."""

    def __init__(self, root):
        self.root = root
        self.numbers = count(1)

    def put(self, folder, kind, word, hidden=False, **values):
        """Add something to *folder*, and return it. hidden: only managers may view it."""
        number = next(self.numbers)
        values = {"title": f"{word.capitalize()} zt000{number}q", **values}
        made = add_new(SYSTEM, folder, kind, values, f"{word}-zn000{number}q")
        if hidden:
            set_holders(SYSTEM, made, "view", ["manager"])
        return made


def fill(site):
    """Give *site* its things anew: those of an earlier run are gone, and what they left in the trash."""
    with site.work() as root:
        for name in list(root):
            root.remove(name)
        root.trash = None
        trash_of(root)
        root.users._tokens = None
        root.users._throttle = Throttle()
        for name in PEOPLE:
            root.users.get(name).title = name
        filling = Filling(root)
        news = filling.put(root, Section, "news")
        set_grants(SYSTEM, news, "group:staff", ["editor"])
        tides = filling.put(news, Page, "tides", text="About tides.")
        set_grants(SYSTEM, filling.put(news, Page, "marsh"), "user:nora", ["reviewer"])
        filling.put(news, Page, "hidden", hidden=True, text="zs0000q")
        filling.put(news, Contract, "contract", salary=SECRET, approved=SECRET, near=tides)
        mixed = filling.put(news, Section, "mixed")
        set_grants(SYSTEM, mixed, "user:nora", ["editor"])
        for word in ("one", "two"):
            set_grants(SYSTEM, filling.put(mixed, Page, word), "user:nora", ["reviewer"])
        filling.put(mixed, Page, "three", hidden=True)
        filling.put(filling.put(news, Section, "vault", hidden=True), Page, "gold")
        series = filling.put(news, Series, "series")
        for word in ("first", "second", "third"):
            filling.put(series, Page, word)
        apart = filling.put(news, Section, "apart")
        set_inheritance(SYSTEM, apart, ["grants"])
        filling.put(apart, Page, "alone")
        own = filling.put(news, Page, "own")
        own._owner = "tomas"
        add(
            SYSTEM, news, Image.from_bytes(PNG, "picture.png", title="Picture zt0000q"), "picture-zn0000q.png"
        )
        plan = filling.put(root, Section, "plan", hidden=True)
        filling.put(plan, Page, "secret")
        lent = filling.put(plan, Section, "lent")
        set_holders(SYSTEM, lent, "view", ["everyone"])
        set_grants(SYSTEM, lent, "user:tomas", ["editor"])
        filling.put(lent, Page, "open")
        archive = filling.put(root, Section, "archive")
        set_grants(SYSTEM, filling.put(archive, Page, "old"), "user:nora", ["editor"])
        for folder, hidden in ((news, False), (mixed, True), (plan, False), (archive, False)):
            delete(SYSTEM, filling.put(folder, Page, "gone", hidden=hidden))
