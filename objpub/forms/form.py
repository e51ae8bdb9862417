"""A form: rows for the fields that somebody may see and change, and what it started from."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from objpub.content import title_of
from objpub.content import Upload
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.operations import digests_of
from objpub.operations import Draft
from objpub.operations import shown_text
from objpub.schema import did_you_mean
from objpub.schema import Field
from objpub.schema import MISSING
from objpub.schema import schema_of
from objpub.schema import Surroundings
from objpub.settings import secret_of
from objpub.templates import Templates

from .aids import Aids
from .aids import known_items
from .aids import NO_AIDS
from .alternatives import alt_field
from .alternatives import alt_name
from .digests import sign_digests
from .groups import every
from .groups import group_row
from .groups import is_wrong
from .groups import mistakes_in
from .groups import read_groups
from .groups import typed_groups
from .meetings import met
from .meetings import past_of
from .rows import AltText
from .rows import Row
from .rows import row_for
from .rows import said_to
from .widgets import Widgets

TEMPLATE = Path(__file__).parent / "templates" / "form.pt"
STARTED = "_started"  # what the form started from, signed
DECIDE = "_decide"  # names of the fields whose two values are shown
KEEP = "_keep."  # with the name of such a field: "mine", "theirs" or "both"
BOTH = "_both."  # with the name of such a field: what both have written, together
BEGUN = "~"  # with the name of such a field, among the digests: of the value that both started from
DRAFTED = "~~"  # with the name of a field, among the digests: of the value that its draft had
LOST = "_lost."  # with the name of a file: what it was called before a sign-in, over which no file is kept
REMOVE = "_remove."  # with the name of a file: take it away
WHOLE = "form"  # the name of an error that is about all of it
EMPTY = "_empty"  # names that send nothing where nothing is chosen
SENDS_NOTHING = frozenset({"radio", "multiselect", "checks"})


class Form:
    """The form for a resource, or for a new one. `${form}` in a template is all of it.

    rows: a `Row` for each field that may be seen and changed, in their order. errors: field name → sentence,
    those of fields that are not in the form too. started: the signed digests; "" where they are not known.
    is_new: is it for a new resource? aids: what the place of the form offers. macros: of the template,
    "fields" for all but the button.
    """

    def __init__(
        self,
        request: Any,
        rows: list[Row],
        errors: Mapping[str, str],
        started: str = "",
        is_new: bool = False,
        aids: Aids = NO_AIDS,
    ):
        self.request = request
        self.rows = rows
        self.errors = dict(errors)
        self.started = started
        self.is_new = is_new
        self.aids = aids
        self.icon = aids.icon
        bad = next((row for row in every(rows) if is_wrong(row) or row.theirs is not None), None)
        if bad is not None:
            focused = bad.alt if bad.alt is not None and not bad.error and bad.theirs is None else bad
            focused.focused = True

    @property
    def always(self) -> list[Row]:
        """The rows that are shown in any case."""
        return [row for row in self.rows if not row.field.folded]

    @property
    def folded(self) -> list[Row]:
        """The rows of fields that are rarely needed."""
        return [row for row in self.rows if row.field.folded]

    @property
    def is_unfolded(self) -> bool:
        """Does a row need attention that is rarely needed otherwise?"""
        return any(is_wrong(row) or row.theirs is not None or row.focused for row in every(self.folded))

    @property
    def mistakes(self) -> list[tuple[str, str, str]]:
        """The id of the control, the title of the field and the sentence of each error in the form."""
        return mistakes_in(self.rows)

    @property
    def elsewhere(self) -> list[str]:
        """The errors that belong to none of the rows."""
        rows = list(every(self.rows))
        names = {row.name for row in rows} | {row.alt.name for row in rows if row.alt is not None}
        texts = {name: text for name, text in self.errors.items() if name not in names}
        return [sentence(text) if name == WHOLE else f"{name}: {text}" for name, text in texts.items()]

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

    def __init__(
        self,
        request: Any,
        place: Any,
        kind: type,
        fields: Iterable[str] | None,
        is_new: bool,
        aids: Aids = NO_AIDS,
    ):
        schema = schema_of(kind)
        names = list(schema if fields is None else fields)
        for name in names:
            if name not in schema:
                raise DeclarationError(f"{kind.__name__} has no field {name!r}{did_you_mean(name, schema)}")
        self.request = request
        self.aids = aids
        self.kind = kind
        self.folder = place if is_new else place.__parent__
        self.resource = None if is_new else place
        self.schema = schema
        links = shown_text(request.identity, request.site)
        self.surroundings = Surroundings(ZoneInfo(request.site.time_zone), self.find, links)
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
        """Return the value of a field as it is now, as people read it: one text, or one for each item."""
        return self.texts_of(name, self.here(name))

    def texts_of(self, name: str, value: Any) -> list[str]:
        """Return the *value* of a field as `texts` does."""
        shown = self.fields[name].to_text(value, self.surroundings)
        return list(shown) if isinstance(shown, list) else [shown]

    def as_typed(self, name: str, value: Any) -> list[Any]:
        """Return a *value* of a field as a form that shows it sends it."""
        field = self.fields[name]
        grouped = field.kind.grouped
        return typed_groups(field, value, self.surroundings) if grouped else self.texts_of(name, value)

    def digests(self) -> dict[str, str]:
        """Return the digests of the fields as they are now; none of a new resource."""
        if self.resource is None:
            return {}
        digests = digests_of(self.resource, self.fields)
        for name, field in self.fields.items():
            described = alt_field(field)
            if described is not None:
                text = getattr(self.here(name), described.name, None)
                digests[alt_name(name, described)] = described.digest(text)
        return digests

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
        widgets = self.request.registry[Widgets]
        for row in rows:
            row.own = None if row.name in self.locked else widgets.find(self.kind, row.name)
        for row in every(rows):
            row.error = said_to(row.name, row.widget, errors.get(row.name, ""))
            row.digest = started.get(row.name, "")
            if row.alt is not None:
                row.alt.error = said_to(row.alt.name, "text", errors.get(row.alt.name, ""))
        self.compare([row for row in rows if row.name in clashes], typed, started, bool(errors))
        signed = sign_digests(self.secret, started, self.about) if started else ""
        return Form(self.request, rows, errors, signed, self.resource is None, self.aids)

    def compare(
        self,
        rows: list[Row],
        typed: Mapping[str, list[Any]],
        started: Mapping[str, str],
        decided: bool,
    ) -> None:
        """Show in *rows* what others have saved meanwhile. decided: keep what was chosen, where it was."""
        if not rows:
            return
        begun = {row.name: started.get(BEGUN + row.name, started.get(row.name, "")) for row in rows}
        past = past_of(self.resource, self.fields, begun, self.surroundings)
        form = self.request.form
        for row in rows:
            user = past.authors.get(row.name, ("",))[0]
            row.theirs = self.texts(row.name)
            mine = self.meant(row.field, typed.get(row.name, []))
            row.meeting = met(
                row.field, self.here(row.name), mine, past, self.person(user), self.surroundings
            )
            row.kept = str(form.get(KEEP + row.name, "")) if decided else ""
            if decided and BOTH + row.name in form and row.meeting.together is not None:
                row.meeting = replace(row.meeting, together=str(form.get(BOTH + row.name)))

    def meant(self, field: Field, raw: list[Any]) -> Any:
        """Return the value that was typed for *field*, or the text where it is none; the name of a file."""
        if self.request.form.get(REMOVE + field.name):
            return None
        if field.kind.uploads:
            return next((each.filename for each in raw if isinstance(each, Upload)), "")
        try:
            return self.read(field, raw)
        except Invalid:
            return "\n".join(each for each in raw if isinstance(each, str))

    def read(self, field: Field, raw: list[Any]) -> Any:
        """Return the value, checked, of what was sent for *field*. Raises Invalid."""
        return (read_groups if field.kind.grouped else Field.from_text)(field, raw, self.surroundings)

    def person(self, user_id: str) -> str:
        """Return what people call a user: “you” for whoever asks, "" for nobody."""
        if not user_id:
            return ""
        return str(self.request.site.users.title_of_principal(f"user:{user_id}"))

    def row(self, name: str, typed: list[Any] | None) -> Row:
        """Return the row of a field. typed: what was sent; None for what is stored."""
        field = self.fields[name]
        if name in self.locked:
            return Row(field, "locked", [])
        if field.kind.grouped:
            typed = self.as_typed(name, self.here(name)) if typed is None else typed
            return group_row(field, typed, self.surroundings)
        if not field.kind.uploads:
            texts = self.texts(name) if typed is None else [each for each in typed if isinstance(each, str)]
            row = row_for(field, texts or ([] if field.many else [""]), self.surroundings)
            if row.widget == "tags":
                row.known = known_items(self.request, field, self.kind, self.folder)
            elif row.widget in {"reference", "references"}:
                row.chosen = self.titles_of(row.text.split("\n") if row.text else ())
            return row
        return self.file_row(field, typed)

    def file_row(self, field: Field, typed: list[Any] | None) -> Row:
        """Return the row of a field for a file, with the place for its alternative text."""
        name = field.name
        row = row_for(field, [], self.surroundings)
        held = self.here(name)
        row.current = self.resource if isinstance(held, Upload) else held  # a file's own bytes
        row.again = next((each.filename for each in typed or () if isinstance(each, Upload)), "")
        row.again = row.again or str(self.request.form.get(LOST + name, ""))
        described = alt_field(field)
        if described is not None:
            text = self.request.form.get(alt_name(name, described)) if typed is not None else None
            row.alt = AltText(
                alt_name(name, described),
                described.title,
                described.description,
                getattr(row.current, described.name, "") if text is None else str(text),
            )
        return row

    def titles_of(self, paths: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return (path, title) for each of *paths*; the title is "" where nothing is that may be seen."""
        found = []
        for path in paths:
            try:
                found.append((path, title_of(self.find(path.strip())) if path.strip() else ""))
            except NotFound:
                found.append((path, ""))
        return tuple(found)


