import pytest

from objpub.importing.anchors import Anchors


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What's new?", "whats-new"),
        ("snake_case and-hyphen", "snake_case-and-hyphen"),
        ("A  B", "a--b"),
        ("Überschrift 2.0", "überschrift-20"),
        ("???", "heading"),
    ],
)
def test_a_name_is_made_of_a_heading(text, name):
    assert Anchors().name(text) == name


def test_no_name_is_given_twice():
    anchors = Anchors()
    assert [anchors.name(text) for text in ("a", "A", "a", "a-1", "b-1", "b", "b")] == [
        "a",
        "a-1",
        "a-2",
        "a-1-1",
        "b-1",
        "b",
        "b-2",
    ]


def test_a_name_that_the_writer_gave_is_not_given_again():
    anchors = Anchors()
    anchors.take("intro")
    assert anchors.name("Intro") == "intro-1"
