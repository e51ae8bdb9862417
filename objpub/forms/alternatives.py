"""Alternative texts: what a picture in a field shows, asked for beside it.

An image is a resource of its own, with a field for its alternative text. The form of what owns the image
has a place for it under a name of both, such as "photo.alt".
"""

from collections.abc import Mapping
from typing import Any

from objpub.errors import Invalid
from objpub.operations import edit
from objpub.schema import Field
from objpub.schema import schema_of

ALT = "alt"


def alt_field(field: Field) -> Field | None:
    """Return the field for the alternative text of the files in *field*; None where they have none."""
    if not field.kind.uploads or not isinstance(field.kind.annotation, type):
        return None
    if not hasattr(field.kind.annotation, "__content_type__"):
        return None  # the bytes of a file in its own form, where the text is a field like any other
    return schema_of(field.kind.annotation).get(ALT)


def alt_name(name: str, described: Field) -> str:
    """Return the name of the control for the alternative text of the file in the field *name*."""
    return f"{name}.{described.name}"


def read_alternatives(
    fields: Mapping[str, Field], form: Any, values: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the alternative texts that *form* sent, checked, by the name of the file's field; and errors.

    values: what was read of the form; a file that is new gets its text here.
    """
    texts: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, field in fields.items():
        described = alt_field(field)
        typed = None if described is None else form.get(alt_name(name, described))
        if described is None or not isinstance(typed, str):
            continue
        try:
            text = described.from_text(typed.replace("\r\n", "\n"))
        except Invalid as error:
            errors[alt_name(name, described)] = "; ".join(error.errors.values())
            continue
        if name not in values:
            texts[name] = text
        elif values[name] is not None:
            setattr(values[name], described.name, text)
    return texts, errors


def meant_otherwise(
    resource: Any, fields: Mapping[str, Field], texts: Mapping[str, str], started: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return those of *texts* that change something, and an error for each that somebody else changed too."""
    wanted: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, text in texts.items():
        described, file = alt_field(fields[name]), getattr(resource, name, None)
        if described is None or file is None:
            continue
        here = getattr(file, described.name)
        begun, now, sent = started.get(alt_name(name, described)), *map(described.digest, (here, text))
        if sent == now or sent == begun:
            continue
        if begun == now:
            wanted[name] = text
        else:
            errors[alt_name(name, described)] = (
                f"somebody else wrote “{here}” meanwhile; write what shall stay, and save again"
            )
    return wanted, errors


def write_alternatives(
    identity: Any, resource: Any, fields: Mapping[str, Field], texts: Mapping[str, str]
) -> frozenset[str]:
    """Change alternative texts, by the name of the file's field; return the titles of what was changed."""
    titles = set()
    for name, text in texts.items():
        described = alt_field(fields[name])
        if described is not None:
            edit(identity, getattr(resource, name), {described.name: text})
            titles.add(described.title)
    return frozenset(titles)
