"""Groups of values as fields: what attributes give, what is stored, and what cannot be declared."""

import enum
import io
import pickle
from datetime import date
from typing import Annotated

import pytest
from ZODB.utils import get_pickle_metadata

from objpub import Content
from objpub import field
from objpub import File
from objpub import Markdown
from objpub import Record
from objpub import Ref
from objpub import RichText
from objpub import testing
from objpub.content import copy_of
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.operations import draft_of
from objpub.operations import publish_draft
from objpub.operations import save_draft
from objpub.schema import schema_of
from objpub.security import SYSTEM


class Heat(enum.StrEnum):
    LOW = "low"
    HIGH = "high"


class Step(Record):
    title: str
    minutes: Annotated[int, field(ge=1)] = 5
    heat: Heat = Heat.LOW
    tools: frozenset[str] = frozenset()
    day: date | None = None


class Recipe(Content, addable="anywhere"):
    title: str = ""
    steps: tuple[Step, ...] = field(default=(), max_length=9)
    source: Step | None = None


GROUP = "a group with title, minutes, heat, tools, day"
MIX = {"title": "Mix", "minutes": 2, "heat": "low", "tools": frozenset(), "day": None}


def record_of(database_site, path):
    """Return the raw state of what is at *path*: what its record holds."""
    with database_site.work() as root:
        data, _ = root._p_jar.db().storage.load(root[path]._p_oid)
    return data


def plain_state(data):
    """Return the state in a record, with no class in it but the types of values."""

    class Plain(pickle.Unpickler):
        def find_class(self, module, name):
            if module not in {"builtins", "datetime", "_codecs"}:
                return type(name, (), {"__module__": module})
            return super().find_class(module, name)

        def persistent_load(self, reference):
            return reference

    source = io.BytesIO(data)
    Plain(source).load()
    return Plain(source).load()


def test_values_are_checked_and_read_as_attributes_that_nobody_can_change():
    recipe = Recipe(
        steps=[Step(title=" Mix ", minutes=2), {"title": "Bake", "heat": Heat.HIGH, "tools": ["tin"]}]
    )
    assert [(each.title, each.minutes, each.heat) for each in recipe.steps] == [
        ("Mix", 2, "low"),
        ("Bake", 5, "high"),
    ]
    assert type(recipe.steps) is tuple
    assert type(recipe.steps[1]) is Step
    assert type(recipe.steps[1].heat) is str
    assert recipe.steps[1].tools == frozenset({"tin"})
    assert recipe.source is None
    with pytest.raises(AttributeError):
        recipe.steps[0].title = "Stir"
    recipe.source = {"title": "Grandmother"}
    assert recipe.source.minutes == 5
    assert recipe.source == Step(title="Grandmother", heat="low")


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (
            {"steps": [{"title": "Mix", "minutes": 0}, {"minutes": 1}, {"title": "x", "tiem": 1}]},
            {
                "steps.0.minutes": "wanted a whole number of at least 1, not 0",
                "steps.1.title": "is missing; wanted a line of text",
                "steps.2.tiem": "is not known here; did you mean 'title'?",
            },
        ),
        ({"steps": ["Mix"]}, {"steps.0": f"wanted {GROUP}, not 'Mix'"}),
        (
            {"source": {"title": "x", "heat": "none"}},
            {"source.heat": "wanted one of 'low' or 'high', not 'none'"},
        ),
        ({"steps": [{"title": "x"}] * 10}, {"steps": "wanted at most 9 items, not 10"}),
        ({"source": 3}, {"source": f"wanted {GROUP}, not 3"}),
        (
            {"source": Step(title="x", minutes=0)},
            {"source.minutes": "wanted a whole number of at least 1, not 0"},
        ),
    ],
)
def test_what_does_not_fit_is_named_in_its_group(values, errors):
    with pytest.raises(Invalid) as caught:
        Recipe(**values)
    assert caught.value.errors == errors
    recipe = Recipe()
    for name, value in values.items():
        with pytest.raises(Invalid) as caught:
            setattr(recipe, name, value)
        assert caught.value.errors == errors
    with pytest.raises(Invalid) as caught:
        schema_of(Recipe).from_json(values, partial=True) if "source" not in values else schema_of(
            Recipe
        ).check(values)
    assert caught.value.errors == errors


def test_json_goes_there_and_back():
    schema = schema_of(Recipe)
    values = schema.check(
        {"steps": [MIX], "source": {"title": "x", "day": date(2026, 1, 2), "tools": ["b", "a"]}}
    )
    told = schema.to_json(values)
    assert told == {
        "steps": [{"title": "Mix", "minutes": 2, "heat": "low", "tools": [], "day": None}],
        "source": {"title": "x", "minutes": 5, "heat": "low", "tools": ["a", "b"], "day": "2026-01-02"},
    }
    assert schema.from_json(told) == values
    item = schema.json_schema()["properties"]["steps"]["items"]
    assert item["required"] == ["title"]
    assert item["additionalProperties"] is False


