"""Finding in a site with other databases mounted in it: as if all were in one."""

from datetime import date

import pytest

from objpub import testing
from objpub import where
from objpub.catalog import check_catalog
from objpub.catalog import find
from objpub.catalog import narrow
from objpub.catalog import tops_of
from objpub.catalog.joining import localized
from objpub.catalog.queries import And
from objpub.catalog.queries import AnyOf
from objpub.catalog.queries import Below
from objpub.catalog.queries import Everything
from objpub.catalog.queries import Not
from objpub.catalog.queries import Or
from objpub.content import Content
from objpub.content import Folder
from objpub.content import walk
from objpub.database import mounts_of
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.lineage import path_of
from objpub.operations import broken_links
from objpub.operations import delete
from objpub.operations import move
from objpub.operations import used_by
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.security import grant
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Policy
from objpub.security import set_cuts
from objpub.security import SYSTEM
from objpub.workflow import State
from objpub.workflow import Transition
from objpub.workflow import Workflow

FLOW = Workflow(
    State("draft", view="owner editor", edit="owner editor"),
    State("published", view="everyone", edit="editor"),
    Transition("publish", "draft -> published"),
)


class Leaf(Content, addable="anywhere"):
    title: str = field(default="", index="text")
    body: RichText = field(default="", index="text")
    day: date | None = field(default=None, index="range")
    tags: frozenset[str] = field(default=(), index="keyword")
    about: Ref[Content] | None = field(default=None, on_delete="refuse", index="value")


