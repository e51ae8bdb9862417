from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest

from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.schema import Field
from objpub.schema import field
from objpub.schema import MISSING
from objpub.schema import Parameter
from objpub.schema import Ref
from objpub.schema import RichText


def test_a_field_knows_what_was_declared():
    declared = Field(
        "published_on",
        date | None,
        field(
            default=None,
            description="When.",
            index="range",
            column=True,
            filter=True,
            read="view",
            write="edit",
        ),
    )
    assert declared.title == "Published on"
    assert (declared.description, declared.index, declared.column, declared.filter) == (
        "When.",
        "range",
        True,
        True,
    )
    assert (declared.read, declared.write) == ("view", "edit")
    assert (declared.required, declared.nullable, declared.many, declared.multiline) == (
        False,
        True,
        False,
        False,
    )
    assert declared.default is None
    assert declared.annotation == date | None
    assert declared.choices == ()
    assert repr(declared) == "<Field published_on: a date>"


def test_a_field_without_default_is_required():
    declared = Field("title", str, field(title="Headline"))
    assert declared.required
    assert declared.default is MISSING
    assert declared.title == "Headline"
    assert Field("on", date | None, field()).required


@pytest.mark.parametrize(
    ("annotation", "default", "message"),
    [
        (
            str,
            None,
            "default=None does not fit: wanted a line of text, not None; add | None to the annotation",
        ),
        (int, "3", "default='3' does not fit: wanted a whole number, not '3'"),
        (datetime, datetime(2026, 1, 1), "with its time zone"),
        (frozenset[str], [1], "item 1: wanted a line of text, not 1"),
    ],
)
def test_a_default_that_does_not_fit_is_found(annotation, default, message):
    with pytest.raises(DeclarationError) as caught:
        Field("value", annotation, field(default=default))
    assert message in str(caught.value)


def test_a_default_is_stored_as_a_value_would_be():
    assert Field("value", Decimal, field(default=1)).default == Decimal(1)
    assert type(Field("value", float, field(default=1)).default) is float
    assert Field("value", RichText, field(default="<p onclick=x>")).default == "<p></p>"


def test_an_index_that_does_not_exist_names_the_nearest():
    with pytest.raises(DeclarationError, match=r"index='txt': wanted one of text, .*; did you mean 'text'\?"):
        Field("value", str, field(index="txt"))


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (bytes, "bytes cannot be the kind of a field: wanted one of str, int, float, Decimal, bool, date"),
        (int | str, "int | str is several kinds; a field has one, and may have None"),
        (None, "None cannot be the kind of a field"),
        (type(None), "NoneType cannot be the kind of a field"),
        ({}, "{} cannot be the kind of a field"),
    ],
)
def test_other_annotations_are_no_kind(annotation, message):
    with pytest.raises(DeclarationError) as caught:
        Field("value", annotation, field())
    assert message in str(caught.value)


def test_what_a_form_sends_twice_is_one_value_or_refused():
    declared = Field("value", int, field())
    assert declared.from_text(["3"]) == 3
    with pytest.raises(Invalid, match=r"wanted one value, not 2: \['3', '4'\]"):
        declared.from_text(["3", "4"])


@pytest.mark.parametrize("raw", ["", "  ", [], [""]])
def test_an_empty_value_is_none_where_it_may_be(raw):
    assert Field("value", date | None, field(default=None)).from_text(raw) is None
    with pytest.raises(Invalid, match="value: is empty; wanted a date"):
        Field("value", date, field(default=date(2026, 1, 1))).from_text(raw)


@pytest.mark.parametrize("raw", [3, None, b"x", {"a": "b"}, [None], object()])
def test_what_is_no_text_is_refused(raw):
    with pytest.raises(Invalid, match="value: wanted a date, not"):
        Field("value", date, field()).from_text(raw)


def test_an_empty_argument_means_the_default_of_the_view():
    assert Parameter("page", int, field(default=1)).from_text("") == 1
    assert Parameter("page", int | None, field(default=1)).from_text("") is None
    assert Parameter("tag", str, field(default="x")).from_text("") == ""
    assert Parameter("tags", tuple[str, ...], field(default=("x",))).from_text([]) == ()
    with pytest.raises(Invalid, match="page: is empty; wanted a whole number"):
        Parameter("page", int, field()).from_text("")


def test_none_is_nothing_in_a_form_and_null_in_json():
    declared = Field("value", date | None, field(default=None))
    assert declared.to_text(None) == ""
    assert declared.to_json(None) is None
    assert declared.from_json(None) is None
    assert declared.json_schema() == {
        "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
        "title": "Value",
        "default": None,
    }
    with pytest.raises(Invalid, match="wanted a date, not None"):
        Field("value", date, field()).from_json(None)


def test_json_schema_has_title_description_and_default():
    schema = Field("tags", frozenset[str], field(default=["b", "a"], description="Words.")).json_schema()
    assert (schema["title"], schema["description"], schema["default"]) == ("Tags", "Words.", ["a", "b"])


def test_a_digest_is_the_same_in_every_process():
    declared = Field("title", str, field())
    assert declared.digest("Tides") == "16572c88cb0232db1ef4"
    assert declared.digest("Tides") == Field("other", RichText, field()).digest("Tides")
    assert len({declared.digest(value) for value in ("", None, "a", "A")}) == 4
    assert declared.digest(None) == declared.digest(MISSING)


class Person:
    pass


@pytest.mark.parametrize(
    ("annotation", "stored"),
    [
        (date, "2026"),
        (datetime, 3),
        (frozenset[str], "abc"),
        (tuple[int, ...], 3),
        (Ref[Person], "ada"),
        (Decimal, "1.5.0"),
        (bool, "x"),
    ],
)
def test_a_value_stored_before_its_declaration_changed_is_shown_as_it_is(annotation, stored):
    declared = Field("value", annotation, field())
    assert declared.to_text(stored) in (str(stored), [str(stored)], "yes")
    assert declared.to_json(stored) == stored or declared.to_json(stored) == str(stored)
    assert declared.digest(stored) == declared.digest(stored)
    assert declared.digest(stored) != declared.digest(None)
