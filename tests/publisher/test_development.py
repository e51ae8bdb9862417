"""What a developer is shown of a 404, a 403, a 405 and a 500, and what nobody is shown elsewhere."""

import base64
import re

import pytest

from objpub import Content
from objpub import File
from objpub import Folder
from objpub import Site
from objpub import testing
from objpub.errors import NotFound
from objpub.security import Policy
from objpub.traversal import traverse
from objpub.views import view

PROGRAM = {"Accept": "application/json"}


class Note(Content, addable="anywhere"):
    title: str


class Binder(Folder, addable="anywhere"):
    pass


class Year:
    __parent__ = None
    __name__ = None


@view(Note)
def show(note, request):
    return note.title


@view(Note, "print")
def print_note(note, request):
    return note.title


@view(Note, "save", method="POST")
def save(note, request, title: str = ""):
    return title


@view(Note, "keep", permission="manage")
def keep(note, request):
    return note.title


@view(Binder, "feed")
def feed(binder, request):
    return "feed"


@view(Note, "gone")
def gone(note, request):
    raise NotFound("/there", "/", "there")


@traverse(Binder, "{year:int}")
def year_of(binder, request, year):
    return Year() if year == 2026 else None


class Stubborn:
    def __repr__(self):
        raise ValueError("no repr")


class Leaving:
    def __repr__(self):
        raise SystemExit(3)


@view(Note, "boom", method=["GET", "POST"], permission="public")
def boom(note, request, password: str = "", comment: str = ""):
    stubborn = Stubborn()
    leaving = [Leaving()]
    markup = "<script>alert('x')</script>"
    api_token = "sesame-and-more"
    copied = (password, api_token, {"secret": "in a dict", "n": 1})
    lone = "\udc80\x00"
    raise KeyError(f"{markup} {len(copied)} {stubborn is leaving} {lone}")


DECLARED = (Note, Binder, show, print_note, save, keep, feed, gone, year_of, boom)


def development_site(*more, **settings):
    return testing.site(*DECLARED, *more, settings={"development": True, **settings})


def fill(site):
    with site.work() as root:
        binder = root.add("binder", Binder())
        binder.add("tides", Note(title="Tides"))
    site.add_user("zoe")
    return site


@pytest.fixture(scope="module")
def shared():
    """A site in development that no test changes."""
    with development_site() as site:
        yield fill(site)


