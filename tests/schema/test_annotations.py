import functools
import sys
import types
from datetime import date
from typing import Annotated
from typing import Any
from typing import ClassVar
from typing import Final
from typing import Generic
from typing import NewType
from typing import TypeVar

import pytest

from objpub.errors import BadArgument
from objpub.errors import DeclarationError
from objpub.schema import field
from objpub.schema import mixin
from objpub.schema import parameters_of
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.schema import schema_of

Isbn = NewType("Isbn", str)
T = TypeVar("T")


def declaration_error(call, *arguments):
    """Return the error that *call* raises about a declaration."""
    with pytest.raises(DeclarationError) as caught:
        call(*arguments)
    return caught.value


def module_of(source):
    """Return a new module with the content *source*, importable as "invented"."""
    module = types.ModuleType("invented")
    sys.modules["invented"] = module
    exec(compile(source, "invented.py", "exec", dont_inherit=True), vars(module))
    return module


def test_every_public_annotation_is_a_field():
    class Article:
        kind: ClassVar[str] = "article"
        most: Final[int] = 3
        title: str
        stars: int = 3
        isbn: Isbn = Isbn("x")
        _private: dict = {}
        plain = "no annotation"

    assert list(schema_of(Article)) == ["title", "stars", "isbn"]
    assert schema_of(Article)["title"].required
    assert schema_of(Article)["stars"].default == 3


def test_a_schema_is_made_once_and_kept_by_its_own_class():
    class Article:
        title: str

    class Review(Article):
        stars: int

    assert schema_of(Article) is schema_of(Article)
    assert list(schema_of(Review)) == ["title", "stars"]
    assert list(schema_of(Article)) == ["title"]


def test_mixins_are_plain_classes():
    class Dated:
        on: date | None = field(default=None)

    class Tagged:
        tags: frozenset[str] = ["a"]

    class Content:
        title: str

    class Article(Dated, Content, Tagged):
        body: RichText = ""

    assert list(schema_of(Article)) == ["tags", "title", "on", "body"]
    assert Article.tags == frozenset({"a"})
    assert Article().on is None
    assert list(schema_of(Dated)) == ["on"]


def test_a_mixin_may_be_marked_for_type_checkers():
    @mixin
    class Dated:
        on: date | None = None

    assert list(schema_of(Dated)) == ["on"]


def test_a_field_that_is_declared_again_keeps_its_place():
    class Article:
        title: str = field(default="a", index="text")
        stars: int = 0

    for resolved in (False, True):
        if resolved:
            schema_of(Article)

        class Review(Article):
            title: str | None = field(default=None)
            stars = 5

        assert list(schema_of(Review)) == ["title", "stars"]
        assert (Review.title, Review.stars, Article.stars) == (None, 5, 0 if resolved else Article.stars)
        assert schema_of(Review)["stars"].default == 5
        assert list(schema_of(type("Again", (Review,), {}))) == ["title", "stars"]
        assert schema_of(type("Again", (Review,), {}))["stars"].default == 5


def test_another_default_must_fit_too():
    class Article:
        stars: int = 0

    class Review(Article):
        stars = "many"

    error = declaration_error(schema_of, Review)
    assert error.message == "Review.stars: default='many' does not fit: wanted a whole number, not 'many'"


def test_names_may_become_known_later():
    class Blog:
        featured: "Ref[Article] | None" = field(default=None)
        latest: tuple["Ref[Article]", ...] = field(default=())
        above: "Ref[Blog] | None" = None

    class Article:
        blog: Ref[Blog]

    schema = schema_of(Blog)
    assert schema["featured"].kind.target is Article
    assert schema["latest"].kind.item.target is Article
    assert schema["above"].kind.target is Blog


def test_names_of_a_module_are_looked_up_there():
    module = module_of(
        "from __future__ import annotations\n"
        "from datetime import date\n"
        "from typing import ClassVar\n"
        "from objpub.schema import Ref, field\n"
        "class Article:\n"
        "    kind: ClassVar[str] = 'x'\n"
        "    on: date | None = field(default=None)\n"
        "    blog: Ref[Blog]\n"
        "class Blog: pass\n"
    )

    class Review(module.Article):
        stars: int = 0

    assert list(schema_of(Review)) == ["on", "blog", "stars"]
    assert schema_of(Review)["blog"].kind.target is module.Blog


def test_a_name_that_is_unknown_is_named_with_its_line():
    class Article:
        author: "Ref[Persn] | None" = field(default=None)  # noqa: F821

    class Person:
        pass

    error = declaration_error(schema_of, Article)
    assert error.message == (
        "Article.author: 'Ref[Persn] | None' names 'Persn', which is not known in"
        f" {__name__} once it is imported; did you mean 'Person'?"
    )
    assert 'author: "Ref[Persn] | None" = field(default=None)' in error.sources[0]
    assert Person


@pytest.mark.parametrize("annotation", ["str(", "str.nothing", "list[", "1 + 'x'"])
def test_what_is_no_annotation_is_found(annotation):
    article = type("Article", (), {"__annotations__": {"title": annotation}, "__module__": "gone"})
    assert declaration_error(schema_of, article).message.startswith(f"Article.title: {annotation!r} ")


def test_a_field_without_annotation_is_found():
    class Article:
        title = field()

    error = declaration_error(schema_of, Article)
    assert error.message == "Article.title: wanted an annotation, such as title: str = field()"
    assert "title = field()" in error.sources[0]

    class Book:
        title: str

    class Novel(Book):
        title = field()

    assert declaration_error(schema_of, Novel).message.startswith("Novel.title: wanted an annotation")


