"""Two people in one form: what differs is merged, what clashes is decided, no restart forgets anything."""

import pytest

from objpub import testing
from objpub.content import Content
from objpub.forms import about_in
from objpub.forms import form_for
from objpub.forms import read_digests
from objpub.forms import sign_digests
from objpub.forms import submit_edit
from objpub.settings import load_settings
from objpub.testing import Client
from objpub.views import view


class Note(Content, addable="anywhere"):
    title: str
    text: str = ""
    mood: str = ""


def things():
    @view(Note, permission="view")
    def show(note, request):
        return note.title + " ".join(each["text"] for each in request.messages)

    @view(Note, "edit", permission="edit", template="form-page.pt")
    def edit_form(note, request):
        return {"form": form_for(request, note)}

    @view(Note, "edit", method="POST", permission="edit", template="form-page.pt")
    def save(note, request):
        outcome = submit_edit(request, note)
        return request.redirect(note, message=outcome.message) if outcome.saved else outcome.page(request)

    return Note, show, edit_form, save


@pytest.fixture
def site():
    with testing.site(*things(), file=True) as site:
        site.add_user("anna", roles=["editor"])
        with site.work() as root:
            root.add("note", Note(title="Tides", text="Low", mood="calm"))
            root.add("other", Note(title="Other", text="Low", mood="calm"))
        site.client.login("anna")
        yield site


def somebody_else_sets(site, **values):
    with site.work() as root:
        for name, value in values.items():
            setattr(root["note"], name, value)


def stored(site):
    with site.work() as root:
        return root["note"].title, root["note"].text, root["note"].mood


def test_different_fields_are_both_kept_and_it_is_said(site):
    form = site.client.get("/note/edit").form(0)
    somebody_else_sets(site, text="High")
    page = form.fill(title="Spring tides").submit(follow=True)
    assert stored(site) == ("Spring tides", "High", "calm")
    assert "together with what others changed meanwhile: Text" in page.text


def clashing(site):
    """Return the page that answers the second of two people who changed one field."""
    form = site.client.get("/note/edit").form(0)
    somebody_else_sets(site, text="High", mood="wild")
    page = form.fill(text="Ebb", title="Mine").submit()
    assert page.status == 409
    return page


def test_the_same_field_shows_both_values_and_saves_nothing(site):
    page = clashing(site)
    assert stored(site) == ("Tides", "High", "wild")
    assert page.form(0)["text"] == "Ebb"
    assert page.form(0)["title"] == "Mine"
    assert "<del>Low</del> <ins>High</ins>" in page.text
    assert 'href="#field-text"' in page.text


def test_a_change_before_a_comma_or_a_full_stop_has_no_space_behind_it(site):
    somebody_else_sets(site, text="The tide rose, and fell.")
    form = site.client.get("/note/edit").form(0)
    somebody_else_sets(site, text="The tide came, and fell back.")
    page = form.fill(text="The water rose, and fell.").submit()
    assert (
        "The tide <del>rose</del> <ins>came</ins>, and <del>fell</del> <ins>fell back</ins>.</p>" in page.text
    )


def test_mine_is_kept_where_that_is_chosen_and_the_rest_is_merged(site):
    form = clashing(site).form(0)
    form["_keep.text"] = "mine"
    assert form.fill(text="Ebb and High").submit().status == 303
    assert stored(site) == ("Mine", "Ebb and High", "wild")


def test_theirs_is_kept_where_that_is_chosen(site):
    form = clashing(site).form(0)
    form["_keep.text"] = "theirs"
    assert form.submit().status == 303
    assert stored(site) == ("Mine", "High", "wild")


def test_without_a_choice_nothing_is_saved_and_it_is_asked_again(site):
    page = clashing(site).form(0).submit()
    assert page.status == 422
    assert "Choose which of the two values to keep" in page.text
    form = page.form(0)
    form["_keep.text"] = "mine"
    assert form.submit().status == 303
    assert stored(site) == ("Mine", "Ebb", "wild")


