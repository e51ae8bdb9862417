"""What refers to what is known by the transaction, and rules say what becomes of it when that is deleted."""

import pytest
from ZODB.POSException import ReadConflictError

from objpub.catalog import check_catalog
from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import Folder
from objpub.errors import AskFirst
from objpub.errors import DeclarationError
from objpub.errors import NotPossible
from objpub.events import Modified
from objpub.events import on
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import restore
from objpub.operations import used_by
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.schema import schema_of
from objpub.security import override_permission
from objpub.security import SYSTEM

TOLD = []


class Shelf(Folder, addable="anywhere"):
    title: str = ""


class Book(Content, addable="anywhere"):
    title: str
    sequel: "Ref[Book] | None" = field(default=None, on_delete="refuse")
    source: "Ref[Book] | None" = field(default=None, on_delete="refuse", read="manage")
    kin: "Ref[Book] | None" = field(default=None, on_delete="clear")
    near: "tuple[Ref[Book], ...]" = field(default=(), on_delete="clear")
    also: "frozenset[Ref[Book]]" = field(default=(), on_delete="clear")
    plain: "Ref[Book] | None" = None
    secret: "Ref[Book] | None" = field(default=None, read="manage")
    text: RichText = ""


@on(Modified, Book)
def tell(event):
    TOLD.append((event.resource.title, sorted(event.changed)))


@pytest.fixture
def registry(request):
    """With the catalog, which knows what refers to what."""
    configuration = Configuration()
    parts = ("content", "security", "catalog", "operations")
    configuration.include(*(f"objpub.{each}" for each in parts), request.module)
    return configuration.freeze()


@pytest.fixture
def books(world):
    """Three books on a shelf, and one beside it: a, b, c and d."""
    shelf = add_new(SYSTEM, world.site, Shelf, {"title": "Shelf"})
    found = {name: add_new(SYSTEM, shelf, Book, {"title": name}) for name in "abc"}
    found["d"] = add_new(SYSTEM, world.site, Book, {"title": "d"})
    world.commit()
    TOLD.clear()
    return found


def used(world, *targets, who="tom", **options):
    """Return (title, field) of what refers to *targets*; None for what is hidden."""
    found = used_by(world.identity(who), targets, **options)
    return [None if use is None else (use.resource.title, use.field.name) for use in found]


FIELDS = [
    ("sequel", lambda book: book),
    ("near", lambda book: (book, book)),
    ("also", lambda book: {book}),
    ("secret", lambda book: book),
    ("text", lambda book: '<p>See <a href="/d">this</a> and <img src="/d/"></p>'),
]


@pytest.mark.parametrize(("name", "value"), FIELDS, ids=[name for name, _ in FIELDS])
def test_a_use_is_told_with_its_field_before_and_after_the_commit_and_gone_with_its_value(
    world, books, name, value
):
    edit(SYSTEM, books["a"], {name: value(books["d"])})
    assert used(world, books["d"]) == [("a", name)]
    world.commit()
    assert used(world, books["d"]) == [("a", name)]
    edit(SYSTEM, books["a"], {name: schema_of(Book)[name].default})
    assert used(world, books["d"]) == []
    world.commit()
    assert used(world, books["d"]) == []
    assert list(check_catalog(world.connection)) == []


def test_moves_change_nothing_and_the_trash_does_not_count(world, books):
    edit(SYSTEM, books["a"], {"sequel": books["d"]})
    move(SYSTEM, books["d"], world.site["shelf"])
    assert used(world, books["d"]) == [("a", "sequel")]
    entry = delete(SYSTEM, books["a"])
    assert used(world, books["d"]) == []
    world.commit()
    restore(SYSTEM, entry)
    assert used(world, books["d"]) == [("a", "sequel")]


def test_what_is_inside_counts_and_what_refers_from_inside_does_not(world, books):
    edit(SYSTEM, books["a"], {"sequel": books["b"], "kin": books["d"]})
    edit(SYSTEM, books["d"], {"sequel": books["c"]})
    shelf = world.site["shelf"]
    assert used(world, shelf) == [("d", "sequel")]
    assert used(world, shelf, below=False) == []
    assert used(world, books["b"], below=False) == [("a", "sequel")]


def test_of_what_is_hidden_it_is_told_only_that_it_is(world, books):
    edit(SYSTEM, books["a"], {"plain": books["d"], "secret": books["d"]})
    edit(SYSTEM, books["b"], {"plain": books["d"]})
    override_permission(books["b"], "view", "manager")
    assert used(world, books["d"], who="vera") == [("a", "plain"), None, None]
    assert used(world, books["d"]) == [("a", "plain"), ("a", "secret"), ("b", "plain")]


