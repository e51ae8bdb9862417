"""Security of one object: granting, what comes from above, cutting it, and "Why?"."""

from objpub.operations import add_group
from objpub.operations import add_new
from objpub.operations import give_roles
from objpub.operations import set_grants
from objpub.operations import set_groups
from objpub.operations import set_holders
from objpub.security import cuts_of
from objpub.security import grants_of
from objpub.security import override_permission
from objpub.security import overrides_of
from objpub.security import set_cuts
from objpub.security import SYSTEM
from tests.changes import is_changed_since
from tests.manage.pages import Section

NEWS = "/manage/news/@@security"
ARCHIVE = "/manage/archive/@@security"
TIDES = "/manage/news/tides/@@security"


def chief(site):
    """Let tomas, an editor of /news, grant roles there, and return his browser."""
    with site.work() as root:
        override_permission(root["news"], "grant", "editor")
    return site.browser().login("tomas")


def grants(site, *path):
    with site.work() as root:
        for name in path:
            root = root[name]
        return {principal: set(roles) for principal, roles in grants_of(root).items()}


def test_who_sees_it(site):
    for name, status in (("admin", 200), ("ines", 200), ("tomas", 200), ("nora", 403)):
        assert site.browser().login(name).get(NEWS).status == status, name
    page = site.browser().login("ines").get(NEWS)
    assert "You may see this, but not change it" in page.text
    for form in ("grant", "change"):
        assert f'id="{form}"' not in page.text
    assert 'name="remove"' not in page.text
    assert site.browser().login("tomas").get(ARCHIVE).status == 403


def test_a_grant_is_made_and_taken_away(site):
    browser = site.browser().login("admin")
    page = browser.get(NEWS).form("grant").fill(add="nora", roles=["editor", "reviewer"]).submit(follow=True)
    assert "Granted" in page.text
    assert page.path == NEWS
    assert grants(site, "news")["user:nora"] == {"editor", "reviewer"}
    assert site.browser().login("nora").get("/manage/news/tides/@@edit").status == 200
    page = page.form("grants").submit("editor user:nora", follow=True)
    assert "Taken away" in page.text
    assert grants(site, "news")["user:nora"] == {"reviewer"}


def test_a_group_is_granted_a_role_and_earlier_ones_stay(site):
    with site.work() as root:
        add_group(SYSTEM, root, "press", title="Communications")
        set_grants(SYSTEM, root["news"], "group:press", ["reviewer"])
    browser = site.browser().login("admin")
    page = browser.get(NEWS).form("grant").fill(add="group:press", roles=["editor"]).submit(follow=True)
    assert "Communications" in page.text
    assert grants(site, "news")["group:press"] == {"editor", "reviewer"}


GRANTS = [  # values → status, the control that is wrong, what is said
    ({"add": "nobody", "roles": "editor"}, 422, "add", "no person and no group"),
    ({"add": "", "roles": "editor"}, 422, "add", "Choose somebody"),
    ({"add": "nora"}, 422, "roles", "Choose a role"),
    ({"add": "nora", "roles": "pilot"}, 422, "roles", "no role"),
    ({"add": "nora", "roles": "owner"}, 422, "roles", "cannot be given"),
]


def test_a_grant_that_will_not_do(site):
    browser = site.browser().login("admin")
    before = site.last_transaction()
    for values, status, control, said in GRANTS:
        answer = browser.post(NEWS, values)
        assert answer.status == status, values
        assert f'id="{control}-error"' in answer.text
        assert said in answer.text
        assert answer.form("grant")["add"] == values["add"]
    for removed, status in (("editor user:nobody", 404), ("pilot user:tomas", 404), ("", 404)):
        answer = browser.post("/manage/news/@@security-remove", {"remove": removed})
        assert answer.status == status
    answer = browser.post("/manage/news/@@security-cut", {"down": ["grants", "permissions", "everything"]})
    assert answer.status == 422
    assert 'id="down-error"' in answer.text
    for values in ({"permission": "fly", "holders": "editor"}, {"permission": "edit", "holders": "pilot"}):
        assert browser.post("/manage/news/@@security-permission", values).status == 422
    assert not is_changed_since(site, before)


def test_nobody_gives_or_takes_here_a_role_that_he_lacks(site):
    with site.work() as root:
        set_grants(SYSTEM, root["news"], "user:nora", ["reviewer"])
        set_grants(SYSTEM, root, "user:ines", ["reviewer"])
    browser = chief(site)
    page = browser.get(NEWS)
    assert 'value="editor user:tomas"' in page.text
    assert 'value="reviewer user:nora"' not in page.text
    other = site.browser().login("ines")
    before = site.last_transaction()
    for path, values in (
        ("", {"add": "nora", "roles": "manager"}),
        ("-remove", {"remove": "reviewer user:nora"}),
        ("-cut", {"_empty": "down"}),  # would keep away the role reviewer that ines has from above
        ("-permission", {"permission": "manage", "holders": "editor"}),
    ):
        answer = browser.post(f"{NEWS}{path}", values)
        assert answer.status == 403, path
    assert other.post(ARCHIVE, {"add": "nora", "roles": "editor"}).status == 403
    assert not is_changed_since(site, before)


def rows_in(text):
    """Return the rows of the tables of a page, without what stands behind them."""
    return [each.partition("</tr>")[0] for each in text.split("<tr")[1:]]


