"""A copy: the same content, and nobody's rights."""

import pytest

from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.content import walk
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotPossible
from objpub.events import Added
from objpub.events import on
from objpub.operations import add
from objpub.operations import copy
from objpub.operations import edit
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import cuts_of
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import overrides_of
from objpub.security import set_cuts
from objpub.security import SYSTEM


class Place(Folder, addable="anywhere"):
    title: str = field(default="")


class Page(Content, addable="anywhere"):
    title: str = field()
    next: "Ref[Page] | None" = field(default=None)
    manual: File | None = field(default=None)
    note: str = field(default="", read="manage")
    approved: bool = field(default=False, write="manage")


class Sealed(Content, addable="anywhere"):
    code: str = field(read="manage")


class Shelf(Place, addable="anywhere"):
    "Holds spines."


class Spine(Content, addable=Shelf):
    title: str = field(default="")


@on(Added, Page)
def refuse_cursed(event):
    if event.folder.title == "Guides" and event.resource.title.startswith("Cursed"):
        raise Invalid({"title": "is cursed"})


@pytest.fixture
def site(world):
    """A folder of two pages, one of which refers to the other and one to a page outside."""
    site = world.site
    outside = add(SYSTEM, site, Page(title="Outside"))
    news = add(SYSTEM, site, Place(title="News"))
    tides = add(SYSTEM, news, Page(title="Tides", manual=File.from_bytes(b"how to", "how.txt")))
    add(SYSTEM, news, Page(title="Waves", next=tides))
    edit(SYSTEM, tides, {"next": outside})
    add(SYSTEM, site, Place(title="Guides"))
    world.commit()
    return site


def test_everything_below_is_copied_and_announced(world, site):
    copied = copy(world.identity("ann"), site["news"], site["guides"])
    assert world.commit() == ("Copied “News” to “Guides”", "ann")
    assert site["guides"]["news"] is copied
    assert sorted(copied) == ["tides", "waves"]
    assert len(copied) == 2
    assert copied["tides"] is not site["news"]["tides"]
    assert copied["tides"].title == "Tides"
    assert len(site["news"]) == 2


def test_references_inside_lead_to_the_copies_and_others_stay(world, site):
    copied = copy(SYSTEM, site["news"], site["guides"])
    assert copied["waves"].next is copied["tides"]
    assert copied["tides"].next is site["outside"]


def test_files_have_bytes_of_their_own(world, site):
    copied = copy(SYSTEM, site["news"], site["guides"])
    world.commit()
    manual = copied["tides"].manual
    assert manual.read() == b"how to"
    assert manual.__parent__ is copied["tides"]
    assert manual._blob is not site["news"]["tides"].manual._blob


def test_the_name_is_kept_or_gets_a_number(world, site):
    for number, name in enumerate(["outside-2", "outside-3"]):
        assert copy(SYSTEM, site["outside"], site).__name__ == name, number
    assert world.commit()[0].startswith("Copied “Outside” to “Saltmarsh” as “outside-2”; Copied")
    with world.refuses(NameTaken):
        copy(SYSTEM, site["outside"], site, "news")
    assert copy(SYSTEM, site["outside"], site, "inside").__name__ == "inside"


def test_the_copy_belongs_to_who_made_it_and_nobody_has_a_role_there(world, site):
    grant(site["news"], "user:vera", "editor")
    grant(site["news"]["tides"], "user:vera", "manager")
    copied = copy(world.identity("ann"), site["news"], site["guides"])
    assert copied._owner == "ann"
    for step in walk(copied):
        assert not step._grants
        assert step._created is not None
    world.commit()
    with world.refuses(Forbidden):
        edit(world.identity("vera"), copied["tides"], {"title": "Mine"})


def test_copy_takes_view_here_and_add_there(world, site):
    vera = world.identity("vera")
    with world.refuses(Forbidden):
        copy(vera, site["news"], site["guides"])
    grant(site["guides"], "user:vera", "editor")
    copy(vera, site["news"], site["guides"])
    override_permission(site["news"], "view", "reviewer")
    with world.refuses(Forbidden):
        copy(vera, site["news"], site["guides"])


def test_copy_takes_view_also_for_a_single_page(world, site):
    override_permission(site["outside"], "view", "reviewer")
    with world.refuses(Forbidden) as caught:
        copy(world.identity("ann"), site["outside"], site["guides"])
    assert "may not view" in str(caught.value)


def test_only_where_it_may_be_added_it_is_copied(world, site):
    spine = add(SYSTEM, add(SYSTEM, site, Shelf(title="Shelf")), Spine(title="One"))
    with world.refuses(NotPossible) as caught:
        copy(SYSTEM, spine, site["guides"])
    assert "Spine cannot be added in “Guides”" in str(caught.value)


def test_a_subscriber_that_refuses_leaves_nothing_that_could_be_committed(world, site):
    page = add(SYSTEM, site, Page(title="Cursed when copied"))
    world.commit()
    with pytest.raises(Invalid, match="is cursed"):
        copy(SYSTEM, page, site["guides"])
    assert world.manager.isDoomed()


def test_nothing_hidden_is_copied(world, site):
    override_permission(site["news"]["tides"], "view", "reviewer")
    with world.refuses(Forbidden) as caught:
        copy(world.identity("ann"), site["news"], site["guides"])
    assert str(caught.value) == "There is something in “News” that Ann Lee may not view"


@pytest.mark.parametrize("how", ["permissions", "cut"])
def test_permissions_of_its_own_are_copied_by_those_who_may_grant_there(world, site, how):
    tides = site["news"]["tides"]
    if how == "cut":
        set_cuts(tides, ["permissions"])
    else:
        override_permission(tides, "edit", "everyone")
    with world.refuses(Forbidden) as caught:
        copy(world.identity("ann"), site["news"], site["guides"])
    assert "“Tides” has permissions of its own" in str(caught.value)
    copied = copy(world.identity("tom"), site["news"], site["guides"])
    assert overrides_of(copied["tides"]) == overrides_of(tides)
    assert cuts_of(copied["tides"]) == cuts_of(tides)


def test_fields_that_one_may_not_see_or_set_are_not_copied(world, site):
    tides = site["news"]["tides"]
    edit(SYSTEM, tides, {"note": "secret", "approved": True})
    copied = copy(world.identity("ann"), tides, site["guides"])
    assert (copied.title, copied.note, copied.approved) == ("Tides", "", False)
    copied = copy(world.identity("tom"), tides, site["guides"])
    assert (copied.note, copied.approved) == ("secret", True)
    assert tides.note == "secret"


def test_what_cannot_be_without_a_hidden_field_is_not_copied(world, site):
    sealed = add(SYSTEM, site, Sealed(code="1234"), "sealed")
    with world.refuses(Forbidden) as caught:
        copy(world.identity("ann"), sealed, site["guides"])
    assert "1234" not in str(caught.value)


def test_nothing_is_copied_into_itself(world, site):
    with world.refuses(NotPossible):
        copy(SYSTEM, site["news"], site["news"])
    with world.refuses(NotPossible):
        copy(SYSTEM, site, site["news"])


def test_a_deep_and_a_wide_tree_are_copied(world, site):
    folder = add(SYSTEM, site, Place(title="Deep"))
    top = folder
    for number in range(400):
        folder.attach("next", Place(title=str(number)))
        folder = folder["next"]
    for number in range(2000):
        folder.attach(f"page-{number}", Page(title=str(number)))
    world.commit()
    copied = copy(SYSTEM, top, site["guides"])
    world.commit()
    assert sum(1 for _ in walk(copied)) == 2401
