"""Everything that can happen to a site happens to it at random; find, counts and facets are a linear scan.

python -m tests.catalog.model 500 50      # runs, steps
"""

import random
import sys
from collections import Counter
from datetime import date
from datetime import timedelta

from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize
from hypothesis.stateful import rule as step
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import run_state_machine_as_test

from objpub.catalog import below
from objpub.catalog import check_catalog
from objpub.catalog import find
from objpub.catalog import index
from objpub.catalog import kind
from objpub.catalog import parse
from objpub.catalog import queries
from objpub.catalog import settle
from objpub.catalog import where
from objpub.catalog import words
from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import Folder
from objpub.content import move as move_in_tree
from objpub.content import Site
from objpub.content import walk
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.errors import NotPossible
from objpub.errors import Refused
from objpub.events import notify
from objpub.events import SiteCreated
from objpub.lineage import find_resource
from objpub.lineage import inside
from objpub.operations import add
from objpub.operations import choices
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import purge
from objpub.operations import rename
from objpub.operations import restore
from objpub.operations import transition
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import Deny
from objpub.security import grant
from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Policy
from objpub.security import restore_permission
from objpub.security import revoke
from objpub.security import rule
from objpub.security import Scope
from objpub.security import set_cuts
from objpub.security import SYSTEM
from objpub.workflow import State
from objpub.workflow import state_of
from objpub.workflow import Transition
from objpub.workflow import Workflow

TAGS = ("sea", "tide", "moon", "old town")
WORDS = ("gull", "Düne", "anchor", "rope", "lamp", "fog")
DAYS = [date(2026, 1, 1) + timedelta(days=day) for day in range(6)]
USERS = [f"u{number}" for number in range(10)]
GROUPS = ["staff", "press", "crew", "board"]
PRINCIPALS = [*(f"user:{each}" for each in USERS), *(f"group:{each}" for each in GROUPS)]
ROLES = ["editor", "reviewer", "manager"]
HOLDERS = ["everyone", "authenticated", "owner", "editor", "reviewer", "editor owner", ""]
MOST = 40


class Box(Folder, addable="anywhere"):
    """A folder with labels."""

    tags: frozenset[str] = field(default=(), index="keyword")


class Note(Content, addable="anywhere"):
    """Something with values of each kind."""

    title: str = field(default="", index="text")
    tags: frozenset[str] = field(default=(), index="keyword")
    day: date | None = field(default=None, index="range")
    weight: int = field(default=0, index="range")
    done: bool = field(default=False, index="value")
    place: str = field(default="", index="path")
    about: "Ref[Content] | None" = field(default=None, index="value")
    salary: int = field(default=0, index="value", read="edit")


class Sealed(Note, addable="anywhere"):
    """A note that a rule may hide."""


flow = Workflow(
    State("draft", view="owner editor", edit="owner editor"),
    State("shown", view="everyone", edit="editor"),
    State("kept", view="reviewer"),
    Transition("show", "draft kept -> shown"),
    Transition("keep", "draft shown -> kept"),
    Transition("withdraw", "shown kept -> draft"),
)


class Paper(Note, addable="anywhere", workflow=flow):
    """A note that goes through states."""


class Binder(Box, addable="anywhere", workflow=flow):
    """A folder whose state comes down to what is in it."""


@rule(Sealed, "view")
def not_sealed(note, identity):
    """Hide heavy ones from those who are not signed in."""
    return Deny("It is sealed.") if note.weight > 3 and identity.user_id is None else None


@index(Note, "length", kind="range")
def length(note):
    """Return how long the title is."""
    return len(note.title.split()) or None


NAMES = ("tags", "day", "weight", "done", "place", "about", "salary", "length", "state")


def values_of(resource, name):
    """Return the values that *resource* has for the index *name*, by reading it."""
    if name == "length":
        value = length(resource) if isinstance(resource, Note) else None
    elif name == "state":
        value = state_of(resource)
    else:
        value = getattr(resource, name, None) if isinstance(resource, Box | Note) else None
    if value is None:
        return []
    return sorted(value) if isinstance(value, frozenset) else [value]


