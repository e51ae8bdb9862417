"""Lists with columns that somebody chose, sorted by them, and narrowed to values, small and large."""

import re
from datetime import date
from datetime import timedelta

import pytest

from objpub import testing
from objpub.content import Folder
from objpub.operations import add_new
from objpub.operations import delete
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import restore_permission
from objpub.security import SYSTEM
from tests.changes import is_changed_since
from tests.manage.conftest import settle
from tests.manage.dated import Card
from tests.manage.dated import Note
from tests.manage.dated import Shelf
from tests.manage.large import costs

FIRST = date(2026, 1, 1)
LARGE = 1_500
DECLARED = {"state", "changed", "by", "field.written"}


@pytest.fixture(scope="module")
def site():
    """A site with a small shelf and a large one; ines edits both, and does not see what is marked hidden."""
    with testing.site("objpub.manage", "tests.manage.pages", "tests.manage.dated") as site:
        settle(site)
        with site.work() as root:
            small, large = (add_new(SYSTEM, root, Shelf, {"title": word}) for word in ("Small", "Large"))
            fill(small, 12)
            fill(large, LARGE)
            small["n00003"].about = small["n00001"]
            small["n00005"].about = hidden = small.add("hidden", Note(title="Hidden", tags=["secret"]))
            override_permission(hidden, "view", "manager")
            override_permission(large.add("zz", Note(title="Hidden", tags=["secret"])), "view", "manager")
            grant(small, "user:tomas", "editor")
        with site.work() as root:
            root.catalog.settle()
        site.people = {name: site.browser().login(name) for name in ("admin", "ines", "nora", "tomas")}
        yield site


def fill(folder, size):
    for number in range(size):
        when = FIRST + timedelta(days=(number * 7) % size) if number % 4 else None
        values = {"written": when, "stars": number % 5, "tags": ["sea"] if number % 3 else ["land", "sea"]}
        values["kind"] = "report" if number == 6 else "tale"
        folder.add(f"n{number:05}", Note(title=f"Note {number}", grade=f"g{number % 2}", **values))
    folder.add("card", Card(title="A card"))


def names_of(page):
    return re.findall(r'<tr data-name="([^"]+)"', page.text)


def heads_of(page):
    thead = page.text.partition("<thead>")[2].partition("</thead>")[0]
    return [re.sub(r"<[^>]+>", "", f"<th{each}").strip() for each in thead.split("<th")[2:-1]]


def facets_of(page):
    """Return title → {value: count} of what the page can be narrowed to."""
    aside = page.text.partition("<aside")[2].partition("</aside>")[0]
    found = {}
    for part in aside.split("<h3>")[1:]:
        title, _, rest = part.partition("</h3>")
        found[title] = dict(re.findall(r'<span>([^<]*)</span> <span class="num">([^<]*)</span>', rest))
    return found


def choose(browser, names, folder="small"):
    return browser.post(
        f"/manage/{folder}/@@columns", [("_empty", "column"), *(("column", each) for each in names)]
    )


# Columns


def test_columns_are_those_of_the_types_until_somebody_chooses(site):
    ines = site.people["ines"]
    page = ines.get("/manage/small/")
    assert heads_of(page) == ["Name", "Seen by", "Changed", "By", "Written"]
    assert (
        "2026"
        in page.text.partition("<tbody>")[2].partition("<time")[0]
        + page.text.rpartition("</tbody>")[0][-4_000:]
    )
    assert choose(ines, ["type", "field.stars", "field.kind"]).status == 303
    page = ines.get("/manage/small/")
    assert heads_of(page)[1:] == ["Type", "Kind", "Stars"]
    assert ">Tale<" in page.text
    assert heads_of(ines.get("/manage/large/"))[1:] == ["Type", "Kind", "Stars"], "for all shelves"
    assert heads_of(ines.get("/manage/news/"))[1:] == ["Seen by", "Changed", "By"], "and for no other folder"
    assert "Written" in heads_of(site.people["tomas"].get("/manage/small/")), "and for nobody else"
    again = site.browser().login("ines")
    assert heads_of(again.get("/manage/small/"))[1:] == ["Type", "Kind", "Stars"], "and in the next session"
    again.post("/manage/small/@@columns", {"declared": "yes", "_empty": "column"})
    assert "Written" in heads_of(again.get("/manage/small/"))


