"""Groups of values outside of forms: as JSON, on a page without a template, in the raw state."""

import pytest

from objpub import Content
from objpub import testing
from objpub.operations import add_new
from objpub.operations import inspect
from objpub.security import SYSTEM
from tests.manage.recipes import Source
from tests.manage.recipes import Step


class Card(Content, addable="anywhere"):
    """A recipe without a page of its own."""

    title: str = ""
    steps: tuple[Step, ...] = ()
    source: Source | None = None


STEPS = [{"title": "Mix", "minutes": 2, "stir": True, "tools": ["bowl", "spoon"]}, {"title": "Bake <b>"}]


@pytest.fixture
def card():
    with testing.site(Card, "objpub.manage", "objpub.api") as site:
        site.add_user("ann", roles=["manager"])
        with site.work() as root:
            add_new(SYSTEM, root, Card, {"title": "Cake", "steps": STEPS, "source": {"name": "Gran"}})
        site.client.login("ann")
        yield site


def test_the_api_gives_groups_as_objects(card):
    fields = card.client.get("/api/cake").json["fields"]
    assert fields["steps"][0] == {
        "title": "Mix",
        "minutes": 2,
        "how": "",
        "heat": None,
        "stir": True,
        "tools": ["bowl", "spoon"],
    }
    assert fields["source"] == {"name": "Gran", "day": None}


def test_a_page_without_a_template_tells_them_in_words(card):
    page = card.client.get("/cake")
    assert "Title: Mix; Minutes: 2; Stir all the time: yes; Tools: bowl, spoon" in page.text
    assert "Bake &lt;b&gt;" in page.text
    assert "Bake <b>" not in page.text


def test_the_raw_state_has_a_line_for_each_value(card):
    with card.work() as root:
        number = int.from_bytes(root["cake"]._p_oid, "big")
        rows = {row.name: row.text for row in inspect(SYSTEM, root, number).rows}
    assert rows["steps[0].title"] == "'Mix'"
    assert rows["source.name"] == "'Gran'"
