"""Nothing that people write runs in a page: `python -m tests.publisher.xss`, but fewer pages."""

import pytest

from tests.parts import of_interface
from tests.publisher.xss.filling import UPLOADS
from tests.publisher.xss.looking import watched
from tests.publisher.xss.payloads import BY_CLASS
from tests.publisher.xss.payloads import PAYLOADS
from tests.publisher.xss.running import filled
from tests.publisher.xss.running import look_at

pytestmark = of_interface

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


#: Uses each address as everything that an element, or a script, can take.
USED = """async (addresses) => {
    const uses = addresses.flatMap((address) => [
        ["script", { src: address }], ["script", { src: address, type: "module" }],
        ["link", { rel: "stylesheet", href: address }], ["iframe", { src: address }],
        ["img", { src: address }], ["object", { data: address }], ["embed", { src: address }],
    ]);
    const made = uses.map(([name, values]) => new Promise((done) => {
        const element = Object.assign(document.createElement(name), values, { onload: done, onerror: done });
        document.body.append(element);
        setTimeout(done, 2_000); // what is downloaded tells nothing
    }));
    const quietly = (promise) => promise.then(() => addresses.length, () => 0);
    await Promise.all(made);
    let workers = 0;
    for (const address of addresses) {
        workers += await quietly(navigator.serviceWorker.register(address));
        workers += await quietly(import(address));
    }
    return [workers, getComputedStyle(document.documentElement).getPropertyValue("--ran")];
}"""


def test_an_upload_runs_in_no_way_in_which_a_page_can_use_it(browser, full):
    with watched(browser, *full, strict=False) as (sign_in, watch):
        page = sign_in("admin")
        watch.at = "uploads"
        page.goto("/nothing")
        addresses = [f"/files/{claim}{name}" for name in UPLOADS for claim in ("", "claimed-")]
        assert page.evaluate(USED, addresses) == [0, ""]
        assert page.evaluate("window.ran ?? []") == []
    assert [text for text in watch.wrong.get("uploads", []) if text.startswith("XSS")] == []


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
