"""What becomes of a field, from three digests."""

import itertools

import pytest

from objpub.operations.merging import decide
from objpub.operations.merging import merge_digests


@pytest.mark.parametrize(
    ("before", "here", "sent", "decision"),
    [
        ("a", "a", "a", "keep"),  # nobody touched it
        ("a", "a", "b", "take"),  # only this edit did
        ("a", "b", "a", "keep"),  # only somebody else did
        ("a", "b", "b", "keep"),  # both did the same
        ("a", "b", "c", "clash"),
        (None, "a", "b", "take"),  # nothing is known of the start
        (None, "a", "a", "keep"),
    ],
)
def test_decide(before, here, sent, decision):
    assert decide(before, here, sent) == decision


def test_whatever_happens_a_field_that_was_not_touched_is_never_changed():
    for before, here in itertools.product("abc", repeat=2):
        assert decide(before, here, before) == "keep"


def test_merge_knows_what_somebody_else_changed():
    merge = merge_digests(
        before={"title": "a", "body": "a", "tags": "a", "date": "a"},
        here={"title": "a", "body": "b", "tags": "b", "date": "b", "place": "a"},
        sent={"title": "b", "body": "a", "tags": "c", "place": "b"},
    )
    assert merge.changed == ("title", "place")
    assert merge.merged == ("body", "date")
    assert merge.clashes == ("tags",)
