"""The operations about the whole site, tried: people, sessions, tokens, settings, the database."""

from dataclasses import replace
from datetime import datetime
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from objpub import operations
from objpub.errors import NotPossible
from objpub.schema import schema_of
from objpub.security import override_permission
from objpub.security import Session
from objpub.security import SessionRules
from objpub.security import SYSTEM
from tests.security.deeds import changed
from tests.security.deeds import deed
from tests.security.deeds import DEEDS as DEEDS  # all of them, when this module is imported
from tests.security.deeds import of_site


@of_site("add_group")
def _(at):
    operations.add_group(at.who, at.root, "painters")


@of_site("add_group of editors")
def _(at):
    operations.add_group(at.who, at.root, "painters", roles=["editor"])


@of_site("add_user")
def _(at):
    operations.add_user(at.who, at.root, "yan", None)


@of_site("add_user who edits")
def _(at):
    operations.add_user(at.who, at.root, "yan", None, roles=["editor"])


@of_site("add_role")
def _(at):
    operations.add_role(at.who, at.root, "painter")


@of_site("remove_role")
def _(at):
    operations.add_role(SYSTEM, at.root, "painter")
    operations.remove_role(at.who, at.root, "painter")


@of_site("remove_group")
def _(at):
    operations.remove_group(at.who, at.root, "staff")


@of_site("remove_group of reviewers")
def _(at):
    operations.remove_group(at.who, at.root, "reviewers")


@of_site("remove_user without roles")
def _(at):
    operations.remove_user(at.who, at.root, "ben")


@of_site("remove_user who reviews")
def _(at):
    operations.remove_user(at.who, at.root, "zoe")


@of_site("give_roles steward")
def _(at):
    operations.give_roles(at.who, at.root, "user:ben", ["steward"])


@of_site("give_roles manager")
def _(at):
    operations.give_roles(at.who, at.root, "user:ben", ["manager"])


@of_site("set_groups staff")
def _(at):
    operations.set_groups(at.who, at.root, "user:ben", ["staff"])


@of_site("set_groups reviewers")
def _(at):
    operations.set_groups(at.who, at.root, "user:ben", ["reviewers"])


@of_site("set_password of somebody without roles")
def _(at):
    operations.set_password(at.who, at.root, "ben", None)


@of_site("set_password of a reviewer")
def _(at):
    operations.set_password(at.who, at.root, "zoe", None)


@of_site("end_sessions of somebody without roles")
def _(at):
    operations.end_sessions(at.who, at.root, "ben")


@of_site("end_sessions of a reviewer")
def _(at):
    operations.end_sessions(at.who, at.root, "zoe")


@of_site("end_sessions of one's own")
def _(at):
    operations.end_sessions(at.who, at.root, at.who.user_id or "nobody")


@of_site("end_session of one's own")
def _(at):
    users, now = at.root.users, datetime.now(UTC)
    session_id = users.sessions.begin(at.who.user_id or "ben", "stamp", now, SessionRules())
    operations.end_session(at.who, at.root, sha256(session_id.encode()).hexdigest())


def at_a_browser(at):
    """Return who it is with a session of a browser."""
    session = Session("browser", at.who.user_id or "", "stamp", 0.0, 0.0, "token")
    at.root.users.sessions._records["browser"] = (session.user_id, "stamp", 0.0, 0.0, "token")
    return replace(at.who, session=session)


@of_site("begin_viewing as somebody without roles")
def _(at):
    operations.begin_viewing(at_a_browser(at), at.root, "ben")


@of_site("end_viewing")
def _(at):
    operations.end_viewing(at_a_browser(at), at.root)


@of_site("inspect")
def _(at):
    operations.inspect(at.who, at.root, int.from_bytes(at.root["open"]._p_oid, "big"))


@of_site("referrers")
def _(at):
    operations.referrers(at.who, at.root, 1)


@of_site("export_record")
def _(at):
    number = int.from_bytes(at.root["open"]._p_oid, "big")
    operations.export_record(at.who, at.root, number)


@of_site("set_preference")
def _(at):
    operations.set_preference(at.who, at.root, "columns", ["changed"])


@of_site("make_reset_link for somebody without roles")
def _(at):
    operations.make_reset_link(at.who, at.root, "ben")


@of_site("make_reset_link for a reviewer")
def _(at):
    operations.make_reset_link(at.who, at.root, "zoe")


@of_site("set_forgotten_password with a link")
def _(at):
    token = operations.make_reset_link(SYSTEM, at.root, "ben")
    operations.set_forgotten_password(at.root, token, "a long enough one")


@of_site("set_forgotten_password without a link")
def _(at):
    operations.set_forgotten_password(at.root, "invented", "a long enough one")


@of_site("make_token of one's own")
def _(at):
    operations.make_token(at.who, at.root, at.who.user_id or "nobody", "new", permissions=None)


@of_site("make_token of somebody without roles")
def _(at):
    operations.make_token(at.who, at.root, "ben", "new", permissions=None)