def test_a_digest_is_that_of_the_values_in_their_order():
    field = schema_of(Recipe)["steps"]
    one, other = field.check([MIX, {"title": "Bake"}]), field.check([{"title": "Bake"}, MIX])
    assert field.digest(one) == field.digest(field.check([MIX, {"title": "Bake"}]))
    assert field.digest(one) == field.digest((MIX, {**MIX, "title": "Bake", "minutes": 5}))
    assert len({field.digest(each) for each in (one, other, one[:1], ())}) == 4


def test_records_of_the_database_hold_built_in_types_only(tmp_path):
    with testing.site(Recipe) as site:
        with site.work() as root:
            root.add(
                "cake", Recipe(title="Cake", steps=[Step(title="Mix", minutes=2)], source=Step(title="x"))
            )
            root["cake"]._owner = "ann"
        data = record_of(site, "cake")
        state = plain_state(data)
        assert state["steps"] == (MIX,)
        assert state["source"] == {**MIX, "title": "x", "minutes": 5}
        assert get_pickle_metadata(data)[1] == "Recipe"
        assert b"Step" not in data
        with site.work() as root:
            assert root["cake"].steps == (Step(title="Mix", minutes=2, heat="low"),)
            root["cake"].steps += (Step(title="Bake"),)
        with site.work() as root:
            assert [each.title for each in root["cake"].steps] == ["Mix", "Bake"]
            again = copy_of(root["cake"])
            assert again.steps == root["cake"].steps
            assert again.source.title == "x"


def test_what_was_stored_before_a_field_came_reads_with_its_default():
    recipe = Recipe()
    recipe.__setstate__({"title": "Old", "steps": ({"title": "Mix", "gone": 1},), "source": {"minutes": 3}})
    assert (recipe.steps[0].minutes, recipe.steps[0].day, recipe.steps[0].gone) == (5, None, 1)
    assert recipe.__getstate__()["steps"][0]["gone"] == 1  # nothing is dropped by being loaded
    assert schema_of(Recipe)["steps"].to_json(recipe.steps)[0]["minutes"] == 5
    recipe.steps = recipe.steps
    assert not hasattr(recipe.steps[0], "gone")
    assert not hasattr(recipe.source, "title")  # required, and not there
    assert schema_of(Recipe)["source"].to_json(recipe.source)["title"] is None
    with pytest.raises(Invalid, match=r"source\.title: is missing"):
        recipe.source = recipe.source
    recipe.__setstate__({"steps": "once a text"})
    assert recipe.steps == "once a text"


def test_a_draft_holds_mappings_and_becomes_records():
    with testing.site(Recipe) as site:
        with site.work() as root:
            root.add("cake", Recipe(title="Cake", steps=[Step(title="Mix")]))
        with site.work() as root:
            save_draft(SYSTEM, root["cake"], {"steps": [{"title": "Stir"}, {"title": "Bake"}], "source": MIX})
        with site.work() as root:
            kept = root["cake"]._draft
            kept._p_activate()
            assert kept.values["source"] == MIX
            assert type(kept.values["steps"][0]) is dict
            assert [each.title for each in root["cake"].steps] == ["Mix"]
            assert set(draft_of(SYSTEM, root["cake"]).values) == {"steps", "source"}
            publish_draft(SYSTEM, root["cake"])
        with site.work() as root:
            assert [each.title for each in root["cake"].steps] == ["Stir", "Bake"]
            assert root["cake"].source.minutes == 2


class Deep(Record):
    inner: tuple[Step, ...] = ()


class WithFile(Record):
    picture: File | None = None


class WithRef(Record):
    who: Ref[Recipe] | None = None


class WithHtml(Record):
    text: RichText = ""


class WithMarkdown(Record):
    texts: tuple[Markdown, ...] = ()


class Indexed(Record):
    name: Annotated[str, field(index="text")] = ""


@pytest.mark.parametrize(
    ("annotation", "options", "message"),
    [
        (tuple[Deep, ...], {}, "Deep.inner: a group that a resource keeps holds no other groups"),
        (WithFile | None, {}, "WithFile.picture: a group holds no files"),
        (tuple[WithRef, ...], {}, "WithRef.who: a group holds no references"),
        (tuple[WithHtml, ...], {}, "WithHtml.text: a group holds no references, rich text or Markdown"),
        (
            tuple[WithMarkdown, ...],
            {},
            "WithMarkdown.texts: a group holds no references, rich",
        ),
        (tuple[Indexed, ...], {}, "Indexed.name: index means nothing inside a group"),
        (frozenset[Step], {}, "a Record cannot stand in a frozenset here: write tuple"),
        (tuple[Step, ...], {"index": "keyword"}, "index does not fit a group of values"),
        (tuple[Step, ...], {"filter": True}, "filter does not fit a group of values"),
    ],
)
def test_what_cannot_be_is_said_at_the_declaration(annotation, options, message):
    kind = type("Wrong", (), {"__annotations__": {"x": annotation}, "x": field(default=None, **options)})
    with pytest.raises(DeclarationError, match=f"Wrong.x: {message}"):
        schema_of(kind)
