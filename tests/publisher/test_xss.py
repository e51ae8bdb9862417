"""Nothing that people write runs in a page: `python -m tests.publisher.xss`, but fewer pages."""

import pytest

from tests.publisher.xss.looking import watched
from tests.publisher.xss.payloads import BY_CLASS
from tests.publisher.xss.payloads import PAYLOADS
from tests.publisher.xss.running import filled
from tests.publisher.xss.running import look_at

HOLES = {
    "unescaped": ("XSS ", "element: "),
    "addresses": ("javascript:: ",),
    "unsanitised": ("XSS ", "element: "),
}


@pytest.fixture(scope="module")
def full():
    """A site full of payloads, and its address."""
    with filled("tests.publisher.xss.holes", whole=False) as (site, address):
        yield site, address


def test_the_payloads_are_many_and_of_many_sorts():
    assert len(set(PAYLOADS)) >= 200
    assert len(BY_CLASS) >= 10


@pytest.mark.parametrize("strict", [True, False], ids=["as served", "without the policy of the pages"])
def test_nothing_that_people_write_runs_in_a_page(browser, full, strict):
    watch = look_at(browser, *full, strict, whole=False)
    assert watch.wrong == {}
    assert watch.pages > (30 if strict else 120)


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_is_found(browser, full, hole):
    site, address = full
    with watched(browser, site, address, strict=False) as (sign_in, watch):
        page = sign_in(None)
        watch.at = hole
        page.goto(f"/cards/@@{hole}", wait_until="commit")
        page.wait_for_load_state("domcontentloaded")
        watch.look(page)
    found = [text for texts in watch.wrong.values() for text in texts]
    for wanted in HOLES[hole]:
        assert any(text.startswith(wanted) for text in found), found[:5]


def test_a_hole_is_found_where_the_policy_of_the_pages_would_stop_it(browser, full):
    with watched(browser, *full, strict=True) as (sign_in, watch):
        watch.go(sign_in(None), "/cards/@@addresses")
    assert len(watch.wrong["/cards/@@addresses"]) > 10
