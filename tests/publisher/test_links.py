"""Links in texts are kept by identity: they follow what they lead to, and tell nothing of what is hidden."""

import pytest

from objpub import testing
from objpub.content import Content
from objpub.content import Folder
from objpub.importing import Document
from objpub.importing import Page
from objpub.operations import add
from objpub.operations import add_new
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import rename
from objpub.operations import restore
from objpub.operations import used_by
from objpub.publisher import with_addresses
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import RichText
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.views import view
from tests.parts import HAS_INTERFACE
from tests.parts import of_interface


class Note(Content, addable="anywhere"):
    title: str = ""
    text: RichText = ""
    notes: Markdown = ""
    lines: "tuple[Markdown, ...]" = ()
    short: Markdown = field(default="", max_length=20)


class Box(Folder, addable="anywhere"):
    title: str = ""


@view(Note, "print")
def show(note, request):
    return "printed"


@view(Note, "shown")
def shown(note, request):
    return with_addresses(note.text, request)


@pytest.fixture
def site():
    """/box with the notes /box/one and /box/two, /note beside it, /away is empty."""
    with testing.site(Note, Box, show, shown, "objpub.importing") as site:
        site.add_user("ines", roles=["editor"])
        with site.work() as root:
            box = add_new(SYSTEM, root, Box, {"title": "Box"})
            add_new(SYSTEM, root, Box, {"title": "Away"})
            for folder, title in ((box, "One"), (box, "Two"), (root, "Note")):
                add_new(SYSTEM, folder, Note, {"title": title})
        yield site


def number(resource):
    return f"++id++{int.from_bytes(resource._p_oid, 'big'):x}"


def write(site, name, value, who=SYSTEM):
    """Set a field of /note as *who*, and return what is stored; ONE is the number of /box/one."""
    with site.work() as root:
        identity = who if who is SYSTEM else root.users.identity(who)
        edit(identity, root["note"], {name: value})
        return str(getattr(root["note"], name)).replace(number(root["box"]["one"]), "ONE")


KEPT = [
    ("/box/one", "/ONE"),
    ("/box/one/", "/ONE"),
    ("/box/one#low", "/ONE#low"),
    ("/box/one?a=1#low", "/ONE?a=1#low"),
    ("/box/one/print?a=1", "/ONE/print?a=1"),
    ("/box/one/@@print", "/ONE/@@print"),
    ("box/one", "/ONE"),
    ("./box/../box/one", "/ONE"),
]
LEFT = [
    "/box/nothing",
    "/box/one/nothing",
    "#low",
    "?a=1",
    "https://example.org/box/one",
    "/",
    "",
    "//box/one",
]


@pytest.mark.parametrize(("link", "kept"), KEPT + [(link, link) for link in LEFT])
def test_what_a_link_leads_to_is_stored(site, link, kept):
    assert write(site, "notes", f"[a]({link})") == f"[a]({kept})"
    assert write(site, "text", f'<a href="{link}">a</a>') == f'<a href="{kept}">a</a>'


def test_a_link_follows_what_it_leads_to_and_what_is_new_at_the_old_address_does_not_get_it(site):
    write(site, "text", '<a href="/box/one/print?a=1#b">a</a><a href="/box">b</a>')
    with site.work() as root:
        move(SYSTEM, root["box"]["one"], root["away"], "uno")
        rename(SYSTEM, root["box"], "chest")
        add_new(SYSTEM, add_new(SYSTEM, root, Box, {"title": "Box"}), Note, {"title": "One"})
    for path in ("/note", "/note/shown"):
        assert '<a href="/away/uno/print?a=1#b">a</a><a href="/chest/">b</a>' in site.client.get(path).text
    page = site.client.get("/note", environ={"SCRIPT_NAME": "/intranet"})
    assert '<a href="/intranet/away/uno/print?a=1#b">a</a><a href="/intranet/chest/">b</a>' in page.text


@of_interface
def test_a_form_shows_addresses_and_what_it_sends_back_is_no_change(site):
    write(site, "text", '<p>See <a href="/box/one#x">a</a></p>')
    write(site, "notes", "[a](/box/one) and `[b](/box/one)`")
    write(site, "lines", ("[a](/box/one)", "[b](/box)"))
    with site.work() as root:
        rename(SYSTEM, root["box"], "chest")
    ines = site.browser().login("ines")
    form = ines.get("/manage/note/@@edit").form("form")
    assert form["text"] == '<p>See <a href="/chest/one#x">a</a></p>'
    assert form["notes"] == "[a](/chest/one) and `[b](/box/one)`"
    before = site.last_transaction()
    form.submit()
    assert site.last_transaction() == before
    form.fill(title="Other", notes="[a](/chest/two)").submit()
    with site.work() as root:
        assert number(root["chest"]["two"]) in root["note"].notes
        assert number(root["chest"]["one"]) in root["note"].text


