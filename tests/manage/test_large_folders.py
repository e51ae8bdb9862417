"""A folder of 10,000 children costs what one of 100 does, wherever it is met: counted, not timed."""

import re

import pytest

from objpub import testing
from objpub.operations import add_new
from objpub.security import grant
from objpub.security import set_cuts
from objpub.security import SYSTEM
from tests.manage.conftest import settle
from tests.manage.pages import Page
from tests.manage.pages import Section
from tests.manage.pages import Series
from tests.manage.test_contents import loaded
from tests.test_bench import calls_of

SIZES = (100, 10_000)
KINDS = {"section": Section, "series": Series}
MOST = 2.0  # times the small folder, in calls of functions and in loaded objects
MOST_BYTES = 150_000

#: Where a large folder is met; {folder} is its name.
PLACES = (
    "/manage/{folder}/",
    "/manage/{folder}/?sort=-",
    "/manage/{folder}/?sort=title",
    "/manage/{folder}/?sort=-changed",
    "/manage/{folder}/?find=page",
    "/manage/{folder}/?find=page&sort=-",
    "/manage/{folder}/?find=nothing",
    "/manage/{folder}/@@add",
    "/manage/{folder}/@@add?type=Page",
    "/manage/{folder}/@@branch",
    "/manage/{folder}/@@edit",
    "/manage/{folder}/@@security",
    "/manage/{folder}/@@upload",
    "/manage/{folder}/@@move?pick=page-00003",
    "/manage/{folder}/@@copy?pick=page-00003&to=/{folder}",
    "/manage/{folder}/@@rename?pick=page-00003",
    "/manage/{folder}/page-00050/@@edit",
    "/manage/@@move?pick={folder}",
    "/manage/",
)


@pytest.fixture(scope="module")
def site():
    with testing.site("objpub.manage", "tests.manage.pages") as site:
        settle(site)
        with site.work() as root:
            for word, kind in KINDS.items():
                for size in SIZES:
                    fill(add_new(SYSTEM, root, kind, {"title": f"{word} {size}"}), size)
        site.people = {name: site.browser().login(name) for name in ("admin", "ines", "nora")}
        yield site


def fill(folder, size):
    """Put *size* pages in; nora edits the folder; every other of the first hundred is hidden from her."""
    grant(folder, "user:nora", "editor")
    for number in range(size):
        page = folder.add(f"page-{number:05}", Page(title=f"Page number {number}"))
        if number < 100 and number % 2:
            set_cuts(page, ["grants"])  # what nora has from above does not come down
    folder.add("zone", Section(title="The last one"))


@pytest.mark.parametrize("who", ["admin", "ines", "nora"])
@pytest.mark.parametrize("word", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_no_page_grows_with_the_folder(site, place, word, who):
    client = site.people[who]
    small, large = (place.format(folder=f"{word}-{size}") for size in SIZES)
    page = client.get(large)
    assert page.status == client.get(small).status
    assert page.status == 200 or who == "nora"
    assert len(page.body) < MOST_BYTES
    assert calls_of(lambda: client.get(large)) < MOST * calls_of(lambda: client.get(small))
    if page.status == 200:
        assert loaded(site, client, large) < MOST * loaded(site, client, small)


@pytest.mark.parametrize("word", KINDS)
def test_the_last_page_costs_what_the_first_does(site, word):
    client = site.people["ines"]
    first = f"/manage/{word}-10000/"
    last = client.get(f"{first}?sort=-").click("More").click("Back")
    assert "page-09990" in last.text
    for path in (last.path, client.get(first).click("More").path):
        assert calls_of(lambda path=path: client.get(path)) < 1.5 * calls_of(lambda: client.get(first))


@pytest.mark.parametrize("word", KINDS)
def test_the_public_listing_is_a_page_of_the_folder(site, word):
    visitor = site.browser()
    small, large = (f"/{word}-{size}/" for size in SIZES)
    page = visitor.get(large)
    assert page.status == 200
    assert len(re.findall(r'href="/[^"]*page-\d+', page.text)) < 101
    assert len(page.body) < MOST_BYTES
    assert calls_of(lambda: visitor.get(large)) < MOST * calls_of(lambda: visitor.get(small))
    assert loaded(site, visitor, large) < MOST * loaded(site, visitor, small)


def test_the_folders_of_a_large_folder_are_found_page_by_page_without_a_name_that_is_hidden(site):
    client = site.people["ines"]
    page = client.get("/manage/section-10000/@@move?pick=page-00003&to=/section-10000")
    assert "among the first items" in page.text
    steps = 0
    while "The last one" not in page.text.partition('class="picker"')[2]:
        page = page.click("More folders")
        steps += 1
    assert steps == 10_000 // 500
    assert "More folders" not in page.text
