"""Which operations are written to the audit record, with which word, about what."""

import pytest

from objpub.content import Folder
from objpub.database import kept_apart
from objpub.errors import Forbidden
from objpub.operations import add_group
from objpub.operations import add_new
from objpub.operations import add_role
from objpub.operations import add_user
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import end_sessions
from objpub.operations import give_roles
from objpub.operations import make_reset_link
from objpub.operations import make_token
from objpub.operations import purge
from objpub.operations import remove_group
from objpub.operations import remove_role
from objpub.operations import remove_user
from objpub.operations import rename
from objpub.operations import restore
from objpub.operations import revoke_token
from objpub.operations import set_forgotten_password
from objpub.operations import set_grants
from objpub.operations import set_groups
from objpub.operations import set_holders
from objpub.operations import set_inheritance
from objpub.operations import set_password
from objpub.security import AUDIT_WORDS
from objpub.security import entries_of
from objpub.security import Passwords
from objpub.security import SYSTEM
from objpub.testing import PASSWORD

CHEAP = Passwords(1, 8, 1)


class Shelf(Folder, addable="anywhere"):
    """A folder of the tests."""

    title: str


def shelf(world):
    return world.site.get("shelf") or add_new(SYSTEM, world.site, Shelf, {"title": "Shelf"})


def staff(world):
    if world.site.users.principal("group:staff") is None:
        world.site.users.add_group("staff", "Staff")
    return world.site.users.principal("group:staff")


def by_link(world):
    token = make_reset_link(SYSTEM, world.site, "ann")
    set_forgotten_password(world.site, token, PASSWORD, passwords=CHEAP)


def token_of(world):
    make_token(SYSTEM, world.site, "ann", "Robot", permissions=None)
    return world.site.users.tokens.of("ann")[0].key


def made_and_removed(world):
    add_role(SYSTEM, world.site, "crew", title="Crew")
    remove_role(SYSTEM, world.site, "crew")


