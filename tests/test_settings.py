"""Settings from a file and from the environment."""

import dataclasses
import os
import pathlib
import stat
import threading

import pytest

from objpub.errors import SettingsError
from objpub.settings import load_settings
from objpub.settings import reference
from objpub.settings import secret_of
from objpub.settings import Settings

GIVEN = {
    "development": (True, True),
    "secret": ("s" * 40, "s" * 40),
    "site.app": ("blog", "blog"),
    "site.languages": (["en", "de-CH"], ("en", "de-CH")),
    "database.uri": ("demo:", "demo:"),
    "database.cache_bytes": ("128MB", 128_000_000),
    "server.software": ("granian", "granian"),
    "server.host": ("0.0.0.0", "0.0.0.0"),
    "server.port": (80, 80),
    "server.threads": (8, 8),
    "server.mode": ("read-only", "read-only"),
    "limits.free_bytes": ("1GB", 1_000_000_000),
    "server.processes": (2, 2),
    "server.socket": ("var/site.sock", "var/site.sock"),
    "server.connections": (50, 50),
    "server.url": ("https://example.org/site/", "https://example.org/site"),
    "server.hosts": (["example.org", "www.example.org"], ("example.org", "www.example.org")),
    "server.prefix": ("/cms/", "/cms"),
    "server.proxies": (["127.0.0.1", "10.0.0.0/8"], ("127.0.0.1", "10.0.0.0/8")),
    "server.proxy_headers": (["Forwarded"], ("Forwarded",)),
    "sites": (
        {"Blog.example.org": "/blog/", "*.example.org": "/members/*"},
        (("blog.example.org", "/blog"), ("*.example.org", "/members/*")),
    ),
    "mounts": ({"/archive/": "file:var/archive.fs"}, (("/archive", "file:var/archive.fs"),)),
    "limits.body_bytes": ("1GiB", 2**30),
    "limits.form_bytes": (500, 500),
    "limits.fields": (10, 10),
    "limits.file_bytes": ("1GB", 10**9),
    "limits.parts": (10, 10),
    "limits.part_header_bytes": (1_000, 1_000),
    "limits.name_characters": (100, 100),
    "limits.nesting": (3, 3),
    "limits.json_depth": (20, 20),
    "limits.json_digits": (30, 30),
    "limits.pixels": (24_000_000, 24_000_000),
    "limits.path_bytes": (1_000, 1_000),
    "limits.query_bytes": (1_000, 1_000),
    "limits.depth": (10, 10),
    "limits.header_bytes": (4_096, 4_096),
    "limits.cookie_bytes": (2_000, 2_000),
    "limits.at_once": (50, 50),
    "limits.attempts": (1, 1),
    "limits.retry_seconds": (0.5, 0.5),
    "session.idle_seconds": (3_600, 3_600.0),
    "session.absolute_seconds": (86_400, 86_400.0),
    "security.argon2_passes": (1, 1),
    "security.argon2_memory_bytes": ("8MiB", 8 * 2**20),
    "security.argon2_lanes": (1, 1),
    "security.account_failures": (3, 3),
    "security.address_failures": (5, 5),
    "security.failure_seconds": (60, 60.0),
    "security.reset_seconds": (600, 600.0),
    "audit.days": (90, 90),
    "audit.entries": (5_000, 5_000),
    "outside.user": ("X-Remote-User", "X-Remote-User"),
    "outside.peers": (["127.0.0.1", "10.0.0.0/8"], ("127.0.0.1", "10.0.0.0/8")),
    "outside.new_users": (False, False),
    "ldap.uri": ("ldaps://ldap.example.org", "ldaps://ldap.example.org"),
    "ldap.start_tls": (False, False),
    "ldap.ca_file": ("/etc/ssl/ldap.pem", "/etc/ssl/ldap.pem"),
    "ldap.bind_dn": ("cn=site", "cn=site"),
    "ldap.bind_password": ("x" * 9, "x" * 9),
    "ldap.people_dn": ("ou=people", "ou=people"),
    "ldap.person_filter": ("(mail={name})", "(mail={name})"),
    "ldap.title_attribute": ("displayName", "displayName"),
    "ldap.email_attribute": ("email", "email"),
    "ldap.groups_dn": ("ou=groups", "ou=groups"),
    "ldap.group_filter": ("(uniqueMember={dn})", "(uniqueMember={dn})"),
    "ldap.roles": (["press = editor", "it = manager"], ("press = editor", "it = manager")),
    "ldap.timeout_seconds": (1, 1.0),
    "mail.server": ("mail.example.org", "mail.example.org"),
    "mail.port": (25, 25),
    "mail.security": ("tls", "tls"),
    "mail.user": ("site", "site"),
    "mail.password": ("x" * 9, "x" * 9),
    "mail.sender": ("site@example.org", "site@example.org"),
    "mail.ca_file": ("/etc/ssl/mail.pem", "/etc/ssl/mail.pem"),
    "mail.timeout_seconds": (1, 1.0),
    "webhooks.secret": ("x" * 9, "x" * 9),
    "webhooks.private_hosts": (["app.intern"], ("app.intern",)),
    "log.access": (False, False),
    "log.form": ("json", "json"),
    "log.tickets": (False, False),
    "log.slow_seconds": (0.5, 0.5),
    "metrics.addresses": (["127.0.0.1", "10.0.0.0/8"], ("127.0.0.1", "10.0.0.0/8")),
    "metrics.token": ("x" * 20, "x" * 20),
}


