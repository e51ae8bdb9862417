"""Groups of values in forms: shown, added, moved, taken out without scripts, merged, drafted, previewed."""

import html

import pytest

from objpub.operations import add_new
from objpub.operations import digests_of
from objpub.operations import edit
from objpub.security import SYSTEM
from tests.manage.recipes import Recipe

THINGS = ("tests.manage.recipes",)
EDIT = "/manage/news/cake/@@edit"
STEPS = [{"title": "Mix", "minutes": 2, "stir": True}, {"title": "Bake", "minutes": 40, "tools": ["tin"]}]


@pytest.fixture
def cake(site):
    """The site with a recipe at /news/cake, and ines signed in."""
    with site.work() as root:
        add_new(SYSTEM, root["news"], Recipe, {"title": "Cake", "steps": STEPS})
    site.client.login("ines")
    return site


def form_of(site, path=EDIT):
    return site.client.get(path).form("form")


def steps_of(site, name="cake"):
    with site.work() as root:
        return [(each.title, each.minutes, each.stir, each.tools) for each in root["news"][name].steps]


MIX, BAKE = ("Mix", 2, True, frozenset()), ("Bake", 40, False, frozenset({"tin"}))


def numbers(form):
    return [text for name, text in form.pairs() if name == "steps" and text.isdigit()]


def test_a_form_shows_each_group_and_saves_nothing_that_nobody_changed(cake):
    form = form_of(cake)
    assert (form["steps.0.title"], form["steps.1.minutes"], form["steps.1.tools"]) == ("Mix", "40", "tin")
    page = form.submit("stay").follow()
    assert page.status == 200
    assert steps_of(cake) == [MIX, BAKE]
    with cake.work() as root:
        assert root["news"]["cake"].source is None


def test_values_are_saved_and_a_box_without_its_tick_is_no(cake):
    form = form_of(cake)
    form["steps.0.stir"] = False
    form.fill(**{"steps.0.title": "Stir", "steps.1.minutes": "", "steps.1.tools": "tin\nglove"})
    page = form.submit("stay")
    assert page.status == 422
    assert "Step 2, Minutes: Type a number" in page.text
    form = page.form("form")
    assert form["steps.0.title"] == "Stir"
    form.fill(**{"steps.1.minutes": "45"}).submit("stay")
    assert steps_of(cake) == [("Stir", 2, False, frozenset()), ("Bake", 45, False, {"tin", "glove"})]


@pytest.mark.parametrize(
    ("name", "sent", "says"),
    [
        ("steps", "Mix", "Steps: Wanted the numbers of groups, not 'Mix'"),
        ("steps", "1000000", "Steps: Wanted the numbers of groups"),
        ("source", "Grandmother", "Source: Wanted the numbers of groups, not 'Grandmother'"),
        ("source", "1", "Source: Wanted one group, not 2"),
    ],
)
def test_what_no_form_sends_takes_no_group_away(cake, name, sent, says):
    form_of(cake).submit("source.add").form("form").fill(**{"source.0.name": "Aunt"}).submit("stay")
    sending = [(each, text) for each, text in form_of(cake).pairs() if sent == "1" or each != name]
    page = cake.client.post(EDIT, [*sending, (name, sent), ("source.1.name", "Uncle")])
    assert page.status == 422
    assert says in html.unescape(page.text)
    assert cake.client.post(EDIT, [*sending, (name, sent), ("_group", f"{name}.add")]).status == 200
    assert steps_of(cake) == [MIX, BAKE]
    with cake.work() as root:
        assert root["news"]["cake"].source.name == "Aunt"


def test_groups_are_added_moved_and_taken_out_without_scripts(cake):
    form = form_of(cake).fill(title="Best cake")
    page = form.submit("steps.add")
    assert page.status == 200
    form = page.form("form")
    assert (form["title"], numbers(form), form["steps.2.minutes"]) == ("Best cake", ["0", "1", "2"], "5")
    form.fill(**{"steps.2.title": "Eat"})
    form = form.submit("steps.up.2").form("form")
    assert (numbers(form), form["steps.2.title"]) == (["0", "2", "1"], "Eat")
    form = form.submit("steps.down.0").form("form")
    assert numbers(form) == ["2", "0", "1"]
    form = form.submit("steps.remove.0").form("form")
    assert numbers(form) == ["2", "1"]
    assert steps_of(cake) == [MIX, BAKE]  # nothing is saved yet
    form = form.submit("source.add").form("form")
    form.fill(**{"source.0.name": "Grandmother", "source.0.day": "2026-01-02"}).submit("stay")
    assert steps_of(cake) == [("Eat", 5, False, frozenset()), BAKE]
    with cake.work() as root:
        assert root["news"]["cake"].source.name == "Grandmother"
        assert root["news"]["cake"].title == "Best cake"
    form = form_of(cake).submit("source.remove.0").form("form")
    form.submit("stay")
    with cake.work() as root:
        assert root["news"]["cake"].source is None


