"""Groups of values at a browser: added, moved and taken out by mouse, by keys and without scripts."""

import pytest

from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.browsing import mistakes_on_every_screen
from tests.manage.recipes import Recipe

THINGS = ("tests.manage.recipes",)
EDIT = "/manage/news/cake/@@edit"
STEPS = [{"title": "Mix", "minutes": 2, "stir": True}, {"title": "Bake", "minutes": 40, "tools": ["tin"]}]
LAST, FIRST, BAKE = ("fieldset[data-number='2']", "fieldset[data-number='0']", "fieldset[data-number='1']")
ORDER = "all => all.map(each => each.dataset.number)"


@pytest.fixture
def cake(live):
    """The served site with a recipe at /news/cake."""
    with live.work() as root:
        add_new(SYSTEM, root["news"], Recipe, {"title": "Cake", "steps": STEPS})
    return live


def stored(live):
    with live.work() as root:
        recipe = root["news"]["cake"]
        return [(each.title, each.minutes, each.stir) for each in recipe.steps], recipe.source


def wait_for_order(page, *numbers):
    wanted = ",".join(numbers)
    for _ in range(200):
        page.wait_for_load_state("domcontentloaded")
        if ",".join(page.eval_on_selector_all("#field-steps-label ~ .groups > fieldset", ORDER)) == wanted:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the groups never stood as {wanted}")


def test_groups_are_added_moved_and_taken_out_in_every_way(cake, way):
    ines = way("ines")
    ines.go(EDIT)
    ines.press("Add step")
    wait_for_order(ines.page, "0", "1", "2")
    assert ines.page.evaluate("() => document.activeElement.id") == "field-steps.2.title"
    ines.write("Title", "Eat", LAST)
    ines.tick("Stir all the time", LAST)
    ines.press("Up Step 3")
    wait_for_order(ines.page, "0", "2", "1")
    ines.press("Remove Step 1")
    wait_for_order(ines.page, "2", "1")
    assert ines.page.locator("fieldset.group > legend").all_inner_texts() == ["Step 1", "Step 2"]
    assert stored(cake)[0] == [("Mix", 2, True), ("Bake", 40, False)]  # not saved yet
    ines.press("Add source")
    ines.page.wait_for_selector("[id='field-source.0.name']")
    ines.write("Name", "Grandmother", ".groups[data-name=source]")
    ines.press("Save", ".save")
    ines.told("Saved")
    steps, source = stored(cake)
    assert steps == [("Eat", 5, True), ("Bake", 40, False)]
    assert source.name == "Grandmother"
    ines.go("/news/cake")
    assert ines.page.locator("main li").all_inner_texts() == ["Eat, 5 minutes", "Bake, 40 minutes"]


def test_the_enter_key_saves_and_moves_nothing(cake):
    for scripts in (True, False):
        page = cake.as_("ines", scripts=scripts)
        page.goto(EDIT)
        page.fill("[id='field-steps.0.minutes']", "7" if scripts else "8")
        page.press("[id='field-steps.0.minutes']", "Enter")
        page.wait_for_selector("main >> text=Saved")
        assert stored(cake)[0] == [("Mix", 7 if scripts else 8, True), ("Bake", 40, False)]


def test_scripts_keep_the_keyboard_where_it_was_and_say_what_they_did(cake):
    page = cake.as_("ines")
    page.goto(EDIT)
    page.click("role=button[name='Down Step 1']")
    assert page.evaluate("() => document.activeElement.textContent") == "Up Step 2"
    assert page.inner_text(".groups[data-name=steps] > [role=status]") == "Step 1 → Step 2"
    assert "Steps" in page.inner_text("#unsaved")
    page.click("role=button[name='Remove Step 1']")
    assert page.inner_text(".groups[data-name=steps] > [role=status]") == "Step 1: removed"
    assert page.evaluate("() => document.activeElement.textContent") == "Remove Step 1"
    for _ in range(3):
        page.click("text=Add step")
    assert page.locator("text=Add step").is_hidden()  # four are the most
    page.click("role=button[name='Remove Step 4']")
    assert page.locator("text=Add step").is_visible()
    page.locator(f"{LAST} .tags input").fill("spoon")  # tags have their script in a new group, too
    page.keyboard.press("Enter")
    assert page.locator(f"{LAST} .tag").all_inner_texts() == ["spoon"]
    assert cake.complaints == []


def test_an_error_is_focused_in_its_group(cake):
    page = cake.as_("ines")
    page.goto(EDIT)
    page.click("text=Add step")
    page.fill("[id='field-steps.2.minutes']", "100")
    page.click(".save .go")
    page.wait_for_selector("#mistakes")
    assert page.evaluate("() => document.activeElement.id") == "field-steps.2.title"
    page.click("#mistakes >> text=Step 3, Minutes")
    assert page.evaluate("() => document.activeElement.id") == "field-steps.2.minutes"


@pytest.mark.parametrize("state", ["full", "wrong", "empty"])
def test_nothing_is_wrong_with_the_look(cake, state):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = cake.as_("ines")
    page.goto(EDIT)
    if state == "empty":
        page.click("role=button[name='Remove Step 1']")
        page.click("role=button[name='Remove Step 1']")
    else:
        page.click("text=Add source")
    if state == "wrong":
        page.fill("[id='field-steps.0.title']", "")
        page.click(".save .go")
        page.wait_for_selector("#mistakes")
    assert mistakes_on_every_screen(page, axe) == []