def write(folder, text):
    path = folder / "objpub.toml"
    path.write_text(text, "utf-8")
    return path


def value_of(settings, name):
    for step in name.split("."):
        settings = getattr(settings, step)
    return settings


def as_toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{name}" = "{text}"' for name, text in value.items()) + " }"
    return repr(value).replace("'", '"')


def as_text(value):
    if isinstance(value, dict):
        return ", ".join(f"{name} = {text}" for name, text in value.items())
    return ",".join(value) if isinstance(value, list) else str(value)


def mistakes_in(path, environ):
    with pytest.raises(SettingsError) as refused:
        load_settings(path, environ)
    return str(refused.value).splitlines()


def test_every_setting_is_tested_here():
    known = [each.name for each in reference()]
    assert sorted(known) == sorted(GIVEN)
    assert len(set(known)) == len(known)


def test_without_a_file_everything_has_its_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {"HOME": "/root"})
    assert settings == Settings(folder=tmp_path)
    for each in reference():
        assert value_of(settings, each.name) == each.default


def test_every_default_is_a_value_that_would_be_accepted():
    for each in reference():
        given = list(each.default) if isinstance(each.default, tuple) else each.default
        assert each.parse(given) == each.default, each.name


@pytest.mark.parametrize("name", GIVEN)
def test_a_value_can_stand_in_the_file(name, tmp_path):
    given, wanted = GIVEN[name]
    section, _, key = name.rpartition(".")
    path = write(
        tmp_path, f"[{section}]\n{key} = {as_toml(given)}" if section else f"{key} = {as_toml(given)}"
    )
    settings = load_settings(path, {})
    assert value_of(settings, name) == wanted
    assert type(value_of(settings, name)) is type(wanted)
    assert settings.folder == tmp_path


@pytest.mark.parametrize("name", GIVEN)
def test_a_value_can_come_from_the_environment_and_wins(name, tmp_path):
    given, wanted = GIVEN[name]
    (setting,) = (each for each in reference() if each.name == name)
    section, _, key = name.rpartition(".")
    default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
    path = write(
        tmp_path, f"[{section}]\n{key} = {as_toml(default)}" if section else f"{key} = {as_toml(default)}"
    )
    assert setting.variable == "OBJPUB_" + name.replace(".", "_").upper()
    settings = load_settings(path, {setting.variable: as_text(given)})
    assert value_of(settings, name) == wanted


def test_settings_cannot_be_changed(tmp_path):
    settings = load_settings(write(tmp_path, ""), {})
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.server.port = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.server = None


@pytest.mark.parametrize(
    ("written", "bytes_"),
    [
        ("1", 1),
        ("64MB", 64_000_000),
        ("64 mb", 64_000_000),
        ("64MiB", 67_108_864),
        ("1.5KB", 1_500),
        ("2GB", 2_000_000_000),
        ("1TB", 10**12),
        ("1TiB", 2**40),
        ("100B", 100),
    ],
)
def test_sizes_may_have_units(written, bytes_):
    settings = load_settings(None, {"OBJPUB_DATABASE_CACHE_BYTES": written})
    assert settings.database.cache_bytes == bytes_


@pytest.mark.parametrize("written", ["", "0", "-1", "MB", "64 apples", "1e9", "64MBit", "0.1"])
def test_what_is_no_size_is_refused(written):
    assert mistakes_in(None, {"OBJPUB_DATABASE_CACHE_BYTES": written}) == [
        f"environment OBJPUB_DATABASE_CACHE_BYTES: database.cache_bytes is {written!r}, wanted a size such as"
        ' 64000000, "64MB" or "64MiB"'
    ]


