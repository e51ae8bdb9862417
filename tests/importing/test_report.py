from collections import Counter

from objpub.importing import BrokenLink
from objpub.importing import Problem
from objpub.importing import Report


def test_an_import_that_had_nothing_to_do():
    assert str(Report(unchanged=1234, seconds=0.25)) == "nothing added, 1,234 unchanged in 0.2 s"


def test_the_numbers():
    report = Report(
        added=Counter(page=1, image=2), updated=Counter(section=1), unpublished={"a.md": "it is a draft"}
    )
    assert report.summary() == "1 page, 2 images added, 1 section updated, 1 not published"
    assert report.written == 4


def test_long_lists_are_cut_in_the_text_and_whole_in_the_report():
    report = Report(broken=[BrokenLink("a.md", line, "b", "nothing there") for line in range(1, 31)])
    text = str(report)
    assert "Links that lead nowhere (30):\n  a.md:1: b: nothing there\n" in text
    assert text.endswith("  ... and 10 more")
    assert len(report.lines()) == 33


def test_a_problem_without_a_line():
    assert str(Problem("a.png", 0, "it is no image")) == "a.png: it is no image"
    assert (
        str(BrokenLink("a.md", 3, "", "it has no destination")) == "a.md:3: (nothing): it has no destination"
    )
