"""Signing in and out through the site's own forms."""

import pytest

from objpub import testing
from tests.publisher.model import fill
from tests.publisher.model import model_site

PASSWORD = testing.PASSWORD


@pytest.fixture
def site():
    with model_site(settings={"security.account_failures": 10}) as site:
        yield fill(site)


def sign_in(client, response, name="mia", password=PASSWORD, **options):
    return response.form(0).fill(name=name, password=password).submit(**options)


def test_a_sign_in_gives_a_session_that_scripts_cannot_read(site):
    client = site.client.login("mia")
    cookie = client.cookies.find("objpub_session")
    assert cookie.attributes["httponly"] and cookie.attributes["samesite"] == "Lax"
    assert "secure" not in cookie.attributes and cookie.path == "/"
    assert client.get("/box/page/secret").text == "the secret"
    assert site.browser().get("/box/page/secret").status == 303


def test_a_sign_in_over_https_is_for_https_only(site):
    form = {"name": "mia", "password": PASSWORD}
    options = {"headers": {"Origin": "https://localhost"}, "environ": {"wsgi.url_scheme": "https"}}
    assert site.client.post("/login", form, **options).status == 303
    assert "secure" in site.client.cookies.find("objpub_session").attributes


def test_each_sign_in_gives_another_session_and_ends_the_one_before(site):
    client = site.client.login("mia")
    first = client.cookies["objpub_session"]
    client.login("mia")
    assert client.cookies["objpub_session"] != first
    other = site.browser()
    other.cookies["objpub_session"] = first
    assert other.get("/box/page/secret").status == 303


def test_a_session_that_was_planted_before_is_not_taken_over(site):
    client = site.client
    client.cookies["objpub_session"] = "planted.by-an-attacker"
    client.login("mia")
    assert client.cookies["objpub_session"] != "planted.by-an-attacker"


@pytest.mark.parametrize(
    "change", [lambda value: value[:-1], lambda value: value + "x", str.swapcase, lambda value: ""]
)
def test_a_session_whose_signature_is_not_ours_is_none(site, change):
    client = site.client.login("mia")
    client.cookies["objpub_session"] = change(client.cookies["objpub_session"])
    assert client.get("/box/page/secret").status == 303


def test_signing_out_asks_first_and_ends_the_session(site):
    client = site.client.login("mia")
    kept = client.cookies["objpub_session"]
    before = site.last_transaction()
    page = client.get("/logout")
    assert "mia" in page.text
    assert site.last_transaction() == before
    page = page.form(0).submit(follow=True)
    assert "Signed out" in page.text
    assert "objpub_session" not in client.cookies
    client.cookies["objpub_session"] = kept
    assert client.get("/box/page/secret").status == 303


def test_signing_out_without_a_session_is_no_error(site):
    assert site.client.post("/logout").status == 303


@pytest.mark.parametrize(
    ("name", "password"),
    [("mia", "a guess"), ("nobody", PASSWORD), ("", ""), ("mia", ""), ("x" * 5000, "x"), ("mia\x00", "x")],
)
def test_a_wrong_sign_in_says_the_same_whatever_is_wrong(site, name, password):
    response = site.client.post("/login", {"name": name, "password": password})
    if "\x00" in name:
        assert response.status == 400
        return
    if len(name) > 1000:
        assert response.status in (400, 401, 413)
        return
    assert response.status == 401
    assert "The name or the password is wrong." in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "objpub_session" not in site.client.cookies
    assert password not in response.text or len(password) < 2


def test_after_a_wrong_password_the_right_one_leads_where_one_was_going(site):
    response = site.client.get("/box/page/secret?a=b", follow=True)
    response = sign_in(site.client, response, password="wrong")
    assert response.status == 401
    assert response.form(0)["name"] == "mia"
    response = sign_in(site.client, response)
    assert response.location == "/box/page/secret?a=b"


