"""The house stands as long as imports go down, and only from face to face.

The layers are drawn and explained in docs/howto/contribute.md.
"""

import ast
import pathlib

import pytest

LAYERS = [  # bottom first
    {"errors", "libraries"},
    {"lineage", "registry", "settings"},
    {"configuration", "mail", "schema"},
    {"database"},
    {"events"},
    {"content"},
    {"security"},
    {"jobs", "workflow"},
    {"catalog", "traversal"},
    {"operations"},
    {"templates", "importing"},
    {"views"},
    {"forms", "publisher"},
    {"manage", "api", "dav", "feeds", "testing", "command"},
    {"demo"},
    {""},  # objpub/__init__.py, the site author's face
]
HEIGHT = {part: height for height, layer in enumerate(LAYERS) for part in layer}
ROOT = pathlib.Path(__file__).parent.parent
HOUSE = ROOT / "objpub"
FILES = sorted(HOUSE.rglob("*.py"))


def module_of(path, root=ROOT):
    """Return the dotted name of the module in *path*; a package's `__init__.py` is the package."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module):
    """Return the part that *module* belongs to; of `objpub` itself: the empty text."""
    return (module + ".").split(".")[1]


def imported_names(source, module, is_package):
    """Yield (line, module, name) for everything that *source* imports, wherever in it the import stands.

    Relative imports are resolved against *module*. `from objpub.content import Folder` gives
    "objpub.content" and "Folder"; `import objpub.content` gives "objpub.content" and None, as does what
    is imported when it is used, `later("objpub.content")`.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = node.module or ""
            if node.level:
                above = module.split(".")
                above = above[: len(above) - node.level + is_package]
                home = ".".join([*above, home] if home else above)
            yield from ((node.lineno, home, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "later":
            yield from (
                (node.lineno, each.value, None) for each in node.args if isinstance(each, ast.Constant)
            )


def mistakes(path, root=ROOT):
    """Return what is wrong with the imports of *path*, one sentence each."""
    module = module_of(path, root)
    here = part_of(module)
    if here not in HEIGHT:
        return [f"{path.relative_to(root)} is in no layer: add {here!r} to tests/test_layers.py"]
    found = []
    for line, home, name in imported_names(path.read_text("utf-8"), module, path.name == "__init__.py"):
        if home == "objpub" and name and is_module(f"objpub.{name}", root):
            home, name = f"objpub.{name}", None
        text = mistake(here, home, name, root) if home.split(".")[0] == "objpub" else None
        if text:
            found.append(f"{path.relative_to(root)}:{line} {text}: {home}{'.' + name if name else ''}")
    return found


def mistake(here, home, name, root):
    """Return what is wrong when part *here* imports *name* (or None: all) from *home*, or None."""
    there = part_of(home)
    if there == here:
        return None
    if not there or there not in HEIGHT:
        return "imports from the site author's face, or from no part at all"
    if HEIGHT[there] >= HEIGHT[here]:
        return "imports upward or sideways"
    if home.count(".") > 1 or (
        name and is_module(f"{home}.{name}", root) and name not in offered(home, root)
    ):
        return f"reaches past the face of {there}"
    return None


def is_module(name, root):
    """Is *name* a module or package below *root*?"""
    place = root.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


def offered(home, root):
    """Return the names that the face of the package *home* imports from its own modules."""
    tree = ast.parse(root.joinpath(*home.split("."), "__init__.py").read_text("utf-8"))
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def late_imports(source):
    """Yield the lines of imports that stand inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    yield inner.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_and_only_from_face_to_face(path):
    assert mistakes(path) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_stands_inside_a_function(path):
    assert list(late_imports(path.read_text("utf-8"))) == []


def test_the_authors_face_defines_nothing():
    tree = ast.parse((HOUSE / "__init__.py").read_text("utf-8"))
    for node in tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_import = isinstance(node, ast.Import | ast.ImportFrom)
        is_listing = isinstance(node, ast.Assign) and [ast.unparse(name) for name in node.targets] == [
            "__all__"
        ]
        assert is_docstring or is_import or is_listing, f"objpub/__init__.py:{node.lineno} defines something"


# The rules themselves, tried on a small house.


def house(root, files):
    """Build a house of *files* below *root*: place below objpub, without ".py" → source."""
    for place, source in files.items():
        path = root / "objpub" / f"{place}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.joinpath("__init__.py").touch()
        path.write_text(source)


@pytest.mark.parametrize(
    ("place", "source", "wanted"),
    [
        ("content/folder", "from objpub.publisher import publish", "imports upward or sideways"),
        ("content/folder", "import objpub.publisher", "imports upward or sideways"),
        ("content/folder", "from ..publisher import publish", "imports upward or sideways"),
        ("content/folder", "p = later('objpub.publisher')", "imports upward or sideways"),
        ("content/folder", "from .. import publisher", "imports upward or sideways"),
        ("content/folder", "from objpub import publisher", "imports upward or sideways"),
        ("registry", "from objpub.lineage import lineage", "imports upward or sideways"),
        ("registry", "from .lineage import lineage", "imports upward or sideways"),
        ("publisher/x", "from objpub.content.folder import Folder", "reaches past the face of content"),
        ("publisher/x", "from objpub.content import folder", "reaches past the face of content"),
        ("publisher/x", "import objpub.content.folder", "reaches past the face of content"),
        ("publisher/x", "from ..content import folder", "reaches past the face of content"),
        ("publisher/x", "from objpub import Content", "imports from the site author's face"),
        ("publisher/x", "import objpub", "imports from the site author's face"),
        ("publisher/x", "from objpub import nowhere", "imports from the site author's face"),
        ("__init__", "from objpub.content.folder import Folder", "reaches past the face of content"),
        ("unheard", "", "is in no layer"),
        (
            "content/folder",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from objpub.publisher import publish",
            "imports upward or sideways",
        ),
        (
            "content/folder",
            "def f():\n    from objpub.publisher import publish",
            "imports upward or sideways",
        ),
    ],
)
def test_a_wrong_import_is_found(tmp_path, place, source, wanted):
    house(tmp_path, {"lineage": "", "publisher/publish": "", "content/folder": "", place: source})
    found = mistakes(tmp_path / "objpub" / f"{place}.py", tmp_path)
    assert len(found) == 1
    assert wanted in found[0]


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("publisher/x", "from objpub.content import Folder"),
        ("demo/x", "from objpub.publisher import publish"),  # the function, which the face offers
        ("publisher/x", "from .publish import publish\nfrom . import publish"),
        ("publisher/x", "from ..lineage import lineage\nfrom objpub import lineage\nimport objpub.lineage"),
        ("publisher/deep/y", "from ..publish import publish\nfrom ...content import Folder"),
        ("publisher/__init__", "from .publish import publish"),
        ("__init__", "from objpub.content import Folder\nfrom .content import Folder"),
        ("publisher/x", "import json\nimport objpubother\nfrom os import path"),
    ],
)
def test_a_right_import_passes(tmp_path, place, source):
    face = "from .publish import publish"
    files = {"lineage": "", "publisher/publish": "", "publisher/__init__": face, "content/folder": ""}
    house(tmp_path, files | {place: source})
    assert mistakes(tmp_path / "objpub" / f"{place}.py", tmp_path) == []


def test_an_import_inside_a_function_is_found():
    source = (
        "import os\nclass A:\n    import json\n    def f(self):\n        if self:\n            import re\n"
    )
    assert list(late_imports(source)) == [6]
