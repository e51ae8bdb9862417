"""Do the twelve tasks in each interface, and print what they take.

python -m bench.tasks FOLDER                       all three; what they need is installed into FOLDER
python -m bench.tasks FOLDER objpub                only this one
python -m bench.tasks FOLDER --rounds 5            seconds are the medians of five days; default 3
python -m bench.tasks FOLDER --most 200            with 200 pages of each documentation only

Ends with the status 1 where a task is not done, or where objpub takes more clicks and keys, or more seconds,
in more than two of them. Pages and kilobytes are told.
"""

import argparse
import os
import platform
import sys
from pathlib import Path

from tests.browsing import chromium

from .doing import done_in
from .doing import HANDS
from .material import write_material
from .material import write_pictures
from .running import install
from .running import Place
from .running import SYSTEMS
from .telling import losses
from .telling import medians
from .telling import show
from .telling import table
from .telling import worse_in


def main(words=None):
    """Do it, and return a status."""
    parser = argparse.ArgumentParser(prog="python -m bench.tasks", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("systems", nargs="*", default=SYSTEMS, help=", ".join(SYSTEMS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=None)
    parser.add_argument("--only", nargs="*", default=None)
    chosen = parser.parse_args(words)
    for each in chosen.systems:
        if each not in SYSTEMS:
            parser.error(f"there is no {each!r}, only {', '.join(SYSTEMS)}")
    folder = chosen.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    places, pictures = prepared(folder, chosen.systems, chosen.most)
    only = set(chosen.only) if chosen.only else None
    days = {system: [] for system in chosen.systems}
    with chromium() as browser:
        version = browser.version
        for _ in range(chosen.rounds):
            for place in places:
                place.fill(*material_in(folder, chosen.most))
                days[place.system].append(done_in(place, browser, pictures, only))
    found = {system: medians(each) for system, each in days.items()}
    print(f"Python {platform.python_version()}, Chromium {version}, {os.cpu_count()} processors")
    show(table(found, HANDS))
    lost = losses(found, HANDS)
    print(*lost, sep="\n")
    return 1 if len(worse_in(lost)) > 2 else 0


def material_in(folder, most):
    """Return the file of the material and the folder of pictures."""
    return folder / f"material-{most or 'all'}.jsonl", folder / "pictures"


def prepared(folder, systems, most):
    """Return the sites, filled, and the pictures to upload."""
    material, into = material_in(folder, most)
    if not material.exists():
        write_material(material, most)
    pictures = write_pictures(into)
    python = install(folder) if set(systems) - {"objpub"} else Path(sys.executable)
    places = [
        Place(each, Path(sys.executable) if each == "objpub" else python, folder / f"{each}-{most or 'all'}")
        for each in systems
    ]
    for place in places:
        place.fill(material, into)
    return places, pictures


if __name__ == "__main__":
    sys.exit(main())
