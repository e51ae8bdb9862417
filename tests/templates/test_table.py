import os
import sys
import threading
from pathlib import Path

import pytest

from objpub.errors import DeclarationError
from objpub.errors import TemplateError
from objpub.errors import TemplateFailure
from objpub.registry import Registry
from objpub.templates import cache as code_cache
from objpub.templates import table
from objpub.templates import Templates

USE = '<x metal:use-macro="layout"/>'


def write(path, text):
    """Write *text* to *path* as an editor would, with a time that differs from the one before."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(before + 10**9, before + 10**9))


def test_a_file_is_one_template(made, tmp_path):
    templates, template = made({"a.pt": "a"})
    assert templates.load(str(tmp_path / "." / "a.pt")) is template
    assert list(templates) == [template]
    assert repr(template) == f"<Template {tmp_path / 'a.pt'}>"


@pytest.mark.parametrize(
    ("name", "reason"), [("gone.pt", "There is no template at"), ("a.txt", "ends in .pt")]
)
def test_a_template_that_cannot_be_loaded(made, tmp_path, name, reason):
    templates, _ = made({"a.pt": "", "a.txt": ""} if name == "a.txt" else {"a.pt": ""})
    with pytest.raises(TemplateError, match=reason):
        templates.load(tmp_path / name)


def test_templates_are_found_by_name(made, tmp_path):
    templates, template = made({"article.pt": "", "article-print.zpt": "", "two.pt": "", "two.zpt": ""})
    assert templates.find(tmp_path, "article") is template
    assert templates.find(tmp_path, "article-print").path.name == "article-print.zpt"
    assert templates.find(tmp_path, "blog") is None
    with pytest.raises(TemplateError, match=r"two templates for one view: .*two.pt and .*two.zpt"):
        templates.find(tmp_path, "two")


def test_the_freeze_compiles(made, tmp_path):
    (tmp_path / "a.pt").write_text("${1 +}")
    registry = Registry()
    registry[Templates].load(tmp_path / "a.pt")
    with pytest.raises(TemplateError):
        registry.freeze()


def test_configuring_too_late(made):
    templates, _ = made({"a.pt": ""})
    with pytest.raises(DeclarationError, match="before the first of them is loaded"):
        templates.configure(development=True)


def test_what_was_compiled_is_not_read_again(made):
    templates, template = made({"a.pt": "one"})
    templates.compile_all()
    template.path.unlink()
    assert template.render() == "one"


@pytest.mark.parametrize(
    ("page", "layout"),
    [
        ("site/templates/a.pt", "site/templates/layout.pt"),
        ("site/templates/deep/er/a.pt", "site/templates/layout.pt"),
        ("site/blog/templates/a.pt", "site/templates/layout.pt"),
        ("site/blog/gallery/templates/a.pt", "site/blog/templates/layout.pt"),
        ("site/templates/a.zpt", "site/templates/layout.zpt"),
        ("pages/a.pt", "pages/layout.pt"),
    ],
)
def test_the_nearest_layout(made, tmp_path, page, layout):
    for package in ("site", "site/blog", "site/blog/gallery"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    templates, template = made({page: USE, layout: "nearest", "layout.pt": "too far"})
    templates.compile_all()
    assert template.render() == "nearest"


def test_a_layout_in_a_layout(made, tmp_path):
    files = {
        "templates/deep/a.pt": '<x metal:use-macro="layout"><b metal:fill-slot="x">a</b></x>',
        "templates/deep/layout.pt": '<x metal:use-macro="layout"><i metal:fill-slot="y">deep'
        '<s metal:define-slot="x"/></i></x>',
        "templates/layout.pt": '<p metal:define-slot="y">top</p>',
    }
    _, template = made(files)
    assert template.render() == "<i>deep<b>a</b></i>"


def test_the_layout_of_the_site_is_for_those_that_have_none(made, tmp_path):
    write(tmp_path / "elsewhere.pt", '<p metal:define-macro="m">site</p>')
    layout = tmp_path / "elsewhere.pt"
    templates, template = made({"pages/a.pt": "<x metal:use-macro=\"layout.macros['m']\"/>"}, layout=layout)
    templates.compile_all()
    assert template.render() == "<p>site</p>"
    assert templates.layout_of(layout.resolve()) is None


# Development


def test_in_development_a_changed_file_is_compiled_again(made, tmp_path):
    templates, template = made({"a.pt": "one " + USE, "layout.pt": "L1"}, development=True)
    templates.compile_all()
    assert template.render() == "one L1"
    write(template.path, "two " + USE)
    assert template.render() == "two L1"
    write(tmp_path / "layout.pt", "L2")
    assert template.render() == "two L2"


def test_in_development_a_mistake_is_shown_until_it_is_mended(made):
    _, template = made({"a.pt": "one"}, development=True)
    write(template.path, "${1 +}")
    for _ in range(2):
        with pytest.raises(TemplateError, match="not a Python expression"):
            template.render()
    write(template.path, "two")
    assert template.render() == "two"
    template.path.unlink()
    with pytest.raises(TemplateError, match="cannot be read"):
        template.render()


def test_in_development_layouts_come_and_go(made, tmp_path):
    use = "<x metal:use-macro=\"layout.macros['m']\"/>"
    macro = '<p metal:define-macro="m">{}</p>'
    files = {"templates/deep/a.pt": use, "templates/layout.pt": macro.format("far")}
    _, template = made(files, development=True)
    assert template.render() == "<p>far</p>"
    write(tmp_path / "templates/deep/layout.pt", macro.format("near"))
    assert template.render() == "<p>near</p>"
    for layout in tmp_path.rglob("layout.pt"):
        layout.unlink()
    with pytest.raises(TemplateError, match="is gone"):
        template.render()


def test_a_mistake_in_a_reloaded_layout_is_no_failure_of_the_page(made, tmp_path):
    _, template = made({"a.pt": USE, "layout.pt": "L1"}, development=True)
    template.render()
    write(tmp_path / "layout.pt", "</p>")
    with pytest.raises(TemplateError) as caught:
        template.render()
    assert caught.value.file.endswith("layout.pt")


# The cache


def test_compiled_templates_are_kept(made, tmp_path):
    cache = tmp_path / "cache"
    files = {"a.pt": '<x metal:use-macro="load: b.pt"/>${1 / n}', "b.pt": "b"}
    made(files, cache_folder=cache)[0].compile_all()
    kept = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert [path.name.partition("-")[0] for path in sorted(kept)] == ["a", "b"]
    templates, template = made(files, cache_folder=cache)
    templates.compile_all()
    assert template.render(n=1) == "b1.0"
    with pytest.raises(TemplateFailure) as caught:
        template.render(n=0)
    assert (caught.value.line, caught.value.expression) == (1, "1 / n")
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == kept


def test_a_changed_template_replaces_what_was_kept(made, tmp_path):
    for text in ("one", "two"):
        assert made({"a.pt": text}, cache_folder=tmp_path / "cache")[1].render() == text
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_cache_forgets_the_templates_that_were_kept_first(made, tmp_path, monkeypatch):
    monkeypatch.setattr(code_cache, "MOST_FILES", 10)
    folder = tmp_path / "cache"
    for number in range(11):
        made({f"{number}.pt": "text"}, cache_folder=folder)[1].render()
    assert len(list(folder.iterdir())) == 6
    assert any(path.name.startswith("10-") for path in folder.iterdir())


def test_what_is_objpubs_own_is_kept_once_for_all_sites(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(code_cache, "PRODUCT", tmp_path / "product")
    monkeypatch.setattr(code_cache, "OWN", tmp_path / "product" / "kept")
    page = tmp_path / "product" / "page.pt"
    page.parent.mkdir()
    page.write_text("own")
    for site in ("one", "two"):
        templates = Templates()
        templates.configure(cache_folder=tmp_path / site)
        assert templates.load(page).render() == "own"
        assert list((tmp_path / site).iterdir()) == []
        (kept,) = (tmp_path / "product" / "kept").iterdir()
        assert kept.name.startswith("page-")
    with monkeypatch.context() as watched:
        watched.setattr(sys, "dont_write_bytecode", True)  # it is read all the same, without a folder too
        watched.setattr(table, "compile_template", None)
        assert Templates().load(page).render() == "own"
    kept.unlink()
    kept.parent.rmdir()
    kept.parent.write_text("not a folder")
    templates = Templates()
    templates.configure(cache_folder=tmp_path / "three")
    assert templates.load(page).render() == "own"
    assert len(list((tmp_path / "three").iterdir())) == 1


@pytest.mark.parametrize("keep", [0, 10, 40])
def test_a_damaged_cache_is_no_harm(made, tmp_path, keep):
    cache = tmp_path / "cache"
    made({"a.pt": "one"}, cache_folder=cache)[1].render()
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:keep])
    assert made({"a.pt": "one"}, cache_folder=cache)[1].render() == "one"


def test_mistakes_are_found_with_a_cache_too(made, tmp_path):
    files = {"a.pt": '<x metal:use-macro="load: b.pt"/>', "b.pt": "b"}
    made(files, cache_folder=tmp_path / "cache")[0].compile_all()
    (tmp_path / "b.pt").unlink()
    templates, _ = made({"a.pt": files["a.pt"]}, cache_folder=tmp_path / "cache")
    with pytest.raises(TemplateError, match="There is no template at") as caught:
        templates.compile_all()
    assert (caught.value.line, caught.value.column) == (1, 27)


def test_a_cache_that_cannot_be_written_is_no_harm(made, tmp_path, caplog):
    cache = tmp_path / "cache"
    templates, template = made({"a.pt": "one"}, cache_folder=cache)
    cache.rmdir()
    cache.write_text("a file")
    assert template.render() == "one"
    assert "cannot be kept" in caplog.text


def test_many_threads_want_the_first_compilation(made):
    _, template = made({"a.pt": USE + "${n}", "layout.pt": "L"})
    found = []
    threads = [threading.Thread(target=lambda n=n: found.append(template.render(n=n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"L{n}" for n in range(8)]


def test_nothing_depends_on_the_environment(monkeypatch):
    sources = [path.read_text() for path in Path(Templates.__module__.replace(".", "/")).parent.glob("*.py")]
    assert sources
    assert not any("environ" in source or "chameleon.config" in source for source in sources)
