"""Texts compared word by word, and two changes written together."""

import random

import pytest

from objpub.forms.differences import abridged
from objpub.forms.differences import differences
from objpub.forms.differences import matches_of
from objpub.forms.differences import together

TIDE = "The highest tide in years covered the boardwalk. The hides are dry."
THEIRS = "The highest tide since 2013 covered the boardwalk. The hides are dry."
MINE = "The highest tide in years covered the boardwalk. Nobody was hurt, and the hides are dry."


def marked(pieces):
    signs = {"same": "{}", "out": "[-{}-]", "in": "[+{}+]"}
    return "".join(signs[each.kind].format(each.text) for each in pieces)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("", "", ""),
        ("same", "same", "same"),
        ("", "new", "[+new+]"),
        ("old", "", "[-old-]"),
        ("a cat sat", "a dog sat", "a [-cat -][+dog +]sat"),
        ("a cat sat on a mat", "a dog sat on the mat", "a [-cat -][+dog +]sat on [-a -][+the +]mat"),
        ("one two", "one, two", "[-one -][+one, +]two"),
        ("a\nb", "a\nb\nc", "a\nb[+\nc+]"),
        ("<p>Low tide</p>", "<p>Low <b>tide</b></p>", "<p>Low [+<b>+]tide[+</b>+]</p>"),
    ],
)
def test_words_that_differ_are_found(before, after, wanted):
    assert marked(differences(before, after)) == wanted


def test_two_changes_are_written_together():
    both = "The highest tide since 2013 covered the boardwalk. Nobody was hurt, and the hides are dry."
    assert together(TIDE, MINE, THEIRS) == both
    assert together(TIDE, THEIRS, MINE) == both


def test_changes_of_the_same_words_both_stay_theirs_first():
    assert together("It is low.", "It is mine.", "It is theirs.") == "It is theirs mine."
    assert together("Low", "Ebb", "High") == "High Ebb"


def test_what_both_did_alike_is_there_once():
    assert together("Low tide", "High tide", "High tide") == "High tide"


def test_pieces_make_up_both_texts_and_a_change_alone_is_itself():
    chance = random.Random(7)
    words = ["a ", "b ", "c, ", "\n", "dé", "<b>", "</b>"]
    for _ in range(500):
        before, after = ("".join(chance.choices(words, k=chance.randrange(9))) for _ in range(2))
        pieces = differences(before, after)
        assert "".join(each.text for each in pieces if each.kind != "out") == after
        assert "".join(each.text for each in pieces if each.kind != "in") == before
        assert together(before, after, before) == together(before, before, after) == after


def test_a_long_text_is_compared_by_lines_and_a_longer_one_not_at_all():
    long = "\n".join(f"line {number} of many lines" for number in range(2_000))
    pieces = differences(long + "\nold\n" + long[::-1], long + "\nnew\n" + long[::-1])
    assert marked(abridged(pieces)).count("[") == 2
    words = " ".join(f"w{number}" for number in range(30_000))
    assert [each.kind for each in differences(words, words[::-1])] == ["out", "in"]


def test_a_long_passage_that_is_the_same_is_cut():
    long = "word " * 500
    pieces = abridged(differences(long + "old", long + "new"))
    assert len(pieces[0].text) < 500 and " … " in pieces[0].text
    assert marked(pieces[1:]) == "[-old-][+new+]"


class Counted(str):
    """A word that counts how often words were compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        Counted.compared += 1
        return str.__eq__(self, other)

    def __ne__(self, other):
        return not self == other


@pytest.mark.parametrize(("one", "other"), [("a b ", "b a a "), ("x y z x ", "z z y x y "), ("a ", "b ")])
def test_texts_made_to_be_hard_to_compare_are_given_up_soon(one, other):
    old, new = ([Counted(each) for each in (text * 2_000).split()] for text in (one, other))
    Counted.compared = 0
    assert matches_of(old, new) is None
    assert Counted.compared < 2_000_000
    found = differences(one * 2_000, other * 2_000)
    assert [each.kind for each in found] == ["out", "in"]


def test_of_all_ways_to_compare_the_one_with_the_fewest_changes_is_told():
    generator = random.Random(7)
    for _ in range(300):
        old, new = ([generator.choice("abc") for _ in range(generator.randrange(10))] for _ in range(2))
        matches = matches_of(old, new)
        assert sum(length for _, _, length in matches) == max(map(len, left_of(old) & left_of(new)))
        assert all(old[at : at + length] == new[to : to + length] for at, to, length in matches)


def left_of(items):
    """Return everything that can be left of *items* when some are taken out."""
    found = {()}
    for each in items:
        found |= {(*begun, each) for begun in found}
    return found
