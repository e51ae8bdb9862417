import enum
from decimal import Decimal

import pytest

from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.schema import Field
from objpub.schema import field


def refusal(call, value):
    """Return the sentence with which *call*, a method of a field, refuses *value*."""
    with pytest.raises(Invalid) as caught:
        call(value)
    return caught.value.errors["value"]


@pytest.mark.parametrize("value", [True, 1.0, "1", None, 2**63, -(2**63) - 1, []])
def test_a_whole_number_is_an_int_of_64_bits(value):
    assert refusal(Field("value", int, field()).check, value).startswith("wanted a whole number, not ")


def test_a_very_long_number_is_not_written_out():
    assert (
        refusal(Field("value", int, field()).check, 10**5000) == "wanted a whole number, not a very long int"
    )


def test_bounds_are_named_in_words():
    declared = Field("value", int, field(ge=1, le=5))
    assert [declared.check(1), declared.check(5)] == [1, 5]
    assert refusal(declared.check, 6) == "wanted a whole number from 1 to 5, not 6"
    assert refusal(declared.from_text, "0") == "wanted a whole number from 1 to 5, not 0"
    assert Field("value", int, field(ge=1)).wanted == "a whole number of at least 1"
    assert Field("value", float, field(le=1)).wanted == "a number of at most 1.0"


def test_wider_bounds_take_wider_numbers():
    assert Field("value", int, field(ge=0, le=2**80)).check(2**80) == 2**80


@pytest.mark.parametrize(("text", "value"), [("12", 12), (" -3 ", -3), ("+4", 4), ("007", 7)])
def test_a_whole_number_is_read_from_digits(text, value):
    assert Field("value", int, field()).from_text(text) == value


@pytest.mark.parametrize("text", ["1_000", "1.0", "1e3", "٣", "0x1", "1 2", "- 1", "9" * 500])
def test_other_texts_are_no_whole_number(text):
    assert refusal(Field("value", int, field()).from_text, text).startswith("wanted a whole number, not '")


def test_a_whole_number_in_json_may_have_a_point():
    declared = Field("value", int, field())
    assert declared.from_json(5.0) == 5
    assert refusal(declared.from_json, 5.5) == "wanted a whole number, not 5.5"
    assert refusal(declared.from_json, True) == "wanted a whole number, not True"


def test_a_member_of_an_int_enum_is_stored_as_a_plain_int():
    class Size(enum.IntEnum):
        BIG = 3

    stored = Field("value", int, field()).check(Size.BIG)
    assert (stored, type(stored)) == (3, int)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "1.0", True, None, 10**400, 1j])
def test_a_number_is_finite(value):
    assert refusal(Field("value", float, field()).check, value).startswith("wanted a number, not ")


def test_a_number_is_stored_as_a_plain_float_without_a_negative_zero():
    class Metres(float):
        pass

    declared = Field("value", float, field())
    assert [type(declared.check(value)) for value in (1, Metres(2), 3.5)] == [float] * 3
    assert str(declared.check(-0.0)) == "0.0"


@pytest.mark.parametrize(
    ("text", "value"), [("1.5", 1.5), (".5", 0.5), ("2.", 2.0), ("-1e3", -1000.0), (" 3 ", 3.0)]
)
def test_a_number_is_read_with_a_point(text, value):
    assert Field("value", float, field()).from_text(text) == value


@pytest.mark.parametrize("text", ["nan", "inf", "1,5", "1_0.0", "0x1p3", ".", "e3", "1e99999", "1e9999"])
def test_other_texts_are_no_number(text):
    assert refusal(Field("value", float, field()).from_text, text).startswith("wanted a number, not ")


def test_a_decimal_keeps_its_digits():
    declared = Field("value", Decimal, field())
    assert str(declared.check(Decimal("1.50"))) == "1.50"
    assert declared.check(3) == Decimal(3)
    assert str(declared.check(Decimal("-0.0"))) == "0.0"
    assert declared.digest(Decimal("1.50")) == declared.digest(Decimal("1.5"))
    assert declared.to_text(Decimal("1E+3")) == "1000"
    assert declared.to_json(Decimal("1.50")) == "1.50"


