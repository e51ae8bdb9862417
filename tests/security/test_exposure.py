"""Who may do what: everything that objpub ships and a small site, by the hand-written table exposure.txt.

A line that is missing fails, so that no view and no operation is open to anybody without somebody's thought.
The last tests look at the table itself: with a check taken away it must fail. `python -m
tests.security.unchecked` takes away all of them; here a sample has to do.
"""

import pytest

from objpub import operations
from objpub.views import view
from tests.security import unchecked_inside
from tests.security.asked import checks_of
from tests.security.deeds import NO_DEEDS
from tests.security.deeds_of_site import DEEDS
from tests.security.exhibit import Paper
from tests.security.exhibit import PEOPLE
from tests.security.exposure import exhibition
from tests.security.exposure import read
from tests.security.exposure import TABLE
from tests.security.exposure import written
from tests.security.unchecked import CHECKS
from tests.security.unchecked import mutants
from tests.security.unchecked import survivors


@pytest.fixture(scope="module")
def show():
    with exhibition() as show:
        yield show


def differences(measured, expected):
    """Return the lines of the table that are not as measured, as they would have to be."""
    found = {label: cells for label, cells in measured.items() if cells != expected.get(label)}
    return written(found) + [f"no longer there: {label}" for label in expected if label not in measured]


def test_everybody_may_what_the_table_says_and_nothing_else(show):
    text = TABLE.read_text("utf-8")
    expected = read(text)
    wrong = differences(show.lines(), expected)
    assert wrong == [], "\n".join(["", *wrong])
    assert len(expected) == sum(bool(line) and not line.startswith("#") for line in text.splitlines())


def test_every_operation_has_a_line():
    assert {label.split()[0] for label in DEEDS} | NO_DEEDS == set(operations.__all__)
    assert {label.split()[0] for label in DEEDS}.isdisjoint(NO_DEEDS)


def test_every_line_is_possible_for_somebody_and_none_is_half_empty():
    for label, cells in read(TABLE.read_text("utf-8")).items():
        assert len(cells) == len(PEOPLE), label
        assert any(set(cell) - {"-"} for cell in cells) or label.endswith("without a link"), label


def test_a_new_view_without_a_line_is_one_line_of_difference():
    @view(Paper, "new", permission="delete")
    def new(paper, request):
        return "New"

    with exhibition(new) as show:
        measured = show.lines({"GET Paper @@new", "GET Paper @@usual"})
    wrong = differences(measured, {"GET Paper @@usual": measured["GET Paper @@usual"]})
    assert [line.split()[:5] for line in wrong] == [["GET", "Paper", "@@new", "-----", "o----"]]


def test_each_of_a_sample_of_checks_is_missed_when_it_is_taken_away(show):
    found, number = survivors(show, every=9)
    assert found == []
    assert number >= 15


def test_every_view_with_a_permission_and_every_operation_loses_it_in_turn(show):
    taken = [what for what, _, _ in mutants(show)]
    with_permission = [label for label, each in show.views().items() if each.permission is not None]
    assert {f"the permission of {label}" for label in with_permission} <= set(taken)
    asked = {
        name: checks_of(getattr(operations, name), CHECKS, operations.__name__)
        for name in set(operations.__all__) - NO_DEEDS
    }
    unchecked = {name for name, found in asked.items() if not found}
    assert unchecked == {"set_forgotten_password"}  # its link is what it asks for
    assert "the link of set_forgotten_password" in taken


def test_after_a_check_was_taken_away_it_is_back(show):
    label = "GET Paper @@to-manage"
    before = show.lines({label})
    _, taken, _ = next(each for each in mutants(show) if each[0] == f"the permission of {label}")
    with taken:
        assert show.lines({label}) != before
    assert show.lines({label}) == before


def test_each_check_inside_of_a_view_that_is_open_to_all_is_missed_when_it_is_taken_away():
    with exhibition() as show:
        views = unchecked_inside.open_views(show)
        found, number = unchecked_inside.survivors(show)
        assert unchecked_inside.leaks(show) == []
    assert found == []
    assert number >= 15
    assert set(unchecked_inside.OPEN) <= set(views), "no longer there, or no longer open"
