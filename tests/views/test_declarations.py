"""`@view` says what it means, or the start says why not."""

import sys
import types

import pytest

from objpub import Content
from objpub import Folder
from objpub import Permission
from objpub import Site
from objpub import testing
from objpub.configuration import Configuration
from objpub.errors import ConflictingDeclarations
from objpub.errors import DeclarationError
from objpub.errors import NotFound
from objpub.errors import TemplateError
from objpub.publisher import App
from objpub.traversal import Found
from objpub.views import action
from objpub.views import Actions
from objpub.views import find_view
from objpub.views import tab
from objpub.views import Tabs
from objpub.views import view
from objpub.views import views_of
from tests.publisher.model import Page


def frozen(*things):
    configuration = Configuration()
    configuration.include("objpub.content", "objpub.security", *things)
    return configuration.freeze()


def module_with(tmp_path, source, **templates):
    """Return a module in a file of its own, with templates beside it."""
    path = tmp_path / "shop.py"
    path.write_text(source)
    folder = tmp_path / "templates"
    folder.mkdir()
    for name, text in templates.items():
        (folder / f"{name.replace('_', '-')}.pt").write_text(text)
    module = types.ModuleType("shop")
    module.__file__ = str(path)
    sys.modules["shop"] = module
    exec(compile(source, str(path), "exec"), vars(module))
    return module


@pytest.fixture(autouse=True)
def forget_the_shop():
    yield
    sys.modules.pop("shop", None)


SHOP = """
from objpub import Content, Site
from objpub.views import view
class Thing(Content, addable="anywhere"):
    title: str = ""
@view(Thing)
def show(thing, request):
    return {"word": "shown"}
@view(Thing, "print")
def print_it(thing, request, size: int = 1):
    return {"size": size}
@view(Thing, "named", template="other.pt")
def named(thing, request):
    return {"size": 0}
"""


def test_a_template_is_found_by_the_name_of_type_and_view(tmp_path):
    templates = {"thing": "<p>${word} ${context.title}</p>", "thing_print": "<p>${size}</p>"}
    module = module_with(tmp_path, SHOP, other="<b>${size} ${view.name}</b>", **templates)
    with testing.site(module) as site:
        with site.work() as root:
            root.add("a", module.Thing(title="<T>"))
        assert site.client.get("/a").text == "<p>shown &lt;T&gt;</p>"
        assert site.client.get("/a/print?size=3").text == "<p>3</p>"
        assert site.client.get("/a/named").text == "<b>0 named</b>"


def test_a_template_that_is_missing_stops_the_start(tmp_path):
    module = module_with(tmp_path, SHOP, thing="<p/>", other="<p/>")
    with pytest.raises(TemplateError, match=r"print_it returns a dict and has no template.*thing-print\.pt"):
        frozen(module)


def test_a_template_that_is_named_and_missing_stops_the_start(tmp_path):
    module = module_with(tmp_path, SHOP, thing="<p/>", thing_print="<p/>")
    with pytest.raises(TemplateError, match="other.pt"):
        frozen(module)


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((Page, "x"), {"permision": "view"}, "did you mean 'permission'"),
        ((Page, "x"), {"methods": "POST"}, "did you mean 'method'"),
        ((Page, "x"), {"method": "PSOT"}, "did you mean 'POST'"),
        ((Page, "x"), {"method": ["GET", "BREW"]}, "'BREW'"),
        ((Page, "x"), {"permission": "edti"}, "did you mean 'edit'"),
        ((Page, "x"), {"permission": Permission("never.declared")}, "never.declared"),
        (("Page", "x"), {}, "wants a type"),
        ((Page, "@@x"), {}, "cannot be called '@@x'"),
        ((Page, "a/b"), {}, "cannot be called 'a/b'"),
        ((Page, "_x"), {}, "cannot be called '_x'"),
        ((Page, "++x"), {}, "cannot be called '++x'"),
        ((Page, "x"), {"template": "nothing.pt"}, "nothing.pt"),
    ],
)
def test_a_mistake_stops_the_start_and_names_the_line(arguments, options, words):
    with pytest.raises(DeclarationError) as caught:

        @view(*arguments, **options)
        def wrong(context, request):
            return "x"

        frozen(Page, wrong)
    assert words in str(caught.value)
    assert __file__ in str(caught.value)


