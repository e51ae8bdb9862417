"""A manager sees the site as somebody else: what he sees, what he cannot do, and what nobody gets by it."""

import pytest

from objpub import testing
from objpub import view
from objpub.content import Site
from objpub.errors import Forbidden
from objpub.errors import NotPossible
from objpub.operations import begin_viewing
from objpub.operations import end_viewing
from objpub.operations import make_token
from objpub.security import entries_of
from objpub.security import grant
from objpub.security import NO_IDENTITY
from objpub.security import revoke
from objpub.security import SYSTEM
from tests.changes import is_changed_since
from tests.manage.conftest import settle


@view(Site, "whose", permission="view")
def whose(site, request):
    """Say who asks, and with whose session."""
    return request.json({"who": request.identity.user_id, "session": request.session is not None})


@pytest.fixture(scope="module")
def site():
    """A site for all of these tests: what one of them changes it changes back."""
    with testing.site("objpub.manage", "tests.manage.pages", "tests.manage.test_viewing") as site:
        settle(site)
        yield site


VIEW_AS = "/manage/@@view-as"
BANNER = "<objpub-viewing>"


def seeing_as(site, who="nora", viewer="admin", back="/"):
    """Return a browser of *viewer*, who sees the site as *who*; "" for a visitor."""
    browser = site.browser().login(viewer)
    form = browser.get(f"{VIEW_AS}?who={who}&back={back}").form("viewing")
    answer = form.submit() if who else form.submit("visitor")
    assert answer.status == 303, answer.text
    return browser


def whose_is(browser):
    return browser.get("/whose").json


def told(site):
    """Return (who, what, path, sentence) of the newest entries of the audit record."""
    with site.work() as root:
        return [(each.who, each.what, each.path, each.sentence) for _, each in entries_of(root)]


def test_a_manager_sees_what_the_person_sees_until_he_is_himself_again(site):
    browser = seeing_as(site, "nora", back="/news/")
    assert whose_is(browser) == {"who": "nora", "session": False}
    assert browser.get("/manage/news/").status == 403
    page = browser.get("/news/tides")
    assert BANNER in page.text.partition("<body")[2][:200]
    assert "You see the site as <b>nora</b> does." in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert BANNER in browser.get("/manage/news/").text, "a refusal says so too"
    back = browser.post("/logout", {"viewing": "yes"})
    assert back.status == 303
    assert whose_is(browser) == {"who": "admin", "session": True}
    assert BANNER not in browser.get("/news/tides").text


def test_a_manager_sees_what_a_visitor_sees(site):
    browser = seeing_as(site, "")
    assert whose_is(browser) == {"who": None, "session": False}
    page = browser.get("/news/tides")
    assert "You see the site as a visitor who is not signed in." in page.text
    assert page.headers["Cache-Control"] == "no-store", "no cache gives it to visitors"
    assert "objpub-bar" not in page.text
    assert browser.get("/manage/news/").status == 303
    assert BANNER in browser.get("/login").text


def test_begin_and_end_are_written_as_done_by_the_manager(site):
    browser = seeing_as(site, "nora")
    browser.post("/logout", {"viewing": "yes"})
    assert told(site)[:2] == [
        ("admin", "view-as.end", "user:nora", "Ended seeing the site as “nora”"),
        ("admin", "view-as.begin", "user:nora", "Began to see the site as “nora”"),
    ]
    assert "already" in browser.post("/logout", {"viewing": "yes"}, follow=True).text
    assert told(site)[0][1] == "view-as.end", "there was nothing more to end"


CHANGES = (
    ("POST", "/manage/news/tides/@@edit", {"title": "Changed"}),
    ("POST", "/manage/news/@@delete", {"pick": "tides"}),
    ("POST", "/manage/@@profile-password", {"new_password": "x"}),
    ("POST", "/manage/@@token-add", {"title": "Mine"}),
    ("POST", "/manage/@@audit-export", {}),
    ("POST", "/manage/@@look", {"theme": "dark"}),
    ("POST", VIEW_AS, {"who": "ines"}),
    ("POST", "/login", {"name": "ines", "password": "x"}),
    ("POST", "/news/logout", {"viewing": "yes"}),
    ("POST", "/manage/@@logout", {"viewing": "yes"}),
    ("PUT", "/news/tides", {}),
    ("PATCH", "/api/news/tides", {}),
    ("DELETE", "/news/tides", {}),
)


@pytest.mark.parametrize("who", ["nora", "ines", ""])
def test_nothing_can_be_changed_meanwhile(site, who):
    browser = seeing_as(site, who)
    before = site.last_transaction()
    for method, path, sent in CHANGES:
        answer = browser.request(method, path, data=sent)
        refused = "and can change nothing. End that first." in answer.text and BANNER in answer.text
        assert (refused and answer.status == 403) or answer.status in {404, 405, 308}, (method, path)
    assert not is_changed_since(site, before), "and a refusal is no change"
    assert whose_is(browser)["who"] == (who or None), "and it goes on"
    assert "refused" in [what for _, what, _, _ in told(site)]


