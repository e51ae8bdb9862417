"""Try other people's templates: of the test suites of Chameleon, zope.tal, zope.pagetemplate and z3c.pt.

    python -m tests.templates.others [FOLDER]

The source distributions are fetched with pip into FOLDER, by default a temporary one. Counted are the pairs
of a template and what it should give that need TAL, METAL and TALES only. It ends with an error if fewer
than 95 % of them, or a pair of which `reasons` says nothing, give something else.
"""

import logging
import pathlib
import sys
import tempfile
from collections import Counter

from .fetching import fetched
from .pairs import Tried
from .pairs import try_pair
from .reasons import REASONS
from .suites import chameleon
from .suites import I18N
from .suites import page_templates
from .suites import zope_tal
from .z3c_suite import z3c_pt

SUITES = {
    "Chameleon": chameleon,
    "zope.tal": zope_tal,
    "zope.pagetemplate": page_templates,
    "z3c.pt": z3c_pt,
}
WANTED_PERCENT = 95


def main(arguments: list[str]) -> int:
    """Fetch, try, and print a table; 1 if it is not as it should be."""
    logging.disable(logging.CRITICAL)  # what tal:on-error covers is meant to fail here
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        folder = fetched(pathlib.Path(arguments[0]) if arguments else work / "sources")
        tried = {name: [try_pair(pair) for pair in suite(folder, work)] for name, suite in SUITES.items()}
    print_table(tried)
    unknown = print_failing(tried)
    print_left_out(tried)
    alone = [each for found in tried.values() for each in found if not each.pair.needs]
    percent = 100 * sum(bool(each.outcome) for each in alone) / len(alone)
    return int(percent < WANTED_PERCENT or unknown > 0)


def row(name: str, found: list[Tried]) -> str:
    """Return a line of the table for what was *found* in a suite."""
    outcomes = Counter(each.outcome for each in found)
    good = outcomes["same"] + outcomes["document"]
    share = f"{100 * good / len(found):.1f} %" if found else "none"
    counts = f"{len(found):>7}{outcomes['same']:>10}{outcomes['document']:>12}{outcomes['']:>9}"
    return f"{name:<20}{counts}{share:>10}"


def print_table(tried: dict[str, list[Tried]]) -> None:
    """Print how many pairs of each suite give what they should."""
    for title, needs in (("TAL, METAL and TALES only", ""), ("i18n: too", I18N)):
        print(
            f"{title}\n{'suite':<20}{'pairs':>7}{'the same':>10}{'as document':>12}{'failing':>9}{'good':>10}"
        )
        parts = {name: [each for each in found if each.pair.needs == needs] for name, found in tried.items()}
        for name, found in parts.items():
            print(row(name, found))
        print(row("all", [each for found in parts.values() for each in found]), end="\n\n")


def print_failing(tried: dict[str, list[Tried]]) -> int:
    """Print the pairs that give something else, with the reason; return how many have none."""
    unknown = 0
    print("Failing")
    for name, found in tried.items():
        for each in found:
            if not each.outcome and each.pair.needs in {"", I18N}:
                reason = REASONS.get((name, each.pair.name))
                unknown += reason is None
                print(
                    f"  {name} {each.pair.name}: {reason or '(NO REASON IS KNOWN)'}\n      {each.said[:200]}"
                )
    return unknown


def print_left_out(tried: dict[str, list[Tried]]) -> None:
    """Print what the pairs need that were not counted."""
    print("\nNot counted, for they need something else")
    for name, found in tried.items():
        needs = Counter(each.pair.needs for each in found if each.pair.needs not in {"", I18N})
        for need, count in needs.items():
            print(f"  {name}: {count} {'needs' if count == 1 else 'need'} {need}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
