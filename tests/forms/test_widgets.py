"""Widgets of a site's own: in place of the control of one field of one type, and read like it."""

from html import escape

import pytest

from objpub import testing
from objpub.content import Content
from objpub.errors import DeclarationError
from objpub.forms import form_for
from objpub.forms import submit_edit
from objpub.forms import widget
from objpub.publisher import Markup
from objpub.schema import field
from objpub.views import view


class Boat(Content, addable="anywhere"):
    title: str = ""
    colour: str = field(default="#000000", pattern=r"#[0-9a-f]{6}", description="Of its hull.")
    sails: bool = False


class Ferry(Boat, addable="anywhere"):
    cars: int = 0


class Buoy(Content, addable="anywhere"):
    colour: str = "red"


@widget(Boat, "colour")
def colour(row, request):
    """A control of the browser that chooses a colour."""
    return Markup(
        f'<input type="color" id="{row.id}" name="{row.name}" value="{escape(row.text)}"'
        f' aria-describedby="{row.described}" />'
    )


@widget(Ferry, "cars")
def cars(row, request):
    return f"<b>{row.text} cars</b>"


@view(Content, "form", permission="edit")
def show(content, request):
    return Markup(form_for(request, content).__html__())


@view(Content, "form", method="POST", permission="edit")
def save(content, request):
    outcome = submit_edit(request, content)
    return "saved" if outcome.saved else Markup(outcome.form.__html__())


@pytest.fixture
def site():
    with testing.site(__name__) as site:
        site.add_user("ada", roles=["manager"])
        with site.work() as root:
            root.add("boat", Boat(title="A"))
            root.add("ferry", Ferry(title="B", cars=7))
            root.add("buoy", Buoy())
        site.client.login("ada")
        yield site


def test_it_stands_in_the_place_of_the_usual_control_and_is_read_like_it(site):
    page = site.client.get("/boat/@@form")
    assert page.text.count('name="colour"') == 1
    assert '<input type="color" id="field-colour" name="colour" value="#000000"' in page.text
    assert '<label for="field-colour">Colour</label>' in page.text and "Of its hull." in page.text
    assert page.form().fill(colour="#0a0b0c").submit().text == "saved"
    with site.work() as root:
        assert root["boat"].colour == "#0a0b0c"
    again = site.client.get("/boat/@@form").form().fill(colour='"red"').submit()
    assert 'value="&quot;red&quot;"' in again.text
    assert 'aria-describedby="field-colour-hint field-colour-error"' in again.text
    assert 'id="field-colour-error"' in again.text


def test_it_is_of_the_type_and_those_made_from_it_and_of_that_field_alone(site):
    ferry, buoy = site.client.get("/ferry/@@form").text, site.client.get("/buoy/@@form").text
    assert '<input type="color" id="field-colour"' in ferry
    assert "&lt;b&gt;7 cars&lt;/b&gt;" in ferry  # text is no HTML
    assert 'type="color"' not in buoy and 'id="field-colour"' in buoy


def test_a_field_that_is_none_stops_the_start():
    @widget(Boat, "color")
    def wrong(row, request):
        return ""

    with pytest.raises(DeclarationError, match="Boat has no field 'color'; did you mean 'colour'"):
        with testing.site(wrong):
            pass
