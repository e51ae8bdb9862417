import pytest

from objpub.configuration import Configuration
from objpub.content import addable_in
from objpub.content import Content
from objpub.content import content_type_of
from objpub.content import content_types
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import Site
from objpub.errors import ConflictingDeclarations
from objpub.errors import DeclarationError
from objpub.schema import field
from objpub.schema import Ref
from objpub.workflow import State
from objpub.workflow import Workflow


def frozen(*things):
    configuration = Configuration()
    configuration.include(*things)
    return configuration.freeze()


def names(types):
    return [each.name for each in types]


def test_a_class_statement_declares_a_content_type():
    class NewsArticle(Content, addable="anywhere", icon="paper"):
        """A dated piece of writing.

        With more to say about it.
        """

    content_type = content_type_of(NewsArticle())
    assert content_type.kind is NewsArticle
    assert content_type.name == "NewsArticle"
    assert content_type.title == "News article"
    assert content_type.description == "A dated piece of writing."
    assert content_type.icon == "paper"
    assert content_type.source.file == __file__
    assert "class NewsArticle" in content_type.source.text
    assert list(content_types(frozen(NewsArticle))) == [content_type]
    assert content_type_of(object()) is None


def test_titles_are_made_from_names_unless_they_are_given():
    class FAQ(Content):
        pass

    class RSSFeed(Content):
        pass

    class Note(Content, title="Sticky note", description="For the door"):
        pass

    assert content_type_of(FAQ()).title == "FAQ"
    assert content_type_of(RSSFeed()).title == "RSS feed"
    assert (content_type_of(Note()).title, content_type_of(Note()).description) == (
        "Sticky note",
        "For the door",
    )


def test_the_frameworks_own_types_are_declared_like_any_other():
    registry = frozen("objpub.content")
    assert sorted(names(content_types(registry))) == ["File", "Folder", "Image", "Mounted", "Site"]
    assert names(addable_in(registry, Folder())) == ["File", "Folder", "Image"]


def test_where_a_type_may_be_added():
    class Blog(Folder, addable="anywhere"):
        pass

    class PhotoBlog(Blog):
        pass

    class Shelf(Folder):
        pass

    class Article(Content, addable=Blog):
        pass

    class Book(Content, addable=(Shelf, "Library")):
        pass

    class Nowhere(Content):
        pass

    class Library(Folder, addable=Site):
        pass

    registry = frozen("objpub.content", Blog, PhotoBlog, Shelf, Article, Book, Nowhere, Library)
    assert names(addable_in(registry, Blog())) == ["Article", "Blog", "File", "Folder", "Image"]
    assert names(addable_in(registry, PhotoBlog())) == ["Article", "Blog", "File", "Folder", "Image"]
    assert names(addable_in(registry, Shelf())) == ["Blog", "Book", "File", "Folder", "Image"]
    assert names(addable_in(registry, Library())) == ["Blog", "Book", "File", "Folder", "Image"]
    assert names(addable_in(registry, Site())) == ["Blog", "File", "Folder", "Image", "Library"]


def test_a_forward_reference_is_found_in_the_module_first():
    class Leaf(Content, addable="Branch"):
        pass

    registry = frozen(Leaf, Branch)
    assert names(addable_in(registry, Branch())) == ["Leaf"]


class Branch(Folder):
    pass


@pytest.mark.parametrize(
    ("addable", "message"),
    [
        ("Blgo", "addable names 'Blgo', and there is no content type of that name; did you mean 'Blog'?"),
        ("Nothing at all", "there is no content type of that name; there are Article, Blog, anywhere"),
        (Content, "addable names Content, which is no Folder"),
        (str, "addable names str, which is no Folder"),
    ],
)
def test_an_addable_rule_that_names_no_folder_stops_the_start(addable, message):
    class Blog(Folder):
        pass

    class Article(Content, addable=addable):
        pass

    with pytest.raises(DeclarationError) as caught:
        frozen(Blog, Article)
    assert message in str(caught.value)
    assert "class Article" in str(caught.value)


