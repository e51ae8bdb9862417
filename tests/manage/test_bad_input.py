"""Bad input for every kind of field, through `@@edit` and `@@add`: refused in place, kept, nothing stored."""

import pytest

from objpub.operations import add_new
from objpub.security import SYSTEM
from objpub.testing import site as site_of
from tests.manage.kinds import Walk
from tests.manage.pages import Page
from tests.manage.pages import Section
from tests.manage.refusals import BOMB
from tests.manage.refusals import TRUNCATED

THINGS = ("objpub.manage", "tests.manage.pages", "tests.manage.kinds")
NOT_A_PICTURE = ("marsh.png", b"no picture", "image/png")

#: Field, what is typed, a part of the message at the field.
BAD = [
    ("title", "", "give it a title"),
    ("title", "x" * 61, "at most 60 characters"),
    ("title", "  ", "give it a title"),
    ("title", "a\x00b", "without"),
    ("summary", "x" * 201, "at most 200 characters"),
    ("body", "<div>" * 2_000, "nested"),
    ("notes", "a\x00b", "without"),
    ("photo", NOT_A_PICTURE, "uploaded image"),
    ("photo", BOMB, "2,500,000,000 pixels"),
    ("photo", TRUNCATED, "damaged"),
    ("length", "far", "number"),
    ("length", "0", "from 0.1 to 99"),
    ("length", "nan", "number"),
    ("places", "31", "from 1 to 30"),
    ("places", "1.5", "whole number"),
    ("places", "9" * 5000, "number"),
    ("price", "dear", "decimal number"),
    ("day", "tomorrow", "date"),
    ("day", "2026-02-30", "date that exists"),
    ("starts", "soon", "date and time"),
    ("starts", "2026-11-01T25:00", "date and time"),
    ("starts", "2026-03-29T02:30", "time that exists in europe/berlin"),
    ("steps", "fine\n" + "x" * 10_001, "item 2"),
    ("counts", "1\nmany", "item 2"),
    ("mail", "nobody", "e-mail address"),
    ("home", "ftp:/x", "address"),
    ("home", "javascript:alert(1)", "address"),
    ("near", "/nowhere", "path of a page"),
    ("near", "/news", "reference to a page"),
    ("related", "/news/tides\n/nowhere", "item 2"),
]

#: The same for what a browser would not send: choices that are not there, several values for one field.
FORGED = [
    ("mood", "sad", "one of"),
    ("size", "xxs", "one of"),
    ("guided", "perhaps", "yes or no"),
    ("for_dogs", "perhaps", "yes or no"),
    ("seen", ["tide", "whale"], "item 2"),
    ("title", ["One", "Two"], "one value"),
    ("near", ["/news/tides", "/news/marsh"], "one value"),
]


def label(each):
    typed = each[1][0] if isinstance(each[1], tuple) else each[1]
    return f"{each[0]}-{str(typed)[:12]!r}"


@pytest.fixture(scope="module")
def site():
    with site_of(*THINGS) as site:
        site.add_user("ines", roles=["editor"])
        with site.work() as root:
            root.time_zone = "Europe/Berlin"
            news = add_new(SYSTEM, root, Section, {"title": "News"})
            for title in ("Tides", "Marsh"):
                add_new(SYSTEM, news, Page, {"title": title})
            add_new(SYSTEM, news, Walk, {"title": "Walk", "places": 7})
        site.client.login("ines")
        yield site


PLACES = {"edit": "/manage/news/walk/@@edit", "add": "/manage/news/@@add?type=Walk"}


def check_refused(page, name, message):
    """The page says what is wrong at the field, in the list on top, and leads there."""
    assert page.status == 422
    assert page.headers["Cache-Control"] == "no-store"
    text = page.text
    at_field = text.split(f'id="field-{name}-error"')[1].split("</p>")[0]
    assert message in at_field.lower(), at_field
    summary = text.split('id="mistakes"')[1].split("</ul>")[0]
    assert f'href="#field-{name}"' in summary
    assert message in summary.lower()
    assert text.count("autofocus=") == 1


