"""People: found, added, changed, removed; nobody gives what he lacks, nobody locks himself out untold."""

from objpub.operations import add_group
from objpub.operations import give_roles
from objpub.operations import set_groups
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.changes import is_changed_since

GOOD = "salt marsh wardens"
USER = "/manage/@@user?id={}"


def chief(site):
    """Let ines, an editor, manage the people and grant roles, and return her browser."""
    with site.work() as root:
        for place in (root, root.users):
            for permission in ("manage", "grant"):
                override_permission(place, permission, "editor")
    return site.browser().login("ines")


def roles_of(site, user_id):
    with site.work() as root:
        return set(root.users.roles_given(f"user:{user_id}"))


def signs_in(site, name, password):
    form = site.browser().get("/login").form(0)
    return form.fill(name=name, password=password).submit().status == 303


# The list


def test_only_those_who_manage_see_it(site):
    for name in ("ines", "tomas", "nora"):
        browser = site.browser().login(name)
        for path in ("users", "users-add", "user?id=ines", "user-remove?id=ines", "groups", "roles"):
            assert browser.get(f"/manage/@@{path}").status == 403, (name, path)
    with site.work() as root:
        override_permission(root, "manage", "editor")  # of the site, not of its users
    for path in ("users", "users-add", "user?id=ines", "groups", "groups-add", "roles"):
        assert site.browser().login("ines").get(f"/manage/@@{path}").status == 403, path
    answer = site.browser().get("/manage/@@users")
    assert (answer.status, answer.location) == (303, "/login?came_from=%2Fmanage%2F%40%40users")


def test_it_says_who_has_which_roles_also_by_groups(site):
    with site.work() as root:
        add_group(SYSTEM, root, "staff", roles=["reviewer"])
        set_groups(SYSTEM, root, "user:ines", ["staff"])
    page = site.browser().login("admin").get("/manage/@@users?q=ines")
    (row,) = [each for each in page.text.split("<tr") if USER.format("ines") in each]
    assert "Editor, Reviewer</td>" in row


def test_it_is_searched_by_name_and_address(site):
    with site.work() as root:
        user = root.users.get("ines")
        user.title, user.email = "Ines Okafor", "io@saltmarsh.example"
    browser = site.browser().login("admin")
    for name in ("admin", "ines", "tomas", "nora"):
        assert USER.format(name) in browser.get("/manage/@@users").text
    for q in ("okaf", "INES", "marsh.example ok"):
        page = browser.get("/manage/@@users", query={"q": q})
        assert "Ines Okafor" in page.text
        assert USER.format("nora") not in page.text
    page = browser.get("/manage/@@users", query={"q": "<b>nobody"})
    assert "<b>nobody" not in page.text
    assert "Nobody is called like" in page.text


def test_it_goes_on_from_page_to_page(site):
    names = [f"warden{number:03}" for number in range(120)]
    with site.work() as root:
        for name in names:
            root.users.add(name, None)
    browser = site.browser().login("admin")
    page, seen, pages = browser.get("/manage/@@users?q=warden"), [], 1
    while True:
        seen += [name for name in names if f"id={name}" in page.text]
        if 'rel="next"' not in page.text:
            break
        page = page.click("More")
        pages += 1
    assert seen == names
    assert pages == 3


# Adding


def test_somebody_is_added_and_can_sign_in(site):
    form = site.browser().login("admin").get("/manage/@@users-add").form("adding")
    values = {"name": "Mireille", "title": "Mireille Haas", "email": "mh@saltmarsh.example"}
    form.fill(values, new_password=GOOD, new_password_again=GOOD, roles=["editor"])
    answer = form.submit(follow=True)
    assert "Added Mireille Haas" in answer.text
    assert answer.path == USER.format("mireille")
    assert roles_of(site, "mireille") == {"editor"}
    assert signs_in(site, "mireille", GOOD)


ADDING = [  # values → status, the control that is wrong, what is said
    ({"name": ""}, 422, "name", "letters, digits"),
    ({"name": "a b"}, 422, "name", "letters, digits"),
    ({"name": "system"}, 422, "name", "something else"),
    ({"name": "ines"}, 409, "name", "already something called"),
    ({"email": "nowhere"}, 422, "email", "mail"),
    ({"title": "x" * 300}, 422, "title", "200"),
    ({"new_password": "qvzj", "new_password_again": "qvzj"}, 422, "new_password", "at least 10"),
    ({"new_password": "password1234", "new_password_again": "password1234"}, 422, "new_password", "common"),
    ({"new_password": GOOD, "new_password_again": "another one"}, 422, "new_password_again", "differ"),
    ({"roles": ["pilot"]}, 422, "roles", "no role"),
    ({"roles": ["owner"]}, 422, "roles", "cannot be given"),
]


