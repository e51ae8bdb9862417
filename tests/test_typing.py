"""A misspelt field is an error in the checker of a site's author, who installed objpub and nothing else."""

import ast
import importlib
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile

import pytest

from tests.test_project import build_wheel
from tests.test_project import ROOT

SITE = """\
from BTrees.OOBTree import OOBTree
from objpub import Content
from objpub import field
from objpub import Folder
from objpub import Ref
from objpub import RichText
from persistent import Persistent


class Blog(Folder, addable="anywhere"):
    title: str = field(max_length=80)


class Article(Content, addable=Blog):
    title: str = field(index="text")
    body: RichText = field(default="")
    author: "Ref[Article] | None" = None
    tags: frozenset[str] = field(default=())


class Counter(Persistent):
    def __init__(self) -> None:
        self.counts = OOBTree()


article = Article(title="x", body="<p>y</p>")
length: int = len(article.title)
"""
MISTAKES = ['Article(titl="x")', "Article(title=1)", 'Article("x")', "article.titel", 'field(titel="x")']


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The Python of an environment in which objpub is installed from its wheel, as a site's author has it."""
    folder = tmp_path_factory.mktemp("author")
    wheel = build_wheel(folder / "sources")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    venv.create(folder / "env", symlinks=True)
    places = {"base": str(folder / "env"), "platbase": str(folder / "env")}
    here = pathlib.Path(sysconfig.get_path("purelib", "venv", vars=places))
    others = [path for path in sys.path if pathlib.Path(path).name.endswith(("site-packages", ".egg"))]
    here.joinpath("installed.pth").write_text("\n".join([str(folder / "installed"), *others]) + "\n")
    return folder / "env" / "bin" / "python"


def mypy(python, folder):
    """Check the site in *folder* strictly with mypy; return its output."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        ".cache",
        "--python-executable",
        python,
    ]
    environ = {name: value for name, value in os.environ.items() if name != "MYPYPATH"}
    return subprocess.run(
        [*command, "site.py"], cwd=folder, env=environ, capture_output=True, text=True
    ).stdout


def pyright(python, folder):
    """Check the site in *folder* with pyright; return its output."""
    command = [sys.executable, "-m", "pyright", "--pythonpath", python, "site.py"]
    environ = os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True).stdout


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_a_right_site_passes_and_each_mistake_is_found(python, tmp_path, checker):
    if checker is pyright and not shutil.which("node") and not os.environ.get("CI"):
        pytest.skip("pyright needs node, which is not installed")
    site = tmp_path / "site.py"
    site.write_text(SITE)
    output = checker(python, tmp_path)
    assert "Success" in output or "0 errors" in output, output
    first = SITE.count("\n") + 1
    site.write_text(SITE + "\n".join(MISTAKES) + "\n")
    output = checker(python, tmp_path)
    for number, mistake in enumerate(MISTAKES, first):
        assert f"site.py:{number}:" in output, f"{mistake} was not found in:\n{output}"


def named(node):
    """Return the name that a statement of a stub gives, or None."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return node.name
    return node.target.id if isinstance(node, ast.AnnAssign) else None


STUBS = [path for path in sorted(ROOT.joinpath("stubs").rglob("*.pyi")) if path.name != "_trees.pyi"]


@pytest.mark.parametrize("path", STUBS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_stub_names_only_what_is_there(path):
    parts = path.relative_to(ROOT / "stubs").with_suffix("").parts
    module = importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    for node in ast.parse(path.read_text("utf-8")).body:
        if named(node) not in {None, "__getattr__"}:
            found = getattr(module, named(node))
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, ast.FunctionDef):
                    assert hasattr(found, inner.name), f"{path}:{inner.lineno} {inner.name}"
