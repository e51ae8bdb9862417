"""Measure requests to objpub beside the same requests to a publisher written by hand, and pages of folders.

make bench                            times, and instructions where valgrind is there
make bench ARGS="--no-instructions"   times only
make bench ARGS="--check"             fail if a target is missed
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench import baseline
from bench import budgets
from bench import checks
from bench import contents
from bench import counting
from bench import site
from bench import start
from bench.cases import Case
from bench.cases import CASES
from bench.cases import Size
from bench.timing import compared
from bench.timing import times

SIZES = ("small", "large")
LINE = "{:46} {:>12} {:>12} {:>7} {:>7}"


def options(arguments=None):
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=31, help="how often both sides take their turn (31)")
    parser.add_argument("--requests", type=int, default=100, help="requests in one turn (100)")
    parser.add_argument(
        "--counted", type=int, default=20, help="requests whose instructions are counted (20)"
    )
    parser.add_argument("--no-instructions", action="store_true", help="measure times only")
    parser.add_argument(
        "--small", action="store_true", help="a tree of 27 documents, to try the bench itself"
    )
    parser.add_argument("--check", action="store_true", help="fail if a target is missed")
    return parser.parse_args(arguments)


def measure(folder, size, chosen):
    """Print what is measured with sites in *folder*; return (case, ratio) for each target that was missed."""
    missed = []
    applications = {
        "baseline": baseline.open_site(folder / "baseline", size),
        "objpub": site.open_site(folder / "objpub", size),
    }
    try:
        print(LINE.format("microseconds per request", "baseline", "objpub", "ratio", "target"))
        for case in CASES:
            spent, ratio = times(applications, case, size, chosen.rounds, chosen.requests)
            missed += show(case, {side: f"{seconds * 1e6:,.1f}" for side, seconds in spent.items()}, ratio)
    finally:
        for application in applications.values():
            application.close()
    if chosen.no_instructions or not counting.is_there():
        print("\nInstructions are not counted: that needs valgrind, and no --no-instructions")
        return missed
    print("\n" + LINE.format("thousand instructions per request", "baseline", "objpub", "ratio", "target"))
    counts = {side: counting.instructions(side, folder / side, size, chosen.counted) for side in applications}
    for case in CASES:
        mine = {side: count[case.name] for side, count in counts.items()}
        ratio = mine["objpub"] / mine["baseline"]
        missed += show(case, {side: f"{count / 1e3:,.1f}" for side, count in mine.items()}, ratio)
    return missed


def measure_contents(folder, sizes, chosen):
    """Print what contents pages of a large and of a small folder cost; return as `measure` does."""
    missed = []
    application = contents.open_site(folder, *sizes)
    cases = {
        (kind, query, cold): contents_case(words + more)
        for words, kind in contents.KINDS
        for more, query, cold in contents.PAGES
    }
    heads = [f"{size:,} children" for size in sizes]
    print("\n" + LINE.format("microseconds per contents page", *heads, "ratio", "target"))
    for (kind, query, cold), case in cases.items():
        asking = contents.pages(application, kind, sizes, query, cold)
        requests = max(1, chosen.requests // 20)
        spent, ratio = compared(asking, "large", "small", chosen.rounds, requests)
        missed += show(case, {side: f"{seconds * 1e6:,.1f}" for side, seconds in spent.items()}, ratio, SIZES)
        size = len(asking["large"].check())
        print(f"  its page has {size:,} bytes, of at most {contents.MOST_BYTES:,}", flush=True)
        missed += [(case, size / contents.MOST_BYTES * case.target)] if size > contents.MOST_BYTES else []
    application.close()
    if chosen.no_instructions or not counting.is_there():
        return missed
    print("\n" + LINE.format("thousand instructions per page", *heads, "ratio", "target"))
    requests = max(1, chosen.counted // 5)
    counts = iter(counting.counted("bench.contents", requests, folder, requests, *sizes))
    for words, _ in contents.KINDS:
        case = contents_case(words)
        small, large = next(counts), next(counts)
        figures = {"small": f"{small / 1e3:,.1f}", "large": f"{large / 1e3:,.1f}"}
        missed += show(case, figures, large / small, SIZES)
    return missed


def measure_checks(folder, chosen):
    """Print what a first and a second check of a permission cost; return how many targets were missed."""
    application = checks.open_site(folder)
    spent = checks.seconds(application, chosen.rounds, max(1, chosen.requests // 10))
    cases = list(spent)
    application.close()
    show_checks("microseconds per check", checks.costs(spent), 1e6)
    if chosen.no_instructions or not counting.is_there():
        return 0
    requests = max(5, chosen.counted // 20 * 5)  # see `rest`
    counts = counting.counted("bench.checks", requests, folder, requests)
    found = checks.costs(dict(zip(cases, counts, strict=True)))
    show_checks("thousand instructions per check", found, 1e-3)
    missed = 0
    for grants, more in checks.more_below(found).items():
        words = f"A first check at depth {max(checks.DEPTHS)} with {grants:,} grants"
        print(f"{words}: {more / 1e3:,.1f} thousand more, of at most {checks.MOST_MORE / 1e3:,.0f}")
        missed += more > checks.MOST_MORE
    return missed


def measure_budgets(folder, chosen):
    """Print what each kind of request costs beside its budget; return how many budgets were missed."""
    application = budgets.open_site(folder, budgets.FEW if chosen.small else budgets.MANY)
    for sending in [] if not chosen.small else budgets.sendings(application):
        sending.check()
    application.close()
    application = budgets.open_crowded(folder)
    budgets.Sending(application, budgets.CROWDED).check()
    application.close()
    if chosen.no_instructions or not counting.is_there():
        return 0
    requests = max(1, chosen.counted // 4)
    counts = counting.counted("bench.budgets", requests, folder, requests)
    print(
        "\n"
        + LINE.format(f"thousand instructions, {sys.implementation.cache_tag}", "", "found", "", "at most")
    )
    missed = 0
    for title, figure, most in budgets.verdicts(counts):
        print(LINE.format(title, "", f"{figure:,.2f}", "", f"{most:,}"), flush=True)
        missed += figure > most
    return missed


def show_checks(title, found, factor):
    """Print a line for each depth and number of grants, of what `checks.costs` returned."""
    print("\n" + LINE.format(title, "first", "second", "", ""))
    for (depth, grants), costs in found.items():
        words = f"at depth {depth}, {grants:,} grants up the path"
        print(LINE.format(words, *(f"{each * factor:,.1f}" for each in costs), "", ""), flush=True)


def contents_case(words):
    """Return what is measured of folders that are sorted as *words* say."""
    return Case("contents", f"a folder {words}", "GET", "", "200 OK", contents.TARGET)


def show(case, figures, ratio, sides=("baseline", "objpub")):
    """Print one line; return [(case, ratio)] if it misses the target, else []."""
    line = LINE.format(case.title, *(figures[side] for side in sides), f"{ratio:.2f}", case.target)
    print(line, flush=True)
    return [(case, ratio)] if ratio > case.target else []


def main(arguments=None):
    """Measure; return how many targets were missed, if that is asked for."""
    chosen = options(arguments)
    size = Size(3, 3, 3) if chosen.small else Size()
    with tempfile.TemporaryDirectory(prefix="objpub-bench-") as folder:
        missed = measure(Path(folder), size, chosen)
        sizes = (40, 80) if chosen.small else (contents.SMALL, contents.LARGE)
        if contents.is_there():
            missed += measure_contents(Path(folder) / "contents", sizes, chosen)
        too_slow = measure_checks(Path(folder) / "checks", chosen)
        too_slow += measure_budgets(Path(folder) / "budgets", chosen)
    print()
    too_slow += start.main(1 if chosen.small else start.STARTS)
    for case, ratio in missed:
        print(
            f"Missed: {case.title} costs {ratio:.2f} times what it is compared with, more than {case.target}"
        )
    return len(missed) + too_slow if chosen.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
