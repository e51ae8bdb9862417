"""What the days took, as a table; and where objpub takes more than the better of the others."""

from collections.abc import Iterable
from collections.abc import Mapping
from statistics import median
from typing import Any

from .hand import Cost
from .tasks import TASKS

#: Measure → how it is written, and how much more is not worse: only times differ from day to day.
MEASURES = {
    "acts": (".0f", 1.0, 0.0),
    "loads": (".0f", 1.0, 0.0),
    "kilobytes": (".1f", 1.0, 0.0),
    "seconds": (".2f", 1.1, 0.1),
}


def medians(days: list[dict[str, Cost]]) -> dict[str, Cost]:
    """Return what the tasks cost: seconds are the medians of the days, all else is that of the last one."""
    return {
        task: Cost(cost.clicks, cost.keys, cost.loads, cost.bytes, median(day[task].seconds for day in days))
        for task, cost in days[-1].items()
    }


def table(found: dict[str, dict[str, Cost]], ways: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    """Yield the rows: task, then for each system clicks + keys, loads, kilobytes, seconds; or why not."""
    yield ("", *(f"{system}: clicks + keys, pages, kB, s" for system in found))
    for task, title in TASKS.items():
        cells = []
        for system, costs in found.items():
            cost = costs.get(task)
            if cost is None:
                cells.append("cannot" if task in ways[system].CANNOT else "-")
                continue
            partly = " (partly)" if task in ways[system].PARTLY else ""
            acts = f"{cost.clicks} + {cost.keys}"
            cells.append(f"{acts}, {cost.loads}, {cost.bytes / 1e3:,.0f}, {cost.seconds:.2f}{partly}")
        yield (title, *cells)


def show(rows: Iterable[tuple[str, ...]]) -> None:
    """Print *rows* as a table of Markdown."""
    for number, row in enumerate(rows):
        print(f"| {' | '.join(row)} |")
        if number == 0:
            print(f"|{'---|' * len(row)}")


def losses(found: dict[str, dict[str, Cost]], ways: Mapping[str, Any]) -> list[str]:
    """Return a line for each task and measure in which objpub takes more than the better of the others.

    Who does a task only partly is no measure for it.
    """
    lost = []
    own = found.get("objpub", {})
    others = {system: costs for system, costs in found.items() if system != "objpub"}
    for task, cost in own.items():
        rivals = [
            costs[task]
            for system, costs in others.items()
            if task in costs and task not in ways[system].PARTLY
        ]
        for measure, (form, part, more) in MEASURES.items():
            best = min((amount(each, measure) for each in rivals), default=None)
            mine = amount(cost, measure)
            if best is not None and mine > best * part + more:
                lost.append(f"{TASKS[task]}: {mine:{form}} {measure}, not {best:{form}}")
    return lost


def worse_in(lost: Iterable[str]) -> set[str]:
    """Return the tasks that take somebody longer, of the lines of `losses`: by hand, or by waiting."""
    return {line.partition(": ")[0] for line in lost if " acts, " in line or " seconds, " in line}


def amount(cost: Cost, measure: str) -> float:
    """Return one number of *cost*."""
    return cost.bytes / 1e3 if measure == "kilobytes" else float(getattr(cost, measure))
