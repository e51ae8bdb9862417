from contextlib import closing

import pytest
from persistent import Persistent

from objpub.database import open_database
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.lineage import find_resource
from objpub.schema import Field
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import Surroundings


class Place(Persistent):
    def __init__(self, name=None, parent=None):
        self.__name__ = name
        self.__parent__ = parent
        self.children = {}

    def get(self, name):
        return self.children.get(name)


class Island(Place):
    pass


def site():
    """Return a site with an island at /atlantis and a plain place at /x."""
    top = Place()
    top.children = {"atlantis": Island("atlantis", top), "x": Place("x", top)}
    return top


def refusal(call, *arguments):
    """Return the sentence with which *call*, a method of a field, refuses its arguments."""
    with pytest.raises(Invalid) as caught:
        call(*arguments)
    return caught.value.errors["value"]


def test_a_reference_is_the_resource_itself():
    declared = Field("value", Ref[Island] | None, field(default=None))
    island = Island()
    assert declared.check(island) is island
    assert declared.check(None) is None
    sentence = refusal(declared.check, "atlantis")
    assert sentence == "wanted a reference to an Island, not a str: 'atlantis'"
    assert refusal(declared.check, Place()).startswith("wanted a reference to an Island, not a Place: ")


def test_a_reference_is_written_and_read_as_a_path():
    top = site()
    declared = Field("value", Ref[Island], field())
    there = Surroundings(find=lambda path: find_resource(top, path))
    island = top.get("atlantis")
    assert declared.to_text(island) == declared.to_json(island) == "/atlantis"
    assert declared.from_text(" /atlantis ", there) is island
    assert declared.from_json("/atlantis", there) is island
    assert declared.from_json.__self__ is declared
    assert refusal(declared.from_text, "/utopia", there) == (
        "wanted the path of an Island: Nothing at '/utopia': '/' has no 'utopia'"
    )
    assert refusal(declared.from_text, "/x", there).startswith("wanted a reference to an Island, not a Place")
    assert refusal(declared.from_text, "/atlantis") == "a path cannot be followed here: '/atlantis'"
    assert refusal(declared.from_json, 3, there).startswith("wanted a reference to an Island, not ")
    assert refusal(declared.from_text, "", there) == "is empty; wanted a reference to an Island"


def test_its_digest_stays_when_the_resource_moves_or_its_class_is_renamed():
    declared = Field("value", Ref[Place], field())
    with closing(open_database("demo:")) as database, database.transaction() as connection:
        island = Island("atlantis", None)
        connection.add(island)
        before = declared.digest(island)
        island.__name__ = "utopia"
        island.__class__ = Place
        assert declared.digest(island) == before
        other = Island()
        connection.add(other)
        assert declared.digest(other) != before


def test_a_resource_that_is_not_stored_yet_has_a_digest_too():
    declared = Field("value", Ref[Place], field())
    one, other = Place(), Place()
    assert declared.digest(one) == declared.digest(one) != declared.digest(other)


def test_references_may_stand_in_collections():
    one = Island("one")
    assert Field("value", frozenset[Ref[Island]], field()).check([one, one]) == {one}
    assert Field("value", tuple[Ref[Island], ...], field()).check([one]) == (one,)


def test_a_resource_without_ref_is_found():
    with pytest.raises(DeclarationError, match=r"Island is a resource: write Ref\[Island\] for a reference"):
        Field("value", Island, field())
    with pytest.raises(DeclarationError, match=r"Ref\[...\] wants a class, not tuple"):
        Field("value", Ref[tuple[str, ...]], field())


def test_json_schema_says_that_it_is_a_path():
    expected = {"type": "string", "format": "uri-reference", "title": "Value"}
    assert Field("value", Ref[Island], field()).json_schema() == expected