@pytest.mark.parametrize("written", ["1", "true", "True", "yes", "ON", " on "])
def test_a_switch_may_be_on(written):
    assert load_settings(None, {"OBJPUB_DEVELOPMENT": written}).development is True


@pytest.mark.parametrize("written", ["0", "false", "no", "Off"])
def test_a_switch_may_be_off(written):
    assert load_settings(None, {"OBJPUB_LOG_ACCESS": written}).log.access is False


@pytest.mark.parametrize("written", ["", ",", " , "])
def test_a_list_may_be_empty(written):
    assert load_settings(None, {"OBJPUB_SERVER_HOSTS": written}).server.hosts == ()


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[database]\nuir = 'x'", "there is no setting 'database.uir'; did you mean 'database.uri'?"),
        ("[databse]\nuri = 'x'", "there is no setting 'databse'; did you mean 'database'?"),
        ("developement = true", "there is no setting 'developement'; did you mean 'development'?"),
        ("[zzz]\n", "there is no setting 'zzz'"),
        ("database = 'demo:'", "database is 'demo:', wanted a table [database]"),
        ("[database]\nuri = 7", "database.uri is 7, wanted text"),
        ("[server]\nport = 'http'", "server.port is 'http', wanted a whole number from 0 to 65535"),
        ("[server]\nport = 65536", "server.port is 65536, wanted a whole number from 0 to 65535"),
        ("[server]\nport = true", "server.port is True, wanted a whole number from 0 to 65535"),
        ("[server]\nport = 80.5", "server.port is 80.5, wanted a whole number from 0 to 65535"),
        ("[server]\nhosts = 7", "server.hosts is 7, wanted a list of texts"),
        ("[server]\nhosts = [7]", "server.hosts is [7], wanted a list of texts"),
        ("[server]\nurl = 'example.org'", "server.url is 'example.org', wanted an address such as https://"),
        ("[server]\nurl = 'ftp://example.org'", "server.url is 'ftp://example.org', wanted an address"),
        ("[server]\nurl = 'https://'", "server.url is 'https://', wanted an address"),
        ("[server]\nurl = 'https://a?b'", "server.url is 'https://a?b', wanted an address"),
        ("[server]\nprefix = 'cms'", "server.prefix is 'cms', wanted a path such as /cms, or empty"),
        ("[server]\nprefix = '/a//b'", "server.prefix is '/a//b', wanted a path such as /cms, or empty"),
        ("[server]\nprefix = '/a/..'", "server.prefix is '/a/..', wanted a path such as /cms, or empty"),
        ("sites = 'blog'", "sites is 'blog', wanted a table of hosts and paths"),
        ("[sites]\n'a b' = '/'", "sites has {'a b': '/'}, wanted a table of hosts and paths"),
        ("[sites]\n'a.org' = 'b'", "sites has {'a.org': 'b'}, wanted a table of hosts and paths"),
        (
            "[sites]\n'a.org' = '/a'\n'b.org' = 'b'",
            "sites has {'b.org': 'b'}, wanted a table of hosts and paths",
        ),
        ("[sites]\n'a.org' = 7", "sites is {'a.org': 7}, wanted a table of hosts and paths"),
        ("[sites]\n'a.org' = '/b/*'", "sites has {'a.org': '/b/*'}, wanted a table of hosts and paths"),
        ("[sites]\n'a.*.org' = '/b'", "sites has {'a.*.org': '/b'}, wanted a table of hosts and paths"),
        ("[mounts]\n'/' = 'demo:'", "mounts has {'/': 'demo:'}, wanted a table of paths and databases"),
        ("[mounts]\n'/a' = ''", "mounts has {'/a': ''}, wanted a table of paths and databases"),
        ("[limits]\nbody_bytes = true", "limits.body_bytes is True, wanted a size"),
        ("[limits]\nretry_seconds = nan", "limits.retry_seconds is nan, wanted seconds, from 0 to 60"),
        ("[limits]\nretry_seconds = true", "limits.retry_seconds is True, wanted seconds, from 0 to 60"),
        ("[limits]\nretry_seconds = 61", "limits.retry_seconds is 61, wanted seconds, from 0 to 60"),
        ("[log]\naccess = 'perhaps'", "log.access is 'perhaps', wanted true or false"),
        ("[log]\naccess = 2", "log.access is 2, wanted true or false"),
    ],
)
def test_a_mistake_is_named_with_file_value_and_what_was_wanted(text, mistake, tmp_path):
    path = write(tmp_path, text)
    (line,) = mistakes_in(path, {})
    assert line.startswith(f"{path}: {mistake}")