def test_what_cannot_be_added_is_said_where_it_is_wrong(site):
    browser = site.browser().login("admin")
    before = site.last_transaction()
    for values, status, control, said in ADDING:
        typed = {"name": "mireille", "title": "Mireille Haas", "email": "mh@saltmarsh.example", **values}
        answer = browser.post("/manage/@@users-add", typed)
        assert answer.status == status, values
        assert f'id="{control}-error"' in answer.text
        assert said in answer.text
        form = answer.form("adding")
        for name in ("name", "title", "email"):
            assert form[name] == typed[name]
        assert form["new_password"] == form["new_password_again"] == ""
        for secret in (values.get("new_password"), values.get("new_password_again")):
            assert secret is None or secret not in answer.text
    answer = browser.get("/manage/@@users-add").form("adding").fill(name="a b", roles=["reviewer"]).submit()
    assert answer.form("adding")["roles"] == ["reviewer"]
    assert not is_changed_since(site, before)


# Name and address


def test_name_and_address_are_saved(site):
    form = site.browser().login("admin").get(USER.format("ines")).form("about")
    answer = form.fill(title="Ines Okafor", email="io@saltmarsh.example").submit(follow=True)
    assert "Saved" in answer.text
    with site.work() as root:
        user = root.users.get("ines")
        assert (user.title, user.email) == ("Ines Okafor", "io@saltmarsh.example")


def test_a_name_or_address_that_will_not_do(site):
    browser = site.browser().login("admin")
    before = site.last_transaction()
    for values, said in (({"email": "nowhere"}, "mail"), ({"title": "x" * 300}, "200")):
        answer = browser.get(USER.format("ines")).form("about").fill(values).submit()
        assert answer.status == 422
        assert said in answer.text
        for name, value in values.items():
            assert answer.form("about")[name] == value
    assert not is_changed_since(site, before)


def test_there_is_nobody_of_that_name(site):
    browser = site.browser().login("admin")
    for path in ("user", "user-remove"):
        assert browser.get(f"/manage/@@{path}?id=nobody").status == 404
    for path in ("user", "user-roles", "user-groups", "user-password", "user-sessions", "user-remove"):
        assert browser.post(f"/manage/@@{path}?id=nobody", {}).status == 404


# Roles


def test_roles_are_set(site):
    form = site.browser().login("admin").get(USER.format("nora")).form("set-roles")
    answer = form.fill(roles=["editor", "reviewer"]).submit(follow=True)
    assert "Roles set" in answer.text
    assert roles_of(site, "nora") == {"editor", "reviewer"}
    answer.form("set-roles").fill(roles=[]).submit()
    assert roles_of(site, "nora") == set()


def test_nobody_gives_or_takes_a_role_that_he_lacks(site):
    with site.work() as root:
        give_roles(SYSTEM, root, "user:nora", ["reviewer"])
    browser = chief(site)
    page = browser.get(USER.format("nora"))
    manager = next(each for each in page.text.split("<input") if 'value="manager"' in each)
    assert "disabled" in manager
    assert "you lack it yourself" in manager
    page.form("set-roles").fill(roles=["editor"]).submit()
    assert roles_of(site, "nora") == {"editor", "reviewer"}
    before = site.last_transaction()
    answer = browser.post("/manage/@@user-roles?id=nora", {"roles": "manager", "_empty": "roles"})
    assert answer.status == 403
    assert "lacks the role" in answer.text
    assert 'id="roles-error"' in answer.text
    answer = browser.post("/manage/@@users-add", {"name": "mireille", "roles": "manager"})
    assert answer.status == 403
    assert 'id="roles-error"' in answer.text
    assert answer.form("adding")["name"] == "mireille"
    assert not is_changed_since(site, before)


def test_the_last_manager_stays_one_and_there_are_no_other_roles(site):
    browser = site.browser().login("admin")
    before = site.last_transaction()
    answer = browser.get(USER.format("admin")).form("set-roles").fill(roles=[]).submit()
    assert answer.status == 409
    assert "without any manager" in answer.text
    answer = browser.post("/manage/@@user-roles?id=nora", {"roles": "pilot"})
    assert answer.status == 422
    assert "no role" in answer.text
    answer = browser.post("/manage/@@user-groups?id=nora", {"groups": "pilots"})
    assert answer.status == 404
    assert 'id="groups-error"' in answer.text
    answer = browser.get("/manage/@@user-remove?id=admin").form("removing").submit()
    assert answer.status == 409
    assert "without any manager" in answer.text
    assert not is_changed_since(site, before)


def test_nobody_takes_his_own_role_without_being_told(site):
    with site.work() as root:
        give_roles(SYSTEM, root, "user:nora", ["manager"])
    browser = site.browser().login("admin")
    before = site.last_transaction()
    answer = browser.get(USER.format("admin")).form("set-roles").fill(roles=["editor"]).submit()
    assert answer.status == 409
    assert "You would take this from yourself" in answer.text
    assert "Grant roles" in answer.text
    assert answer.form("set-roles")["roles"] == ["editor"]
    assert not is_changed_since(site, before)
    answer.form("set-roles").fill(sure=True).submit()
    assert roles_of(site, "admin") == {"editor"}


