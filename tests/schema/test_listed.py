import enum
from decimal import Decimal
from typing import Annotated
from typing import Literal

import pytest

from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.schema import Field
from objpub.schema import field
from objpub.schema import Parameter


class Mood(enum.Enum):
    CALM = "calm"
    VERY_STORMY = "very stormy"


class Size(enum.IntEnum):
    SMALL = 1
    BIG = 2


def refusal(call, value):
    """Return the sentence with which *call*, a method of a field, refuses *value*."""
    with pytest.raises(Invalid) as caught:
        call(value)
    return caught.value.errors["value"]


def test_an_enum_is_stored_by_value():
    declared = Field("value", Mood, field(default=Mood.CALM))
    assert declared.check(Mood.VERY_STORMY) == "very stormy"
    assert declared.check("calm") == "calm"
    assert declared.default == "calm"
    stored = Field("value", Size, field()).check(Size.BIG)
    assert (stored, type(stored)) == (2, int)


@pytest.mark.parametrize("value", ["CALM", Size.BIG, 1, None, [], {}, "calm "])
def test_what_is_no_member_is_refused(value):
    assert refusal(Field("value", Mood, field()).check, value).startswith(
        "wanted one of 'calm' or 'very stormy', not "
    )


def test_members_are_chosen_by_titles():
    assert Field("value", Mood, field()).choices == (("calm", "Calm"), ("very stormy", "Very stormy"))
    declared = Field("value", Mood, field(choices={Mood.CALM: "Peaceful"}))
    assert declared.choices == (("calm", "Peaceful"),)
    assert refusal(declared.check, Mood.VERY_STORMY).startswith("wanted 'calm', not ")
    assert Field("value", Mood, field(choices=[Mood.CALM])).choices == (("calm", "Calm"),)


def test_a_member_comes_from_text_and_from_json():
    declared = Field("value", Size, field())
    assert declared.from_text(" 2 ") == 2
    assert declared.to_text(2) == "2"
    assert declared.from_json(2) == 2
    assert refusal(declared.from_text, "3") == "wanted one of 1 or 2, not '3'"
    assert refusal(declared.from_json, "2") == "wanted one of 1 or 2, not '2'"
    assert Field("value", Mood | None, field(default=None)).from_text("") is None


def test_a_view_gets_the_member():
    assert Parameter("value", Mood, field(default=Mood.CALM)).from_text("very stormy") is Mood.VERY_STORMY
    assert Parameter("value", Mood | None, field()).from_text("") is None
    assert Parameter("value", tuple[Mood, ...], field()).from_text(["calm"]) == (Mood.CALM,)
    assert Parameter("value", frozenset[Mood], field()).from_text(["calm"]) == {Mood.CALM}
    assert Parameter("value", Literal["a"], field()).from_json("a") == "a"
    assert Parameter("value", str, field(choices=["a"])).from_text("a") == "a"


def test_a_literal_takes_its_values_only():
    declared = Field("value", Literal["a", "in_print", 3, True], field())
    assert [declared.check(value) for value in ("a", 3, True)] == ["a", 3, True]
    assert refusal(declared.check, 1) == "wanted one of 'a', 'in_print', 3 or True, not 1"
    assert declared.from_text("yes") is True
    assert declared.from_text("3") == 3
    assert declared.choices[1] == ("in_print", "In print")
    assert len({declared.digest(value) for value in ("a", 3, True)}) == 3


def test_a_literal_with_none_may_be_none():
    declared = Field("value", Literal["a", None], field(default=None))
    assert declared.nullable
    assert declared.from_text("") is None
    assert declared.json_schema()["anyOf"] == [{"enum": ["a"]}, {"type": "null"}]


def test_a_literal_may_name_members():
    assert Field("value", Literal[Mood.CALM], field()).check("calm") == "calm"


def test_choices_of_a_line_of_text():
    declared = Field("value", str, field(default="de", choices={"de": "German", "en": "English"}))
    assert declared.choices == (("de", "German"), ("en", "English"))
    assert declared.check(" en ") == "en"
    assert declared.to_text("en") == declared.to_json("en") == "en"
    assert declared.from_json("en") == "en"
    assert refusal(declared.from_text, "fr") == "wanted one of 'de' or 'en', not 'fr'"
    assert declared.json_schema()["enum"] == ["de", "en"]
    assert declared.digest("de") == Field("value", str, field()).digest("de")


def test_choices_may_be_left_empty_where_the_text_may():
    assert Field("value", str, field(default="", choices=["a"])).check("") == ""
    assert Field("value", str | None, field(default=None, choices=["a"])).check("") is None
    assert refusal(Field("value", str, field(choices=["a"])).check, "").startswith("is empty")


def test_choices_of_numbers_and_of_items():
    assert Field("value", Decimal, field(choices=[Decimal("0.19"), 0])).from_text("0.190") == Decimal("0.19")
    declared = Field("value", frozenset[str], field(default=(), choices=["a", "b"]))
    assert declared.choices == (("a", "a"), ("b", "b"))
    assert refusal(declared.check, ["a", "c"]) == "item 2: wanted one of 'a' or 'b', not 'c'"


def test_many_choices_are_not_listed_to_the_end():
    declared = Field("value", str, field(choices=[f"x{number}" for number in range(20)]))
    assert declared.wanted.endswith("'x7' or 12 more")


class Real(enum.Enum):
    HALF = 0.5


class Same(enum.Enum):
    NUMBER = 1
    TEXT = "1"


class Empty(enum.Enum):
    pass


@pytest.mark.parametrize(
    ("annotation", "options", "message"),
    [
        (Real, {}, "wanted a text or a whole number as its value, not 0.5"),
        (Same, {}, "wanted values that differ as text too"),
        (Empty, {}, "wanted values that differ as text too"),
        (Literal[b"x"], {}, "b'x' cannot be chosen"),
        (Literal["a"], {"choices": ["b"]}, "choices: 'b' is not one of 'a'"),
        (str, {"choices": "abc"}, "choices='abc': wanted values, or a mapping of values to titles"),
        (str, {"choices": 3}, "choices=3: wanted values"),
        (str, {"choices": [1]}, "choices: wanted a line of text, not 1"),
        (str, {"choices": []}, "wanted values that are not empty"),
        (str | None, {"choices": [""]}, "wanted values that are not empty"),
        (bool, {"choices": [True]}, "choices does not fit bool"),
        (Mood, {"max_length": 3}, "max_length does not fit Mood, which knows choices"),
        (enum.Enum, {}, "write a class of its own, derived from Enum"),
    ],
)
def test_choices_that_make_no_sense_are_found(annotation, options, message):
    with pytest.raises(DeclarationError) as caught:
        Field("value", annotation, field(**options))
    assert message in str(caught.value)


def test_an_enum_with_options_of_other_libraries_stays_an_enum():
    assert Field("value", Annotated[Mood, "the weather"], field()).check(Mood.CALM) == "calm"
