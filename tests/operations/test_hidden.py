"""What somebody may not view is not told him by a refusal either; and a folder that takes letters."""

import pytest

from objpub.content import Content
from objpub.content import Folder
from objpub.errors import Forbidden
from objpub.errors import Refused
from objpub.operations import add
from objpub.operations import add_new
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import order
from objpub.operations import purge
from objpub.operations import rename
from objpub.operations import restore
from objpub.operations import set_grants
from objpub.operations import set_holders
from objpub.operations import set_inheritance
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import override_permission
from objpub.security import Policy
from objpub.security import SYSTEM

MARK = "Zebrafish"


class Letter(Content, addable="anywhere"):
    title: str = field(default="")
    near: Ref[Content] | None = None


class Box(Folder, addable="anywhere"):
    title: str = field(default="")


@pytest.fixture
def dark(world):
    """A site with a box, a letter in it and another in the trash that only managers may view."""
    site = world.site
    site.add("open", Letter(title="Open"))
    for name in ("dark", "gone"):
        box = site.add(name, Box(title=MARK))
        override_permission(box, "view", "manager")
        box.add("letter", Letter(title=MARK))
    site.add("lid", Letter(title=MARK))
    override_permission(site["lid"], "view", "manager")
    delete(SYSTEM, site["gone"])
    world.commit()
    return world


DEEDS = [
    lambda who, site: add(who, site["lid"], Letter(title="New")),
    lambda who, site: add_new(who, site["lid"], Letter, {"title": "New"}),
    lambda who, site: add_new(who, site, Letter, {"title": "New", "near": site["lid"]}),
    lambda who, site: edit(who, site["lid"], {"title": "New"}),
    lambda who, site: edit(who, site["open"], {"near": site["lid"]}),
    lambda who, site: rename(who, site["lid"], "new"),
    lambda who, site: rename(who, site.users, "new"),
    lambda who, site: move(who, site["open"], site["lid"]),
    lambda who, site: move(who, site["lid"], site["dark"]),
    lambda who, site: copy(who, site["lid"], site),
    lambda who, site: copy(who, site["open"], site["lid"]),
    lambda who, site: copy(who, site["dark"], site["dark"]),
    lambda who, site: order(who, site["dark"], "letter", to="first"),
    lambda who, site: delete(who, site["dark"]),
    lambda who, site: delete(who, site["lid"]),
    lambda who, site: restore(who, next(iter(site.trash))),
    lambda who, site: purge(who, next(iter(site.trash))),
    lambda who, site: set_grants(who, site["lid"], "user:ann", ["editor"]),
    lambda who, site: set_holders(who, site["lid"], "edit", ["editor"]),
    lambda who, site: set_inheritance(who, site["lid"], ["grants"]),
]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_refusal_tells_nothing_of_what_is_hidden(dark, deed):
    with pytest.raises(Refused) as caught:
        deed(dark.identity("vera"), dark.site)
    assert MARK not in str(caught.value)


def test_a_box_takes_letters_from_those_who_cannot_look_into_it(dark):
    """The name that a letter gets tells whether another has it: that, and no more, is told."""
    vera, box = dark.identity("vera"), dark.site["dark"]
    with pytest.raises(Forbidden):
        add_new(vera, box, Letter, {"title": "Dear all"})
    override_permission(box, "add", "authenticated")
    letter = add_new(vera, box, Letter, {"title": "Dear all"})
    assert letter._owner == "vera"
    policy = dark.database.registry[Policy]
    assert not policy.can(vera, "view", letter)
    assert not policy.can(vera, "view", box["letter"])
    for deed in (lambda: edit(vera, letter, {"title": "x"}), lambda: delete(vera, letter)):
        with pytest.raises(Forbidden):
            deed()
