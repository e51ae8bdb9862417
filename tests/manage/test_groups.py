"""Groups: added, filled, put into each other without loops, removed; and the overview of roles."""

import re

from objpub.operations import add_group
from objpub.operations import give_roles
from objpub.operations import set_groups
from objpub.security import SYSTEM

GROUP = "/manage/@@group?id={}"


def add_groups(site):
    """Make the groups staff and press; press is in staff, nora in press."""
    with site.work() as root:
        add_group(SYSTEM, root, "staff", title="All staff")
        add_group(SYSTEM, root, "press", title="Communications")
        set_groups(SYSTEM, root, "group:press", ["staff"])
        set_groups(SYSTEM, root, "user:nora", ["press"])


def groups_of(site, principal):
    with site.work() as root:
        return set(root.users.groups_of(principal))


def test_a_group_is_added_and_gives_its_roles(site):
    browser = site.browser().login("admin")
    assert "No groups yet" in browser.get("/manage/@@groups").text
    form = browser.get("/manage/@@groups-add").form("adding")
    page = form.fill(name="Press", title="Communications", roles=["reviewer"]).submit(follow=True)
    assert "Added the group Communications" in page.text
    page = page.form("take-in").fill(add="nora").submit(follow=True)
    assert "Taken in" in page.text
    assert groups_of(site, "user:nora") == {"press"}
    with site.work() as root:
        assert "reviewer" in root.users.identity("nora").roles
    (row,) = [each for each in browser.get("/manage/@@groups").text.split("<tr") if "Communications" in each]
    assert re.findall(r">([^<>]+)</td>", row) == ["1", "Reviewer"]
    page.form("members").submit("user:nora")
    assert groups_of(site, "user:nora") == set()


ADDING = [  # values → status, the control that is wrong, what is said
    ({"name": ""}, 422, "name", "letters, digits"),
    ({"name": "a/b"}, 422, "name", "letters, digits"),
    ({"name": "staff"}, 409, "name", "already something called"),
    ({"title": "x" * 300}, 422, "title", "200"),
    ({"roles": ["pilot"]}, 422, "roles", "no role"),
]


def test_what_cannot_be_added_is_said_where_it_is_wrong(site):
    add_groups(site)
    browser = site.browser().login("admin")
    before = site.last_transaction()
    for values, status, control, said in ADDING:
        typed = {"name": "wardens", "title": "Wardens", **values}
        answer = browser.post("/manage/@@groups-add", typed)
        assert answer.status == status, values
        assert f'id="{control}-error"' in answer.text
        assert said in answer.text
        for name in ("name", "title"):
            assert answer.form("adding")[name] == typed[name]
    for path in ("group", "group-remove"):
        assert browser.get(f"/manage/@@{path}?id=nobody").status == 404
    assert site.last_transaction() == before


def test_a_group_comes_into_no_circle(site):
    add_groups(site)
    browser = site.browser().login("admin")
    before = site.last_transaction()
    answer = browser.get(GROUP.format("staff")).form("set-groups").fill(groups=["press"]).submit()
    assert answer.status == 409
    assert "would come to be in itself" in answer.text
    assert answer.form("set-groups")["groups"] == "press"
    answer = browser.get(GROUP.format("press")).form("take-in").fill(add="group:staff").submit()
    assert answer.status == 409
    assert 'id="add-error"' in answer.text
    assert answer.form("take-in")["add"] == "group:staff"
    for nobody in ("nobody", "group:nobody", "", "user:"):
        answer = browser.post("/manage/@@group-members?id=press", {"add": nobody})
        assert answer.status == 422
        assert 'id="add-error"' in answer.text
    assert site.last_transaction() == before


def test_title_description_and_roles_are_saved(site):
    add_groups(site)
    browser = site.browser().login("admin")
    page = browser.get(GROUP.format("press")).form("about")
    page = page.fill(title="The press", description="Those who talk").submit(follow=True)
    page.form("set-roles").fill(roles=["editor"]).submit()
    with site.work() as root:
        assert root.users.groups["press"].title == "The press"
        assert root.users.roles_given("group:press") == {"editor"}
    before = site.last_transaction()
    answer = browser.get(GROUP.format("press")).form("about").fill(title="x" * 300).submit()
    assert answer.status == 422
    assert answer.form("about")["title"] == "x" * 300
    assert site.last_transaction() == before


def test_nobody_takes_himself_out_without_being_told(site):
    with site.work() as root:
        add_group(SYSTEM, root, "chiefs", roles=["manager"])
        set_groups(SYSTEM, root, "user:nora", ["chiefs"])
    browser = site.browser().login("nora")
    page = browser.get(GROUP.format("chiefs"))
    before = site.last_transaction()
    for answer in (
        page.form("members").submit("user:nora"),
        page.form("set-roles").fill(roles=[]).submit(),
        browser.get("/manage/@@group-remove?id=chiefs").form("removing").submit(),
    ):
        assert answer.status == 409
        assert "You would take this from yourself" in answer.text
    assert site.last_transaction() == before
    answer = page.form("members").submit("user:nora")
    answer.form("members").fill(sure=True).submit()
    assert groups_of(site, "user:nora") == set()


def test_a_group_is_removed_after_being_asked(site):
    add_groups(site)
    page = site.browser().login("admin").get(GROUP.format("press")).click("Remove this group…")
    assert "one member" in page.text
    page = page.form("removing").submit(follow=True)
    assert "Removed the group Communications" in page.text
    assert groups_of(site, "user:nora") == set()


def test_the_overview_shows_who_may_what_and_who_has_what(site):
    with site.work() as root:
        add_group(SYSTEM, root, "press", title="Communications", roles=["reviewer"])
        give_roles(SYSTEM, root, "user:nora", ["reviewer"])
    page = site.browser().login("admin").get("/manage/@@roles")
    assert page.status == 200
    row = next(each for each in page.text.split("<tr>") if "Grant roles" in each)
    assert row.count(">yes<") == 1  # managers only
    assert row.count(">no<") == 5
    holders = page.text.partition("<dt>Reviewer</dt>")[2].partition("</dd>")[0]
    assert "Communications" in holders
    assert "id=nora" in holders
