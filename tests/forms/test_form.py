"""Every kind of field in a form: there and back, refused with what was typed, and hidden where it must be."""

import io
from datetime import date
from datetime import datetime
from datetime import UTC
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image as Picture

from objpub import testing
from objpub.content import Content
from objpub.content import File
from objpub.content import Image
from objpub.content import Site
from objpub.errors import DeclarationError
from objpub.forms import form_for
from objpub.forms import submit_add
from objpub.forms import submit_edit
from objpub.schema import Email
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.schema import URL
from objpub.security import override_permission
from objpub.views import view


class Mood(Enum):
    CALM = "calm"
    WILD = "wild"


class Target(Content, addable="anywhere"):
    title: str = ""


class Everything(Content, addable="anywhere"):
    title: str
    story: str = field(default="", multiline=True)
    rich: RichText = ""
    text: Markdown = ""
    number: int | None = field(default=None, ge=1, le=9)
    real: float | None = None
    price: Decimal | None = None
    open_now: bool = field(default=True, description="Is it open to everybody?")
    perhaps: bool | None = None
    day: date | None = None
    moment: datetime | None = None
    mood: Mood = Mood.CALM
    size: Literal["s", "m", "l", "xl", "xxl"] = "m"
    choice: str | None = field(default=None, choices={"a": "First", "b": "Second"})
    tags: tuple[str, ...] = ()
    kinds: frozenset[Literal["tide", "bird", "plant"]] = frozenset()
    numbers: tuple[int, ...] = ()
    notes: tuple[str, ...] = field(default=())
    mail: Email | None = None
    home: URL | None = None
    near: Ref[Target] | None = None
    secret: str = field(default="hidden", write="manage")


class Walk(Content, addable="anywhere"):
    title: str
    stanzas: tuple[Markdown, ...] = ()
    way: Literal["up", "down"] | None = None
    photo: Image | None = None
    paper: File | None = None


@pytest.fixture
def site():
    with testing.site(*things()) as site:
        site.add_user("anna", roles=["editor"])
        with site.work() as root:
            root.time_zone = "Europe/Berlin"
            root.add("target", Target(title="The target"))
            root.add("other", Everything(title="Other"))
            root.add("walk", Walk(title="Walk"))
            root.add("all", Everything(title="All"))
        site.client.login("anna")
        yield site


def things():
    template = Path(__file__).parent / "form-page.pt"

    @view(Everything, permission="view")
    @view(Walk, permission="view")
    def show(context, request):
        return context.title

    @view(Everything, "edit", permission="edit", template=template.name)
    @view(Walk, "edit", permission="edit", template=template.name)
    def edit_form(context, request):
        return {"form": form_for(request, context)}

    @view(Everything, "edit", method="POST", permission="edit", template=template.name)
    @view(Walk, "edit", method="POST", permission="edit", template=template.name)
    def save(context, request):
        outcome = submit_edit(request, context)
        return request.redirect(context, message=outcome.message) if outcome.saved else outcome.page(request)

    @view(Site, "add", permission="add", template=template.name)
    def add_form(context, request, kind: str):
        return {"form": form_for(request, KINDS[kind])}

    @view(Site, "add", method="POST", permission="add", template=template.name)
    def add(context, request, kind: str):
        outcome = submit_add(request, context, KINDS[kind])
        return request.redirect(outcome.resource) if outcome.saved else outcome.page(request)

    return Target, Everything, Walk, show, edit_form, save, add_form, add


KINDS = {"everything": Everything, "walk": Walk}

