"""The bench itself: both sides answer alike, and it runs. How fast they are is not asked here."""

import json
import shutil
import sys

import pytest

from bench import baseline
from bench import budgets
from bench import checks
from bench import contents
from bench import counting
from bench import crowd
from bench import site
from bench import steps
from bench.cases import Asking
from bench.cases import CASES
from bench.cases import Size
from bench.others import __main__ as others
from bench.run import main
from objpub.views import all_views
from tests.parts import of_interface

SMALL = Size(3, 3, 3)


@pytest.fixture
def both(tmp_path):
    applications = [
        baseline.open_site(tmp_path / "baseline", SMALL),
        site.open_site(tmp_path / "objpub", SMALL),
    ]
    yield applications
    for application in applications:
        application.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_sides_give_the_same_answer(both, case):
    first, second = (Asking(application, case, SMALL).one() for application in both)
    assert first[0] == second[0] == case.status
    assert first[2] == second[2]
    assert dict(first[1]).get("Location") == dict(second[1]).get("Location")


def test_the_page_has_layout_and_breadcrumbs_and_navigation(both):
    for application in both:
        page = Asking(application, CASES[1], SMALL).check().decode()
        assert '<a href="/section-0/">Section 0</a>' in page
        assert '<a href="/section-0/folder-0/document-0">Document 0</a>' in page
        assert "<footer>" in page


def test_objpub_has_everything_switched_on(both):
    _, headers, _ = Asking(both[1], CASES[0], SMALL).one()
    assert {"Content-Security-Policy", "X-Content-Type-Options", "X-Request-Id"} <= set(dict(headers))
    assert "/section-0/folder-0/document-0/ok" in both[1].log_stream.getvalue()


def test_a_write_is_kept_with_its_note(both):
    for application in both:
        Asking(application, CASES[2], SMALL).check()
    plain, ours = both
    assert "POST" in plain.database.undoLog(0, 1)[0]["description"]
    with ours.work() as top:
        assert top["section-0"]["folder-0"]["document-0"].label == "Number 1"


def test_a_wrong_answer_is_not_measured(both):
    wrong = CASES[0].__class__("wrong", "", "GET", "nothing", "200 OK", 1)
    with pytest.raises(SystemExit, match="wanted 200 OK, got 404"):
        Asking(both[0], wrong, SMALL).check()


def test_the_table_has_a_line_for_each_request(capsys):
    assert main(["--small", "--rounds", "2", "--requests", "2", "--no-instructions"]) == 0
    printed = capsys.readouterr().out
    for case in CASES:
        assert case.title in printed
    kinds = contents.KINDS if contents.is_there() else ()
    for words, _ in kinds:
        assert f"a folder {words}" in printed
    assert printed.count("its page has") == len(kinds) * len(contents.PAGES)
    assert "start to first answer" in printed and "memory when idle" in printed
    for depth in checks.DEPTHS:
        assert f"at depth {depth}, 1,000 grants up the path" in printed


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind counts the instructions")
def test_instructions_are_counted(tmp_path):
    baseline.open_site(tmp_path, SMALL).close()
    counts = counting.instructions("baseline", tmp_path, SMALL, 2)
    assert counts.keys() == {case.name for case in CASES}
    assert 10_000 < counts["fixed"] < counts["page"]


@of_interface
def test_the_contents_pages_are_those_of_somebody_who_has_signed_in(tmp_path):
    application = contents.open_site(tmp_path, 50, 70)
    for _, kind in contents.KINDS:
        asking = contents.pages(application, kind, (50, 70))
        assert asking["small"].check().count(b'class="check pick"') == 50
        assert asking["large"].check().count(b'class="check pick"') == 50
    asking["small"].path = "/manage/nothing/"
    with pytest.raises(SystemExit, match="404"):
        asking["small"].check()
    application.close()


@of_interface
def test_a_large_folder_calls_no_more_functions_than_a_small_one(tmp_path):
    application = contents.open_site(tmp_path, 100, 2_000)
    for _, kind in contents.KINDS:
        calls = {
            word: calls_of(page.check)
            for word, page in contents.pages(application, kind, (100, 2_000)).items()
        }
        assert calls["large"] < 1.2 * calls["small"], kind
    application.close()


