"""Who forgot a password gets a link by mail, which holds for a while and once."""

import re
from datetime import datetime
from datetime import timedelta
from datetime import UTC
from urllib.parse import urlsplit

import pytest
from ZODB.POSException import ConflictError

from objpub import testing
from objpub.content import Folder
from objpub.operations import make_token
from objpub.security import entries_of
from objpub.security import Policy
from objpub.security import SYSTEM
from tests.mailbox import mailbox
from tests.mailbox import settings_for

NEW = "salt marsh wardens"
URL = "https://coast.example.org"


@pytest.fixture
def box():
    with mailbox() as box:
        yield box


@pytest.fixture
def site(box):
    """A site with mia, who has an address, paul, who has none, and zoe, who has no password."""
    settings = settings_for(box, **{"server.url": URL})
    with testing.site(settings=settings) as site:
        for name in ("mia", "paul", "admin"):
            site.add_user(name, roles=["manager"] if name == "admin" else [])
        with site.work() as root:
            root.users.add("zoe", None, email="zoe@example.org")
            root.users.get("mia").email = "Mia@example.org"
            root.users.get("mia").title = "Mia Holm"
        yield site


def ask(site, name, **options):
    return site.browser().get("/forgotten").form(0).fill(name=name).submit(**options)


def letters(site, box):
    site.application.mailer.wait()
    return box.letters


def link(site, box):
    """Return the path and query of the link in the last letter."""
    url = re.search(r"https?://\S+", letters(site, box)[-1].get_content())[0]
    return url.removeprefix(URL)


def linked(site, user_id="mia", **more):
    """Return the way to /reset by a link made here."""
    with site.work() as root:
        links = site.registry[Policy].authenticator.links
        return "/reset?token=" + links.make(root.users, user_id, datetime.now(UTC), more.get("seconds", 60))


def reset(site, path, password=NEW, again=None):
    form = site.browser().get(path).form(0)
    return form.fill(new_password=password, new_password_again=password if again is None else again).submit()


# Asking


def test_a_link_that_is_mailed_is_in_the_audit_record(site):
    ask(site, "mia")
    ask(site, "somebody else")
    with site.work() as root:
        found = [each for _, each in entries_of(root) if each.what == "password.link"]
    assert [(each.path, each.address) for each in found] == [("user:mia", "127.0.0.1")]
    assert found[0].sentence == "Mailed a link to set a password to “Mia Holm” (mia)"


@pytest.mark.parametrize("typed", ["mia", " MIA ", "mia@example.org"])
def test_a_link_is_mailed_to_the_address_that_the_site_has(site, box, typed):
    assert ask(site, typed).status == 200
    letter = letters(site, box)[0]
    assert letter["To"] == "Mia@example.org"
    assert "Mia Holm" in letter.get_content()
    assert f"{URL}/reset?token=" in letter.get_content()
    assert len(box.letters) == 1


