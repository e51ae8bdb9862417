"""Charts of the last hour: a bar for each minute, drawn as SVG without scripts, told in words beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Final

#: Units of the drawing; the page stretches it to the width there is.
HEIGHT: Final = 40
STEP: Final = 10
GAP: Final = 2
#: What happened at all is seen.
LEAST: Final = 1.0


@dataclass(frozen=True)
class Bar:
    """A bar of a chart, in its units."""

    x: int
    y: float
    width: int
    height: float


@dataclass(frozen=True)
class Chart:
    """What happened, minute by minute. name: of what. total, most: in all, and in one minute."""

    name: str
    total: int
    most: int
    bars: tuple[Bar, ...]
    width: int
    height: int = HEIGHT


def chart_of(name: str, values: Sequence[float]) -> Chart:
    """Return the chart of *values*, one for each minute, the latest last; nothing is drawn for zero."""
    top = max(values, default=0.0)
    heights = [max(LEAST, HEIGHT * value / top) if value else 0.0 for value in values]
    bars = tuple(
        Bar(STEP * number, round(HEIGHT - height, 1), STEP - GAP, round(height, 1))
        for number, height in enumerate(heights)
        if height
    )
    return Chart(name, round(sum(values)), round(top), bars, STEP * len(values) - GAP)


def charts(request: Any) -> list[Chart]:
    """Return the charts of what the processes of this machine were asked for, loaded and committed."""
    minutes = request.application.measures.minutes()
    names = ("Requests", "Objects loaded", "Commits")
    return [chart_of(name, values) for name, values in zip(names, zip(*minutes, strict=True), strict=True)]
