"""Security: who asks, what they may do, and why.

    policy = registry[Policy]
    identity = policy.identify(request)                 # or site.users.identity("ann"), SYSTEM, NO_IDENTITY
    policy.require(identity, "edit", article)           # Forbidden, which explains itself
    print(policy.can(identity, "edit", article).sentence)

`permissions` and `rules` are declarations; `places` and `grants` what is set in the tree; `policy` and
`decisions` the answers; `users`, `sessions`, `tokens`, `throttle` and `sign_in` the people.

This module is the face of the part; the rest is private.
"""

from .accounts import check_user_id
from .accounts import user_id_from
from .audit import AuditEntry
from .audit import AuditFilter
from .audit import AuditRules
from .audit import entries_of
from .audit import OUTCOMES as AUDIT_OUTCOMES
from .audit import record
from .audit import WORDS as AUDIT_WORDS
from .audit_files import as_csv
from .audit_files import as_json_lines
from .audit_files import harmless
from .decisions import Decision
from .explanation import Explanation
from .explanation import Need
from .explanation import Step
from .fields import readable_fields
from .fields import writable_fields
from .grants import grant
from .grants import override_permission
from .grants import restore_permission
from .grants import revoke
from .grants import set_cuts
from .identity import Identity
from .identity import NO_IDENTITY
from .identity import Refusal
from .identity import SYSTEM
from .outside import authenticate
from .outside import Claim
from .outside import identify
from .outside import Sources
from .own_roles import drop_role
from .own_roles import known_roles
from .own_roles import make_role
from .own_roles import own_roles
from .passwords import check_new_password
from .passwords import Passwords
from .peers import is_trusted
from .peers import PEER
from .permissions import Permission
from .permissions import Permissions
from .permissions import Role
from .permissions import Roles
from .places import cuts_of
from .places import grants_of
from .places import overrides_of
from .places import roles_by_state
from .policy import Policy
from .preferences import keep_preference
from .preferences import preference_of
from .resetting import note_asked
from .resetting import ResetLinks
from .resetting import users_meant
from .resetting import wait_to_ask
from .rules import Deny
from .rules import rule
from .rules import Rules
from .scope import Scope
from .sessions import Session
from .sessions import SessionRules
from .sessions import Sessions
from .sign_in import Authenticator
from .sign_in import authenticator_for
from .sign_in import MARK_COOKIE
from .sign_in import SESSION_COOKIE
from .sign_in import SignIn
from .standing import Standing
from .standing import standing_at
from .submissions import Submission
from .throttle import BackOff
from .throttle import Throttle
from .throttle import ThrottleRules
from .tokens import Token
from .tokens import Tokens
from .users import Group
from .users import make_users
from .users import User
from .users import Users
from .viewing import SEEN_AS
from .viewing import VISITOR

__all__ = [
    "AUDIT_OUTCOMES",
    "AUDIT_WORDS",
    "MARK_COOKIE",
    "NO_IDENTITY",
    "PEER",
    "SEEN_AS",
    "SESSION_COOKIE",
    "SYSTEM",
    "VISITOR",
    "AuditEntry",
    "AuditFilter",
    "AuditRules",
    "Authenticator",
    "BackOff",
    "Claim",
    "Decision",
    "Deny",
    "Explanation",
    "Group",
    "Identity",
    "Need",
    "Passwords",
    "Permission",
    "Permissions",
    "Policy",
    "Refusal",
    "ResetLinks",
    "Role",
    "Roles",
    "Rules",
    "Scope",
    "Session",
    "SessionRules",
    "Sessions",
    "SignIn",
    "Sources",
    "Standing",
    "Step",
    "Submission",
    "Throttle",
    "ThrottleRules",
    "Token",
    "Tokens",
    "User",
    "Users",
    "as_csv",
    "as_json_lines",
    "authenticate",
    "authenticator_for",
    "check_new_password",
    "check_user_id",
    "cuts_of",
    "drop_role",
    "entries_of",
    "grant",
    "grants_of",
    "harmless",
    "identify",
    "is_trusted",
    "keep_preference",
    "known_roles",
    "make_role",
    "make_users",
    "note_asked",
    "override_permission",
    "overrides_of",
    "own_roles",
    "preference_of",
    "readable_fields",
    "record",
    "restore_permission",
    "revoke",
    "roles_by_state",
    "rule",
    "set_cuts",
    "standing_at",
    "user_id_from",
    "users_meant",
    "wait_to_ask",
    "writable_fields",
]
