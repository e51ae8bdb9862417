"""Sign-in by an LDAP directory: a real slapd, which these tests start."""

import base64
import logging
import socket

import pytest

from objpub import testing
from objpub.content import Site
from objpub.errors import SettingsError
from objpub.operations import remove_user
from objpub.security import authenticate
from objpub.security import Claim
from objpub.security import SYSTEM
from objpub.security.directory import Directory
from objpub.security.sign_in import WRONG
from objpub.settings import load_settings
from objpub.views import view
from tests.directory import directory
from tests.directory import dn_of
from tests.directory import ELSEWHERE
from tests.directory import library
from tests.directory import PEOPLE
from tests.directory import PEOPLE_DN
from tests.directory import program
from tests.directory import settings_for
from tests.directory import SITE_PASSWORD

LOCAL = "good for tests only"


@view(Site, "whoami", permission="public")
def whoami(site, request):
    return f"{request.identity.user_id}: {', '.join(sorted(request.identity.roles))}"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """The port of a directory."""
    program("slapd")
    library()
    with directory(tmp_path_factory.mktemp("slapd")) as port:
        yield port


@pytest.fixture
def site(port):
    with site_of(port) as site:
        yield site


def site_of(port, *things, **more):
    settings = settings_for(port, **more)
    return testing.site(whoami, *things, settings=settings)


def sign_in(site, name, password):
    client = site.browser()
    answer = client.post("/login", {"name": name, "password": password})
    return client if answer.status == 303 else answer


def basic(site, name, password):
    credentials = base64.b64encode(f"{name}:{password}".encode()).decode()
    return site.browser().get("/whoami", headers={"Authorization": f"Basic {credentials}"})


def roles(site, user_id):
    with site.work() as root:
        return set(root.users.identity(user_id).roles)


def test_somebody_signs_in_with_the_password_of_the_directory(site):
    client = sign_in(site, "Ines", PEOPLE["ines"][1])
    assert client.get("/whoami").text == "ines: authenticated, editor, everyone"
    with site.work() as root:
        ines = root.users.get("ines")
        assert (ines.title, ines.email) == ("Ines Okafor", "ines@coast.example.org")
        assert root.users.stamp_of("ines") == "", "no password is kept here"
    assert sign_in(site, "ines", PEOPLE["ines"][1]).get("/whoami").text.startswith("ines: ")


def test_groups_give_roles_as_long_as_the_sign_in_lasts(site):
    client = sign_in(site, "nora", PEOPLE["nora"][1])
    assert client.get("/whoami").text == "nora: authenticated, everyone, reviewer"
    assert roles(site, "nora") == {"authenticated", "everyone"}
    client.post("/logout")
    assert client.get("/whoami").text == "None: everyone"


def test_what_is_no_address_is_left_out(site):
    sign_in(site, "nora", PEOPLE["nora"][1])
    with site.work() as root:
        assert (root.users.get("nora").title, root.users.get("nora").email) == ("Nora Lund", None)


def test_programs_sign_in_with_it_too(site):
    assert basic(site, "ines", PEOPLE["ines"][1]).text == "ines: authenticated, editor, everyone"
    assert basic(site, "ines", PEOPLE["ines"][1]).text == "ines: authenticated, editor, everyone"
    assert basic(site, "ines", "wrong").status == 401
    with site.work() as root:
        assert "ines" in root.users


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ines", "wrong"),
        ("ines", ""),
        ("ines", PEOPLE["nora"][1]),
        ("nobody", "x"),
        ("mute", ""),
        ("mute", "x"),
        ("gone", "left last year"),
        ("", ""),
        ("site", SITE_PASSWORD),
    ],
)
def test_whatever_is_wrong_is_answered_alike_and_makes_nobody(site, name, password):
    answer = sign_in(site, name, password)
    assert answer.status == 401
    assert WRONG in answer.text
    with site.work() as root:
        assert list(root.users) == []


