"""Adding: which kinds there are here, the form of one, its name, and that it is added once."""

import io

from PIL import Image as Picture

from objpub.content import Folder
from objpub.content import Image
from objpub.security import override_permission
from tests.manage.pages import Page

THINGS = ("tests.manage.kinds", "tests.manage.test_adding")


class Shelf(Folder, addable="anywhere"):
    """A folder for books alone."""

    title: str


class Book(Page, addable=Shelf, icon="news"):
    """A book, to be read."""

    year: int


def form_of(site, path="/manage/news/@@add?type=Page"):
    return site.client.login("ines").get(path).form("form")


def children(site, *path):
    with site.work() as root:
        for name in path:
            root = root[name]
        return set(root)


def test_only_what_may_be_added_here_is_listed_with_what_it_is(site):
    client = site.client.login("ines")
    page = client.get("/manage/news/@@add")
    assert "<b>Walk</b>" in page.text and "A walk along the coast" in page.text
    assert "<b>Book</b>" not in page.text
    form_of(site, "/manage/@@add?type=Shelf").fill(title="Shelf").submit()
    page = client.get("/manage/shelf/@@add")
    assert "<b>Book</b>" in page.text and "A book, to be read." in page.text and "#news" in page.text
    assert client.get("/manage/shelf/@@add?type=Book").form("form")["year"] == ""


def test_what_cannot_be_added_here_is_not_found_and_the_others_are_named(site):
    client = site.client.login("ines")
    for kind in ("Book", "Nothing", "", "Site"):
        page = client.get("/manage/news/@@add", query={"type": kind})
        assert page.status == 404 and "<b>Page</b>" in page.text
    before = site.last_transaction()
    assert client.post("/manage/news/@@add", {"type": "Book", "title": "x", "year": "1"}).status == 404
    assert site.last_transaction() == before


def test_who_may_not_add_gets_neither_list_nor_form(site):
    nora = site.browser().login("nora")
    assert nora.get("/manage/news/@@add").status == 403
    assert nora.post("/manage/news/@@add", {"type": "Page", "title": "x"}).status == 403
    tomas = site.browser().login("tomas")
    assert tomas.get("/manage/news/@@add").status == 200
    assert tomas.get("/manage/archive/@@add").status == 403


def test_a_name_is_made_from_the_title_or_may_be_given(site):
    response = form_of(site).fill(title="Spring tides").submit("stay")
    assert response.location == "/manage/news/spring-tides/@@edit"
    assert "Added “Spring tides”" in response.follow().text
    response = form_of(site).fill(title="Spring tides", _name="ebb").submit("view")
    assert response.location == "/news/ebb"
    assert "<h1>Spring tides</h1>" in response.follow().text


def test_a_form_that_is_sent_twice_adds_one_thing(site):
    form = form_of(site).fill(title="Spring tides")
    first, second = form.submit(), form.submit()
    assert first.location == second.location
    assert "was added already" in second.follow().text
    assert {name for name in children(site, "news") if name.startswith("spring")} == {"spring-tides"}
    form = form_of(site).fill(title="Spring tides")
    assert form.submit().location == "/manage/news/spring-tides-2/@@edit"


def test_a_new_form_begins_in_its_first_field(site):
    page = site.client.login("ines").get("/manage/news/@@add?type=Page")
    assert page.text.count("autofocus=") == 1
    assert "autofocus=" in page.text.split('id="field-title"')[1].split("/>")[0]


def test_a_refused_form_can_be_mended_and_sent(site):
    page = form_of(site).fill(title="", text="Typed").submit()
    assert page.status == 422 and page.form("form")["text"] == "Typed"
    assert page.form("form").fill(title="Mended").submit().status == 303
    assert "mended" in children(site, "news")


def test_what_was_typed_survives_the_end_of_the_session(site):
    form = form_of(site).fill(title="Typed", text="Long")
    site.client.cookies.clear()
    page = form.submit()
    assert page.status == 401
    page = page.form(0).fill(name="ines", password="good for tests only").submit().form(0).submit()
    assert page.location == "/manage/news/typed/@@edit"
    with site.work() as root:
        assert root["news"]["typed"].text == "Long"


def test_an_image_has_its_alternative_text_beside_it(site):
    form = form_of(site, "/manage/news/@@add?type=Image")
    names = form.names
    assert names.index("alt") == names.index("upload") + 1
    data = io.BytesIO()
    Picture.new("RGB", (8, 6), "teal").save(data, "PNG")
    form["upload"] = ("marsh.png", data.getvalue(), "image/png")
    assert form.fill(alt="A marsh").submit().location == "/manage/news/marsh.png/@@edit"
    with site.work() as root:
        image = root["news"]["marsh.png"]
        assert isinstance(image, Image) and image.alt == "A marsh" and image.read() == data.getvalue()


def test_a_picture_in_a_field_takes_its_alternative_text_along(site):
    form = form_of(site, "/manage/news/@@add?type=Walk").fill({"title": "Walk", "photo.alt": "A marsh"})
    data = io.BytesIO()
    Picture.new("RGB", (8, 6), "teal").save(data, "PNG")
    form["photo"] = ("marsh.png", data.getvalue(), "image/png")
    assert form.submit().status == 303
    with site.work() as root:
        assert root["news"]["walk"].photo.alt == "A marsh"


def test_what_is_about_to_be_added_can_be_previewed(site):
    form = form_of(site).fill(title="Typed")
    before = site.last_transaction()
    pairs = [*form.pairs()]
    page = site.client.post("/manage/news/@@preview", pairs)
    assert page.status == 200 and "<h1>Typed</h1>" in page.text
    assert site.last_transaction() == before and "typed" not in children(site, "news")
    assert site.client.post("/manage/news/@@preview", {"type": "Book", "title": "x"}).status == 404
    with site.work() as root:
        override_permission(root["news"], "add", "manager")
    assert site.client.post("/manage/news/@@preview", pairs).status == 403
    text = {"type": "Walk", "field": "notes", "notes": "# Tides"}
    assert site.client.post("/manage/news/@@preview", text).status == 403
