"""Arguments of views come from query, form and JSON, converted by annotation."""

import enum
from datetime import date
from decimal import Decimal
from typing import Literal

import pytest

from objpub import Email
from objpub import Site
from objpub import testing
from objpub.content import Upload
from objpub.views import view


class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"


@view(Site, "typed", method=["GET", "POST"], permission="public")
def typed(
    site,
    request,
    size: int = 1,
    on: bool = False,
    off: bool = True,
    day: date | None = None,
    price: Decimal | None = None,
    level: Level = Level.LOW,
    colour: Literal["red", "blue"] = "red",
    numbers: tuple[int, ...] = (),
    words: frozenset[str] = frozenset(),
    email: Email | None = None,
    text: str | None = "default",
):
    return repr((size, on, off, day, price, level, colour, numbers, sorted(words), email, text))


DEFAULT = repr((1, False, True, None, None, Level.LOW, "red", (), [], None, "default"))


@pytest.fixture(scope="module")
def site():
    with testing.site(typed) as site:
        yield site


def test_defaults_stand_where_nothing_came(site):
    assert site.client.get("/typed").text == DEFAULT
    assert site.client.post("/typed").text == DEFAULT
    assert site.client.post("/typed", json={}).text == DEFAULT


def test_every_kind_is_converted_from_text(site):
    values = [
        *(
            ("size", "-3"),
            ("on", "1"),
            ("off", "no"),
            ("day", "2026-11-01"),
            ("price", "1.50"),
            ("level", "high"),
        ),
        *(("colour", "blue"), ("numbers", "1"), ("numbers", "2"), ("words", "b"), ("words", "a")),
        *(("email", "a@example.org"), ("text", " ü ")),
    ]
    first = (-3, True, False, date(2026, 11, 1), Decimal("1.50"), Level.HIGH, "blue", (1, 2), ["a", "b"])
    wanted = repr((*first, "a@example.org", "ü"))
    assert site.client.get("/typed", query=values).text == wanted
    assert site.client.post("/typed", values).text == wanted
    assert site.client.post("/typed", values, files={"other": b""}).text == wanted
    assert site.client.post("/typed", {}, query=values).text == wanted


def test_every_kind_is_converted_from_json(site):
    values = {"size": -3, "on": True, "off": False, "day": "2026-11-01", "price": "1.50", "level": "high"}
    values |= {"colour": "blue", "numbers": [1, 2], "words": ["b", "a"], "email": None, "text": None}
    wanted = repr(
        (
            -3,
            True,
            False,
            date(2026, 11, 1),
            Decimal("1.50"),
            Level.HIGH,
            "blue",
            (1, 2),
            ["a", "b"],
            None,
            None,
        )
    )
    assert site.client.post("/typed", json=values).text == wanted


@pytest.mark.parametrize(
    "json",
    [
        {"size": "3"},
        {"size": 3.5},
        {"size": True},
        {"on": 1},
        {"numbers": 1},
        {"numbers": ["1"]},
        {"colour": 1},
        {"text": 1},
    ],
)
def test_json_of_another_type_is_refused(site, json):
    response = site.client.post("/typed", json=json)
    assert response.status == 400
    assert set(response.json["errors"]) == set(json)


def test_the_last_of_several_values_counts_and_the_body_comes_after_the_query(site):
    assert site.client.get("/typed?size=1&size=2").text.startswith("(2,")
    assert site.client.post("/typed?size=1", {"size": 2}).text.startswith("(2,")


def test_an_empty_value_of_an_optional_argument_is_none(site):
    text = site.client.get("/typed?day=&price=&email=&text=").text
    assert text == repr((1, False, True, None, None, Level.LOW, "red", (), [], None, None))


def test_a_checkbox_that_its_form_names_and_that_does_not_come_is_false(site):
    assert site.client.post("/typed", {"_checkboxes": "on off"}).text.startswith("(1, False, False")
    assert site.client.post("/typed", {"_checkboxes": "on off", "off": "1"}).text.startswith(
        "(1, False, True"
    )
    assert site.client.get("/typed?_checkboxes=off").text.startswith("(1, False, False")


def test_values_that_nobody_asks_for_are_left_alone(site):
    assert site.client.post("/typed", {"other": "x", "save": "Save"}).text == DEFAULT


def test_a_form_is_never_changed_by_what_a_view_does():
    @view(Site, "form", method="POST", permission="public")
    def form(site, request):
        assert list(request.form) == ["a", "b"]
        assert request.form.get("a") == "2"
        assert request.form.all("a") == ["1", "2"]
        assert request.form.all("none") == []
        assert request.form.get("none", "default") == "default"
        assert "a" in request.form and len(request.form) == 2
        assert list(request.form.texts()) == [("a", "1"), ("a", "2"), ("b", "")]
        return "ok"

    with testing.site(form) as site:
        assert site.client.post("/form?a=1", {"a": "2", "b": ""}).text == "ok"


def test_a_file_arrives_as_an_upload_and_its_spool_is_removed():
    seen = []

    @view(Site, "upload", method="POST", permission="public")
    def upload(site, request, photo: Upload | None = None):
        seen.append(photo)
        return "none" if photo is None else f"{photo.filename} {photo.size} {photo.path.read_text()}"

    with testing.site(upload) as site:
        form = {"files": {"photo": ("a.txt", b"bytes", "text/plain")}}
        assert site.client.post("/upload", **form).text == "a.txt 5 bytes"
        assert not seen[0].path.exists()
        assert site.client.post("/upload", files={"photo": ("", b"")}).text == "none"
        assert list(site.database.temporary_folder.iterdir()) == []


@pytest.mark.parametrize("fails", [False, True])
def test_a_body_of_another_kind_lies_in_a_file_until_the_answer_is_made(fails):
    seen = []

    @view(Site, "put", method="PUT", permission="public")
    def put(site, request):
        seen.append(request.form.body)
        assert request.form.body.read_bytes() == b"\x00\x01"
        if fails:
            raise RuntimeError("failed")
        return "kept"

    with testing.site(put) as site:
        response = site.client.request("PUT", "/put", data=b"\x00\x01", content_type="image/png")
        assert response.status == (500 if fails else 200)
        assert not seen[0].exists()
