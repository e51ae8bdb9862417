"""Tokens are made, shown once, listed and revoked in the browser."""

from tests.changes import is_changed_since

PROFILE = "/manage/@@profile"
ADD = "/manage/@@token-add"


def make(browser, permissions=("view", "edit"), **values):
    form = browser.get(ADD).form("adding")
    values = {"title": "Deploy", "days": "30", "what": "some", **values}
    return browser.post(form.action, [*values.items(), *(("permissions", each) for each in permissions)])


def text_of(page):
    return page.text.partition('id="token"')[2].partition('value="')[2].partition('"')[0]


def bearer(text):
    return {"Authorization": f"Bearer {text}", "Origin": None}


def tokens(site, user_id):
    with site.work() as root:
        return [(each.title, each.permissions, each.key) for each in root.users.tokens.of(user_id)]


def test_a_token_is_made_and_shown_once(site):
    browser = site.browser().login("ines")
    page = make(browser, permissions=("view",))
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    text = text_of(page)
    assert text.startswith("objpub_")
    program = site.browser()
    assert program.get("/news/tides", headers=bearer(text)).status == 200
    assert program.post("/manage/news/tides/@@edit", {"title": ""}, headers=bearer(text)).status == 403
    listed = browser.get(PROFILE).text
    assert "Deploy" in listed and ">View<" in listed
    assert text not in listed
    assert [(title, set(names)) for title, names, _ in tokens(site, "ines")] == [("Deploy", {"view"})]


def test_a_token_for_everything_at_one_place(site):
    browser = site.browser().login("ines")
    text = text_of(make(browser, what="all", permissions=(), place="/news"))
    assert site.browser().get("/news/tides", headers=bearer(text)).status == 200
    assert site.browser().get("/archive/", headers=bearer(text)).status == 403
    listed = browser.get(PROFILE).text
    assert "Everything" in listed and "/news" in listed


def test_what_will_not_do_is_told_at_its_control(site):
    browser = site.browser().login("ines")
    before = site.last_transaction()
    for values, control in (
        ({"title": ""}, "title"),
        ({"place": "/nowhere"}, "place"),
        ({"days": "0"}, "days"),
        ({"days": "a week"}, "days"),
        ({"permissions": ()}, "permissions"),
        ({"permissions": ("veiw",)}, "permissions"),
    ):
        answer = make(browser, **values)
        assert answer.status == 422, values
        assert f'id="{control}-error"' in answer.text
        assert "objpub_" not in text_of(answer)
        if control != "title":
            assert answer.form("adding")["title"] == "Deploy"
    assert not is_changed_since(site, before)


def test_a_token_is_revoked(site):
    browser = site.browser().login("ines")
    text = text_of(make(browser))
    form = browser.get(PROFILE).form("revoke-token")
    mark = tokens(site, "ines")[0][2][:16]
    page = form.submit(mark, follow=True)
    assert "Token revoked" in page.text
    assert "No program has one." in page.text
    assert site.browser().get("/news/tides", headers=bearer(text)).status == 401
    assert "gone already" in browser.post("/manage/@@token-revoke", {"end": mark}).follow().text


def test_a_manager_makes_and_revokes_one_for_somebody_else(site):
    admin = site.browser().login("admin")
    page = admin.get("/manage/@@user?id=ines")
    assert 'href="/manage/@@token-add?id=ines"' in page.text
    form = admin.get("/manage/@@token-add?id=ines").form("adding").fill(title="Deploy")
    text = text_of(form.submit())
    assert site.browser().get("/manage/news/", headers=bearer(text)).status == 403
    assert tokens(site, "ines") and not tokens(site, "admin")
    page = admin.get("/manage/@@user?id=ines")
    assert "Deploy" in page.text
    page = page.form("revoke-token").submit(tokens(site, "ines")[0][2][:16], follow=True)
    assert page.path == "/manage/@@user?id=ines"
    assert tokens(site, "ines") == []


def test_nobody_else_deals_with_the_tokens_of_others(site):
    text_of(make(site.browser().login("admin")))
    for name in ("ines", "nora"):
        browser = site.browser().login(name)
        before = site.last_transaction()
        assert browser.get(f"{ADD}?id=admin").status == 403
        assert browser.post(f"{ADD}?id=admin", {"title": "x", "days": "1", "what": "all"}).status == 403
        mark = tokens(site, "admin")[0][2]
        assert browser.post("/manage/@@token-revoke?id=admin", {"end": mark}).status == 403
        assert not is_changed_since(site, before)
    assert site.browser().get(ADD).status == 303
    assert site.browser().post(ADD, {}).status == 401


def test_a_program_with_a_token_makes_no_tokens(site):
    text = text_of(make(site.browser().login("admin"), what="all"))
    answer = site.browser().post(ADD, {"title": "x", "days": "1", "what": "all"}, headers=bearer(text))
    assert answer.status == 403
    assert len(tokens(site, "admin")) == 1


def test_another_password_ends_ones_tokens(site):
    browser = site.browser().login("ines")
    text = text_of(make(browser))
    form = browser.get(PROFILE).form("set-password")
    old, new = "good for tests only", "salt marsh wardens"
    form.fill(current_password=old, new_password=new, new_password_again=new).submit()
    assert site.browser().get("/news/tides", headers=bearer(text)).status == 401
