"""The form to edit an object: saved and merged, shown with its facts, kept over a sign-in and a restart."""

import io
import re

import pytest
from PIL import Image as Picture

from objpub.content import Image
from objpub.errors import NotPossible
from objpub.events import Added
from objpub.events import Modified
from objpub.events import on
from objpub.operations import add_new
from objpub.operations import digests_of
from objpub.operations import edit
from objpub.operations import move
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.settings import load_settings
from objpub.testing import Client
from tests.changes import is_changed_since
from tests.manage.kinds import Walk
from tests.manage.pages import Page


@on(Added, Walk)
@on(Modified, Walk)
def keep_to_the_path(event):
    """Refuse walks off the path."""
    if event.resource.title == "Off the path":
        raise NotPossible("Walks stay on the path")


THINGS = ("tests.manage.kinds", keep_to_the_path)
EDIT = "/manage/news/walk/@@edit"
BEFORE = "The highest tide in years covered the boardwalk. The hides are dry."
THEIRS = "The highest tide since 2013 covered the boardwalk. The hides are dry."
MINE = "The highest tide in years covered the boardwalk. Nobody was hurt, and the hides are dry."
BOTH = "The highest tide since 2013 covered the boardwalk. Nobody was hurt, and the hides are dry."


def png(colour="teal"):
    data = io.BytesIO()
    Picture.new("RGB", (80, 60), colour).save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def walk(site):
    """The site with a walk at /news/walk, and ines signed in."""
    with site.work() as root:
        values = {"title": "Walk", "summary": BEFORE, "tags": ["tides", "hides"], "places": 7}
        add_new(SYSTEM, root["news"], Walk, values)
    site.client.login("ines")
    return site


def form_of(site, client=None):
    return (client or site.client).get(EDIT).form("form")


def stored(site, name):
    with site.work() as root:
        return getattr(root["news"]["walk"], name)


def somebody_else_sets(site, **values):
    with site.work() as root:
        walk = root["news"]["walk"]
        edit(SYSTEM, walk, values, digests_of(walk))


# Saving


def test_save_stays_on_the_page_and_says_so(walk):
    response = form_of(walk).fill(title="Another").submit("stay")
    assert response.location == EDIT
    page = response.follow()
    assert "Saved" in page.text and page.form("form")["title"] == "Another"


def test_save_and_view_goes_to_the_public_page(walk):
    response = form_of(walk).fill(title="Another").submit("view")
    assert response.location == "/news/walk"
    assert "<h1>Another</h1>" in response.follow().text


def test_a_form_that_changes_nothing_writes_nothing_and_says_so(walk):
    before = walk.last_transaction()
    page = form_of(walk).submit("stay", follow=True)
    assert "Nothing was changed" in page.text
    assert not is_changed_since(walk, before)


def test_who_may_only_look_gets_no_form_and_saves_nothing(walk):
    pairs = [pair for pair in form_of(walk).pairs() if not isinstance(pair[1], tuple)]
    nora = walk.browser().login("nora")
    before = walk.last_transaction()
    assert nora.get(EDIT).status == 403
    assert nora.post(EDIT, pairs).status == 403
    assert not is_changed_since(walk, before)


def test_facts_stand_beside_the_form(walk):
    form_of(walk).fill(title="Another").submit()
    with walk.work() as root:
        override_permission(root["news"]["walk"], "view", ("editor", "manager"))
    page = walk.client.get(EDIT)
    aside = page.text.split("<aside")[1]
    assert "Not public" in aside and "/news/walk" in aside
    assert "You: Edited" in aside and "system: Added" in aside
    assert 'href="/manage/news/@@rename?pick=walk"' in aside


def test_tags_of_neighbours_are_offered_but_not_those_of_hidden_ones(walk):
    with walk.work() as root:
        add_new(SYSTEM, root["news"], Walk, {"title": "Near", "tags": ["wardens"]})
        hidden = add_new(SYSTEM, root["news"], Walk, {"title": "Hidden", "tags": ["secret-plan"]})
        override_permission(hidden, "view", ())
    page = walk.client.get(EDIT)
    assert '<option value="wardens">' in page.text
    assert "secret-plan" not in page.text