#: What is done → (word, path, title, a part of the sentence) of the entry that it leaves.
DEEDS = [
    (
        lambda w: add_user(SYSTEM, w.site, "zoe", None, title="Zoe"),
        "user.add",
        "user:zoe",
        "Zoe",
        "roles: none",
    ),
    (
        lambda w: add_user(SYSTEM, w.site, "zoe", None, roles=["editor"]),
        "user.add",
        "user:zoe",
        "zoe",
        ": editor",
    ),
    (
        lambda w: edit(SYSTEM, w.site.users.get("ann"), {"title": "Anna"}),
        "user.edit",
        "user:ann",
        "Anna",
        "Edited “Anna”: name",
    ),
    (lambda w: remove_user(SYSTEM, w.site, "ann"), "user.remove", "user:ann", "Ann Lee", "Removed"),
    (lambda w: add_group(SYSTEM, w.site, "crew", title="Crew"), "group.add", "group:crew", "Crew", "Added"),
    (lambda w: add_role(SYSTEM, w.site, "crew", title="Crew"), "role.add", "role:crew", "Crew", "Made"),
    (made_and_removed, "role.remove", "role:crew", "Crew", "Removed"),
    (lambda w: edit(SYSTEM, staff(w), {"title": "All"}), "group.edit", "group:staff", "All", "Edited"),
    (
        lambda w: (staff(w), remove_group(SYSTEM, w.site, "staff")),
        "group.remove",
        "group:staff",
        "Staff",
        "Removed",
    ),
    (
        lambda w: give_roles(SYSTEM, w.site, "user:vera", ["editor"]),
        "roles",
        "user:vera",
        "Vera Holm",
        ": editor",
    ),
    (
        lambda w: (staff(w), set_groups(SYSTEM, w.site, "user:ann", ["staff"])),
        "groups",
        "user:ann",
        "Ann Lee",
        ": staff",
    ),
    (
        lambda w: set_password(SYSTEM, w.site, "ann", PASSWORD, passwords=CHEAP),
        "password.set",
        "user:ann",
        "Ann Lee",
        "Set another",
    ),
    (lambda w: set_password(SYSTEM, w.site, "ann", None), "password.set", "user:ann", "Ann Lee", ": none"),
    (by_link, "password.set", "user:ann", "Ann Lee", "by a link"),
    (lambda w: make_reset_link(SYSTEM, w.site, "ann"), "password.link", "user:ann", "Ann Lee", "Made a link"),
    (token_of, "token.make", "user:ann", "Ann Lee", "“Robot” of “Ann Lee” (ann): everything, 90 days"),
    (
        lambda w: revoke_token(SYSTEM, w.site, "ann", token_of(w)),
        "token.revoke",
        "user:ann",
        "Ann Lee",
        "Revoked the token “Robot”",
    ),
    (lambda w: end_sessions(SYSTEM, w.site, "ann"), "session.end", "user:ann", "Ann Lee", "everywhere"),
    (lambda w: set_grants(SYSTEM, shelf(w), "user:ann", ["editor"]), "grant", "/shelf", "Shelf", ": editor"),
    (lambda w: set_holders(SYSTEM, shelf(w), "edit", ["editor"]), "permission", "/shelf", "Shelf", "Edit"),
    (lambda w: set_inheritance(SYSTEM, shelf(w), ["grants"]), "cut", "/shelf", "Shelf", "no longer"),
    (lambda w: delete(SYSTEM, shelf(w)), "delete", "/shelf", "Shelf", "Deleted “Shelf”"),
    (lambda w: restore(SYSTEM, delete(SYSTEM, shelf(w))), "restore", "/shelf", "Shelf", "Restored “Shelf”"),
    (lambda w: purge(SYSTEM, delete(SYSTEM, shelf(w))), "purge", "/shelf", "Shelf", "Purged “Shelf”"),
]
#: Written elsewhere, and tested there: by requests, by the page of the record, and where it is a file.
ELSEWHERE = {"refused", "sign-in", "sign-out", "audit.export", "audit.remove", "backup", "pack"}
ELSEWHERE |= {"transition", "reindex", "errors.remove", "view-as.begin", "view-as.end", "record.export"}


def latest(world):
    """Return the latest entry of the record."""
    return next(iter(entries_of(world.site)))[1]


@pytest.mark.parametrize(("deed", "word", "path", "title", "says"), DEEDS, ids=[each[1] for each in DEEDS])
def test_a_deed_is_in_the_record(world, deed, word, path, title, says):
    deed(world)
    world.commit()
    entry = latest(world)
    assert (entry.what, entry.path, entry.title) == (word, path, title)
    assert says in entry.sentence
    assert (entry.way, entry.outcome) == ("link" if deed is by_link else "system", "done")


def test_a_new_site_has_a_record_so_that_the_first_two_who_write_do_not_both_begin_one(world):
    assert kept_apart(world.connection, "audit") is not None
    assert list(entries_of(world.site)) == []


def test_every_word_is_tried():
    assert {each[1] for each in DEEDS} | ELSEWHERE == set(AUDIT_WORDS)


def test_it_is_taken_back_with_the_deed_before_the_commit(world):
    give_roles(SYSTEM, world.site, "user:vera", ["editor"])
    world.abort()
    assert list(entries_of(world.site)) == []


def test_who_is_refused_leaves_no_entry(world):
    with world.refuses(Forbidden):
        give_roles(world.identity("vera"), world.site, "user:vera", ["manager"])
    assert list(entries_of(world.site)) == []


def test_other_changes_of_content_are_not_in_it(world):
    add_new(SYSTEM, world.site, Shelf, {"title": "Shelf"})
    edit(SYSTEM, world.site["shelf"], {"title": "Other"})
    rename(SYSTEM, world.site["shelf"], "other")
    assert list(entries_of(world.site)) == []
