"""Every setting there is: the dataclasses are the single source of name, default, kind and meaning."""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any
from typing import NamedTuple

from .mode import MODES
from .mode import NORMAL
from .parsing import BYTES
from .parsing import choice
from .parsing import COUNT
from .parsing import DAY
from .parsing import HOSTS
from .parsing import LIST
from .parsing import NETWORKS
from .parsing import Parser
from .parsing import PLACES
from .parsing import PREFIX as PREFIX_PATH
from .parsing import ROOM
from .parsing import seconds
from .parsing import SWITCH
from .parsing import TEXT
from .parsing import TOKEN
from .parsing import URL
from .parsing import whole

#: What every variable of the environment begins with.
PREFIX = "OBJPUB_"


def setting(default: Any, parser: Parser, meaning: str, shown: bool = True) -> Any:
    """Describe one setting: its *default*, the *parser* of given values, and its *meaning* in words.

    shown: whether `repr` shows the value.
    """
    return field(default=default, repr=shown, metadata={"parser": parser, "meaning": meaning})


@dataclass(frozen=True)
class SiteSettings:
    """Which application the site runs."""

    app: str = setting("", TEXT, "The package of the site's code, such as `blog`. Empty: objpub's own types.")
    languages: tuple[str, ...] = setting(
        (), LIST, "The languages that visitors may choose from, the usual one first. Empty: that of the site."
    )


@dataclass(frozen=True)
class DatabaseSettings:
    """Where the objects are kept."""

    uri: str = setting(
        "file:var/site.fs?blobs=var/blobs",
        TEXT,
        "The database; what stands before the colon chooses the engine. Paths are relative to the folder of"
        " `objpub.toml`.",
    )
    cache_bytes: int = setting(
        64_000_000, BYTES, "How many bytes of stored objects to keep in memory, for all threads together."
    )


@dataclass(frozen=True)
class ServerSettings:
    """How `objpub serve` listens."""

    software: str = setting(
        "waitress",
        choice("waitress", "granian"),
        "What reads requests from the network. `granian` needs the extra `objpub[fast]`.",
    )
    host: str = setting("127.0.0.1", TEXT, "The address to listen on; `0.0.0.0` for every one.")
    port: int = setting(8080, whole(0, 65_535), "The port to listen on; 0 takes a free one.")
    socket: str = setting(
        "", TEXT, "The path of a Unix socket to listen at in place of host and port, for a server in front."
    )
    processes: int = setting(
        1, whole(1, 64), "How many processes answer. More than one need a database that serves several."
    )
    mode: str = setting(
        NORMAL,
        choice(*MODES),
        "Whom the site serves: `read-only` refuses changes, `maintenance` everybody but managers."
        " `objpub mode` says it to a site that runs.",
    )
    threads: int = setting(4, whole(1, 256), "How many requests each of them answers at the same time.")
    connections: int = setting(
        500,
        whole(10, 100_000),
        "How many connections may be open; one more closes the one that moved the least in its time.",
    )
    url: str = setting(
        "", URL, "The address by which visitors reach the site. Empty: as the request says it."
    )
    hosts: tuple[str, ...] = setting(
        (),
        LIST,
        "The host names that are answered; a request for another is refused. `*.example.org` is any with one"
        " label more. Empty: every one.",
    )
    prefix: str = setting(
        "", PREFIX_PATH, "The path that the site stands below; requests come with it. Empty: at the top."
    )
    proxies: tuple[str, ...] = setting(
        (), LIST, "The addresses and networks of servers in front, which say where a request came from."
    )
    proxy_headers: tuple[str, ...] = setting(
        ("X-Forwarded-For", "X-Forwarded-Proto"),
        LIST,
        "In which headers they say it, of `Forwarded` and `X-Forwarded-` with `For`, `Proto`, `Host`, `Port`"
        " and `Prefix`. Name only what they set themselves in each request.",
    )


