"""Roles that a site declares itself: given to people and groups, at an object, and in the overview."""

from objpub.security import overrides_of
from objpub.security import Policy
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


def made(browser, name="press", title="Press office"):
    """Return what is answered to somebody who makes a role."""
    return browser.get("/manage/@@roles").form("make-role").fill(name=name, title=title).submit(follow=True)


def test_a_role_is_made_given_and_acts_in_the_browser(site):
    browser = site.browser().login("admin")
    page = made(browser)
    assert "Made the role Press office" in page.text
    assert '<th scope="col">Press office</th>' in page.text
    form = browser.get("/manage/news/@@security?change=edit").form("change")
    form.fill(holders=["press"]).submit()
    form = browser.get("/manage/news/@@security").form("grant")
    assert "Press office</td>" in form.fill(add="nora", roles=["press"]).submit(follow=True).text
    with site.work() as root:
        assert site.registry[Policy].can(root.users.identity("nora"), "edit", root["news"])
    browser.get("/manage/@@user?id=nora").form("set-roles").fill(roles=["press"]).submit()
    assert "Press office" in browser.get("/manage/@@users").text


def test_what_the_top_of_the_site_says_is_in_the_overview(site):
    browser = site.browser().login("admin")
    made(browser)
    browser.get("/manage/@@security?change=edit").form("change").fill(holders=["press"]).submit()
    row = (
        browser.get("/manage/@@roles")
        .text.partition('<small class="dim">edit</small>')[2]
        .partition("</tr>")[0]
    )
    assert row.partition("</tr>")[0].count(">yes<") == 2, "the new role and managers"


def test_a_role_that_is_refused_is_shown_with_what_was_typed(site):
    browser = site.browser().login("admin")
    page = made(browser, name="Press Office")
    assert page.status == 422
    assert 'value="Press Office"' in page.text
    assert "Small letters, digits and single dots or hyphens, such as press-editor, not" in page.text
    assert made(browser, name="editor").status == 409


def test_a_role_is_removed_when_nobody_has_it(site):
    browser = site.browser().login("admin")
    made(browser)
    browser.get("/manage/@@user?id=nora").form("set-roles").fill(roles=["press"]).submit()
    page = browser.get("/manage/@@roles").form("remove-role").submit("remove", follow=True)
    assert page.status == 409
    assert "has this role; take it away first" in page.text
    browser.get("/manage/@@user?id=nora").form("set-roles").fill(roles=[]).submit()
    page = browser.get("/manage/@@roles").form("remove-role").submit("remove", follow=True)
    assert "Removed the role Press office" in page.text
    assert 'id="remove-role"' not in page.text
