"""Identity from outside: `@identify`, and `REMOTE_USER` from a server in front that is trusted."""

import pytest

from objpub import App
from objpub import testing
from objpub.content import Site
from objpub.errors import DeclarationError
from objpub.operations import make_token
from objpub.operations import remove_user
from objpub.security import Claim
from objpub.security import entries_of
from objpub.security import identify
from objpub.security import Refusal
from objpub.security import SYSTEM
from objpub.views import view

PROXY = "192.0.2.1"
SETTINGS = {"outside.user": "X-Remote-User", "outside.peers": [PROXY, "10.0.0.0/8"]}


@view(Site, "whoami", permission="public")
def whoami(site, request):
    return f"{request.identity.user_id}: {', '.join(sorted(request.identity.roles))}"


@view(Site, "touch", method="POST", permission="public")
def touch(site, request):
    site.title = site.title + "x"
    return "touched"


@pytest.fixture
def site():
    with testing.site(whoami, touch, settings=SETTINGS) as site:
        site.add_user("ann", roles=["editor"])
        site.add_user("tom", roles=["manager"])
        yield site


def ask(site, name, address=PROXY, path="/whoami", header="X-Remote-User", client=None, **more):
    client = client or site.browser()
    return client.get(path, headers={header: name, **more}, environ={"REMOTE_ADDR": address})


def test_a_trusted_server_says_who_it_is(site):
    assert ask(site, "ann").text == "ann: authenticated, editor, everyone"
    assert ask(site, "ANN").text.startswith("ann: ")
    assert ask(site, "ann", address="10.9.8.7").text.startswith("ann: ")
    assert ask(site, "ann", address="::ffff:10.9.8.7").text.startswith("ann: ")


@pytest.mark.parametrize(
    "address", ["192.0.2.2", "127.0.0.1", "::1", "", "11.0.0.1", "192.0.2.1, 192.0.2.2", "unknown"]
)
def test_anybody_else_who_says_it_is_refused(site, address):
    answer = ask(site, "tom", address=address)
    assert answer.status == 401
    assert "tom:" not in answer.text
    assert ask(site, "", address=address).text == "None: everyone", "nothing is said, so nothing is refused"


def test_where_the_setting_is_empty_the_header_means_nothing():
    with testing.site(whoami, settings={"outside.peers": ["0.0.0.0/0"]}) as site:
        site.add_user("tom", roles=["manager"])
        assert ask(site, "tom").text == "None: everyone"
        assert ask(site, "tom", header="Remote-User").text == "None: everyone"
        answer = site.client.get("/whoami", environ={"REMOTE_USER": "tom", "REMOTE_ADDR": PROXY})
        assert answer.text == "None: everyone"


def test_where_no_peer_is_trusted_nobody_is_believed():
    with testing.site(whoami, settings={"outside.user": "X-Remote-User"}) as site:
        site.add_user("tom", roles=["manager"])
        assert ask(site, "tom", address="127.0.0.1").status == 401


def test_the_variable_of_the_server_is_no_header():
    with testing.site(whoami, settings={"outside.user": "REMOTE_USER", "outside.peers": [PROXY]}) as site:
        site.add_user("ann")
        answer = site.client.get("/whoami", environ={"REMOTE_USER": "ann", "REMOTE_ADDR": PROXY})
        assert answer.text.startswith("ann: ")
        assert ask(site, "ann", header="Remote-User").text == "None: everyone"
        answer = site.client.get("/whoami", environ={"REMOTE_USER": "ann", "REMOTE_ADDR": "192.0.2.9"})
        assert answer.status == 401


@pytest.mark.parametrize(
    "name", ["ann, tom", "tom\ttom", "../tom", "system", "visitor", "ä" * 200, "\xff\xfe", "a b"]
)
def test_a_name_that_nobody_can_have_is_refused(site, name):
    answer = ask(site, name)
    assert answer.status in {400, 401}
    assert "authenticated" not in answer.text


