"""Arguments in groups: nested, repeated, with files, from a form and from JSON, checked alike."""

from datetime import date
from enum import Enum
from typing import Annotated

import pytest

from objpub import field
from objpub import File
from objpub import Record
from objpub import testing
from objpub import view
from objpub.content import Site
from objpub.content import Upload
from objpub.errors import DeclarationError


class Size(Enum):
    """How large a thing is."""

    SMALL = "s"
    LARGE = "l"


class Address(Record):
    """Where somebody lives."""

    town: str
    street: Annotated[str, field(max_length=20)] = ""


class Line(Record):
    """A line of an order."""

    product: str
    count: int = field(default=1, ge=1, le=9)
    size: Size = Size.SMALL
    tags: tuple[str, ...] = ()
    gift: bool = False
    at: Address | None = None
    photo: Upload | None = None
    paper: File | None = None


@view(Site, "order", method="POST", permission="public")
def order(site, request, who: Address, items: tuple[Line, ...] = (), day: date | None = None):
    """Say what came."""
    texts = [str(who), *map(str, items)]
    files = [each.photo.path.read_text() for each in items if each.photo is not None]
    kinds = [type(each.size).__name__ for each in items]
    return request.json({"texts": texts, "files": files, "kinds": kinds, "day": str(day)})


@pytest.fixture(scope="module")
def site():
    with testing.site(order) as site:
        yield site


def send(site, data=None, **options):
    answer = site.client.post("/order", data, headers={"Accept": "application/json"}, **options)
    return answer.json if answer.status == 200 else (answer.status, answer.json.get("errors"))


def test_groups_are_nested_and_repeated(site):
    form = {
        "who.town": "Esbjerg",
        "items.0.product": "Boots",
        "items.0.count": "2",
        "items.0.tags": ["dry", "warm"],
        "items.0.at.town": "Ribe",
        "items.2.product": "Hat",
        "items.2.size": "l",
        "items.10.product": "Map",
        "day": "2026-11-21",
    }
    found = send(site, form)
    assert found["texts"][0] == "Address(town='Esbjerg', street='')"
    assert [each.split("'")[1] for each in found["texts"][1:]] == ["Boots", "Hat", "Map"]
    assert "count=2" in found["texts"][1]
    assert "tags=('dry', 'warm')" in found["texts"][1]
    assert "town='Ribe'" in found["texts"][1]
    assert found["kinds"] == ["Size"] * 3
    assert found["day"] == "2026-11-21"


def test_json_says_the_same_and_is_checked_alike(site):
    item = {"product": "Boots", "count": 2, "tags": ["dry"], "gift": True, "at": {"town": "Ribe"}}
    found = send(site, json={"who": {"town": "Esbjerg"}, "items": [item, {"product": "Hat", "size": "l"}]})
    assert len(found["texts"]) == 3
    assert "gift=True" in found["texts"][1]
    wrong = {
        "who": {},
        "items": [{"product": "x", "count": 10}, {"at": {"street": "x" * 30, "town": "R"}}, 7],
    }
    status, errors = send(site, json=wrong)
    assert status == 400
    assert set(errors) == {"who.town", "items.0.count", "items.1.product", "items.1.at.street", "items.2"}


def test_every_value_that_does_not_fit_is_named_with_its_whole_name(site):
    form = {
        "items.0.count": "10",
        "items.0.product": "x",
        "items.3.at.street": "y" * 30,
        "items.3.product": "y",
        "items.x.product": "z",
        "items.4": "q",
        "items.5.product.name": "deep",
        "items.6.product": "a",
        "items.6.at": "Ribe",
    }
    status, errors = send(site, form)
    assert status == 400
    assert set(errors) == {
        "who",
        "items.0.count",
        "items.3.at.street",
        "items.3.at.town",
        "items.x",
        "items.4",
        "items.5.product",
        "items.6.at",
    }
    assert "from 1 to 9" in errors["items.0.count"]


def test_an_unknown_name_is_left_alone_in_a_form_and_refused_in_json(site):
    assert len(send(site, {"who.town": "E", "who.planet": "Mars"})["texts"]) == 1
    status, errors = send(site, json={"who": {"town": "E", "twon": "F"}})
    assert status == 400
    assert "did you mean 'town'" in errors["who.twon"]


def test_files_come_in_groups(site):
    files = {"items.0.photo": ("a.txt", b"first"), "items.1.photo": ("b.txt", b"second")}
    form = {"who.town": "E", "items.0.product": "a", "items.1.product": "b"}
    assert send(site, form, files=files)["files"] == ["first", "second"]
    files = {"items.0.paper": ("a.txt", b"paper")}
    assert "paper=" in send(site, form, files=files)["texts"][1]


def test_a_checkbox_in_a_group_that_did_not_come_is_off(site):
    form = {"who.town": "E", "items.0.product": "a", "items.0.gift": "on", "items.1.product": "b"}
    found = send(site, {**form, "_checkboxes": "items.0.gift items.1.gift"})["texts"]
    assert ["gift=True" in each for each in found[1:]] == [True, False]


@pytest.mark.parametrize(
    "name", ["items.-1.product", "items.1e3.product", "items.1000000.product", "items.².product"]
)
def test_what_is_no_number_is_no_row(site, name):
    status, errors = send(site, {"who.town": "E", name: "x"})
    assert status == 400
    assert list(errors) == [name.removesuffix(".product")]


@pytest.mark.parametrize("names", [("items.0.at", "items.0.at.town"), ("items.0.at.town", "items.0.at")])
def test_a_value_beside_a_group_of_its_name_is_refused(site, names):
    status, errors = send(site, [("who.town", "E"), *((name, "x") for name in names)])
    assert status == 400
    assert {name: "beside" in text for name, text in errors.items()} == {names[1]: True}


def test_a_record_cannot_be_changed_and_equals_one_with_the_same_values():
    line = Line(product="Boots")
    assert (line.count, line.size, line) == (1, Size.SMALL, Line(product="Boots"))
    assert len({line, Line(product="Boots"), Line(product="Hat")}) == 2
    for change in (lambda: setattr(line, "count", 2), lambda: delattr(line, "count")):
        with pytest.raises(AttributeError, match="cannot be changed"):
            change()
    for values in ({}, {"product": "x", "coutn": 1}):
        with pytest.raises(TypeError, match="wants product|did you mean 'count'"):
            Line(**values)


def test_a_record_that_holds_itself_stops_the_start():
    class Node(Record):
        children: "tuple[Node, ...]" = ()

    Node.__annotations__["children"] = tuple[Node, ...]

    @view(Site, "tree", method="POST", permission="public")
    def tree(site, request, top: Node):
        """Never called."""

    with pytest.raises(DeclarationError, match="holds itself"), testing.site(tree):
        pass