def test_the_last_group_can_be_taken_out(cake):
    form = form_of(cake).submit("steps.remove.0").form("form")
    form.submit("steps.remove.1").form("form").submit("stay")
    assert steps_of(cake) == []


def test_an_error_stands_at_the_control_of_its_group(cake):
    form = form_of(cake).submit("steps.up.1").form("form")
    page = form.fill(**{"steps.1.minutes": "100"}).submit("stay")
    assert page.status == 422
    assert 'id="field-steps.1.minutes-error"' in page.text
    assert 'href="#field-steps.1.minutes">Step 1, Minutes: Wanted a whole number from 1 to 99' in page.text
    assert 'id="field-steps.0.minutes-error"' not in page.text
    assert numbers(page.form("form")) == ["1", "0"]


def test_too_many_groups_are_refused_and_kept_in_the_form(cake):
    form = form_of(cake)
    for number in (2, 3, 4):
        form = form.submit("steps.add").form("form").fill(**{f"steps.{number}.title": f"More {number}"})
    page = form.submit("stay")
    assert page.status == 422
    assert "Steps: Wanted at most 4 items, not 5" in page.text
    assert page.form("form")["steps.4.title"] == "More 4"


def test_something_new_has_groups_from_the_start(cake):
    form = form_of(cake, "/manage/news/@@add?type=Recipe").fill(title="Soup")
    form = form.submit("steps.add").form("form").fill(**{"steps.0.title": "Boil"})
    assert form["title"] == "Soup"
    assert form.submit("stay").status == 303
    assert steps_of(cake, "soup") == [("Boil", 5, False, frozenset())]


def test_two_people_meet_in_one_field_and_other_fields_are_merged(cake):
    form = form_of(cake)
    with cake.work() as root:
        edit(SYSTEM, root["news"]["cake"], {"title": "Theirs"}, digests_of(root["news"]["cake"]))
    form.fill(**{"steps.0.title": "Whisk"}).submit("stay")
    assert steps_of(cake)[0][0] == "Whisk"
    with cake.work() as root:
        assert root["news"]["cake"].title == "Theirs"
    form = form_of(cake)
    with cake.work() as root:
        cake_here = root["news"]["cake"]
        edit(SYSTEM, cake_here, {"steps": [{"title": "Fold"}, *STEPS[1:]]}, digests_of(cake_here))
    page = form.fill(**{"steps.0.title": "Beat", "steps.1.minutes": "50"}).submit("stay")
    assert page.status == 409
    assert "both changed Steps" in page.text
    assert steps_of(cake)[0][0] == "Fold"
    form = page.form("form")
    form["_keep.steps"] = "mine"
    form.submit("stay")
    assert [each[:2] for each in steps_of(cake)] == [("Beat", 2), ("Bake", 50)]


def test_a_draft_holds_groups_and_is_shown_and_published(cake):
    form_of(cake).submit("steps.remove.0").form("form").fill(**{"steps.1.title": "Roast"}).submit("draft")
    assert steps_of(cake) == [MIX, BAKE]
    page = cake.client.get(f"{EDIT}?draft=on")
    form = page.form("form")
    assert (numbers(form), form["steps.0.title"]) == (["0"], "Roast")
    assert "Title: Roast; Minutes: 40; Tools: tin" in page.text
    form.submit("stay")
    assert [each[0] for each in steps_of(cake)] == ["Roast"]


def test_a_preview_shows_what_was_typed_and_keeps_nothing(cake):
    form = form_of(cake).fill(**{"steps.0.title": "Whirl"})
    page = cake.client.post("/manage/news/cake/@@preview", list(form.pairs()))
    assert "<b>Whirl</b>, 2 minutes" in page.text
    assert steps_of(cake)[0] == MIX


def test_a_form_written_by_hand_needs_no_numbers(cake):
    pairs = [(name, text) for name, text in form_of(cake).pairs() if not name.startswith(("steps", "source"))]
    pairs += [("steps.7.title", "Last"), ("steps.3.title", "First"), ("_then", "stay")]
    assert cake.client.post(EDIT, pairs).status == 303
    assert steps_of(cake) == [("First", 5, False, frozenset()), ("Last", 5, False, frozenset())]
