"""The slowest pages of the last day: each address once, for hours, and told to those who manage."""

import pytest

from objpub import Site
from objpub import testing
from objpub.publisher.counters import Counters
from objpub.publisher.measures import Measures
from objpub.publisher.slowest import ADDRESSES
from objpub.publisher.slowest import HOUR_SECONDS
from objpub.publisher.slowest import HOURS
from objpub.publisher.slowest import LONGEST
from objpub.publisher.slowest import Slowest
from objpub.views import view
from tests.parts import of_interface


class Clock:
    """Tells the time that it is set to, in seconds since 1970."""

    now = 1_000_000.0

    def __call__(self):
        return self.now


@view(Site, "report", permission="public")
def report(site, request):
    return "a report"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slowest(clock):
    return Slowest(clock)


def told(slowest):
    return [(each.method, each.path, each.seconds) for each in slowest.pages()]


def test_an_address_is_told_once_with_its_slowest_request(slowest):
    for seconds in (0.2, 0.5, 0.3):
        slowest.note(None, "GET", "/a", seconds)
    slowest.note(None, "POST", "/a", 0.4)
    assert told(slowest) == [("GET", "/a", 0.5), ("POST", "/a", 0.4)]


def test_only_the_slowest_of_an_hour_are_kept_and_what_is_faster_need_not_be_noted(slowest):
    assert slowest.floor == 0
    for number in range(ADDRESSES + 5):
        slowest.note(number, "GET", f"/{number}", 1.0 + number)
    assert [path for _, path, _ in told(slowest)] == [f"/{ADDRESSES + 4 - n}" for n in range(ADDRESSES)]
    assert slowest.floor == 6.0  # seconds of /5


def test_one_view_does_not_fill_the_list(slowest, clock):
    picture, page = object(), object()
    slowest.note(page, "GET", "/page", 1.0)
    for seconds in (5.0, 9.0, 7.0, 6.0, 8.0, 4.0):
        slowest.note(picture, "GET", f"/picture-{seconds}", seconds)
    assert [seconds for _, _, seconds in told(slowest)] == [9.0, 8.0, 7.0, 1.0]
    assert len(slowest._hours[-1].pages) == 4  # the rest is not kept, either
    slowest.note(picture, "GET", "/picture-8.0", 10.0)
    assert [seconds for _, _, seconds in told(slowest)] == [10.0, 9.0, 7.0, 1.0]
    clock.now += HOUR_SECONDS
    slowest.turn()
    slowest.note(picture, "GET", "/picture-late", 9.5)
    assert [seconds for _, _, seconds in told(slowest)] == [10.0, 9.5, 9.0, 1.0]


def test_another_hour_begins_with_room_and_the_worst_of_all_hours_is_told(slowest, clock):
    for number in range(ADDRESSES):
        slowest.note(number, "GET", f"/{number}", 5.0)
    clock.now += HOUR_SECONDS
    slowest.turn()
    assert slowest.floor == 0
    slowest.note(None, "GET", "/0", 1.0)
    slowest.note(None, "GET", "/late", 9.0)
    assert told(slowest)[0] == ("GET", "/late", 9.0)
    assert ("GET", "/0", 5.0) in told(slowest) and ("GET", "/0", 1.0) not in told(slowest)


def test_after_a_day_a_page_is_told_no_more(slowest, clock):
    slowest.note(None, "GET", "/old", 5.0)
    slowest.add("a", None, [5.0])
    for _ in range(HOURS - 1):
        clock.now += HOUR_SECONDS
        slowest.turn()
    slowest.note(None, "GET", "/young", 1.0)
    assert [path for _, path, _ in told(slowest)] == ["/old", "/young"]
    assert len(slowest.paces()) == 1
    clock.now += HOUR_SECONDS
    assert [path for _, path, _ in told(slowest)] == ["/young"]
    assert slowest.paces() == []


def test_hours_that_have_gone_are_not_kept(slowest, clock):
    for _ in range(HOURS * 3):
        slowest.note(None, "GET", "/a", 1.0)
        clock.now += HOUR_SECONDS
        slowest.turn()
    assert len(slowest._hours) == HOURS + 1


def test_an_address_is_shortened_and_shows_no_signs_that_move_a_terminal(slowest):
    slowest.note(None, "GET", "/" + "a" * 500, 1.0)
    slowest.note(None, "GET", "/b\x1b[2J", 0.5)
    long, odd = (each.path for each in slowest.pages())
    assert len(long) == LONGEST and odd == "/b\\u{1b}[2J"


def test_what_no_view_answers_is_no_page_but_what_was_not_found_is(slowest):
    slowest.note("static", "GET", "/static/a.css", 3.0)
    slowest.note(None, "GET", "/nothing", 1.0)
    assert told(slowest) == [("GET", "/nothing", 1.0)]


def test_views_are_told_with_number_mean_and_longest(slowest, clock):
    slowest.add("one", "one", [1.0, 3.0])
    slowest.add("other", "other", [2.5])
    clock.now += HOUR_SECONDS
    slowest.turn()
    slowest.add("one", "one", [2.0])
    found = [(each.label, each.number, each.mean, each.worst) for each in slowest.paces()]
    assert found == [("/one", 3, 2.0, 3.0), ("/other", 1, 2.5, 2.5)]


def test_requests_are_noted_as_they_are_counted(tmp_path):
    class Held:
        def held(self):
            raise AssertionError("not asked here")

    measures = Measures(Counters(tmp_path), Held())
    measures._next = measures._next_held = float("inf")
    measures.count(None, "200 OK", -1e9, False, "GET", "/slow")
    measures.count("health", "200 OK", -1e9, False)
    assert [each.path for each in measures.slowest.pages()] == ["/slow"]
    measures.fold(0.0)
    assert {each.label: each.number for each in measures.slowest.paces()} == {"": 1, "/health": 1}
    measures.slowest.floor = float("inf")
    measures.count(None, "200 OK", 0.0, False, "GET", "/fast")
    assert [each.path for each in measures.slowest.pages()] == ["/slow"]
    measures.counters.close()


@of_interface
def test_the_page_shows_the_slowest_pages_to_those_who_manage_and_escapes_them():
    with testing.site(report) as site:
        site.add_user("mia", roles=["manager"])
        site.add_user("leo")
        site.client.get("/report?key=swordfish")
        site.client.get("/<script>alert(1)</script>")
        page = site.browser().login("mia").get("/manage/@@observatory")
        refused = site.browser().login("leo").get("/manage/@@observatory")
    assert (page.status, refused.status) == (200, 403)
    slowest = page.text.partition("Slowest pages")[2].partition("Conflicts and changes")[0]
    assert "GET /report<" in slowest and "Site:report" in slowest
    assert "GET /&lt;script&gt;" in slowest and "<script>alert" not in page.text
    assert "swordfish" not in page.text
