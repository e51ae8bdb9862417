import os
import subprocess
import sys
from pathlib import Path

import pytest

from objpub.command.starting import package_name

from .conftest import one_line

ROOT = Path(__file__).parent.parent.parent


def files_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_init_makes_a_site(objpub, folder):
    text = objpub("init", "tidal").output
    assert "objpub serve" in text
    assert files_below(folder / "tidal") == {
        ".gitignore",
        "README.md",
        "objpub.toml",
        "pyproject.toml",
        "tests/test_site.py",
        "tidal/__init__.py",
        "tidal/content.py",
        "tidal/static/site.css",
        "tidal/templates/article.pt",
        "tidal/templates/layout.pt",
        "tidal/templates/site.pt",
        "tidal/views.py",
    }
    for path in (folder / "tidal").rglob("*"):
        assert path.is_dir() or not {"PACKAGE", "SITE_TITLE"} & set(
            path.read_text().replace("_", " ").split()
        )


def test_the_tests_of_a_new_site_pass(objpub, folder):
    objpub("init", "duneland")
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    result = subprocess.run(command, cwd=folder / "duneland", env=environ, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    assert "3 passed" in result.stdout
    assert "warning" not in result.stdout


def test_a_new_site_answers(objpub, folder, monkeypatch):
    assert "cd 'Salt Marsh'" in objpub("init", "Salt Marsh").output
    monkeypatch.chdir(folder / "Salt Marsh")
    text = objpub("call", "/").output
    assert text.startswith("200 OK")
    assert "<h1>Salt marsh</h1>" in text
    assert 'href="/welcome"' in text
    assert "salt_marsh/content.py" in objpub("call", "/welcome").output
    assert "salt_marsh" in objpub("views").output


def test_init_leaves_a_folder_alone_that_has_something_in_it(objpub, folder):
    folder.joinpath("full").mkdir()
    folder.joinpath("full", "notes.txt").write_text("mine")
    assert "full" in one_line(objpub("init", "full", status=1))
    assert files_below(folder / "full") == {"notes.txt"}


def test_init_fills_a_folder_that_is_empty(objpub, folder):
    folder.joinpath("empty").mkdir()
    objpub("init", "empty")
    assert folder.joinpath("empty", "empty", "content.py").exists()


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("blog", "blog"),
        ("My Blog", "my_blog"),
        ("my-blog.org", "my_blog_org"),
        ("2026", "site_2026"),
        ("test", "test_site"),
        ("class", "class_site"),
        ("objpub", "objpub_site"),
        ("tests", "tests_site"),
        ("Küste", "k_ste"),
        ("!", "site_site"),
    ],
)
def test_the_package_has_a_name_that_python_takes(folder, name):
    assert package_name(folder) == name
    assert package_name(folder).isidentifier()
