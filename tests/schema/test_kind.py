import pytest

from objpub.errors import Invalid
from objpub.schema import Bounded
from objpub.schema import Field
from objpub.schema import field
from objpub.schema import Kind


class Depth:
    """Metres below the sea."""

    def __init__(self, metres):
        self.metres = metres


class DepthKind(Bounded):
    name = "depth"
    noun = "a depth"

    def plain(self, value):
        if not isinstance(value, Depth):
            raise self.refuse(value)
        return value.metres

    def from_text(self, text, surroundings):
        try:
            return Depth(int(text.removesuffix(" m")))
        except ValueError:
            raise self.refuse(text) from None


Depth.field_kind = DepthKind


def test_another_part_may_bring_a_kind_with_its_class():
    declared = Field("value", Depth | None, field(default=None, le=Depth(11_000)))
    assert declared.kind.name == "depth"
    assert declared.wanted == "a depth of at most 11000"
    assert declared.check(Depth(30)) == 30
    assert declared.from_text("30 m") == 30
    assert declared.to_text(30) == "30"
    assert declared.to_json(30) == 30
    assert declared.json_schema()["anyOf"] == [{}, {"type": "null"}]
    with pytest.raises(Invalid, match="value: wanted a depth of at most 11000, not 12000"):
        declared.from_text("12000 m")
    with pytest.raises(Invalid, match="value: wanted a depth of at most 11000, not 'deep'"):
        declared.from_text("deep")


def test_a_kind_that_takes_uploads_gets_them_as_they_are():
    class Sound:
        class field_kind(Kind):
            uploads = True
            wanted = "a sound"

            def check(self, value):
                if not isinstance(value, Sound):
                    raise self.refuse(value)
                return value

    sound = Sound()
    declared = Field("value", Sound | None, field(default=None))
    assert declared.from_text([sound]) is sound
    assert declared.from_text("") is None
    with pytest.raises(Invalid, match="value: wanted a sound, not 3"):
        declared.from_text(3)


def test_a_kind_must_say_what_it_accepts():
    with pytest.raises(NotImplementedError):
        Field("value", type("Odd", (), {"field_kind": Kind}), field()).check(1)
    with pytest.raises(NotImplementedError):
        Field("value", type("Odd", (), {"field_kind": Bounded}), field()).check(1)