def test_every_mistake_is_named_at_once(tmp_path):
    path = write(tmp_path, "[server]\nport = -1\nthreads = 0\n[log]\nacess = true\n")
    lines = mistakes_in(path, {"OBJPUB_SERVER_PROT": "1", "OBJPUB_LIMITS_DEPTH": "x"})
    assert len(lines) == 5
    assert (
        "environment: there is no setting 'OBJPUB_SERVER_PROT'; did you mean 'OBJPUB_SERVER_PORT'?" in lines
    )
    assert (
        "environment OBJPUB_LIMITS_DEPTH: limits.depth is 'x', wanted a whole number from 1 to 10000" in lines
    )


def test_variables_of_others_and_of_tests_are_left_alone():
    load_settings(None, {"PATH": "/bin", "OBJPUBLIC": "1", "OBJPUB_TEST_POSTGRESQL": "1"})


def test_a_file_that_is_not_there_is_named(tmp_path):
    (line,) = mistakes_in(tmp_path / "objpub.toml", {})
    assert line == f"Cannot read the settings at {tmp_path}/objpub.toml: No such file or directory"


@pytest.mark.parametrize("content", [b"[server\nport = 1", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_named(content, tmp_path):
    (tmp_path / "objpub.toml").write_bytes(content)
    (line,) = mistakes_in(tmp_path / "objpub.toml", {})
    assert line.startswith(f"{tmp_path}/objpub.toml is not TOML: ")


def test_the_reference_tells_everything_there_is_to_know():
    for each in reference():
        assert each.meaning.endswith(".")
        assert each.wanted
        assert each.variable == each.variable.upper()


def settings_in(folder, **values):
    return load_settings(
        write(folder, "\n".join(f"{name} = {as_toml(value)}" for name, value in values.items())), {}
    )


def test_a_secret_that_is_set_is_used(tmp_path):
    assert secret_of(settings_in(tmp_path, secret="s" * 32)) == "s" * 32
    assert not (tmp_path / "var").exists()


def test_a_secret_is_made_once_and_kept_for_its_owner(tmp_path):
    secret = secret_of(settings_in(tmp_path))
    assert len(secret) == 64
    path = tmp_path / "var/secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret_of(settings_in(tmp_path)) == secret
    assert list(path.parent.iterdir()) == [path]


def test_two_sites_have_two_secrets(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert secret_of(settings_in(tmp_path / "a")) != secret_of(settings_in(tmp_path / "b"))


def test_two_that_start_together_share_one_secret(tmp_path):
    settings, barrier, found = settings_in(tmp_path), threading.Barrier(8), []

    def start():
        barrier.wait()
        found.append(secret_of(settings))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_a_secret_that_came_first_is_kept(tmp_path, monkeypatch):
    link = os.link

    def link_too_late(source, target):
        pathlib.Path(target).write_text("f" * 40)
        link(source, target)

    monkeypatch.setattr(os, "link", link_too_late)
    assert secret_of(settings_in(tmp_path)) == "f" * 40


@pytest.mark.parametrize("place", ["secret", "var/secret"])
def test_a_secret_that_is_too_short_is_refused(place, tmp_path):
    if place == "secret":
        settings = settings_in(tmp_path, secret="short")
    else:
        (tmp_path / "var").mkdir()
        (tmp_path / "var/secret").write_text("short\n")
        settings = settings_in(tmp_path)
    with pytest.raises(SettingsError, match=rf"{place} has 5 characters, wanted at least 32"):
        secret_of(settings)


def row_of(setting):
    """Return the line of the reference page that tells of *setting*."""
    default = setting.default
    if isinstance(default, bool):
        written = str(default).lower()
    elif isinstance(default, str):
        written = f'"{default}"'
    elif isinstance(default, tuple):
        written = str(list(default))
    else:
        written = f"{default:g}" if isinstance(default, float) else str(default)
    wanted = setting.wanted[0].upper() + setting.wanted[1:]
    return f"| `{setting.name}` | `{setting.variable}` | `{written}` | {setting.meaning} {wanted}. |"


def test_the_reference_page_says_what_is_true():
    page = pathlib.Path(__file__).parent.parent / "docs/reference/settings.md"
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [row_of(each) for each in reference()]
