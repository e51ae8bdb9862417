"""Who changed what, in a sentence: object, attribute and line of a change that was not allowed."""

import dis
import sys
from types import FrameType
from typing import Any

#: Packages whose lines are never the culprit.
PLUMBING = ("ZODB", "persistent", "BTrees", "transaction", "objpub")

#: Parts of objpub that are written like a site is.
SITES = ("objpub.demo",)


def describe_change(connection: Any, changed: Any) -> str:
    """Return the sentence of a WriteOnRead: which object, which attribute, on which line."""
    frame = sys._getframe(2)
    attribute = attribute_written(frame)
    culprit = first_of_site(frame)
    what = f"attribute {attribute!r} of {describe(changed)}" if attribute else describe(changed)
    return (
        f"A request that only reads changed {what},\n"
        f'  File "{culprit.f_code.co_filename}", line {culprit.f_lineno}, in {culprit.f_code.co_name}\n'
        'Declare the view with method="POST", or do not change anything in it.'
    )


def describe(changed: Any) -> str:
    """Return the object in words: its class, and its path or oid."""
    kind = type(changed)
    oid = changed._p_oid
    number = f"0x{int.from_bytes(oid, 'big'):x}" if oid else "new"
    return f"{kind.__module__}.{kind.__qualname__} ({number})"


def attribute_written(frame: FrameType | None) -> str | None:
    """Return the attribute that the innermost frames are writing, or None where it is not one."""
    while frame is not None and frame.f_globals.get("__name__", "").startswith("objpub.database"):
        frame = frame.f_back
    while frame is not None and frame.f_code.co_name in {"__setattr__", "__delattr__"}:
        return str(frame.f_locals.get(frame.f_code.co_varnames[1]))
    if frame is None:
        return None
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset == frame.f_lasti and instruction.opname in {"STORE_ATTR", "DELETE_ATTR"}:
            return str(instruction.argval)
    return None


def first_of_site(frame: FrameType) -> FrameType:
    """Return the innermost frame that belongs to a site, or the outermost there is."""
    here: FrameType | None = frame
    while here is not None:
        name = here.f_globals.get("__name__", "")
        if name.startswith(SITES) or name.split(".")[0] not in PLUMBING:
            return here
        here = here.f_back
    return frame