@pytest.mark.parametrize("addable", [5, ["Blog"], (5,), object()])
def test_an_addable_rule_of_another_kind_is_refused_at_once(addable):
    with pytest.raises(DeclarationError) as caught:

        class Article(Content, addable=addable):
            pass

    assert "addable is a folder class, its name, several of them, or 'anywhere'" in str(caught.value)


def test_a_misspelt_option_is_refused_with_the_nearest_and_the_line():
    with pytest.raises(DeclarationError) as caught:

        class Article(Content, adable="anywhere"):
            pass

    assert "Article has an unknown option 'adable'; did you mean 'addable'?" in str(caught.value)
    assert "class Article(Content, adable=" in str(caught.value)
    with pytest.raises(DeclarationError) as caught:

        class Other(Folder, zzz=1):
            pass

    assert "there are addable, workflow, was, title, icon, description, ordered" in str(caught.value)
    with pytest.raises(DeclarationError) as caught:

        class Third(Content, ordered=True):
            pass

    assert "Third is no Folder" in str(caught.value)
    with pytest.raises(DeclarationError) as caught:

        class Fourth(Content, title=5):
            pass

    assert "Fourth: title is a text, not 5" in str(caught.value)


def test_the_line_is_that_of_the_class_also_below_an_init_subclass_of_ones_own():
    class Plugin(Content):
        def __init_subclass__(cls, **options):
            super().__init_subclass__(**options)

    class Mine(Plugin):
        pass

    assert "class Mine(Plugin)" in content_type_of(Mine()).source.text


def test_a_workflow_and_an_icon_are_inherited_and_a_place_is_not():
    flow = Workflow(State("draft"))

    class Article(Content, addable="anywhere", workflow=flow, icon="paper"):
        "An article."

    class Report(Article):
        pass

    content_type = content_type_of(Report())
    assert content_type.workflow is flow
    assert content_type.icon == "paper"
    assert content_type.addable == ()
    assert content_type.description == ""


def test_a_type_is_found_by_name_or_full_name():
    class Note(Content):
        pass

    first = Note

    class Note(Content):
        pass

    Note.__module__ = "elsewhere"
    registry = frozen(first, "objpub.content")
    assert content_types(registry).named("Note").kind is first
    assert content_types(registry).named("objpub.content.images.Image").kind is Image
    assert content_types(registry).named("Nothing") is None
    both = frozen(first, Note)
    assert content_types(both).named("Note") is None
    assert content_types(both).get(File) is None
    assert len(content_types(both)) == 2


def test_a_field_of_an_unknown_type_stops_the_start():
    class Article(Content):
        author: "Ref[Persn]" = field(default=None)  # noqa: F821

    with pytest.raises(DeclarationError) as caught:
        frozen(Article)
    assert "Persn" in str(caught.value)
    assert Ref


@pytest.mark.parametrize(
    "was", [5, "Article", "blog..Article", ("blog.content.Article", 7), "blog.content Article"]
)
def test_a_former_name_that_cannot_be_one_is_refused(was):
    with pytest.raises(DeclarationError) as caught:

        class Post(Content, was=was):
            pass

    assert "was is the dotted name the class had" in str(caught.value)


def test_a_former_name_that_is_todays_is_refused():
    with pytest.raises(DeclarationError) as caught:
        type(
            "Post",
            (Content,),
            {"__module__": "blog.content", "__qualname__": "Post"},
            was="blog.content.Post",
        )
    assert "was names the class itself" in str(caught.value)


def test_two_classes_cannot_have_had_the_same_name():
    class Post(Content, was="blog.content.Article"):
        pass

    class Page(Content, was=("blog.content.Old", "blog.content.Article")):
        pass

    with pytest.raises(ConflictingDeclarations):
        frozen(Post, Page)


def test_a_title_that_only_some_may_read_is_refused():
    class Note(Content):
        title: str = field(read="manage")

    with pytest.raises(DeclarationError) as caught:
        frozen(Note)
    assert "title cannot have read='manage'" in str(caught.value)
