"""Roles that a site declares itself: given to people and groups, at an object, and in the overview."""

from objpub.security import overrides_of
from objpub.security import Role

THINGS = (Role("warden", title="Warden of the marsh"),)


def test_a_role_of_the_site_is_given_to_somebody_and_to_a_group(site):
    browser = site.browser().login("admin")
    browser.get("/manage/@@user?id=nora").form("set-roles").fill(roles=["warden"]).submit()
    form = browser.get("/manage/@@groups-add").form("adding")
    form.fill(name="wardens", roles=["warden"]).submit()
    with site.work() as root:
        assert root.users.roles_given("user:nora") == {"warden"}
        assert root.users.roles_given("group:wardens") == {"warden"}
    assert "Warden of the marsh" in browser.get("/manage/@@users").text


def test_a_role_of_the_site_is_given_at_an_object(site):
    browser = site.browser().login("admin")
    form = browser.get("/manage/news/@@security").form("grant")
    page = form.fill(add="nora", roles=["warden"]).submit(follow=True)
    assert "Warden of the marsh</td>" in page.text
    page = browser.get("/manage/news/@@security?change=edit").form("change")
    page.fill(holders=["warden"]).submit()
    with site.work() as root:
        assert overrides_of(root["news"])["edit"] == {"warden", "manager"}


def test_a_role_of_the_site_is_in_the_overview(site):
    browser = site.browser().login("admin")
    browser.get("/manage/@@user?id=nora").form("set-roles").fill(roles=["warden"]).submit()
    text = browser.get("/manage/@@roles").text
    assert '<th scope="col">Warden of the marsh</th>' in text
    holders = text.partition("<dt>Warden of the marsh</dt>")[2].partition("</dd>")[0]
    assert "id=nora" in holders