def test_all_columns_can_be_taken_away_and_are_forgotten_with_the_user(site):
    site.add_user("guest", roles=["editor"])
    guest = site.browser().login("guest")
    assert choose(guest, []).status == 303
    assert heads_of(guest.get("/manage/small/"))[1:] == []
    with site.work() as root:
        assert len(root.users._preferences) >= 1
        root.users.remove("guest")
        assert not [key for key in root.users._preferences if key[0] == "guest"]


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        ([("column", "field.nothing")], 422, "field.nothing"),
        ([("column", "__class__")], 422, "__class__"),
        ([], 422, "says nothing"),
    ],
)
def test_what_is_no_column_is_refused_and_changes_nothing(site, sent, status, says):
    before = site.last_transaction()
    answer = site.people["ines"].post("/manage/small/@@columns", sent)
    assert answer.status == status
    assert says in answer.text
    assert not is_changed_since(site, before)


def test_a_field_that_only_some_may_read_is_shown_to_them_only_and_gives_no_order(site):
    admin, ines = site.people["admin"], site.people["ines"]
    for each in (admin, ines):
        choose(each, ["field.grade"])
    assert ">g1<" in admin.get("/manage/small/").text
    assert ">g1<" not in ines.get("/manage/small/").text
    assert "Grade" in facets_of(admin.get("/manage/small/"))
    assert "Grade" not in facets_of(ines.get("/manage/small/"))
    assert ines.get("/manage/small/?sort=field.grade").status == 422
    assert ines.get("/manage/small/?only=grade:g1").status == 422
    assert admin.get("/manage/small/?sort=field.grade").status == 200
    for each in (admin, ines):
        each.post("/manage/small/@@columns", {"declared": "yes", "_empty": "column"})


def test_what_a_cell_shows_is_asked_of_each_thing(site):
    ines = site.people["ines"]
    with site.work() as root:
        override_permission(root["small"], "dated.secret", "editor")
        override_permission(root["small"]["n00001"], "dated.secret", "manager")
    choose(ines, ["field.grade"])
    text = ines.get("/manage/small/").text
    assert text.count(">g0<") == 6 and text.count(">g1<") == 5
    with site.work() as root:
        restore_permission(root["small"], "dated.secret")
    ines.post("/manage/small/@@columns", {"declared": "yes", "_empty": "column"})


# Sorting


@pytest.mark.parametrize("folder", ["small", "large"])
@pytest.mark.parametrize("name", ["written", "stars"])
def test_a_list_is_sorted_by_an_index_forwards_and_backwards(site, folder, name):
    ines = site.people["ines"]
    with site.work() as root:
        notes = [each for each in root[folder].values() if isinstance(each, Note) and each.title != "Hidden"]
        wanted = sorted(
            (getattr(each, name), each._p_oid) for each in notes if getattr(each, name) is not None
        )
        places = {each._p_oid: each.__name__ for each in notes}
    page = ines.get(f"/manage/{folder}/?sort=field.{name}")
    found = names_of(page)
    assert [getattr_of(site, folder, each, name) for each in found][:9] == [value for value, _ in wanted][:9]
    page = ines.get(f"/manage/{folder}/?sort=-field.{name}")
    assert [getattr_of(site, folder, each, name) for each in names_of(page)][:5] == [
        value for value, _ in wanted[::-1]
    ][:5]
    assert len(places) == len(notes)


def getattr_of(site, folder, child, name):
    with site.work() as root:
        return getattr(root[folder][child], name, None)


def test_the_pages_of_a_sorted_list_lead_on_and_back(site):
    ines = site.people["ines"]
    for query in (
        "sort=field.written",
        "sort=-field.written",
        "only=kind:tale",
        "sort=-&only=type:tests.manage.dated.Note",
    ):
        first = ines.get(f"/manage/large/?{query}")
        second = first.click("More")
        third = second.click("More")
        assert len({*names_of(first), *names_of(second), *names_of(third)}) == 150, query
        assert names_of(third.click("Back")) == names_of(second), query
        assert names_of(third.click("Back").click("Back")) == names_of(first), query


def test_what_is_no_sort_is_told(site):
    ines = site.people["ines"]
    for sort in ("field.nothing", "field.", "field.title", "nothing"):
        page = ines.get(f"/manage/small/?sort={sort}")
        assert page.status in {200, 422}
    assert ines.get("/manage/small/?sort=field.nothing").status == 422


# Facets


def test_a_small_folder_says_how_many_have_each_value(site):
    found = facets_of(site.people["ines"].get("/manage/small/"))
    assert found["Type"] == {"Note": "12", "Card": "1"}
    assert found["Tags"] == {"sea": "12", "land": "4"}
    assert found["Kind"] == {"Tale": "11", "Report": "1"}


