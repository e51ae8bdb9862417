"""Every form that the registry knows survives: two tabs, the end of a session, a restart, a connection that
breaks off, letters of every kind, a million of them.

The forms are those of `refusals`, where a test sees that none is missing.
"""

import re
from urllib.parse import unquote_plus

import pytest

from objpub.settings import load_settings
from objpub.testing import Client
from objpub.testing import PASSWORD
from tests.changes import last_change
from tests.manage.refusals import GOOD
from tests.manage.refusals import SHOWN
from tests.manage.test_refusals import assert_kept
from tests.manage.test_refusals import client_of
from tests.manage.test_refusals import good_pairs
from tests.manage.test_refusals import site_of_forms

FORMS = sorted({*GOOD, *SHOWN})
ANSWERED = {200, 303, 400, 404, 409, 413, 422}
SECRET = re.compile("password|^_token$")
ODD = "🦉 مرحبا שלום Ünï"
MANY = 999_000  # with the rest of a form just below what a form may weigh
TOO_MANY = 1_000_001
WHOLE = 50_000_000
VIEW_AS = "/manage/@@view-as"
FOR_ALL = {"/manage/@@look"}  # who has not signed in chooses colours, too
TYPED = {"text", "textarea", "search", "email", "password"}
LONG = {f"/manage/@@{each}" for each in ("backup", "catalog", "pack")}  # refused while one of them is at work


@pytest.fixture
def site():
    """A site with its forms, as they are before any of them was sent: site.forms, path → names and values."""
    with site_of_forms() as site:
        site.forms = {path: good_pairs(site, path) for path in FORMS}
        yield site


def texts_of(pairs):
    """Return those of *pairs* that are no files."""
    return [(name, value) for name, value in pairs if not isinstance(value, tuple)]


def test_every_form_is_kept_while_one_signs_in_again(site):
    for path in sorted(set(FORMS) - FOR_ALL):
        pairs = texts_of(site.forms[path])
        page = site.browser().post(path, pairs)
        assert page.status == 401, path
        page = page.form(0).fill(name="admin", password=PASSWORD).submit()
        form = page.form(0)
        kept = [(name, value.replace("\r\n", "\n")) for name, value in texts_of(form.pairs())]
        address, _, query = path.partition("?")
        wanted = [*pairs, *(each.split("=") for each in query.split("&") if each)]
        lost = [each for each in map(tuple, wanted) if each not in kept and not SECRET.search(each[0])]
        assert (form.action, lost) == (address, []), path


def answers_of(restarts):
    """Return what every form is answered that was loaded in two tabs, perhaps with a restart in between."""
    with site_of_forms() as site:
        client = client_of(site, "admin")
        loaded = [(path, [good_pairs(site, path) for _ in range(2)]) for path in FORMS]
        if restarts:
            client = restarted(site, client)
        return {path: [sent(client, path, pairs).status for pairs in tabs] for path, tabs in loaded}


def restarted(site, client):
    """Return *client* as one of an application that was started a moment ago."""
    settings = load_settings(site.folder / "objpub.toml", {})
    folders = site.app.static_folders()
    again = Client(type(site.application)(settings, site.app.freeze(), site.application.database, folders))
    again.cookies = client.cookies
    return again


def sent(client, path, pairs):
    """Send a form, and return the answer; who began to see the site as another ends that again."""
    files = [pair for pair in pairs if isinstance(pair[1], tuple)]
    answer = client.post(path, texts_of(pairs), files=files or None)
    if path == VIEW_AS:
        client.post("/logout", {"viewing": "yes"})
    return answer


def test_every_form_may_come_from_two_tabs_and_after_a_restart():
    before, after = answers_of(False), answers_of(True)
    strange = {path: found for path, found in before.items() if not ANSWERED.issuperset(found)}
    assert strange == {}
    firsts = [
        {path: found[0] for path, found in each.items() if path not in LONG} for each in (before, after)
    ]
    assert firsts[0] == firsts[1]
    good = [path for path, (first, _) in after.items() if first in {200, 303}]
    assert len(good) > len(FORMS) / 2  # others are about what went before


@pytest.mark.parametrize("text", [ODD, "x" * MANY, "x" * TOO_MANY], ids=["odd", "many", "too many"])
def test_every_field_takes_or_refuses_every_text_and_gives_it_back(site, text):
    client = client_of(site, "admin")
    for path, pairs in site.forms.items():
        for name in dict.fromkeys(name for name, _ in texts_of(pairs)):
            changed = [(each, text if each == name else value) for each, value in pairs]
            answer = sent(client, path, changed)
            assert answer.status in ANSWERED, (path, name, answer.status)
            if len(text) > MANY:
                assert answer.status == 413, (path, name)
            if answer.status == 303:
                assert ODD not in answer.headers["Location"]  # as bytes, which are escaped
                assert len(answer.headers["Location"]) < 2_000 or unquote_plus(answer.headers["Location"])
            elif answer.status == 422 and text is ODD and is_typed(answer, name):
                assert_kept(answer, {name: text})


def is_typed(page, name):
    """Is there a control called *name* on a page into which one types?"""
    controls = [control for form in page.page.forms for control in form.controls]
    return any(each.name == name and each.kind in TYPED for each in controls)


class HalfAFile:
    """What comes of a form with a large file until the connection breaks off. ends: without a word?"""

    def __init__(self, head, ends):
        self.left = [head] + [bytes(1_000_000)] * (WHOLE // 2_000_000)
        self.ends = ends

    def read(self, size=-1):
        """Return what has come; less than *size* at the end."""
        if self.left:
            block = self.left.pop(0)
            if 0 <= size < len(block):
                self.left.insert(0, block[size:])
            return block[:size] if size >= 0 else block
        if self.ends:
            return b""
        raise ConnectionResetError("gone")


def with_files(site):
    """Return path → (its texts, the name of a file) of every form that takes one."""
    found = {}
    admin = client_of(site, "admin")
    pages = [*SHOWN, *(f"/manage/news/@@add?type={kind}" for kind in ("File", "Image"))]
    for path in GOOD:
        files = [name for name, value in GOOD[path] if isinstance(value, tuple)]
        if files:
            found[path] = texts_of(good_pairs(site, path)), files[0]
    for path in pages:
        form = admin.get(path).form(SHOWN.get(path, "form"))
        files = [each.name for each in form._form.controls if each.kind == "file"]
        if files:
            found[path] = texts_of(form.pairs()), files[0]
    return found


@pytest.mark.parametrize("ends", [True, False], ids=["ends", "is reset"])
def test_every_upload_that_is_cut_in_the_middle_changes_nothing_and_leaves_nothing(site, ends):
    client = client_of(site, "admin")
    forms = with_files(site)
    assert {"/manage/news/@@upload", "/manage/@@site", "/manage/news/@@add?type=Image"} <= set(forms)
    there, before = files_in(site), last_change(site)
    for path, (pairs, name) in forms.items():
        parts = [part(each, value) for each, value in pairs]
        head = "".join([*parts, part(name, "", '; filename="large.bin"')])[:-2].encode("utf-8")
        sent = {
            "CONTENT_TYPE": "multipart/form-data; boundary=b",
            "CONTENT_LENGTH": str(WHOLE),
            "wsgi.input": HalfAFile(head, ends),
        }
        assert client.post(path, environ=sent).status == 400, path
    assert (files_in(site), last_change(site)) == (there, before)


def part(name, value, more=""):
    """Return one value of a form with files."""
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


def files_in(site):
    """Return the files that the site keeps, but for the database and its log."""
    return {each for each in site.folder.rglob("*") if each.is_file() and ".fs" not in each.name}
