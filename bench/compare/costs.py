"""What an application costs its author: lines, concepts and packages, counted in its files."""

import ast
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

STANDARD = frozenset(sys.stdlib_module_names)
PAGES = {".pt", ".html"}
COUNTED = {".py", ".toml", *PAGES}
#: What a template says in its language: a statement of TAL, METAL or i18n, a tag or a filter.
STATEMENT = re.compile(r"\b((?:tal|metal|i18n):[\w-]+)=|<(tal:\w+)|\{%-?\s*(\w+)|\|\s*(\w+)")
ASKED = re.compile(r"\brequest\.\w+")


@dataclass(frozen=True)
class Costs:
    """code, pages: lines with more than a comment. concepts: names of the framework that are used."""

    code: int
    pages: int
    concepts: int

    @property
    def lines(self):
        """All of them."""
        return self.code + self.pages


def costs_of(folder):
    """Return the Costs of the application in *folder*, without what a command of the framework generates."""
    files = [file.relative_to(folder) for file in sorted(Path(folder).rglob("*")) if file.suffix in COUNTED]
    own = {part.removesuffix(".py") for file in files for part in file.parts}
    concepts, lines = set(), {True: 0, False: 0}
    for file in files:
        text = Path(folder, file).read_text("utf-8")
        concepts |= READERS.get(file.suffix, concepts_of_page)(text, own)
        lines[file.suffix in PAGES] += lines_of(text, file.suffix)
    return Costs(lines[False], lines[True], len(concepts))


def lines_of(text, suffix):
    """Return how many lines of *text* are neither empty, nor comments, nor docstrings."""
    lines = {number for number, line in enumerate(text.splitlines(), 1) if line.strip()}
    if suffix == ".py":
        lines -= {number for number, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith("#")}
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                lines -= set(range(node.lineno, node.end_lineno + 1))
    return len(lines)


def concepts_of_code(text, own):
    """Return the names that Python code takes from packages, their attributes, and what it sets for them.

    own: the modules of the application itself. What comes from Python's own library does not count.
    """
    tree = ast.parse(text)
    names = dict(imported(tree, own))
    for node in tree.body:  # db = SQLAlchemy(), and then db.Model
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and root_of(node.value.func) in names
        ):
            names.update((target.id, target.id) for target in node.targets if isinstance(target, ast.Name))
    names["request"] = "request"
    found = set(names.values())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call | ast.ClassDef) and is_of_package(node, names):
            found |= {f"{keyword.arg}=" for keyword in node.keywords if keyword.arg}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            found.add(f"{names[node.value.id]}.{node.attr}")
        if isinstance(node, ast.ClassDef) and is_of_package(node, names):
            found |= set(settings_in(node.body))
    if re.search(r"^INSTALLED_APPS", text, re.MULTILINE):  # a module of settings
        found |= set(settings_in(tree.body))
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and "django." in str(node.value)
        }
    return found


def is_of_package(node, names):
    """Is what a call calls, or a class derives from, one of *names*?"""
    return any(root_of(each) in names for each in ([node.func] if isinstance(node, ast.Call) else node.bases))


def imported(tree, own):
    """Yield (name here, name there) of what *tree* imports from packages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and is_package(node.module, own):
            yield from ((alias.asname or alias.name, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                (alias.asname or alias.name, alias.name)
                for alias in node.names
                if is_package(alias.name, own)
            )


def is_package(module, own):
    """Is *module* of a package that was installed?"""
    top = module.partition(".")[0]
    return top not in own and top not in STANDARD


def root_of(node):
    """Return the name that an expression begins with: db of db.Model."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return getattr(node, "id", None)


def settings_in(body):
    """Yield the names that are set to something that is not called: `paginate_by = 20`, not a field."""
    for node in body:
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Call):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def concepts_of_page(text, own):
    """Return the statements of a template, and what it asks of the request."""
    return {next(filter(None, groups)) for groups in STATEMENT.findall(text)} | set(ASKED.findall(text))


def concepts_of_settings(text, own):
    """Return the settings in a file of TOML."""
    return set(re.findall(r"^(\w+) =", text, re.MULTILINE))


READERS = {".py": concepts_of_code, ".toml": concepts_of_settings}


def packages_of(programs, names):
    """Return how many packages it takes to have those called *names*, they themselves too."""
    run = subprocess.run(
        [str(programs / "python"), "-c", PACKAGES, *names], capture_output=True, text=True, check=True
    )
    return len(json.loads(run.stdout))


PACKAGES = """
import importlib.metadata as metadata, json, re, sys
waiting, found = list(sys.argv[1:]), set()
while waiting:
    name = re.split(r"[^\\w.-]", waiting.pop())[0].lower().replace("_", "-").replace(".", "-")
    if name in found:
        continue
    try:
        needs = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        continue
    found.add(name)
    waiting += [each for each in needs if "extra ==" not in each]
print(json.dumps(sorted(found)))
"""