@pytest.mark.parametrize(
    "name",
    [
        "*",
        "ine*",
        "ines)(uid=*",
        "ines)(|(uid=*",
        "*)(objectClass=*",
        "ines\\2a",
        "in\\65s",
        "\\69nes",
        "ines,ou=people",
        "uid=ines",
        "ines\x01",
        "in\u00ades",
        "ines)(&",
    ],
)
def test_nothing_that_is_typed_becomes_a_part_of_the_question(site, name):
    for _, (_, password, _) in PEOPLE.items():
        if password:
            assert getattr(sign_in(site, name, password), "status", 303) in {400, 401, 429}, name
    with site.work() as root:
        assert list(root.users) == []


def test_a_name_with_signs_of_filters_in_the_directory_is_no_trouble(site):
    assert sign_in(site, "tomas", PEOPLE["tomas"][1]).get("/whoami").text.startswith("tomas: ")


@pytest.mark.parametrize("signs", ["*", "(", ")", "\\", "\x00", "*)(uid=*"])
def test_signs_of_filters_are_escaped_themselves(port, signs):
    asked = Directory(load_settings(None, environ_of(port)).ldap)
    assert asked(signs, PEOPLE["ines"][1]) is None
    assert asked("ines" + signs, PEOPLE["ines"][1]) is None
    assert asked("ines", PEOPLE["ines"][1]).user_id == "ines"


def test_a_user_with_a_password_here_is_not_taken_over(site):
    site.add_user("admin", roles=["manager"])
    assert sign_in(site, "admin", PEOPLE["admin"][1]).status == 401
    assert (
        sign_in(site, "admin", LOCAL)
        .get("/whoami")
        .text.startswith("admin: authenticated, everyone, manager")
    )


def test_the_directory_does_not_learn_a_password_of_the_site():
    told = []

    @authenticate
    def listening(name, password):
        told.append((name, password))

    with testing.site(whoami, listening) as site:
        site.add_user("ann")
        assert sign_in(site, "ann", "wrong one").status == 401
        assert len(told) == 1, "it is asked all the same, so that the time is the same"
        assert "ann" not in told[0] and "wrong one" not in told[0]
        sign_in(site, "ann", LOCAL)
        assert len(told) == 1
        assert sign_in(site, "bob", "wrong one").status == 401
        assert told[1] == ("bob", "wrong one")


def test_somebody_who_was_removed_here_stays_removed(site):
    sign_in(site, "ines", PEOPLE["ines"][1])
    with site.work() as root:
        remove_user(SYSTEM, root, "ines")
    assert sign_in(site, "ines", PEOPLE["ines"][1]).status == 401


def test_signing_out_everywhere_ends_these_sessions_too(site):
    client = sign_in(site, "ines", PEOPLE["ines"][1])
    with site.work() as root:
        root.users.sign_out_everywhere("ines")
    assert client.get("/whoami").text == "None: everyone"


def test_nobody_new_where_the_settings_say_so(port):
    with site_of(port, **{"outside.new_users": False}) as site:
        site.add_user("nora", password=LOCAL)
        assert sign_in(site, "ines", PEOPLE["ines"][1]).status == 401
        with site.work() as root:
            root.users.add("tomas", None)
        assert sign_in(site, "tomas", PEOPLE["tomas"][1]).get("/whoami").text.startswith("tomas: ")


def test_wrong_passwords_are_slowed_down_before_the_directory_is_asked(port, monkeypatch):
    asked = []
    ask = Directory.__call__
    monkeypatch.setattr(Directory, "__call__", lambda self, *words: asked.append(words) or ask(self, *words))
    with site_of(port, **{"security.account_failures": 3}) as site:
        statuses = [sign_in(site, "ines", "wrong").status for _ in range(5)]
        assert statuses == [401, 401, 401, 429, 429]
        assert len(asked) == 3


# The connection