ROUND = [
    ("title", "Other words", "Other words"),
    ("story", "\nOne\ntwo", "\nOne\ntwo"),
    ("rich", "<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
    ("text", "# Hello", "# Hello"),
    ("number", "7", 7),
    ("real", "2.5", 2.5),
    ("price", "12.50", Decimal("12.50")),
    ("open_now", False, False),
    ("perhaps", "no", False),
    ("day", "2026-11-01", date(2026, 11, 1)),
    ("moment", "2026-11-01T13:30", datetime(2026, 11, 1, 12, 30, tzinfo=UTC)),
    ("mood", "wild", "wild"),
    ("size", "xl", "xl"),
    ("choice", "b", "b"),
    ("tags", "tide\nbirds", ("tide", "birds")),
    ("kinds", ["tide", "bird"], frozenset({"tide", "bird"})),
    ("numbers", "3\n4", (3, 4)),
    ("mail", "anna@example.org", "anna@example.org"),
    ("home", "https://example.org/", "https://example.org/"),
]


def stored(site, name, attribute):
    with site.work() as root:
        return getattr(root[name], attribute)


@pytest.mark.parametrize(("name", "typed", "wanted"), ROUND, ids=[each[0] for each in ROUND])
def test_what_is_typed_is_stored_and_shown_again(site, name, typed, wanted):
    form = site.client.get("/all/edit").form(0)
    form[name] = typed
    assert form.submit().status == 303
    assert stored(site, "all", name) == wanted
    before = site.last_transaction()
    again = site.client.get("/all/edit").form(0)
    assert again.submit().status == 303  # nothing touched, nothing written
    assert site.last_transaction() == before
    assert stored(site, "all", name) == wanted


def test_a_reference_is_stored_and_shown_as_its_path(site):
    form = site.client.get("/all/edit").form(0)
    form["near"] = "/target"
    assert form.submit().status == 303
    with site.work() as root:
        assert root["all"].near is root["target"]
    page = site.client.get("/all/edit")
    assert page.form(0)["near"] == "/target"
    assert '<b class="refers">The target</b>' in page.text


def test_a_reference_to_what_somebody_may_not_see_is_refused_as_if_it_were_not_there(site):
    with site.work() as root:
        override_permission(root["target"], "view", ())
    hidden, missing = (
        site.client.get("/all/edit").form(0).fill(near=path).submit() for path in ("/target", "/nowhere")
    )
    assert hidden.status == missing.status == 422
    assert "The target" not in hidden.text
    assert hidden.text.count("/target") == missing.text.count("/nowhere")
    with site.work() as root:
        assert root["all"].near is None


BAD = [
    ("title", "", "give it a title"),
    ("number", "12", "from 1 to 9"),
    ("number", "many", "number"),
    ("real", "2,5,1", "number"),
    ("price", "dear", "number"),
    ("day", "tomorrow", "date"),
    ("moment", "soon", "date and time"),
    ("numbers", "1\nx", "item 2"),
    ("mail", "nobody", "mail"),
    ("home", "ftp:/x", "address"),
    ("near", "/nowhere", "path of a target"),
    ("near", "/other", "reference to a target"),
]


@pytest.mark.parametrize(("name", "typed", "message"), BAD, ids=[f"{n}-{t!r}" for n, t, _ in BAD])
def test_a_bad_value_is_refused_at_its_field_and_kept(site, name, typed, message):
    before = site.last_transaction()
    form = site.client.get("/all/edit").form(0)
    form[name] = typed
    form["story"] = "Typed meanwhile"
    page = form.submit()
    assert page.status == 422
    assert site.last_transaction() == before
    again = page.form(0)
    assert again[name].replace("\r\n", "\n") == typed
    assert again["story"] == "Typed meanwhile"
    assert f'href="#field-{name}"' in page.text
    assert f'id="field-{name}-error"' in page.text
    assert message in page.text.lower()
    assert page.text.count("autofocus=") == 1
    control = next(each for each in again._form.controls if each.name == name)
    assert control.attributes["aria-invalid"] == "true"
    assert f"field-{name}-error" in control.attributes["aria-describedby"]


def test_every_error_comes_at_once(site):
    form = site.client.get("/all/edit").form(0)
    page = form.fill(number="0", mail="x", day="never", near="/nowhere").submit()
    assert page.status == 422
    for name in ("number", "mail", "day", "near"):
        assert f'id="field-{name}-error"' in page.text


def test_a_mended_form_is_saved(site):
    form = site.client.get("/all/edit").form(0)
    page = form.fill(number="0", title="New").submit()
    assert page.form(0).fill(number="3").submit().status == 303
    assert (stored(site, "all", "number"), stored(site, "all", "title")) == (3, "New")


def test_what_was_chosen_can_be_taken_back(site):
    form = site.client.get("/all/edit").form(0)
    assert form.fill(kinds=["tide", "bird"], choice="a").submit().status == 303
    form = site.client.get("/all/edit").form(0)
    assert form.fill(kinds=[], choice="").submit().status == 303
    assert (stored(site, "all", "kinds"), stored(site, "all", "choice")) == (frozenset(), None)


def test_what_is_no_date_is_shown_again_where_a_browser_keeps_it(site):
    form = site.client.get("/all/edit").form(0)
    page = form.fill(day="tomorrow", moment="2026-11-01T13:30").submit()
    kinds = {each.name: each.kind for each in page.form(0)._form.controls}
    assert (kinds["day"], kinds["moment"]) == ("text", "datetime-local")


def test_what_nobody_touched_is_not_checked_again(site):
    with site.work() as root:
        root["all"].__dict__.update(number=99, mail="written before addresses were checked")
        root["all"]._p_changed = True
    form = site.client.get("/all/edit").form(0)
    assert form["number"] == "99"
    assert form.fill(title="New").submit().status == 303
    assert (stored(site, "all", "title"), stored(site, "all", "number")) == ("New", 99)
    page = site.client.get("/all/edit").form(0).fill(number="98").submit()
    assert page.status == 422 and 'id="field-mail-error"' not in page.text


def test_a_field_that_somebody_may_not_change_is_absent(site):
    assert "secret" not in site.client.get("/all/edit").form(0)
    form = site.client.get("/all/edit").form(0)
    pairs = [*form.pairs(), ("secret", "mine")]
    sent = {name: value for name, value in pairs if name != "kinds"}
    assert site.client.post("/all/edit", sent).status == 303
    assert stored(site, "all", "secret") == "hidden"


def test_a_new_resource_is_added_with_its_defaults(site):
    form = site.client.get("/add?kind=everything").form(0)
    assert form["open_now"] == "yes"
    page = form.submit()
    assert page.status == 422
    assert 'id="field-title-error"' in page.text
    response = page.form(0).fill(title="Brand new", mood="wild", open_now=False).submit()
    assert response.status == 303
    assert stored(site, "brand-new", "mood") == "wild"
    assert stored(site, "brand-new", "open_now") is False


def picture():
    data = io.BytesIO()
    Picture.new("RGB", (8, 6), "teal").save(data, "PNG")
    return data.getvalue()


def test_a_file_is_uploaded_kept_replaced_and_removed(site):
    form = site.client.get("/walk/edit").form(0)
    form["photo"] = ("marsh.png", picture(), "image/png")
    form["paper"] = ("notes.txt", b"Low tide", "text/plain")
    assert form.submit().status == 303
    page = site.client.get("/walk/edit")
    assert "marsh.png" in page.text and "notes.txt" in page.text
    assert page.form(0).fill(title="A walk").submit().status == 303
    with site.work() as root:
        assert root["walk"].title == "A walk"
        assert root["walk"].photo.read() == picture()
        assert root["walk"].paper.read() == b"Low tide"
    form = site.client.get("/walk/edit").form(0)
    form["paper"] = ("notes.txt", b"High tide", "text/plain")
    form["_remove.photo"] = True
    assert form.submit().status == 303
    with site.work() as root:
        assert root["walk"].photo is None
        assert root["walk"].paper.read() == b"High tide"


def test_a_file_that_is_no_image_is_refused_and_one_that_was_sent_in_vain_is_named(site):
    form = site.client.get("/walk/edit").form(0)
    form["photo"] = ("marsh.png", b"no picture", "image/png")
    page = form.submit()
    assert page.status == 422
    assert 'id="field-photo-error"' in page.text
    form = site.client.get("/walk/edit").form(0)
    form["paper"] = ("notes.txt", b"Low tide", "text/plain")
    page = form.fill(title="").submit()
    assert page.status == 422
    assert "choose this file again" in page.text and "notes.txt" in page.text


def test_what_somebody_may_not_see_is_not_named_and_stays(site):
    with site.work() as root:
        root["all"].near = root["target"]
        override_permission(root["target"], "view", ())
    page = site.client.get("/all/edit")
    assert "/target" not in page.text
    assert page.form(0).fill(title="Changed").submit().status == 303
    assert stored(site, "all", "title") == "Changed"
    with site.work() as root:
        assert root["all"].near is root["target"]


def test_an_unknown_name_of_a_field_is_refused_and_the_nearest_named():
    with testing.site(*things()) as site, site.work() as root:
        request = type("Asked", (), {"site": root, "can": lambda *_: True, "settings": None})()
        with pytest.raises(DeclarationError, match="title"):
            form_for(request, Site(), ["titel"])


def test_texts_of_many_lines_have_a_place_each_and_one_more(site):
    form = site.client.get("/walk/edit").form(0)
    assert form.fill(stanzas=["One\ntwo"]).submit().status == 303
    form = site.client.get("/walk/edit").form(0)
    assert form.fill(stanzas=["One\ntwo", "Three"]).submit().status == 303
    assert stored(site, "walk", "stanzas") == ("One\ntwo", "Three")


def test_a_choice_that_is_not_there_is_refused_at_its_first_button(site):
    pairs = {name: value for name, value in site.client.get("/walk/edit").form(0).pairs() if name != "way"}
    sent = {name: value for name, value in pairs.items() if name not in {"photo", "paper"}}
    page = site.client.post("/walk/edit", {**sent, "way": "sideways"})
    assert page.status == 422
    assert 'id="field-way"' in page.text and 'href="#field-way"' in page.text
    assert stored(site, "walk", "way") is None
