"""Another name and title: the form, bad input, two people at once, Undo."""

import pytest

from objpub.content import Content
from objpub.operations import add
from objpub.operations import add_new
from objpub.operations import edit
from objpub.operations import rename
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.changes import is_changed_since
from tests.manage.pages import Page
from tests.manage.test_contents import names_on
from tests.manage.test_contents import words_of


class Pebble(Content, addable="anywhere"):
    """A thing without a title."""

    weight: int = 1


THINGS = (Pebble,)


def news(site):
    """Return name → title of what is in /news."""
    with site.work() as root:
        return {name: getattr(child, "title", None) for name, child in root["news"].items()}


def test_name_and_title_are_changed_and_undo_gives_both_back(site):
    ines = site.browser().login("ines")
    form = ines.get("/manage/news/@@rename?pick=tides").form("rename")
    assert (form["name"], form["title"]) == ("tides", "Tides")
    done = form.fill(name="waves", title="Waves").submit(follow=True)
    assert done.path == "/manage/news/"
    assert "“Tides” has the title “Waves” now, and the name waves instead of tides" in done.text
    assert news(site)["waves"] == "Waves"
    assert "tides" not in news(site)
    undo = next(each for each in done.page.forms if each.action.endswith("@@undo"))
    done.form(undo.action).submit(follow=True)
    assert news(site)["tides"] == "Tides"


def test_what_the_form_says_of_the_old_address_is_so(site):
    ines = site.browser().login("ines")
    form = ines.get("/manage/news/@@rename?pick=tides")
    assert "/news/tides now. After a change of its name this leads on to the new one." in words_of(form.text)
    form.form("rename").fill(name="waves").submit(follow=True)
    old = ines.get("/news/tides")
    assert (old.status, old.location) == (308, "/news/waves")


def test_a_title_that_was_changed_again_is_not_taken_back(site):
    ines = site.browser().login("ines")
    done = ines.get("/manage/news/@@rename?pick=tides").form("rename").fill(title="Waves").submit(follow=True)
    with site.work() as root:
        edit(SYSTEM, root["news"]["tides"], {"title": "Currents"})
    undo = next(each for each in done.page.forms if each.action.endswith("@@undo"))
    assert "“Waves” has yet another title since" in done.form(undo.action).submit(follow=True).text
    assert news(site)["tides"] == "Currents"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "waves"}, "Renamed “Tides” from tides to waves"),
        ({"title": "Waves"}, "“Tides” has the title “Waves” now"),
        ({}, "“Tides” is called that already"),
    ],
)
def test_one_of_them_is_enough(site, values, sentence):
    ines = site.browser().login("ines")
    done = ines.get("/manage/news/@@rename?pick=tides").form("rename").fill(values).submit(follow=True)
    assert sentence in done.text
    assert news(site)[values.get("name", "tides")] == values.get("title", "Tides")


def test_in_a_kept_order_it_stays_where_it_is(site):
    ines = site.browser().login("ines")
    done = (
        ines.get("/manage/news/series/@@rename?pick=two").form("rename").fill(name="zwei").submit(follow=True)
    )
    assert names_on(done) == ["one", "zwei", "three"]


def test_what_has_no_title_gets_another_name_only(site):
    with site.work() as root:
        add(SYSTEM, root["news"], Pebble(), "pebble")
    ines = site.browser().login("ines")
    form = ines.get("/manage/news/@@rename?pick=pebble").form("rename")
    assert "title" not in form
    form.fill(name="stone").submit()
    assert "stone" in news(site)
    ines.post("/manage/news/@@rename", {"pick": "stone", "name": "rock", "title": "Rock"})
    assert "rock" in news(site)


BAD = [
    ({"name": ""}, 422, "name", "is empty"),
    ({"name": "a/b"}, 422, "name", "has a slash"),
    ({"name": "_private"}, 422, "name", "starts with"),
    ({"name": "@@edit"}, 422, "name", "starts with"),
    ({"name": ".."}, 422, "name", "means a place"),
    ({"name": "x" * 256}, 422, "name", "at most 255"),
    ({"name": "a\0b"}, 422, "name", "a control character"),
    ({"name": "marsh"}, 409, "name", "There is already something called"),
    ({"title": ""}, 422, "title", "Give it a title"),
    ({"title": "x" * 10_001}, 422, "title", "at most 10,000"),
    ({"title": "a\0b"}, 422, "title", "Wanted a line of text"),
    ({"name": "waves", "title": ""}, 422, "title", "Give it a title"),
    ({"name": "marsh", "title": "Waves"}, 409, "name", "There is already something called"),
]