@pytest.mark.parametrize("path", [EDIT, "/manage/news/@@add?type=Walk"])
def test_what_cannot_be_done_is_said_once_and_keeps_what_was_typed(walk, path):
    before = walk.last_transaction()
    page = walk.client.get(path).form("form").fill(title="Off the path", summary="Typed").submit()
    assert page.status == 422
    summary = page.text.split('id="mistakes"')[1].split("</ul>")[0]
    assert "<li>Walks stay on the path</li>" in summary
    form = page.form("form")
    assert (form["title"], form["summary"]) == ("Off the path", "Typed")
    assert not is_changed_since(walk, before)


# Two people


def test_different_fields_are_merged_and_named(walk):
    form = form_of(walk)
    somebody_else_sets(walk, summary=THEIRS, places=9)
    page = form.fill(title="Mine").submit(follow=True)
    assert "Saved, together with what others changed meanwhile: Summary, Places" in page.text
    assert (stored(walk, "title"), stored(walk, "summary"), stored(walk, "places")) == ("Mine", THEIRS, 9)


def test_what_others_changed_is_named_also_where_nothing_was_typed(walk):
    form = form_of(walk)
    somebody_else_sets(walk, summary=THEIRS)
    before = walk.last_transaction()
    page = form.submit(follow=True)
    assert "Nothing to save; others changed meanwhile: Summary" in page.text
    assert not is_changed_since(walk, before) and stored(walk, "summary") == THEIRS


def clashing(site):
    form = form_of(site)
    somebody_else_sets(site, summary=THEIRS, places=9)
    page = form.fill(summary=MINE, title="Mine", tags="tides\nwardens").submit()
    assert page.status == 409
    return page


def test_the_same_field_shows_before_theirs_and_mine_word_by_word(walk):
    before = walk.last_transaction()
    page = clashing(walk)
    assert stored(walk, "summary") == THEIRS and walk.last_transaction() != before
    text = page.text
    assert "You and system both changed Summary" in text
    three = text.split('class="three"')[1].split("</section>")[0]
    assert f"{BEFORE}</p>" in three
    assert re.search(r'Before</strong><span class="dim">\d+ \w+ 2\d{3}, \d\d:\d\d</span>', three)
    assert re.search(r'Theirs</strong><span class="dim">system, just now</span>', three)
    assert "<del>in years</del> <ins>since 2013</ins>" in three
    assert "<del>The</del> <ins>Nobody was hurt, and the</ins>" in three
    rows = text.split('class="rows"')[1].split("</ul>")[0]
    assert "<b>Places</b>" in rows and "<b>Title</b>" in rows and "<b>Tags</b>" in rows


@pytest.mark.parametrize(("choice", "wanted"), [("theirs", THEIRS), ("mine", MINE), ("both", BOTH)])
def test_the_merge_page_saves_what_is_chosen_and_all_the_rest(walk, choice, wanted):
    form = clashing(walk).form("form")
    assert form["_both.summary"] == BOTH
    form["_keep.summary"] = choice
    assert form.submit().status == 303
    assert stored(walk, "summary") == wanted
    assert (stored(walk, "title"), stored(walk, "places")) == ("Mine", 9)
    assert stored(walk, "tags") == {"tides", "wardens"}


def test_both_written_together_can_be_edited(walk):
    form = clashing(walk).form("form")
    form["_keep.summary"] = "both"
    assert form.fill({"_both.summary": "Quite another"}).submit().status == 303
    assert stored(walk, "summary") == "Quite another"


def test_what_was_written_together_is_kept_where_it_is_refused(walk):
    form = clashing(walk).form("form")
    form["_keep.summary"] = "both"
    page = form.fill({"_both.summary": "x" * 201}).submit()
    assert page.status == 422
    again = page.form("form")
    assert (again["_keep.summary"], again["_both.summary"]) == ("both", "x" * 201)
    assert again.fill({"_both.summary": "Short"}).submit().status == 303
    assert (stored(walk, "summary"), stored(walk, "title")) == ("Short", "Mine")


def test_changes_that_do_not_touch_are_chosen_together_at_first_others_are_not(walk):
    assert clashing(walk).form("form")["_keep.summary"] == "both"
    form = form_of(walk)
    somebody_else_sets(walk, title="Theirs")
    form = form.fill(title="Yours").submit().form("form")
    assert form["_keep.title"] is None
    page = form.submit()
    assert page.status == 422
    assert "Choose which of the two values to keep" in page.text
    page.form("form").fill({"_keep.title": "mine"}).submit()
    assert stored(walk, "title") == "Yours"