def environ_of(port, **more):
    values = settings_for(port, **more)
    text = {
        name: ",".join(value) if isinstance(value, list) else str(value) for name, value in values.items()
    }
    return {f"OBJPUB_{name.replace('.', '_').upper()}": value for name, value in text.items()}


def test_a_directory_that_nobody_vouches_for_is_told_nothing(port, caplog):
    with site_of(port, **{"ldap.ca_file": ""}) as site:
        answer = sign_in(site, "ines", PEOPLE["ines"][1])
        assert answer.status == 401
        assert "does not answer" in answer.text
    assert PEOPLE["ines"][1] not in caplog.text


@pytest.mark.parametrize("people", [PEOPLE_DN, dn_of("far")])
def test_a_directory_that_sends_on_to_another_one_is_not_followed(port, people):
    """Whoever can write a reference would be told what everybody types."""
    with (
        socket.create_server((ELSEWHERE, port)) as other,
        site_of(port, **{"ldap.people_dn": people}) as site,
    ):
        other.setblocking(False)
        for password in ("x", PEOPLE["ines"][1]):
            assert sign_in(site, "far", password).status == 401
        with pytest.raises(BlockingIOError):
            other.accept()


def test_a_directory_with_a_certificate_for_another_name_is_told_nothing(port, caplog):
    with site_of(port, **{"ldap.uri": f"ldap://127.0.0.2:{port}"}) as site:
        assert "does not answer" in sign_in(site, "ines", PEOPLE["ines"][1]).text


def test_a_directory_that_is_not_there_leaves_local_users_alone(caplog):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        library()
        with site_of(silent.getsockname()[1], **{"ldap.timeout_seconds": 0.5}) as site:
            site.add_user("ann")
            assert sign_in(site, "ann", LOCAL).get("/whoami").text.startswith("ann: ")
            for name in ("ines", "ann"):
                answer = sign_in(site, name, "wrong")
                assert answer.status == 401
                assert "does not answer" in answer.text


def test_no_log_has_a_password(port, caplog):
    caplog.set_level(logging.DEBUG)
    with site_of(port, **{"ldap.bind_password": "not that one"}) as site:
        assert "does not answer" in sign_in(site, "ines", PEOPLE["ines"][1]).text
    assert "not that one" not in caplog.text
    assert PEOPLE["ines"][1] not in caplog.text
    assert SITE_PASSWORD not in repr(load_settings(None, environ_of(port)))


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"ldap.uri": "localhost"}, "ldap.uri"),
        ({"ldap.people_dn": ""}, "ldap.people_dn"),
        ({"ldap.person_filter": "(uid=ines)"}, "ldap.person_filter"),
        ({"ldap.group_filter": "(member=ines)"}, "ldap.group_filter"),
        ({"ldap.roles": ["press"]}, "ldap.roles"),
        ({"ldap.roles": ["press = editr"]}, "editr"),
        ({"ldap.roles": ["press = owner"]}, "owner"),
    ],
)
def test_settings_that_do_not_fit_stop_the_start(more, wanted):
    library()
    with pytest.raises(SettingsError, match=wanted), site_of(1, **more):
        pass


def test_without_the_extra_the_start_says_what_to_install(monkeypatch):
    monkeypatch.setattr("objpub.security.directory.LIBRARY", "no_such_library")
    with pytest.raises(SettingsError, match=r"pip install 'objpub\[ldap\]'"), site_of(1):
        pass


# A site's own way


@authenticate
def by_company(name, password):
    return Claim("nora", title="Nora Lund", roles=frozenset({"editor"})) if password == "company" else None


def test_a_site_asks_in_its_own_way():
    with testing.site(whoami, by_company) as site:
        site.add_user("ann")
        assert (
            sign_in(site, "n.lund", "company").get("/whoami").text == "nora: authenticated, editor, everyone"
        )
        assert sign_in(site, "n.lund", "x").status == 401
        assert sign_in(site, "ann", "company").status == 401
