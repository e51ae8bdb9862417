"""An LDAP directory for tests: Debian's slapd, with some people and groups, on a free port."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

CERTIFICATE = Path(__file__).parent / "certificates" / "localhost.pem"
KEY = Path(__file__).parent / "certificates" / "localhost-key.pem"
BASE = "dc=coast,dc=example,dc=org"
PEOPLE_DN = f"ou=people,{BASE}"
ELSEWHERE = "127.0.0.3"  # where nobody listens but a test
SITE_DN, SITE_PASSWORD = f"cn=site,{BASE}", "what the site says"

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
TLSCACertificateFile {certificate}
allow bind_anon_cred bind_anon_dn
database mdb
suffix "{base}"
directory {folder}/data
maxsize 10485760
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{site}" read by * none
"""

#: uid → (name, password, address); a password "" is none, as for somebody who may not sign in.
PEOPLE = {
    "ines": ("Ines Okafor", "a harbour at low tide", "ines@coast.example.org"),
    "nora": ("Nora Lund", "seven grey herons", "no address"),
    "tomas": ("Tomas *Lind*", "reeds (in the wind)", "tomas@coast.example.org"),
    "admin": ("Not the manager", "taken over by LDAP", ""),
    "mute": ("Without a password", "", ""),
}
GROUPS = {"press": ["ines", "tomas"], "Board": ["nora"], "empty": ["mute"]}


def entries(port):
    """Return the directory as LDIF. port: of this directory, and of another one that it says knows more."""
    yield f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Coast\ndc: coast\n"
    yield person_entry(SITE_DN, "site", "site", SITE_PASSWORD)
    for unit in ("people", "groups", "former"):
        yield f"dn: ou={unit},{BASE}\nobjectClass: organizationalUnit\nou: {unit}\n"
    for uid, (name, password, mail) in PEOPLE.items():
        yield person_entry(dn_of(uid), uid, name, password, mail)
    elsewhere = f"ref: ldap://{ELSEWHERE}:{port}/{dn_of('far')}\n"
    yield f"dn: {dn_of('far')}\nobjectClass: referral\nobjectClass: extensibleObject\nuid: far\n{elsewhere}"
    yield person_entry(f"uid=gone,ou=former,{BASE}", "gone", "Gone", "left last year")
    for name, members in GROUPS.items():
        lines = "".join(f"member: {dn_of(each)}\n" for each in members)
        yield f"dn: cn={name},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: {name}\n{lines}"


def person_entry(dn, uid, name, password, mail=""):
    """Return somebody as LDIF."""
    lines = [f"dn: {dn}", "objectClass: inetOrgPerson", f"uid: {uid}", f"cn: {name}", f"sn: {name}"]
    lines += [f"userPassword: {password}"] if password else []
    return "\n".join([*lines, *([f"mail: {mail}"] if mail else [])]) + "\n"


def dn_of(uid):
    """Return the entry of the person *uid*."""
    return f"uid={uid},{PEOPLE_DN}"


def program(name):
    """Return where a program of slapd is; without it the test is skipped, and fails where CI is set."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        missing("There is no slapd: apt-get install slapd")
    return found


def library():
    """Skip or fail the test without the library of the extra objpub[ldap], as `program` does."""
    if find_spec("ldap3") is None:
        missing("There is no ldap3: pip install 'objpub[ldap]'")


def missing(message):
    """Skip the test with *message*; in continuous integration fail."""
    pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@contextmanager
def directory(folder):
    """Run slapd in *folder* until the end of the block; gives its port."""
    slapd, slapadd = program("slapd"), program("slapadd")
    folder.joinpath("data").mkdir()
    configuration = folder / "slapd.conf"
    values = {"folder": folder, "certificate": CERTIFICATE, "key": KEY, "base": BASE, "site": SITE_DN}
    configuration.write_text(CONFIGURATION.format_map(values))
    port = free_port()
    ldif = "\n".join(entries(port)).encode()
    subprocess.run([slapadd, "-f", configuration], input=ldif, check=True, capture_output=True)
    command = [
        slapd,
        "-f",
        configuration,
        "-h",
        f"ldap://127.0.0.1:{port} ldap://127.0.0.2:{port}",
        "-d",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(port, process, what="slapd"):
    """Return when somebody listens on *port*; fail if *process* ends before."""
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"{what} does not answer")


def settings_for(port, **more):
    """Return the settings with which a site asks the directory on *port*."""
    return {
        "ldap.uri": f"ldap://localhost:{port}",
        "ldap.ca_file": str(CERTIFICATE),
        "ldap.bind_dn": SITE_DN,
        "ldap.bind_password": SITE_PASSWORD,
        "ldap.people_dn": PEOPLE_DN,
        "ldap.groups_dn": f"ou=groups,{BASE}",
        "ldap.roles": ["press = editor", "board = reviewer"],
        **more,
    }
