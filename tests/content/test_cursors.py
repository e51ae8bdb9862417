import pytest
from BTrees.LOBTree import LOBTree
from BTrees.OOBTree import OOBTree

from objpub.content.cursors import ascending
from objpub.content.cursors import Below
from objpub.content.cursors import descending

WORDS = [f"k{number:03}" for number in range(500)]
NUMBERS = [number * 3 - 700 for number in range(500)]


@pytest.mark.parametrize(
    ("tree", "keys"),
    [
        (OOBTree({f"k{number:03}": 1 for number in range(500)}), [f"k{number:03}" for number in range(500)]),
        (
            LOBTree({number * 3 - 700: "x" for number in range(500)}),
            [number * 3 - 700 for number in range(500)],
        ),
        (OOBTree(), []),
        (LOBTree(), []),
    ],
)
def test_keys_come_in_both_directions_from_anywhere(tree, keys):
    assert list(ascending(tree)) == keys
    assert list(descending(tree)) == keys[::-1]
    for place in range(0, len(keys), 37):
        key = keys[place]
        assert list(ascending(tree, key)) == keys[place + 1 :]
        assert list(ascending(tree, key, inclusive=True)) == keys[place:]
        assert list(descending(tree, key)) == keys[:place][::-1]
        assert list(descending(tree, key, inclusive=True)) == keys[: place + 1][::-1]


def test_a_cursor_need_not_be_a_key():
    tree = OOBTree({"b": 1, "d": 1})
    assert list(descending(tree, "c")) == ["b"] == list(descending(tree, "c", inclusive=True))
    assert list(ascending(tree, "c")) == ["d"] == list(ascending(tree, "c", inclusive=True))
    assert list(descending(tree, "a")) == [] == list(ascending(tree, "e"))


def test_what_stands_below_a_key():
    assert "a" < Below("b") < "b" < "c"
    assert "b" > Below("b") > "a"
    assert Below("b") != "b"
