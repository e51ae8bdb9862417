"""The profile: what everybody may change of his own."""

GOOD = "salt marsh wardens"
PROFILE = "/manage/@@profile"
OLD = "good for tests only"


def test_name_and_address_are_saved(site):
    browser = site.browser().login("nora")
    page = browser.get(PROFILE).form("about").fill(title="Nora Lund", email="nl@saltmarsh.example")
    assert "Saved" in page.submit(follow=True).text
    with site.work() as root:
        assert (root.users.get("nora").title, root.users.get("nora").email) == (
            "Nora Lund",
            "nl@saltmarsh.example",
        )
    before = site.last_transaction()
    answer = browser.get(PROFILE).form("about").fill(email="nowhere").submit()
    assert answer.status == 422
    assert answer.form("about")["email"] == "nowhere"
    assert site.last_transaction() == before


def test_somebody_unknown_is_led_to_the_sign_in(site):
    answer = site.browser().get(PROFILE)
    assert (answer.status, answer.location) == (303, "/login?came_from=%2Fmanage%2F%40%40profile")
    for path in ("profile", "profile-password", "profile-sessions"):
        assert site.browser().post(f"/manage/@@{path}", {}).status == 401


def test_another_password_ends_all_other_sessions(site):
    here, elsewhere = site.browser().login("nora"), site.browser().login("nora")
    form = here.get(PROFILE).form("set-password")
    form.fill(current_password=OLD, new_password=GOOD, new_password_again=GOOD)
    page = form.submit(follow=True)
    assert page.path == PROFILE
    assert "You have a new password" in page.text
    assert here.get(PROFILE).status == 200
    assert elsewhere.get(PROFILE).status == 303
    site.browser().login("nora", GOOD)


PASSWORDS = [  # until now, new, again → the control that is wrong, what is said
    ("something wrong", GOOD, GOOD, "current_password", "not your password"),
    ("", GOOD, GOOD, "current_password", "not your password"),
    (OLD, "qvzj", "qvzj", "new_password", "at least 10"),
    (OLD, "", "", "new_password", "at least 10"),
    (OLD, GOOD, "another one", "new_password_again", "differ"),
]


def test_a_password_that_will_not_do(site):
    browser = site.browser().login("nora")
    before = site.last_transaction()
    for current, new, again, control, said in PASSWORDS:
        form = browser.get(PROFILE).form("set-password")
        answer = form.fill(current_password=current, new_password=new, new_password_again=again).submit()
        assert answer.status == 422, control
        assert f'id="{control}-error"' in answer.text
        assert said in answer.text
        for secret in filter(None, (current, new, again)):
            assert secret not in answer.text
        assert {answer.form("set-password")[name] for name in form.names if "password" in name} == {""}
    assert site.last_transaction() == before
    site.browser().login("nora")


def test_passwords_are_not_kept_on_the_way_to_the_sign_in(site):
    typed = {"current_password": OLD, "new_password": GOOD, "new_password_again": GOOD, "note": "kept"}
    answer = site.browser().post("/manage/@@profile-password", typed)
    assert answer.status == 401
    assert "kept" in answer.text
    assert GOOD not in answer.text
    assert OLD not in answer.text


def test_one_browser_is_signed_out_from_another(site):
    here, elsewhere = site.browser().login("nora"), site.browser().login("nora")
    page = here.get(PROFILE)
    assert page.text.count("This browser") == 1
    assert page.text.count("Another browser") == 1
    row = next(each for each in page.text.split("<tr") if "Another browser" in each)
    mark = row.partition('name="end" value="')[2].partition('"')[0]
    page = page.form("end-sessions").submit(mark, follow=True)
    assert "Signed out there" in page.text
    assert here.get(PROFILE).status == 200
    assert elsewhere.get(PROFILE).status == 303
    assert here.post("/manage/@@profile-sessions", {"end": mark}).status == 404


def test_each_browser_is_called_by_its_name(site):
    elsewhere = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
    form = site.browser().get("/login").form(0).fill(name="nora", password=OLD)
    assert form.submit(headers=elsewhere).status == 303
    assert "Firefox on Linux" in site.browser().login("nora").get(PROFILE).text


def test_all_browsers_are_signed_out(site):
    here, elsewhere = site.browser().login("nora"), site.browser().login("nora")
    other = site.browser().login("ines")
    answer = here.post("/manage/@@profile-sessions", {"end": ""})
    assert answer.location == "/login"
    assert here.get(PROFILE).status == elsewhere.get(PROFILE).status == 303
    assert other.get(PROFILE).status == 200
