"""A folder that is moved takes its pages along at no cost for each of them, and nothing breaks."""

from tests.catalog.moved import check_all
from tests.catalog.moved import move_away
from tests.catalog.moved import move_up
from tests.catalog.moved import moved
from tests.catalog.moved import site_with


def test_old_addresses_links_references_and_the_search_hold_after_two_moves():
    with site_with(120) as site:
        moved(site, move_away)
        check_all(site, 120, "/away/pages", ["/pages"], 12)
        moved(site, move_up)
        check_all(site, 120, "/papers", ["/pages", "/away/pages"], 12)


def test_a_move_writes_as_little_for_many_pages_as_for_few():
    sizes = []
    for count in (10, 200):
        with site_with(count) as site:
            ((_, size),) = moved(site, move_away)
            sizes.append(size)
    assert sizes[1] < sizes[0] + 1_000
