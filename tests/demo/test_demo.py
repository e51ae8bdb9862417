"""The demo as people meet it: filled once, found their way in, edited, and started again."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from types import SimpleNamespace

import pytest

from objpub import testing
from objpub.demo import app
from objpub.demo import documentation_folder
from objpub.demo import fill
from objpub.demo.navigation import Guide
from objpub.importing import Page
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.security import override_permission

GUIDE = Guide(SimpleNamespace(can=lambda permission, resource: True))
PAGES = {
    "index.md": "# Handbook\n\nAll of it.\n",
    "tutorial/index.md": "# Learn\n\n- [Second](b.md)\n- [First](a.md)\n",
    "tutorial/a.md": "# First\n\n```python file=x.py\nx = 1\n```\n\nSee [the other](b.md).\n",
    "tutorial/b.md": "# Second\n\n## One\n\ntext\n\n## Two\n\ntext\n",
    "howto/index.md": "# Tasks\n\nNothing yet.\n",
    "images/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "glossary.md": "# Words\n\nNone.\n",
}


@pytest.fixture
def handbook(tmp_path):
    """A folder with a small documentation."""
    for name, text in PAGES.items():
        file = tmp_path / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path / "docs"


@pytest.fixture
def site(handbook):
    """The demo with the small documentation in it."""
    with testing.site(app) as site:
        fill(site.application, handbook)
        yield site


def test_the_documentation_of_this_checkout_is_found():
    folder = documentation_folder()
    assert (folder / "index.md").is_file()
    assert len(list(folder.rglob("*.md"))) >= 20


def test_a_folder_without_a_first_page_is_no_documentation(tmp_path):
    assert documentation_folder(tmp_path) is None


def test_chapters_stand_in_reading_order_and_pages_as_their_chapter_links_them(site):
    with site.work() as root:
        assert list(root["docs"])[:3] == ["tutorial", "howto", "glossary"]
        assert list(root["docs"]["tutorial"]) == ["b", "a"]
        assert [each.link_title for each in GUIDE.chapters_of(root)] == ["Tutorial", "How-to"]


def test_a_page_beside_the_documentation_is_led_to_from_every_page(site):
    with site.work() as root:
        root.add("garden", Page(title="My garden"))
        assert [each.title for each in GUIDE.chapters_of(root)][-1] == "My garden"
        assert [each.link_title for each in GUIDE.chapters_of(root)][:2] == ["Tutorial", "How-to"]
    for address in ("/", "/docs/tutorial/"):
        page = site.client.get(address).text
        assert page.index("Tutorial</a>") < page.index('<a href="/garden">My garden</a>')
    assert '<a href="/garden" aria-current="true">My garden</a>' in site.client.get("/garden").text


def test_filling_again_writes_nothing(site, handbook):
    (handbook / "tutorial" / "a.md").write_text("# Changed\n", "utf-8")
    last = site.last_transaction()
    assert fill(site.application, handbook) is None
    assert site.last_transaction() == last
    assert "First" in site.client.get("/docs/tutorial/a").text


def test_a_site_that_was_emptied_on_purpose_but_for_one_thing_stays_so(site, handbook):
    with site.work() as root:
        root["docs"].remove("tutorial")
    assert fill(site.application, handbook) is None
    assert site.client.get("/docs/tutorial/").status == 404


def test_previous_and_next_are_inverse_and_reach_every_document(site):
    with site.work() as root:
        here, seen = root["docs"], []
        while here is not None:
            seen.append(path_of(here))
            following = GUIDE.after(here)
            assert following is None or GUIDE.before(following).__name__ == here.__name__
            here = following
    assert seen == [
        "/docs",
        "/docs/tutorial",
        "/docs/tutorial/b",
        "/docs/tutorial/a",
        "/docs/howto",
        "/docs/glossary",
    ]


def test_the_tree_opens_the_section_of_the_page_and_leaves_out_folders_of_images(site):
    with site.work() as root:
        lines = GUIDE.tree_around(find_resource(root, "/docs/tutorial/a"))
    named = [(line.document.__name__, line.depth, line.here) for line in lines]
    assert named == [
        ("tutorial", 0, False),
        ("b", 1, False),
        ("a", 1, True),
        ("howto", 0, False),
        ("glossary", 0, False),
    ]


def test_navigation_has_a_title_up_to_its_colon_and_the_page_all_of_it(site):
    with site.work() as root:
        root["docs"]["glossary"].title = "Words: what they mean"
    assert site.client.get("/docs/howto/").click("Words").path == "/docs/glossary"
    assert "<h1>Words: what they mean</h1>" in site.client.get("/docs/glossary").text


def test_the_front_page_leads_into_every_chapter(site):
    front = site.client.get("/")
    assert front.status == 200
    assert front.click("Make a site in an hour").path == "/docs/tutorial/"
    assert front.click("Tasks").path == "/docs/howto/"


def test_the_front_page_of_an_empty_site_is_there():
    with testing.site(app) as site:
        assert site.client.get("/").status == 200


def test_a_page_has_crumbs_contents_and_neighbours(site):
    page = site.client.get("/docs/tutorial/b")
    assert page.status == 200
    assert '<a href="#one">One</a>' in page.text
    assert '<a rel="prev" href="/docs/tutorial/">' in page.text
    assert '<a rel="next" href="/docs/tutorial/a">' in page.text
    assert [text for text, _ in page.page.links].count("Handbook") == 1


def test_links_between_files_lead_from_page_to_page(site):
    assert site.client.get("/docs/tutorial/a").click("the other").path == "/docs/tutorial/b"


def test_a_section_without_a_text_lists_what_it_holds(site):
    assert site.client.get("/docs/images/").click("dot.svg").status == 200


def test_code_can_be_reached_by_keyboard_and_says_its_file(site):
    assert '<pre tabindex="0" class="highlight" title="x.py">' in site.client.get("/docs/tutorial/a").text


def test_pages_have_neither_inline_script_nor_inline_style(site):
    for path in ("/", "/docs/", "/docs/tutorial/a", "/login", "/nothing"):
        text = site.client.get(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", text), path


def test_a_wrong_address_says_how_far_the_walk_came_and_what_there_is(site):
    page = site.client.get("/docs/tutorial/c")
    assert page.status == 404
    assert "<code>/docs/tutorial</code>" in page.text
    assert page.click("Second").path == "/docs/tutorial/b"


def test_no_page_tells_anything_of_a_section_that_may_not_be_seen(site):
    site.add_user("ann", roles=["manager"])
    with site.work() as root:
        override_permission(root["docs"]["tutorial"], "view", ["manager"])
    for path in ("/", "/docs/", "/docs/glossary", "/docs/tutorial/c"):
        page = site.client.get(path).text
        assert "Second" not in page and "Tutorial" not in page, path
    assert '<a rel="prev" href="/docs/howto/">' in site.client.get("/docs/glossary").text
    assert "Second" in site.browser().login("ann").get("/docs/tutorial/c").text


def test_a_visitor_finds_no_way_to_edit(site):
    assert "Edit this page" not in site.client.get("/docs/tutorial/a").text
    assert site.client.get("/docs/tutorial/a/edit").status == 303


def test_an_editor_changes_a_page_and_it_is_rendered_anew(site):
    site.add_user("ann", roles=["editor"])
    form = site.browser().login("ann").get("/docs/tutorial/a/edit").form("/docs/tutorial/a/edit")
    page = form.fill(text="Now with **more**.").submit().follow()
    assert "<strong>more</strong>" in page.text
    assert "Saved" in page.text


def test_two_editors_change_two_fields_and_keep_both(site):
    for name in ("ann", "ed"):
        site.add_user(name, roles=["editor"])
    forms = [
        site.browser().login(name).get("/docs/tutorial/a/edit").form("/docs/tutorial/a/edit")
        for name in ("ann", "ed")
    ]
    assert forms[0].fill(title="Renamed").submit().status == 303
    assert forms[1].fill(text="Rewritten").submit().status == 303
    page = site.client.get("/docs/tutorial/a").text
    assert "<h1>Renamed</h1>" in page and "Rewritten" in page


def test_an_editor_who_makes_a_mistake_or_meets_another_loses_nothing(site):
    site.add_user("ann", roles=["editor"])
    form = site.browser().login("ann").get("/docs/tutorial/a/edit").form("/docs/tutorial/a/edit")
    page = form.fill(title="", text="Typed").submit()
    assert page.status == 422 and 'id="field-title-error"' in page.text
    with site.work() as root:
        find_resource(root, "/docs/tutorial/a").text = "Theirs"
    page = page.form("/docs/tutorial/a/edit").fill(title="Mended").submit()
    assert page.status == 409 and "<ins>Theirs</ins>" in page.text
    form = page.form("/docs/tutorial/a/edit")
    assert form["text"] == "Typed"
    assert form.fill({"_keep.text": "mine"}).submit().status == 303
    assert "Typed" in site.client.get("/docs/tutorial/a").text


def test_signing_in_and_out_leads_back_to_the_page(site):
    site.add_user("ann", roles=["editor"])
    browser = site.browser().login("ann")
    page = browser.get("/docs/tutorial/a")
    assert "Signed in as" in page.text
    assert "Signed out" in page.form("/logout").submit().follow().text


# The process


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def start(folder, docs):
    """Start the demo; return the process, its address and what it printed until it was ready."""
    port = free_port()
    command = [sys.executable, "-m", "objpub.demo", "--port", str(port), "--docs", str(docs), str(folder)]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ
    )
    printed = []
    for line in process.stdout:
        printed.append(line)
        if line.startswith("Ready"):
            break
    return process, f"http://127.0.0.1:{port}", "".join(printed)


def stop(process):
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=120)[0]
    assert "Traceback" not in rest


def fetch(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()


def test_the_first_start_tells_the_password_and_the_second_is_quick_and_keeps_what_was_changed(
    tmp_path, handbook
):
    process, address, printed = start(tmp_path / "data", handbook)
    try:
        assert "Imported" in printed and re.search(r"password +\S{4}-\S{4}", printed), printed
        assert "Handbook" in fetch(f"{address}/docs/")
    finally:
        stop(process)
    (handbook / "tutorial" / "a.md").write_text("# Changed\n", "utf-8")
    process, address, printed = start(tmp_path / "data", handbook)
    try:
        first = fetch(f"{address}/docs/tutorial/a")
        assert "<h1>First</h1>" in first
        assert "Imported" not in printed
        assert "user passwd admin" in printed and "password      " not in printed.replace("new password", "")
    finally:
        stop(process)


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path, handbook):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "objpub.demo", "--port", str(port), "--docs", str(handbook)]
        done = subprocess.run([*command, str(tmp_path / "data")], capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    assert "The demo did not start" in done.stderr and "Traceback" not in done.stderr
