"""An error as a page shows it: its chain, its frames, the lines around and the values there were."""

import linecache
import sysconfig
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from types import FrameType
from types import TracebackType
from typing import Any

from objpub.errors import TemplateFailure
from objpub.templates import places_of

from .hiding import HIDDEN
from .hiding import is_secret
from .hiding import Secrets
from .values import said
from .values import Shown

OWN_HOUSE = Path(__file__).resolve().parents[2]
LIBRARIES = tuple(
    {
        str(OWN_HOUSE),
        *(str(Path(sysconfig.get_path(name)).resolve()) for name in ("stdlib", "purelib", "platlib")),
    }
)
AROUND = 5  # lines before and after the one that failed
MOST_ERRORS = 6  # of a chain
MOST_FRAMES = 60  # of an error: as many of each end as half of them
MOST_NAMES = 40  # of a frame
LONGEST_LINE = 400
OF_EVERY_TEMPLATE = frozenset({"macroname", "macros", "nothing", "repeat", "target_language", "template"})


@dataclass(frozen=True)
class Line:
    """A line of source. number: from 1. here: it is the one."""

    number: int
    text: str
    here: bool


@dataclass(frozen=True)
class Frame:
    """A call that was going on. own: of the site's code, not of a library. left_out: calls next to it."""

    file: str
    number: int
    function: str
    lines: tuple[Line, ...]
    values: tuple[tuple[str, str], ...]
    own: bool
    open: bool = False
    left_out: int = 0


@dataclass(frozen=True)
class Spot:
    """A place in a template: file, line, column and expression, with the lines around."""

    file: str
    number: int
    column: int
    expression: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Raised:
    """One error of a chain. how: it comes to the one before. spots, frames: the newest first."""

    kind: str
    message: str
    notes: tuple[str, ...]
    how: str
    spots: tuple[Spot, ...]
    frames: tuple[Frame, ...]


def raised(error: BaseException, secrets: Secrets) -> list[Raised]:
    """Return the chain of *error*, itself first; of a template's failure its cause is shown instead."""
    shown = Shown(secrets)
    return [described(each, how, shown, secrets) for each, how in chain(error)]


def chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """Yield (error, how it comes to the one before), as far as Python would print them."""
    how = ""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < MOST_ERRORS:
        seen.add(id(current))
        yield current, how
        if isinstance(current, TemplateFailure):
            current = current.cause
            seen.add(id(current))
        if current.__cause__ is not None:
            current, how = current.__cause__, "It was raised because of this:"
        else:
            current = None if current.__suppress_context__ else current.__context__
            how = "It was raised while this was being handled:"


def described(error: BaseException, how: str, shown: Shown, secrets: Secrets) -> Raised:
    """Return what a page shows of one error."""
    places = error.places if isinstance(error, TemplateFailure) else places_of(error)
    cause = error.cause if isinstance(error, TemplateFailure) else error
    notes = tuple(secrets.hidden(str(note)) for note in getattr(cause, "__notes__", ()))
    return Raised(
        kind=type(cause).__name__,
        message=secrets.hidden(said(cause)),
        notes=notes,
        how=how,
        spots=tuple(spot(place, secrets) for place in reversed(places)),
        frames=opened(frames_of(steps_of(error), shown, secrets)),
    )


def spot(place: Any, secrets: Secrets) -> Spot:
    """Return a place in a template with the lines around it."""
    lines = lines_of(place.file, place.line, None, secrets)
    return Spot(place.file, place.line, place.column, secrets.hidden(place.expression), lines)


def steps_of(error: BaseException) -> list[tuple[FrameType, int]]:
    """Return (frame, line) of what was going on, the outermost first; for a template down to its cause."""
    own = list(steps(error.__traceback__))
    if not isinstance(error, TemplateFailure):
        return own
    inner = list(steps(error.cause.__traceback__))
    if inner:
        until = next((index for index, (frame, _) in enumerate(own) if frame is inner[0][0]), len(own))
        return own[:until] + inner
    return own


def steps(found: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """Yield (frame, line) of a traceback."""
    while found is not None:
        yield found.tb_frame, found.tb_lineno or found.tb_frame.f_lineno or 0
        found = found.tb_next


def locals_in(error: BaseException) -> Iterator[Mapping[str, Any]]:
    """Yield the local variables of every frame of the chain of *error*."""
    for each, _ in chain(error):
        for frame, _ in limited(steps_of(each))[0]:
            yield values_in(frame)


def limited(found: list[Any]) -> tuple[list[Any], int]:
    """Return both ends of a long list, and how many of its middle were left out."""
    if len(found) <= MOST_FRAMES:
        return found, 0
    half = MOST_FRAMES // 2
    return found[:half] + found[-half:], len(found) - 2 * half


def frames_of(found: list[tuple[FrameType, int]], shown: Shown, secrets: Secrets) -> list[Frame]:
    """Return the frames of a page, the newest first."""
    kept, left_out = limited(found)
    frames = [frame_shown(frame, number, shown, secrets) for frame, number in kept]
    if left_out:
        middle = MOST_FRAMES // 2 - 1
        frames[middle] = replace(frames[middle], left_out=left_out)
    return frames[::-1]


def opened(frames: list[Frame]) -> tuple[Frame, ...]:
    """Open the newest frame, and the newest of the site's own code."""
    own = next((index for index, frame in enumerate(frames) if frame.own), 0)
    return tuple(replace(frame, open=index in {0, own}) for index, frame in enumerate(frames))


def frame_shown(frame: FrameType, number: int, shown: Shown, secrets: Secrets) -> Frame:
    """Return what a page shows of one frame; of a compiled template the line of the template."""
    code = frame.f_code
    file, function = code.co_filename, code.co_qualname
    if is_template(frame):
        file = frame.f_globals["__filename"]
        token = frame.f_globals["__tokens"].get(frame.f_locals.get("__token"))
        number, function = (token[1] if token else 0), "the template"
    return Frame(
        file=secrets.hidden(file),
        number=number,
        function=function,
        lines=lines_of(file, number, frame.f_globals, secrets),
        values=tuple(values_shown(values_in(frame), shown)),
        own=not file.startswith((*LIBRARIES, "<")),
    )


def is_template(frame: FrameType) -> bool:
    """Is it the compiled code of a template?"""
    return "__tokens" in frame.f_globals and "__filename" in frame.f_globals


def values_in(frame: FrameType) -> Mapping[str, Any]:
    """Return the local variables of a frame; of a template those of the page."""
    values = frame.f_locals
    if is_template(frame) and isinstance(values.get("econtext"), Mapping):
        return {name: value for name, value in values["econtext"].items() if name not in OF_EVERY_TEMPLATE}
    return values


def values_shown(values: Mapping[str, Any], shown: Shown) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of local variables; those that compilers made are left out."""
    names = [name for name in values if not str(name).startswith("__")]
    for name in names[:MOST_NAMES]:
        yield str(name), HIDDEN if is_secret(name) else shown.text(values[name])
    if len(names) > MOST_NAMES:
        yield "…", f"{len(names) - MOST_NAMES} more"


def lines_of(file: str, number: int, names: Any, secrets: Secrets) -> tuple[Line, ...]:
    """Return the lines around line *number* of *file*, or () where it cannot be read."""
    if not number:
        return ()
    linecache.checkcache(file)
    lines = linecache.getlines(file, names)
    first, last = max(1, number - AROUND), min(len(lines), number + AROUND)
    return tuple(
        Line(each, secrets.hidden(lines[each - 1].rstrip()[:LONGEST_LINE]), each == number)
        for each in range(first, last + 1)
    )
