"""Putting something new into a folder."""

from datetime import timedelta

import pytest

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.content import modified_of
from objpub.content import ReservedNames
from objpub.content import walk
from objpub.errors import BadName
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotPossible
from objpub.events import Added
from objpub.events import on
from objpub.operations import add
from objpub.operations import add_new
from objpub.operations import delete
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import grant
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import SYSTEM


class Place(Folder, addable="anywhere"):
    title: str = field(default="")


class Blog(Folder, addable="anywhere"):
    title: str = field(default="")


class Article(Content, addable=Blog):
    title: str = field()
    words: int = field(default=0, ge=0)
    checked: bool = field(default=False, write="manage")
    related: "Ref[Article] | None" = field(default=None)


class Stone(Content):
    "Nobody can add one."


@on(Added, Article)
def refuse_cursed(event):
    if event.resource.title == "cursed":
        raise Invalid({"title": "is cursed"})


@pytest.fixture
def blog(world):
    world.site.add("news", Blog(title="News"))
    return world.site["news"]


def test_a_new_article_gets_a_name_from_its_title_an_owner_and_a_date(world, blog):
    article = add_new(world.identity("ann"), blog, Article, {"title": "Crème & Tides"})
    assert blog["creme-and-tides"] is article
    assert article._owner == "ann"
    assert world.commit() == ("Added “Crème & Tides” to “News”", "ann")
    assert abs(modified_of(article) - article._created) < timedelta(minutes=1)


def test_a_title_that_is_there_already_gets_a_number(world, blog):
    names = [add_new(SYSTEM, blog, Article, {"title": "Tides"}).__name__ for _ in range(3)]
    assert names == ["tides", "tides-2", "tides-3"]


def test_a_name_can_be_given(world, blog):
    assert add_new(SYSTEM, blog, Article, {"title": "Tides"}, "waves").__name__ == "waves"


def test_all_errors_come_at_once_also_that_of_the_name(world, blog):
    with world.refuses(Invalid) as caught:
        add_new(SYSTEM, blog, Article, {"words": -1, "wrods": 3}, "a/b")
    assert set(caught.value.errors) == {"title", "words", "wrods", "name"}
    assert "words" in caught.value.errors["wrods"]


@pytest.mark.parametrize("name", ["a/b", "_a", "@@a", "++a", "..", "", "a\0", " a", "a" * 256])
def test_a_bad_name_is_refused(world, blog, name):
    with world.refuses(BadName):
        add(SYSTEM, blog, Article(title="Tides"), name)


def test_a_taken_name_is_refused(world, blog):
    add(SYSTEM, blog, Article(title="Tides"))
    with world.refuses(NameTaken):
        add(SYSTEM, blog, Article(title="Tides"), "tides")


def reserve(registry):
    registry[ReservedNames].put(Blog, "feed", "a view")


note(reserve, Declaration("view", (), reserve, source_here(0)))


def test_a_name_that_a_view_has_is_refused_and_avoided(world, blog):
    with world.refuses(BadName):
        add(SYSTEM, blog, Article(title="Feed"), "feed")
    assert add(SYSTEM, blog, Article(title="Feed")).__name__ == "feed-2"
    assert add(SYSTEM, blog, File.from_bytes(b"x", "feed")).__name__ == "feed-3"


def test_a_file_keeps_its_name(world):
    names = [add(SYSTEM, world.site, File.from_bytes(b"x", "Cat photo.txt")).__name__ for _ in range(2)]
    assert names == ["Cat photo.txt", "Cat photo-2.txt"]


@pytest.mark.parametrize(
    ("filename", "name"),
    [("_x.txt", "x.txt"), ("..", "file"), ("@@.txt", ".txt"), ("", "file"), ("\u2028", "file")],
)
def test_a_file_whose_name_cannot_be_kept_gets_another(world, filename, name):
    assert add(SYSTEM, world.site, File.from_bytes(b"x", filename)).__name__ == name


def test_a_file_name_as_long_as_can_be_has_room_for_a_number(world):
    long = "ü" * 125 + ".jpeg"
    names = [add(SYSTEM, world.site, File.from_bytes(b"x", long)).__name__ for _ in range(3)]
    assert names == [long, "ü" * 115 + ".jpeg", "ü" * 115 + "-2.jpeg"]


def test_a_visitor_may_not_add(world, blog):
    with world.refuses(Forbidden) as caught:
        add_new(NO_IDENTITY, blog, Article, {"title": "Tides"})
    assert "Sign in first" in str(caught.value)
    assert caught.value.decision is not None