def text_of(response):
    """Return the text of a page without its marks, spaces as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


# The walk


def test_a_404_tells_the_walk_and_the_names_there_were(shared):
    answer = shared.client.get("/binder/tide/more")
    page = text_of(answer)
    assert answer.status == 404
    assert "binder an item of /" in page
    assert "Binder tests.publisher.test_development" in page
    assert "tide no item, view or @traverse of Binder has this name" in page
    assert "more not looked at any more" in page
    assert "{year:int} does not fit" in page
    assert 'href="/binder/tides">tides</a>' in answer.text.partition("Did you mean")[2]


def test_every_item_is_escaped_and_no_more_than_twenty_are_shown():
    with development_site() as site:
        with site.work() as root:
            for number in range(30):
                root.add(f"a{number:02}&<i>", Note(title="x"))
        page = site.client.get("/missing").text
        assert page.count("&amp;&lt;i&gt;</a>") == 20
        assert "<i>" not in page
        assert "and more." in page


def test_a_program_gets_a_problem_for_a_404_as_everywhere(shared):
    answer = shared.client.get("/binder/tide", headers=PROGRAM)
    assert answer.content_type == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "detail"}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/binder/print", "print of Note (GET, HEAD): it is a view of 'tides' and other items"),
        ("/binder/tides/feed", "feed of Binder (GET, HEAD): it is a view of /binder, further up."),
        ("/keep", "keep of Note (GET, HEAD): it is a view of Note, and this is a Site."),
        ("/binder/keep", "further down; it needs the permission 'manage', which you lack."),
        ("/binder/tides/print/more", "it takes no segments after its name"),
        ("/binder/tides/save", "save of Note (POST): it is for POST, and this was GET; it needs"),
        ("/binder/tides/save", "GET; it needs the permission 'edit', which you lack."),
        ("/binder/tides/@@@@print", "print of Note (GET, HEAD): it is asked for without more after the @@."),
    ],
)
def test_a_view_that_was_nearly_found_says_which_condition_failed(shared, path, wanted):
    answer = shared.client.get(path)
    assert answer.status == (405 if path.endswith("save") else 404)
    near = text_of(answer).partition("Views that were nearly found")[2].partition("What there is")[0]
    assert wanted in near


def test_a_manager_lacks_nothing():
    with development_site() as site:
        fill(site).add_user("max", roles=["manager"])
        site.client.login("max")
        page = text_of(site.client.get("/binder/keep"))
        assert "keep of Note" in page
        assert "which you lack" not in page


class Chart(Content, addable="anywhere"):
    title: str
    file: File | None = None


@view(Chart, "file")
def about_the_file(chart, request):
    return "about"


def test_a_view_that_an_item_hides_needs_two_ats():
    with testing.site(Chart, about_the_file, settings={"development": True}) as site:
        with site.work() as root:
            root.add("chart", Chart(title="Tides", file=File.from_bytes(b"x", "a.txt")))
        answer = site.client.get("/chart/file/missing")
        assert "an item of /chart has the same name: it needs @@" in text_of(answer)
        assert 'href="/chart/@@file"' in answer.text
        assert site.client.get("/chart/@@file").text == "about"


def test_the_end_of_a_walk_in_a_view_that_says_404_itself_is_told(shared):
    page = text_of(shared.client.get("/binder/tides/gone"))
    assert "the view 'gone'" in page
    assert "was found and called. It was raised at" in page
    assert f"{__file__}:" in page


def test_a_pattern_that_fits_and_makes_nothing_says_so(shared):
    assert "{year:int} fits, and its function made nothing" in text_of(shared.client.get("/binder/1999"))


def test_a_virtual_child_without_a_view_is_told(shared):
    page = text_of(shared.client.get("/binder/2026"))
    assert "2026 made by @traverse {year:int}" in page
    assert "None: declare one with @view." in page


@pytest.mark.parametrize("path", ["/../x", "/health/x", "/static/none/x.css"])
def test_an_address_that_is_answered_before_a_walk_says_so(shared, path):
    answer = shared.client.get(path)
    assert answer.status == 404
    assert "answered before a walk began" in text_of(answer)


NOWHERE = ["/_private", "/@@", "/++none++x", "/binder//x/", "/%3Cb%3E", "/x" * 90, "/binder/@@nope"]


@pytest.mark.parametrize("path", NOWHERE)
def test_every_path_that_leads_nowhere_has_its_page(shared, path):
    answer = shared.client.get(path)
    assert answer.status == 404
    assert "The walk" in answer.text
    assert "<b>" not in answer.text


def test_a_traverse_that_raises_while_the_walk_is_told_is_part_of_it():
    calls = []

    @traverse(Site, "{word}")
    def once(site, request, word):
        calls.append(word)
        if len(calls) > 1:
            raise RuntimeError("second time <b>")

    with testing.site(once, settings={"development": True}) as site:
        answer = site.client.get("/word")
        assert "it raised RuntimeError: second time &lt;b&gt;" in answer.text


# The decision


def test_a_403_shows_the_steps_of_the_decision(shared):
    client = shared.browser().login("zoe")
    answer = client.get("/binder/tides/keep")
    page = text_of(answer)
    assert answer.status == 403
    assert "How this was decided" in page
    assert "So the answer is no." in page
    assert "What would make it a yes" in page
    assert client.get("/binder/tides/keep", headers=PROGRAM).json["status"] == 403


def test_somebody_unknown_is_led_to_the_sign_in_in_development_too(shared):
    assert shared.client.get("/binder/tides/keep").location.startswith("/login")


# The traceback


def test_a_500_shows_frames_with_their_lines_and_values(shared):
    answer = shared.client.get("/binder/tides/boom", query={"comment": "hello there"})
    page = text_of(answer)
    assert answer.status == 500
    assert page.index("boom") < page.index("publish_once")  # the newest first
    assert re.search(r"<mark><span class=\"number\">\d+</span>     raise KeyError", answer.text)
    assert "comment 'hello there'" in page
    assert "&lt;Note /binder/tides&gt;" in page
    assert '<details class="frame own" open' in answer.text
    assert "GET /binder/tides/boom?comment=hello+there" in page
    assert "a visitor who has not signed in" in page
    assert re.search(r"request &lt;Request [\w-]+: GET /binder/tides/boom&gt;", page)


def test_a_repr_that_fails_does_not_break_the_page(shared):
    page = text_of(shared.client.get("/binder/tides/boom"))
    assert "&lt;Stubborn, whose repr raised ValueError&gt;" in page
    assert "[&lt;Leaving, whose repr raised SystemExit&gt;]" in page


def test_everything_is_escaped_and_nothing_is_inline(shared):
    answer = shared.client.get("/binder/tides/boom")
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "<style" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert r"\udc80\x00" in answer.text
    css = re.search(r'<link rel="stylesheet" href="([^"]+)"', answer.text)[1]
    assert shared.client.get(css).status == 200
    assert "script-src" not in answer.headers["Content-Security-Policy"]


SECRETS = ("hunter22-x", "sesame-and-more", "in a dict")


@pytest.mark.parametrize("program", [False, True])
@pytest.mark.parametrize("how", ["query", "form", "json"])
def test_secrets_are_hidden_wherever_they_stand(shared, how, program):
    values = {"password": SECRETS[0], "comment": f"it is {SECRETS[0]}"}
    headers = {"Accept": "application/json" if program else "text/html"}
    headers["Cookie"] = "other=cookie-value-1"
    client = shared.browser()
    if how == "query":
        answer = client.get("/binder/tides/boom", query=values, headers=headers)
    else:
        sent = {"data": values} if how == "form" else {"json": values}
        answer = client.post("/binder/tides/boom", headers=headers, **sent)
    assert answer.status == 500
    for secret in (*SECRETS, "cookie-value-1", shared.application.settings.secret):
        assert secret not in answer.text


def test_secrets_of_a_form_are_hidden_and_files_are_not_shown(shared):
    with development_site() as site:
        fill(site).add_user("max", roles=["manager"])
        client = site.browser().login("max")
        answer = client.post(
            "/binder/tides/boom",
            data={"password": SECRETS[0], "comment": f"it is {SECRETS[0]}"},
            files={"upload": ("notes.txt", b"the body of the file", "text/plain")},
        )
        page = text_of(answer)
        assert answer.status == 500
        assert "Form: password ••••••" in page
        assert "Form: comment 'it is ••••••'" in page
        assert "file 'notes.txt', text/plain, 20 bytes" in page
        assert "the body of the file" not in page
        for secret in SECRETS:
            assert secret not in answer.text


def test_the_password_of_a_header_and_short_ones_in_a_query_are_hidden():
    @view(Site, "header")
    def header(site, request):
        raise ValueError(request.environ["HTTP_AUTHORIZATION"] + " " + "peep-boo-and-more")

    with testing.site(header, settings={"development": True}) as site:
        site.add_user("zoe", "peep-boo-and-more")
        credentials = base64.b64encode(b"zoe:peep-boo-and-more").decode()
        headers = {"Authorization": f"Basic {credentials}"}
        answer = site.client.get("/header?password=q7z&x=1", headers=headers)
    page = text_of(answer)
    assert answer.status == 500
    assert "GET /header?password=••••••&amp;x=1" in page
    for secret in (credentials, "q7z"):
        assert secret not in answer.text
    assert answer.text.count("peep-boo-and-more") == 0


def test_a_program_gets_the_traceback_as_lines(shared):
    answer = shared.client.get("/binder/tides/boom", headers=PROGRAM)
    assert answer.content_type == "application/problem+json"
    lines = answer.json["traceback"]
    assert lines[0] == "Traceback (most recent call last):"
    assert any(line.endswith("in boom") for line in lines)
    assert lines[-1].startswith("KeyError")


def test_a_failure_in_a_template_shows_its_line_and_expression(tmp_path, monkeypatch):
    package = tmp_path / "harbour_pages"
    (package / "templates").mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from objpub import Site, view\n\n@view(Site, 'broken', template='broken.pt')\n"
        "def broken(site, request):\n    return {'boats': ['<Ada>'], 'my_token': 'hidden-here'}\n"
    )
    template = package / "templates" / "broken.pt"
    template.write_text("<p>\n<b>before</b>\n<i>${boats[7]}</i>\n<u>after</u>\n</p>\n")
    monkeypatch.syspath_prepend(tmp_path)
    with testing.site("harbour_pages", settings={"development": True}) as site:
        answer = site.client.get("/broken")
    page = text_of(answer)
    assert answer.status == 500
    assert "IndexError list index out of range" in page
    assert "boats[7] " in page
    assert "broken.pt, line 3, column 6" in page
    assert re.search(r"<mark><span class=\"number\">3</span> &lt;i&gt;\$\{boats\[7\]\}", answer.text)
    assert "boats ['&lt;Ada&gt;']" in page
    assert "hidden-here" not in answer.text


def test_a_chain_of_errors_is_shown_with_how_they_come_together():
    @view(Site, "chained")
    def chained(site, request):
        try:
            try:
                int("x")
            except ValueError as error:
                raise LookupError("second") from error
        except LookupError:
            third = RuntimeError("third")
            third.add_note("a note <here>")
            raise third  # noqa: B904 - the context is what is shown

    with testing.site(chained, settings={"development": True}) as site:
        answer = site.client.get("/chained")
    page = text_of(answer)
    assert page.index("third") < page.index("It was raised while this was being handled: LookupError second")
    assert page.index("second") < page.index("It was raised because of this: ValueError invalid literal")
    assert "a note &lt;here&gt;" in answer.text


def test_a_recursion_without_end_has_a_page_of_some_size():
    @view(Site, "deep")
    def deep(site, request):
        return deep(site, request)

    with testing.site(deep, settings={"development": True}) as site:
        answer = site.client.get("/deep")
    assert "RecursionError" in answer.text
    assert "calls are left out here" in answer.text
    assert len(answer.text) < 500_000


def test_values_nested_without_end_are_not_looked_through_without_end():
    class Counted:
        shown = 0

        def __repr__(self):
            Counted.shown += 1
            return "0"

    @view(Site, "nested")
    def nested(site, request):
        wide = [[[[Counted()] * 300] * 300] * 300] * 300
        loop = {"again": None, "secret": ["around", "-and-around"]}
        loop["again"] = loop
        raise ValueError(len(wide), loop["secret"])

    with testing.site(nested, settings={"development": True}) as site:
        answer = site.client.get("/nested")
    assert 0 < Counted.shown < 100_000, "of 8,100,000,000"
    assert answer.status == 500
    assert "[[[" in answer.text
    assert "['••••••', '••••••']" in text_of(answer)


def test_an_error_before_the_site_is_there_has_its_page():
    with development_site() as site:
        site.application.registry[Policy].identify = None  # no callable
        answer = site.client.get("/")
        assert answer.status == 500
        assert "TypeError" in answer.text
        assert "a visitor who has not signed in" in answer.text


class Mute(Exception):
    def __str__(self):
        raise ValueError("nothing to say")


@pytest.mark.parametrize("development", [True, False])
@pytest.mark.parametrize("headers", [{}, PROGRAM])
def test_an_error_whose_message_fails_is_answered(development, headers):
    @view(Site, "mute")
    def mute(site, request):
        raise Mute

    with testing.site(mute, settings={"development": development}) as site:
        answer = site.client.get("/mute", headers=headers)
    assert answer.status == 500
    assert ("Mute" in answer.text) is development


def test_large_values_are_shortened():
    @view(Site, "large")
    def large(site, request):
        text, numbers, number = "x" * 1_000_000, list(range(1_000_000)), 10**5000
        nested = []
        nested.append(nested)
        raise ValueError(len(text) + len(numbers) + number + len(nested))

    with testing.site(large, settings={"development": True}) as site:
        answer = site.client.get("/large")
    assert answer.status == 500
    assert len(answer.text) < 100_000
    assert "xxxx …" in answer.text


# Never elsewhere

TRACES = ("raceback", "The walk", "How this was decided", __file__, "development", "KeyError", "Views")


@pytest.mark.parametrize("headers", [{}, PROGRAM])
@pytest.mark.parametrize(
    "path", ["/binder/tide", *(f"/binder/tides/{name}" for name in ("boom", "save", "keep"))]
)
def test_nothing_of_it_is_shown_in_production(path, headers):
    with testing.site(*DECLARED) as site:
        fill(site)
        client = site.browser().login("zoe")
        answer = client.get(path, headers=headers)
        assert answer.status >= 400
        for trace in TRACES:
            assert trace not in answer.text
        assert "traceback" not in (answer.json if headers else {})
