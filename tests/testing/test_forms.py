"""Forms are filled and sent as a browser does; the other side is a site that says what came."""

import pytest

from objpub import Site
from objpub import testing
from objpub.publisher import Markup
from objpub.testing import Unexpected
from objpub.views import view

PAGE = Markup(
    """<!DOCTYPE html><title>Form</title>
<a href="/said?by=link"> A  link </a>
<form id="other" action="/nowhere"><button>Other</button></form>
<form id="main" method="post" action="/said" enctype="ENCTYPE">
<input name="text" value="a &amp; b"><input type="hidden" name="secret" value="s">
<input type="checkbox" name="one" checked><input type="checkbox" name="two">
<input type="checkbox" name="many" value="a" checked><input type="checkbox" name="many" value="b">
<input type="radio" name="colour" value="red" checked><input type="radio" name="colour" value="blue">
<select name="size"><option value="s">Small<option value="m" selected>Medium</select>
<select name="first"><option>Alpha</option><option>Beta</option></select>
<select name="several" multiple><option value="1" selected>1</option><option value="2">2</option></select>
<textarea name="area">
Two
lines &lt;</textarea>
<input name="off" value="never" disabled><input value="nameless"><input type="reset" name="reset" value="r">
<input type="file" name="photo">
<button name="go" value="1">Save</button>
<button name="go" value="2" formaction="/said?elsewhere=1">Preview</button>
</form>
<input form="main" name="outside" value="too">"""
)


@view(Site, "said", permission="public", method=["GET", "POST"])
def said(site, request):
    def shown(value):
        return value if isinstance(value, str) else [value.filename, value.media_type, value.path.read_text()]

    headers = {name: request.headers.get(name) for name in ("Origin", "Referer", "Content-Type")}
    form = [[name, shown(value)] for name in request.form for value in request.form.all(name)]
    return request.json({"form": form, **headers})


def pages(enctype):
    @view(Site, "page", permission="public")
    def page(site, request):
        return Markup(PAGE.replace("ENCTYPE", enctype))

    return page


@pytest.fixture(params=["", "multipart/form-data"])
def form(request):
    with testing.site(said, pages(request.param)) as site:
        yield site.client.get("/page").form("main")


def sent(form, *arguments, **options):
    values = {}
    for name, value in form.submit(*arguments, **options).json["form"]:
        values.setdefault(name, []).append(value)
    return values


def test_what_nobody_fills_in_is_sent_as_it_stands(form):
    values = sent(form)
    values.pop("photo")
    assert values == {
        "text": ["a & b"],
        "secret": ["s"],
        "one": ["on"],
        "many": ["a"],
        "colour": ["red"],
        "size": ["m"],
        "first": ["Alpha"],
        "several": ["1"],
        "area": ["Two\r\nlines <"],
        "go": ["1"],
        "outside": ["too"],
    }


def test_what_is_filled_in_is_sent(form):
    form.fill(text="ü", one=False, two=True, many=["b"], colour="blue", size="s", several=["1", "2"])
    values = sent(form, "Preview")
    assert (values["text"], values["two"], values["many"]) == (["ü"], ["on"], ["b"])
    assert (values["colour"], values["size"], values["several"]) == (["blue"], ["s"], ["1", "2"])
    assert (values["go"], values["elsewhere"]) == (["2"], ["1"])
    assert "one" not in values


def test_values_can_be_read_before_they_are_sent(form):
    assert (form["text"], form["one"], form["two"], form["many"]) == ("a & b", "on", None, ["a"])
    assert (form["colour"], form["size"], form["several"]) == ("red", "m", ["1"])
    assert "text" in form and "nothing" not in form


def test_the_origin_and_the_page_are_told(form):
    answer = form.submit().json
    assert answer["Origin"] == "http://localhost"
    assert answer["Referer"] == "http://localhost/page"


def test_a_file_is_sent():
    with testing.site(said, pages("multipart/form-data")) as site:
        form = site.client.get("/page").form("main")
        form["photo"] = ("a b.txt", b"bytes", "text/plain")
        assert sent(form)["photo"] == [["a b.txt", "text/plain", "bytes"]]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("txt", "x", "did you mean 'text'"),
        ("colour", "green", "only ['red', 'blue']"),
        ("size", "xl", "only ['s', 'm']"),
        ("many", ["c"], "only ['a', 'b']"),
        ("off", "x", "no field 'off'"),
    ],
)
def test_a_name_or_a_choice_that_is_not_there_is_an_error(form, name, value, words):
    with pytest.raises(LookupError) as caught:
        form[name] = value
    assert words in str(caught.value)


def test_a_button_that_is_not_there_is_an_error(form):
    with pytest.raises(LookupError, match="no button 'Delete', only \\['Save', 'Preview'\\]"):
        form.submit("Delete")


def test_a_form_or_a_link_that_is_not_there_is_an_error():
    with testing.site(said, pages("")) as site:
        page = site.client.get("/page")
        with pytest.raises(Unexpected, match="only \\['other', 'main'\\]"):
            page.form("login")
        with pytest.raises(Unexpected, match="only \\['A link'\\]"):
            page.click("Another")
        assert page.click("A link").json["form"] == [["by", "link"]]
        assert page.form(1).action == "/said"


def test_the_end_of_an_address_that_names_a_place_in_the_page_is_not_sent():
    @view(Site, "page", permission="public")
    def page(site, request):
        return Markup('<form action="/said?old=1#why"><input name="q" value="a"></form>')

    with testing.site(said, page) as site:
        assert site.client.get("/page").form(0).submit().json["form"] == [["q", "a"]]
