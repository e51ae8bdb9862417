"""Whatever comes, it is taken or refused with Invalid; and what was taken comes back from text and JSON."""

import enum
import json
import pickle
import pickletools
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from objpub.errors import Invalid
from objpub.schema import Email
from objpub.schema import Field
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import Parameter
from objpub.schema import RichText
from objpub.schema import safe_html
from objpub.schema import schema_of
from objpub.schema import Surroundings
from objpub.schema import URL

# The machine that runs the tests may have other work; a slow case is found by the durations of all.
unhurried = settings(deadline=None)


class Mood(enum.Enum):
    CALM = "calm"
    STORMY = "stormy"


offsets = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=offsets)
addresses = st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}\.org", fullmatch=True)
links = st.from_regex(r"https?://[a-z]{1,9}\.org(:[1-9][0-9]{0,3})?/[a-z0-9/?=&%#~.ä]{0,20}", fullmatch=True)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=4)
TOKENS = """
    <p> </p> <b> </b> <a|href='/x'> </a> <ul><li> </ul> <table><td> <svg> </svg> <math><mi> <style> <!-- -->
    <img|src=x > &lt; & x|y " <h2|id=a> ]]>
"""
tokens = [each.replace("|", " ") for each in TOKENS.split()]
markup = st.lists(st.sampled_from(tokens), max_size=20).map("".join)

KINDS = {
    "line": (str, {}, st.text()),
    "lines": (str, {"multiline": True}, st.text()),
    "rich": (RichText, {"min_length": 0}, markup | st.text()),
    "markdown": (Markdown, {"min_length": 0}, st.text()),
    "whole": (int, {}, st.integers()),
    "real": (float, {}, st.floats() | st.integers()),
    "decimal": (Decimal, {}, decimals | st.decimals() | st.integers()),
    "bool": (bool, {}, st.booleans()),
    "date": (date, {}, st.dates()),
    "moment": (datetime, {}, moments | st.datetimes(timezones=st.timezones() | st.none())),
    "enum": (Mood, {}, st.sampled_from(Mood) | st.sampled_from(["calm", "x"])),
    "literal": (Literal["a", 1, True], {}, st.sampled_from(["a", 1, True, 0, "1"])),
    "choices": (str, {"choices": ["a", "b"]}, st.sampled_from(["a", "b", "c"])),
    "email": (Email, {}, addresses | st.emails()),
    "url": (URL, {}, links),
    "tuple": (tuple[str, ...], {}, st.lists(st.text())),
    "moments": (tuple[datetime, ...], {}, st.lists(moments)),
    "frozenset": (frozenset[int], {}, st.frozensets(st.integers())),
    "nullable": (date | None, {}, st.none() | st.dates()),
    "nullable text": (str | None, {}, st.none() | st.text()),
    "nullable tuple": (tuple[int, ...] | None, {}, st.none() | st.lists(st.integers(), min_size=1)),
}
FIELDS = {name: Field(name, kind, field(**options)) for name, (kind, options, _) in KINDS.items()}
PARAMETERS = [Parameter(name, kind, field(**options)) for name, (kind, options, _) in KINDS.items()]

plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
json_values = st.recursive(
    plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
junk = (
    json_values
    | st.binary()
    | st.complex_numbers()
    | st.sets(st.integers() | st.text())
    | st.dates()
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.times()
    | st.timedeltas()
    | st.decimals()
    | st.fractions()
    | st.sampled_from([object(), int, Mood.CALM, KINDS, ..., NotImplemented, range(3), iter([]), json.loads])
    | st.integers(10**4300, 10**4301)
)
texts = st.text() | st.text("0123456789-+.:TZe _", max_size=30) | markup | st.from_regex(r"\d{4}-\d\d-\d\d.*")
ZONES = [None, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu"), timezone(timedelta(hours=-12))]


def taken(declared, value):
    """Return *value* as *declared* stores it, or None and False where it is refused."""
    try:
        return declared.check(value), True
    except Invalid as error:
        assert list(error.errors) == [declared.name]
        assert 0 < len(error.errors[declared.name]) < 1_000
        return None, False


@pytest.mark.parametrize("name", KINDS)
def test_what_was_taken_comes_back_from_text_and_json(name):
    declared = FIELDS[name]

    @unhurried
    @given(KINDS[name][2], st.sampled_from(ZONES))
    def check(value, zone):
        stored, fits = taken(declared, value)
        if not fits:
            return
        there = Surroundings(zone=zone)
        assert declared.check(stored) == stored
        assert declared.from_text(declared.to_text(stored, there), there) == stored
        assert declared.from_json(json.loads(json.dumps(declared.to_json(stored), allow_nan=False))) == stored
        assert declared.digest(stored) == declared.digest(declared.from_text(declared.to_text(stored)))

    check()


@pytest.mark.parametrize("name", KINDS)
def test_equal_values_and_only_they_share_a_digest(name):
    declared = FIELDS[name]

    @unhurried
    @given(KINDS[name][2], KINDS[name][2])
    def check(value, other):
        (stored, fits), (another, fits_too) = taken(declared, value), taken(declared, other)
        if fits and fits_too:
            same = stored == another and type(stored) is type(another)
            assert (declared.digest(stored) == declared.digest(another)) == same

    check()


ALLOWED = {
    "datetime date",
    "datetime datetime",
    "datetime timezone",
    "datetime timedelta",
    "decimal Decimal",
    "__builtin__ frozenset",
    "builtins frozenset",
}


@pytest.mark.parametrize("name", KINDS)
def test_what_is_stored_is_built_in_and_stays_as_it_is(name):
    declared = FIELDS[name]

    @unhurried
    @given(KINDS[name][2])
    def check(value):
        stored, fits = taken(declared, value)
        if fits:
            hash(stored)
            record = pickle.dumps(stored, 3)
            codes = pickletools.genops(record)
            assert {argument for code, argument, _ in codes if code.name == "GLOBAL"} <= ALLOWED

    check()


@unhurried
@given(junk)
@example(10**5000)
@example(float("nan"))
@example("\ud800")
@example(["\ud800", {}])
def test_nothing_but_invalid_comes_of_junk_values(value):
    for declared in FIELDS.values():
        taken(declared, value)
        for parameter in (declared, *PARAMETERS):
            try:
                parameter.from_json(value)
            except Invalid:
                pass


@unhurried
@given(texts | st.lists(texts) | junk, st.sampled_from(ZONES))
@example("0001-01-01T00:00", ZONES[1])
@example("9999-12-31T23:59:59-23:59", ZONES[3])
@example("1e9999", None)
def test_nothing_but_invalid_comes_of_junk_texts(text, zone):
    for declared in (*FIELDS.values(), *PARAMETERS):
        try:
            stored = declared.from_text(text, Surroundings(zone=zone))
        except Invalid as error:
            assert list(error.errors) == [declared.name]
        else:
            assert taken(declared, stored)[1]


class Everything:
    pass


Everything.__annotations__ = {name.replace(" ", "_"): kind for name, (kind, _, _) in KINDS.items()}
names = st.sampled_from(list(Everything.__annotations__)) | st.text(max_size=3) | st.integers()


@unhurried
@given(st.dictionaries(names, junk))
def test_a_schema_names_every_junk_value_at_once(values):
    schema = schema_of(Everything)
    for call in (schema.check, schema.from_json, schema.from_text):
        try:
            call(values)
        except Invalid as error:
            missing = {name for name in schema if name not in values and schema[name].required}
            assert missing <= error.errors.keys()


@unhurried
@given(st.sampled_from(list(KINDS)), st.data())
def test_what_was_stored_for_another_kind_can_be_shown_and_compared(name, data):
    stored, fits = taken(FIELDS[name], data.draw(KINDS[name][2]))
    if fits:
        for declared in FIELDS.values():
            declared.to_text(stored)
            json.dumps(declared.to_json(stored), default=str)
            assert len(declared.digest(stored)) == 20


@unhurried
@given(markup | st.text())
def test_safe_html_stays_as_it_is(html):
    once = safe_html(html)
    assert safe_html(once) == once