def test_a_reference_refuses_the_deletion_of_its_target_and_of_the_folder_around_it(world, books):
    edit(SYSTEM, books["d"], {"sequel": books["a"]})
    for doomed in (books["a"], world.site["shelf"]):
        with world.refuses(NotPossible) as caught:
            delete(world.identity("ann"), doomed)
        assert "“d” (Sequel) refers to it" in str(caught.value)
    override_permission(books["d"], "view", "manager")
    with world.refuses(NotPossible) as caught:
        delete(world.identity("ann"), books["a"])
    assert "something that you may not see refers to it" in str(caught.value)
    assert "“d”" not in str(caught.value)
    delete(SYSTEM, books["a"], along=[books["d"]])


def test_references_are_cleared_told_and_given_back(world, books):
    a, b, c, d = (books[name] for name in "abcd")
    edit(SYSTEM, a, {"kin": d, "near": (b, d, c), "also": {b, d}})
    world.commit()
    TOLD.clear()
    entry = delete(world.identity("ann"), d)
    assert (a.kin, a.near, a.also) == (None, (b, c), frozenset({b}))
    assert TOLD == [("a", ["kin"]), ("a", ["near"]), ("a", ["also"])]
    assert "cleared 3 references to it" in world.commit()[0]
    restore(world.identity("ann"), entry)
    assert (a.kin, a.near, a.also) == (d, (b, d, c), frozenset({b, d}))
    assert used(world, d) == [("a", "kin"), ("a", "near"), ("a", "also")]


def test_what_was_set_meanwhile_stays_when_references_come_back(world, books):
    a, b, c, d = (books[name] for name in "abcd")
    edit(SYSTEM, a, {"kin": d, "near": (d,)})
    edit(SYSTEM, c, {"kin": d})
    entry = delete(SYSTEM, d)
    edit(SYSTEM, a, {"kin": b, "near": ()})
    delete(SYSTEM, c)
    world.commit()
    restore(SYSTEM, entry)
    assert (a.kin, a.near, c.kin) == (b, (d,), None)


def test_all_that_refers_to_what_is_in_a_folder_is_cleared(world, books):
    edit(SYSTEM, books["d"], {"near": (books["a"], books["b"])})
    entry = delete(SYSTEM, world.site["shelf"])
    assert books["d"].near == ()
    restore(SYSTEM, entry)
    assert books["d"].near == (books["a"], books["b"])


def test_who_was_not_asked_is_refused_and_nothing_else_is(world, books):
    for values in ({"plain": books["d"]}, {"text": '<a href="/d">d</a>'}):
        edit(SYSTEM, books["a"], {"plain": None, "text": "", **values})
        with world.refuses(AskFirst) as caught:
            delete(SYSTEM, books["d"], asked=False)
        assert "“a”" in str(caught.value)
    delete(SYSTEM, books["a"], asked=False)
    delete(SYSTEM, books["d"], asked=False)


def test_one_who_begins_to_refer_while_another_deletes_is_tried_again(world, books, other):
    edit(SYSTEM, other.site["shelf"]["a"], {"sequel": other.site["shelf"]["b"]})
    delete(SYSTEM, world.site["shelf"]["b"])
    world.commit()
    with pytest.raises(ReadConflictError):
        other.commit()
    other.abort()


@pytest.mark.parametrize(
    ("annotation", "options", "said"),
    [
        (Ref[Book], {"on_delete": "forget", "default": None}, "wanted one of ask, refuse, clear"),
        (str, {"on_delete": "clear", "default": ""}, "is for references"),
        (Ref[Book], {"on_delete": "clear"}, "wants a field that may be empty"),
        (tuple[Ref[Book], ...], {"on_delete": "clear", "min_length": 1}, "wants a field that may be empty"),
    ],
)
def test_a_rule_that_cannot_be_is_a_mistake(annotation, options, said):
    if options.get("default", 1) is None:
        annotation = annotation | None
    odd = type("Odd", (Content,), {"__annotations__": {"it": annotation}, "it": field(**options)})
    with pytest.raises(DeclarationError, match=said):
        schema_of(odd)


def test_a_refusal_does_not_name_a_field_that_one_may_not_read(world, books):
    edit(SYSTEM, books["a"], {"source": books["b"]})
    world.commit()
    with world.refuses(NotPossible) as caught:
        delete(world.identity("ann"), books["b"], asked=True)
    assert str(caught.value).endswith("something that you may not see refers to it, or to something in it")
    with world.refuses(NotPossible) as caught:
        delete(SYSTEM, books["b"], asked=True)
    assert "“a” (Source) refers" in str(caught.value)
