"""The people and groups of a site, at `site.users`.

    site.users.add("ann", "a long enough password", roles=["editor"], title="Ann Lee")
    site.users.add_group("staff", title="Staff")
    site.users.join("user:ann", "staff")

Users and groups are content in two folders of their own, which no URL of the site reaches. What is secret
or gives power is not on them but beside them (`accounts`, `membership`): nothing that shows, copies,
edits or exports content meets it. A user's id is never given to somebody else.
"""

import secrets
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Any

from objpub.content import Content
from objpub.content import Folder
from objpub.errors import NameTaken
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.events import Moved
from objpub.events import on
from objpub.events import SiteCreated
from objpub.schema import Email
from objpub.schema import field

from .accounts import Account
from .accounts import Accounts
from .accounts import check_password
from .accounts import check_user_id
from .accounts import user_id_from
from .grants import check_principal
from .grants import checked_roles
from .identity import Identity
from .identity import SIGNED_IN
from .membership import Membership
from .passwords import check_new_password
from .passwords import Passwords
from .preferences import forget_preferences
from .sessions import Sessions
from .submissions import Submission
from .submissions import Submissions
from .throttle import Throttle
from .tokens import Tokens

ONLY_MANAGERS = frozenset({"manager"})
OWN = frozenset({"owner", "manager"})  # a user belongs to the user himself


class User(Content):
    """A person who can sign in. The name in the folder is the user's id."""

    title: str = field(default="", max_length=200, title="Name")
    email: Email | None = field(default=None)

    _mark: str | None = None  # the account that is this user's, see `accounts`


class Group(Content):
    """Users, and other groups, that are given roles together."""

    title: str = field(default="", max_length=200)
    description: str = field(default="", multiline=True, max_length=2000)


class People(Folder):
    """The users of a site by their ids."""


class Groups(Folder):
    """The groups of a site by their ids."""


