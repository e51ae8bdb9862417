"""Which changes the catalog looks at: none that it cannot keep, and each that it could."""

import pytest

from objpub.catalog import catalog_of
from objpub.catalog import check_catalog
from objpub.catalog import find
from objpub.catalog import index
from objpub.catalog import Indexes
from objpub.catalog.collecting import changed_resources
from objpub.content import Content
from objpub.content import evolve
from objpub.content import Folder
from objpub.content.content import KEPT
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.security import grant
from objpub.security import revoke
from objpub.security import SYSTEM


class Box(Folder, addable="anywhere"):
    pass


class Leaf(Content, addable="anywhere"):
    tags: frozenset[str] = field(default=(), index="keyword")
    text: str = field(default="")


READ = set()


class Watched(Content, addable="anywhere"):
    """Notes what is read of it."""

    tags: frozenset[str] = field(default=(), index="keyword")

    def __getattribute__(self, name):
        READ.add(name)
        return super().__getattribute__(name)


class Counted(Content, addable="anywhere"):
    text: str = field(default="")


class Dated(Content, addable="anywhere"):
    tags: frozenset[str] = field(default=(), index="keyword")
    text: str = field(default="")


class Linking(Content, addable="anywhere"):
    to: Ref[Leaf] | None = field(default=None)
    more: tuple[Ref[Leaf], ...] = field(default=())
    text: RichText = field(default="")
    note: Markdown = field(default="")


@index(Counted, "length", kind="range")
def length(counted):
    return len(counted.text)


@evolve(Dated, version=2)
def with_a_tag(state):
    return {**state, "tags": frozenset({*state["tags"], "evolved"})}


def names(world, **values):
    return sorted(each.__name__ for each in find(SYSTEM, world.site, **values))


def looked_at(world):
    return [each.__name__ for each in changed_resources(world.connection)]


@pytest.fixture
def leaf(world):
    """A leaf as it is loaded: what is in memory because it was just made is looked at once more."""
    world.site.add("box", Box()).add("leaf", Leaf(tags={"sea"}))
    world.commit()
    world.connection.cacheMinimize()
    return world.site["box"]["leaf"]


def test_a_change_of_what_is_not_indexed_is_not_looked_at(world, leaf):
    leaf.text = "On the beach"
    leaf._private = 1
    assert looked_at(world) == []
    world.commit()
    leaf.text = "In the harbour"  # nor is the next one: a commit leaves no trace
    assert looked_at(world) == []
    world.commit()
    assert names(world, tags="sea") == ["leaf"]
    assert list(check_catalog(world.connection)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda leaf: setattr(leaf, "tags", {"moon"}),
        lambda leaf: setattr(leaf, "_owner", "ann"),
        lambda leaf: grant(leaf, "user:ann", "editor"),
        lambda leaf: setattr(leaf, "_cut", frozenset({"grants"})),
        lambda leaf: leaf.__parent__.rename("leaf", "frond"),
        lambda leaf: leaf.__parent__.detach("leaf"),
    ],
)
def test_a_change_of_what_a_catalog_keeps_is_looked_at(world, leaf, change):
    change(leaf)
    leaf.text = "On the beach"
    world.commit()
    assert list(check_catalog(world.connection)) == []


def test_what_is_taken_back_is_looked_at(world, leaf):
    grant(leaf, "user:ann", "editor")
    world.commit()
    world.connection.cacheMinimize()
    revoke(leaf, "user:ann", "editor")
    world.commit()
    assert list(check_catalog(world.connection)) == []


@pytest.mark.parametrize("first", [True, False])
def test_what_is_changed_without_the_field_being_set_is_looked_at(world, leaf, first):
    leaf.text  # noqa: B018 - wakes it
    if first:
        leaf._p_changed = True
    vars(leaf)["tags"] = frozenset({"moon"})
    leaf._p_changed = True
    world.commit()
    assert names(world, tags="moon") == ["leaf"]


def test_what_a_savepoint_has_stored_is_looked_at_although_it_was_let_go(world, leaf):
    leaf.tags = {"moon"}
    world.manager.savepoint()
    world.connection.cacheMinimize()
    leaf.text = "On the beach"
    world.commit()
    assert (names(world, tags="moon"), names(world, tags="sea")) == (["leaf"], [])


def test_every_change_is_looked_at_where_a_value_is_computed(world):
    world.site.add("counted", Counted())
    world.commit()
    world.connection.cacheMinimize()
    world.site["counted"].text = "seven"
    world.commit()
    assert names(world, length=5) == ["counted"]


def test_what_a_step_has_changed_while_it_was_loaded_is_looked_at(world):
    world.site.add("dated", Dated(tags={"sea"}))
    world.commit()
    world.connection.cacheMinimize()
    dated = world.site["dated"]
    old = {name: value for name, value in dated.__getstate__().items() if name != "_version"}
    dated.__setstate__(old)  # as it is loaded where the record is of an older shape
    dated.text = "On the beach"
    world.commit()
    assert names(world, tags="evolved") == ["dated"]


def test_of_all_that_a_catalog_reads_a_resource_tells(world, registry):
    watched = world.site.add("watched", Watched())
    world.commit()
    READ.clear()
    catalog_of(world.site).put(watched, registry[Indexes])
    read = {name for name in READ if not name.startswith("_p_")}
    assert {"__parent__", "_owner", "_grants", "tags"} <= read <= KEPT | {"tags"}


@pytest.mark.parametrize("name", ["to", "more", "text", "note"])
def test_a_change_of_what_refers_is_looked_at(world, leaf, name):
    world.site.add("linking", Linking())
    world.commit()
    world.connection.cacheMinimize()
    values = {
        "to": leaf,
        "more": (leaf,),
        "text": '<a href="/box/leaf">Leaf</a>',
        "note": "[Leaf](/box/leaf)",
    }
    setattr(world.site["linking"], name, values[name])
    assert looked_at(world) == ["linking"]
    world.commit()
    assert list(check_catalog(world.connection)) == []