def test_back_to_editing_shows_the_whole_form_with_all_that_was_typed(walk):
    before = walk.last_transaction
    page = clashing(walk)
    last = before()
    page = page.form("form").submit("back")
    assert page.status == 200 and walk.last_transaction() == last
    form = page.form("form")
    assert (form["title"], form["summary"], form["tags"]) == ("Mine", MINE, "tides\r\nwardens")
    form["_keep.summary"] = "mine"
    form["summary"] = "Mine after all"
    assert form.submit().status == 303
    assert stored(walk, "summary") == "Mine after all"


def test_sets_that_both_changed_are_offered_together(walk):
    form = form_of(walk)
    somebody_else_sets(walk, tags=["tides", "hides", "boardwalk"])
    form = form.fill(tags="tides\nwardens").submit().form("form")
    assert form["_both.tags"].split() == ["boardwalk", "tides", "wardens"]
    form.submit()
    assert stored(walk, "tags") == {"boardwalk", "tides", "wardens"}


def test_an_open_form_is_told_what_others_save(walk):
    started = form_of(walk)["_started"]
    options = {"headers": {"Accept": "application/json"}}
    url = "/manage/news/walk/@@meanwhile"
    before = walk.last_transaction()
    assert walk.client.post(url, {"_started": started}, **options).json == {"text": ""}
    assert not is_changed_since(walk, before)
    form_of(walk, walk.browser().login("admin")).fill(title="Theirs", places="9").submit()
    told = walk.client.post(url, {"_started": started}, **options).json["text"]
    assert told.startswith("admin changed Title and Places meanwhile.")


# Nothing is lost


def test_a_session_that_ended_meanwhile_loses_no_text_and_asks_for_the_file_again(walk):
    form = form_of(walk)
    form.fill(title="Typed", tags="one\ntwo")
    form["photo"] = ("marsh.png", png(), "image/png")
    walk.client.cookies.clear()
    page = form.submit()
    assert page.status == 401
    assert "To be chosen anew:" in page.text and "marsh.png" in page.text
    page = page.form(0).fill(name="ines", password="good for tests only").submit()
    assert "marsh.png" in page.text
    page = page.form(0).submit()  # "Send it now"
    assert page.status == 422
    assert stored(walk, "title") == "Walk"
    assert "was not kept while you signed in" in page.text
    again = page.form("form")
    assert (again["title"], again["tags"]) == ("Typed", "one\r\ntwo")
    again["photo"] = ("marsh.png", png(), "image/png")
    assert again.submit().status == 303
    assert (stored(walk, "title"), stored(walk, "tags")) == ("Typed", {"one", "two"})
    with walk.work() as root:
        assert root["news"]["walk"].photo.read() == png()


def test_a_file_that_was_lost_at_the_sign_in_can_be_left_out(walk):
    form = form_of(walk).fill(title="Typed")
    form["leaflet"] = ("notes.txt", b"text", "text/plain")
    walk.client.cookies.clear()
    page = form.submit().form(0).fill(name="ines", password="good for tests only").submit()
    page = page.form(0).submit()
    assert 'id="field-leaflet-error"' in page.text
    assert page.form("form").submit().status == 303
    assert (stored(walk, "title"), stored(walk, "leaflet")) == ("Typed", None)


def test_a_form_outlives_a_restart_of_the_server(walk):
    pairs = [pair for pair in form_of(walk).fill(title="Typed").pairs() if not isinstance(pair[1], tuple)]
    somebody_else_sets(walk, places=9)
    cookies = walk.client.cookies
    database = walk.application.database
    again = type(walk.application)(
        load_settings(walk.folder / "objpub.toml", {}),
        walk.app.freeze(),
        database,
        walk.app.static_folders(),
    )
    client = Client(again)
    client.cookies = cookies
    assert client.post(EDIT, pairs).status == 303
    assert (stored(walk, "title"), stored(walk, "places")) == ("Typed", 9)


