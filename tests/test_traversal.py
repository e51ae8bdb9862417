"""From a path to segments, and from segments to what is found."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.errors import ConflictingDeclarations
from objpub.errors import DeclarationError
from objpub.errors import NotFound
from objpub.lineage import path_of
from objpub.registry import Registry
from objpub.traversal import Namespaces
from objpub.traversal import split_path
from objpub.traversal import traverse
from objpub.traversal import ViewNames
from objpub.traversal import walk


class Child:
    """What a hook makes."""

    __parent__ = None
    __name__ = None

    def __init__(self, **values):
        self.values = values


@pytest.fixture
def site():
    site = Site()
    site.add("a", Folder())
    site["a"].add("b", Folder())
    site["a"]["b"].add("c", Content())
    return site


def registry_of(*functions):
    configuration = Configuration()
    configuration.include(*functions)
    return configuration.freeze()


def walked(registry, site, path):
    found = walk(registry, site, split_path(path)[0])
    return path_of(found.context), found.view_name, found.subpath, found.forced


# Paths


@pytest.mark.parametrize(
    ("path", "segments", "plain"),
    [
        ("/", (), True),
        ("", (), True),
        ("/a", ("a",), True),
        ("/a/", ("a",), True),
        ("/a/b", ("a", "b"), True),
        ("/a//b", ("a", "b"), False),
        ("//a", ("a",), False),
        ("/a/./b", ("a", "b"), False),
        ("/a/../b", ("b",), False),
        ("/a/b/..", ("a",), False),
        ("/a//", ("a",), False),
        ("/..a/b..", ("..a", "b.."), True),
        ("a", ("a",), True),
        ("/ü/ ", ("ü", " "), True),
    ],
)
def test_a_path_is_split_into_segments(path, segments, plain):
    assert split_path(path) == (segments, plain)


@pytest.mark.parametrize("path", ["/..", "/a/../..", "/../a", "..", "/./..", "//.."])
def test_no_path_leads_out_of_the_site(path):
    with pytest.raises(NotFound) as caught:
        split_path(path)
    assert caught.value.missing == ".."


@given(st.text(alphabet="/.ab"))
def test_segments_are_never_empty_and_never_dots(path):
    try:
        segments, plain = split_path(path)
    except NotFound:
        return
    assert not {"", ".", ".."} & set(segments)
    assert not plain or path.strip("/") == "/".join(segments)


# Walks


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", ("/", "", (), False)),
        ("/a", ("/a", "", (), False)),
        ("/a/b/c", ("/a/b/c", "", (), False)),
        ("/view", ("/", "view", (), False)),
        ("/a/view", ("/a", "view", (), False)),
        ("/a/view/x/y", ("/a", "view", ("x", "y"), False)),
        ("/a/@@view", ("/a", "view", (), True)),
        ("/a/@@nothing", ("/a", "nothing", (), True)),
        ("/a/@@b/c", ("/a", "b", ("c",), True)),
    ],
)
def test_a_walk_ends_at_a_resource_or_at_a_view(site, path, found):
    registry = Registry()
    registry[ViewNames].put(Folder, "view", True)
    assert walked(registry, site, path) == found


@pytest.mark.parametrize(
    ("path", "reached", "missing"),
    [
        ("/x", "/", "x"),
        ("/a/x/b", "/a", "x"),
        ("/a/b/c/d", "/a/b/c", "d"),
        ("/a/b/b", "/a/b", "b"),
        ("/a/a", "/a", "a"),
        ("/a/__parent__", "/a", "__parent__"),
        ("/a/_children", "/a", "_children"),
        ("/@@", "/", "@@"),
        ("/@x", "/", "@x"),
        ("/++none++x", "/", "++none++x"),
        ("/++", "/", "++"),
        ("/+x", "/", "+x"),
        ("/keys", "/", "keys"),
    ],
)
def test_what_is_missing_is_said(site, path, reached, missing):
    with pytest.raises(NotFound) as caught:
        walked(Registry(), site, path)
    assert (caught.value.walked, caught.value.missing) == (reached, missing)
    assert path_of(caught.value.context) == reached


def test_an_item_comes_before_a_view_and_a_view_before_a_hook(site):
    @traverse(Folder, "{name}")
    def anything(folder, request, name):
        return Child(name=name)

    registry = Registry()
    configuration = Configuration()
    configuration.include(anything)
    configuration.registry[ViewNames].put(Folder, "b", True)
    configuration.registry[ViewNames].put(Folder, "view", True)
    registry = configuration.freeze()
    assert walked(registry, site, "/a/b")[:2] == ("/a/b", "")
    assert walked(registry, site, "/a/view")[:2] == ("/a", "view")
    assert walked(registry, site, "/a/other")[:2] == ("/a/other", "")


@pytest.mark.parametrize("name", ["+", "@", "+1", "@ann", "+@", "@+", "a@@b", "a++b"])
def test_a_child_may_have_any_name_that_a_folder_takes(site, name):
    site["a"].add(name, Folder())
    assert walked(Registry(), site, f"/a/{name}") == (f"/a/{name}", "", (), False)


def test_a_namespace_leads_on(site):
    registry = Registry()
    registry[Namespaces]["in"] = lambda context, name, request: context.get(name)
    assert walked(registry, site, "/++in++a/b")[0] == "/a/b"
    assert walked(registry, site, "/a/++in++b/c")[0] == "/a/b/c"
    with pytest.raises(NotFound):
        walked(registry, site, "/++in++x")


# Hooks


@pytest.mark.parametrize(
    ("pattern", "segment", "values"),
    [
        ("{year:int}", "2026", {"year": 2026}),
        ("{year:int}", "0", {"year": 0}),
        ("{year:int}", "02026", None),
        ("{year:int}", "-1", None),
        ("{year:int}", "x", None),
        ("{year:int}", "٣", None),
        ("{year:int}", "9" * 30, None),
        ("{day:date}", "2026-11-01", {"day": date(2026, 11, 1)}),
        ("{day:date}", "2026-02-30", None),
        ("{day:date}", "20261101", None),
        ("{name}", "ü x", {"name": "ü x"}),
        ("{name:str}", "x", {"name": "x"}),
        ("v{number:int}", "v12", {"number": 12}),
        ("v{number:int}", "12", None),
        ("{year:int}-{month:int}", "2026-11", {"year": 2026, "month": 11}),
        ("a.b{x}", "a.bc", {"x": "c"}),
        ("a.b{x}", "aXbc", None),
        ("fixed", "fixed", {}),
    ],
)
def test_a_hook_gets_its_values_converted(site, pattern, segment, values):
    seen = []

    @traverse(Folder, pattern)
    def hook(folder, request, **found):
        seen.append(found)
        return Child(**found)

    registry = registry_of(hook)
    if values is None:
        with pytest.raises(NotFound):
            walk(registry, site, (segment,))
        assert seen == []
    else:
        found = walk(registry, site, (segment,))
        assert found.context.values == values
        assert (found.context.__parent__, found.context.__name__) == (site, segment)


def test_a_hook_may_decline_and_the_next_one_is_asked_the_most_specific_first(site):
    @traverse(Folder, "{number:int}")
    def declines(folder, request, number):
        return None

    @traverse(Folder, "{name}")
    def takes(folder, request, name):
        return Child(by="folder")

    @traverse(Site, "{name:str}")
    def specific(site, request, name):
        return Child(by="site") if name == "1" else None

    registry = registry_of(declines, takes, specific)
    assert walk(registry, site, ("1",)).context.values == {"by": "site"}
    assert walk(registry, site, ("2",)).context.values == {"by": "folder"}
    assert walk(registry, site, ("a", "1")).context.values == {"by": "folder"}


def test_a_hook_may_place_its_child_itself(site):
    @traverse(Site, "alias")
    def alias(site, request):
        return site["a"]

    assert walked(registry_of(alias), site, "/alias/b")[0] == "/a/b"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{year:integer}", "unknown type 'integer'"),
        ("", "one segment"),
        ("a/{b}", "one segment"),
    ],
)
def test_a_pattern_that_cannot_be_stops_the_start(pattern, words):
    @traverse(Folder, pattern)
    def hook(folder, request, **values):
        return None

    with pytest.raises(DeclarationError) as caught:
        registry_of(hook)
    assert words in str(caught.value)
    assert __file__ in str(caught.value)


def test_two_equal_hooks_stop_the_start():
    first = traverse(Folder, "{a:int}")(lambda folder, request, a: None)
    second = traverse(Folder, "{a:int}")(lambda folder, request, a: None)
    with pytest.raises(ConflictingDeclarations):
        registry_of(first, second)
