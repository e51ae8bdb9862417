"""Where a resource is."""

import pytest

from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.lineage import inside
from objpub.lineage import lineage
from objpub.lineage import nearest
from objpub.lineage import path_of
from objpub.lineage import segments_of
from objpub.lineage import top


class Place(dict):
    """A resource of the simplest kind."""

    def __init__(self, parent=None, name=None):
        self.__parent__ = parent
        self.__name__ = name
        if parent is not None:
            parent[name] = self


class Special(Place):
    """Another class of it."""


@pytest.fixture
def tree():
    site = Place()
    return site, Special(site, "a"), Place(site["a"], "b ü")


def test_the_lineage_goes_up_to_the_site(tree):
    site, a, b = tree
    assert [id(step) for step in lineage(b)] == [id(b), id(a), id(site)]
    assert list(lineage(None)) == []
    assert top(b) is top(site) is site


def test_inside_is_itself_or_below(tree):
    site, a, b = tree
    assert inside(b, b) and inside(b, a) and inside(b, site)
    assert not inside(a, b) and not inside(b, Place())


def test_paths_and_resources_are_inverse(tree):
    for resource in tree:
        assert find_resource(tree[0], path_of(resource)) is resource
        assert find_resource(tree[0], segments_of(resource)) is resource
    assert [path_of(resource) for resource in tree] == ["/", "/a", "/a/b ü"]
    assert segments_of(tree[2]) == ("a", "b ü")


@pytest.mark.parametrize(
    ("path", "walked", "missing"),
    [("/x", "/", "x"), ("/a/x/y", "/a", "x"), (("a", "b ü", "c"), "/a/b ü", "c")],
)
def test_what_is_not_there_is_said(tree, path, walked, missing):
    with pytest.raises(NotFound) as caught:
        find_resource(tree[0], path)
    assert (caught.value.walked, caught.value.missing) == (walked, missing)


def test_a_leaf_has_nothing_below(tree):
    class Leaf:
        __parent__ = None
        __name__ = None

    with pytest.raises(NotFound):
        find_resource(Leaf(), "/x")


def test_nearest_is_the_first_of_a_kind(tree):
    site, a, b = tree
    assert nearest(b, Special) is a
    assert nearest(b, Place) is b
    assert nearest(site, Special) is None
