"""Operations: everything a person can do to content, each checked, told to subscribers, given a sentence.

    page = add_new(identity, folder, Page, {"title": "Tides"})
    edit(identity, page, {"title": "Spring tides"})
    entry = delete(identity, page)
    restore(identity, entry)

Views, forms, programs and the command line all call these; nothing else changes content for a person. An
operation first asks: may this identity, is it possible, are the values right? Then it changes, sends its
event, and gives the running transaction its user and its sentence. A refusal, any `Refused`, has changed
nothing. The caller commits.

This module is the face of the part; the rest is private.
"""

from .adding import add
from .adding import add_new
from .copying import copy
from .deleting import delete
from .deleting import may_restore
from .deleting import purge
from .deleting import restore
from .drafting import discard_draft
from .drafting import Draft
from .drafting import draft_of
from .drafting import files_in_draft
from .drafting import publish_draft
from .drafting import save_draft
from .drafting import settle_draft
from .editing import digests_of
from .editing import edit
from .editing import Edited
from .forgotten import make_reset_link
from .forgotten import set_forgotten_password
from .granting import set_grants
from .granting import set_holders
from .granting import set_inheritance
from .inspecting import export_record
from .inspecting import inspect
from .inspecting import Inspected
from .inspecting import referrers
from .leading import Broken
from .leading import broken_links
from .leading import leading_from
from .leading import Outgoing
from .linking import OwnLinks
from .linking import shown_text
from .linking import Sights
from .linking import Target
from .long import begin_again
from .long import cancel_operation
from .long import operations_shown
from .long_trees import begin_copy
from .long_trees import begin_delete
from .long_trees import begin_move
from .long_trees import begin_purge
from .long_trees import begin_restore
from .long_trees import is_large
from .long_upkeep import begin_backup
from .long_upkeep import begin_pack
from .long_upkeep import begin_reindex
from .long_upkeep import pack_here
from .long_upkeep import reindex_here
from .moving import move
from .moving import order
from .moving import rename
from .people import add_group
from .people import add_user
from .people import give_roles
from .people import remove_group
from .people import remove_user
from .people import set_groups
from .people import set_password
from .people import set_site_fields
from .preferences import set_preference
from .redirects import add_redirect
from .redirects import old_paths
from .redirects import Redirect
from .redirects import redirected
from .redirects import Redirects
from .redirects import remove_redirect
from .referring import refusal_of
from .referring import used_by
from .roles import add_role
from .roles import remove_role
from .scheduling import schedulable
from .scheduling import schedule
from .scheduling import Scheduled
from .scheduling import scheduled_for
from .scheduling import unschedule
from .sentences import say
from .sentences import sentence_of
from .signed_in import end_session
from .signed_in import end_sessions
from .tokens import make_token
from .tokens import revoke_token
from .transitions import Choice
from .transitions import choices
from .transitions import transition
from .trash import Entry
from .trash import Trash
from .trash import trash_of
from .trash import whole_trash
from .upkeep import back_up_database
from .upkeep import discard_job
from .upkeep import pack_database
from .upkeep import retry_job
from .viewing import begin_viewing
from .viewing import end_viewing

__all__ = [
    "Broken",
    "Choice",
    "Draft",
    "Edited",
    "Entry",
    "Inspected",
    "Outgoing",
    "OwnLinks",
    "Redirect",
    "Redirects",
    "Scheduled",
    "Sights",
    "Target",
    "Trash",
    "add",
    "add_group",
    "add_new",
    "add_redirect",
    "add_role",
    "add_user",
    "back_up_database",
    "begin_again",
    "begin_backup",
    "begin_copy",
    "begin_delete",
    "begin_move",
    "begin_pack",
    "begin_purge",
    "begin_reindex",
    "begin_restore",
    "begin_viewing",
    "broken_links",
    "cancel_operation",
    "choices",
    "copy",
    "delete",
    "digests_of",
    "discard_draft",
    "discard_job",
    "draft_of",
    "edit",
    "end_session",
    "end_sessions",
    "end_viewing",
    "export_record",
    "files_in_draft",
    "give_roles",
    "inspect",
    "is_large",
    "leading_from",
    "make_reset_link",
    "make_token",
    "may_restore",
    "move",
    "old_paths",
    "operations_shown",
    "order",
    "pack_database",
    "pack_here",
    "publish_draft",
    "purge",
    "redirected",
    "referrers",
    "refusal_of",
    "reindex_here",
    "remove_group",
    "remove_redirect",
    "remove_role",
    "remove_user",
    "rename",
    "restore",
    "retry_job",
    "revoke_token",
    "save_draft",
    "say",
    "schedulable",
    "schedule",
    "scheduled_for",
    "sentence_of",
    "set_forgotten_password",
    "set_grants",
    "set_groups",
    "set_holders",
    "set_inheritance",
    "set_password",
    "set_preference",
    "set_site_fields",
    "settle_draft",
    "shown_text",
    "transition",
    "trash_of",
    "unschedule",
    "used_by",
    "whole_trash",
]
