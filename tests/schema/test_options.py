import gc
import weakref
from dataclasses import dataclass
from enum import Enum

import pytest

from objpub.errors import DeclarationError
from objpub.schema import field
from objpub.schema import MISSING
from objpub.schema import Options
from objpub.schema import Ref
from objpub.schema import schema_of


def test_a_misspelt_option_names_the_nearest_and_its_line():
    with pytest.raises(DeclarationError) as caught:
        field(defualt="")
    assert caught.value.message == "field() has no option 'defualt'; did you mean 'default'?"
    assert f'File "{__file__}"' in caught.value.sources[0]
    assert 'field(defualt="")' in caught.value.sources[0]


def test_options_stand_in_the_class_until_its_schema_is_made():
    class Article:
        title: str = field()
        tags: frozenset[str] = field(default=["a"])

    assert isinstance(Article.tags, Options)
    assert Article().tags == ("a",)
    schema_of(Article)
    assert Article.tags == frozenset({"a"})
    assert isinstance(Article.title, Options)


def test_a_value_that_was_never_set_and_has_no_default_is_no_attribute():
    class Article:
        title: str = field()

    with pytest.raises(AttributeError, match="this Article has no title yet"):
        Article().title  # noqa: B018
    schema_of(Article)
    assert not hasattr(Article(), "title")


def test_the_value_of_an_instance_wins():
    class Article:
        title: str = field(default="a")

    article = Article()
    article.title = "b"
    assert article.title == "b"


def test_missing_is_nothing():
    assert not MISSING
    assert repr(MISSING) == "MISSING"


def test_the_function_around_a_class_is_let_go_when_the_schema_is_made():
    class Big:
        pass

    def make():
        big = Big()

        class Article:
            self: "Ref[Article] | None" = field(default=None)

        schema_of(Article)
        return Article, weakref.ref(big)

    article, big = make()
    gc.collect()
    assert article is not None
    assert big() is None


def test_a_dataclass_keeps_its_own_ways():
    @dataclass
    class Point:
        x: int
        y: int = 0

    assert list(schema_of(Point)) == ["x", "y"]
    assert Point(1) == Point(1, 0)


def test_defaults_are_frozen_before_the_schema_is_made():
    class Mood(Enum):
        CALM = "calm"

    class Article:
        mood: Mood = field(default=Mood.CALM)
        moods: tuple[Mood, ...] = field(default=[Mood.CALM])
        tags: frozenset[str] = field(default={"a"})

    article = Article()
    assert (article.mood, article.moods, article.tags) == ("calm", ("calm",), frozenset({"a"}))
