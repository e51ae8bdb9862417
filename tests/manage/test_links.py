"""A manager makes a link with which somebody sets a password."""

from objpub.security import override_permission
from tests.changes import last_change

NEW = "salt marsh wardens"


def link_in(page):
    return page.text.partition('id="link"')[2].partition('value="')[2].partition('"')[0]


def test_a_manager_makes_a_link_and_the_person_sets_a_password(site):
    with site.work() as root:
        root.users.add("zoe", None)
    admin = site.browser().login("admin")
    before = last_change(site)
    assert 'href="/manage/@@user-link?id=zoe"' in admin.get("/manage/@@user?id=zoe").text
    page = admin.get("/manage/@@user-link?id=zoe").form("linking").submit()
    assert page.headers["Cache-Control"] == "no-store"
    assert last_change(site) == before, "nothing is stored for a link"
    link = link_in(page)
    assert link.startswith("http://localhost/reset?token=")
    form = site.browser().get(link.removeprefix("http://localhost")).form(0)
    assert form.fill(new_password=NEW, new_password_again=NEW).submit().status == 303
    site.browser().login("zoe", NEW)


def test_nobody_makes_a_link_for_who_may_more(site):
    with site.work() as root:
        override_permission(root.users, "manage", ["editor"])
        override_permission(root, "manage", ["editor"])
    ines = site.browser().login("ines")
    answer = ines.post("/manage/@@user-link?id=admin", {})
    assert answer.status == 403
    assert "token=" not in answer.text
    assert site.browser().login("nora").post("/manage/@@user-link?id=ines", {}).status == 403


def test_nobody_makes_a_link_for_himself(site):
    answer = site.browser().login("admin").post("/manage/@@user-link?id=admin", {})
    assert answer.status == 409
    assert "in your profile" in answer.text
