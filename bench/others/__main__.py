"""Measure requests to Pyramid and to Zope beside the same requests to objpub and to the publisher by hand.

python -m bench.others              in virtual environments that are gone at the end
python -m bench.others FOLDER       in FOLDER, where they stay for the next time

Each framework has the tree, the requests and the page of `make bench`. Of times the least of 31 rounds is
taken, one framework after the other; instructions are counted where valgrind is installed.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import astuple
from pathlib import Path

from bench import counting
from bench.cases import CASES
from bench.cases import Size

HERE = Path(__file__).parent
REQUESTS, COUNTED = 100, 20
MODULES = {
    "by hand": "bench.baseline",
    "objpub": "bench.site",
    "Pyramid": "bench.others.pyramid_site",
    "Zope": "bench.others.zope_site",
}
NEEDED = {
    "Pyramid": ("pyramid", "pyramid_zodbconn", "pyramid_tm", "pyramid_chameleon"),
    "Zope": ("Zope",),
}
LINE = "{:36}" + " {:>10}" * len(MODULES)


def python_for(name, folder):
    """Return the Python that has what the framework *name* needs; one in *folder*, made at first."""
    if name not in NEEDED:
        return sys.executable
    place = folder / "environments" / name.lower()
    python = place / "bin" / "python"
    if not place.joinpath("installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *NEEDED[name]]
        subprocess.run(pip, check=True)
        place.joinpath("installed").touch()
    return str(python)


def measured(name, python, folder, size):
    """Return (bodies, seconds per request of each case, instructions per request or None) of *name*."""
    words = [MODULES[name], str(folder / name.lower().replace(" ", "-")), str(REQUESTS)]
    words += [str(each) for each in astuple(size)]
    command = [python, "-m", "bench.others.sending", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    counts = None
    if counting.is_there():
        words[2] = str(COUNTED)
        counts = counting.counted("bench.others.sending", COUNTED, "--count", *words, python=python)
    return found["bodies"], found["seconds"], counts


def same_page(pages):
    """Raise SystemExit unless all *pages* have the same lines, but for the `<base>` that Zope adds."""
    wanted, *others = (
        [line for line in page.splitlines() if line.strip() and "<base " not in line] for page in pages
    )
    for lines in others:
        if lines != wanted:
            raise SystemExit("The pages differ")


def main(folder, size=None):
    """Measure all; print a table of times, and one of instructions."""
    folder.mkdir(parents=True, exist_ok=True)
    root = str(HERE.parent.parent)
    os.environ["PYTHONPATH"] = root
    os.chdir(root)
    found = {name: measured(name, python_for(name, folder), folder, size or Size()) for name in MODULES}
    same_page([bodies[1] for bodies, _, _ in found.values()])
    print(LINE.format("microseconds per request", *MODULES))
    for at, case in enumerate(CASES):
        print(LINE.format(case.title, *(f"{seconds[at] * 1e6:,.0f}" for _, seconds, _ in found.values())))
    if counting.is_there():
        print("\n" + LINE.format("thousand instructions per request", *MODULES))
        for at, case in enumerate(CASES):
            print(LINE.format(case.title, *(f"{counts[at] / 1e3:,.0f}" for _, _, counts in found.values())))


if __name__ == "__main__":
    if sys.argv[1:]:
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory(prefix="objpub-bench-") as temporary:
            main(Path(temporary))