def test_what_is_hidden_is_in_no_number_and_no_value(site):
    assert facets_of(site.people["admin"].get("/manage/small/"))["Tags"]["secret"] == "1"
    for folder in ("small", "large"):
        assert "secret" not in facets_of(site.people["ines"].get(f"/manage/{folder}/"))["Tags"]
        page = site.people["ines"].get(f"/manage/{folder}/?only=tags:secret")
        assert names_of(page) == []
    with site.work() as root:
        hidden = int.from_bytes(root["small"]["hidden"]._p_oid, "big")
    assert site.people["ines"].get(f"/manage/small/?only=about:{hidden}").status == 422
    page = site.people["admin"].get(f"/manage/small/?only=about:{hidden}")
    assert names_of(page) == ["n00005"]


@pytest.mark.parametrize("folder", ["small", "large"])
def test_a_list_is_narrowed_to_values_and_the_counts_follow(site, folder):
    ines = site.people["ines"]
    page = ines.get(f"/manage/{folder}/?only=kind:report")
    assert names_of(page) == ["n00006"]
    assert facets_of(page)["Tags"] == {"land": "1", "sea": "1"}
    page = ines.get(f"/manage/{folder}/?only=tags:land&only=type:tests.manage.dated.Note&sort=-field.written")
    with site.work() as root:
        lands = [each for each in root[folder].values() if "land" in getattr(each, "tags", ())]
        newest = max(each.written for each in lands if each.written)
        assert root[folder][names_of(page)[0]].written == newest
    assert "Everything again" in page.text
    assert names_of(ines.get(f"/manage/{folder}/?only=kind:report&find=n0000")) == ["n00006"]
    assert 'name="only" value="kind:report"' in ines.get(f"/manage/{folder}/?only=kind:report").text


def test_a_large_folder_counts_up_to_a_limit(site):
    found = facets_of(site.people["ines"].get("/manage/large/"))
    assert found["Kind"]["Report"] == "1"
    assert found["Kind"]["Tale"].endswith("+")
    assert found["Type"]["Card"] == "1"


@pytest.mark.parametrize(
    "only",
    [
        "nothing:1",
        "tags",
        "tags:",
        "__class__:x",
        ":",
        "title:x",
        "tags:" + "x" * 400,
        "about:9999999999999999999",
    ],
)
def test_what_it_cannot_be_narrowed_to_is_told(site, only):
    page = site.people["ines"].get(f"/manage/small/?only={only}")
    assert page.status == 422
    assert "cannot be narrowed to" in page.text
    assert len(names_of(page)) == 13


@pytest.mark.parametrize("who", ["admin", "ines"])
def test_no_list_grows_with_the_folder(site, who):
    with site.work() as root:
        if "hundred" not in root:
            fill(root.add("hundred", Shelf(title="Hundred")), 100)
    assert costs(site, site.people[who], "hundred", "large", say=print) == []


def test_a_folder_that_no_catalog_knows_has_no_facets(site):
    with site.work() as root:
        root.add("fresh", Folder())
    assert "<aside" not in site.people["ines"].get("/manage/fresh/").text


def test_what_was_changed_a_moment_ago_is_narrowed_to_and_sorted_as_it_is_now(site):
    ines = site.people["ines"]
    for folder, name in (("small", "n00007"), ("large", "n00643")):
        assert name in names_of(ines.get(f"/manage/{folder}/?sort=field.written"))
        with site.work() as root:
            note = root[folder][name]
            note.tags, note.kind, note.written = ["fresh"], "report", date(2100, 1, 1)
        assert names_of(ines.get(f"/manage/{folder}/?only=tags:fresh")) == [name]
        assert name not in names_of(ines.get(f"/manage/{folder}/?only=tags:sea&find={name}"))
        assert names_of(ines.get(f"/manage/{folder}/?only=kind:report")) == ["n00006", name]
        assert names_of(ines.get(f"/manage/{folder}/?sort=-field.written"))[0] == name
        if folder == "large":
            assert name not in names_of(ines.get(f"/manage/{folder}/?sort=field.written"))
        with site.work() as root:
            delete(SYSTEM, root[folder][name])
        assert names_of(ines.get(f"/manage/{folder}/?only=tags:fresh")) == []
        assert names_of(ines.get(f"/manage/{folder}/?sort=-field.written"))[0] != name
