"""A form: rows for the fields that somebody may see and change, and what it started from."""

from collections.abc import Iterable
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from objpub.content import Upload
from objpub.errors import DeclarationError
from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.operations import digests_of
from objpub.schema import did_you_mean
from objpub.schema import Field
from objpub.schema import MISSING
from objpub.schema import schema_of
from objpub.schema import Surroundings
from objpub.settings import secret_of
from objpub.templates import Templates

from .digests import sign_digests
from .rows import Row
from .rows import row_for

TEMPLATE = Path(__file__).parent / "templates" / "form.pt"
STARTED = "_started"  # what the form started from, signed
DECIDE = "_decide"  # names of the fields whose two values are shown
KEEP = "_keep."  # with the name of such a field: "mine" or "theirs"
REMOVE = "_remove."  # with the name of a file: take it away
EMPTY = "_empty"  # names that send nothing where nothing is chosen
SENDS_NOTHING = frozenset({"radio", "multiselect"})


class Form:
    """The form for a resource, or for a new one. `${form}` in a template is all of it.

    rows: a `Row` for each field that may be seen and changed, in their order. errors: field name → sentence,
    those of fields that are not in the form too. started: the signed digests; "" where they are not known.
    is_new: is it for a new resource? macros: of the template, "fields" for all but the button.
    """

    def __init__(
        self,
        request: Any,
        rows: list[Row],
        errors: Mapping[str, str],
        started: str = "",
        is_new: bool = False,
    ):
        self.request = request
        self.rows = rows
        self.errors = dict(errors)
        self.started = started
        self.is_new = is_new
        bad = next((row for row in rows if row.error or row.theirs is not None), None)
        if bad is not None:
            bad.focused = True

    @property
    def elsewhere(self) -> list[str]:
        """The errors that belong to none of the rows."""
        names = {row.name for row in self.rows}
        return [f"{name}: {text}" for name, text in self.errors.items() if name not in names]

    @property
    def undecided(self) -> list[Row]:
        """The rows that somebody else has changed to something else."""
        return [row for row in self.rows if row.theirs is not None]

    @property
    def checkboxes(self) -> str:
        """The names of checkboxes, for the value `_checkboxes`: one that does not come is not checked."""
        return " ".join(row.name for row in self.rows if row.widget == "checkbox")

    @property
    def empty(self) -> str:
        """The names of what sends nothing where nothing is chosen, for the value `_empty`."""
        return " ".join(row.name for row in self.rows if row.widget in SENDS_NOTHING)

    @property
    def enctype(self) -> str | None:
        """How the form is sent: with files, or None for the usual way."""
        return "multipart/form-data" if any(row.widget == "file" for row in self.rows) else None

    @property
    def macros(self) -> Any:
        """The macros of the template: metal:use-macro="form.macros['fields']"."""
        return self.request.registry[Templates].load(TEMPLATE).macros

    def __html__(self) -> str:
        """Return the form as HTML."""
        template = self.request.registry[Templates].load(TEMPLATE)
        return str(template.render(request=self.request, form=self))