def sentence(text: str) -> str:
    """Return *text* with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def form_for(request: Any, subject: Any, fields: Iterable[str] | None = None, aids: Aids = NO_AIDS) -> Form:
    """Return the form to edit the resource *subject*, or, for a class, to add one to the context.

    fields: names of those to show, in this order; None: all. A field that the one who asks may not see or
    not change is not in the form. aids: what else helps to fill it in. Raises DeclarationError for a name
    that is no field.
    """
    is_new = isinstance(subject, type)
    place, kind = (request.context, subject) if is_new else (subject, type(subject))
    about = Subject(request, place, kind, fields, is_new, aids)
    return about.form(started=about.digests())


def form_with(
    request: Any, resource: Any, draft: Draft, fields: Iterable[str] | None, aids: Aids = NO_AIDS
) -> Form:
    """Return the form to edit *resource*, with the values of *draft* in place of those that it has.

    It starts from what the draft was begun with. fields, aids: as for `form_for`.
    """
    about = Subject(request, resource, type(resource), fields, False, aids)
    typed: dict[str, list[Any]] = {}
    started = about.digests()
    for name, value in draft.values.items():
        if name in about.fields:
            typed[name] = about.as_typed(name, value)
            started[name] = draft.started.get(name, started[name])
            started[DRAFTED + name] = about.fields[name].digest(value)
    return about.form(typed, started=started)


def permits(request: Any, field: Field, place: Any) -> bool:
    """May whoever asks see and change *field* at *place*?"""
    wanted = [each for each in (field.read, field.write) if each is not None]
    return all(request.can(permission, place) for permission in wanted)
