"""What is installed is what was meant: exact versions, files in the wheel, commands of the Makefile."""

import configparser
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata

import pytest

from tests.test_layers import imported_names

ROOT = pathlib.Path(__file__).parent.parent
SOURCES = ["objpub", "stubs", "setup.py", "pyproject.toml", "README.md", "CHANGES.md", "LICENSE"]


def canonical(name):
    return re.sub("[-_.]+", "-", name).lower()


def constraints():
    """Return the pins of constraints.txt: canonical name → version."""
    lines = ROOT.joinpath("constraints.txt").read_text("utf-8").splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonical(name): version for name, version in pins}


def buildout_versions():
    """Return the pins of buildout.cfg: canonical name → version."""
    text = ROOT.joinpath("buildout.cfg").read_text("utf-8").split("[versions]\n")[1]
    pins = [line.split(" = ") for line in text.splitlines() if line]
    return {canonical(name): version for name, version in pins}


def requirements():
    """Yield (canonical name, lower bound or None) of everything setup.py asks for."""
    for requirement in metadata.requires("objpub"):
        name, bound = re.match(r"([\w.-]+)(?:\[[\w,]+\])?(?:>=([\d.]+))?", requirement).groups()
        yield canonical(name), bound


def number(version):
    return [int(part) for part in re.findall(r"\d+", version)]


def test_buildout_pins_what_constraints_pin():
    assert buildout_versions() == constraints()


def test_buildout_makes_the_three_commands():
    read = configparser.RawConfigParser(delimiters="=")
    read.read(ROOT / "buildout.cfg", "utf-8")
    assert {read["buildout"]["develop"], *read["buildout"]["parts"].split()} == {".", "objpub", "py", "test"}
    assert read["objpub"]["eggs"] == "objpub"  # whose console script is bin/objpub
    assert read["py"]["interpreter"] == "py"
    assert read["test"]["scripts"] == "pytest=test"


def test_every_requirement_is_pinned_at_or_above_its_lower_bound():
    pins = constraints()
    for name, bound in requirements():
        assert name in pins, f"{name} is not in constraints.txt"
        assert bound is None or number(pins[name]) >= number(bound), f"{name} is pinned below {bound}"


def test_the_tests_run_with_the_pinned_versions():
    pins = constraints()
    for name, _ in requirements():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # an extra that is not installed here
        assert installed == pins[name], f"{name} is {installed} here, constraints.txt says {pins[name]}"


def test_every_import_of_the_product_is_required():
    required = {name for name, _ in requirements()}
    homes = metadata.packages_distributions()
    for path in ROOT.joinpath("objpub").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        imports = imported_names(path.read_text("utf-8"), module, path.stem == "__init__")
        for name in {each.partition(".")[0] for _, each, _ in imports}:
            if name in sys.stdlib_module_names or name == "objpub":
                continue
            found = {canonical(home) for home in homes.get(name, ())}
            assert found & required, f"{path} imports {name}, which setup.py does not ask for"


def build_wheel(folder):
    """Build the wheel that a release would be, from a copy of the sources in *folder*; return its path."""
    for name in SOURCES:
        if ROOT.joinpath(name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    build = "from setuptools import build_meta; build_meta.build_wheel('made')"
    subprocess.run([sys.executable, "-c", build], cwd=folder, check=True, capture_output=True)
    return next(folder.joinpath("made").glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_has_every_file_of_the_product(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    for path in ROOT.joinpath("objpub").rglob("*"):
        name = str(path.relative_to(ROOT))
        if path.is_file() and "__pycache__" not in name:
            assert name in inside, f"{name} is missing in the wheel: see package_data in setup.py"
    assert not [name for name in inside if name.split("/")[0] in {"tests", "docs", "bench", "var", "stubs"}]


def test_the_wheel_has_the_stubs_as_stub_packages(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    for path in ROOT.joinpath("stubs").rglob("*"):
        if path.is_file():
            package, *rest = path.relative_to(ROOT / "stubs").parts
            assert "/".join([f"{package}-stubs", *rest]) in inside


def test_make_alone_lists_every_command():
    text = ROOT.joinpath("Makefile").read_text("utf-8")
    commands = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split()) - {"help"}
    listed = subprocess.run(["make", "-s"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert set(re.findall(r"^make (\w+) ", listed, re.MULTILINE)) == commands


def test_make_serve_takes_a_port_and_a_folder():
    command = ["make", "--dry-run", "serve", "PORT=9123", "DIR=var/elsewhere"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert '-m objpub.demo --port "9123" "var/elsewhere"' in shown
