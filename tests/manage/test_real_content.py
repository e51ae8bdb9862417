"""The documentation of Hugo, over 700 pages in 60 folders, in the hands of an editor."""

import re
from html import unescape
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest

from objpub import testing
from objpub.content import Folder
from objpub.content import walk
from objpub.importing import Document
from objpub.importing import import_folder
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.schema import schema_of
from objpub.schema import Surroundings
from objpub.security import SYSTEM
from tests.importing.hugo import unpacked

pytestmark = pytest.mark.slow

ROW = re.compile(r'<tr data-name="([^"]*)">')
LINK = re.compile(r'href="(/docs/[^"#?]*)')
SAVED_UNCHANGED = 60
CHANGED = 20


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    manual = unpacked("hugodocs-content.tar.gz", tmp_path_factory.mktemp("hugo"), "content/en/")
    with testing.site("objpub.importing", "objpub.manage") as site:
        import_folder(site.database, manual, "/docs", identity=SYSTEM)
        site.add_user("ines", roles=["editor"])
        site.client.login("ines")
        yield site


@pytest.fixture
def editor(site):
    return site.client


def every(site, kind=object):
    """Return the paths of everything below /docs that is a *kind*."""
    with site.work() as root:
        return [path_of(each) for each in walk(root["docs"]) if isinstance(each, kind)]


