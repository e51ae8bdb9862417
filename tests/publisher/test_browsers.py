"""Browsers by name."""

import pytest

from objpub import testing
from objpub.publisher import browser_named

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.0 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0"
    " Safari/537.36 Edg/130.0.0.0"
)


@pytest.mark.parametrize(
    "agent, name",
    [
        (LINUX, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_what_people_call_it(agent, name):
    assert browser_named(agent) == name


def test_a_session_knows_its_browser():
    with testing.site() as site:
        site.add_user("ann")
        form = site.client.get("/login").form(0).fill(name="ann", password=testing.PASSWORD)
        form.submit(headers={"User-Agent": LINUX})
        with site.work() as root:
            keys = list(root.users.sessions._records)
            assert root.users.sessions.notes(keys[0], "browser") == ("Firefox on Linux",)
