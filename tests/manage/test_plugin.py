"""The management interface as a plugin like any other: what its files promise, and the site without it."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import objpub
from objpub import manage
from objpub import testing
from objpub.content import File
from objpub.content import Site
from objpub.manage.frame import DEEDS
from objpub.manage.frame import EVERY_PAGE
from objpub.manage.frame import GROUPS
from objpub.manage.frame import OBJECT_TABS
from objpub.manage.frame import PAGES_OF_SITE
from objpub.manage.icons import SYMBOLS
from objpub.views import views_in
from tests.browsing import TOO_WIDE
from tests.manage.pages import Section

HOUSE = Path(objpub.__file__).parent
STATIC = Path(manage.__file__).parent / "static"
TEMPLATES = sorted(path for part in ("manage", "forms") for path in HOUSE.glob(f"{part}/templates/*.pt"))
each_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)

VOID = {"br", "hr", "img", "input", "link", "meta"}
#: Attributes that people read or hear, besides those `data-` ones that scripts and sheets show.
SPOKEN = {"alt", "aria-label", "label", "placeholder", "title"}
SHOWN = re.compile(r"[A-Z]|\w \w|% ?\w")
EXPRESSION = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
#: The same in every language: names of formats.
NAMES = {"HTML", "Markdown", "SHA-256"}


class Texts(HTMLParser):
    """Collects the texts of a template that nothing gives to a translator, with their lines."""

    def __init__(self):
        super().__init__()
        self.open = []  # (tag, is translated, is a name in a translation)
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            names = dict(attrs)
            self.open.append((tag, "i18n:translate" in names, "i18n:name" in names))

    def handle_startendtag(self, tag, attrs):
        values = dict(attrs)
        translated = {each.strip() for each in (values.get("i18n:attributes") or "").split(";")}
        for name, value in attrs:
            spoken = name in SPOKEN or (name.startswith("data-") and SHOWN.search(value or ""))
            if spoken and name not in translated:
                self.note(value)

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for tag, is_translated, is_name in reversed(self.open):
            if is_translated or tag == "code":
                return
            if is_name:
                break
        self.note(data)

    def note(self, text):
        words = (text or "").strip()
        if re.search(r"[^\W\d_]{2}", words) and words not in NAMES:
            self.found.append((self.getpos()[0], words))


def untranslated(text):
    reader = Texts()
    reader.feed(EXPRESSION.sub(lambda found: "\n" * found[0].count("\n"), text))
    return reader.found


@each_template
def test_every_text_is_given_to_the_translator(path):
    assert untranslated(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>Gone</p>", ["Gone"]),
        ('<p i18n:translate="">Gone <b i18n:name="b">for good</b></p>', ["for good"]),
        ('<p aria-label="More">${x}</p><code>x = 1</code>', ["More"]),
        ("<p>${'less' if x < 3 else f'{x} more'} of</p>", ["of"]),
        ('<td data-l="Size" i18n:attributes="title">${x}</td>', ["Size"]),
        ('<p id="words" data-add="Add" hidden="hidden"></p>', ["Add"]),
        ('<br title="More" i18n:attributes="title"/><p i18n:translate="">${n} of <i>these</i></p>', []),
    ],
)
def test_a_text_without_a_translator_is_found(text, words):
    assert [each for _, each in untranslated(text)] == words


@each_template
def test_no_template_has_scripts_or_styles_in_it(path):
    text = path.read_text("utf-8")
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text) == []
    assert re.findall(r"tal:attributes=\"(?:[^\"]*;)?\s*(?:style|on[a-z]+) ", text) == []


@each_template
def test_every_symbol_is_one_of_the_set(path):
    text = path.read_text("utf-8")
    assert {*re.findall(r"(?:icon|symbol)\('([\w-]+)'", text)} <= SYMBOLS
    assert re.findall(r'<svg class="i|<i class=', text) == []


def test_pages_deeds_and_scripts_name_symbols_of_the_set():
    named = {link[2] for link in (*PAGES_OF_SITE, *GROUPS, *EVERY_PAGE, *DEEDS)}
    for path in STATIC.glob("*.js"):
        text = path.read_text("utf-8")
        named |= set(re.findall(r'\bsymbol\("([\w-]+)"\)', text))
    assert {"trash", "gauge", "tools", "plus"} <= named <= SYMBOLS


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.css")), ids=lambda path: path.stem)
def test_every_colour_is_named_once_with_its_light_and_its_dark(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    colour = r"#[0-9a-f]{3,8}\b(?![^{}]*\{)|\b(?:rgb|hsl|oklch)a?\("
    if path.name in {"tokens.css", "bar.css"}:  # the bar stands in the page of a site, out of reach of tokens
        text = re.sub(r"light-dark\([^()]*\)", "", text)
    assert re.findall(colour, text, flags=re.I) == []


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.css")), ids=lambda path: path.stem)
def test_no_style_knows_left_from_right(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    sides = r"[\s;{-](?:left|right)\s*:|\b(?:text-align|float):\s*(?:left|right)"
    assert re.findall(sides, text) == []


def test_from_right_to_left_everything_stands_on_the_other_side(live):
    page = live.as_("admin")
    box = "document.querySelector('#side').getBoundingClientRect()"
    for path in ("/manage/news/", "/manage/news/tides/@@edit", "/manage/@@dashboard"):
        page.goto(path)
        assert page.evaluate(f"{box}.left") == 0
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate(f"{box}.right === document.documentElement.clientWidth")
        assert page.evaluate(TOO_WIDE) == 0
        assert page.evaluate("getComputedStyle(document.querySelector('.out .flip')).transform") != "none"
    page.locator("#tree li[tabindex='0']").focus()
    news = page.get_by_role("treeitem", name="News")
    news.focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("treeitem", name="Tides").wait_for()
    page.keyboard.press("ArrowRight")
    assert news.get_attribute("aria-expanded") == "false"


def test_every_file_of_a_page_has_an_address_that_changes_with_it(site):
    admin = site.browser().login("admin")
    files = set()
    for path in ("/manage/news/", "/manage/news/tides/@@edit", "/manage/@@database", "/manage/@@trash"):
        text = admin.get(path).text
        files |= set(re.findall(r'<(?:script|link|use)\b[^>]*\b(?:src|href)="(/static/[^"#]+)', text))
    assert {file.rpartition("/")[2] for file in files} >= {"tokens.css", "manage.js", "edit.js", "icons.svg"}
    for file in files:
        assert re.fullmatch(r"/static/objpub-manage/\w{8,}/[\w-]+\.(?:css|js|svg)", file)
        answer = admin.get(file)
        assert answer.status == 200 and "immutable" in answer.headers["Cache-Control"], file


def test_the_page_follows_the_system_until_somebody_chooses(live):
    grounds = {}
    for theme in ("light", "dark"):
        page = live.as_("ines", theme=theme)
        page.goto("/manage/archive/")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        grounds[theme] = sum(map(int, re.findall(r"\d+", ground)[:3]))
    assert grounds["light"] > 600
    assert grounds["dark"] < 150


def test_every_page_is_made_for_the_width_of_a_phone(site):
    for path in ("/manage/news/", "/manage/news/tides/@@edit", "/manage/@@trash", "/manage/nothing"):
        text = site.browser().login("admin").get(path).text
        assert '<meta name="viewport" content="width=device-width, initial-scale=1" />' in text


def test_every_tab_has_a_module_of_its_own(site):
    views = views_in(site.registry, "manage")
    pages = [(Section, view) for name, view, _, _ in OBJECT_TABS if name not in {"overview", "file"}]
    pages += [(File, "file"), *((Site, view) for view, _, _ in EVERY_PAGE)]
    modules = [views.find(kind, (view, "GET")).function.__module__ for kind, view in pages]
    assert sorted(set(modules)) == sorted(modules)
    assert all(module.startswith("objpub.manage.") for module in modules)


def test_what_others_wrote_has_its_licence_beside_it():
    others = re.compile(r"@licen[sc]e|copyright|\(c\) |/\*!|sourceMappingURL", re.I)
    for path in sorted(HOUSE.glob("*/static/**/*")):
        if path.is_file() and path.suffix in {".js", ".css", ".svg"}:
            text = path.read_text("utf-8")
            if ".min." in path.name or others.search(text) or max(map(len, text.splitlines())) > 4_000:
                assert list(path.parent.glob(f"{path.name.split('.')[0]}*LICEN[CS]E*")), path


def test_it_is_brought_in_where_it_is_there():
    with testing.site("tests.manage.pages") as site:
        assert site.browser().get("/manage/").status == 303


WITHOUT = """
import objpub
from objpub import testing
from objpub.operations import add_new
from objpub.security import SYSTEM
from tests.manage.pages import Page

assert objpub.__file__.startswith({folder!r}), objpub.__file__
with testing.site("tests.manage.pages") as site:
    site.add_user("ines", roles=["editor"])
    with site.work() as root:
        add_new(SYSTEM, root, Page, {{"title": "Tides"}})
    ines = site.browser().login("ines")
    assert "Tides" in ines.get("/tides").text
    assert "objpub-bar" not in ines.get("/tides").text
    assert "/manage" not in ines.get("/tides").text
    assert ines.get("/manage/").status == 404
print("well")
"""


def test_a_site_runs_without_the_folder_of_the_interface(tmp_path):
    shutil.copytree(HOUSE, tmp_path / "objpub", ignore=shutil.ignore_patterns("manage", "__pycache__"))
    for path in ("__init__.py", "manage/__init__.py", "manage/pages.py"):
        (tmp_path / "tests" / path).parent.mkdir(parents=True, exist_ok=True)
        source = Path(__file__).parents[1] / path
        (tmp_path / "tests" / path).write_bytes(source.read_bytes() if source.exists() else b"")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(folder=str(tmp_path))],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stdout) == (0, "well\n"), done.stderr