def spread(paths, number):
    """Return *number* of *paths* from everywhere among them."""
    return [paths[at * len(paths) // number] for at in range(number)]


def manage(path, view=""):
    return f"/manage{path}/{view}"


def names_on(page):
    return [unescape(name) for name in ROW.findall(page.text)]


def stored_texts(resource, zone):
    """Return name → what a form shows of each field of *resource*, without its files."""
    surroundings = Surroundings(ZoneInfo(zone), None)
    found = {}
    for name, field in schema_of(type(resource)).items():
        if not field.kind.uploads:
            text = field.to_text(getattr(resource, name), surroundings)
            found[name] = "\n".join(text) if isinstance(text, list) else text
    return found


# Finding


def test_the_pages_of_every_list_run_through_all_that_is_in_it(site, editor):
    large = 0
    for path in every(site, Folder):
        page = editor.get(manage(path))
        assert page.status == 200, path
        found = names_on(page)
        while following := [target for words, target in page.page.links if words == "More"]:
            page = editor.get(following[0])
            assert page.status == 200, path
            found += names_on(page)
            large += 1
        with site.work() as root:
            assert found == list(find_resource(root, path)), path
    assert large  # else no list had a second page


def test_every_branch_of_the_tree_opens_and_leads_to_what_it_shows(site, editor):
    for path in every(site, Folder):
        page = editor.get(manage(path, "@@branch"))
        assert page.status == 200, path
        with site.work() as root:
            first = [f"/manage{path_of(each)}" for each in list(find_resource(root, path).values())[:20]]
        shown = [target.rstrip("/") for _, target in page.page.links]
        assert [each for each in first if each not in shown] == [], path


def test_the_filter_finds_a_page_by_a_part_of_its_title_or_of_its_name(site, editor):
    for path in spread(every(site, Document)[1:], 40):
        folder, _, name = path.rpartition("/")
        with site.work() as root:
            title = find_resource(root, path).title
        for typed in (title, title.upper(), name[1:]):
            page = editor.get(manage(folder), query={"find": typed})
            assert page.status == 200
            assert name in names_on(page), (path, typed)
        assert (
            editor.get(manage(folder), query={"find": "no such words"}).text.count('class="check pick"') == 0
        )


# Editing


def test_every_form_shows_what_is_stored(site, editor):
    paths = every(site)
    assert len(paths) > 800
    for path in paths:
        page = editor.get(manage(path, "@@edit"))
        assert page.status == 200, path
        shown = page.form("form")
        with site.work() as root:
            stored = stored_texts(find_resource(root, path), root.time_zone)
        for name, text in stored.items():
            values = [value for each, value in shown.pairs() if each == name]
            lines = [line for value in values for line in value.replace("\r\n", "\n").split("\n")]
            assert lines == text.split("\n") or (not lines and not text), (path, name)


def test_what_is_saved_unchanged_writes_nothing(site, editor):
    before = site.last_transaction()
    for path in spread(every(site), SAVED_UNCHANGED):
        page = editor.get(manage(path, "@@edit")).form("form").submit()
        assert page.status == 303, path
        assert "Nothing was changed" in page.follow().text, path
        assert site.last_transaction() == before, path


def test_what_is_changed_is_on_the_public_site_at_once(site, editor):
    paths = spread(every(site, Document), CHANGED)
    for number, path in enumerate(paths):
        form = editor.get(manage(path, "@@edit")).form("form")
        form["title"] = f"Changed title {number}"
        form["text"] = form["text"] + f"\n\nA *changed* text, number {number}.\n"
        form["tags"] = f"one\ntag {number}"
        assert form.submit().status == 303, path
        public = site.browser().get(path, follow=True)
        assert f"<h1>Changed title {number}</h1>" in re.sub(r"<h1\b[^>]*>", "<h1>", public.text), path
        assert f"<p>A <em>changed</em> text, number {number}.</p>" in public.text, path
        with site.work() as root:
            assert find_resource(root, path).tags == {"one", f"tag {number}"}


def test_relative_links_lead_where_they_led_after_the_text_is_edited(site, editor):
    relative = re.compile(r"\]\((?!https?:|/|#)[^)]+\)|^\[[^\]]+\]:\s+(?!https?:|/|#)\S+", re.MULTILINE)
    with site.work() as root:
        paths = [
            path_of(each)
            for each in walk(root["docs"])
            if isinstance(each, Document) and relative.search(each.text)
        ]
    assert len(paths) > 5
    for path in spread(paths, 5):
        before = LINK.findall(text_of(site, path))
        form = editor.get(manage(path, "@@edit")).form("form")
        form["text"] = "Words before.\n\n" + form["text"]
        assert form.submit().status == 303, path
        after = text_of(site, path)
        assert "<p>Words before.</p>" in after
        assert LINK.findall(after) == before, path
        for target in before:
            assert site.browser().get(urljoin(path, target), follow=True).status == 200, (path, target)


def text_of(site, path):
    """Return the text of the document at *path*, as HTML."""
    with site.work() as root:
        return str(find_resource(root, path).html)


# Moving, renaming, copying, deleting


def test_a_page_that_is_moved_and_renamed_is_at_its_new_address_alone(site, editor):
    visitor = site.browser()
    text = visitor.get("/docs/functions/math/floor").text
    form = editor.get("/manage/docs/functions/math/@@move?pick=floor&to=/docs/functions/strings").form("move")
    assert form.submit().status == 303
    assert visitor.get("/docs/functions/math/floor").location == "/docs/functions/strings/floor"
    assert heading(visitor.get("/docs/functions/strings/floor").text) == heading(text)
    form = editor.get("/manage/docs/functions/strings/@@rename?pick=floor").form("rename")
    assert form.fill(name="ground", title="The ground").submit().status == 303
    for old in ("math", "strings"):
        assert visitor.get(f"/docs/functions/{old}/floor").location == "/docs/functions/strings/ground"
    assert heading(visitor.get("/docs/functions/strings/ground").text) == "The ground"


def test_a_folder_that_is_moved_takes_everything_along_and_undo_brings_it_back(site, editor):
    visitor = site.browser()
    with site.work() as root:
        names = [each.__name__ for each in root["docs"]["functions"]["crypto"].values()]
    form = editor.get("/manage/docs/functions/@@move?pick=crypto&to=/docs/methods").form("move")
    page = form.submit().follow()
    for name in names:
        assert visitor.get(f"/docs/methods/crypto/{name}").status == 200
        assert visitor.get(f"/docs/functions/crypto/{name}").location == f"/docs/methods/crypto/{name}"
    page.form("/manage/@@undo").submit()
    for name in names:
        assert visitor.get(f"/docs/functions/crypto/{name}").status == 200
        assert visitor.get(f"/docs/methods/crypto/{name}").location == f"/docs/functions/crypto/{name}"


def test_a_copy_of_a_folder_is_one_of_its_own(site, editor):
    form = editor.get("/manage/docs/functions/@@copy?pick=crypto&to=/docs").form("copy")
    assert form.submit().status == 303
    edited = editor.get("/manage/docs/crypto/md5/@@edit").form("form")
    assert edited.fill(title="Only in the copy").submit().status == 303
    assert heading(site.browser().get("/docs/crypto/md5").text) == "Only in the copy"
    assert heading(site.browser().get("/docs/functions/crypto/md5").text) != "Only in the copy"


def test_what_links_to_a_page_is_named_before_it_is_deleted(site, editor):
    target = "/docs/content-management/shortcodes"
    link = re.compile(f'href="{target}[/"#]')
    with site.work() as root:
        documents = [each for each in walk(root["docs"]) if isinstance(each, Document)]
        linking = [path_of(each) for each in documents if link.search(each.html) and path_of(each) != target]
    assert len(linking) > 5
    page = editor.get("/manage/docs/content-management/@@delete?pick=shortcodes")
    named = {urljoin(page.path, target) for _, target in page.page.links}
    assert [path for path in linking if not any(path in each for each in named)] == []


def test_a_folder_is_deleted_and_restored_with_all_that_is_in_it(site, editor):
    visitor = site.browser()
    paths = [path for path in every(site) if path.startswith("/docs/functions/collections")]
    before = {path: visitor.get(path, follow=True).text for path in paths}
    page = editor.get("/manage/docs/functions/@@delete?pick=collections")
    assert f"{len(paths)} items" in page.text or f"{len(paths) - 1} items" in page.text
    assert page.form("delete").submit().status == 303
    assert {visitor.get(path, follow=True).status for path in paths} == {404}
    trash = editor.get("/manage/@@trash")
    assert "Collections functions" in trash.text
    assert trash.form("trash").submit("one").status == 303
    assert {path: visitor.get(path, follow=True).text for path in paths} == before


def heading(text):
    """Return the text of the first heading of a page."""
    return unescape(re.sub(r"<[^>]*>", "", re.search(r"<h1\b[^>]*>(.*?)</h1>", text, re.DOTALL)[1])).strip()
