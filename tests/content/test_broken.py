import sys
from contextlib import closing
from types import ModuleType

import pytest

from objpub.configuration import Configuration
from objpub.content import BrokenResource
from objpub.content import Content
from objpub.content import copy_of
from objpub.content import evolve
from objpub.content import Folder
from objpub.content import move
from objpub.content import Site
from objpub.content import title_of
from objpub.content import walk
from objpub.database import check
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import NotPossible
from objpub.events import on
from objpub.events import Removed
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.schema import field
from objpub.schema import Ref


def frozen(*things):
    configuration = Configuration()
    configuration.include("objpub.content", *things)
    return configuration.freeze()


def gone_after_storing(tmp_path, monkeypatch):
    """Store a folder with a gadget and a note that refers to it, and let the class of the gadget vanish."""
    module = ModuleType("gadgets")
    monkeypatch.setitem(sys.modules, "gadgets", module)

    class Gadget(Content):
        title: str = field(default="")
        power: int = field(default=0)

    class Note(Content):
        see: Ref[Content] | None = field(default=None)

    for kind in (Gadget, Note):
        kind.__module__, kind.__qualname__ = "gadgets", kind.__name__
        setattr(module, kind.__name__, kind)
    with closing(open_database("file:site.fs", registry=frozen(), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            folder = site_of(pair.connection).add("folder", Folder())
            gadget = folder.add("gadget", Gadget(title="Lamp", power=60))
            folder.add("nameless", Gadget())
            folder.add("note", Note(see=gadget))
            pair.manager.commit()
    del module.Gadget
    return Gadget


def test_a_resource_whose_class_is_gone_is_shown_with_its_state_and_stops_nothing(tmp_path, monkeypatch):
    gone_after_storing(tmp_path, monkeypatch)
    with closing(open_database("file:site.fs", registry=frozen(), root=tmp_path)) as database:
        with transaction_for(database, read_only=True) as pair:
            site = site_of(pair.connection)
            gadget = site["folder"]["gadget"]
            assert isinstance(gadget, BrokenResource)
            assert gadget.class_name == "gadgets.Gadget"
            assert gadget.state["power"] == 60
            assert title_of(gadget) == "Lamp"
            assert title_of(site["folder"]["nameless"]) == "nameless"
            assert path_of(gadget) == "/folder/gadget"
            assert find_resource(site, "/folder/gadget").state == gadget.state
            assert [title_of(each) for each in site["folder"].page()] == ["Lamp", "nameless", "note"]
            assert [path_of(each) for each in walk(site)] == [
                "/",
                "/folder",
                "/folder/gadget",
                "/folder/nameless",
                "/folder/note",
            ]


def test_a_broken_resource_can_be_removed_and_come_back_with_its_class(tmp_path, monkeypatch):
    removed = []

    @on(Removed)
    def remember(event):
        removed.append(path_of(event.resource))

    Gadget = gone_after_storing(tmp_path, monkeypatch)
    registry = frozen(remember)
    with closing(open_database("file:site.fs", registry=registry, root=tmp_path)) as database:
        with transaction_for(database) as pair:
            folder = site_of(pair.connection)["folder"]
            remains = folder.remove("gadget")
            assert removed == ["/folder/gadget"]
            folder.attach("gadget", remains)  # as out of a trash
            assert path_of(folder["gadget"]) == "/folder/gadget"
            folder.remove("nameless")
            pair.manager.commit()
    sys.modules["gadgets"].Gadget = Gadget
    with closing(open_database("file:site.fs", registry=frozen(), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            folder = site_of(pair.connection)["folder"]
            assert list(folder) == ["gadget", "note"]
            assert (folder["gadget"].title, folder["gadget"].power) == ("Lamp", 60)
            assert folder["gadget"].__parent__ is folder
            assert folder["note"].see is folder["gadget"]


def test_what_cannot_be_done_with_a_broken_resource_is_refused(tmp_path, monkeypatch):
    gone_after_storing(tmp_path, monkeypatch)
    with closing(open_database("file:site.fs", registry=frozen(), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            site = site_of(pair.connection)
            with pytest.raises(NotPossible):
                move(site["folder"]["gadget"], site)
            with pytest.raises(NotPossible):
                copy_of(site["folder"])
            assert copy_of(site["folder"]["note"]).see is site["folder"]["note"].see  # it is elsewhere
            with pytest.raises(NotPossible):
                site.add("again", site["folder"]["gadget"])


def test_a_renamed_class_loads_the_records_of_its_former_name(tmp_path, monkeypatch):
    gone_after_storing(tmp_path, monkeypatch)

    class Device(Content, was="gadgets.Gadget"):
        title: str = field(default="")
        watts: int = field(default=0)

    @evolve(Device, version=2)
    def rename_power(state):
        state["watts"] = state.pop("power")

    Device.__module__, Device.__qualname__ = "gadgets", "Device"
    monkeypatch.setattr(sys.modules["gadgets"], "Device", Device, raising=False)
    registry = frozen(Device, rename_power)
    for _ in range(2):  # the second time from a record that has the new name
        with closing(open_database("file:site.fs", registry=registry, root=tmp_path)) as database:
            with transaction_for(database) as pair:
                gadget = site_of(pair.connection)["folder"]["gadget"]
                assert type(gadget) is Device
                assert (gadget.title, gadget.watts) == ("Lamp", 60)
                assert gadget._p_changed is False
                gadget.title = "Lamp"
                pair.manager.commit()


def stored_in_an_old_shape(tmp_path):
    """Store a folder with a reel, and return its class, whose step to today's shape fails."""
    with closing(open_database("file:site.fs", registry=frozen(Reel), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            folder = site_of(pair.connection).add("folder", Folder())
            folder.add("reel", Reel(title="First reel"))
            folder.add("inner", Folder(title="Inner"))
            pair.manager.commit()


class Reel(Content):
    title: str = field(default="")


@evolve(Reel, version=2)
def fails(state):
    return {**state, "length": state["no such value"]}


def test_a_resource_that_a_step_fails_on_is_shown_as_broken_with_its_state(tmp_path, caplog):
    stored_in_an_old_shape(tmp_path)
    with closing(open_database("file:site.fs", registry=frozen(Reel, fails), root=tmp_path)) as database:
        with transaction_for(database, read_only=True) as pair:
            folder = site_of(pair.connection)["folder"]
            reel = folder["reel"]
            assert isinstance(reel, BrokenResource)
            assert reel.class_name.endswith("test_broken.Reel")
            assert reel.state["title"] == "First reel"
            assert [title_of(each) for each in folder.page()] == ["Inner", "First reel"]
            assert [title_of(each) for each in folder.values()] == ["Inner", "First reel"]
    assert "while evolving Reel to version 2" in caplog.text


def test_a_resource_that_a_step_fails_on_can_be_removed(tmp_path):
    stored_in_an_old_shape(tmp_path)
    with closing(open_database("file:site.fs", registry=frozen(Reel, fails), root=tmp_path)) as database:
        with transaction_for(database) as pair:
            site_of(pair.connection)["folder"].remove("reel")
            pair.manager.commit()
        with transaction_for(database, read_only=True) as pair:
            assert list(site_of(pair.connection)["folder"]) == ["inner"]


def test_a_check_names_the_resource_and_the_step_that_fails(tmp_path):
    stored_in_an_old_shape(tmp_path)
    with closing(open_database("file:site.fs", registry=frozen(Reel, fails), root=tmp_path)) as database:
        (problem,) = map(str, check(database))
    assert problem.startswith(
        "/folder/reel: cannot be loaded: KeyError: 'no such value', while evolving Reel"
    )
