"""Whoever tries to get in with a token in a way that is none, or by a link for somebody else."""

from urllib.parse import quote

import pytest

from objpub import testing
from objpub.errors import Forbidden
from objpub.operations import make_reset_link
from objpub.operations import make_token
from objpub.operations import remove_user
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import Policy
from objpub.security import SYSTEM
from tests.mailbox import mailbox
from tests.mailbox import settings_for
from tests.parts import of_interface
from tests.publisher.model import fill
from tests.publisher.model import model_site
from tests.publisher.running import served

SECRET = "/box/page/secret"  # for managers
OPEN = "/box/page"  # for everybody


@pytest.fixture(scope="module")
def site():
    with model_site() as site:
        yield fill(site)


@pytest.fixture(scope="module")
def wire(site):
    with served(site) as wire:
        yield wire


@pytest.fixture(scope="module")
def token(site):
    with site.work() as root:
        return make_token(SYSTEM, root, "mia", "Deploy", permissions=None)


@pytest.mark.parametrize(
    "header",
    ["Bearer {}", "bearer {}", "BEARER   {}", "Bearer\t{}", "Bearer {} \t"],
)
def test_a_token_may_be_written_in_every_way_that_the_rules_of_http_allow(wire, token, header):
    assert wire.ask("GET", SECRET, Authorization=header.format(token)).status == 200


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "{}",
        "Token {}",
        "Bearer={}",
        "Bearer: {}",
        "Bearer {} {}",
        "Bearer {},{}",
        "Bearer {}, Basic bWlhOng=",
        'Bearer "{}"',
        "Bearer token={}",
        "Bearer {}=",
        "Bearer {}\u00a0",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 7_000,
        "Digest username=mia",
        "Negotiate YII=",
        "Basic",
        "Basic {}",
        "Basic !!!",
        ",",
    ],
)
@pytest.mark.parametrize("path", [OPEN, SECRET])
def test_any_other_way_is_refused_and_never_taken_for_a_visitors(wire, token, header, path):
    answer = wire.ask("GET", path, Authorization=header.replace("{}", token))
    assert answer.status in {401, 429}  # Basic that cannot be read counts as a wrong password
    assert token not in answer.text


def test_two_headers_are_refused(wire, token):
    assert wire.ask("GET", OPEN, Authorization=f"Bearer {token}", authorization="Bearer x").status == 401


def test_a_token_in_capitals_is_another_one(wire, token):
    assert wire.ask("GET", OPEN, Authorization=f"Bearer {token.upper()}").status == 401
    assert wire.ask("GET", OPEN, Authorization=f"Bearer {token.removeprefix('objpub_')}").status == 401


@pytest.mark.parametrize("name", ["access_token", "token", "_token", "Authorization", "bearer"])
def test_a_token_in_an_address_or_a_form_is_none(wire, token, name):
    """Addresses are kept by browsers, servers in front, and logs."""
    query = f"{name}={quote('Bearer ' + token)}&{name}={token}"
    assert wire.ask("GET", f"{SECRET}?{query}").status == 303
    assert wire.ask("POST", SECRET, query, Origin=wire.origin).status == 401
    assert wire.ask("GET", SECRET, Cookie=f"objpub_session={token}; {name}={token}").status == 303


def test_a_session_is_not_shut_out_by_what_a_server_in_front_adds(wire):
    cookie = wire.sign_in("mia")
    assert wire.ask("GET", SECRET, Cookie=cookie, Authorization="Negotiate YII=").status == 200


@pytest.mark.parametrize("name", ["Ann", "ann", "ＡＮＮ", "ann "])
def test_the_token_of_somebody_who_was_removed_is_over_whoever_comes_after(site, wire, name):
    with site.work() as root:
        if not root.users.is_taken("ann"):
            root.users.add("ann", None, roles=["manager"])
            site.ann = make_token(SYSTEM, root, "ann", "x", permissions=None)
            remove_user(SYSTEM, root, "ann")
        with pytest.raises(Exception, match="(?i)was there once|there was|already"):
            root.users.add(name, None, roles=["manager"])
    assert wire.ask("GET", OPEN, Authorization=f"Bearer {site.ann}").status == 401


@of_interface
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/manage/@@token-add", "title=More&what=all&days=90"),
        ("/manage/@@token-revoke", "end=" + "0" * 16),
        ("/manage/@@password", "old=good+for+tests+only&new_password=x&new_password_again=x"),
        ("/manage/@@user-link", "id=paul"),
        ("/manage/@@user-add", "id=eve"),
    ],
)
def test_a_program_does_nothing_about_accounts_whatever_its_token_may(site, wire, path, form):
    with site.work() as root:
        narrow = make_token(SYSTEM, root, "mia", "Narrow", permissions=["view", "edit", "see"])
    answer = wire.ask("POST", path, form, Authorization=f"Bearer {narrow}")
    assert answer.status in {403, 404, 405}
    with site.work() as root:
        assert "Narrow" in {token.title for token in root.users.tokens.of("mia")}
        assert not root.users.is_taken("eve")


# Links to set a password


def test_nobody_makes_a_link_for_somebody_mightier():
    """Not even who may manage people: a link gives the whole account."""
    with testing.site() as site, site.work() as root:
        for name, roles in (
            ("boss", ["manager"]),
            ("helper", ["reviewer"]),
            ("ann", ["editor"]),
            ("tom", []),
        ):
            root.users.add(name, None, roles=roles)
        root.users.add_group("chiefs", roles=["manager"])
        root.users.join("user:tom", "chiefs")
        for permission in ("manage", "grant"):
            override_permission(root.users, permission, ["reviewer"])
        helper = root.users.identity("helper")
        assert site.registry[Policy].can(helper, "manage", root.users)
        for name in ("boss", "ann", "tom"):
            with pytest.raises(Forbidden):
                make_reset_link(helper, root, name)
        root.users.leave("user:tom", "chiefs")
        assert make_reset_link(helper, root, "tom")
        for visitor in (NO_IDENTITY, root.users.identity("ann")):
            with pytest.raises(Forbidden):
                make_reset_link(visitor, root, "tom")


@pytest.mark.parametrize("host", ["coast.example.org:8081", "coast.example.org", "COAST.example.org"])
def test_a_letter_takes_nothing_from_the_host_of_a_request_not_even_a_port(host):
    """Somebody else may listen on another port of the same host."""
    with mailbox() as box:
        more = {"server.hosts": ["coast.example.org"]}
        with testing.site(settings=settings_for(box, **more)) as site:
            site.add_user("mia")
            with site.work() as root:
                root.users.get("mia").email = "mia@example.org"
            headers = {"Host": host, "Origin": f"http://{host}"}
            assert site.client.post("/forgotten", {"name": "mia"}, headers=headers).status == 200
            site.application.mailer.wait()
            assert box.letters == []