def test_a_name_with_an_underscore_is_no_field():
    class Article:
        _title: str = field()

    assert "may not begin with an underscore" in declaration_error(schema_of, Article).message


def test_a_field_may_not_hide_a_method():
    class Folder:
        def items(self):
            return ()

        @property
        def size(self):
            return 0

    class Shop(Folder):
        items: tuple[str, ...] = field(default=())

    assert declaration_error(schema_of, Shop).message == (
        "Shop.items: would hide Folder.items; give the field another name"
    )

    class Store(Folder):
        size: int

    assert "would hide Folder.size" in declaration_error(schema_of, Store).message


def test_a_method_may_not_hide_a_field():
    class Article:
        title: str = field(default="")

    class Review(Article):
        def title(self):
            return "x"

    error = declaration_error(schema_of, Review)
    assert error.message == "Review.title: hides the field Article.title; give it another name"
    assert 'title: str = field(default="")' in error.sources[0]


def test_options_that_do_not_fit_are_named_with_their_line():
    class Article:
        stars: int = field(default=0, max_length=3)

    error = declaration_error(schema_of, Article)
    assert error.message == "Article.stars: max_length does not fit int, which knows choices, ge and le"
    assert "stars: int = field(default=0, max_length=3)" in error.sources[0]


def test_a_generic_mixin_may_have_fields_of_its_own():
    class Box(Generic[T]):
        size: int = 0

    class Crate(Box[str]):
        pass

    assert list(schema_of(Crate)) == ["size"]


# Arguments of views


def test_arguments_of_a_view_are_fields():
    def show(
        context, request, on: bool = True, tag: str | None = None, page: Annotated[int, field(ge=1)] = 1
    ):
        pass

    schema = parameters_of(show)
    assert list(schema) == ["on", "tag", "page"]
    assert schema.from_text({"on": "off", "tag": "", "page": "", "other": "x"}) == {
        "on": False,
        "tag": None,
        "page": 1,
    }
    with pytest.raises(Exception, match="page: wanted a whole number of at least 1, not 0") as caught:
        schema.from_text({"page": "0"})
    assert not isinstance(caught.value, BadArgument)
    assert schema["page"].default == 1
    assert schema["page"].options is not parameters_of(show)["page"].options


def test_arguments_without_default_are_required():
    def show(context, request, year: int, *, month: int):
        pass

    assert [each.required for each in parameters_of(show).values()] == [True, True]


def test_context_and_request_are_left_out():
    def show(context):
        pass

    def year(context, year: int):
        pass

    assert list(parameters_of(show)) == []
    assert list(parameters_of(year, skip=1)) == ["year"]


def test_everything_that_can_be_called_can_be_a_view():
    class View:
        def __call__(self, context, request, page: int = 1):
            pass

        def method(self, context, request, page: int = 1):
            pass

    def show(context, request, style, page: "int" = 1):
        pass

    @functools.wraps(show)
    def wrapped(*arguments, **options):
        pass

    for view in (View(), View().method, functools.partial(View().method)):
        assert list(parameters_of(view)) == ["page"]
    assert list(parameters_of(wrapped, skip=3)) == ["page"]


def test_names_around_a_view_are_known():
    class Blog:
        pass

    def show(context, request, blog: "Ref[Blog] | None" = None):
        return Blog

    assert parameters_of(show)["blog"].kind.target is Blog


def not_annotated(context, request, page=1):
    pass


def unlimited(context, request, *pages: int):
    pass


def anything(context, request, **options: int):
    pass


def unnamed(context, request, page: int = 1, /):
    pass


def bare(context, request, page: int = field(default=1, ge=1)):
    pass


def unknown(context, request, page: "Pgae" = 1):  # noqa: F821
    pass


def shapeless(context, request, page: Any = 1):
    pass


def wrong_default(context, request, page: int = None):  # noqa: RUF013
    pass


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (not_annotated, "not_annotated(page): wanted an annotation, such as page: str"),
        (unlimited, "unlimited(pages): a view names each of its arguments: wanted no * and no /"),
        (anything, "anything(options): a view names each of its arguments: wanted no * and no /"),
        (unnamed, "unnamed(page): a view names each of its arguments: wanted no * and no /"),
        (bare, "bare(page): wanted field() in the annotation: page: Annotated[..., field(...)] = default"),
        (unknown, "unknown(page): 'Pgae' names 'Pgae', which is not known in"),
        (shapeless, "shapeless(page): "),
        (wrong_default, "wrong_default(page): default=None does not fit: wanted a whole number, not None"),
    ],
)
def test_arguments_that_make_no_sense_are_found(view, message):
    assert declaration_error(parameters_of, view).message.startswith(message)


def test_a_view_that_is_no_function_is_named_by_its_class():
    class View:
        def __call__(self, context, request, page):
            pass

    assert "View(page): wanted an annotation" in declaration_error(parameters_of, View()).message


def test_a_name_that_is_not_set_yet_does_not_stop_the_others():
    def show(context, request, blog: "Ref[Blog] | None" = None):
        return later, Blog

    class Blog:
        pass

    if show is None:
        later = 1
    assert parameters_of(show)["blog"].kind.target is Blog


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` is new in Python 3.12")
def test_a_type_alias_means_what_it_stands_for():
    module = module_of(
        "type Title = str\ntype Maybe = Title | None\nclass Article:\n    title: Maybe = None\n"
    )
    assert schema_of(module.Article)["title"].check(" x ") == "x"
    assert schema_of(module.Article)["title"].nullable
