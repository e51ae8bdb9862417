"""What another site, or nobody in particular, can make a browser send to the management interface."""

import pytest

from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.changes import is_changed_since
from tests.manage.pages import Page
from tests.manage.test_attacks_exposure import addresses_of
from tests.manage.test_attacks_exposure import full as full  # the fixture

#: Headers that a request has which no page of this site sent.
ELSEWHERE = (
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://localhost"},
    {"Origin": "http://localhost:81"},
    {"Origin": "http://sub.localhost"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": None},
    {"Origin": None, "X-CSRF-Token": "guessed"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "SAME-ORIGIN, cross-site"},
)


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_nothing_is_changed_by_what_another_page_sends(full, headers):
    admin = full.browser().login("admin")
    before = full.last_transaction()
    posts = [path for method, path in addresses_of(full)[0] if method == "POST"]
    wrong = []
    for path in posts:
        status = admin.post(f"/manage{path}", {"title": "x"}, headers=headers).status
        wrong += [] if status == 403 else [f"{path}: {status}"]
    assert wrong == []
    assert len(posts) > 50
    assert not is_changed_since(full, before)


def test_reading_changes_nothing_whatever_it_asks_for(full):
    admin = full.browser().login("admin")
    before = full.last_transaction()
    for method, path in addresses_of(full)[0]:
        if method == "GET":
            for more in ("", "_method=POST", "_method=DELETE&pick=tides&name=x&title=x&to=/archive&token=x"):
                answer = admin.get(f"/manage{path}{'&' if '?' in path else '?'}{more}")
                assert answer.status < 500, path
    assert not is_changed_since(full, before)


def test_no_page_of_the_interface_can_stand_in_a_page_of_another_site(full):
    admin = full.browser().login("admin")
    for method, path in addresses_of(full)[0]:
        answer = admin.request(method, f"/manage{path}")
        assert answer.headers.get("X-Frame-Options") == "SAMEORIGIN", path
        assert "frame-ancestors 'self'" in answer.headers.get("Content-Security-Policy"), path


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\\\evil.example", "https://evil.example", "javascript:alert(1)"]
)
def test_no_way_back_leads_elsewhere(site, back):
    admin = site.browser().login("admin")
    for answer in (
        admin.get("/manage/news/@@branch", query={"state": "open", "back": back}),
        admin.post("/manage/@@look", {"theme": "dark", "back": back}),
        admin.post("/manage/@@undo", {"token": "x", "back": back}),
    ):
        assert "evil" not in (answer.headers.get("Location") or ""), answer
        assert (answer.headers.get("Location") or "/").startswith("/"), answer


@pytest.mark.parametrize(
    ("path", "data"), [("/logout", {}), ("/manage/@@profile-sessions", {})], ids=["here", "everywhere"]
)
def test_whoever_signs_out_leaves_no_pages_in_the_browser(site, path, data):
    ines = site.browser().login("ines")
    answer = ines.post(path, data)
    assert answer.headers.get("Clear-Site-Data") == '"cache"'
    assert "objpub_session" not in ines.cookies


def test_the_way_back_after_a_sign_out_shows_nothing(live):
    page = live.as_("admin")
    page.goto("/manage/news/")
    assert "Tides" in page.content()
    page.goto("/logout")
    page.locator("form button").first.click()
    page.wait_for_url("**/")
    page.go_back()
    page.go_back()
    assert "Tides" not in page.content()


def test_what_somebody_typed_is_there_when_he_comes_back_to_it(live):
    page = live.as_("admin")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/manage/news/tides/@@edit")
    page.fill("[name=title]", "Not saved yet")
    page.goto("/manage/news/")
    page.go_back()
    assert page.input_value("[name=title]") == "Not saved yet"


def test_a_form_of_thousands_of_picks_is_answered(site):
    ines = site.browser().login("ines")
    with site.work() as root:
        add_new(SYSTEM, root, Page, {"title": "One"})
    picks = {"pick": [f"none-{number}" for number in range(1_900)]}
    for view, status in (("move", 404), ("copy", 404), ("delete", 400), ("act", 400)):
        data = {**picks, "to": "/archive", "action": "none"}
        assert ines.post(f"/manage/@@{view}", data).status == status, view
