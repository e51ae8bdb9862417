"""The past of one object."""

from objpub import testing
from objpub.content import Content
from objpub.database import as_of
from objpub.database import revisions_of
from objpub.security import SYSTEM


class Note(Content, addable="anywhere"):
    title: str


def test_each_revision_says_when_and_who_and_gives_the_object_as_it_was():
    with testing.site(Note, file=True) as site:
        with site.work() as root:
            root.add("note", Note(title="a"))
        for title in "bc":
            with site.work(SYSTEM, f"To {title}") as root:
                root["note"].title = title
        with site.work() as root:
            note = root["note"]
            note.title = "not stored yet"
            revisions = revisions_of(note)
            assert [each.sentence for each in revisions] == ["To c", "To b", ""]
            assert {each.user for each in revisions} == {"system"}
            assert [each.moment for each in revisions] == sorted(
                (each.moment for each in revisions), reverse=True
            )
            titles = []
            for each in revisions:
                with as_of(note, each) as state:
                    titles.append(state.title)
            assert titles == ["c", "b", "a"]
            assert note.title == "not stored yet"
            assert len(revisions_of(note, 2)) == 2


def test_what_was_never_stored_has_no_past():
    assert revisions_of(Note(title="a")) == []
    with testing.site(Note) as site, site.work() as root:
        root.add("note", Note(title="a"))
        assert revisions_of(root["note"]) == []