@dataclass(frozen=True)
class LimitSettings:
    """What a request may cost."""

    body_bytes: int = setting(64_000_000, BYTES, "The largest body of a request.")
    file_bytes: int = setting(64_000_000, BYTES, "The largest file of a form.")
    form_bytes: int = setting(1_000_000, BYTES, "The largest form, files not counted, and the largest JSON.")
    fields: int = setting(2_000, COUNT, "How many fields a form may have, and how many values a JSON object.")
    parts: int = setting(1_000, COUNT, "How many parts a multipart form may have.")
    part_header_bytes: int = setting(4_096, whole(256, 65_536), "The longest line in the head of a part.")
    name_characters: int = setting(400, whole(16, 65_536), "The longest name of a field of a form.")
    nesting: int = setting(10, whole(1, 100), "How deep names may be nested, as in `items.0.title`.")
    json_depth: int = setting(50, whole(1, 500), "How deep a JSON body may be nested.")
    json_digits: int = setting(100, whole(16, 4_000), "How many digits a number in JSON may have.")
    pixels: int = setting(
        64_000_000, whole(1, 64_000_000), "How many pixels an image may have that is uploaded."
    )
    path_bytes: int = setting(4_096, whole(64, 65_536), "The longest path.")
    query_bytes: int = setting(6_000, whole(64, 65_536), "The longest query of an address.")
    depth: int = setting(100, whole(1, 10_000), "How many segments a path may have.")
    header_bytes: int = setting(
        8_192, whole(1_024, 65_536), "The longest head of a request, with its first line."
    )
    cookie_bytes: int = setting(6_000, whole(256, 65_536), "The longest header `Cookie`.")
    at_once: int = setting(
        1_000,
        whole(1, 1_000_000),
        "How many things are copied, moved, deleted or restored while somebody waits; more are a long"
        " operation.",
    )
    attempts: int = setting(10, whole(1, 1_000), "How often a request that meets a conflict is tried.")
    retry_seconds: float = setting(
        1.0, seconds(0, 60), "How long a request that meets conflicts is tried before it is answered 503."
    )
    free_bytes: int = setting(
        64_000_000,
        ROOM,
        "Changes are answered 507 while a disk of the site has less room than this; reading goes on. 0:"
        " never.",
    )


@dataclass(frozen=True)
class SessionSettings:
    """How long a sign-in lasts."""

    idle_seconds: float = setting(
        7 * DAY, seconds(60, 3_660 * DAY), "Ends a session that was not used so long."
    )
    absolute_seconds: float = setting(
        30 * DAY, seconds(60, 3_660 * DAY), "Ends a session so long after the sign-in, used or not."
    )


@dataclass(frozen=True)
class SecuritySettings:
    """How passwords are hashed and guessing is slowed down."""

    argon2_passes: int = setting(3, whole(1, 100), "Passes of argon2id over its memory.")
    argon2_memory_bytes: int = setting(65_536 * 1_024, BYTES, "Memory of argon2id for one password.")
    argon2_lanes: int = setting(4, whole(1, 64), "Lanes of argon2id, worked on in parallel.")
    account_failures: int = setting(
        10,
        COUNT,
        "Wrong passwords for one account before there is a wait, which doubles with each further one.",
    )
    address_failures: int = setting(50, COUNT, "The same for one address, whatever the account.")
    reset_seconds: float = setting(
        3_600.0, seconds(60, 7 * DAY), "How long the link holds that is mailed to who forgot a password."
    )
    failure_seconds: float = setting(900.0, seconds(1, DAY), "The longest such wait.")


@dataclass(frozen=True)
class AuditSettings:
    """How long the audit record is kept."""

    days: int = setting(
        400, whole(0, 36_500), "Removes entries of the audit record after so many days; 0: never."
    )
    entries: int = setting(
        1_000_000,
        whole(0, 100_000_000),
        "Removes the oldest where there are more, some thousand at a time; 0: never.",
    )


@dataclass(frozen=True)
class OutsideSettings:
    """Who says who somebody is, besides the site itself."""

    user: str = setting(
        "",
        TEXT,
        "Where a server in front says whom it has signed in: `REMOTE_USER`, or the name of a header such as"
        " `X-Remote-User`. Empty: nowhere.",
    )
    peers: tuple[str, ...] = setting(
        (), LIST, "The addresses and networks from which that is believed; from others it is refused."
    )
    new_users: bool = setting(
        True, SWITCH, "Make a user, without any role, of somebody who is known outside and not here yet."
    )