def has_words(asked, text):
    """Has *text* the one word, the beginning of one, or the phrase that is *asked* for?"""
    wanted = asked.strip('"*').lower()
    if asked.endswith("*"):
        return any(word.startswith(wanted) for word in text.split())
    return f" {wanted} " in f" {text} "


def is_met(query, resource):
    """Is *query* met by *resource*, by reading it?"""
    if isinstance(query, queries.AnyOf):
        values = values_of(resource, query.name)
        if query.name == "place":
            return any(f"{value}/".startswith(f"{wanted}/") for value in values for wanted in query.values)
        return any(value is wanted or value == wanted for value in values for wanted in query.values)
    if isinstance(query, queries.Between):
        low, high = query.low, query.high
        return any(
            (low is None or (value > low if query.above else value >= low))
            and (high is None or (value < high if query.below else value <= high))
            for value in values_of(resource, query.name)
        )
    if isinstance(query, queries.Given):
        return bool(values_of(resource, query.name))
    if isinstance(query, queries.OfKind):
        return isinstance(resource, query.kinds)
    if isinstance(query, queries.Below):
        return resource is not query.place and inside(resource, query.place)
    if isinstance(query, queries.Words):
        return has_words(query.text, resource.title.lower() if isinstance(resource, Note | Site) else "")
    if isinstance(query, queries.And):
        return all(is_met(each, resource) for each in query.parts)
    if isinstance(query, queries.Or):
        return any(is_met(each, resource) for each in query.parts)
    if isinstance(query, queries.Not):
        return not is_met(query.part, resource)
    assert isinstance(query, queries.Everything)
    return True


class Probe:
    """A random question. pick: the source of chance."""

    def __init__(self, pick, site, with_words):
        self.pick = pick
        self.with_words = with_words
        self.resources = list(walk(site))
        self.notes = [each for each in self.resources if isinstance(each, Note)]

    def condition(self):
        """Return one condition."""
        pick = self.pick
        name = pick.choice(NAMES)
        if self.with_words and pick.random() < 0.2:
            word = pick.choice(WORDS).lower()
            return words(pick.choice([word, f"{word[:2]}*", f'"{word} {pick.choice(WORDS)}"']))
        if pick.random() < 0.15:
            return where_(name).given
        if name == "tags":
            return where.tags.among(pick.sample(TAGS, pick.randint(1, 2)))
        if name in {"day", "weight", "length"}:
            values = DAYS if name == "day" else range(7)
            value = pick.choice(values)
            return pick.choice(
                [
                    where_(name) == value,
                    where_(name) >= value,
                    where_(name) > value,
                    where_(name) <= value,
                    where_(name) < value,
                    where_(name).between(value, pick.choice(values)),
                ]
            )
        if name == "done":
            return where.done == pick.choice([True, False])
        if name == "place":
            return where.place == pick.choice(["/a", "/a/b", "/ab"])
        if name == "state":
            return where.state == pick.choice(sorted(flow.states))
        if name == "about":
            return where.about == pick.choice(self.resources)
        return where.salary == pick.randint(0, 3)

    def query(self, depth=0):
        """Return a query."""
        pick = self.pick
        way = pick.random()
        if depth > 2 or way < 0.4:
            return self.condition()
        if way < 0.5:
            return kind(*pick.sample([Box, Note, Sealed, Folder, Content], pick.randint(1, 2)))
        if way < 0.6:
            return below(pick.choice([each for each in self.resources if isinstance(each, Folder)]))
        if way < 0.7:
            return ~self.query(depth + 1)
        left, right = self.query(depth + 1), self.query(depth + 1)
        return left & right if way < 0.87 else left | right


def where_(name):
    """Return the index *name* as `where` gives it."""
    return getattr(where, name)


