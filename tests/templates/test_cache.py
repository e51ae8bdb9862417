import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from objpub.templates import cache
from objpub.templates import Templates

ROOT = Path(__file__).parent.parent.parent
WORKER = """
import sys
from pathlib import Path
from objpub.templates.cache import CodeCache
from objpub.templates.compiling import compile_template

folder, word = Path(sys.argv[1]), sys.argv[2]
sources = [f"{word}{number}" for number in range(3)]
made = {source: compile_template(source, "/same/page.pt", ()) for source in sources}
kept = CodeCache(folder)
print("ready", flush=True)
sys.stdin.readline()
for number in range(300):
    source = sources[number % 3]
    kept.put(source, "/same/page.pt", (), made[source])
    found = kept.get(source, "/same/page.pt", ())
    assert found is None or found == made[source], found
"""


def test_processes_that_share_a_folder_find_whole_files_or_none(tmp_path):
    folder = tmp_path / "cache"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder), word],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for word in ("one", "two")
    ]
    for worker in workers:
        worker.stdout.readline()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        _, said = worker.communicate()
        assert worker.returncode == 0, said
    assert [path.suffix for path in folder.iterdir()] == [".code"]


def kept_by(made, tmp_path):
    """Compile a page into a cache; return the cache, the page's file, and the time it was written there."""
    folder = tmp_path / "cache"
    templates, template = made({"page.pt": "one"}, cache_folder=folder)
    templates.compile_all()
    (file,) = folder.iterdir()
    return folder, template.path, file


@pytest.mark.parametrize("changed", ["Python", "Chameleon", "objpub"])
def test_code_of_another_version_is_not_used(made, tmp_path, monkeypatch, changed):
    folder, path, file = kept_by(made, tmp_path)
    before = file.read_bytes()
    assert cache.CodeCache(folder).get("one", str(path), tuple(names_of(path))) is not None
    if changed == "Python":
        monkeypatch.setattr(importlib.util, "MAGIC_NUMBER", b"other")
    elif changed == "Chameleon":
        monkeypatch.setattr(importlib.metadata, "version", lambda name: "99.0")
    else:
        monkeypatch.setattr(cache, "__file__", str(tmp_path / "no" / "module.py"))
    assert cache.CodeCache(folder).get("one", str(path), tuple(names_of(path))) is None
    templates = Templates()
    templates.configure(cache_folder=folder)
    assert templates.load(path).render() == "one"
    assert file.read_bytes() != before


def names_of(path):
    """Return the names of the variables that every run of the template at *path* has."""
    templates = Templates()
    return sorted(templates.names_for(templates.load(path)))


def test_nobody_else_may_read_or_write_the_folder(made, tmp_path):
    folder, _, file = kept_by(made, tmp_path)
    assert folder.stat().st_mode & 0o077 == 0
    assert file.stat().st_mode & 0o077 == 0