def test_the_checks_that_are_measured_are_answered_by_a_grant_at_the_top(tmp_path):
    application = checks.open_site(tmp_path)
    asking = checks.cases(application)
    assert {each.check() for each in asking.values()} == {b"[]", b"[True]", b"[True, True]"}
    with application.work() as site:
        site._grants = None
    with pytest.raises(SystemExit, match="False"):
        asking[30, 1_000, 1].check()
    application.close()


def test_of_a_check_so_much_is_counted_as_it_adds_to_a_request():
    figures = {
        (depth, grants, times): 1_000 * depth + depth * times
        for depth in checks.DEPTHS
        for grants in checks.GRANTS
        for times in checks.CHECKS
    }
    found = checks.costs(figures)
    assert found[3, 10] == (3, 3)
    assert found[30, 1_000] == (30, 30)
    assert checks.more_below(found) == dict.fromkeys(checks.GRANTS, 27)


def calls_of(function):
    """Return how many functions *function* calls, those that they call among them; it is called before."""
    number = 0

    def profile(frame, event, argument):
        nonlocal number
        number += event in {"call", "c_call"}

    function()
    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
    return number


def test_the_requests_that_have_budgets_are_answered(tmp_path):
    application = budgets.open_site(tmp_path, 20)
    pages = {
        each.title: sending.check()
        for each, sending in zip(budgets.BUDGETS, budgets.sendings(application), strict=True)
    }
    application.close()
    assert pages[f"listing of {budgets.ROWS} rows"].count(b"<tr>") == budgets.ROWS + 1
    assert json.loads(pages["JSON"])["title"] == "Document 0"
    assert pages[f"fixed view at depth {budgets.DEEP}"] == b"ok"


def test_a_site_of_many_types_and_views_answers_the_same(tmp_path):
    application = budgets.open_crowded(tmp_path)
    assert budgets.Sending(application, budgets.CROWDED).check() == b"ok"
    assert (
        sum(each.name.startswith("other-") for each in all_views(application.registry)) * 3 == budgets.VIEWS
    )
    assert budgets.TYPES == crowd.TYPES
    application.close()


def test_what_grows_misses_its_budget():
    counts = [1_000.0 * (each.thousands or 250) for each in (*budgets.BUDGETS, budgets.CROWDED)]
    assert all(figure <= most for _, figure, most in budgets.verdicts(counts))
    counts[0] += 1
    counts[7] += 500_000
    counts[9] *= 2
    counts[10] *= 2
    counts[11] *= 2
    assert sum(figure > most for _, figure, most in budgets.verdicts(counts)) == 5


def test_steps_cost_what_was_counted_in_them_and_not_in_the_steps_they_call():
    thousand = 1e3 * steps.REQUESTS
    titles = ["rest", "view", "template", None, None, None]
    counts = [count * thousand for count in (9, 1, 2, 3, 4, 5)]
    assert steps.costs(titles, counts) == {"rest": 6, "view": 6, "template": 3}


def test_each_step_is_marked_and_the_answer_stays_the_same(monkeypatch, tmp_path):
    for _, owner, name in steps.STEPS:
        monkeypatch.setattr(owner, name, getattr(owner, name))  # as it is again afterwards
    application = site.open_site(tmp_path, SMALL)
    marks = steps.Marks()
    marks.put_on(application)
    marks.on = True
    for case in CASES[1:]:
        Asking(application, case, SMALL).check()
    application.close()
    own = {"who asks", "walk", "the template", "the view: breadcrumbs, navigation, texts"}
    assert set(marks.titles) == {None, *own, *(title for title, _, _ in steps.STEPS)}
    assert marks.titles.count(None) * 2 == len(marks.titles)


def test_pages_that_differ_are_not_compared():
    others.same_page(["<html>\n<p>a</p>", "<html>\n  <base href='/'>\n\n<p>a</p>"])
    with pytest.raises(SystemExit):
        others.same_page(["<p>a</p>", "<p>b</p>"])
