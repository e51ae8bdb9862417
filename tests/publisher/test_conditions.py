"""Conditional requests: what the client has is not sent again, and nobody changes what he has not seen."""

import pytest

from objpub import File
from objpub import testing
from objpub.operations import edit
from objpub.publisher import Markup
from objpub.publisher.conditions import FAILED
from objpub.publisher.conditions import GOES_ON
from objpub.publisher.conditions import NOT_MODIFIED
from objpub.publisher.conditions import outcome
from objpub.publisher.conditions import page_tag
from objpub.security import SYSTEM
from objpub.views import Response
from objpub.views import view
from tests.publisher.model import fill
from tests.publisher.model import model_site
from tests.publisher.model import Page

TAG, WEAK = '"abc"', 'W/"abc"'
DAY = "Sat, 21 Nov 2026 10:00:00 GMT"
BEFORE, AFTER = "Fri, 20 Nov 2026 10:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT"


@view(Page, "viewer", permission="public")
def viewer(page, request):
    return Markup(f"<p>{request.identity.user_id or 'nobody'}</p>" + "<p>the same for all</p>" * 100)


@view(File, "touch", method="POST", permission="view")
def touch(file, request):
    return "touched"


@view(Page, "touch", method="POST", permission="view")
def touch_page(page, request):
    return "touched"


@view(Page, "tagged", permission="public")
def tagged(page, request):
    return Response(body=b"x" * 3000, content_type="text/plain", etag="mine")


@pytest.fixture(scope="module")
def site():
    with model_site(viewer, touch, touch_page, tagged) as site:
        yield fill(site)


def asked(tag=TAG, modified=DAY, reads=True, **headers):
    environ = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return outcome(environ, reads, tag, modified)


# The decision alone


@pytest.mark.parametrize("known", [TAG, WEAK, "*", f'"x", {TAG}', f'"x",{WEAK} , "y"', '"a,b", "abc"'])
def test_what_the_client_knows_is_not_modified(known):
    assert asked(if_none_match=known) == NOT_MODIFIED
    assert asked(if_none_match=known, tag=WEAK) == NOT_MODIFIED
    assert asked(if_none_match=known, reads=False) == FAILED


@pytest.mark.parametrize("known", ["", "abc", '"ab"', '"abc', '"ABC"', '"xabcx"', "W/", '"a" "b"'])
def test_what_the_client_knows_differs(known):
    assert asked(if_none_match=known) == GOES_ON
    assert asked(if_none_match=known, reads=False) == GOES_ON


def test_a_tag_decides_where_a_date_says_something_else():
    assert asked(if_none_match='"other"', if_modified_since=AFTER) == GOES_ON
    assert asked(if_match=TAG, if_unmodified_since=BEFORE) == GOES_ON


@pytest.mark.parametrize(
    ("since", "comes"),
    [(BEFORE, GOES_ON), (DAY, NOT_MODIFIED), (AFTER, NOT_MODIFIED), ("yesterday", GOES_ON), ("", GOES_ON)],
)
def test_a_date_tells_whether_it_was_modified(since, comes):
    assert asked(if_modified_since=since) == comes
    assert asked(if_modified_since=since, modified=None) == GOES_ON
    assert asked(if_modified_since=since, reads=False) == GOES_ON


@pytest.mark.parametrize(
    ("since", "comes"), [(BEFORE, FAILED), (DAY, GOES_ON), (AFTER, GOES_ON), ("yesterday", GOES_ON)]
)
@pytest.mark.parametrize("reads", [True, False])
def test_a_date_may_forbid_to_go_on(since, comes, reads):
    assert asked(if_unmodified_since=since, reads=reads) == comes


@pytest.mark.parametrize(
    ("wanted", "tag", "comes"),
    [
        (TAG, TAG, GOES_ON),
        ("*", TAG, GOES_ON),
        ("*", None, GOES_ON),
        (f'"x", {TAG}', TAG, GOES_ON),
        ('"x"', TAG, FAILED),
        (WEAK, TAG, FAILED),
        (WEAK, WEAK, FAILED),
        (TAG, WEAK, FAILED),
        (TAG, None, FAILED),
        ("abc", TAG, FAILED),
    ],
)
@pytest.mark.parametrize("reads", [True, False])
def test_only_a_strong_tag_lets_a_change_through(wanted, tag, comes, reads):
    assert asked(if_match=wanted, tag=tag, reads=reads) == comes


def test_the_tag_of_a_page_follows_each_byte_of_it():
    assert page_tag(b"abc") == page_tag(b"abc")
    assert len({page_tag(b"abc"), page_tag(b"abd"), page_tag(b"acb"), page_tag(b"abc\0"), page_tag(b"")}) == 5


# Pages


def test_a_page_that_the_browser_has_is_not_sent_again(site):
    first = site.client.get("/box/page")
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    again = site.client.get("/box/page", headers={"If-None-Match": tag})
    assert (again.status, again.raw) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert again.headers.all("Vary") == first.headers.all("Vary")
    for name in ("Content-Type", "Content-Length", "Content-Encoding"):
        assert name not in again.headers


def test_a_page_that_has_changed_is_sent(site):
    tag = site.client.get("/box/page").headers["ETag"]
    with site.work() as root:
        edit(SYSTEM, root["box"]["page"], {"count": 7}, None)
    again = site.client.get("/box/page", headers={"If-None-Match": tag})
    assert again.status == 200
    assert again.headers["ETag"] != tag