def test_what_comes_from_above_is_shown_with_where_it_comes_from(site):
    with site.work() as root:
        set_grants(SYSTEM, root, "user:nora", ["reviewer"])
    page = site.browser().login("admin").get(TIDES)
    rows = rows_in(page.text)
    tomas = next(each for each in rows if "tomas" in each)
    assert f'href="{NEWS}">News</a>' in tomas
    assert "Change it there" in tomas
    assert 'href="/manage/@@security"' in next(each for each in rows if "nora" in each)
    assert "everywhere" in next(each for each in rows if ">ines<" in each)


def test_who_owns_it_is_shown_there_and_below(site):
    with site.work() as root:
        ines = root.users.identity("ines")
        news = add_new(ines, root, Section, {"title": "Own"})
        add_new(SYSTEM, news, Section, {"title": "Below"})
    browser = site.browser().login("admin")
    for path, words in (("/manage/own", "it belongs to this person"), ("/manage/own/below", ">Own</a>")):
        rows = rows_in(browser.get(f"{path}/@@security").text)
        (row,) = [each for each in rows if ">ines<" in each and "Owner" in each]
        assert words in row


def test_inheritance_is_cut_and_joined(site):
    browser = site.browser().login("admin")
    page = browser.get(TIDES).form("cut").fill(down=["permissions"]).submit(follow=True)
    assert "Saved" in page.text
    assert "does not come down to here" in page.text
    with site.work() as root:
        assert cuts_of(root["news"]["tides"]) == {"grants"}
    assert site.browser().login("tomas").get("/manage/news/tides/@@edit").status in {403, 404}
    page.form("cut").fill(down=["grants", "permissions"]).submit()
    with site.work() as root:
        assert cuts_of(root["news"]["tides"]) == set()
    assert site.browser().login("tomas").get("/manage/news/tides/@@edit").status == 200


def test_permissions_are_decided_here_and_above_again(site):
    browser = site.browser().login("admin")
    page = browser.get(NEWS)
    assert "None of the" in page.text
    page = browser.get(f"{NEWS}?all=1").click("Change Delete")
    page = page.form("change").fill(holders=["reviewer"]).submit(follow=True)
    with site.work() as root:
        assert overrides_of(root["news"])["delete"] == {"reviewer", "manager"}
    assert "<ins>Reviewer</ins>" in page.text
    assert "<del>Editor</del>" in page.text
    page = page.click("Change Delete").form("change").submit("above", follow=True)
    assert "None of the" in page.text
    with site.work() as root:
        assert "delete" not in overrides_of(root["news"])


def test_nobody_locks_himself_out_without_being_told(site):
    browser = chief(site)
    page = browser.get(NEWS)
    before = site.last_transaction()
    for answer in (
        page.form("grants").submit("editor user:tomas"),
        browser.post(f"{NEWS}-permission", {"permission": "grant", "holders": "reviewer"}),
    ):
        assert answer.status == 409
        assert "You would take this from yourself" in answer.text
        assert "Grant roles" in answer.text
    assert not is_changed_since(site, before)
    answer = page.form("grants").submit("editor user:tomas")
    answer = answer.form("grants").fill(sure=True).submit()
    assert answer.status == 303
    assert "user:tomas" not in grants(site, "news")


def test_nobody_cuts_himself_off_without_being_told(site):
    browser = chief(site)
    answer = browser.get(TIDES).form("cut").fill(down=["permissions"]).submit()
    assert answer.status == 409
    assert answer.form("cut")["down"] == ["permissions"]
    assert answer.form("cut").fill(sure=True).submit().status == 303
    with site.work() as root:
        assert cuts_of(root["news"]["tides"]) == {"grants"}


def why(browser, path, who, may):
    form = browser.get(path).form("ask")
    return form.fill(who=who, may=may).submit().text


def steps_in(text):
    """Return the part of a page that tells the steps to an answer."""
    return text.partition('<ol class="steps">')[2].partition("</ol>")[0]


def test_why_says_the_answer_and_its_steps(site):
    with site.work() as root:
        root.users.get("nora").title = "Nora Lund"
        add_group(SYSTEM, root, "press", title="Communications")
        set_groups(SYSTEM, root, "user:nora", ["press"])
        set_grants(SYSTEM, root["news"], "group:press", ["reviewer"])
        set_holders(SYSTEM, root["news"], "delete", ["reviewer"])
    browser = site.browser().login("admin")
    text = why(browser, TIDES, "nora", "delete")
    assert 'class="verdict"' in text
    assert "Nora Lund may delete “Tides”" in text
    assert "The group “Communications” has the role reviewer at “News”, and Nora Lund is in it." in text
    assert f'<a href="{NEWS}">/news</a>' in steps_in(text)
    text = why(browser, TIDES, "nora", "edit")
    assert 'class="verdict no"' in text
    assert "Nora Lund may not edit “Tides”" in text
    assert "A visitor who is not signed in may not edit" in why(browser, TIDES, "visitor", "edit")
    assert "Everyone may view" in why(browser, TIDES, "visitor", "view")
    assert "no person called" in why(browser, TIDES, "nobody", "edit")
    assert "no permission" in browser.get(f"{TIDES}?who=nora&may=fly").text


def test_why_tells_of_a_cut(site):
    with site.work() as root:
        set_cuts(root["news"]["tides"], ["grants"])
    text = why(site.browser().login("admin"), TIDES, "tomas", "edit")
    assert "takes no roles from above" in steps_in(text)


def test_a_link_leads_only_where_one_may_go(site):
    with site.work() as root:
        give_roles(SYSTEM, root, "user:ines", [])
        set_grants(SYSTEM, root, "user:nora", ["reviewer"])
    page = site.browser().login("tomas").get(f"{TIDES}?who=nora&may=view")
    assert page.status == 200
    assert 'href="/manage/@@security"' not in page.text
    assert "further up" in page.text
