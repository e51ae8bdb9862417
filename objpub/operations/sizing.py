"""How large a file may be, where the site itself says so: stricter than the settings, never laxer."""

from collections.abc import Mapping
from typing import Any
from typing import Final

from objpub.content import File
from objpub.content import Site
from objpub.content import walk
from objpub.errors import Invalid
from objpub.lineage import top
from objpub.schema import Schema
from objpub.schema import schema_of

MEGABYTE: Final = 1_000_000


def check_sizes(schema: Schema, place: Any, values: Mapping[str, Any]) -> None:
    """Raise Invalid for a file among *values*, by field, that is larger than the site of *place* takes."""
    most = most_at(place)
    if most is not None:
        refuse_larger(most, {name: value for name, value in values.items() if schema[name].kind.uploads})


def check_tree_sizes(resource: Any, folder: Any) -> None:
    """Raise Invalid where *resource*, or what is in it, is or has a file that is too large for *folder*."""
    most = most_at(folder)
    if most is None:
        return
    for step in walk(resource):
        if isinstance(step, File):
            refuse_larger(most, {"upload": step})
        else:
            fields = schema_of(type(step)).values()
            names = [field.name for field in fields if field.kind.uploads]
            refuse_larger(most, {name: getattr(step, name, None) for name in names})


def most_at(place: Any) -> int | None:
    """Return how many megabytes a file may have in the site around *place*; None: what the settings say."""
    site = top(place)
    return site.largest_upload if isinstance(site, Site) else None


def refuse_larger(most: int, files: Mapping[str, Any]) -> None:
    """Raise Invalid for each of *files*, one or several by the name of its field, of more than *most* MB."""
    errors = {}
    for name, value in files.items():
        several = value if isinstance(value, tuple) else (value,)
        size = max((getattr(each, "size", 0) for each in several), default=0)
        if size > most * MEGABYTE:
            is_near = round(size / MEGABYTE, 1) == most
            told = f"{size:,} bytes" if is_near else f"{size / MEGABYTE:,.1f}"
            errors[name] = f"wanted a file of at most {most:,} MB, not of {told}; this site takes no more"
    if errors:
        raise Invalid(errors)
