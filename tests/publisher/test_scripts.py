"""A site in one file, run as a script, and found again by the commands."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
SITE = """\
from objpub import App, Content, Site, SiteCreated, on, view
from objpub.publisher.scripts import app_of_script


class Walk(Content, addable="anywhere"):
    title: str


@on(SiteCreated, Site)
def begin(event):
    event.resource.add("marsh", Walk(title="Over the marsh"))


@view(Walk, "plan")
def plan(walk, request):
    return f"{type(walk).__module__}: {walk.title}"


"""
SHOW = """\
if __name__ == "__main__":
    found = app_of_script(app)
    print(found.name, [each.__module__ for each in (*found.included, *found.overrides)])
"""
APPS = {
    "app = App(__name__)\napp.include(Walk, Site)": "coast ['coast', 'objpub.content.site']\n",
    "own = App(__name__)\nown.override(plan)\napp = own": "coast ['coast']\n",
    "app = App('json')": "json []\n",
    "app = App()\napp.include(Walk)": "None ['__main__']\n",
}


def run(folder, *words):
    """Begin a Python with *words* in *folder*."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([sys.executable, *words], cwd=folder, env=environment, **options)


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("words", [("coast.py",), ("-m", "coast")], ids=" ".join)
def test_the_app_of_a_script_is_that_of_its_module(tmp_path, app, words):
    tmp_path.joinpath("coast.py").write_text(f"{SITE}{app}\n{SHOW}")
    with run(tmp_path, *words) as process:
        assert process.stdout.read() == APPS[app]


def test_an_app_that_only_the_script_has_takes_its_things_from_the_module(tmp_path):
    own = "    app = mine = App(__name__)\n    mine.include(Walk)\n    mine.override(plan)\n    del app\n"
    show = SHOW.replace("(app)", "(mine)").partition("\n")
    tmp_path.joinpath("coast.py").write_text(f"{SITE}{show[0]}\n{own}{show[2]}")
    with run(tmp_path, "coast.py") as process:
        assert process.stdout.read() == "coast ['coast', 'coast']\n"


def test_what_a_script_stores_is_found_by_the_commands(tmp_path):
    tmp_path.joinpath("coast.py").write_text(
        f'{SITE}app = App(__name__)\nif __name__ == "__main__":\n    app.run("0")\n'
    )
    with run(tmp_path, "coast.py") as process:
        line = process.stdout.readline()
        address = re.search(r"is at (http://localhost:\d+/)", line)
        assert address, line + process.stdout.read()
        assert urllib.request.urlopen(f"{address[1]}marsh/plan").read() == b"coast: Over the marsh"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert b"__main__" not in tmp_path.joinpath("var", "site.fs").read_bytes()
    tmp_path.joinpath("objpub.toml").write_text('[site]\napp = "coast"\n')
    with run(tmp_path, "-m", "objpub.command", "call", "/marsh/plan", "--body") as process:
        assert process.stdout.read() == "coast: Over the marsh"


def test_a_script_that_cannot_be_imported_by_its_name_stays_what_it_is(tmp_path):
    tmp_path.joinpath("my-coast.py").write_text(f"{SITE}app = App(__name__)\n{SHOW}")
    with run(tmp_path, "my-coast.py") as process:
        assert process.stdout.read() == "__main__ []\n"