class Users(Content):
    """Who can sign in to the site, in which groups they are, and which roles they have everywhere."""

    _permissions = MappingProxyType(
        {
            "view": OWN,
            "edit": OWN,
            "add": ONLY_MANAGERS,
            "delete": ONLY_MANAGERS,
            "grant": ONLY_MANAGERS,
            "manage": ONLY_MANAGERS,
        }
    )

    _tokens: Tokens | None = None  # made with the first one
    _own_roles: Any = None  # name → title of the roles made in the browser, see `own_roles`
    _submissions: Submissions | None = None  # likewise
    _preferences: Any = None  # (user id, name) → what was chosen, see `preferences`

    def __init__(self) -> None:
        super().__init__()
        self._people = placed(People(), self, "people")
        self._teams = placed(Groups(), self, "groups")
        self._accounts = Accounts()
        self._membership = Membership()
        self._sessions = Sessions()
        self._throttle = Throttle()

    @property
    def people(self) -> Folder:
        """The folder of the users."""
        return self._people

    @property
    def groups(self) -> Folder:
        """The folder of the groups."""
        return self._teams

    @property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        return self._sessions

    @property
    def throttle(self) -> Throttle:
        """The counts of wrong passwords."""
        return self._throttle

    @property
    def tokens(self) -> Tokens:
        """What programs sign in with; `make_token` adds one."""
        return Tokens() if self._tokens is None else self._tokens

    @property
    def submissions(self) -> Submissions:
        """The forms that were sent and can be sent only once; `keep_submission` adds one."""
        return Submissions() if self._submissions is None else self._submissions

    def keep_submission(self, key: str, submission: Submission, now: datetime) -> None:
        """Remember what a form has led to; see `Submissions.keep`."""
        if self._submissions is None:
            self._submissions = Submissions()
        self._submissions.keep(key, submission, now)

    def get(self, user_id: str, default: Any = None) -> Any:
        """Return the user called *user_id*, or *default*."""
        found = self._people.get(user_id_from(user_id))
        return found if isinstance(found, User) else default

    def __contains__(self, user_id: object) -> bool:
        return isinstance(user_id, str) and self.get(user_id) is not None

    def __iter__(self) -> Iterator[str]:
        """Yield the ids of all users, sorted."""
        return iter(self._people)

    def __len__(self) -> int:
        return len(self._people)

    def add(
        self,
        user_id: str,
        password: str | None,
        roles: str | Iterable[str] = (),
        title: str = "",
        email: str = "",
        passwords: Passwords | None = None,
    ) -> User:
        """Add a user and return it.

        user_id: letters, digits and . @ + - _; small and capital letters are the same. password: None for
        somebody who cannot sign in yet. roles: held everywhere. passwords: how to hash; default: slow.
        Raises BadName, NameTaken (also if somebody else had this id once), or Invalid.
        """
        name = check_user_id(user_id)
        if name in self._accounts or name in self._people:
            raise NameTaken(name, "the users, or there was once")
        given = checked_roles(self, roles, given=True)
        hashed = hashed_password(name, password, passwords)
        user = User(title=title, email=email or None)
        user._mark = secrets.token_hex(16)
        user._owner = name
        self._people.add(name, user)
        self._accounts.put(name, user._mark, hashed)
        self._membership.set_roles(f"user:{name}", given)
        return user

    def remove(self, user_id: str) -> None:
        """Remove a user for good: nothing that signs in is left, no role, no group; the id stays taken.

        Raises NotFound if there is none.
        """
        name = self._found(user_id)
        self._people.remove(name)
        forget_preferences(self, name)
        self._accounts.close(name)
        self._membership.forget(f"user:{name}")
        self._end(name)

    def set_password(self, user_id: str, password: str | None, passwords: Passwords | None = None) -> None:
        """Give a user another password, and end all sessions and tokens. None: no password, so no sign-in.

        Raises NotFound, Invalid for a password that is too short or too common, or NotPossible for a
        user who has the id of somebody else.
        """
        name = self._found(user_id)
        user = self._people[name]
        hashed = hashed_password(name, password, passwords)
        if self._account(name) is None:
            if name in self._accounts:
                raise NotPossible(f"{name!r} was somebody else's name, and so nobody else can sign in by it")
            user._mark = secrets.token_hex(16)
            user._owner = name
        self._accounts.put(name, user._mark, hashed)
        self._end(name)

    def sign_out_everywhere(self, user_id: str) -> None:
        """End all sessions of a user. Raises NotFound if there is none."""
        name = self._found(user_id)
        account = self._account(name)
        if account is not None:
            self._accounts.put(name, account.mark, account.password)
        self._sessions.end_all_of(name)

    def make_token(self, user_id: str, *about: Any) -> str:
        """Make a token for *user_id*, and return its text. about: see `Tokens.make`."""
        if self._tokens is None:
            self._tokens = Tokens()
        return self._tokens.make(user_id, *about)

    def check_password(self, user_id: str, password: str, passwords: Passwords | None = None) -> bool:
        """Is this the password of *user_id*? The same work for somebody unknown. Renews an old hash."""
        right, renewed = self.verify(user_id, password, passwords or Passwords())
        if renewed:
            self.renew_hash(user_id, renewed)
        return right

    def verify(self, user_id: str, password: str, passwords: Passwords) -> tuple[bool, str | None]:
        """Return whether this is the password of *user_id*, and a new hash if it needs one.

        Changes nothing, and does the same work for somebody unknown.
        """
        return check_password(passwords, self._account(user_id_from(user_id)), password)

    def renew_hash(self, user_id: str, renewed: str) -> None:
        """Keep another hash of the same password; sessions go on."""
        self._accounts.renew(user_id_from(user_id), renewed)

    def stamp_of(self, user_id: str) -> str:
        """Return what goes with the password of *user_id*; "" for somebody who has none."""
        account = self._account(user_id)
        return account.stamp if account is not None and account.password is not None else ""

    def is_taken(self, user_id: str) -> bool:
        """Is there, or was there once, a user with this id?"""
        return user_id in self._accounts or user_id in self._people

    def session_stamp(self, user_id: str) -> str:
        """Return what sessions and links of *user_id* must carry; "" for somebody without an account."""
        account = self._account(user_id)
        return "" if account is None else account.stamp

    def identity(self, user_id: str, **more: Any) -> Identity | None:
        """Return the identity of *user_id*, or None. more: further attributes of `Identity`."""
        user = self.get(user_id)
        if user is None or (user.__name__ in self._accounts and self._account(user.__name__) is None):
            return None
        name = user.__name__
        principals, roles = self._membership.resolved(f"user:{name}", self._teams)
        return Identity(name, user.title or name, SIGNED_IN | roles, principals, **more)

    def add_group(self, group_id: str, title: str = "", roles: str | Iterable[str] = ()) -> Group:
        """Add a group and return it; see `add` for the id and the roles."""
        name = check_user_id(group_id)
        if f"group:{name}" in self._accounts or name in self._teams:
            raise NameTaken(name, "the groups, or there was once")
        given = checked_roles(self, roles, given=True)
        group = Group(title=title)
        self._teams.add(name, group)
        self._membership.set_roles(f"group:{name}", given)
        return group

    def remove_group(self, group_id: str) -> None:
        """Remove a group for good; its members lose what they had by it, and its id stays taken.

        Raises NotFound if there is none.
        """
        name = user_id_from(group_id)
        if name not in self._teams:
            raise NotFound(f"group {group_id!r}")
        self._teams.remove(name)
        self._accounts.close(f"group:{name}")
        self._membership.forget(f"group:{name}")

    def set_roles(self, principal: str, roles: str | Iterable[str]) -> None:
        """Let *principal* have *roles* everywhere, and no other. Raises Invalid, or NotFound."""
        self._check(principal)
        self._membership.set_roles(principal, checked_roles(self, roles, given=True))

    def roles_given(self, principal: str) -> frozenset[str]:
        """Return the roles that *principal* itself has everywhere, without those of its groups."""
        return self._membership.roles_of(principal)

    def join(self, principal: str, group_id: str) -> None:
        """Let a user or a group be in a group. Raises NotFound, or NotPossible for a loop of groups."""
        self._check(principal)
        self._check(f"group:{group_id}")
        self._membership.join(principal, group_id)

    def leave(self, principal: str, group_id: str) -> None:
        """Let *principal* not be in a group any more. If it is not, that is no error."""
        self._membership.leave(principal, group_id)

    def groups_of(self, principal: str) -> frozenset[str]:
        """Return the ids of the groups that *principal* itself is in."""
        return self._membership.groups_of(principal)

    def members_of(self, group_id: str) -> list[str]:
        """Return the principals that are in a group themselves, sorted."""
        return self._membership.members_of(group_id)

    def principals_with(self, roles: Iterable[str], most: int) -> list[str]:
        """Return up to *most* principals that have one of *roles* everywhere themselves; users first."""
        found = {each for role in roles for each in self._membership.having(role) if self.principal(each)}
        return sorted(found, key=lambda each: (each.startswith("group:"), each))[:most]

    def principal(self, principal: str) -> User | Group | None:
        """Return the user or the group that "user:ID" or "group:ID" means, or None."""
        kind, _, name = principal.partition(":")
        folder = {"user": self._people, "group": self._teams}.get(kind)
        return None if folder is None else folder.get(name)

    def title_of_principal(self, principal: str) -> str:
        """Return the title of a user or a group, or the id where there is none."""
        found = self.principal(principal)
        return (found.title if found is not None else "") or principal.partition(":")[2]

    def _check(self, principal: str) -> None:
        check_principal(principal)
        if self.principal(principal) is None:
            kind, _, name = principal.partition(":")
            raise NotFound(f"{kind} {name!r}")

    def _found(self, user_id: str) -> str:
        if user_id not in self:
            raise NotFound(f"user {user_id!r}")
        return user_id_from(user_id)

    def _account(self, name: str) -> Account | None:
        user = self._people.get(name)
        return self._accounts.get(name, user._mark) if isinstance(user, User) else None

    def _end(self, name: str) -> None:
        self._throttle.forget(name)
        self._sessions.end_all_of(name)
        self.tokens.revoke_all_of(name)


def placed(folder: Folder, parent: Any, name: str) -> Folder:
    """Return *folder* after giving it its place."""
    folder.__parent__ = parent
    folder.__name__ = name
    return folder


def hashed_password(user_id: str, password: str | None, passwords: Passwords | None) -> str | None:
    """Return the hash of a new password, or None for none. Raises Invalid for one that will not do."""
    if password is None:
        return None
    check_new_password(password, user_id)
    return (passwords or Passwords()).hash(password)


def make_users(site: Any) -> Users:
    """Return the users of *site*; they are made if there are none."""
    if site.users is None:
        users = Users()
        users.__parent__ = site
        users.__name__ = "users"
        site.users = users
    return site.users


@on(SiteCreated)
def give_users(event: SiteCreated) -> None:
    """Make the users of a new site, before the site's own subscribers add some."""
    make_users(event.resource)


@on(Moved, User)
def keep_the_id(event: Moved) -> None:
    """Refuse to rename a user: grants and sessions know the id."""
    if event.name != event.old_name and isinstance(event.folder, People):
        raise NotPossible(f"{event.old_name!r} cannot be renamed: what was granted to this user says so")