def test_a_third_change_during_the_decision_clashes_again(site):
    form = clashing(site).form(0)
    somebody_else_sets(site, text="Highest")
    form["_keep.text"] = "mine"
    page = form.submit()
    assert page.status == 409
    assert "<ins>Highest</ins>" in page.text


def test_an_error_and_a_later_clash_lose_nothing(site):
    form = site.client.get("/note/edit").form(0)
    page = form.fill(title="", text="Ebb").submit()
    assert page.status == 422
    somebody_else_sets(site, text="High")
    page = page.form(0).fill(title="Mine").submit()
    assert page.status == 409
    assert page.form(0)["text"] == "Ebb"


def test_the_server_may_be_restarted_in_between():
    with testing.site(*things(), file=True, settings={"secret": ""}) as site:
        site.add_user("anna", roles=["editor"])
        with site.work() as root:
            root.add("note", Note(title="Tides", text="Low", mood="calm"))
        form = site.client.login("anna").get("/note/edit").form(0)
        pairs = dict(form.pairs())
        somebody_else_sets(site, text="High")
        cookies = site.client.cookies
        site.application.close()
        site.application = site.app.open(load_settings(site.folder / "objpub.toml", {}))
        client = Client(site.application)
        client.cookies = cookies
        assert client.post("/note/edit", {**pairs, "title": "Spring tides"}).status == 303
        assert stored(site) == ("Spring tides", "High", "calm")
        assert client.post("/note/edit", {**pairs, "text": "Ebb"}).status == 409
        site.application.close()


@pytest.mark.parametrize("how", ["missing", "unsigned", "of another object"])
def test_a_form_that_does_not_say_where_it_began_overwrites_nothing(site, how):
    pairs = dict(site.client.get("/note/edit").form(0).pairs())
    other = dict(site.client.get("/other/edit").form(0).pairs())
    signed = {
        "missing": "",
        "unsigned": pairs["_started"][:-4] + "AAAA",
        "of another object": other["_started"],
    }
    page = site.client.post("/note/edit", {**pairs, "text": "Ebb", "_started": signed[how]})
    assert page.status == 409
    assert stored(site) == ("Tides", "Low", "calm")
    form = page.form(0)
    form["_keep.text"] = "mine"
    assert form.submit().status == 303
    assert stored(site) == ("Tides", "Ebb", "calm")


def test_digests_are_read_only_with_the_secret_and_for_what_they_are_about():
    signed = sign_digests("one secret", {"title": "abc"}, "12")
    assert read_digests("one secret", signed, "12") == {"title": "abc"}
    assert read_digests("other secret", signed, "12") is None
    assert read_digests("one secret", signed, "13") is None
    for text in ("", ".", "x", signed[1:], "é." + signed, "W1tb" * 2_000 + "."):
        assert read_digests("one secret", text, "12") is None


def test_what_digests_are_about_is_read_only_with_the_secret():
    signed = sign_digests("one secret", {"title": "abc"}, "12")
    assert about_in("one secret", signed) == "12"
    body, _, signature = signed.rpartition(".")
    other = sign_digests("other secret", {}, "13").rpartition(".")[0]
    for text in (
        "",
        ".",
        "W10=.",
        f"{other}.{signature}",
        f"{body}.AAAA",
        "é." + signed,
        "W1tb" * 2_000 + ".",
    ):
        assert about_in("one secret", text) is None


def test_a_decision_is_kept_when_something_else_is_wrong(site):
    form = clashing(site).form(0)
    form["_keep.text"] = "theirs"
    page = form.fill(title="").submit()
    assert page.status == 422
    assert page.form(0)["_keep.text"] == "theirs"
    assert page.form(0).fill(title="Mine").submit().status == 303
    assert stored(site) == ("Mine", "High", "wild")
