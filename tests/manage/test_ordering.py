"""The order that a folder keeps, by buttons and as a drag sends it."""

import pytest

from objpub.operations import add_new
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.manage.pages import Page
from tests.manage.test_contents import line_of
from tests.manage.test_contents import names_on
from tests.manage.test_contents import words_of

SERIES = "/manage/news/series/"


def order_of(site):
    with site.work() as root:
        return list(root["news"]["series"])


@pytest.mark.parametrize(
    ("form", "expected", "sentence"),
    [
        ({"up": "three"}, ["one", "three", "two"], "Put “Three” before “Two”"),
        ({"down": "one"}, ["two", "one", "three"], "Put “One” after “Two”"),
        ({"first": "three"}, ["three", "one", "two"], "Put “Three” at the top"),
        ({"last": "one"}, ["two", "three", "one"], "Put “One” at the bottom"),
        ({"pick": "three", "before": "one"}, ["three", "one", "two"], "Put “Three” before “One”"),
        ({"pick": "one", "behind": "two"}, ["two", "one", "three"], "Put “One” after “Two”"),
    ],
)
def test_a_child_goes_where_the_form_says_and_undo_puts_it_back(site, form, expected, sentence):
    ines = site.browser().login("ines")
    done = ines.post(SERIES + "@@order", form, follow=True)
    assert done.status == 200
    assert sentence in done.text
    assert order_of(site) == names_on(done) == expected
    undo = next(each for each in done.page.forms if each.action.endswith("@@undo"))
    assert done.form(undo.action).submit(follow=True).status == 200
    assert order_of(site) == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("button", "name", "expected"),
    [
        ("Top", "three", ["three", "one", "two"]),
        ("Up", "three", ["one", "three", "two"]),
        ("Down", "one", ["two", "one", "three"]),
        ("Bottom", "one", ["two", "three", "one"]),
    ],
)
def test_the_buttons_of_a_line_do_it_without_a_script(site, button, name, expected):
    ines = site.browser().login("ines")
    page = ines.get(SERIES)
    goal = {"Top": "first", "Up": "up", "Down": "down", "Bottom": "last"}[button]
    assert f'<button form="order" name="{goal}" value="{name}">{button}</button>' in line_of(page, name)
    form = page.form("order")
    assert form.method == "POST"
    assert ines.post(form.action, {goal: name}, follow=True).status == 200
    assert order_of(site) == expected


@pytest.mark.parametrize("form", [{"up": "one"}, {"down": "three"}])
def test_at_the_end_of_the_order_nothing_is_done(site, form):
    ines = site.browser().login("ines")
    before = site.last_transaction()
    assert ines.post(SERIES + "@@order", form).status == 303
    assert order_of(site) == ["one", "two", "three"]
    assert site.last_transaction() == before


def test_up_and_down_go_past_what_is_hidden(site):
    with site.work() as root:
        override_permission(root["news"]["series"]["two"], "view", ["manager"])
    ines = site.browser().login("ines")
    done = ines.post(SERIES + "@@order", {"up": "three"}, follow=True)
    assert order_of(site) == ["three", "one", "two"]
    assert "Two" not in done.text
    assert names_on(done) == ["three", "one"]


BAD = [
    (SERIES, {}, 422, "That does not say where to"),
    (SERIES, {"up": "one", "down": "one"}, 422, "That does not say where to"),
    (SERIES, {"pick": "one"}, 422, "That does not say where to"),
    (SERIES, {"pick": "one", "up": "two"}, 422, "That does not say where to"),
    (SERIES, {"before": "one"}, 422, "That does not say where to"),
    (SERIES, {"up": "zebra"}, 404, "There is nothing called “zebra” here"),
    (SERIES, {"up": "a\0b"}, 404, "There is nothing called"),
    (SERIES, {"pick": "one", "before": "zebra"}, 404, "There is nothing called “zebra” here"),
    (SERIES, {"pick": "zebra", "before": "one"}, 404, "There is nothing called “zebra” here"),
    (SERIES, {"up": "hidden"}, 404, "There is nothing called “hidden” here"),
    (SERIES, {"pick": "one", "behind": "hidden"}, 404, "There is nothing called “hidden” here"),
    ("/manage/news/", {"up": "tides"}, 409, "keeps no order of its own"),
    ("/manage/news/", {"first": "tides"}, 409, "keeps no order of its own"),
]


@pytest.mark.parametrize(("path", "form", "status", "text"), BAD)
def test_bad_input_is_answered_with_the_list_and_changes_nothing(site, path, form, status, text):
    with site.work() as root:
        add_new(SYSTEM, root["news"]["series"], Page, {"title": "Hidden"})
        override_permission(root["news"]["series"]["hidden"], "view", ["manager"])
    ines = site.browser().login("ines")
    before = site.last_transaction()
    answer = ines.post(path + "@@order", form)
    assert answer.status == status
    assert text in words_of(answer.text)
    assert names_on(answer)
    assert "Hidden" not in answer.text
    assert site.last_transaction() == before
    assert order_of(site) == ["one", "two", "three", "hidden"]


def test_who_may_not_edit_the_folder_gets_no_buttons_and_may_not(site):
    with site.work() as root:
        override_permission(root["news"]["series"], "edit", ["manager"])
    tomas = site.browser().login("tomas")
    assert 'form="order"' not in tomas.get(SERIES).text
    assert tomas.post(SERIES + "@@order", {"up": "three"}).status == 403
    assert order_of(site) == ["one", "two", "three"]


def test_the_buttons_are_there_only_in_the_kept_order(site):
    ines = site.browser().login("ines")
    assert 'form="order"' in ines.get(SERIES).text
    for path in (SERIES + "?sort=title", SERIES + "?sort=-", SERIES + "?find=o", "/manage/news/"):
        assert 'form="order"' not in ines.get(path).text, path


def test_the_page_of_the_list_is_come_back_to(site):
    with site.work() as root:
        for count in range(60):
            add_new(SYSTEM, root["news"]["series"], Page, {"title": f"p{count:02}"})
    ines = site.browser().login("ines")
    second = ines.get(SERIES).click("More")
    name = names_on(second)[5]
    form = second.form("order")
    done = ines.post(form.action, {**dict(form.pairs()), "up": name}, follow=True)
    assert names_on(done)[4] == name