@pytest.mark.parametrize("accepted", [None, "gzip"])
def test_the_tag_of_a_page_is_the_same_packed_or_not(site, accepted):
    tag = site.client.get("/box/page/viewer").headers["ETag"]
    asked = {"Accept-Encoding": accepted}
    assert site.client.get("/box/page/viewer", headers=asked).headers["ETag"] == tag
    again = site.client.get("/box/page/viewer", headers={**asked, "If-None-Match": tag})
    assert (again.status, again.raw) == (304, b"")


def test_what_one_viewer_has_is_never_what_another_may_see(site):
    mia, edith = site.browser().login("mia"), site.browser().login("edith")
    tags = [client.get("/box/page/viewer").headers["ETag"] for client in (site.client, mia, edith)]
    assert len(set(tags)) == 3
    for client in (mia, edith):
        assert client.get("/box/page/viewer", headers={"If-None-Match": tags[0]}).status == 200
    assert edith.get("/box/page/viewer", headers={"If-None-Match": tags[1]}).text.startswith("<p>edith")


def test_who_may_not_see_a_page_is_told_nothing_by_its_tag(site):
    tag = site.browser().login("mia").get("/box/page/secret").headers["ETag"]
    asked = {"If-None-Match": tag, "Accept": "application/json"}
    assert site.client.get("/box/page/secret", headers=asked).status == 401
    assert site.browser().login("paul").get("/box/page/secret", headers=asked).status == 403


def test_head_answers_as_get_does(site):
    for path in ("/box/page", "/box/file", "/robots.txt"):
        got, head = site.client.get(path), site.client.head(path)
        shown = [pair for pair in got.headers.pairs if pair[0] != "X-Request-Id"]
        assert [pair for pair in head.headers.pairs if pair[0] != "X-Request-Id"] == shown
        assert head.raw == b""
        assert site.client.head(path, headers={"If-None-Match": got.headers["ETag"]}).status == 304


def test_an_error_is_never_what_the_client_has(site):
    answer = site.client.get("/box/nothing", headers={"If-None-Match": "*"})
    assert answer.status == 404
    assert "ETag" not in answer.headers


def test_a_tag_that_a_view_gives_stays_and_is_weak_once_packed(site):
    assert site.client.get("/box/page/tagged").headers["ETag"] == '"mine"'
    packed = site.client.get("/box/page/tagged", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["ETag"] == 'W/"mine"'


# Files


@pytest.mark.parametrize("path", ["/box/file", "/static/objpub-publisher/plain.css"])
def test_a_file_has_a_strong_tag_and_a_date(site, path):
    first = site.client.get(path)
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert tag.startswith('"')
    for conditions in ({"If-None-Match": tag}, {"If-Modified-Since": date}):
        again = site.client.get(path, headers=conditions)
        assert (again.status, again.raw) == (304, b"")
        assert "Content-Disposition" not in again.headers
    assert site.client.get(path, headers={"If-Modified-Since": BEFORE.replace("2026", "2001")}).status == 200


def test_other_bytes_have_another_tag_and_the_same_bytes_the_same(site):
    tags = []
    for data in (b"one", b"two", b"one"):
        with site.work() as root:
            if "changing" in root:
                root.remove("changing")
            root.add("changing", File.from_bytes(data, "a.txt"))
        tags.append(site.client.get("/changing").headers["ETag"])
    assert tags[0] == tags[2] != tags[1]


def test_a_file_is_read_only_as_the_version_that_was_asked_for(site):
    tag = site.client.get("/box/file").headers["ETag"]
    assert site.client.get("/box/file", headers={"If-Match": tag}).status == 200
    refused = site.client.get("/box/file", headers={"If-Match": '"old"', "Accept": "application/json"})
    assert (refused.status, refused.json["status"]) == (412, 412)
    assert "version" in refused.json["detail"]


def test_a_file_that_is_not_sent_is_closed(site):
    tag = site.client.get("/box/file").headers[
        "ETag"
    ]  # a handle that is left open is a warning, and so an error
    for conditions in ({"If-None-Match": tag}, {"If-Match": '"old"'}):
        site.client.get("/box/file", headers=conditions)


# Changes


def test_a_change_of_another_version_is_refused_and_changes_nothing(site):
    mia = site.browser().login("mia")
    tag = mia.get("/box/file").headers["ETag"]
    assert mia.post("/box/file/touch", headers={"If-Match": tag}).text == "touched"
    assert mia.post("/box/file/touch", headers={"If-Match": "*"}).text == "touched"
    assert mia.post("/box/page/touch", headers={"If-Match": "*"}).text == "touched"
    for conditions in (
        {"If-Match": '"old"'},
        {"If-None-Match": tag},
        {"If-None-Match": "*"},
        {"If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
    ):
        assert mia.post("/box/file/touch", headers=conditions).status == 412
    page = mia.get("/box/page")
    assert mia.post("/box/page/touch", headers={"If-Match": page.headers["ETag"]}).status == 412


def test_a_date_guards_a_change_of_anything():
    @view(Page, "set", method="POST", permission="public")
    def set_it(page, request, count: int):
        page.count = count
        return "set"

    with model_site(set_it) as site:
        fill(site)
        client = site.browser().login("mia")
        old = {"If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"}
        assert client.post("/box/page/set", {"count": 3}, headers=old).status == 412
        with site.work() as root:
            assert root["box"]["page"].count == 0
        new = {"If-Unmodified-Since": "Sun, 06 Nov 2094 08:49:37 GMT"}
        assert client.post("/box/page/set", {"count": 3}, headers=new).status == 200


def test_the_client_of_tests_sends_conditions_too():
    with testing.site() as site:
        tag = site.client.get("/").headers["ETag"]
        assert site.client.get("/", headers={"If-None-Match": tag}).status == 304
