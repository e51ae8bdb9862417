"""What a form or a query names beside what was declared: none of it is stored, called, cached or obeyed."""

import ast
import random
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from objpub import testing
from objpub.content import walk
from objpub.lineage import path_of
from objpub.testing import PASSWORD
from tests.manage.conftest import settle
from tests.publisher.running import basic
from tests.publisher.running import served

HOUSE = Path(__file__).parent.parent.parent / "objpub"


@pytest.fixture(scope="module")
def site():
    with testing.site("objpub.manage", "tests.manage.pages") as site:
        settle(site)
        yield site


@pytest.fixture(scope="module")
def wire(site):
    with served(site) as wire:
        yield wire


#: Names that no form has, with what would be won by each.
UNDECLARED = {
    "__class__": "objpub.content.Site",
    "__parent__": "/archive",
    "__name__": "stolen",
    "__dict__": "{}",
    "_grants": "user:ines",
    "_permissions": "view everyone",
    "_cuts": "grants",
    "_p_changed": "1",
    "_owner": "ines",
    "owner": "ines",
    "creator": "ines",
    "created": "1970-01-01T00:00",
    "modified": "1970-01-01T00:00",
    "roles": "manager",
    "groups": "staff",
    "permission": "manage",
    "password": "x",
    "token": "x",
    "workflow_state": "published",
    "title.x": "y",
    "title[]": "y",
    "title:int": "1",
    "title:method": "delete",
    ":method": "delete",
    ":action": "delete",
    "_method": "DELETE",
    "_charset_": "utf-7",
    "form.widgets.title": "y",
    "-C": "",
}


def state_of(site):
    """Return who may do what, which names there are, and what is stored of one page, but for its title."""
    with site.work() as root:
        users = {name: sorted(root.users.roles_given(f"user:{name}")) for name in root.users}
        names = sorted(each.__name__ or "" for each in walk(root))
        tides = root["news"]["tides"]
        stored = {
            name: repr(value) for name, value in vars(tides).items() if name != "title" and name[:3] != "_v_"
        }
        return users, names, stored, type(tides), path_of(tides)


@pytest.mark.parametrize("name", UNDECLARED)
def test_a_form_changes_what_was_declared_and_nothing_else(site, wire, name):
    before = state_of(site)
    cookie = wire.sign_in("ines")
    page = wire.ask("GET", "/manage/news/tides/@@edit", Cookie=cookie).text
    started = re.search(r'name="_started" value="([^"]+)"', page)[1]
    body = urlencode({"_started": started, "title": "Tides", name: UNDECLARED[name]})
    answer = wire.ask("POST", "/manage/news/tides/@@edit", body, Cookie=cookie, Origin=wire.origin)
    assert answer.status in {303, 400, 422}
    assert state_of(site) == before


@pytest.mark.parametrize("address", ["/manage/@@profile", "/manage/@@user?id=ines"])
@pytest.mark.parametrize("name", ["roles", "groups", "name", "_roles", "id", "password", "new_password"])
def test_nobody_becomes_more_by_a_field_that_a_page_about_people_does_not_have(site, wire, address, name):
    before = state_of(site)
    value = {"name": "admin", "id": "admin"}.get(name, "manager")
    cookie = wire.sign_in("ines")
    body = urlencode([("title", "Ines"), (name, value), ("_empty", name)])
    answer = wire.ask("POST", address, body, Cookie=cookie, Origin=wire.origin)
    assert answer.status in {303, 403, 409, 422}
    assert state_of(site) == before
    assert wire.ask("GET", "/", Authorization=basic("ines")).status == 200


PARAMETERS = """
skin skinnable theme language LANGUAGE lang locale set_language __locale__ view template layout ajax_load
format charset encoding callback jsonp debug pdb trace profile nocache date at version revision workspace
came_from next return_to url redirect target _authenticator disable_border fullname username userid
""".split()


@pytest.mark.parametrize("path", ["/", "/news/", "/news/tides"])
def test_a_parameter_that_no_view_takes_changes_nothing(wire, path):
    plain = wire.ask("GET", path)
    for name in PARAMETERS:
        for value in ("de", "../../etc/passwd", "//evil.example/x", "1"):
            answer = wire.ask("GET", f"{path}?{urlencode({name: value})}")
            assert (answer.status, answer.text) == (200, plain.text), name
            assert answer.header("Location") is None


