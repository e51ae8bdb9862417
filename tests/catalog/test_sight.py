"""Who sees what: without a class, below something without one, and after a change that writes no index."""

from objpub.catalog import find
from objpub.catalog import Indexes
from objpub.content import Content
from objpub.content import Folder
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.lineage import path_of
from objpub.schema import field
from objpub.security import grant
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import SYSTEM


class Box(Folder, addable="anywhere"):
    pass


class Note(Content, addable="anywhere"):
    word: str = field(default="", index="value")


def test_what_is_in_a_folder_without_a_class_is_not_found(world, monkeypatch):
    box = world.site.add("box", Box())
    box.add("note", Note(word="in"))
    world.site.add("other", Note(word="out"))
    world.commit()
    indexes = world.database.registry[Indexes]
    known = {name: each for name, each in indexes._kinds.items() if each is not Box}
    monkeypatch.setattr(indexes, "_kinds", known)
    monkeypatch.delattr(f"{__name__}.Box")
    world.database._classes.clear()
    with transaction_for(world.database, read_only=True) as pair:
        pair.connection.cacheMinimize()
        for who in (SYSTEM, NO_IDENTITY):
            found = find(who, site_of(pair.connection))
            assert [path_of(each) for each in found] == ["/", "/other"]
            assert [facet.value for facet in found.facets("word")] == ["out"]


def test_a_change_of_grants_writes_nothing_but_where_something_is_set(world):
    box = world.site.add("box", Box())
    for number in range(50):
        box.add(f"n{number}", Note(word="x"))
    override_permission(box, "view", "editor")
    world.commit()
    catalog = world.site.catalog
    catalog.settle()
    world.commit()
    trees = [catalog.parents, catalog.owners, catalog.places, *catalog.kinds.values()]
    trees += [part for each in catalog.indexes.values() for part in (each._keys, each._ids)]
    trees += catalog.pending.slots
    before = [each._p_serial for each in trees]
    assert find(NO_IDENTITY, world.site, word="x").count == 0
    grant(box, "user:vera", "editor")
    world.commit()
    assert [each._p_serial for each in trees] == before
    assert find(world.identity("vera"), world.site, word="x").count == 50
    assert find(NO_IDENTITY, world.site, word="x").count == 0