def test_a_form_is_merged_although_what_it_is_about_was_moved_meanwhile(walk):
    pairs = [pair for pair in form_of(walk).fill(title="Typed").pairs() if not isinstance(pair[1], tuple)]
    somebody_else_sets(walk, places=9)
    with walk.work() as root:
        move(SYSTEM, root["news"]["walk"], root["archive"])
    assert walk.client.post("/manage/archive/walk/@@edit", pairs).status == 303
    with walk.work() as root:
        moved = root["archive"]["walk"]
        assert (moved.title, moved.places) == ("Typed", 9)


# Alternative texts


@pytest.fixture
def pictured(walk):
    with walk.work() as root:
        photo = Image.from_bytes(png(), "marsh.png")
        photo.alt = "A marsh"
        root["news"]["walk"].photo = photo
    return walk


def alt(site):
    with site.work() as root:
        return root["news"]["walk"].photo.alt


def test_the_picture_is_shown_with_its_alternative_text_which_can_be_changed_alone(pictured):
    page = pictured.client.get(EDIT)
    assert 'src="/news/walk/photo/scale/preview?v=' in page.text and 'alt="A marsh"' in page.text
    form = page.form("form")
    assert form["photo.alt"] == "A marsh"
    assert form.fill({"photo.alt": "A marsh at dusk"}).submit().status == 303
    assert alt(pictured) == "A marsh at dusk"


def test_a_new_picture_takes_its_alternative_text_along(pictured):
    form = form_of(pictured)
    form["photo"] = ("tide.png", png("navy"), "image/png")
    assert form.fill({"photo.alt": "High tide"}).submit().status == 303
    with pictured.work() as root:
        photo = root["news"]["walk"].photo
        assert (photo.filename, photo.alt, photo.read()) == ("tide.png", "High tide", png("navy"))


def test_two_alternative_texts_are_told_and_neither_is_lost(pictured):
    form = form_of(pictured)
    form_of(pictured, pictured.browser().login("admin")).fill({"photo.alt": "Theirs"}).submit()
    page = form.fill({"photo.alt": "Mine", "title": "Mine"}).submit()
    assert page.status == 422 and alt(pictured) == "Theirs" and stored(pictured, "title") == "Walk"
    assert "Somebody else wrote “Theirs” meanwhile" in page.text
    assert page.form("form")["photo.alt"] == "Mine"
    assert page.form("form").submit().status == 303
    assert (alt(pictured), stored(pictured, "title")) == ("Mine", "Mine")


def test_an_alternative_text_that_is_not_right_is_refused_at_its_place(pictured):
    before = pictured.last_transaction()
    page = form_of(pictured).fill({"photo.alt": "x" * 20_000}).submit()
    assert page.status == 422 and pictured.last_transaction() == before
    assert 'id="field-photo.alt-error"' in page.text and 'href="#field-photo.alt"' in page.text


def test_an_alternative_text_is_told_beside_the_other_mistakes_and_focused_where_it_is_the_first(pictured):
    wrong = {"photo.alt": "x" * 20_000, "places": "0"}
    page = form_of(pictured).fill(wrong).submit()
    for name in wrong:
        assert f'id="field-{name}-error"' in page.text
    focused = re.findall(r"<input[^>]* autofocus=[^>]*>", page.text)
    assert len(focused) == 1 and 'id="field-photo.alt"' in focused[0]


# Previews


def test_a_preview_of_markdown_is_rendered_by_the_server_and_safe(walk):
    before = walk.last_transaction()
    sent = {"field": "notes", "notes": "# Tides\n\nIs *low*.\n\n<script>alert(1)</script>"}
    page = walk.client.post("/manage/news/walk/@@preview", sent)
    assert page.status == 200
    assert "Tides</h1>" in page.text and "<em>low</em>" in page.text and "<script" not in page.text
    assert not is_changed_since(walk, before)
    assert walk.client.post("/manage/news/walk/@@preview", {"field": "title", "title": "x"}).status == 422
    assert walk.browser().login("nora").post("/manage/news/walk/@@preview", sent).status == 403


