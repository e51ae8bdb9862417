"""What a view can ask its request for, and answer with it."""

import json
import re

import pytest

from objpub import Site
from objpub import testing
from objpub.errors import DeclarationError
from objpub.errors import NotFound
from objpub.publisher import Markup
from objpub.publisher import own_path
from objpub.views import view
from tests.publisher.model import Box
from tests.publisher.model import fill
from tests.publisher.model import model_site
from tests.publisher.model import Page
from tests.publisher.model import Secret
from tests.publisher.model import THINGS


def ask(function, path="/box/page", user="", settings=None, environ=None, headers=None, more=()):
    """Return what *function*, called by a view of the page with (page, request), returns, as JSON."""

    @view(Page, "ask", permission="public", method=["GET", "POST"])
    @view(Box, "ask", permission="public")
    @view(Site, "ask", permission="public")
    def asking(context, request):
        return request.json(function(context, request))

    with testing.site(*THINGS, asking, *more, settings=settings or {}) as site:
        fill(site)
        with site.work() as root:
            root["box"].add("ü b&c?d", Page(title="Odd"))
            root["box"]["inner"].add("deep", Page(title="Deep"))
        if user:
            site.client.login(user)
        response = site.client.get(f"{path.rstrip('/')}/ask", environ=environ, headers=headers)
        assert response.status == 200, response.text
        return response.json


# Where things are


def test_url_of_resources_views_and_queries():
    def urls(page, request):
        box = page.__parent__
        return [
            request.url(),
            request.url(request.site),
            request.url(box),
            request.url(page),
            request.url(box["ü b&c?d"]),
            request.url(box["inner"]["deep"]),
            request.url(page, "typed"),
            request.url(box, "add"),
            request.url(page, "@@typed"),
            request.url(page, "a/b ü"),
            request.url(page, after="ü&=", none=None, several=[1, 2]),
            request.url(page, "typed", size=3),
            request.url(page, none=None),
            request.url(page, absolute=True),
        ]

    assert ask(urls) == [
        "/box/page",
        "/",
        "/box/",
        "/box/page",
        "/box/%C3%BC%20b%26c%3Fd",
        "/box/inner/deep",
        "/box/page/typed",
        "/box/add",
        "/box/page/@@typed",
        "/box/page/a/b%20%C3%BC",
        "/box/page?after=%C3%BC%26%3D&several=1&several=2",
        "/box/page/typed?size=3",
        "/box/page",
        "http://localhost/box/page",
    ]


def test_url_below_a_prefix_and_with_the_address_that_is_set():
    def urls(page, request):
        return [request.url(page), request.url(request.site), request.url(page, absolute=True)]

    environ = {"SCRIPT_NAME": "/a b"}
    assert ask(urls, environ=environ) == ["/a%20b/box/page", "/a%20b/", "http://localhost/a%20b/box/page"]
    settings = {"server.url": "https://www.example.org/"}
    assert ask(urls, settings=settings)[2] == "https://www.example.org/box/page"


def test_every_url_leads_to_what_it_was_made_of():
    with testing.site(*THINGS) as site:
        fill(site)
        with site.work() as root:
            for name in (
                "ü b",
                "a&b",
                "a?b",
                "a#b",
                "a+b",
                "a%2Fb",
                "a;b",
                "~",
                "'\"",
                "<b>",
                "日本",
                "a:b",
                "x@@y",
            ):
                root.add(name, Page(title=f"[{name}]"))
        page = site.client.get("/")
        links = dict(page.page.links)
        for text, link in links.items():
            if text.startswith("["):
                assert f"<h1>{text}</h1>" in site.client.get(link).text.replace("&lt;", "<").replace(
                    "&gt;", ">"
                ).replace("&amp;", "&").replace("&#34;", '"').replace("&quot;", '"').replace("&#39;", "'")
        assert len(links) > 12


def test_a_page_names_its_one_address():
    def links(site, path, **options):
        return re.findall(r'<link rel="canonical" href="([^"]*)"', site.client.get(path, **options).text)

    with model_site(settings={"server.url": "https://sea.example/"}) as site:
        fill(site)
        assert links(site, "/box/page") == ["https://sea.example/box/page"]
        assert links(site, "/box/page?utm_source=letter") == ["https://sea.example/box/page"]
        assert links(site, "/box/?utm_source=letter&after=other") == ["https://sea.example/box/?after=other"]
        assert links(site, "/@@login?x=1") == ["https://sea.example/login"]
        assert links(site, "/nothing") == []
        assert links(site, "/box/page/typed?size=x") == []


def test_static_files_have_a_fingerprint_and_a_missing_one_is_an_error():
    def urls(page, request):
        with pytest.raises(DeclarationError) as caught:
            request.static("objpub-publisher/plian.css")
        return [request.static("objpub-publisher/plain.css"), str(caught.value)]

    url, message = ask(urls)
    assert url.startswith("/static/objpub-publisher/") and url.endswith("/plain.css")
    assert "plian.css" in message and "plain.css" in message.partition("; there is ")[2]