class Changing(RuleBasedStateMachine):
    """A site; each step changes it in a transaction of its own, and then questions are asked."""

    registry = None

    @initialize()
    def begin(self):
        if type(self).registry is None:
            configuration = Configuration()
            parts = ("content", "security", "workflow", "catalog", "operations")
            declared = (Box, Note, Sealed, Paper, Binder, not_sealed, length)
            configuration.include(*(f"objpub.{part}" for part in parts), *declared)
            type(self).registry = configuration.freeze()
        self.database = open_database("demo:", registry=self.registry)
        self.pair = self.database.pairs.take()
        self.pair.manager.begin()
        site = Site(title="Site")
        put_site(self.pair.connection, site)
        self.pair.connection.add(site)
        notify(self.registry, SiteCreated(site))
        for each in USERS:
            site.users.add(each, None)
        for each in GROUPS:
            site.users.add_group(each)
        site.users.join("group:crew", "staff")
        site.users.join("group:board", "crew")
        site.users.join("user:u1", "board")
        site.users.join("user:u2", "press")
        site.users.set_roles("user:u3", "editor")
        site.add("a", Box(tags={"sea"})).add("b", Box()).add("n", Note(title="first", day=DAYS[2]))
        self.count = 0
        self.next_transaction()

    def teardown(self):
        if hasattr(self, "pair"):
            self.pair.manager.abort()
            self.database.close()

    @property
    def site(self):
        return site_of(self.pair.connection)

    def next_transaction(self, kept=True):
        (self.pair.manager.commit if kept else self.pair.manager.abort)()
        self.pair.manager.begin()

    # What can happen

    def any(self, pick, *kinds):
        """Return a resource of one of *kinds*, the site perhaps."""
        found = [each for each in walk(self.site) if isinstance(each, kinds or (Content,))]
        return pick.choice(found) if found else None

    def note_values(self, pick):
        return {
            "title": " ".join(pick.sample(WORDS, pick.randint(0, 4))),
            "tags": frozenset(pick.sample(TAGS, pick.randint(0, 3))),
            "day": pick.choice([None, *DAYS]),
            "weight": pick.randint(0, 6),
            "done": pick.random() < 0.5,
            "place": pick.choice(["", "/a", "/a/b", "/a/b/c", "/ab"]),
            "about": pick.choice([None, self.any(pick)]),
            "salary": pick.randint(0, 3),
        }

    def made(self, pick):
        """Return something new, with things in it perhaps."""
        if pick.random() < 0.6:
            made = pick.choice([Note, Sealed, Paper, Paper])(**self.note_values(pick))
        else:
            made = pick.choice([Box, Binder])(tags=frozenset(pick.sample(TAGS, pick.randint(0, 2))))
            for number in range(pick.randint(0, 3)):
                made.add(f"i{number}", pick.choice([Note, Paper])(**self.note_values(pick)))
        made._owner = pick.choice([None, None, *USERS])
        return made

    def add_something(self, pick):
        folder = self.any(pick, Folder)
        if len(list(walk(self.site))) < MOST:
            self.count += 1
            if pick.random() < 0.5:
                add(SYSTEM, folder, self.made(pick), f"n{self.count}")
            else:
                folder.add(f"n{self.count}", self.made(pick))

    def change_values(self, pick):
        note = self.any(pick, Note)
        if note is None:
            return
        values = self.note_values(pick)
        chosen = {name: values[name] for name in pick.sample(sorted(values), pick.randint(1, 3))}
        if pick.random() < 0.5:
            edit(SYSTEM, note, chosen)
        else:
            for name, value in chosen.items():
                setattr(note, name, value)

    def relabel_box(self, pick):
        box = self.any(pick, Box)
        if box is not None:
            box.tags = frozenset(pick.sample(TAGS, pick.randint(0, 3)))

    def move_something(self, pick):
        moved, folder = self.any(pick), self.any(pick, Folder)
        if moved is not self.site and not inside(folder, moved):
            self.count += 1
            if pick.random() < 0.5:
                move(SYSTEM, moved, folder)
            else:
                move_in_tree(moved, folder, f"m{self.count}")

    def rename_something(self, pick):
        resource = self.any(pick)
        if resource is not self.site:
            self.count += 1
            rename(SYSTEM, resource, f"r{self.count}")

    def copy_something(self, pick):
        resource, folder = self.any(pick), self.any(pick, Folder)
        if resource is not self.site and len(list(walk(resource))) + len(list(walk(self.site))) < MOST:
            copy(SYSTEM, resource, folder)

    def delete_something(self, pick):
        resource = self.any(pick)
        if resource is not self.site:
            if pick.random() < 0.8:
                delete(SYSTEM, resource)
            else:
                resource.__parent__.remove(resource.__name__)

    def restore_something(self, pick):
        entries = list(self.site.trash)
        if entries:
            folder = pick.choice([None, self.any(pick, Folder)])
            restore(SYSTEM, pick.choice(entries), folder)

    def purge_something(self, pick):
        entries = list(self.site.trash)
        if entries:
            purge(SYSTEM, pick.choice(entries))

    def grant_something(self, pick):
        grant(self.any(pick), pick.choice(PRINCIPALS), [pick.choice(ROLES)])

    def revoke_something(self, pick):
        granted = [each for each in walk(self.site) if each._grants]
        if granted:
            place = pick.choice(granted)
            revoke(place, pick.choice(sorted(place._grants)))

    def cut_something(self, pick):
        set_cuts(self.any(pick), pick.choice([(), ("grants",), ("permissions",), ("grants", "permissions")]))

    def override_something(self, pick):
        place, name = self.any(pick), pick.choice(["view", "view", "edit"])
        if pick.random() < 0.7:
            override_permission(place, name, pick.choice(HOLDERS))
        else:
            restore_permission(place, name)

    def change_state(self, pick):
        resource = self.any(pick, Paper, Binder)
        if resource is None:
            return
        ways = choices(SYSTEM, resource)
        if ways and pick.random() < 0.8:
            transition(SYSTEM, resource, pick.choice(ways).transition.name)
        elif pick.random() < 0.5:
            resource._state = pick.choice([*flow.states, "gone"])
        elif "_state" in vars(resource):
            del resource._state  # as what is older than the workflow

    def give_away(self, pick):
        self.any(pick)._owner = pick.choice([None, *USERS])

    def change_groups(self, pick):
        users = self.site.users
        change = users.join if pick.random() < 0.6 else users.leave
        try:
            change(pick.choice(PRINCIPALS), pick.choice(GROUPS))
        except NotPossible:
            pass

    def settle_with_others(self, pick):
        self.site.catalog.settle()

    def change_roles(self, pick):
        self.site.users.set_roles(pick.choice(PRINCIPALS), pick.choice(["", "", "editor", "reviewer"]))

    def roll_back(self, pick):
        savepoint = self.pair.manager.savepoint()
        self.add_something(pick)
        self.delete_something(pick)
        if pick.random() < 0.5:
            list(find(SYSTEM, self.site))
        savepoint.rollback()

    ALL = (
        *(add_something, add_something, add_something, change_values, change_values, relabel_box),
        *(move_something, move_something, rename_something, copy_something, delete_something),
        *(restore_something, restore_something, purge_something, grant_something, grant_something),
        *(revoke_something, cut_something, override_something, override_something, give_away),
        *(change_groups, change_groups, change_roles, roll_back),
        *(change_state, change_state, change_state, settle_with_others),
    )

    @step(seed=st.integers(0, 2**40))
    def something_happens(self, seed):
        pick = random.Random(seed)
        kept = pick.random() < 0.95
        before = pick.random() < 0.2
        for _ in range(pick.choice([1, 1, 1, 2, 3])):
            try:
                pick.choice(self.ALL)(self, pick)
            except Refused:
                self.next_transaction(kept=False)
        if before:
            self.ask(pick, with_words=False)  # what is not committed yet is found too
        self.next_transaction(kept)
        if pick.random() < 0.2:
            settle(self.database)
            self.next_transaction()
        for _ in range(3):
            self.ask(pick)
        if pick.random() < 0.2:
            assert list(check_catalog(self.pair.connection)) == []

    # What is asked

    def who(self, pick):
        """Return who asks: anybody."""
        asks = pick.choice([*USERS, "visitor", "visitor", "system", "token"])
        if asks == "token":
            identity = self.site.users.identity(pick.choice(USERS))
            place = pick.choice([None, self.any(pick)])
            scope = Scope("t", pick.choice([None, frozenset({"view"}), frozenset({"edit"})]), place)
            return Identity(identity.user_id, "t", identity.roles, identity.principals, scope=scope)
        return {"visitor": NO_IDENTITY, "system": SYSTEM}.get(asks) or self.site.users.identity(asks)

    def ask(self, pick, with_words=True):
        identity, query = self.who(pick), Probe(pick, self.site, with_words).query()
        permission = pick.choice(["view", "view", "view", "edit"])
        sort = pick.choice([None, "day", "-day", "weight, -length", "-weight"])
        policy = self.registry[Policy]

        def may(resource, names):
            closed = isinstance(resource, Note) and "salary" in names
            return policy.can(identity, permission, resource) and (
                not closed or policy.can(identity, "edit", resource)
            )

        expected = {each for each in walk(self.site) if is_met(query, each) and may(each, query.names())}
        found = find(identity, self.site, query, sort=sort, permission=permission)
        told = f"{identity} may {permission}: {query}"
        assert found.count == len(expected), f"{told}: count {found.count}, there are {len(expected)}"
        given = list(found)
        assert set(given) == expected and len(given) == len(expected), told
        self.check_order(given, found.sort, told)
        self.check_facets(found, expected, may, told)
        self.check_pages(pick, identity, query, sort, permission, given, told)
        again = parse(str(query), self.registry, lambda path: find_resource(self.site, path))
        assert str(parse(str(again), self.registry, lambda path: find_resource(self.site, path))) == str(
            again
        )
        assert set(find(identity, self.site, again, permission=permission)) == expected, f"{told} as text"
        if queries.words_of(query) and permission == "view" and found.suggestion is not None:
            assert find(identity, self.site, text=found.suggestion), f"{told}: {found.suggestion}"

    def check_order(self, given, sort, told):
        for term in reversed([each for each in sort.split(", ") if each]):
            down = term.startswith("-")
            values = [values_of(each, term.lstrip("-")) for each in given]
            if term == sort.split(", ")[0]:
                having = [value for value in values if value]
                assert values == sorted(having, reverse=down) + [[]] * (len(values) - len(having)), told

    def check_facets(self, found, expected, may, told):
        for name in ("tags", "done", "salary", "about", "state"):
            counts = Counter(
                value for each in expected if may(each, {name}) for value in values_of(each, name)
            )
            if name == "about":
                places = set(walk(self.site))
                counts = {each: n for each, n in counts.items() if each in places and may(each, ())}
            told_facets = {facet.value: facet.count for facet in found.facets(name)}
            assert told_facets == dict(counts), f"{told}: facets of {name}"

    def check_pages(self, pick, identity, query, sort, permission, given, told):
        limit, after, paged = pick.randint(1, 7), None, []
        while True:
            results = find(identity, self.site, query, sort=sort, permission=permission)
            page = results.page(after, limit)
            paged += page.items
            if page.next is None:
                break
            after = page.next
        assert paged == given, f"{told}: pages"


def run(runs, steps, **options):
    """Let *runs* sites live through *steps* steps each. Raises AssertionError for a wrong answer."""
    checks = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **options,
    )
    run_state_machine_as_test(Changing, settings=checks)


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]))
    print(f"{sys.argv[1]} runs of {sys.argv[2]} steps: every answer was that of a linear scan")