@dataclass(frozen=True)
class LdapSettings:
    """A directory that knows people and their passwords. Needs the extra `objpub[ldap]`."""

    uri: str = setting(
        "", TEXT, "The server, such as `ldaps://ldap.example.org`, or `ldap://`. Empty: no directory."
    )
    start_tls: bool = setting(True, SWITCH, "Make a connection to `ldap://` secret before anything is said.")
    ca_file: str = setting(
        "", TEXT, "A file with the certificates that vouch for the server. Empty: those of the system."
    )
    bind_dn: str = setting("", TEXT, "As whom people are looked up. Empty: as nobody.")
    bind_password: str = setting("", TEXT, "The password that goes with it.", shown=False)
    people_dn: str = setting("", TEXT, "Below which entry people are, such as `ou=people,dc=example,dc=org`.")
    person_filter: str = setting(
        "(&(objectClass=person)(uid={name}))", TEXT, "Which entry is the one of `{name}`."
    )
    title_attribute: str = setting("cn", TEXT, "The attribute with the name that others see.")
    email_attribute: str = setting("mail", TEXT, "The attribute with the e-mail address.")
    groups_dn: str = setting("", TEXT, "Below which entry groups are. Empty: groups are not asked for.")
    group_filter: str = setting("(member={dn})", TEXT, "Which groups the person with the entry `{dn}` is in.")
    roles: tuple[str, ...] = setting(
        (), LIST, "Which groups, by their `cn`, give which role: a list such as `press = editor`."
    )
    timeout_seconds: float = setting(5.0, seconds(0.1, 600), "How long the directory is waited for.")


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves the site. Without a server there is none; in development it is printed instead."""

    server: str = setting("", TEXT, "The host of the SMTP server. Empty: no mail is sent.")
    port: int = setting(587, whole(1, 65_535), "The port of the SMTP server.")
    security: str = setting(
        "starttls",
        choice("starttls", "tls", "none"),
        "How the connection is kept secret: `starttls` begins in the open, `tls` does not, `none` never is.",
    )
    user: str = setting("", TEXT, "The name to sign in to the SMTP server with. Empty: without.")
    password: str = setting("", TEXT, "The password that goes with it.", shown=False)
    sender: str = setting("", TEXT, "The address that mail comes from, such as `site@example.org`.")
    ca_file: str = setting(
        "", TEXT, "A file with the certificates that vouch for the server. Empty: those of the system."
    )
    timeout_seconds: float = setting(10.0, seconds(0.1, 600), "How long the SMTP server is waited for.")


@dataclass(frozen=True)
class WebhookSettings:
    """How messages to other programs are signed, and where they may go."""

    secret: str = setting(
        "", TEXT, "What webhooks are signed with; the other side knows it. Empty: none is sent.", shown=False
    )
    private_hosts: tuple[str, ...] = setting(
        (),
        LIST,
        "Hosts of private networks, such as `app.intern`, that webhooks may go to; all others have to be on"
        " the internet.",
    )


@dataclass(frozen=True)
class LogSettings:
    """What is logged."""

    access: bool = setting(True, SWITCH, "Write one line for every request.")
    tickets: bool = setting(
        True, SWITCH, "Keep errors that nobody foresaw in the database too, alike ones together."
    )
    form: str = setting(
        "combined",
        choice("combined", "json"),
        "How: as web servers do, or as one object of JSON a line. The messages of `objpub serve` follow it.",
    )
    slow_seconds: float = setting(
        5.0, seconds(0, 3_600), "Notes once where a request stands that runs so long; 0: never."
    )


@dataclass(frozen=True)
class MetricsSettings:
    """Who may read `/metrics`. Without either, nobody."""

    addresses: tuple[str, ...] = setting(
        (),
        NETWORKS,
        "The addresses and networks that may. Behind a server in front that `server.proxies` does not name,"
        " every request has the address of that server.",
    )
    token: str = setting(
        "",
        TOKEN,
        "What a program brings as `Authorization: Bearer …` to be one that may.",
        shown=False,
    )


@dataclass(frozen=True)
class Settings:
    """All settings of a site. folder: where `objpub.toml` is; paths are relative to it."""

    folder: Path
    development: bool = setting(
        False, SWITCH, "Show tracebacks in the browser and reload code and templates. Never on a public site."
    )
    secret: str = setting(
        "",
        TEXT,
        "What cookies are signed with, at least 32 characters. Empty: made once, kept in `var/secret`.",
        shown=False,
    )
    sites: tuple[tuple[str, str], ...] = setting(
        (),
        HOSTS,
        "Hosts that are rooted at a place in the tree. In the path for `*.example.org` a `*` is what stands"
        " for the star.",
    )
    mounts: tuple[tuple[str, str], ...] = setting(
        (), PLACES, "Places in the tree at which other databases stand, with a URI as in `database.uri`."
    )
    site: SiteSettings = field(default_factory=SiteSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    session: SessionSettings = field(default_factory=SessionSettings)
    security: SecuritySettings = field(default_factory=SecuritySettings)
    audit: AuditSettings = field(default_factory=AuditSettings)
    outside: OutsideSettings = field(default_factory=OutsideSettings)
    ldap: LdapSettings = field(default_factory=LdapSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    webhooks: WebhookSettings = field(default_factory=WebhookSettings)
    log: LogSettings = field(default_factory=LogSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)


class Setting(NamedTuple):
    """One setting, as the reference shows it.

    name: as in `objpub.toml`, "database.uri". variable: of the environment. wanted: what is accepted.
    shown: False for a secret.
    """

    name: str
    variable: str
    default: Any
    wanted: str
    meaning: str
    parse: Callable[[Any], Any]
    shown: bool


def reference() -> Iterator[Setting]:
    """Yield every setting, in the order of the tables of `objpub.toml`."""
    for each in fields(Settings):
        if is_dataclass(each.type):
            for inner in fields(each.type):
                yield describe(f"{each.name}.{inner.name}", inner)
        elif each.metadata:
            yield describe(each.name, each)


def describe(name: str, spec: Any) -> Setting:
    """Return the setting called *name* from the dataclass field *spec*."""
    parser: Parser = spec.metadata["parser"]
    variable = PREFIX + name.replace(".", "_").upper()
    return Setting(
        name, variable, spec.default, parser.wanted, spec.metadata["meaning"], parser.parse, spec.repr
    )