def test_somebody_without_a_role_may_not_add_and_hears_of_that_first(world, blog):
    with world.refuses(Forbidden):
        add_new(world.identity("vera"), blog, Stone, {"nonsense": 1}, "a/b")


def test_what_was_made_elsewhere_takes_the_same_permission(world, blog):
    with world.refuses(Forbidden):
        add(world.identity("vera"), blog, Article(title="Tides"))


def test_a_local_role_is_enough(world, blog):
    grant(blog, "user:vera", "editor")
    add_new(world.identity("vera"), blog, Article, {"title": "Tides"})
    with world.refuses(Forbidden):
        add_new(world.identity("vera"), world.site, Blog, {})


def test_only_what_may_be_added_there_can_be(world, blog):
    with world.refuses(NotPossible) as caught:
        add_new(SYSTEM, world.site, Article, {"title": "Tides"})
    assert "Article cannot be added in “Saltmarsh”" in str(caught.value)
    with world.refuses(NotPossible):
        add_new(SYSTEM, blog, Stone, {"nonsense": 1})


def test_a_tree_is_looked_at_as_a_whole(world):
    folder = Place(title="Old")
    folder.add("article", Article(title="Not in a blog"))
    with world.refuses(NotPossible) as caught:
        add(SYSTEM, world.site, folder)
    assert "Article cannot be added in “Old”" in str(caught.value)


def test_a_tree_of_many_is_added_with_one_sentence(world):
    blog = Blog(title="News")
    blog.add("tides", Article(title="Tides"))
    add(world.identity("ann"), world.site, blog)
    assert world.commit() == ("Added “News” to “Saltmarsh”", "ann")
    assert all(step._created for step in walk(world.site["news"]))


def test_what_is_somewhere_already_is_refused(world, blog):
    article = add(SYSTEM, blog, Article(title="Tides"))
    with world.refuses(NotPossible):
        add(SYSTEM, world.site, article)


def test_the_site_cannot_be_put_into_itself(world, blog):
    with world.refuses(NotPossible):
        add(SYSTEM, blog, world.site)


@pytest.mark.parametrize("thing", [None, "text", 3])
def test_what_is_no_content_is_refused(world, blog, thing):
    with world.refuses(NotPossible):
        add(SYSTEM, blog, thing)


def test_only_a_folder_of_the_tree_takes_something(world, blog):
    article = add(SYSTEM, blog, Article(title="Tides"))
    with world.refuses(NotPossible) as caught:
        add(SYSTEM, article, Article(title="Waves"))
    assert str(caught.value) == "“Tides” is not a folder"
    with world.refuses(NotPossible):
        add_new(SYSTEM, article, Article, {"nonsense": 1})
    with world.refuses(NotPossible):
        add(SYSTEM, world.site.users.people, File.from_bytes(b"x", "x"))
    entry = delete(SYSTEM, blog)
    with world.refuses(NotPossible):
        add(SYSTEM, entry.resource, Article(title="Waves"))


def test_without_a_site_there_is_nobody_to_ask():
    with pytest.raises(NotPossible, match="is in no site"):
        add(SYSTEM, Place(title="Loose"), File.from_bytes(b"x", "x"))


def test_a_field_that_others_may_set_is_refused_from_an_editor(world, blog):
    with world.refuses(Forbidden):
        add_new(world.identity("ann"), blog, Article, {"title": "Tides", "checked": True})
    add_new(world.identity("ann"), blog, Article, {"title": "Tides", "checked": False})
    assert add_new(world.identity("tom"), blog, Article, {"title": "Tides", "checked": True}).checked


def test_nobody_refers_to_what_he_may_not_view(world, blog):
    hidden = add(SYSTEM, blog, Article(title="Hidden"))
    override_permission(hidden, "view", "reviewer")
    gone = add(SYSTEM, blog, Article(title="Gone"))
    delete(SYSTEM, gone)
    for target in (hidden, gone, Article(title="Loose")):
        with world.refuses(Invalid) as caught:
            add_new(world.identity("ann"), blog, Article, {"title": "Tides", "related": target})
        assert caught.value.errors == {"related": "refers to something that is not there"}
    assert add_new(SYSTEM, blog, Article, {"title": "Tides", "related": hidden}).related is hidden


def test_a_subscriber_that_refuses_leaves_nothing_that_could_be_committed(world, blog):
    world.commit()
    before = world.database.lastTransaction()
    with pytest.raises(Invalid, match="is cursed"):
        add_new(SYSTEM, blog, Article, {"title": "cursed"})
    assert world.manager.isDoomed()
    world.abort()
    assert world.database.lastTransaction() == before
    assert "cursed" not in blog