def test_what_is_a_persons_own_stays_closed(site):
    browser = seeing_as(site, "ines")
    for path in ("/manage/@@profile", "/manage/@@token-add", "/manage/@@token-add?id=ines"):
        page = browser.get(path)
        assert page.status == 403, path
        assert "what is private stays closed" in page.text
    assert "@@profile" not in browser.get("/manage/news/").text


def test_only_a_manager_of_the_whole_site_may(site):
    with site.work() as root:
        grant(root, "user:ines", "manager")  # at a place, be it the top of the site
    browser = site.browser().login("ines")
    assert browser.get(VIEW_AS).status in {200, 403}
    with site.work() as root:
        for identity in (root.users.identity("ines"), NO_IDENTITY):
            with pytest.raises(Forbidden):
                begin_viewing(identity, root, "nora")
    assert browser.post(VIEW_AS, {"who": "nora"}).status == 403
    assert whose_is(browser)["who"] == "ines"
    with site.work() as root:
        revoke(root, "user:ines", "manager")


def test_it_takes_a_session_and_is_no_ladder(site):
    with site.work() as root:
        admin = root.users.identity("admin")
        for identity in (admin, SYSTEM):
            with pytest.raises(NotPossible):
                begin_viewing(identity, root, "nora")
        assert end_viewing(admin, root) is False
    program = site.browser()
    with site.work() as root:
        token = make_token(root.users.identity("admin"), root, "admin", "Deploy", permissions=None)
    bearer = {"Authorization": f"Bearer {token}", "Origin": None}
    assert program.post(VIEW_AS, {"who": "nora"}, headers=bearer).status == 403


def test_a_manager_who_is_none_any_more_is_himself(site):
    browser = seeing_as(site, "ines")
    with site.work() as root:
        root.users.set_roles("user:admin", [])
    assert whose_is(browser)["who"] == "admin"
    assert browser.get("/manage/news/").status == 403, "he has nothing of the person any more"
    browser.post("/logout", {"viewing": "yes"})
    with site.work() as root:
        root.users.set_roles("user:admin", ["manager"])
    assert whose_is(browser)["who"] == "admin", "and it does not begin again"


def test_it_ends_with_the_person(site):
    site.add_user("guest")
    browser = seeing_as(site, "guest")
    with site.work() as root:
        root.users.remove("guest")
    assert whose_is(browser)["who"] == "admin"


def test_it_ends_with_the_session(site):
    browser = seeing_as(site, "ines")
    browser.post("/logout")
    assert [each[1] for each in told(site)[:2]] == ["sign-out", "view-as.end"]
    assert whose_is(browser)["who"] is None
    browser = seeing_as(site, "ines")
    with site.work() as root:
        root.users.sign_out_everywhere("admin")
    assert whose_is(browser)["who"] is None
    assert whose_is(site.browser().login("admin"))["who"] == "admin", "a new session is his own"


def test_it_is_of_one_session_only(site):
    seeing_as(site, "ines")
    assert whose_is(site.browser().login("admin"))["who"] == "admin"
    assert whose_is(site.browser().login("ines")) == {"who": "ines", "session": True}


def test_another_site_can_neither_begin_nor_end_it(site):
    browser = site.browser().login("admin")
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert browser.post(VIEW_AS, {"who": "nora"}, headers=foreign).status == 403
    assert whose_is(browser)["who"] == "admin"
    browser = seeing_as(site, "nora")
    assert browser.post("/logout", {"viewing": "yes"}, headers=foreign).status == 403
    assert whose_is(browser)["who"] == "nora"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "x:1"])
def test_it_begins_on_this_site(site, back):
    browser = site.browser().login("admin")
    answer = browser.post(VIEW_AS, {"who": "nora", "back": back})
    assert answer.status == 303
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        ({}, 422, "Say as whom"),
        ({"who": "nobody-there"}, 404, "nobody-there"),
        ({"who": "admin"}, 409, "You see the site as yourself already"),
    ],
)
def test_who_is_nobody_is_told_and_nothing_is_changed(site, sent, status, says):
    browser = site.browser().login("admin")
    before = site.last_transaction()
    answer = browser.post(VIEW_AS, sent)
    assert answer.status == status
    assert says in answer.text
    assert not is_changed_since(site, before)
    assert whose_is(browser)["who"] == "admin"


def test_the_log_names_the_manager(site):
    class Lines(list):
        def line(self, incoming, user, status, size):
            self.append((incoming.path, user))

    browser = seeing_as(site, "ines")
    lines, before = Lines(), site.application.access_log
    site.application.access_log = lines
    try:
        browser.get("/whose")
    finally:
        site.application.access_log = before
    assert lines == [("/whose", "admin")]