@pytest.mark.parametrize(
    "function",
    [
        lambda: "x",
        lambda context: "x",
        lambda context, request, thing: "x",
        lambda context, request, *rest: "x",
    ],
)
def test_a_function_that_cannot_be_a_view_stops_the_start(function):
    with pytest.raises(DeclarationError):
        frozen(Page, view(Page, "x")(function))


def test_an_argument_of_a_kind_that_nobody_can_convert_stops_the_start():
    @view(Page, "x")
    def wrong(context, request, thing: object):
        return "x"

    with pytest.raises(DeclarationError, match=r"wrong\(thing\): object cannot be the kind") as caught:
        frozen(Page, wrong)
    assert __file__ in str(caught.value)


def test_two_equal_views_stop_the_start_and_both_places_are_told():
    @view(Page, "x")
    def one(page, request):
        return "one"

    @view(Page, "x")
    def two(page, request):
        return "two"

    with pytest.raises(ConflictingDeclarations) as caught:
        frozen(Page, one, two)
    assert "view Page x GET" in str(caught.value).replace("'", "")
    assert str(caught.value).count(__file__) == 2
    assert str(caught.value).count('@view(Page, "x")') == 2


def test_different_methods_and_types_are_no_conflict():
    @view(Page, "x")
    def one(page, request):
        return "one"

    @view(Page, "x", method="POST", permission="public")
    def two(page, request):
        return "two"

    @view(Content, "x")
    def three(page, request):
        return "three"

    with testing.site(Page, one, two, three) as site:
        with site.work() as root:
            root.add("page", Page(title="x"))
            root.add("folder", Folder())
        assert site.client.get("/page/x").text == "one"
        assert site.client.post("/page/x").text == "two"
        assert site.client.get("/folder/x").text == "three"
        assert site.client.post("/folder/x").status == 405


def test_an_override_replaces_and_needs_nothing_to_replace():
    @view(Page, "x")
    def one(page, request):
        return "one"

    @view(Page, "x")
    def two(page, request):
        return "two"

    app = App()
    app.include(Page, one)
    app.override(two)
    with testing.site(app) as site:
        with site.work() as root:
            root.add("page", Page(title="x"))
        assert site.client.get("/page/x").text == "two"


def test_the_most_specific_type_wins_and_views_are_inherited():
    class Special(Page):
        pass

    @view(Page, "x")
    def one(page, request):
        return "page"

    @view(Special, "x")
    def two(page, request):
        return "special"

    @view(Page, "y")
    def other(page, request):
        return "y"

    registry = frozen(Page, Special, one, two, other)
    special = Special(title="x")
    assert find_view(registry, Found(special, "x"), "GET").function is two
    assert find_view(registry, Found(Page(title="x"), "x"), "GET").function is one
    assert find_view(registry, Found(special, "y"), "HEAD").function is other
    with pytest.raises(NotFound):
        find_view(registry, Found(special, "z"), "GET")
    assert [each.name for each in views_of(registry, Special)] == ["x", "y"]


def test_deny_by_default():
    @view(Page, "read")
    def read(page, request):
        return "x"

    @view(Page, "write", method="POST")
    def write(page, request):
        return "x"

    @view(Page, "both", method=["GET", "POST"])
    def both(page, request):
        return "x"

    registry = frozen(Page, read, write, both)
    permissions = {each.name: each.permission for each in views_of(registry, Page)}
    assert permissions == {"read": "view", "write": "edit", "both": "edit"}


def test_a_view_may_take_segments_after_its_name():
    @view(Site, "files", subpath=True)
    def files(site, request):
        return "/".join(request.subpath)

    with testing.site(files) as site:
        assert site.client.get("/files/a/b%20c").text == "a/b c"
        assert site.client.get("/files").text == ""
        assert site.client.get("/files/a/b/").status == 308 or site.client.get("/files/a/b/").text == "a/b"


def test_tabs_and_actions_are_kept_for_the_management_interface():
    @tab(Page, "Statistics", permission="view", order=3)
    def statistics(page, request):
        return "x"

    @action(Page, "Send to press", bulk=True)
    def send(page, request):
        return "x"

    registry = frozen(Page, statistics, send)
    found = registry[Tabs].find(Page, "statistics")
    assert (found.title, found.permission, found.order, found.function) == (
        "Statistics",
        "view",
        3,
        statistics,
    )
    found = registry[Actions].find(Page, "send-to-press")
    assert (found.title, found.permission, found.bulk) == ("Send to press", "edit", True)
    with pytest.raises(DeclarationError, match="did you mean 'edit'"):
        frozen(Page, tab(Page, "X", permission="edti")(lambda page, request: "x"))