class Subject:
    """What a form is about: the resource, or the folder and the class of a new one; and its fields.

    Raises DeclarationError for names in *fields* that are no fields.
    """

    def __init__(self, request: Any, place: Any, kind: type, fields: Iterable[str] | None, is_new: bool):
        schema = schema_of(kind)
        names = list(schema if fields is None else fields)
        for name in names:
            if name not in schema:
                raise DeclarationError(f"{kind.__name__} has no field {name!r}{did_you_mean(name, schema)}")
        self.request = request
        self.resource = None if is_new else place
        self.schema = schema
        self.surroundings = Surroundings(ZoneInfo(request.site.time_zone), self.find)
        self.fields = {name: schema[name] for name in names if permits(request, schema[name], place)}
        self.locked = frozenset(name for name in self.fields if self.is_hidden(self.here(name)))

    @property
    def about(self) -> str:
        """What digests are signed for: this object, wherever it is moved."""
        oid = getattr(self.resource, "_p_oid", None)
        return path_of(self.resource) if oid is None else oid.hex()

    @property
    def secret(self) -> str:
        """What digests are signed with; it outlives a restart."""
        return secret_of(self.request.settings)

    def here(self, name: str) -> Any:
        """Return the value of a field as it is now; of a new resource the default, None for none."""
        if self.resource is not None:
            return getattr(self.resource, name, None)
        default = self.schema[name].default
        return None if default is MISSING else default

    def texts(self, name: str) -> list[str]:
        """Return the value of a field as it is now, as a form shows it: one text, or one for each item."""
        shown = self.fields[name].to_text(self.here(name), self.surroundings)
        return list(shown) if isinstance(shown, list) else [shown]

    def digests(self) -> dict[str, str]:
        """Return the digests of the fields as they are now; none of a new resource."""
        return {} if self.resource is None else digests_of(self.resource, self.fields)

    def find(self, path: str) -> Any:
        """Return the resource at *path*. Raises NotFound alike where nothing is and where it is hidden."""
        try:
            found = find_resource(self.request.site, path)
        except NotFound:
            found = None
        if found is None or not self.request.can("view", found):
            raise NotFound(path)
        return found

    def is_hidden(self, value: Any) -> bool:
        """Is *value* a resource, or are there some in it, that whoever asks may not see?"""
        values = value if isinstance(value, tuple | frozenset) else (value,)
        return any(hasattr(each, "__parent__") and not self.request.can("view", each) for each in values)

    def form(
        self,
        typed: Mapping[str, list[Any]] | None = None,
        errors: Mapping[str, str] | None = None,
        started: Mapping[str, str] | None = None,
        clashes: Iterable[str] = (),
    ) -> Form:
        """Return the form.

        typed: field name → what was sent, to show it again. started: what it started from; None: not known.
        clashes: names of fields whose value here is shown beside what was typed.
        """
        typed, errors, started = typed or {}, errors or {}, started or {}
        rows = [self.row(name, typed.get(name)) for name in self.fields]
        for row in rows:
            text = errors.get(row.name, "")
            row.error = text[:1].upper() + text[1:]
            row.digest = started.get(row.name, "")
            if row.name in clashes:
                row.theirs = self.texts(row.name)
                row.kept = str(self.request.form.get(KEEP + row.name, "")) if errors else ""
        signed = sign_digests(self.secret, started, self.about) if started else ""
        return Form(self.request, rows, errors, signed, self.resource is None)

    def row(self, name: str, typed: list[Any] | None) -> Row:
        """Return the row of a field. typed: what was sent; None for what is stored."""
        field = self.fields[name]
        if name in self.locked:
            return Row(field, "locked", [])
        if not field.kind.uploads:
            texts = self.texts(name) if typed is None else [each for each in typed if isinstance(each, str)]
            return row_for(field, texts or ([] if field.many else [""]), self.surroundings)
        row = row_for(field, [], self.surroundings)
        row.current = self.here(name)
        row.again = next((each.filename for each in typed or () if isinstance(each, Upload)), "")
        return row


def form_for(request: Any, subject: Any, fields: Iterable[str] | None = None) -> Form:
    """Return the form to edit the resource *subject*, or, for a class, to add one to the context.

    fields: names of those to show, in this order; None: all. A field that the one who asks may not see or
    not change is not in the form. Raises DeclarationError for a name that is no field.
    """
    is_new = isinstance(subject, type)
    place, kind = (request.context, subject) if is_new else (subject, type(subject))
    met = Subject(request, place, kind, fields, is_new)
    return met.form(started=met.digests())


def permits(request: Any, field: Field, place: Any) -> bool:
    """May whoever asks see and change *field* at *place*?"""
    wanted = [each for each in (field.read, field.write) if each is not None]
    return all(request.can(permission, place) for permission in wanted)