def test_what_a_request_knows():
    def facts(page, request):
        return {
            "path": request.path,
            "context": request.context is page,
            "view_name": request.view_name,
            "site": request.site is page.__parent__.__parent__,
            "identity": request.identity.user_id,
            "session": request.session is not None,
            "settings": request.settings is request.application.settings,
            "registry": request.registry is request.application.registry,
            "development": request.development,
            "id": len(request.id) > 5,
            "header": request.headers["X-Colour"],
            "date": request.format.number(1234.5) is not None,
        }

    assert ask(facts, user="edith", headers={"X-Colour": "red"}) == {
        "path": "/box/page/ask",
        "context": True,
        "view_name": "ask",
        "site": True,
        "identity": "edith",
        "session": True,
        "settings": True,
        "registry": True,
        "development": False,
        "id": True,
        "header": "red",
        "date": True,
    }


def test_can_asks_for_the_context_or_another_resource():
    def answers(page, request):
        return [
            bool(request.can("view")),
            bool(request.can("edit")),
            bool(request.can(Secret)),
            bool(request.can("edit", request.site)),
            bool(request.can("manage", page.__parent__)),
        ]

    assert ask(answers) == [True, False, False, False, False]
    assert ask(answers, user="edith")[:3] == [True, True, False]
    assert ask(answers, user="mia") == [True, True, True, True, True]


def test_breadcrumbs_are_the_places_above_that_may_be_seen():
    def names(context, request):
        return [step.__name__ or "site" for step in request.breadcrumbs()]

    assert ask(names) == ["site", "box", "page"]
    assert ask(names, path="/") == ["site"]


# What to answer


def test_redirects_lead_to_resources_views_and_own_paths():
    def locations(page, request):
        return [
            (made.status_int, made.location)
            for made in (
                request.redirect(),
                request.redirect(page.__parent__),
                request.redirect(page, "typed"),
                request.redirect("/x?y=1#z"),
            )
        ]

    assert ask(locations) == [
        [303, "/box/page"],
        [303, "/box/"],
        [303, "/box/page/typed"],
        [303, "/x?y=1#z"],
    ]


@pytest.mark.parametrize(
    "target", ["http://evil.example/", "//evil.example", "/\\evil", "x", "", "/a\r\nb: c", "/\x00"]
)
def test_a_redirect_to_another_site_is_refused(target):
    assert own_path(target) is None

    def message(page, request):
        with pytest.raises(DeclarationError) as caught:
            request.redirect(target)
        return str(caught.value)

    assert repr(target) in ask(message)


def test_render_puts_one_view_into_another():
    @view(Page, "card")
    def card(page, request, size: int = 1):
        return Markup(f"<b>{page.title} {size} {request.context.__name__}</b>")

    @view(Page, "hidden", permission=Secret)
    def hidden(page, request):
        return Markup("<b>hidden</b>")

    @view(Page, "plain")
    def plain(page, request):
        return "<b>"

    def rendered(page, request):
        other = page.__parent__["other"]
        with pytest.raises(NotFound):
            request.render(other, "nothing")
        with pytest.raises(NotFound):
            request.render(other, "plain")
        made = request.render(other, "card")
        assert made.__html__() == made
        return [made, request.render(other, "card", size=3), request.render(other, "hidden")]

    more = (card, hidden, plain)
    assert ask(rendered, more=more) == ["<b>Other 1 page</b>", "<b>Other 3 page</b>", ""]
    assert ask(rendered, more=more, user="mia")[2] == "<b>hidden</b>"


def test_json_is_in_utf8_and_refuses_what_json_has_no_form_for():
    @view(Site, "json", permission="public")
    def as_json(site, request, kind: str):
        return request.json(
            {"a": "ü"} if kind == "right" else {"nan": float("nan"), "object": object()}[kind]
        )

    with testing.site(as_json) as site:
        response = site.client.get("/json?kind=right")
        assert (response.body, response.content_type) == ('{"a":"ü"}'.encode(), "application/json")
        assert site.client.get("/json?kind=nan").status == 500
        assert site.client.get("/json?kind=object").status == 500


def test_a_template_may_be_filled_by_hand_to_change_headers():
    with testing.site() as site:
        page = site.client.post("/login", {"name": "x", "password": "y"})
        assert (page.status, page.content_type) == (401, "text/html")


@pytest.mark.parametrize("target", ["/", "/a/b?c=d&e=%2F#f", "/@@x", "/ü", "/a b"])
def test_own_paths_pass_quoted(target):
    passed = own_path(target)
    assert passed is not None
    assert passed.isascii() and " " not in passed
    assert json.dumps(passed)