@of_interface
def test_nobody_learns_by_a_link_what_is_hidden_from_him(site):
    with site.work() as root:
        override_permission(root["box"]["one"], "view", "manager")
    assert write(site, "notes", "[a](/box/one)", who="ines") == "[a](/box/one)"
    assert write(site, "notes", "[a](/box/none)", who="ines") == "[a](/box/none)"
    assert write(site, "text", '<a href="/box/one">a</a>') == '<a href="/ONE">a</a>'
    with site.work() as root:
        rename(SYSTEM, root["box"]["one"], "secret")
        here = f"/{number(root['box']['secret'])}"
    ines = site.browser().login("ines")
    for text in (site.client.get("/note").text, ines.get("/note").text):
        assert f'<a href="{here}">a</a>' in text and "secret" not in text
    form = ines.get("/manage/note/@@edit").form("form")
    assert form["text"] == f'<a href="{here}">a</a>'
    response = site.client.get(here)
    assert response.status == 303 and "secret" not in response.location
    for path in (here, f"{here}/print", f"{here}/nothing"):
        refused = ines.get(path)
        assert refused.status == 403 and "secret" not in refused.text


def test_a_number_leads_to_the_address(site):
    with site.work() as root:
        one, box = number(root["box"]["one"]), number(root["box"])
        trash = f"++id++{int.from_bytes(root.trash._p_oid, 'big'):x}"
        entry = delete(SYSTEM, root["box"]["two"])
        site.connection = None
    with site.work() as root:
        two = number(entry.resource)
    for path, there in {
        f"/{one}": "/box/one",
        f"/{one}/print?a=1": "/box/one/print?a=1",
        f"/{box}": "/box/",
        f"/{box}/one": "/box/one",
        **({f"/manage/{one}/@@edit": "/manage/box/one/@@edit"} if HAS_INTERFACE else {}),
    }.items():
        response = (site.browser().login("ines") if "manage" in path else site.client).get(path)
        assert (response.status, response.location) == (308, there)
    for path in (trash, two, "++id++0", "++id++fffffff", "++id++", "++id++x", f"box/{one}", f"{one}/{one}"):
        assert site.client.get(f"/{path}").status == 404


def test_a_deleted_target_comes_back_with_a_restore(site):
    write(site, "text", '<a href="/box/one">a</a>')
    with site.work() as root:
        entry = delete(SYSTEM, root["box"]["one"])
        link = f'<a href="/{number(entry.resource)}">a</a>'
    assert link in site.client.get("/note").text
    with site.work() as root:
        restore(SYSTEM, next(iter(root.trash)), root["away"], "back")
    assert '<a href="/away/back">a</a>' in site.client.get("/note").text


def test_new_things_and_copies_keep_links_too(site):
    with site.work() as root:
        made = Box(title="Made")
        made.add("in", Note(title="In", text='<a href="../../box/one">a</a><a href="/box/two">b</a>'))
        add(SYSTEM, root["away"], made, "made")
        add_new(SYSTEM, root, Note, {"title": "New", "notes": "[a](box/one)", "short": "[a](/box)"}, "new")
        copy(SYSTEM, root["note"], root["away"])
    with site.work() as root:
        one = number(root["box"]["one"])
        assert root["new"].notes == f"[a](/{one})"
        assert root["new"].short in {"[a](/box)", f"[a](/{number(root['box'])})"}
        two = number(root["box"]["two"])
        assert root["away"]["made"]["in"].text == f'<a href="/{one}">a</a><a href="/{two}">b</a>'
        assert root["away"]["note"].text == root["note"].text


def test_a_text_that_would_grow_too_long_keeps_its_address(site):
    with site.work() as root:
        add_new(SYSTEM, root, Box, {"title": "B"})
    assert write(site, "short", "0123456789 [a](/b)") == "0123456789 [a](/b)"


def test_documents_show_their_links_and_pictures_where_they_are_now(site):
    with site.work() as root:
        add_new(SYSTEM, root, Page, {"title": "People", "text": "[a](/box/one) ![b](/box)"}, "people")
        imported = Page(title="Imported", text="[a](one.md) [b](/box/two)")
        imported._source = "people.md"
        imported._html, imported._rendered_from = '<a href="/box/one">a</a>', ""
        add(SYSTEM, root, imported, "imported")
        assert "++id++" not in imported.text and isinstance(imported, Document)
        imported._html = '<a href="/box/one">a</a><a href="/box/nothing">b</a>'
    with site.work() as root:
        rename(SYSTEM, root["box"], "chest")
    assert '<a href="/chest/one">a</a>' in site.client.get("/people").text
    assert '<a href="/chest/one">a</a><a href="/box/nothing">b</a>' in site.client.get("/imported").text
    with site.work() as root:
        found = used_by(SYSTEM, [root["chest"]["one"]])
        assert [use.resource.__name__ for use in found] == ["people", "imported"]