def test_the_answer_is_the_same_whether_there_is_somebody_or_not(site, box):
    pages = [
        ask(site, name) for name in ("mia", "nobody", "mia@example.org", "nobody@example.org", "paul", "zoe")
    ]
    assert {page.status for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    assert "If there is an account" in pages[0].text
    assert len(letters(site, box)) == 2, "nothing for who has no address, and none for who has no password"


def test_the_answer_is_the_same_where_the_site_cannot_write(site, box):
    with site.work() as root:
        root.mail_from = ".office@example.org"  # stored before it was refused
    pages = [ask(site, name) for name in ("mia", "nobody")]
    assert {page.status for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    assert letters(site, box) == []


def test_asking_too_often_is_refused_whether_there_is_somebody_or_not(site, box):
    for name in ("mia", "nobody"):
        statuses = [ask(site, name).status for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
    assert len(letters(site, box)) == 3
    answer = ask(site, "mia")
    assert int(answer.headers["Retry-After"]) > 50
    assert site.browser().login("mia"), "who knows the password still signs in"


def test_asking_for_many_names_from_one_address_is_refused(site):
    statuses = [ask(site, f"name{number}").status for number in range(22)]
    assert statuses == [200] * 20 + [429] * 2


def test_the_host_of_a_request_never_gets_into_a_letter(site, box):
    ask(site, "mia", headers={"Host": "evil.example", "Origin": "http://evil.example"})
    for letter in letters(site, box):
        assert "evil.example" not in letter.as_string()


def test_on_another_host_of_the_site_the_link_leads_to_its_main_address(box):
    settings = settings_for(box, **{"server.url": URL, "sites": {"blog.example.org": "/blog"}})
    with testing.site(settings=settings) as site:
        site.add_user("mia")
        with site.work() as root:
            root.users.get("mia").email = "mia@example.org"
            root.add("blog", Folder())
        browser = site.browser(host="blog.example.org:6666")
        assert browser.get("/forgotten").form(0).fill(name="mia").submit().status == 200
        (letter,) = letters(site, box)
        assert f"{URL}/reset?token=" in letter.get_content()
        assert "6666" not in letter.as_string()


def test_without_a_known_address_of_the_site_nothing_is_mailed(box):
    with testing.site(settings=settings_for(box)) as site:
        site.add_user("mia")
        page = site.client.get("/forgotten")
        assert "This site sends no mail" in page.text
        assert site.client.post("/forgotten", {"name": "mia"}).status == 200
        assert letters(site, box) == []


def test_a_request_that_is_tried_again_sends_one_letter(site, box, monkeypatch):
    publisher = __import__("objpub.publisher.publish", fromlist=["commit"])
    commit, met = publisher.commit, []

    def conflicting(request, pair):
        if len(met) < 2:
            met.append(1)
            raise ConflictError()
        commit(request, pair)

    monkeypatch.setattr(publisher, "commit", conflicting)
    assert ask(site, "mia").status == 200
    assert len(met) == 2
    assert len(letters(site, box)) == 1


# The link


def test_the_link_gives_a_new_password_and_ends_what_there_was(site, box):
    before = site.browser().login("mia")
    with site.work() as root:
        token = make_token(SYSTEM, root, "mia", "Deploy", permissions=None)
    ask(site, "mia")
    answer = reset(site, link(site, box))
    assert (answer.status, answer.location) == (303, "/login")
    site.browser().login("mia", NEW)
    assert site.browser().post("/login", {"name": "mia", "password": testing.PASSWORD}).status == 401
    assert "mia" not in before.get("/logout").text
    assert site.client.get("/", headers={"Authorization": f"Bearer {token}"}).status == 401


def test_a_link_is_good_once(site, box):
    path = linked(site)
    assert reset(site, path).status == 303
    page = site.client.get(path)
    assert page.status == 410
    assert "does not hold any more" in page.text
    data = {
        "token": path.partition("=")[2],
        "new_password": "another long one",
        "new_password_again": "another long one",
    }
    assert site.client.post("/reset", data).status == 410
    site.browser().login("mia", NEW)


def test_looking_at_a_link_does_not_use_it_up_and_writes_nothing(site):
    path, before = linked(site), site.last_transaction()
    for _ in range(3):
        assert site.client.get(path).status == 200
    assert site.last_transaction() == before
    assert reset(site, path).status == 303


def test_a_link_holds_for_a_while(site):
    assert site.client.get(linked(site, seconds=-1)).status == 410
    with site.work() as root:
        links, now = site.registry[Policy].authenticator.links, datetime.now(UTC)
        token = links.make(root.users, "mia", now, 60)
        assert links.user_of(root.users, token, now + timedelta(seconds=58)) == "mia"
        assert links.user_of(root.users, token, now + timedelta(seconds=60)) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda users: users.set_password("mia", "another long one"),
        lambda users: users.set_password("mia", None),
        lambda users: users.sign_out_everywhere("mia"),
        lambda users: setattr(users.get("mia"), "email", "other@example.org"),
        lambda users: users.remove("mia"),
    ],
)
def test_a_link_ends_with_what_it_was_made_for(site, change):
    path = linked(site)
    with site.work() as root:
        change(root.users)
    assert site.client.get(path).status == 410


def test_a_link_that_was_changed_is_none(site):
    token = linked(site).partition("=")[2]
    name, expires, signature = token.split(".")
    admin = linked(site, "admin").partition("=")[2].split(".")[0]
    for changed in (
        f"{admin}.{expires}.{signature}",
        f"{name}.{int(expires) + 1}.{signature}",
        f"{name}.{expires}.{signature[:-1]}",
        f"{name}.{expires}.",
        f"{name}.²34.{signature}",
        "",
        "x" * 5000,
        "é.1.2",
        f"{name}.{'9' * 5000}.{signature}",
    ):
        assert site.client.get(f"/reset?token={changed}").status == 410, changed


def test_a_password_that_will_not_do_leaves_the_link(site):
    path = linked(site)
    for password, again, wanted in (
        ("short", None, "at least 10"),
        (NEW, "x", "differ"),
        ("password2026", None, "first"),
    ):
        answer = reset(site, path, password, again)
        assert answer.status == 422
        assert wanted in answer.text
        assert password not in answer.text
    assert reset(site, path).status == 303


def test_the_page_of_a_link_says_whose_password_it_is_for_people_and_their_browsers(site):
    path = linked(site)
    for page in (site.client.get(path), reset(site, path, "short")):
        assert re.search(r'<input id="name" value="mia" autocomplete="username" readonly', page.text)
    assert 'value="mia"' not in site.client.get(f"{path}x").text


def test_the_page_of_a_link_is_kept_and_told_by_nobody(site):
    page = site.client.get(linked(site))
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers.all("Referrer-Policy") == ["no-referrer"]


def test_the_sign_in_leads_to_it(site):
    assert 'href="/forgotten"' in site.client.get("/login").text
    assert urlsplit(linked(site)).path == "/reset"
