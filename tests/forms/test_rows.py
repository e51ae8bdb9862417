"""Which control each kind of field gets, as it stands in the page."""

from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Literal

import pytest

from objpub import testing
from objpub.content import Content
from objpub.content import File
from objpub.content import Image
from objpub.content import Site
from objpub.forms import form_for
from objpub.forms.rows import WIDGETS
from objpub.schema import Email
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.schema import schema_of
from objpub.schema import URL
from objpub.testing import pages
from objpub.views import view

MANY = tuple(f"way {number}" for number in range(13))


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Target(Content, addable="anywhere"):
    title: str = ""


class Everything(Content, addable="anywhere"):
    line: str = field(description="One line.")
    text: str = field(default="", multiline=True)
    rich: RichText = ""
    marked: Markdown = ""
    number: int | None = None
    real: float | None = None
    price: Decimal | None = None
    yes: bool = False
    perhaps: bool | None = None
    day: date | None = None
    moment: datetime | None = None
    few: Size = Size.SMALL
    many: Literal["xs", "s", "m", "l", "xl"] = "m"
    mail: Email | None = None
    home: URL | None = None
    near: Ref[Target] | None = None
    photo: Image | None = None
    paper: File | None = None
    tags: frozenset[str] = frozenset()
    lines: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    riches: tuple[RichText, ...] = ()
    stanzas: tuple[Markdown, ...] = ()
    boxes: frozenset[Literal["tide", "bird", "plant"]] = frozenset()
    list_of_ways: frozenset[str] = field(default=frozenset(), choices={each: each.title() for each in MANY})
    targets: tuple[Ref[Target], ...] = ()
    set_of_targets: frozenset[Ref[Target]] = frozenset()


#: Field → the kind of its control, what is around it, and attributes that matter.
CONTROLS = {
    "line": ("text", "", {"required": "required"}),
    "text": ("textarea", "", {"rows": "4", "spellcheck": "true"}),
    "rich": ("textarea", "richtext", {}),
    "marked": ("textarea", "markdown", {}),
    "number": ("text", "", {"inputmode": "numeric"}),
    "real": ("text", "", {"inputmode": "decimal"}),
    "price": ("text", "", {"inputmode": "decimal"}),
    "yes": ("checkbox", "", {}),
    "perhaps": ("select", "", {}),
    "day": ("date", "", {}),
    "moment": ("datetime-local", "", {"step": "1"}),
    "few": ("radio", "", {}),
    "many": ("select", "", {}),
    "mail": ("email", "", {}),
    "home": ("url", "", {}),
    "near": ("text", "reference", {}),
    "photo": ("file", "file", {}),
    "paper": ("file", "file", {}),
    "upload": ("file", "file", {}),
    "tags": ("textarea", "tags", {}),
    "lines": ("textarea", "", {"rows": "3"}),
    "numbers": ("textarea", "", {"rows": "3"}),
    "riches": ("textarea", "", {"rows": "4"}),
    "stanzas": ("textarea", "", {"rows": "4"}),
    "boxes": ("checkbox", "", {}),
    "list_of_ways": ("select", "", {"multiple": "multiple"}),
    "targets": ("textarea", "references", {}),
    "set_of_targets": ("textarea", "references", {}),
}


class ReaderOfWidgets(pages.Reader):
    """Reads in which `data-widget` each control stands, too: name → the word, "" for none."""

    def __init__(self):
        super().__init__()
        self.around = []
        self.widgets = {}

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        found = dict(attrs)
        if tag == "div":
            self.around.append(found.get("data-widget") or "")
        elif "name" in found:
            self.widgets.setdefault(found["name"], "".join(self.around))

    def handle_endtag(self, tag):
        super().handle_endtag(tag)
        if tag == "div":
            self.around.pop()


def things():
    template = str(Path(__file__).parent / "templates" / "form-page.pt")

    @view(Site, "add", permission="add", template=template)
    def add_form(context, request, kind: str):
        return {"form": form_for(request, {"everything": Everything, "file": File}[kind])}

    @view(Content, "edit", permission="edit", template=template)
    def edit_form(context, request):
        return {"form": form_for(request, context)}

    return Target, Everything, add_form, edit_form


@pytest.fixture
def site():
    with testing.site(*things()) as site:
        site.add_user("anna", roles=["editor"])
        site.client.login("anna")
        yield site


def read(text):
    """Return the controls of the form in a page by their names, and what is around them."""
    reader = ReaderOfWidgets()
    reader.feed(text)
    reader.close()
    controls = {}
    for each in reader.page.forms[0].controls:
        controls.setdefault(each.name, []).append(each)
    return controls, reader.widgets


def test_each_kind_of_field_has_its_own_control(site):
    found = {}
    for kind in ("everything", "file"):
        controls, around = read(site.client.get(f"/add?kind={kind}").text)
        for name, (first, *_) in controls.items():
            if name in CONTROLS:
                matter = {each: first.attributes.get(each) for each in CONTROLS[name][2]}
                found[name] = (first.kind, around[name], matter)
    assert found == CONTROLS


def test_every_kind_of_field_there_is_has_been_looked_at():
    fields = [*schema_of(Everything).values(), schema_of(File)["upload"]]
    looked_at = {each.kind.name for each in fields}
    assert set(WIDGETS) <= looked_at


def test_choices_are_buttons_or_lists_as_many_as_there_are(site):
    controls, _ = read(site.client.get("/add?kind=everything").text)
    assert [each.value for each in controls["few"]] == ["small", "large"]
    assert [value for value, _, _ in controls["many"][0].options] == ["xs", "s", "m", "l", "xl"]
    assert [text for _, text, _ in controls["perhaps"][0].options] == ["Not set", "Yes", "No"]
    assert [each.value for each in controls["boxes"]] == ["tide", "bird", "plant"]
    assert len(controls["list_of_ways"][0].options) == 13


def test_a_stored_choice_that_is_no_longer_offered_stays_while_it_is_there(site):
    with site.work() as root:
        root.add("old", Everything(line="Old"))
        root["old"].__dict__["many"] = "xxl"
        root["old"]._p_changed = True
    form = site.client.get("/old/edit").form(0)
    assert form["many"] == "xxl"


def test_what_is_said_of_a_field_describes_its_control(site):
    page = site.client.get("/add?kind=everything")
    controls, _ = read(page.text)
    assert controls["line"][0].attributes["aria-describedby"] == "field-line-hint"
    assert '<p class="hint" id="field-line-hint">One line.</p>' in page.text


def test_texts_of_many_lines_have_one_place_more_than_there_are_texts(site):
    with site.work() as root:
        root.add("poem", Everything(line="Poem", stanzas=("One\ntwo", "Three"), riches=("<p>One</p>",)))
    controls, _ = read(site.client.get("/poem/edit").text)
    assert [each.value.strip() for each in controls["stanzas"]] == ["One\ntwo", "Three", ""]
    assert [each.value.strip() for each in controls["riches"]] == ["<p>One</p>", ""]
