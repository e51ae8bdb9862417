"""Let the suite judge the application in each framework, and print what each costs.

python -m bench.compare                  all four; the others are installed into var/compare
python -m bench.compare objpub django    only these
python -m bench.compare --no-speed       without measuring requests

Ends with the status 1 if a check fails, or if objpub needs more than half as many lines as Django.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from .acceptance import CHECKS
from .acceptance import judged
from .costs import costs_of
from .costs import packages_of
from .running import APPS
from .running import FRAMEWORKS
from .running import install
from .running import ROOT
from .running import served
from .speed import memory_of
from .speed import speeds

ROWS = (
    "checks",
    "code",
    "pages",
    "lines",
    "concepts",
    "packages",
    "list",
    "text",
    "json",
    "signed in",
    "memory",
)
WORDS = {
    "checks": f"checks passed, of {len(CHECKS)}",
    "code": "lines of code",
    "pages": "lines of templates",
    "lines": "lines",
    "concepts": "concepts",
    "packages": "packages",
    "list": "list, requests/s",
    "text": "text, requests/s",
    "json": "JSON, requests/s",
    "signed in": "list, signed in, requests/s",
    "memory": "memory, MB",
}


def measured(framework, environments, with_speed):
    """Return what there is to say of the application in one framework, by row; failures are printed."""
    programs = install(framework, environments)
    costs = costs_of(APPS / framework)
    needed = APPS.joinpath(framework, "requirements.txt").read_text().split()
    found = {"code": costs.code, "pages": costs.pages, "lines": costs.lines, "concepts": costs.concepts}
    found["packages"] = packages_of(programs, needed)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(framework, programs, Path(folder, "site")) as (port, process),
    ):
        answers = judged(port)
        for name, wrong in answers:
            if wrong:
                print(f"{framework}: {name}: {wrong}")
        found["checks"] = sum(not wrong for _, wrong in answers)
        if with_speed:
            found |= {what: round(rate) for what, rate in speeds(port).items()}
            found["memory"] = round(memory_of(process) / 1e6)
    return found


def show(results):
    """Print the *results*, measurements by framework, as a table."""
    print(f"{'':30}", *(f"{framework:>9}" for framework in results))
    for row in ROWS:
        if any(row in found for found in results.values()):
            print(f"{WORDS[row]:30}", *(f"{found.get(row, ''):>9,}" for found in results.values()))


def main(words=None):
    """Do it, and return a status."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__.partition("\n")[0])
    parser.add_argument("frameworks", nargs="*", default=FRAMEWORKS, help=", ".join(FRAMEWORKS))
    parser.add_argument("--no-speed", action="store_true", help="do not measure requests")
    chosen = parser.parse_args(words)
    for each in chosen.frameworks:
        if each not in FRAMEWORKS:
            parser.error(f"there is no {each!r}, only {', '.join(FRAMEWORKS)}")
    environments = ROOT / "var" / "compare"
    results = {each: measured(each, environments, not chosen.no_speed) for each in chosen.frameworks}
    show(results)
    lines = {each: found["lines"] for each, found in results.items()}
    is_short = 2 * lines.get("objpub", 0) <= lines.get("django", 2 * lines.get("objpub", 0))
    return 0 if is_short and all(found["checks"] == len(CHECKS) for found in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