@pytest.mark.parametrize(("values", "status", "field", "text"), BAD)
def test_bad_input_is_answered_at_the_field_with_all_that_was_typed(site, values, status, field, text):
    ines = site.browser().login("ines")
    form = ines.get("/manage/news/@@rename?pick=tides").form("rename")
    sent = {**dict(form.pairs()), **values}
    before, transaction = news(site), site.last_transaction()
    answer = ines.post("/manage/news/@@rename", sent)
    assert answer.status == status
    message = answer.text.partition(f'id="rename-{field}-error"')[2].partition("</p>")[0]
    assert text in words_of(message)
    assert f'aria-describedby="rename-{field}-error' in answer.text
    assert 'aria-invalid="true"' in answer.text
    shown = answer.form("rename")
    if "\0" not in str(values):
        assert (shown["name"], shown["title"]) == (sent["name"], sent["title"])
    assert site.last_transaction() == transaction
    assert news(site) == before


@pytest.mark.parametrize(
    ("form", "status", "text"),
    [
        ({"name": "waves"}, 422, "Nothing is picked"),
        ({"pick": "zebra", "name": "waves"}, 404, "There is nothing called “zebra” here"),
        ({"pick": "secret", "name": "waves"}, 404, "There is nothing called “secret” here"),
        ({"pick": "a\0b", "name": "waves"}, 404, "There is nothing called"),
        ({"pick": "herons", "name": "waves"}, 403, "may not edit “Herons”"),
    ],
)
def test_what_cannot_be_renamed_is_said(site, form, status, text):
    with site.work() as root:
        add_new(SYSTEM, root["news"], Page, {"title": "Secret"})
        override_permission(root["news"]["secret"], "view", ["manager"])
        override_permission(root["news"]["herons"], "edit", ["manager"])
    ines = site.browser().login("ines")
    if status == 403:
        asked = ines.get("/manage/news/@@rename?pick=herons")
        assert asked.status == 403 and text in asked.text
    before = site.last_transaction()
    answer = ines.post("/manage/news/@@rename", form)
    assert answer.status == status
    assert text in words_of(answer.text)
    asked = ines.get("/manage/news/@@rename", query={"pick": form["pick"]}) if "pick" in form else None
    assert asked is None or (asked.status == status and text in words_of(asked.text))
    assert not is_changed_since(site, before)


def test_a_title_that_somebody_else_changed_meanwhile_is_shown(site):
    ines = site.browser().login("ines")
    form = ines.get("/manage/news/@@rename?pick=tides").form("rename").fill(name="waves", title="Waves")
    with site.work() as root:
        edit(SYSTEM, root["news"]["tides"], {"title": "Currents"})
    answer = form.submit()
    assert answer.status == 409
    assert "Somebody else changed it meanwhile, to “Currents”" in answer.text
    assert news(site)["tides"] == "Currents"
    assert answer.form("rename")["title"] == "Waves"
    answer.form("rename").submit()
    assert news(site)["waves"] == "Waves"


def test_what_was_renamed_meanwhile_is_not_there_any_more(site):
    ines = site.browser().login("ines")
    form = ines.get("/manage/news/@@rename?pick=tides").form("rename").fill(name="waves")
    with site.work() as root:
        rename(SYSTEM, root["news"]["tides"], "currents")
    answer = form.submit()
    assert answer.status == 404
    assert "There is nothing called “tides” here" in words_of(answer.text)


def test_visitors_are_led_to_the_sign_in(site):
    assert site.client.get("/manage/news/@@rename?pick=tides").status == 303
    assert site.client.post("/manage/news/@@rename", {"pick": "tides", "name": "x"}).status == 401
    assert "tides" in news(site)
