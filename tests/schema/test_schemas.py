from datetime import date

import pytest

from objpub.errors import Invalid
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import Schema
from objpub.schema import schema_of
from objpub.schema import Surroundings


class Article:
    title: str = field()
    stars: int = field(default=0, ge=0, le=5)
    on: date | None = field(default=None)
    tags: frozenset[str] = field(default=())


SCHEMA = schema_of(Article)


def errors(call, *arguments, **options):
    """Return the errors that *call* raises."""
    with pytest.raises(Invalid) as caught:
        call(*arguments, **options)
    return caught.value.errors


def test_a_schema_is_an_ordered_mapping_of_fields():
    assert list(SCHEMA) == ["title", "stars", "on", "tags"]
    assert len(SCHEMA) == 4
    assert SCHEMA["title"].name == "title"
    assert "title" in SCHEMA
    assert SCHEMA.get("nothing") is None
    assert SCHEMA.get("nothing", 3) == 3
    assert [name for name, each in SCHEMA.items() if each.required] == ["title"]
    assert repr(SCHEMA) == "<Schema Article: title, stars, on, tags>"


def test_checked_values_are_those_given_frozen():
    assert SCHEMA.check({"tags": ["a"], "title": " x "}) == {"tags": frozenset({"a"}), "title": "x"}
    assert SCHEMA.check({"stars": 3}, partial=True) == {"stars": 3}


def test_every_error_comes_at_once_in_the_order_of_the_fields():
    found = errors(SCHEMA.check, {"titel": "x", 3: "y", "tags": 3, "stars": 9})
    assert list(found) == ["title", "stars", "tags", "titel", "3"]
    assert found["title"] == "is missing; wanted a line of text"
    assert found["stars"] == "wanted a whole number from 0 to 5, not 9"
    assert found["tags"] == "wanted a list, each a line of text, not 3"
    assert found["titel"] == "Article has no such field; did you mean 'title'?"
    assert found["3"] == "Article has no such field"


def test_what_is_missing_is_no_error_in_a_part():
    assert SCHEMA.check({}, partial=True) == {}
    assert errors(SCHEMA.check, {"titel": "x"}, partial=True).keys() == {"titel"}


def test_a_form_has_other_things_too():
    sent = {"title": "x", "stars": ["4"], "on": "", "tags": ["a", ""], "button": "Save"}
    assert SCHEMA.from_text(sent) == {"title": "x", "stars": 4, "on": None, "tags": frozenset({"a"})}
    assert SCHEMA.from_text({"stars": "1"}, partial=True) == {"stars": 1}
    found = errors(SCHEMA.from_text, {"stars": "x", "on": "y"})
    assert list(found) == ["title", "stars", "on"]


def test_json_has_nothing_else():
    assert SCHEMA.from_json({"title": "x", "on": "2026-11-01"}) == {"title": "x", "on": date(2026, 11, 1)}
    assert errors(SCHEMA.from_json, {"titel": 1, "stars": 9}, partial=True).keys() == {"titel", "stars"}
    assert errors(SCHEMA.from_json, {"title": 1}) == {"title": "wanted a line of text, not 1"}
    assert errors(SCHEMA.from_json, ["x"]) == {"Article": "wanted an object with fields, not ['x']"}
    assert errors(Schema({}).from_json, 3) == {"value": "wanted an object with fields, not 3"}
    values = {"on": date(2026, 11, 1), "title": "x", "other": 3}
    assert SCHEMA.to_json(values) == {"title": "x", "on": "2026-11-01"}


def test_surroundings_reach_every_field():
    class Note:
        about: Ref[Article] = field()

    article = Article()
    there = Surroundings(find=lambda path: article)
    assert schema_of(Note).from_text({"about": "/a"}, surroundings=there) == {"about": article}
    assert schema_of(Note).from_json({"about": "/a"}, surroundings=there) == {"about": article}


def test_json_schema_allows_these_fields_only():
    schema = SCHEMA.json_schema()
    assert (schema["type"], schema["title"], schema["additionalProperties"]) == ("object", "Article", False)
    assert list(schema["properties"]) == list(SCHEMA)
    assert schema["required"] == ["title"]
    assert "required" not in Schema({}).json_schema()
