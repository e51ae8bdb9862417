from typing import Any

import pytest

from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.schema import Field
from objpub.schema import field
from objpub.schema import Kind
from objpub.schema import Markdown


def refusal(call, value):
    """Return the sentence with which *call*, a method of a field, refuses *value*."""
    with pytest.raises(Invalid) as caught:
        call(value)
    return caught.value.errors["value"]


def test_a_tuple_freezes_a_list():
    declared = Field("value", tuple[str, ...], field())
    assert declared.check([" a ", "b", "a"]) == ("a", "b", "a")
    assert declared.many
    for value in ("ab", {"a"}, None, 3, {"a": 1}, iter("ab")):
        assert refusal(declared.check, value).startswith("wanted a list, each a line of text, not ")


def test_a_frozenset_freezes_a_set_and_a_list():
    declared = Field("value", frozenset[str], field(default=["b"]))
    assert declared.default == frozenset({"b"})
    assert declared.check({"a"}) == declared.check(["a", "a "]) == declared.check(("a",)) == frozenset({"a"})
    assert refusal(declared.check, "ab").startswith("wanted a list, each")


def test_the_first_bad_item_is_named():
    declared = Field("value", tuple[int, ...], field(ge=1))
    assert refusal(declared.check, [1, 2, 0]) == "item 3: wanted a whole number of at least 1, not 0"
    assert refusal(declared.from_text, ["1", "x"]) == "item 2: wanted a whole number of at least 1, not 'x'"


def test_items_are_counted():
    declared = Field("value", frozenset[str], field(min_length=2, max_length=3))
    assert declared.wanted == "a list of 2 to 3 items, each a line of text"
    assert refusal(declared.check, ["a", "a"]) == "wanted at least 2 items, not 1: frozenset({'a'})"
    assert refusal(declared.check, list("abcd")) == "wanted at most 3 items, not 4"
    assert "at most 1,000 items, not 1,001" in refusal(
        Field("value", tuple[str, ...], field()).check, ["a"] * 1_001
    )


def test_limits_of_the_items_go_to_the_items():
    declared = Field("value", frozenset[str], field(pattern="[a-z]+", max_length=2))
    assert declared.check(["abc"]) == {"abc"}
    assert refusal(declared.check, ["A"]) == "item 1: wanted a text that matches '[a-z]+', not 'A'"


def test_a_form_sends_texts_and_each_line_is_an_item():
    declared = Field("value", tuple[str, ...], field(default=()))
    assert declared.from_text(["a", "", " ", "b"]) == ("a", "b")
    assert declared.from_text("a\r\nb\n\nc") == ("a", "b", "c")
    assert declared.from_text([]) == declared.from_text("") == ()
    assert declared.from_text(["", *[" "] * 2_000, "a"]) == ("a",)
    assert refusal(declared.from_text, [3]) == "wanted a list, each a line of text, not 3"
    assert refusal(declared.from_text, None) == "wanted a list, each a line of text, not None"


def test_items_of_many_lines_stay_whole():
    assert Field("value", tuple[Markdown, ...], field()).from_text(["a\nb", "c"]) == ("a\nb", "c")


def test_nothing_is_none_where_the_field_is_nullable():
    declared = Field("value", tuple[str, ...] | None, field(default=None))
    assert declared.from_text(["", " "]) is None
    assert declared.to_text(None) == []
    assert declared.from_json([]) == ()
    assert declared.check(None) is None


def test_a_frozenset_is_written_in_an_order_that_stays_the_same():
    declared = Field("value", frozenset[str], field(default=()))
    value = frozenset({"c", "a", "b"})
    assert declared.to_text(value) == declared.to_json(value) == ["a", "b", "c"]
    assert declared.digest(frozenset("abc")) == declared.digest(frozenset("cba"))
    assert declared.digest(frozenset({"a", "bc"})) != declared.digest(frozenset({"ab", "c"}))
    ordered = Field("value", tuple[str, ...], field(default=()))
    assert ordered.digest(("a", "b")) != ordered.digest(("b", "a"))
    assert ordered.to_json(("b", "a")) == ["b", "a"]


def test_json_has_a_list():
    declared = Field("value", tuple[int, ...], field(min_length=1))
    assert declared.from_json([1, 2.0]) == (1, 2)
    for value in ("12", {"a": 1}, 3, None):
        assert refusal(declared.from_json, value).startswith("wanted a list")
    items = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}
    expected = {"type": "array", "items": items, "minItems": 1, "maxItems": 1_000, "title": "Value"}
    assert declared.json_schema() == expected
    assert Field("value", frozenset[int], field()).json_schema()["uniqueItems"] is True


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (tuple, "tuple cannot be the kind of a field: write tuple[str, ...] or the like"),
        (tuple[str], "write tuple[str, ...] or the like"),
        (tuple[str, int], "write tuple[str, ...] or the like"),
        (frozenset, "write frozenset[str] or the like"),
        (list[str], "list[str] cannot be the kind of a field: write tuple[str, ...]"),
        (set[str], "write frozenset[str] or the like: values cannot be changed in place"),
        (dict[str, str], "write a class of its own"),
        (tuple[tuple[str, ...], ...], "cannot stand in a tuple"),
        (frozenset[str | None], "an item cannot be None"),
        (tuple[Any, ...], "write the kind of value"),
    ],
)
def test_collections_that_make_no_sense_are_found(annotation, message):
    with pytest.raises(DeclarationError) as caught:
        Field("value", annotation, field())
    assert message in str(caught.value)


def test_options_of_neither_collection_nor_items_are_found():
    with pytest.raises(DeclarationError, match="ge does not fit str"):
        Field("value", tuple[str, ...], field(ge=1))
    with pytest.raises(DeclarationError, match="multiline does not fit tuple"):
        Field("value", tuple[str, ...], field(multiline=True))


def test_kinds_of_other_parts_say_whether_they_may_stand_in_a_collection():
    class SoundKind(Kind):
        name = "sound"
        wanted = "a sound"
        uploads = True

        def check(self, value):
            if not isinstance(value, Sound):
                raise self.refuse(value)
            return value

    class Sound:
        field_kind = SoundKind

    class Noise(Sound):
        class field_kind(SoundKind):
            repeatable = False

    sound = Sound()
    assert Field("value", tuple[Sound, ...], field()).from_text(["", sound]) == (sound,)
    with pytest.raises(DeclarationError, match="a sound cannot stand in a tuple"):
        Field("value", tuple[Noise, ...], field())
