"""Who may do what: one object that knows permissions, roles and rules, and answers.

    registry[Policy].can(identity, "edit", article)     # true or false, and able to explain itself

Deny by default: what no role, grant or override allows is refused. Managers may do everything.
"""

from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.content import content_types
from objpub.errors import DeclarationError
from objpub.errors import Forbidden
from objpub.registry import Registry

from .decisions import Decision
from .identity import Identity
from .outside import identified
from .outside import Sources
from .permissions import Permission
from .permissions import Permissions
from .permissions import Roles
from .permissions import unknown
from .places import field_permissions
from .places import ONLY_MANAGERS
from .rules import denial
from .rules import Deny
from .rules import Rules
from .scope import token_scope
from .sign_in import Authenticator
from .standing import holders_at
from .standing import standing_at
from .standing import VISITING
from .tokens import has_token


class Policy:
    """The table of everything that decides.

    permissions, roles, rules: what is declared. authenticator: finds out who asks; replace it, before
    the first request, to set its limits.
    """

    def __init__(self) -> None:
        self.permissions = Permissions()
        self.roles = Roles()
        self.rules = Rules()
        self.authenticator = Authenticator()
        self._holders: dict[str, frozenset[str]] = {}
        self._ruled: frozenset[str] = frozenset()
        self._sources: tuple[Any, ...] = ()
        self._in_no_field: frozenset[type] = frozenset()  # classes of content that is never a field's value

    def learn(self, registry: Registry) -> None:
        """Take what is declared from *registry*. Raises DeclarationError for roles nobody declared."""
        self.permissions = registry[Permissions]
        self.roles = registry[Roles]
        self.rules = registry[Rules]
        for permission in self.permissions:
            for role in sorted(permission.roles):
                if role not in self.roles:
                    message = f"Permission {permission.name!r}: {unknown('role', role, self.roles.names())}"
                    raise DeclarationError(message, permission.source)
        self._holders = {each.name: each.roles | ONLY_MANAGERS for each in self.permissions}
        self._ruled = self.rules.permissions()
        self._sources = registry[Sources].identifying
        kinds = [each.kind for each in content_types(registry)]
        self._in_no_field = frozenset(each for each in kinds if not hasattr(each, "field_kind"))

    def can(self, identity: Identity, permission: Permission | str, context: Any) -> Decision:
        """May *identity* do *permission* at *context*? Returns a decision, true or false.

        Raises DeclarationError for a permission that nobody declared.
        """
        name = permission if isinstance(permission, str) else permission.name
        roles = identity.roles
        default = self._holders.get(name) or self.default_holders(name)
        if identity.scope is not None and (said := identity.scope.refusal(name, identity, context)):
            return Decision(self, identity, name, context, False, (token_scope, Deny(said)))
        if "manager" in roles:
            return Decision(self, identity, name, context, True)
        kind = type(context)
        if kind not in self._in_no_field and hasattr(kind, "field_kind"):
            for needed in field_permissions(name, context):
                decision = self.can(identity, needed, context.__parent__)
                if not decision:
                    return decision
        standing = standing_at(identity, context)
        roles = standing.roles
        if "manager" in roles:
            return Decision(self, identity, name, context, True)
        holders = default if standing is VISITING else standing.holders(name, default)
        if roles.isdisjoint(holders) or (standing.stated and standing.is_barred(name, roles)):
            return Decision(self, identity, name, context, False)
        if name in self._ruled and (told := denial(self.rules, identity, name, context)) is not None:
            return Decision(self, identity, name, context, False, told)
        return Decision(self, identity, name, context, True)

    def require(self, identity: Identity, permission: Permission | str, context: Any) -> None:
        """Raise Forbidden, with the decision and its sentence, unless *identity* may."""
        decision = self.can(identity, permission, context)
        if not decision:
            raise Forbidden(decision.sentence, decision)

    def roles_of(self, identity: Identity, context: Any) -> frozenset[str]:
        """Return the roles that *identity* has at *context*, those held everywhere among them."""
        return standing_at(identity, context).roles

    def require_giving(self, identity: Identity, roles: frozenset[str], context: Any) -> None:
        """Raise Forbidden unless *identity* may grant at *context* and has each of *roles* there.

        Nobody gives, or takes, a role that he lacks; managers have them all.
        """
        self.require(identity, "grant", context)
        mine = self.roles_of(identity, context)
        lacking = sorted(roles - mine)
        if lacking and "manager" not in mine:
            raise Forbidden(f"{identity} lacks the role {lacking[0]!r} here, and so cannot give or take it")

    def holders(self, permission: Permission | str, context: Any) -> frozenset[str]:
        """Return the roles that have *permission* at *context*, by what is set there or further up."""
        name = str(permission)
        return holders_at(name, context, self.default_holders(name))

    def default_holders(self, name: str) -> frozenset[str]:
        """Return the roles that have the permission *name* where no place says otherwise.

        Raises DeclarationError for a permission that nobody declared, and names the nearest.
        """
        return self.permissions[name].roles | ONLY_MANAGERS

    def asks_rules(self, name: str, kind: type) -> bool:
        """Do rules of the class *kind* have a say in *name*? Then each resource must be asked."""
        return name in self._ruled and next(self.rules.every(kind, name), None) is not None

    def identify(self, request: Any) -> Identity:
        """Return who *request* comes from, by a token, from outside, by session cookie or Basic.

        A token comes first, as it may do less than its owner; see `outside` and `Authenticator`.
        """
        for ask in self._sources:
            said = ask(request)
            if said is not None and not has_token(request.environ):
                found = identified(request, said)
                return self.authenticator.tell_refused(found, "outside", request.remote_addr or "")
        return self.authenticator.identify(request)


note(
    Policy,
    Declaration(
        "policy", ("policy",), lambda registry: registry[Policy].learn(registry), source_here(0), phase=2
    ),
)