@pytest.mark.parametrize("how", PLACES)
@pytest.mark.parametrize("case", BAD, ids=label)
def test_bad_input_is_refused_at_its_field_and_kept_and_nothing_is_stored(site, case, how):
    name, typed, message = case
    before = site.last_transaction()
    form = site.client.get(PLACES[how]).form("form")
    form["summary"] = "Typed as well"
    if name != "title":
        form["title"] = "Typed"
    form[name] = typed
    page = form.submit()
    check_refused(page, name, message)
    assert site.last_transaction() == before
    again = page.form("form")
    if isinstance(typed, str):
        assert again[name].replace("\r\n", "\n") == typed
        control = next(each for each in again._form.controls if each.name == name)
        assert control.attributes["aria-invalid"] == "true"
        assert f"field-{name}-error" in control.attributes["aria-describedby"]
    else:
        assert "Please choose this file again:" in page.text and typed[0] in page.text
    if name != "summary":
        assert again["summary"] == "Typed as well"


@pytest.mark.parametrize("how", PLACES)
@pytest.mark.parametrize("case", FORGED, ids=label)
def test_what_no_form_would_send_is_refused_as_well(site, case, how):
    name, sent, message = case
    before = site.last_transaction()
    form = site.client.get(PLACES[how]).form("form")
    form["title"] = "Typed"
    pairs = [(each, value) for each, value in form.pairs() if each != name and not isinstance(value, tuple)]
    pairs += [(name, value) for value in (sent if isinstance(sent, list) else [sent])]
    page = site.client.post(form.action, pairs)
    check_refused(page, name, message)
    assert site.last_transaction() == before
    if name != "title":
        assert page.form("form")["title"] == "Typed"


@pytest.mark.parametrize("how", PLACES)
def test_every_mistake_is_told_at_once(site, how):
    form = site.client.get(PLACES[how]).form("form")
    wrong = {"title": "", "places": "0", "price": "dear", "day": "never", "mail": "x", "near": "/nowhere"}
    page = form.fill(wrong).submit()
    assert page.status == 422
    assert f"{len(wrong)} fields need a change" in page.text
    for name, typed in wrong.items():
        assert f'id="field-{name}-error"' in page.text
        assert page.form("form")[name] == typed


def test_a_field_that_did_not_come_is_told_beside_the_other_mistakes(site):
    form = site.client.get(PLACES["add"]).form("form").fill(places="0")
    pairs = [
        (name, value) for name, value in form.pairs() if name != "title" and not isinstance(value, tuple)
    ]
    page = site.client.post(form.action, pairs)
    assert page.status == 422
    assert 'id="field-title-error"' in page.text and 'id="field-places-error"' in page.text


#: The name in the address, and what is said about it.
BAD_NAMES = [
    ("tides", "tides"),
    ("a/b", "a slash"),
    ("_hidden", "private"),
    ("@@view", "a view"),
    ("..", "a place"),
    ("x" * 300, "bytes"),
]


@pytest.mark.parametrize(("name", "message"), BAD_NAMES, ids=[each[0][:10] for each in BAD_NAMES])
def test_a_bad_name_is_refused_beside_the_other_mistakes(site, name, message):
    before = site.last_transaction()
    form = site.client.get(PLACES["add"]).form("form")
    page = form.fill(title="Typed", _name=name).submit()
    assert page.status == 422
    assert site.last_transaction() == before
    assert message in page.text.split('id="field-_name-error"')[1].split("</p>")[0]
    assert page.form("form")["_name"] == name
    page = page.form("form").fill(title="").submit()
    assert 'id="field-_name-error"' in page.text and 'id="field-title-error"' in page.text


def test_the_digests_of_a_form_that_somebody_forged_are_none(site):
    before = site.last_transaction()
    form = site.client.get(PLACES["edit"]).form("form")
    pairs = dict(pair for pair in form.pairs() if not isinstance(pair[1], tuple))
    page = site.client.post(form.action, {**pairs, "_started": "forged.forged", "summary": "Mine"})
    assert page.status == 409
    assert site.last_transaction() == before