def test_taking_a_role_that_takes_no_ability_needs_no_word(site):
    with site.work() as root:
        give_roles(SYSTEM, root, "user:admin", ["manager", "editor"])
    site.browser().login("admin").get(USER.format("admin")).form("set-roles").fill(roles=["manager"]).submit()
    assert roles_of(site, "admin") == {"manager"}


# Groups


def test_groups_are_set(site):
    with site.work() as root:
        add_group(SYSTEM, root, "staff", title="All staff", roles=["reviewer"])
    form = site.browser().login("admin").get(USER.format("nora")).form("set-groups")
    answer = form.fill(groups=["staff"]).submit(follow=True)
    assert "Groups set" in answer.text
    assert "has it by the group All staff" in answer.text
    with site.work() as root:
        assert root.users.groups_of("user:nora") == {"staff"}


def test_nobody_leaves_the_group_that_makes_him_a_manager_untold(site):
    with site.work() as root:
        add_group(SYSTEM, root, "chiefs", roles=["manager"])
        set_groups(SYSTEM, root, "user:nora", ["chiefs"])
    browser = site.browser().login("nora")
    answer = browser.get(USER.format("nora")).form("set-groups").fill(groups=[]).submit()
    assert answer.status == 409
    assert "You would take this from yourself" in answer.text


# Password and sessions


def test_another_password_signs_out_and_signs_in(site):
    nora = site.browser().login("nora")
    form = site.browser().login("admin").get(USER.format("nora")).form("set-password")
    answer = form.fill(new_password=GOOD, new_password_again=GOOD).submit(follow=True)
    assert "nora has a new password" in answer.text
    assert GOOD not in answer.text
    assert nora.get("/manage/@@profile").status == 303
    assert signs_in(site, "nora", GOOD)


PASSWORDS = [  # typed, typed again → the control that is wrong, what is said
    ("", "", "new_password", "at least 10"),
    ("qvzj", "qvzj", "new_password", "at least 10"),
    ("password1234", "password1234", "new_password", "common"),
    (GOOD, "something else", "new_password_again", "differ"),
]


def test_a_password_that_will_not_do(site):
    browser = site.browser().login("admin")
    before = site.last_transaction()
    for one, again, control, said in PASSWORDS:
        form = browser.get(USER.format("nora")).form("set-password")
        answer = form.fill(new_password=one, new_password_again=again).submit()
        assert answer.status == 422
        assert f'id="{control}-error"' in answer.text
        assert said in answer.text
        assert not one or one not in answer.text
        assert answer.form("set-password")["new_password"] == ""
    assert not is_changed_since(site, before)


def test_nobody_does_anything_to_somebody_mightier(site):
    browser = chief(site)
    before = site.last_transaction()
    password = {"new_password": GOOD, "new_password_again": GOOD}
    for path, values in (("password", password), ("sessions", {}), ("remove", {"sure": "yes"})):
        answer = browser.post(f"/manage/@@user-{path}?id=admin", values)
        assert answer.status == 403, path
        assert GOOD not in answer.text
    assert not is_changed_since(site, before)


def test_ones_own_password_is_set_in_the_profile(site):
    browser = site.browser().login("admin")
    assert "new_password" not in browser.get(USER.format("admin")).text
    password = {"new_password": GOOD, "new_password_again": GOOD}
    answer = browser.post("/manage/@@user-password?id=admin", password)
    assert (answer.status, answer.location) == (303, "/manage/@@profile")
    assert not signs_in(site, "admin", GOOD)


def test_sessions_are_ended(site):
    nora = site.browser().login("nora")
    page = site.browser().login("admin").get(USER.format("nora"))
    assert "Signed in with one browser" in page.text
    answer = page.form("sign-out").submit(follow=True)
    assert "nora is signed out everywhere" in answer.text
    assert nora.get("/manage/@@profile").status == 303


# Removing


def test_somebody_is_removed_after_being_asked(site):
    nora = site.browser().login("nora")
    page = site.browser().login("admin").get(USER.format("nora")).click("Remove…")
    assert "can no longer sign in" in page.text
    assert "One browser is signed in" in page.text
    answer = page.form("removing").submit(follow=True)
    assert "Removed nora" in answer.text
    assert USER.format("nora") not in answer.text
    assert nora.get("/manage/@@profile").status == 303


def test_nobody_removes_himself_without_being_told(site):
    with site.work() as root:
        give_roles(SYSTEM, root, "user:nora", ["manager"])
    browser = site.browser().login("admin")
    page = browser.get("/manage/@@user-remove?id=admin")
    assert "This is you" in page.text
    answer = page.form("removing").submit()
    assert answer.status == 409
    assert "You would take this from yourself" in answer.text
    assert answer.form("removing").fill(sure=True).submit().status == 303
    with site.work() as root:
        assert "admin" not in root.users
