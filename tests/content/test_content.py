from contextlib import closing
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from datetime import UTC
from decimal import Decimal
from enum import Enum

import pytest

from objpub.configuration import Configuration
from objpub.content import Content
from objpub.content import Folder
from objpub.content import modified_of
from objpub.content import Site
from objpub.content import title_of
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.schema import field
from objpub.schema import Ref


class Mood(Enum):
    CALM = "calm"
    STORMY = "stormy"


class Article(Content):
    "A dated piece of writing."

    title: str = field(index="text")
    summary: str = field(default="", multiline=True)
    tags: frozenset[str] = field(default=(), index="keyword")
    steps: tuple[str, ...] = field(default=[])
    stars: int = field(default=0, ge=0, le=5)
    price: Decimal | None = field(default=None)
    on: date | None = field(default=None)
    at: datetime | None = field(default=None)
    mood: Mood = field(default=Mood.CALM)
    other: "Ref[Article] | None" = field(default=None)


def test_values_are_checked_and_frozen_when_they_are_set():
    article = Article(title=" Tides ", tags={"sea"}, steps=["a", "b"], mood=Mood.STORMY)
    assert article.title == "Tides"
    assert article.tags == frozenset({"sea"})
    assert article.steps == ("a", "b")
    assert article.mood == "stormy"
    article.tags = ["moon", "sun"]
    assert article.tags == frozenset({"moon", "sun"})
    article.at = datetime(2026, 11, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert article.at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert article.at.tzinfo is UTC
    article.other = article
    assert article.other is article


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", None),
        ("title", 5),
        ("title", "a\nb"),
        ("title", "a\0b"),
        ("title", "x" * 10_001),
        ("summary", "a\0b"),
        ("tags", "sea"),
        ("tags", [1]),
        ("steps", {"a": 1}),
        ("stars", 6),
        ("stars", "3"),
        ("stars", True),
        ("price", "cheap"),
        ("on", datetime(2026, 1, 1, tzinfo=UTC)),
        ("at", datetime(2026, 1, 1)),
        ("mood", "sunny"),
        ("other", "Article"),
    ],
)
def test_a_wrong_value_is_refused_and_the_old_one_stays(name, value):
    article = Article(title="Tides")
    before = getattr(article, name)
    with pytest.raises(Invalid) as caught:
        setattr(article, name, value)
    assert list(caught.value.errors) == [name]
    assert getattr(article, name) == before


def test_every_error_is_told_at_once():
    with pytest.raises(Invalid) as caught:
        Article(stars=9, mood="sunny", titel="x")
    assert set(caught.value.errors) == {"title", "stars", "mood", "titel"}
    assert "did you mean 'title'" in caught.value.errors["titel"]


def test_an_undeclared_public_attribute_is_refused_and_the_nearest_name_is_told():
    article = Article(title="Tides")
    with pytest.raises(AttributeError) as caught:
        article.titel = "x"
    assert str(caught.value) == "Article has no field 'titel'; did you mean 'title'?"
    with pytest.raises(AttributeError):
        article.get = None
    article._private = [1]
    assert article._private == [1]


def test_a_property_that_can_be_set_is_set():
    class Person(Content):
        name: str = field(default="")

        @property
        def shout(self):
            return self.name.upper()

        @shout.setter
        def shout(self, value):
            self.name = value.lower()

        @property
        def fixed(self):
            return 1

    person = Person()
    person.shout = "ANNA"
    assert person.name == "anna"
    with pytest.raises(AttributeError):
        person.fixed = 2


def test_a_field_cannot_be_deleted():
    article = Article(title="Tides")
    with pytest.raises(AttributeError):
        del article.title
    article._x = 1
    del article._x
    assert not hasattr(article, "_x")


def test_defaults_are_stored_so_that_another_default_does_not_rewrite_the_past():
    article = Article(title="Tides")
    assert vars(article)["summary"] == ""
    assert vars(article)["tags"] == frozenset()
    assert vars(article)["mood"] == "calm"


def test_a_field_that_is_declared_later_reads_as_its_default():
    article = Article(title="Tides")
    del vars(article)["tags"]
    assert article.tags == frozenset()


def test_mixins_are_plain_classes():
    class Dated:
        on: date | None = field(default=None)

    class Rated:
        stars: int = field(default=3, ge=1)

    class Review(Dated, Rated, Content):
        title: str = field()

    review = Review(title="x", on=date(2026, 11, 1))
    assert (review.on, review.stars) == (date(2026, 11, 1), 3)
    with pytest.raises(Invalid):
        review.stars = 0


def test_a_field_that_would_hide_a_method_is_refused():
    class Wrong(Folder):
        items: tuple[str, ...] = field(default=())

    configuration = Configuration()
    configuration.include(Wrong)
    with pytest.raises(DeclarationError) as caught:
        configuration.freeze()
    assert "items" in str(caught.value)


def test_writing_marks_the_object_as_changed_and_reading_does_not(tmp_path):
    with closing(open_database("file:site.fs", root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site(title="Home"))
            site_of(pair.connection).add("a", Article(title="Tides", tags=["sea"]))
            pair.manager.commit()
        with transaction_for(database) as pair:
            article = site_of(pair.connection)["a"]
            assert (article.title, article.tags, title_of(article)) == ("Tides", frozenset({"sea"}), "Tides")
            assert article.other is None
            assert article._p_changed is False
            with pytest.raises(Invalid):
                article.stars = 9
            assert article._p_changed is False
            article.stars = 2
            assert article._p_changed is True
            pair.manager.commit()
        with transaction_for(database) as pair:
            assert site_of(pair.connection)["a"].stars == 2


def test_content_resolves_no_conflicts_by_itself():
    for kind in (Content, Folder, Site, Article):
        assert not hasattr(kind, "_p_resolveConflict")


def test_what_a_resource_looks_like_in_messages():
    site = Site(title="Home")
    assert repr(site) == "<Site at no place>"
    assert repr(site.add("a", Article(title="x"))) == "<Article /a>"


def test_titles_fall_back_to_the_name_and_to_the_kind():
    class NewsArticle(Content):
        pass

    site = Site()
    assert title_of(site) == "Site"
    assert title_of(site.add("a", Article(title="Tides"))) == "Tides"
    assert title_of(site.add("b", NewsArticle())) == "b"
    assert title_of(NewsArticle()) == "News article"
    assert title_of(NewsArticle) == "NewsArticle"


def test_when_a_resource_changed_is_the_time_of_its_transaction():
    with closing(open_database("demo:")) as database, transaction_for(database) as pair:
        site = Site()
        assert modified_of(site) is None
        put_site(pair.connection, site)
        before = datetime.now(UTC) - timedelta(seconds=2)
        pair.manager.commit()
        pair.manager.begin()
        site._p_deactivate()
        modified = modified_of(site)
        assert before < modified < datetime.now(UTC) + timedelta(seconds=2)
        assert modified.tzinfo is UTC
        assert modified_of(object()) is None


def test_a_site_knows_its_time_zone():
    assert Site().zone.key == "UTC"
    assert Site(time_zone="Europe/Rome").zone.key in {"Europe/Rome", "UTC"}
    assert Site(time_zone="No/Where").zone.key == "UTC"
    with pytest.raises(Invalid):
        Site(time_zone="../etc passwd")
    with pytest.raises(Invalid):
        Site(locale="")


def test_a_site_keeps_users_and_trash_for_other_parts():
    site = Site()
    assert (site.users, site.trash) == (None, None)
    site.users = site.trash = folder = Folder()
    assert site.users is folder is site.trash
    assert list(site) == []