@pytest.mark.parametrize(
    "target",
    ["http://evil.example", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", "/\t/evil"],
)
def test_a_sign_in_never_leads_to_another_site(site, target):
    form = site.client.get("/login", query={"came_from": target} if "\t" not in target else {}).form(0)
    assert form["came_from"] == "/"
    data = {"name": "mia", "password": PASSWORD, "came_from": target}
    response = site.client.post("/login", data)
    assert response.status == 400 or response.location == "/"


# A change that was refused is kept


def test_what_was_typed_is_kept_over_the_sign_in(site):
    values = [("title", "Änderung <b>"), ("tags", "a"), ("tags", "b"), ("body", "one\r\ntwo")]
    response = site.client.post("/box/page/save?day=2026-11-01", values)
    assert response.status == 401
    assert "is kept" in response.text
    response = sign_in(site.client, response)
    assert response.status == 200
    form = response.form(0)
    assert (form.method, form.action) == ("POST", "/box/page/save")
    assert form["tags"] == ["a", "b"]
    with site.work() as root:
        assert root["box"]["page"].title == "Hello <World>"
    assert form.submit().status == 303
    with site.work() as root:
        page = root["box"]["page"]
        assert (page.title, page.tags) == ("Änderung <b>", {"a", "b"})
        assert page.day is not None


def test_a_change_without_any_value_is_offered_again_too(site):
    response = site.client.post("/box/page/delete")
    response = sign_in(site.client, response)
    assert response.form(0).action == "/box/page/delete"
    assert response.form(0).submit().status == 303
    with site.work() as root:
        assert "page" not in root["box"]


def test_what_was_typed_survives_a_wrong_password(site):
    response = site.client.post("/box/page/save", {"title": "Kept", "name": "a name", "password": "a field"})
    response = sign_in(site.client, response, password="wrong")
    assert response.status == 401
    response = sign_in(site.client, response)
    form = response.form(0)
    assert (form["title"], form["name"], form["password"]) == ("Kept", "a name", "a field")
    form.submit()
    with site.work() as root:
        assert root["box"]["page"].title == "Kept"


def test_files_are_not_kept_and_the_page_says_so(site):
    data, files = {"title": "Kept"}, {"photo": ("a.png", b"bytes", "image/png")}
    response = site.client.post("/box/page/save", data, files=files)
    assert "Files have to be chosen anew" in response.text
    form = sign_in(site.client, response).form(0)
    assert form.names == ["title", "_lost.photo"]
    assert form["_lost.photo"] == "a.png"


def test_who_may_not_is_told_so_also_after_the_sign_in(site):
    response = sign_in(site.client, site.client.post("/box/page/save", {"title": "x"}), name="paul")
    assert response.form(0).submit().status == 403


# Programs


def test_a_program_may_send_name_and_password_with_each_request(site):
    headers = {"Authorization": "Basic bWlhOmdvb2QgZm9yIHRlc3RzIG9ubHk=", "Origin": None}
    assert site.client.get("/box/page/secret", headers=headers).text == "the secret"
    assert site.client.post("/box/page/secret", headers=headers).text == "the secret"
    assert len(site.client.cookies) == 0


@pytest.mark.parametrize(
    "value", ["Basic", "Basic ", "Basic !!", "Basic bWlh", "Basic /w==", "basic bWlhOng=", "Bearer"]
)
def test_a_program_with_a_wrong_password_is_asked_for_another(site, value):
    response = site.client.get("/box/page/secret", headers={"Authorization": value})
    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_cookie_without_a_sign_of_its_origin_needs_the_token_of_the_session(site):
    client = site.client.login("mia")
    quiet = {"Origin": None}
    assert client.post("/box/page/secret", headers=quiet).status == 403
    with site.work() as root:
        session = next(iter(root.users.sessions._records.values()))
    token = session[-1]
    assert client.post("/box/page/secret", {"_token": token}, headers=quiet).status == 200
    assert client.post("/box/page/secret", headers={**quiet, "X-CSRF-Token": token}).status == 200
    assert client.post("/box/page/secret", {"_token": token + "x"}, headers=quiet).status == 403
    assert client.post("/box/page/secret", {"_token": "ü"}, headers=quiet).status == 403
    assert client.post("/box/page/secret", files={"_token": token.encode()}, headers=quiet).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost"},
        {"Origin": "HTTP://LOCALHOST"},
        {"Sec-Fetch-Site": "same-origin", "Origin": None},
        {"Sec-Fetch-Site": "none", "Origin": None},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://behind-a-proxy.example"},
    ],
)
def test_a_browser_on_our_own_page_may_change_things(site, headers):
    assert site.client.login("mia").post("/box/page/secret", headers=headers).status == 200


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("password", ["hunter2\x7f", "hunter2\nhunter2"])
def test_a_password_of_the_wrong_shape_is_not_repeated(site, password, accept):
    for options in ({"data": {"name": "mia", "password": password}}, {"json": {"password": password}}):
        response = site.browser().post("/login", headers={"Accept": accept}, **options)
        assert response.status == 400
        assert "password" in response.text
        assert "hunter2" not in response.text


def test_a_password_that_is_no_text_is_not_repeated(site):
    response = site.client.post("/login", json={"name": "mia", "password": {"hunter2": 1}})
    assert response.status == 400
    assert "hunter2" not in response.text


def test_who_is_signed_in_already_is_told_so_and_goes_on_or_out(site):
    client = site.client.login("mia")
    page = client.get("/login?came_from=/box/page")
    assert "You are signed in as <b>mia</b>." in page.text
    assert ("Go on", "/box/page") in page.page.links
    assert 'name="password"' not in page.text
    assert page.form(0).submit().status == 303
    assert client.get("/box/page/secret").status == 303
    assert "You are signed in" not in client.get("/login").text


def test_the_sites_that_somebody_develops_on_one_machine_do_not_sign_each_other_out():
    """Browsers keep cookies by host, not by port."""
    settings = [{"development": True, "server.port": port} for port in (8080, 8081)]
    with model_site(settings=settings[0]) as one, model_site(settings=settings[1]) as other:
        for site in (fill(one), fill(other)):
            site.browser = site.client.login("mia")
        assert "objpub_session_8080" in one.browser.cookies
        assert "objpub_session" not in one.browser.cookies
        for name in other.browser.cookies:
            one.browser.cookies[name] = other.browser.cookies[name]
        assert one.browser.get("/box/page/secret").text == "the secret"
        one.browser.logout()
        assert "objpub_session_8080" not in one.browser.cookies
        assert "objpub_session_8081" in one.browser.cookies
