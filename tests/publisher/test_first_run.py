import re

import pytest

from objpub import testing
from objpub.errors import DatabaseError
from objpub.publisher import first_run
from objpub.publisher import greeting


def test_a_site_without_users_gets_a_manager_who_can_sign_in():
    with testing.site() as site:
        credentials = first_run(site.application)
        assert credentials.name == "admin"
        site.client.login("admin", credentials.password)
        with site.work() as root:
            assert "manager" in root.users.identity("admin").roles


def test_a_site_with_users_gets_nobody():
    with testing.site() as site:
        site.add_user("ann")
        before = site.last_transaction()
        assert first_run(site.application) is None
        assert site.last_transaction() == before


def test_the_password_is_random_long_and_not_in_its_repr():
    made = []
    for _ in range(2):
        with testing.site() as site:
            made.append(first_run(site.application))
    assert made[0].password != made[1].password
    assert all(re.fullmatch(r"([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}", each.password) for each in made)
    assert made[0].password not in repr(made[0])


def test_the_greeting_has_address_and_sign_in_once():
    with testing.site() as site:
        credentials = first_run(site.application)
        first = greeting(site.application, "http://localhost:8080/", credentials)
        assert "http://localhost:8080/login" in first
        assert credentials.password in first
        later = greeting(site.application, "http://localhost:8080/", first_run(site.application))
        assert credentials.password not in later
        assert "objpub user passwd admin" in later


def test_the_greeting_names_the_address_of_visitors_and_a_manager():
    with testing.site(settings={"server.url": "https://coast.example.org"}) as site:
        site.add_user("ann", roles=["manager"])
        text = greeting(site.application, "http://localhost:8080/", None)
        assert "https://coast.example.org/login" in text
        assert "It listens at http://localhost:8080/" in text
        assert "objpub user passwd ann" in text


@pytest.mark.parametrize("uri", ["nosuch:site", "file:", "sqlite:"])
def test_what_is_wrong_with_the_address_of_the_database_names_the_setting(uri):
    with (
        pytest.raises(DatabaseError, match=r"\(the setting database\.uri\)"),
        testing.site(settings={"database.uri": uri}),
    ):
        pass