def test_the_whole_page_is_previewed_as_it_would_be_published_and_nothing_is_saved(walk):
    before = walk.last_transaction()
    pairs = [pair for pair in form_of(walk).fill(title="Typed").pairs() if not isinstance(pair[1], tuple)]
    page = walk.client.post("/manage/news/walk/@@preview", pairs)
    assert page.status == 200 and "<h1>Typed</h1>" in page.text
    assert "<b>Preview.</b> Nothing of it is saved yet." in page.text
    assert "Contents</a>" not in page.text, "what it would lead to is not what is shown"
    assert not is_changed_since(walk, before) and stored(walk, "title") == "Walk"
    assert walk.client.post("/manage/news/walk/@@preview", [*pairs, ("places", "99")]).status == 422


# Choosing what to refer to


def test_what_a_reference_can_lead_to_is_listed_folder_by_folder(walk):
    options = {"headers": {"Accept": "application/json"}}
    found = walk.client.get("/manage/news/walk/@@choose?field=near", **options).json
    assert (found["path"], found["fits"]) == ("/news", False)
    fits = {each["path"]: each["fits"] for each in found["items"]}
    assert fits["/news/tides"] and not fits["/news/walk"] and not fits["/news/series"]
    assert next(each for each in found["items"] if each["path"] == "/news/series")["opens"]
    found = walk.client.get("/manage/news/walk/@@choose?field=related&at=/news/series", **options).json
    assert [each["path"] for each in found["above"]] == ["/", "/news"]
    assert walk.client.get("/manage/news/@@choose?field=near&type=Walk", **options).status == 200
    assert walk.client.get("/manage/news/walk/@@choose?field=title", **options).status == 422
    assert walk.client.get("/manage/news/walk/@@choose?field=near&at=/nowhere", **options).status == 404


def test_what_somebody_may_not_see_is_not_offered(walk):
    with walk.work() as root:
        override_permission(root["news"]["marsh"], "view", ())
    options = {"headers": {"Accept": "application/json"}}
    found = walk.client.get("/manage/news/walk/@@choose?field=near", **options)
    assert "marsh" not in found.text and "tides" in found.text


def test_what_fits_a_reference_is_found_by_title_and_by_path(walk):
    with walk.work() as root:
        add_new(SYSTEM, root["archive"], Page, {"title": "Tidal mills"})
        add_new(SYSTEM, root["archive"], Walk, {"title": "Tidal walk"})
        secret = add_new(SYSTEM, root["archive"], Page, {"title": "Tidal secret"})
        override_permission(secret, "view", ())

    def found(q, field="near"):
        answer = walk.client.get(
            f"/manage/news/walk/@@choose?field={field}&q={q}", headers={"Accept": "application/json"}
        )
        assert answer.status == 200 and "secret" not in answer.text
        return [each["path"] for each in answer.json["items"]]

    assert sorted(found("tid")) == ["/archive/tidal-mills", "/news/tides"]
    assert found("/news/ti") == ["/news/tides"]
    assert found("nothing-like-it") == []
    assert found("tid", "notes") == []  # no image is called so
    page = walk.client.get("/manage/news/walk/@@choose?field=near&q=tid&page=yes")
    assert "<code>/archive/tidal-mills</code>" in page.text and "secret" not in page.text
    page = walk.client.get("/manage/news/walk/@@choose?field=near&page=yes")
    assert "<code>/news/tides</code>" in page.text and "<code>/news/walk</code>" not in page.text
    too_long = walk.client.get(f"/manage/news/walk/@@choose?field=near&page=yes&q={'x' * 201}")
    assert "too long to look for" in too_long.text


def test_an_image_for_a_text_can_be_any_that_is_seen(walk):
    options = {"headers": {"Accept": "application/json"}}
    with walk.work() as root:
        photo = Image.from_bytes(png(), "mill.png")
        photo.alt = "Wheels"
        root["news"].add("mill.png", photo)
    for field in ("body", "notes"):
        found = walk.client.get(f"/manage/news/walk/@@choose?field={field}", **options).json
        assert [each["path"] for each in found["items"] if each["fits"]] == ["/news/mill.png"]
    mill = next(each for each in found["items"] if each["fits"])
    assert (mill["address"], mill["alt"]) == ("/news/mill.png", "Wheels")


def test_images_are_taken_beside_a_text_where_one_may_add_them(walk):
    assert 'data-images="/manage/news/@@upload" data-images-in="News"' in walk.client.get(EDIT).text
    with walk.work() as root:
        override_permission(root["news"], "add", ())
    assert "data-images" not in walk.client.get(EDIT).text
