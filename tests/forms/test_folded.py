"""Fields that are rarely needed: folded away in a form, and open where one of them needs attention."""

import pytest

from objpub import testing
from objpub.content import Content
from objpub.errors import DeclarationError
from objpub.forms import form_for
from objpub.forms import submit_edit
from objpub.publisher import Markup
from objpub.schema import field
from objpub.schema import schema_of
from objpub.views import view


class Note(Content, addable="anywhere"):
    title: str = ""
    weight: int | None = field(default=None, ge=1, folded=True)
    source: str = field(default="", title="Where from", folded=True)
    text: str = ""


@view(Note, permission="edit")
def show(note, request, only: str | None = None):
    return Markup(form_for(request, note, [only] if only else None).__html__())


@view(Note, method="POST", permission="edit")
def save(note, request):
    outcome = submit_edit(request, note)
    return "saved" if outcome.saved else Markup(outcome.form.__html__())


@pytest.fixture
def site():
    with testing.site(__name__) as site:
        site.add_user("ada", roles=["manager"])
        with site.work() as root:
            root.add("note", Note(title="A"))
        site.client.login("ada")
        yield site


def test_fields_that_are_rarely_needed_stand_last_and_folded(site):
    page = site.client.get("/note").text
    assert page.index('name="text"') < page.index("<details") < page.index('name="weight"')
    assert '<details class="folded"><summary><b>More</b>' in page
    assert "Weight, Where from" in page


def test_a_mistake_in_one_of_them_opens_them(site):
    page = site.client.post("/note", {"title": "A", "weight": "0", "source": "", "text": ""}).text
    assert '<details class="folded" open="open">' in page


def test_what_they_hold_is_saved_like_any_other(site):
    form = site.client.get("/note").form(0)
    assert form.fill(weight="7", source="x").submit().text == "saved"
    with site.work() as root:
        assert (root["note"].weight, root["note"].source) == (7, "x")


def test_a_form_without_such_fields_has_nothing_to_open(site):
    page = site.client.get("/note?only=title").text
    assert "<form" in page and "<details" not in page


def test_a_required_field_cannot_be_folded():
    class Wrong(Content):
        title: str = field(folded=True)

    with pytest.raises(DeclarationError, match="may stay empty"):
        schema_of(Wrong)
