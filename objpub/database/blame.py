"""Who changed what, in a sentence: object, attribute and line of a change that was not allowed."""

import dis
import gc
import linecache
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from objpub.errors import WriteOnRead
from objpub.lineage import path_of

#: Packages whose lines carry out a change and are never its reason.
ENGINE = ("ZODB", "persistent", "BTrees", "transaction", "chameleon")

#: Parts of objpub that are written as a site is.
SITES = ("objpub.demo",)

#: The search for the reason ends at these: below them is the server.
PUBLISHING = "objpub.publisher"

#: How many steps up to search for the resource that a tree or bucket belongs to,
STEPS = 8
#: and among how many of the objects used last.
OBJECTS = 10_000


def change_refused(connection: Any, changed: Any) -> WriteOnRead:
    """Return the error that says which object was changed, which attribute, and on which line."""
    frames = list(frames_above(sys._getframe(2)))
    setters = setters_of(frames, changed)
    frames = frames[len(setters) :]
    culprit = culprit_of(frames)
    resource, held_as = holder_of(connection, changed)
    attribute = held_as or attribute_written(setters, frames, culprit)
    place = f"attribute {attribute!r} of " if attribute else ""
    file, line = culprit.f_code.co_filename, culprit.f_lineno
    sentence = (
        f"A request that only reads changed {place}{describe(resource)}\n"
        f'  File "{file}", line {line}, in {culprit.f_code.co_name}\n'
        f"    {linecache.getline(file, line).strip()}\n"
        'A view that changes something is declared with method="POST".'
    )
    kind = f"{type(resource).__module__}.{type(resource).__qualname__}"
    return WriteOnRead(sentence, kind, attribute or "", f"{file}:{line}")


def describe(changed: Any) -> str:
    """Return the object in words: its path where it has one, and its class."""
    kind = f"{type(changed).__module__}.{type(changed).__qualname__}"
    if hasattr(changed, "__parent__") and changed.__parent__ is not changed:
        return f"{path_of(changed)!r} ({kind})"
    number = int.from_bytes(changed._p_oid or b"", "big")
    return f"a {kind} (oid 0x{number:x})"


def holder_of(connection: Any, changed: Any) -> tuple[Any, str | None]:
    """Return the resource that *changed* is a part of, such as the folder of a bucket, and its attribute.

    A resource is its own holder, and (changed, None) is also what comes back for a part of nothing.
    """
    part, attribute = changed, None
    used_last = [each for _, each in connection._cache.lru_items()[-OBJECTS:]]
    for _ in range(STEPS):
        if hasattr(part, "__parent__"):
            return part, attribute
        part, attribute = next(holders(used_last, part), (None, None))
        if part is None:
            break
    return changed, None


def holders(objects: list[Any], part: Any) -> Iterator[tuple[Any, str | None]]:
    """Yield those of *objects* that refer to *part*, each with the attribute; None where it is not one.

    A bucket refers to the next one: that is beside it, not part of it.
    """
    for each in reversed(objects):
        attributes = getattr(each, "__dict__", {})
        for name, value in attributes.items():
            if value is part or refers(value, part):
                yield each, str(name)
        if not attributes and getattr(each, "_next", None) is not part:
            if any(value is part for value in gc.get_referents(each)):
                yield each, None


def refers(value: Any, part: Any) -> bool:
    """Is *part* in *value*, where that is a plain dict, list or tuple?"""
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list | tuple) and any(each is part for each in value)


def frames_above(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield *frame* and its callers, up to the publisher; those of this part are left out."""
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith(PUBLISHING):
            return
        if not name.startswith("objpub.database"):
            yield frame
        frame = frame.f_back


def culprit_of(frames: list[FrameType]) -> FrameType:
    """Return the innermost frame of a site; without one that of objpub, without that the innermost."""
    outside = [frame for frame in frames if package_of(frame) not in ENGINE]
    sites = (frame for frame in outside if package_of(frame) != "objpub" or is_of_site(frame))
    return next(sites, outside[0] if outside else (frames or [sys._getframe()])[0])


def package_of(frame: FrameType) -> str:
    """Return the top package that *frame* runs in."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def is_of_site(frame: FrameType) -> bool:
    """Does *frame* run in a part of objpub that is a site itself?"""
    return str(frame.f_globals.get("__name__", "")).startswith(SITES)


def setters_of(frames: list[FrameType], changed: Any) -> list[FrameType]:
    """Return the innermost *frames* up to the last `__setattr__` or `__delattr__` of *changed*."""
    own = [
        position
        for position, frame in enumerate(frames)
        if frame.f_code.co_name in {"__setattr__", "__delattr__"}
        and frame.f_code.co_argcount >= 2
        and frame.f_locals.get(frame.f_code.co_varnames[0]) is changed
    ]
    return frames[: own[-1] + 1] if own else []


def attribute_written(setters: list[FrameType], frames: list[FrameType], culprit: FrameType) -> str | None:
    """Return the attribute that is being written, or None where it is not one.

    setters: what `setters_of` found. frames: those beyond, of which *culprit* is one.
    """
    for frame in reversed(setters):
        if frame.f_code.co_name in {"__setattr__", "__delattr__"}:
            return str(frame.f_locals.get(frame.f_code.co_varnames[1]))
    inside = frames[: frames.index(culprit) + 1] if culprit in frames else []
    return next((name for name in map(stored_attribute, inside) if name), None)


def stored_attribute(frame: FrameType) -> str | None:
    """Return the name behind the dot that *frame* assigns to or deletes right now, or None."""
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset == frame.f_lasti and instruction.opname in {"STORE_ATTR", "DELETE_ATTR"}:
            name = str(instruction.argval)
            return None if name.startswith("_p_") else name
    return None
