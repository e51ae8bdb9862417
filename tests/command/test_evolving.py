"""`objpub evolve`, each time in a process of its own, as the code of the site changes."""

import subprocess
import sys

FIRST = "from objpub import Content\n\n\nclass Leaf(Content):\n    title: str\n    hue: str = ''\n"
SECOND = """\
from objpub import Content, evolve


class Leaf(Content):
    title: str
    colour: str = ""


@evolve(Leaf, version=2)
def name_it(state):
    if state["hue"] == "none":
        raise ValueError("no colour")
    state["colour"] = state.pop("hue")
    return state
"""


def run(folder, *words, stdin=""):
    command = [sys.executable, "-m", "objpub.command", *words]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, check=False)


def test_resources_are_written_in_the_new_shape(folder):
    with folder.joinpath("objpub.toml").open("a") as file:
        file.write('[site]\napp = "leaves"\n')
    code = folder / "leaves.py"
    code.write_text(FIRST)
    made = "from leaves import Leaf\n" + "".join(
        f"site.add('l{number}', Leaf(title='L', hue='{hue}'))\n"
        for number, hue in enumerate(("green", "red", "none"))
    )
    assert run(folder, "shell", stdin=f"{made}commit()").returncode == 0
    code.write_text(SECOND)
    dry = run(folder, "evolve", "--dry-run")
    assert dry.returncode == 1
    assert dry.stdout.splitlines()[0] == "2  leaves.Leaf"
    assert "ValueError: no colour" in dry.stdout
    assert "2 resources would be written." in dry.stdout
    assert "Wrote 2 resources in today's shape." in run(folder, "evolve").stdout
    code.write_text(SECOND.replace('"none"', '"nothing"'))
    done = run(folder, "evolve")
    assert (done.returncode, "Wrote 1 resource in today's shape." in done.stdout) == (0, True)
    assert run(folder, "shell", stdin="print(site['l0'].colour)").stdout == "green\n"