@of_site("make_token of a reviewer")
def _(at):
    operations.make_token(at.who, at.root, "zoe", "new", permissions=None)


@of_site("make_token for a secret place")
def _(at):
    operations.make_token(
        at.who, at.root, at.who.user_id or "nobody", "new", permissions=None, place=at.root["secret"]
    )


def key_of_token(at, user_id):
    """Make a token of *user_id* for the site, and return how its key begins."""
    before = {each.key for each in at.root.users.tokens.of(user_id)}
    operations.make_token(SYSTEM, at.root, user_id, "old", permissions=None)
    return next(each.key for each in at.root.users.tokens.of(user_id) if each.key not in before)


@of_site("revoke_token of one's own")
def _(at):
    user_id = at.who.user_id or "ben"
    operations.revoke_token(at.who, at.root, user_id, key_of_token(at, user_id))


@of_site("revoke_token of a reviewer")
def _(at):
    operations.revoke_token(at.who, at.root, "zoe", key_of_token(at, "zoe"))


@of_site("revoke_token of somebody without roles")
def _(at):
    operations.revoke_token(at.who, at.root, "ben", key_of_token(at, "ben"))


@of_site("set_site_fields")
def _(at):
    operations.set_site_fields(at.who, at.root, {"title": "Another"})


@of_site("set_site_fields to a secret front page")
def _(at):
    override_permission(at.root, "manage", "steward")
    operations.set_site_fields(at.who, at.root, {"front_page": at.root["secret"]["paper"]})


@of_site("set_site_fields that only stewards change")
def _(at):
    override_permission(at.root, "manage", "reviewer")
    with changed(schema_of(type(at.root))["title"], "write", "stamp"):
        operations.set_site_fields(at.who, at.root, {"title": "Another"})


@of_site("edit the site")
def _(at):
    operations.edit(at.who, at.root, {"title": "Another"})


@of_site("add_redirect")
def _(at):
    operations.add_redirect(at.who, at.root, "/before", at.root["open"])


@of_site("remove_redirect")
def _(at):
    operations.add_redirect(SYSTEM, at.root, "/before", at.root["open"])
    operations.remove_redirect(at.who, at.root, "/before")


def new_address(at, user_id):
    """Let stewards edit people, and give *user_id* another mail address."""
    for permission in ("view", "edit"):
        override_permission(at.root.users, permission, "steward")
    operations.edit(at.who, at.root.users.people[user_id], {"email": "another@example.org"})


@of_site("publish_draft of the mail address of a reviewer")
def _(at):
    for permission in ("view", "edit"):
        override_permission(at.root.users, permission, "steward")
    zoe = at.root.users.people["zoe"]
    operations.save_draft(SYSTEM, zoe, {"email": "another@example.org"})
    operations.publish_draft(at.who, zoe)


@of_site("edit the mail address of somebody without roles")
def _(at):
    new_address(at, "ben")


@of_site("edit the mail address of a reviewer")
def _(at):
    new_address(at, "zoe")


@of_site("begin_reindex")
def _(at):
    operations.begin_reindex(at.who, at.root)


@of_site("begin_pack")
def _(at):
    operations.begin_pack(at.who, at.root, 30)


@of_site("begin_backup")
def _(at):
    operations.begin_backup(at.who, at.root, "new")


@of_site("cancel_operation")
def _(at):
    operations.cancel_operation(at.who, at.root, operations.begin_pack(SYSTEM, at.root, 30).id)


@of_site("begin_again")
def _(at):
    begun = operations.begin_pack(SYSTEM, at.root, 30)
    operations.cancel_operation(SYSTEM, at.root, begun.id)
    operations.begin_again(at.who, at.root, begun.id)


@of_site("begin_purge")
def _(at):
    entry = operations.delete(SYSTEM, at.root["open"]["plain"])
    operations.begin_purge(at.who, at.root, [entry])


@of_site("begin_restore")
def _(at):
    operations.begin_restore(at.who, [operations.delete(SYSTEM, at.root["secret"]["paper"])])


@deed("begin_move a paper to the open drawer")
def _(at):
    operations.begin_move(at.who, [at.drawer["text.txt"]], at.root["open"])


@deed("begin_move an open file to here")
def _(at):
    operations.begin_move(at.who, [at.root["open"]["text.txt"]], at.drawer)


@deed("begin_copy a paper into the open drawer")
def _(at):
    operations.begin_copy(at.who, [at.drawer["plain"]], at.root["open"])


@deed("begin_copy an open paper to here")
def _(at):
    operations.begin_copy(at.who, [at.root["open"]["plain"]], at.drawer)


@deed("begin_delete a paper")
def _(at):
    operations.begin_delete(at.who, [at.drawer["plain"]])


@of_site("pack_database")
def _(at):
    operations.pack_database(at.who, at.root, 36_500)


@of_site("back_up_database")
def _(at):
    try:
        with TemporaryDirectory() as folder:
            operations.back_up_database(at.who, at.root, Path(folder), "new")
    except NotPossible as refusal:
        assert "in memory" in str(refusal), refusal  # it came so far
