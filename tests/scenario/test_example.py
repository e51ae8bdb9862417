"""The example that a site's author is promised runs as it is written: as a package, and as a single file."""

import importlib
import re
import sys
from datetime import date

import pytest

from objpub import testing
from objpub.operations import add_new
from objpub.operations import transition
from objpub.security import SYSTEM

CONTENT = """\
# blog/content.py
from datetime import date
from objpub import Content, Folder, Permission, Ref, RichText, State, Transition, Workflow, field

Moderate = Permission("blog.moderate", title="Moderate articles", roles=["editor"])

publishing = Workflow(
    State("draft",     view="owner editor", edit="owner editor"),
    State("pending",   view="owner editor", edit="editor"),
    State("published", view="everyone",     edit="editor"),
    Transition("submit",  "draft -> pending",           needs="edit"),
    Transition("publish", "draft pending -> published", needs=Moderate),
    Transition("retract", "published -> draft",         needs=Moderate),
)

class Blog(Folder, addable="anywhere"):
    "A series of articles."
    title: str = field(index="text")
    featured: "Ref[Article] | None" = field(default=None)

class Article(Content, addable=Blog, workflow=publishing):
    "A dated piece of writing."
    title: str                = field(index="text")
    summary: str              = field(default="", multiline=True, max_length=300, index="text")
    body: RichText            = field(default="", index="text")
    published_on: date | None = field(default=None, index="range", column=True)
    tags: frozenset[str]      = field(default=(), index="keyword", filter=True)
"""
IMPORTS = """\
# blog/views.py
from objpub import view
from .content import Article, Blog, Moderate
"""
VIEWS = """\

@view(Article)                                      # renders templates/article.pt beside this module
def show(article, request):
    return {"more": request.find(Article, tags=article.tags, sort="-published_on", limit=5)}

@view(Article, "feature", method="POST", permission=Moderate)
def feature(article, request, on: bool = True):     # form values converted by annotation; a bad one is a 400
    article.__parent__.featured = article if on else None
    return request.redirect(article, message="Featured", undo=True)

@view(Blog)                                         # templates/blog.pt
def index(blog, request, tag: str | None = None, after: str | None = None):
    return {"batch": request.find(Article, within=blog, tags=tag, sort="-published_on").page(after)}
"""
TEMPLATES = {
    "article.pt": '<h1>${context.title}</h1><p tal:repeat="each more">${each.title}</p>',
    "blog.pt": '<h1>${context.title}</h1><p tal:repeat="each batch.items">${each.title}</p>',
}


def write_package(folder):
    package = folder / "blog"
    package.mkdir()
    package.joinpath("__init__.py").write_text("")
    package.joinpath("content.py").write_text(CONTENT)
    package.joinpath("views.py").write_text(IMPORTS + VIEWS)
    return package


def write_file(folder):
    text = f"{CONTENT}\nfrom objpub import App, view\n{VIEWS}\napp = App(__name__)\n"
    folder.joinpath("blog.py").write_text(text)
    return folder


@pytest.fixture(params=[write_package, write_file], ids=["package", "file"])
def blog(request, tmp_path, monkeypatch):
    """The example, imported under its name; its classes are in `blog.content`, or in the file."""
    templates = request.param(tmp_path) / "templates"
    templates.mkdir()
    for name, text in TEMPLATES.items():
        templates.joinpath(name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("blog.content" if request.param is write_package else "blog")
    for name in [each for each in sys.modules if each.partition(".")[0] == "blog"]:
        del sys.modules[name]


def listed(browser, address):
    """Return the titles that a page lists."""
    return re.findall(r"<p>(\w+)</p>", browser.get(address).text)


def test_the_example_of_the_design_runs_as_written(blog):
    with testing.site("blog") as site:
        site.add_user("ed", roles=["editor"])
        site.add_user("ann")
        with site.work() as root:
            news = add_new(SYSTEM, root, blog.Blog, {"title": "News"})
            for number, name in enumerate(("Tides", "Dunes", "Marsh")):
                values = {"title": name, "tags": {"sea"}, "published_on": date(2026, 1, number + 1)}
                add_new(SYSTEM, news, blog.Article, values)
            news["tides"]._owner = "ann"
        visitor, ann, ed = site.browser(), site.browser().login("ann"), site.browser().login("ed")
        assert "Tides" not in visitor.get("/news/").text
        assert visitor.get("/news/tides").status == 303
        assert "<h1>Tides</h1>" in ann.get("/news/tides").text
        assert ann.post("/news/tides/feature").status == 403
        with site.work() as root:
            for name in ("tides", "dunes"):
                transition(SYSTEM, root["news"][name], "publish")
        assert listed(visitor, "/news/tides") == listed(visitor, "/news/?tag=sea") == ["Dunes", "Tides"]
        assert listed(visitor, "/news/?tag=land") == []
        assert listed(ed, "/news/") == ["Marsh", "Dunes", "Tides"]
        assert ed.post("/news/tides/feature", {"on": "perhaps"}).status == 400
        assert ed.post("/news/tides/feature").status == 303
        with site.work() as root:
            assert root["news"].featured is root["news"]["tides"]