def test_somebody_new_becomes_a_user_without_any_role(site):
    assert ask(site, "nora").text == "nora: authenticated, everyone"
    with site.work() as root:
        assert root.users.identity("nora").roles == {"everyone", "authenticated"}
        assert root.users.stamp_of("nora") == ""
    before = site.last_transaction()
    assert ask(site, "nora").text == "nora: authenticated, everyone"
    assert site.last_transaction() == before


def test_nobody_new_where_the_settings_say_so():
    with testing.site(whoami, settings={**SETTINGS, "outside.new_users": False}) as site:
        site.add_user("ann")
        assert ask(site, "ann").status == 200
        assert ask(site, "nora").status == 401
        with site.work() as root:
            assert "nora" not in root.users


def test_somebody_who_was_removed_stays_removed(site):
    with site.work() as root:
        remove_user(SYSTEM, root, "ann")
    assert ask(site, "ann").status == 401
    with site.work() as root:
        assert "ann" not in root.users


def test_a_change_needs_a_sign_of_its_origin(site):
    def post(**headers):
        named = {"X-Remote-User": "ann", "Origin": None, **headers}
        return site.client.post("/touch", headers=named, environ={"REMOTE_ADDR": PROXY}).status

    assert post() == 403
    assert post(Origin="https://evil.example") == 403
    assert post(Origin="http://localhost") == 200


def test_what_comes_from_outside_goes_before_a_session_and_a_token_before_both(site):
    client = site.browser().login("tom")
    assert ask(site, "ann", client=client).text.startswith("ann: ")
    with site.work() as root:
        token = make_token(SYSTEM, root, "tom", "Deploy", permissions=["view"])
    assert ask(site, "ann", Authorization=f"Bearer {token}").text.startswith("tom: ")
    assert ask(site, "ann", Authorization="Basic Zm9vOmJhcg==").text.startswith("ann: ")


# The hook


@identify
def by_badge(request):
    badge = request.headers.get("X-Badge")
    if badge == "lost":
        return Refusal("This badge was lost.")
    return Claim("nora", title="Nora Lund", roles=frozenset({"editor"})) if badge == "7" else None


def test_a_site_has_its_own_way():
    with testing.site(whoami, by_badge) as site:
        assert site.client.get("/whoami").text == "None: everyone"
        assert (
            site.client.get("/whoami", headers={"X-Badge": "7"}).text
            == "nora: authenticated, editor, everyone"
        )
        answer = site.client.get("/whoami", headers={"X-Badge": "lost", "Accept": "application/json"})
        assert (answer.status, answer.json["detail"]) == (401, "This badge was lost.")
        with site.work() as root:
            assert root.users.get("nora").title == "Nora Lund"
            assert "editor" not in root.users.identity("nora").roles, "a role from outside is not kept"


def test_who_is_new_or_refused_is_in_the_audit_record():
    with testing.site(whoami, by_badge) as site:
        site.client.get("/whoami", headers={"X-Badge": "7"})
        for _ in range(3):
            site.client.get("/whoami", headers={"X-Badge": "lost"})
        with site.work() as root:
            found = [entry for _, entry in entries_of(root)]
    assert [(each.what, each.way, each.outcome, each.path) for each in found] == [
        ("sign-in", "outside", "refused", ""),
        ("user.add", "outside", "done", "user:nora"),
    ]


first_by_badge = by_badge


def test_two_ways_of_one_name_stop_the_start_and_one_replaces_the_other():
    def by_badge(request):
        return Claim("ines")

    identify(by_badge)
    with pytest.raises(DeclarationError), testing.site(whoami, first_by_badge, by_badge):
        pass
    app = App()
    app.include(whoami, first_by_badge)
    app.override(by_badge)
    with testing.site(app) as site:
        assert site.client.get("/whoami", headers={"X-Badge": "7"}).text.startswith("ines: ")
