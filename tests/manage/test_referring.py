"""What links to something in a text of any kind is named before that is deleted."""

import pytest

from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.manage.kinds import Walk

THINGS = ("tests.manage.kinds", "objpub.importing")

#: Field, what stands in it, does it lead to /news/tides or into it?
TEXTS = [
    ("notes", "See [the tides](/news/tides).", True),
    ("notes", 'See [the tides](/news/tides/#high "High water").', True),
    ("notes", "See [the tides](</news/tides>).", True),
    ("notes", "See [the tides][1].\n\n[1]: /news/tides?print=1", True),
    ("notes", '<a href="/news/tides">Tides</a>', True),
    ("notes", "![A chart](/news/tides/photo)", True),
    ("notes", "See [others](/news/tides-and-moons).", False),
    ("notes", "See /news/tides, which is no link.", False),
    ("stanzas", ("First", "[Second](/news/tides)"), True),
    ("body", '<p><a href="/news/tides/#low">Low water</a></p>', True),
    ("body", '<p><a href="/news/tides-too">Not that</a></p>', False),
]


@pytest.mark.parametrize(("name", "text", "leads"), TEXTS)
def test_a_link_in_a_text_counts(site, name, text, leads):
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Walk, {"title": "Along the shore", name: text})
    page = site.browser().login("ines").get("/manage/news/@@delete?pick=tides")
    assert page.status == 200
    assert ("Along the shore" in page.text) is leads


def test_a_link_is_found_where_the_site_is_below_a_prefix(site):
    with site.work() as root:
        add_new(SYSTEM, root["archive"], Walk, {"title": "Along the shore", "notes": "[Tides](/news/tides)"})
        add_new(SYSTEM, root["archive"], Walk, {"title": "Inland", "notes": "[Tides](/intranet/news/tides)"})
    page = (
        site.browser()
        .login("ines")
        .get("/manage/news/@@delete?pick=tides", environ={"SCRIPT_NAME": "/intranet"})
    )
    assert "Along the shore" in page.text
    assert "Inland" in page.text