UNKEYED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Scheme": "nothttps",
    "X-Host": "evil.example",
    "X-Original-URL": "/login",
    "X-Rewrite-URL": "/login",
    "Accept-Language": "xx",
    "User-Agent": "<script>alert(1)</script>",
    "Referer": "http://evil.example/<script>",
    "X-Theme": "evil",
    "From": "evil@example.org",
    "Via": "evil",
    "Cookie": "theme=evil; language=xx",
}


@pytest.mark.parametrize("name", UNKEYED)
def test_what_a_cache_does_not_know_of_does_not_change_a_page(wire, name):
    plain = wire.ask("GET", "/news/tides")
    answer = wire.ask("GET", "/news/tides", **{name: UNKEYED[name]})
    assert (answer.status, answer.text) == (plain.status, plain.text)


LISTS = """
page=-1 page=0 page=99999999999999999999 page=x page=1e9 page=%00 after=%00 after=../x after=__class__
after=x%ff%fe sort=__class__ sort=_p_oid sort=-__dict__ sort=password sort=title.x by=__class__ up=x q=%00
size=1000000 limit=1000000 b_size=100000 b_start:int=-5 n=-1 type=__class__ type=objpub.security.User state=x
""".split()


@pytest.mark.parametrize(
    "path", ["/news/", "/manage/news/", "/manage/@@users", "/manage/@@trash", "/manage/@@audit"]
)
def test_no_parameter_of_a_list_makes_it_long_or_fail(wire, path):
    headers = {"Authorization": basic("admin"), "Accept": "text/html"}
    for each in (*LISTS, f"q={'a' * 5_000}", f"q={'(a+)+$' * 500}", "&".join(f"q={n}" for n in range(1_000))):
        answer = wire.ask("GET", f"{path}?{each}", **headers)
        assert answer.status in {200, 303, 400, 404, 422}, (path, each[:60], answer.status)
        assert len(answer.body) < 300_000, (path, each[:60])


def test_no_page_has_anything_of_a_password_or_a_session(site, wire):
    cookie = wire.sign_in("admin")
    with site.work() as root:
        keys = list(root.users.sessions._records)
    seen, waiting, texts = (
        set(),
        ["/", "/manage/", "/manage/@@users", "/manage/@@profile", "/manage/@@audit"],
        [],
    )
    while waiting and len(seen) < 120:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = wire.ask("GET", path, Cookie=cookie, Accept="text/html")
        if answer.status != 200 or "text" not in answer.header("Content-Type"):
            continue
        texts.append(answer.text)
        links = re.findall(r'href="(/[^"#?]*(?:\?[^"#&]*)?)', answer.text)
        waiting += [each for each in links if each not in seen and "/static/" not in each]
    whole = "\n".join(texts)
    assert len(texts) > 30
    for wrong in ("argon2", PASSWORD, cookie.partition("=")[2].partition(";")[0]):
        assert wrong not in whole, wrong
    assert [key for key in keys if key in whole] == []


def test_whoever_knows_the_state_of_the_random_numbers_knows_no_secret(site, wire):
    found = []
    for _ in range(2):
        random.seed(1)
        cookie = wire.sign_in("ines")
        page = wire.ask("GET", "/manage/news/@@add?type=Page", Cookie=cookie).text
        found.append((cookie, re.search(r'name="_once" value="([^"]+)"', page)[1]))
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]


#: Modules that fetch something from elsewhere, and who may use them: for the mail server of the settings, and
#: to see that a port is free.
FETCHING = {
    "urllib.request",
    "http.client",
    "httpx",
    "requests",
    "aiohttp",
    "ftplib",
    "socket",
    "smtplib",
    "ldap3",
    "ldap",
}
USES = {
    "jobs/webhooks.py": {"http.client", "socket"},  # to addresses that code or a manager chose
    "mail.py": {"smtplib"},
    "command/serving.py": {"socket"},
    "command/workers.py": {"socket"},
    "publisher/server.py": {"socket"},
    "publisher/fast.py": {"socket"},
    "publisher/software.py": {"socket"},
}


def test_the_site_fetches_nothing_from_an_address_that_somebody_sent():
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        names = {
            alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names
        }
        names |= {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and each.module}
        names |= {
            each.args[0].value
            for each in ast.walk(tree)
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "later"
        }
        if names & FETCHING:
            found[str(path.relative_to(HOUSE))] = names & FETCHING
    assert found == USES
