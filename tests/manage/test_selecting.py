"""All of a list at once: offered where it is longer than a page, narrowed as the list is, and counted."""

import re
from urllib.parse import urlencode

import pytest

from objpub import testing
from objpub.manage.picking import MOST_UNPACKED
from objpub.manage.picking import packed
from objpub.manage.picking import unpacked
from objpub.operations import add_new
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.manage.conftest import settle
from tests.manage.pages import Page
from tests.manage.pages import Section
from tests.manage.pages import Series
from tests.manage.test_contents import words_of

SIZE = 120


@pytest.fixture
def site():
    """Sixty pages and sixty series with a hidden one, and a place to move them to."""
    with testing.site("objpub.manage", "tests.manage.pages") as site:
        settle(site)
        with site.work() as root:
            many = add_new(SYSTEM, root, Section, {"title": "Many"})
            add_new(SYSTEM, root, Section, {"title": "Goal"})
            for number in range(SIZE // 2):
                many.add(f"page-{number:03}", Page(title=f"Page {number}"))
                many.add(f"row-{number:03}", Series(title=f"Row {number}"))
            override_permission(many["page-007"], "view", "manager")
        with site.work() as root:
            root.catalog.settle()
        yield site


def value_of(page):
    found = re.search(r'name="all" value="([^"]*)"', page.text)
    return found and found[1].replace("&amp;", "&")


def names_in(site, path):
    with site.work() as root:
        return sorted(root[path])


def test_all_of_a_list_is_offered_where_it_is_longer_than_a_page(site):
    admin, ines = site.browser().login("admin"), site.browser().login("ines")
    assert "All 120 in this folder" in words_of(admin.get("/manage/many/").text)
    assert value_of(ines.get("/manage/many/")) == "everything"
    assert "All 60 that fit" in words_of(admin.get("/manage/many/?find=row").text)
    assert value_of(admin.get("/manage/many/?find=row-00")) is None  # all ten are on the page
    assert value_of(admin.get("/manage/goal/")) is None


def test_all_of_a_folder_is_moved_and_the_question_says_how_many(site):
    admin = site.browser().login("admin")
    page = admin.get("/manage/many/@@move?all=everything&pick=page-000&to=/goal")
    assert "Move 120 items" in words_of(page.text)
    assert "and 20 more" in words_of(page.text)
    answer = page.form("move").submit(follow=True)
    assert "Moved 120 items to “Goal”" in words_of(answer.text)
    assert (len(names_in(site, "goal")), names_in(site, "many")) == (120, [])


def test_what_is_picked_as_a_whole_is_narrowed_as_the_list_is(site):
    admin = site.browser().login("admin")
    value = value_of(admin.get("/manage/many/?find=row"))
    page = admin.get("/manage/many/@@copy?" + urlencode({"all": value, "to": "/goal"}))
    assert "Copy 60 items" in words_of(page.text)
    page.form("copy").submit(follow=True)
    assert names_in(site, "goal") == [f"row-{number:03}" for number in range(60)]
    only = value_of(admin.get("/manage/many/?only=type:tests.manage.pages.Page"))
    asked = admin.get("/manage/many/@@delete?" + urlencode({"all": only}))
    assert "Delete 60 items?" in words_of(asked.text)
    asked.form("delete").submit(follow=True)
    assert names_in(site, "many") == [f"row-{number:03}" for number in range(60)]


def test_what_somebody_does_not_see_is_not_picked(site):
    ines = site.browser().login("ines")
    page = ines.get("/manage/many/@@move?all=everything&to=/goal")
    assert "Move 119 items" in words_of(page.text)
    page.form("move").submit(follow=True)
    assert names_in(site, "many") == ["page-007"]


def test_a_list_that_changed_meanwhile_is_asked_about_again(site):
    admin = site.browser().login("admin")
    moving = admin.get("/manage/many/@@move?all=everything&to=/goal").form("move")
    deleting = admin.get("/manage/many/@@delete?all=everything").form("delete")
    with site.work() as root:
        add_new(SYSTEM, root["many"], Page, {"title": "New"})
    before = site.last_transaction()
    for form in (moving, deleting):
        answer = form.submit()
        assert answer.status == 409
        assert "there were 120 items, and there are 121 now" in words_of(answer.text)
    assert site.last_transaction() == before
    assert answer.form("delete").submit().status == 303
    assert names_in(site, "many") == []


def test_a_number_of_many_digits_is_another_one(site):
    admin = site.browser().login("admin")
    for sent in ({"all": "everything", "count": "9" * 5_000}, {"all": "find=Page", "count": "1" * 4_301}):
        assert admin.post("/manage/many/@@delete", sent).status == 409
    assert len(names_in(site, "many")) == SIZE


def test_of_a_whole_list_all_is_deleted_or_nothing(site):
    with site.work() as root:
        override_permission(root["many"]["page-003"], "delete", "manager")
    ines = site.browser().login("ines")
    page = ines.get("/manage/many/@@delete?all=everything")
    assert "stays" in words_of(page.text)
    assert "Move to the trash" not in page.text
    assert ines.post("/manage/many/@@delete", {"all": "everything", "count": "119"}).status == 403
    assert len(names_in(site, "many")) == SIZE


def test_actions_are_done_with_all_of_a_list_up_to_a_number(site):
    admin = site.browser().login("admin")
    answer = admin.post("/manage/many/@@act", {"all": "find=page-01", "action": "nothing"})
    assert answer.status == 404
    too_many = {"all": "find=nothing", "action": "nothing", "pick": "page-000"}
    answer = admin.post("/manage/many/@@act", too_many, follow=True)
    assert "Nothing was picked" in words_of(answer.text)  # what is ticked does not count then


@pytest.mark.parametrize(
    "value",
    [
        *("only=nothing:x", "only=%00", "only=type:" + "x" * 400),
        *("on", "true", "1", "find", "find=", "only=", "sort=title", "%", "&", " everything"),
        *("find=page-01&sort=title", "find=page-01&find=page", "find=page-01&only="),
        "only=type:tests.manage.pages.Page&" * 30,
    ],
)
def test_a_value_that_makes_no_sense_is_refused(site, value):
    admin = site.browser().login("admin")
    before = site.last_transaction()
    assert 400 <= admin.post("/manage/many/@@move", {"all": value, "to": "/goal"}).status < 500
    assert 400 <= admin.post("/manage/many/@@delete", {"all": value}).status < 500
    answer = admin.post("/manage/many/@@cut", {"all": value})
    assert answer.status == 409 and "pick it again" in answer.text
    assert site.last_transaction() == before


LONG = "".join(chr(0x43E + number % 9) for number in range(70))  # Cyrillic: six bytes a letter in an address


@pytest.fixture
def lettered(site):
    """Sixty pages with long names in Many."""
    with site.work() as root:
        for number in range(60):
            root["goal"].add(f"{LONG}-{number:02}", Page(title=f"Long {number}"))
    return site


@pytest.mark.parametrize("way", ["move", "copy"])
def test_long_names_are_asked_about_by_a_form_and_lead_on_by_short_addresses(lettered, way):
    admin = lettered.browser().login("admin")
    names = [f"{LONG}-{number:02}" for number in range(50)]
    page = admin.post(f"/manage/goal/@@{way}", {"pick": names, "question": "yes"})
    assert page.status == 200
    assert f"{way.capitalize()} 50 items" in words_of(page.text)
    links = [to for _, to in page.page.links if f"@@{way}?" in to]
    assert links and max(map(len, links)) < 3_000
    for step in ("Many",) if way == "move" else ("Site", "Many"):
        page = admin.get(next(to for text, to in page.page.links if text == step and f"@@{way}" in to))
    assert page.form(way).submit().status == 303
    assert set(names) <= set(names_in(lettered, "many"))
    assert len(names_in(lettered, "goal")) == (10 if way == "move" else 60)


def test_long_names_are_asked_about_before_they_are_deleted(lettered):
    admin = lettered.browser().login("admin")
    names = [f"{LONG}-{number:02}" for number in range(50)]
    page = admin.post("/manage/goal/@@delete", {"pick": names, "question": "yes"})
    assert "Delete 50 items?" in words_of(page.text)
    assert len(names_in(lettered, "goal")) == 60
    elsewhere = admin.get(next(to for text, to in page.page.links if "Move elsewhere" in text))
    assert "Move 50 items" in words_of(elsewhere.text)
    page.form("delete").submit()
    assert len(names_in(lettered, "goal")) == 10


@pytest.mark.parametrize("text", ["names.", "names.%%%", "names.AAAA", f"names.{'A' * 3_000}"])
def test_packed_names_that_make_no_sense_are_nothing(site, text):
    answer = site.browser().login("admin").get("/manage/many/@@move?" + urlencode({"all": text}))
    assert answer.status in {404, 422}
    assert len(names_in(site, "many")) == SIZE


def test_what_is_packed_is_unpacked_up_to_a_size():
    assert unpacked(packed(["a", "b c", LONG])) == ["a", "b c", LONG]
    assert len("".join(unpacked(packed(["x" * 1_000_000])))) <= MOST_UNPACKED
