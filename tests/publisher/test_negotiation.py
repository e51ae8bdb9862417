"""The language and the version that a visitor wants: asked for when a view asks, and said to caches."""

import pytest

from objpub import choose_language
from objpub import choose_version
from objpub import testing
from objpub import view
from objpub.content import Site
from objpub.operations import set_site_fields
from objpub.publisher.negotiation import best_of
from objpub.security import SYSTEM


@view(Site, "language", permission="view")
def language(site, request):
    """Say the language, and how a number looks in it."""
    return f"{request.language} {request.format.number(1234.5)}"


@view(Site, "version", permission="view")
def version(site, request):
    """Say the version that is wanted."""
    return request.version or "none"


@choose_language
def by_cookie(request):
    """Let a cookie decide, where there is one."""
    return request.cookies.get("language")


@choose_version
def by_query(request):
    """Let the query decide, where it says something."""
    return request.form.get("version")


OFFERED = {"site.languages": ["en", "de-CH"]}


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("de", "de-CH"),
        ("de-CH,en;q=0.5", "de-CH"),
        ("en-GB", "en"),
        ("fr, de;q=0.3, en;q=0.2", "de-CH"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
        ("de;q=0, en", "en"),
        ("de;q=much, en;q=0.1", "en"),
        ("d, e", "en"),
    ],
)
def test_the_best_language_that_is_offered_is_chosen(header, answer):
    assert best_of(("en", "de-CH"), header) == answer


def test_the_header_decides_between_the_languages_of_the_settings_and_caches_hear_of_it():
    with testing.site(language, settings=OFFERED) as site:
        answer = site.client.get("/language", headers={"Accept-Language": "de"})
        assert answer.text.startswith("de-CH ")
        assert "Accept-Language" in answer.headers["Vary"]
        assert 'lang="de-CH"' in site.client.get("/", headers={"Accept-Language": "de"}).text


def test_without_the_setting_it_is_the_language_of_the_site():
    with testing.site(language) as site:
        with site.work() as root:
            root.locale = "de"
        answer = site.client.get("/language", headers={"Accept-Language": "en"})
        assert answer.text == "de 1.234,5"
        assert "Accept-Language" not in answer.headers["Vary"]


def test_code_of_the_site_decides_before_the_header():
    with testing.site(language, by_cookie, settings=OFFERED) as site:
        answer = site.client.get("/language", headers={"Accept-Language": "de", "Cookie": "language=en"})
        assert answer.text.startswith("en ")
        assert site.client.get("/language", headers={"Accept-Language": "de"}).text.startswith("de-CH ")


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, "none"),
        ({"Accept-Version": "2"}, "2"),
        ({"Accept": 'application/json; version="3"'}, "3"),
        ({"Accept": "application/json;q=0.5;version=3, */*"}, "3"),
        ({"Accept": "application/json; version="}, "none"),
    ],
)
def test_a_program_says_which_version_it_wants(headers, wanted):
    with testing.site(version) as site:
        answer = site.client.get("/version", headers=headers)
        assert answer.text == wanted
        assert "Accept-Version" in answer.headers["Vary"]


def test_code_of_the_site_decides_about_the_version():
    with testing.site(version, by_query) as site:
        assert site.client.get("/version?version=7", headers={"Accept-Version": "2"}).text == "7"
        assert site.client.get("/version", headers={"Accept-Version": "2"}).text == "2"


def test_the_languages_of_the_site_go_before_those_of_the_settings():
    with testing.site(language, settings=OFFERED) as site:
        asked = {"Accept-Language": "fr, de;q=0.5"}
        assert "de-CH" in site.client.get("/language", headers=asked).text
        with site.work() as root:
            set_site_fields(SYSTEM, root, {"languages": ("it", "fr")})
        answer = site.client.get("/language", headers=asked)
        assert "fr" in answer.text
        assert "Accept-Language" in answer.headers["Vary"]
        assert "it" in site.client.get("/language", headers={"Accept-Language": "de"}).text
