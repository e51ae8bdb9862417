"""A folder of many pages is moved, and then moved again: one transaction each, and nothing breaks.

python -m tests.catalog.moved 10000     prints the seconds and bytes of a move, and what was checked

Every page has a text, links by address to the page before it, and refers to the page after it; a page beside
the folder links to a hundred of them and refers to as many. After the moves every old address is asked for,
every link and reference is followed, and the search and `used_by` answer as if nothing had happened.
"""

import random
import sys
import time
from contextlib import contextmanager

from objpub import testing
from objpub.catalog import below
from objpub.catalog import check_catalog
from objpub.catalog import find
from objpub.content import Content
from objpub.content import Folder
from objpub.lineage import path_of
from objpub.operations import add_new
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import used_by
from objpub.publisher import with_links_of_today
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.security import SYSTEM
from objpub.views import view

PAGES = 10_000
BATCH = 500
SAMPLE = 200
WORDS = ("tide", "marsh", "heron", "shore", "reed", "gull", "sand", "dune", "wave", "salt")


class Shelf(Folder, addable="anywhere"):
    title: str = field(default="", index="text")


class Leaf(Content, addable="anywhere"):
    title: str = field(index="text")
    number: int = field(default=0, index="range")
    text: RichText = field(default="", index="text")
    following: "Ref[Leaf] | None" = field(default=None, on_delete="refuse")
    others: "tuple[Ref[Leaf], ...]" = field(default=(), on_delete="clear")


@view(Leaf)
def show(leaf, request):
    return with_links_of_today(leaf.text, request)


def name_of(number):
    return f"p{number:05}"


def fill(site, count):
    """Make /pages with *count* pages, in boxes of a hundred, and /beside with links to a hundred of them."""
    with site.work() as root:
        pages = add_new(SYSTEM, root, Shelf, {"title": "Pages"})
        add_new(SYSTEM, root, Shelf, {"title": "Away"}, "away")
        for number in range(0, count, 100):
            add_new(SYSTEM, pages, Shelf, {"title": f"Box {number // 100}"}, f"b{number // 100}")
    before = ""
    for start in range(0, count, BATCH):
        with site.work() as root:
            for number in range(start, min(start + BATCH, count)):
                box = root["pages"][f"b{number // 100}"]
                text = f'<p>{WORDS[number % 10]} <a href="{before}">before</a></p>'
                values = {"title": f"Page {number}", "number": number, "text": text if before else "tide"}
                leaf = add_new(SYSTEM, box, Leaf, values, name_of(number))
                if before:
                    previous = root["pages"][f"b{(number - 1) // 100}"][name_of(number - 1)]
                    edit(SYSTEM, previous, {"following": leaf})
                before = path_of(leaf)
    with site.work() as root:
        some = [leaf_at(root["pages"], number) for number in range(0, count, max(count // 100, 1))][:100]
        links = "".join(f'<a href="{path_of(each)}#top">{each.title}</a>' for each in some)
        add_new(SYSTEM, root, Leaf, {"title": "Beside", "text": links, "others": some}, "beside")


def leaf_at(pages, number):
    return pages[f"b{number // 100}"][name_of(number)]


def moved(site, *way):
    """Do each step of *way* in a transaction; return the seconds and the bytes of each."""
    found = []
    for step in way:
        before, begun = len(list(transactions(site))), time.perf_counter()
        with site.work() as root:
            step(root)
        seconds = time.perf_counter() - begun
        written = list(transactions(site))[before:]
        assert len(written) == 1, "a move is one transaction"
        found.append((seconds, sum(len(each.data or b"") for each in written[0])))
    return found


def transactions(site):
    """Yield the transactions of the database, with their records."""
    for each in site.database.storage.iterator():
        yield list(each)


def check_all(site, count, place, old, sample):
    """Check everything, with the pages at *place* now, and at each of *old* before. sample: of how many."""
    rng = random.Random(1)
    numbers = sorted(rng.sample(range(count), min(sample, count)))
    for number in numbers:
        path = f"/b{number // 100}/{name_of(number)}"
        for start in old:
            response = site.client.get(f"{start}{path}")
            assert (response.status, response.location) == (308, f"{place}{path}")
        page = site.client.get(f"{place}{path}")
        assert page.status == 200
        if number:
            before = f"{place}/b{(number - 1) // 100}/{name_of(number - 1)}"
            assert f'href="{before}"' in page.text
            assert site.client.get(before).status == 200
    beside = site.client.get("/beside").text
    assert beside.count(f'href="{place}/') == min(count, 100)
    with site.work() as root:
        check_inside(root, count, place, numbers)
        assert len(root.redirects) == len(old)
        assert list(check_catalog(root._p_jar)) == []


def check_inside(root, count, place, numbers):
    """Check references, what is used by what, and the search."""
    pages = root
    for name in place.strip("/").split("/"):
        pages = pages[name]
    assert find(SYSTEM, root, Leaf, within=pages).count == count
    assert find(SYSTEM, root, Leaf, below(root["away"])).count == (count if place.startswith("/away") else 0)
    for number in numbers:
        leaf = leaf_at(pages, number)
        assert path_of(leaf) == f"{place}/b{number // 100}/{name_of(number)}"
        if number + 1 < count:
            assert leaf.following is leaf_at(pages, number + 1)
        uses = {(use.resource.__name__, use.field.name) for use in used_by(SYSTEM, [leaf])}
        wanted = {(name_of(number - 1), "following")} if number else set()
        wanted |= {(name_of(number + 1), "text")} if number + 1 < count else set()
        assert {use for use in uses if use[0] != "beside"} == wanted
    word = find(SYSTEM, root, Leaf, within=pages, text="heron")
    assert word.count == sum(1 for number in range(1, count) if number % 10 == 2)
    assert [use.field.name for use in used_by(SYSTEM, [pages])] == ["text", "others"]


@contextmanager
def site_with(count):
    """Give a site with *count* pages at /pages."""
    with testing.site(Shelf, Leaf, show) as site:
        fill(site, count)
        yield site


def move_away(root):
    move(SYSTEM, root["pages"], root["away"])


def move_up(root):
    move(SYSTEM, root["away"]["pages"], root, "papers")


def main(count):
    """Do it, and print what was found."""
    begun = time.perf_counter()
    with site_with(count) as site:
        print(f"{count:,} pages made in {time.perf_counter() - begun:.1f} s")
        for step, place, old in (
            (move_away, "/away/pages", ["/pages"]),
            (move_up, "/papers", ["/pages", "/away/pages"]),
        ):
            ((seconds, size),) = moved(site, step)
            begun = time.perf_counter()
            check_all(site, count, place, old, SAMPLE)
            print(
                f"moved to {place}: {seconds:.2f} s, one transaction of {size:,} bytes;"
                f" {SAMPLE * len(old)} old addresses, links, references and the search hold"
                f" (looked at in {time.perf_counter() - begun:.1f} s)"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