def test_a_class_derived_from_decimal_is_stored_as_a_plain_decimal():
    class Euro(Decimal):
        pass

    assert type(Field("value", Decimal, field()).check(Euro("1.5"))) is Decimal


@pytest.mark.parametrize(
    "value", [1.5, True, "1.5", Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), 10**200]
)
def test_a_decimal_is_exact_and_finite(value):
    assert refusal(Field("value", Decimal, field()).check, value).startswith("wanted a decimal number, not ")


@pytest.mark.parametrize("value", [Decimal("1E+999999"), Decimal("1E+38"), Decimal("1E-39"), 10**40])
def test_a_decimal_has_a_limited_number_of_digits(value):
    assert "at most 38 digits on either side" in refusal(Field("value", Decimal, field()).check, value)


def test_a_decimal_comes_from_text_and_from_json():
    declared = Field("value", Decimal, field(ge=0))
    assert declared.from_text(" 1.20 ") == Decimal("1.20")
    assert declared.from_json("1.20") == Decimal("1.20")
    assert declared.from_json(1.2) == Decimal("1.2")
    assert declared.from_json(7) == Decimal(7)
    assert refusal(declared.from_text, "1,20") == "wanted a decimal number of at least 0, not '1,20'"
    assert refusal(declared.from_json, "-1") == "wanted a decimal number of at least 0, not -1"
    assert refusal(declared.from_json, None) == "wanted a decimal number of at least 0, not None"
    assert "38 digits" in refusal(declared.from_text, "1e9999")


def test_yes_or_no_is_true_or_false_itself():
    declared = Field("value", bool, field())
    assert [declared.check(True), declared.check(False)] == [True, False]
    assert refusal(declared.check, 1) == "wanted yes or no, not 1"
    assert refusal(declared.from_json, "true") == "wanted yes or no, not 'true'"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", True),
        ("True", True),
        (" yes", True),
        ("1", True),
        ("off", False),
        ("false", False),
        ("NO", False),
        ("0", False),
    ],
)
def test_yes_or_no_is_read_from_what_forms_send(text, value):
    assert Field("value", bool, field()).from_text(text) is value


def test_other_texts_are_neither_yes_nor_no():
    declared = Field("value", bool, field(default=False))
    assert refusal(declared.from_text, "maybe") == "wanted yes or no, not 'maybe'"
    assert refusal(declared.from_text, "") == "is empty; wanted yes or no"
    assert Field("value", bool | None, field(default=None)).from_text("") is None
    assert [declared.to_text(True), declared.to_text(False)] == ["yes", "no"]


@pytest.mark.parametrize(
    ("annotation", "options", "expected"),
    [
        (int, {"ge": 1}, {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}),
        (float, {}, {"type": "number"}),
        (float, {"ge": 0, "le": 1}, {"type": "number", "minimum": 0.0, "maximum": 1.0}),
        (bool, {}, {"type": "boolean"}),
        (
            Decimal,
            {},
            {"type": "string", "format": "decimal", "pattern": r"^[+-]?[0-9]{1,38}(?:\.[0-9]{0,38})?$"},
        ),
    ],
)
def test_json_schema_says_what_is_checked(annotation, options, expected):
    assert Field("value", annotation, field(**options)).json_schema() == {**expected, "title": "Value"}


@pytest.mark.parametrize(
    ("annotation", "options", "message"),
    [
        (int, {"ge": "1"}, "ge='1': wanted a whole number, not '1'"),
        (int, {"ge": 2, "le": 1}, "ge=2 and le=1 leave no value"),
        (Decimal, {"le": 1.5}, "le=1.5: wanted a decimal number, not 1.5"),
        (int, {"max_length": 3}, "max_length does not fit int, which knows choices, ge and le"),
        (bool, {"ge": 0}, "ge does not fit bool, which knows none of these limits"),
    ],
)
def test_options_that_do_not_fit_numbers_are_found(annotation, options, message):
    with pytest.raises(DeclarationError) as caught:
        Field("value", annotation, field(**options))
    assert message in str(caught.value)
