"""An LDAP directory that knows people and their passwords: the extra `objpub[ldap]`.

A person is looked up by name as the settings say, and the password is tried by signing in to the directory as
that person. Groups become roles, which hold as long as the sign-in that asked for them.

What somebody typed gets into a filter only escaped. An empty password is never tried: directories take it for
a visit without a name, and say yes (RFC 4513, 5.1.2). For a name that is not there a sign-in that cannot work
is tried, so that the answer takes as long.
"""

import importlib
import logging
import math
import secrets
import ssl
import warnings
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from objpub.errors import SettingsError
from objpub.settings import LdapSettings

from .identity import Refusal
from .outside import Claim
from .outside import Said

LOG = logging.getLogger("objpub.security")
LIBRARY = "ldap3"
SILENT = "The directory that knows the passwords does not answer. Try again in a moment."
MOST_GROUPS = 1_000


class Silent(Exception):
    """The directory does not answer, or not as it should."""


class Directory:
    """Asks a directory whose a name and a password are. settings: where it is, and what is where in it.

    Raises SettingsError for settings that do not fit, and without the extra.
    """

    def __init__(self, settings: LdapSettings):
        check_settings(settings)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # it uses old names of another library
                self._ldap = importlib.import_module(LIBRARY)
        except ImportError as error:
            message = "ldap.uri is set, and its library is missing: pip install 'objpub[ldap]'"
            raise SettingsError(message) from error
        self._escaped = importlib.import_module(f"{LIBRARY}.utils.conv").escape_filter_chars
        self._error = importlib.import_module(f"{LIBRARY}.core.exceptions").LDAPException
        self._settings = settings
        self._roles = dict(pairs_from(settings.roles))
        self._encrypts = settings.start_tls and urlsplit(settings.uri).scheme == "ldap"
        tls = tls_by(self._ldap.Tls, context_of(settings))
        self._server = self._ldap.Server(
            settings.uri, tls=tls, get_info=self._ldap.NONE, connect_timeout=settings.timeout_seconds
        )

    def __call__(self, name: str, password: str) -> Said:
        """Return who it is; None for an unknown name and a wrong password, a Refusal in silence."""
        try:
            return self._ask(name, password)
        except (Silent, self._error, OSError) as error:
            LOG.warning("The directory %s: %s", self._settings.uri, type(error).__name__)
            return Refusal(SILENT)

    def _ask(self, name: str, password: str) -> Claim | None:
        settings = self._settings
        wanted = (settings.title_attribute, settings.email_attribute)
        with self._visit(settings.bind_dn, settings.bind_password) as visit:
            if visit is None:
                raise Silent(f"ldap.bind_dn {settings.bind_dn!r} is not let in")
            query = settings.person_filter.replace("{name}", self._escaped(name))
            found = list(self._search(visit, settings.people_dn, query, wanted, 2))
            person, values = found[0] if len(found) == 1 else (nobody_in(settings.people_dn), {})
            groups = self._groups_of(visit, person)
        if not password or "\0" in password:
            return None
        with self._visit(person, password) as visit:
            if visit is None or not found or len(found) > 1:
                return None
        title, email = (text_in(values, each) for each in wanted)
        return Claim(name, title, email, frozenset(self._roles_of(groups)))

    def _groups_of(self, visit: Any, person: str) -> list[str]:
        """Return the names of the groups that the entry *person* is in."""
        if not self._settings.groups_dn:
            return []
        query = self._settings.group_filter.replace("{dn}", self._escaped(person))
        found = self._search(visit, self._settings.groups_dn, query, ("cn",), MOST_GROUPS)
        return [text_in(values, "cn") for _, values in found]

    def _roles_of(self, groups: Iterable[str]) -> Iterator[str]:
        for group in groups:
            if group.casefold() in self._roles:
                yield self._roles[group.casefold()]

    @contextmanager
    def _visit(self, name: str, password: str) -> Iterator[Any]:
        """Give a connection signed in as the entry *name*, as nobody for ""; None if it is not let in."""
        connection = self._ldap.Connection(
            self._server,
            user=name or None,
            password=password or None,
            read_only=True,
            auto_referrals=False,
            receive_timeout=math.ceil(self._settings.timeout_seconds),  # the library wants whole seconds
        )
        try:
            connection.open()
            if self._encrypts and not connection.start_tls():
                raise Silent("the connection cannot be made secret")
            yield connection if connection.bind() else None
        finally:
            self._close(connection)

    def _close(self, connection: Any) -> None:
        """Say good-bye, and close the socket also of a connection that never came to be."""
        try:
            connection.unbind()
        except (self._error, OSError):
            pass
        finally:
            if connection.socket is not None:
                connection.socket.close()

    def _search(
        self, visit: Any, below: str, query: str, attributes: tuple[str, ...], most: int
    ) -> Iterator[tuple[str, Any]]:
        """Yield (entry, values) of what *query* finds. Raises Silent for a directory that does not search."""
        visit.search(below, query, attributes=list(attributes), size_limit=most)
        if visit.result["result"] not in {0, 4, 32}:  # done, more than *most*, and nothing there
            raise Silent(visit.result["description"])
        for each in visit.response or ():
            if each["type"] == "searchResEntry":
                yield each["dn"], each["attributes"]


def context_of(settings: LdapSettings) -> ssl.SSLContext:
    """Return what a secret connection asks of the server: a certificate for its name, vouched for."""
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:
        raise SettingsError(f"ldap.ca_file: cannot read {settings.ca_file!r}: {error}") from error


def tls_by(kind: type, context: ssl.SSLContext) -> Any:
    """Return the library's *kind* of TLS with *context*; its own compares names by what Python dropped."""

    def wrap_socket(self: Any, connection: Any, do_handshake: bool = False) -> None:
        connection.socket = context.wrap_socket(
            connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=do_handshake
        )

    return type("Tls", (kind,), {"wrap_socket": wrap_socket})(validate=ssl.CERT_REQUIRED)


def check_settings(settings: LdapSettings) -> None:
    """Raise SettingsError for what cannot be a directory."""
    if urlsplit(settings.uri).scheme not in {"ldap", "ldaps"}:
        raise SettingsError(f"ldap.uri is {settings.uri!r}, wanted ldaps://HOST or ldap://HOST")
    if not settings.people_dn:
        raise SettingsError("ldap.people_dn is empty, wanted the entry below which people are")
    if "{name}" not in settings.person_filter:
        raise SettingsError(f"ldap.person_filter is {settings.person_filter!r}, wanted {{name}} in it")
    if settings.groups_dn and "{dn}" not in settings.group_filter:
        raise SettingsError(f"ldap.group_filter is {settings.group_filter!r}, wanted {{dn}} in it")
    list(pairs_from(settings.roles))


def pairs_from(roles: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (group, role) of the setting `ldap.roles`. Raises SettingsError for what is no pair."""
    for each in roles:
        group, sign, role = (part.strip() for part in each.rpartition("="))
        if not (group and sign and role):
            raise SettingsError(f"ldap.roles has {each!r}, wanted GROUP = ROLE")
        yield group.casefold(), role


def nobody_in(people: str) -> str:
    """Return an entry that is not there."""
    return f"cn={secrets.token_hex(8)},{people}"


def text_in(values: Any, name: str) -> str:
    """Return the first value of the attribute *name*, "" for none."""
    found = values.get(name) or [""]
    first = found[0] if isinstance(found, list) else found
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