class Shelf(Folder, addable="anywhere", workflow=FLOW):
    title: str = field(default="")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A site with two databases mounted in it."""
    folder = tmp_path_factory.mktemp("joined")
    settings = {"database.uri": f"file:{folder}/site.fs"}
    mounts = {"/shelf/old": f"file:{folder}/old.fs", "/far": f"file:{folder}/far.fs"}
    with testing.site(__name__, settings=settings) as first, first.work() as site:
        site.add("shelf", Shelf())
    with testing.site(__name__, settings={**settings, "mounts": mounts}) as running:
        yield running


@pytest.fixture
def site(running):
    """The site in a transaction that is thrown away, with leaves in each database."""
    with transaction_for(running.database) as pair:
        site = site_of(pair.connection)
        for name, folder in (("s", site), ("o", site["shelf"]["old"]), ("f", site["far"])):
            for number in range(4):
                day = date(2026, 5, 1 + number * 3 + "sof".index(name))
                tags = {"sea"} if number % 2 else {"sea", name}
                folder.add(f"{name}{number}", Leaf(title=f"Tide {name}{number}", day=day, tags=tags))
        yield site
        pair.manager.abort()


def names(found):
    return [each.__name__ for each in found]


PUBLIC = [f"{name}{number}" for number in range(4) for name in "sf"]
ALL = [f"{name}{number}" for number in range(4) for name in "sof"]


def test_what_is_in_other_databases_is_found_in_one_order_with_one_count(site):
    found = find(SYSTEM, site, Leaf, sort="day")
    assert names(found) == ALL
    assert (found.count, len(found), bool(found), found[5].__name__) == (12, 12, True, "f1")
    assert names(find(SYSTEM, site, Leaf, sort="-day", limit=5)) == ALL[:-6:-1]
    assert names(find(SYSTEM, site, Leaf, tags="o", sort="day")) == ["o0", "o2"]
    assert sorted(names(find(SYSTEM, site, Leaf))) == sorted(ALL)
    assert str(find(SYSTEM, site, Leaf, tags="sea").query) == "type = Leaf & tags = sea"


def test_values_are_counted_over_all_databases(site):
    facets = find(SYSTEM, site, Leaf).facets("tags")
    assert [(each.value, each.count) for each in facets] == [("sea", 12), ("f", 2), ("o", 2), ("s", 2)]
    for name in ("s1", "s2"):
        site[name].about = site["s0"]
    site["far"]["f1"].about = site["far"]["f0"]
    facets = find(SYSTEM, site, Leaf).facets("about")
    assert [(each.value.__name__, each.count) for each in facets] == [("s0", 2), ("f0", 1)]


@pytest.mark.parametrize("sort", ["day", "-day", "-tags,day", None, "-created"])
@pytest.mark.parametrize("limit", [1, 3, 5, 12])
def test_pages_lead_through_all_of_it_once(site, sort, limit):
    site["s2"].day = site["far"]["f1"].day = None
    sort = None if sort and "tags" in sort else sort
    whole = names(find(SYSTEM, site, Leaf, sort=sort))
    assert sorted(whole) == sorted(ALL)
    seen, after, back = [], None, []
    while True:
        page = find(SYSTEM, site, Leaf, sort=sort).page(after, limit)
        seen += names(page)
        back.append(page.previous)
        if page.next is None:
            break
        after = page.next
    assert seen == whole
    assert back[0] is None and all(each is not None for each in back[1:])


@pytest.mark.parametrize("cursor", ["WzFd", "W1siIiwgInh4Il1d", "W1sxLDFdXQ", "x" * 300])
def test_a_cursor_of_something_else_is_refused(site, cursor):
    with pytest.raises(Invalid, match="after"):
        find(SYSTEM, site, Leaf).page(cursor)


def test_within_a_place_is_within_its_database_and_what_is_mounted_below_it(site):
    old, far = site["shelf"]["old"], site["far"]
    assert names(find(SYSTEM, site, Leaf, within=old, sort="day")) == ["o0", "o1", "o2", "o3"]
    assert names(find(SYSTEM, site, Leaf, within=site["shelf"], sort="day")) == ["o0", "o1", "o2", "o3"]
    assert path_of(old) in {path_of(each) for each in find(SYSTEM, site, within=site["shelf"])}
    assert path_of(old) not in {path_of(each) for each in find(SYSTEM, site, within=old)}
    assert find(SYSTEM, site, Leaf, within=site).count == 12
    inner = far.add("inner", Folder())
    inner.add("deep", Leaf(day=date(2026, 6, 1)))
    assert names(find(SYSTEM, site, Leaf, within=inner)) == ["deep"]
    assert names(
        find(SYSTEM, site, ~where.day.given | (where.tags == "f"), Leaf, within=far, sort="day")
    ) == [*("f0", "f2")]


def test_a_number_of_one_database_is_none_of_another(site):
    for name in ("s0", "s1"):
        site[name].about = site["s3"]
    own = site["far"]["f3"]
    assert names(find(SYSTEM, site, about=site["s3"])) == ["s0", "s1"]
    assert names(find(SYSTEM, site, about=own)) == []
    site["far"]["f0"].about = own
    assert names(find(SYSTEM, site, about=own)) == ["f0"]
    assert names(find(SYSTEM, site, about={own, site["s3"]})) == ["s0", "s1", "f0"]


def test_what_a_query_means_in_each_database(site):
    """Ids of two databases can be the same, so that they must not be asked for in the other."""
    own, far = site["s3"], site["far"]["f0"]
    both = AnyOf("about", (own, far))
    assert localized(both, site) == AnyOf("about", (own,))
    either = localized(~both | Below(site["shelf"]), site["far"])
    assert either == Or((Not(AnyOf("about", (far,))), Or(())))
    assert localized(AnyOf("about", (own,)) & Below(far), site["far"]) == And((Or(()), Below(far)))
    assert localized(Below(site), site["far"]) == Everything()


def test_rights_owners_and_states_come_down_into_a_mounted_database(site, running):
    shelf, old, far = site["shelf"], site["shelf"]["old"], site["far"]
    for user_id in ("ann", "bob"):
        site.users.add(user_id, None, "", user_id)
    policy = running.registry[Policy]

    def seen():
        """Return how many leaves each sees; a look at each leaf says the same."""
        counts = []
        for who in (NO_IDENTITY, site.users.identity("ann"), site.users.identity("bob")):
            expected = [
                each for each in walk(site) if isinstance(each, Leaf) and policy.can(who, "view", each)
            ]
            found = find(who, site, Leaf)
            assert sorted(names(found)) == sorted(each.__name__ for each in expected)
            assert sum(each.count for each in found.facets("tags") if each.value == "sea") == found.count
            counts.append(found.count)
        return counts

    assert seen() == [8, 8, 8], "the shelf is a draft"
    grant(shelf, "user:ann", ["editor"])
    assert seen() == [8, 12, 8]
    set_cuts(old, ("grants",))
    assert seen() == [8, 8, 8]
    set_cuts(old, ())
    shelf._owner = "bob"
    assert seen() == [8, 12, 12]
    set_cuts(old, ("permissions",))
    assert seen() == [12, 12, 12]
    override_permission(old["o1"], "view", "owner")
    assert seen() == [11, 11, 12]
    override_permission(far, "view", "manager")
    assert seen() == [7, 7, 8]


def test_a_move_across_is_a_move_for_the_catalogs_too(site):
    move(SYSTEM, site["s0"], site["far"])
    assert names(find(SYSTEM, site, Leaf, sort="day")) == ALL
    (found,) = find(SYSTEM, site, Leaf, where.day == date(2026, 5, 1))
    assert path_of(found) == "/far/s0"
    move(SYSTEM, found, site["shelf"]["old"])
    (found,) = find(SYSTEM, site, Leaf, where.day == date(2026, 5, 1))
    assert path_of(found) == "/shelf/old/s0"
    assert find(SYSTEM, site, Leaf).count == 12


def test_what_refers_within_a_mounted_database_is_told_and_holds(site):
    far = site["far"]
    far["f1"].about = far["f0"]
    site["s1"].body = '<p><a href="/far/f0">there</a></p>'
    assert {use.resource.__name__ for use in used_by(SYSTEM, [far["f0"]])} == {"f1", "s1"}
    with pytest.raises(NotPossible, match="Tide f1"):
        delete(SYSTEM, far["f0"])
    far["f2"].body = '<p><a href="/far/nowhere">nowhere</a></p>'
    assert find(SYSTEM, site, Leaf).count == 12, "what this transaction did is taken in"
    broken, _ = broken_links(SYSTEM, site)
    assert [(each.address, [use.resource.__name__ for use in each.uses]) for each in broken] == [
        ("/far/nowhere", ["f2"])
    ]


def test_a_folder_of_a_mounted_database_is_narrowed(site):
    far = site["far"]
    assert find(SYSTEM, site, Leaf).count == 12, "what this transaction did is taken in"
    here = narrow(SYSTEM, far)
    page = here.page({"tags": "f"}, "day", down=True)
    assert names(page.items) == ["f2", "f0"]


def test_the_catalogs_agree_with_what_is_there(site):
    find(SYSTEM, site, Leaf).count  # noqa: B018
    assert [list(check_catalog(each._p_jar)) for each in tops_of(site)] == [[], [], []]


def test_words_are_found_in_all_databases_and_catalogs_are_built(running):
    with running.work() as site:
        site.add("here", Leaf(title="The harbour of here"))
        site["far"].add("there", Leaf(title="A lighthouse", body="<p>and a harbour far away</p>"))
    with running.work() as site:
        found = find(SYSTEM, site, text="harbour")
        assert sorted(names(found)) == ["here", "there"]
        page = found.page()
        assert [len(part._on_page) for part in found._parts.values()] == [1, 1, 0], "asked for together"
        assert ["<mark>harbour</mark>" in found.snippet(each) for each in page] == [True, True]
        assert find(SYSTEM, site, text="lighthuose").suggestion == "lighthouse"
        assert find(SYSTEM, site, text="nothing of that").suggestion is None
    files = {each.name for each in (running.folder / "var" / "cache").glob("texts*.sqlite")}
    assert files == {"texts.sqlite", "texts-far.sqlite", "texts-shelf%2Fold.sqlite"}
    far = mounts_of(running.database)["/far"]
    with transaction_for(far) as pair:
        site_of(pair.connection).catalog = None
        pair.manager.commit()
    with running.work() as site:
        assert names(find(SYSTEM, site, Leaf, text="harbour")) == ["here"]
    running.application.builder.start()
    running.application.builder.wait()
    with running.work() as site:
        assert sorted(names(find(SYSTEM, site, Leaf, text="harbour"))) == ["here", "there"]
