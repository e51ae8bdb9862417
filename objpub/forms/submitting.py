"""What a form sent: read, given to the operations, and answered."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from objpub.content import Upload
from objpub.errors import Clash
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.operations import add_new
from objpub.operations import edit
from objpub.schema import Field

from .digests import read_digests
from .form import DECIDE
from .form import EMPTY
from .form import Form
from .form import KEEP
from .form import REMOVE
from .form import STARTED
from .form import Subject

UNKNOWN = "unknown"  # the digest of no value: an edit that does not say where it began clashes


@dataclass(frozen=True)
class Outcome:
    """What became of a form.

    resource: what was added or edited; None if it was not added. form: to show again, with all that was
    typed. saved: was it? errors: field name → sentence. clashes: field name → (value here, value sent), for
    each that somebody else changed meanwhile, too. changed: names of the fields that have other values now.
    merged: titles of the fields that others changed meanwhile, and that were kept.
    """

    resource: Any
    form: Form
    errors: Mapping[str, str]
    clashes: Mapping[str, tuple[Any, Any]]
    changed: frozenset[str] = frozenset()
    merged: tuple[str, ...] = ()

    @property
    def saved(self) -> bool:
        """Was everything right?"""
        return not self.errors and not self.clashes

    @property
    def status(self) -> int:
        """The status of the answer: 200, 422 for errors, 409 for a clash."""
        return 422 if self.errors else 409 if self.clashes else 200

    @property
    def message(self) -> str:
        """A sentence for the next page."""
        if self.merged:
            return f"Saved, together with what others changed meanwhile: {', '.join(self.merged)}"
        return "Saved"

    def page(self, request: Any, **names: Any) -> Any:
        """Return the page of the running view again, with `form` and `outcome`.

        names: more for its template.
        """
        response = request.page({"form": self.form, "outcome": self, **names})
        response.status_int = self.status
        response.headers["Cache-Control"] = "no-store"
        return response


def submit_add(
    request: Any, folder: Any, kind: type, fields: Iterable[str] | None = None, name: str | None = None
) -> Outcome:
    """Add a resource of class *kind* to *folder*, of what the form in *request* sent.

    fields: as for `form_for`. name: None makes one from the title. Raises what `add_new` raises, but for
    values and names that do not fit: they are in the outcome.
    """
    subject = Subject(request, folder, kind, fields, True)
    typed = typed_in(request.form, subject)
    values, errors = read_typed(subject, typed, {})
    for each, field in subject.schema.items():
        if field.required and each not in values:
            errors.setdefault(each, f"is missing; wanted {field.wanted}")
    resource = None
    if not errors:
        try:
            resource = add_new(request.identity, folder, kind, values, name)
        except Invalid as error:
            errors = error.errors
        except NameTaken as error:
            errors = {"name": str(error)}
    return Outcome(resource, subject.form(typed, errors), errors, {}, frozenset(values))


def submit_edit(request: Any, resource: Any, fields: Iterable[str] | None = None) -> Outcome:
    """Edit *resource* as the form in *request* says, merged with what others changed since it was loaded.

    fields: as for `form_for`. A form without the signed digests of where it began is taken to have begun
    somewhere else: each field that differs is a clash. Raises what `edit` raises, but for values that do
    not fit and clashes: they are in the outcome.
    """
    subject = Subject(request, resource, type(resource), fields, False)
    typed = typed_in(request.form, subject)
    known = read_digests(subject.secret, str(request.form.get(STARTED, "")), subject.about) or {}
    started = {name: digest for name, digest in known.items() if name in subject.fields}
    left = {name for name in subject.fields if request.form.get(KEEP + name) == "theirs"}
    meant = {name: raw for name, raw in typed.items() if name not in left}
    values, errors = read_typed(subject, meant, started)
    errors.update(undecided(request.form, values))
    clashes: Mapping[str, tuple[Any, Any]] = {}
    changed, merged = frozenset[str](), frozenset[str]()
    if not errors:
        begun = dict.fromkeys(values, UNKNOWN) | {n: d for n, d in started.items() if n not in left}
        try:
            edited = edit(request.identity, resource, values, started_from=begun)
            changed, merged = edited.changed, edited.merged & set(started)
        except Invalid as error:
            errors = error.errors
        except Clash as error:
            clashes = error.fields
            now = subject.digests()
            started = ({} if known else now) | started | {name: now[name] for name in clashes}
    pending = clashes or asked_about(request.form, subject, errors)
    form = subject.form(typed, errors, started, pending)
    titles = tuple(field.title for name, field in subject.fields.items() if name in merged)
    return Outcome(resource, form, errors, clashes, changed, titles)


def typed_in(form: Any, subject: Subject) -> dict[str, list[Any]]:
    """Return what *form* sent for each field of *subject*: texts and uploads."""
    empty = set(str(form.get(EMPTY, "")).split())
    names = [name for name in subject.fields if name not in subject.locked]
    return {
        name: [plain(each) for each in form.all(name)] or [""]
        for name in names
        if name in form or name in empty
    }


def plain(value: Any) -> Any:
    """Return a text with line breaks of one sort, and an upload as it is."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def read_typed(
    subject: Subject, typed: Mapping[str, list[Any]], started: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values that were typed, checked, and every error.

    What nobody touched is left out: it is what it was, even if it could not be typed like that today.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    now = subject.digests()
    for name, raw in typed.items():
        field = subject.fields[name]
        untouched = name in now and started.get(name) == now[name] and same(field, raw, subject.texts(name))
        try:
            if subject.request.form.get(REMOVE + name):
                values[name] = field.check(None)
            elif not untouched and not (field.kind.uploads and blank(raw)):
                values[name] = field.from_text(sent(field, raw), subject.surroundings)
        except Invalid as error:
            errors.update(error.errors)
    return values, errors


def sent(field: Field, raw: list[Any]) -> list[Any]:
    """Return what was sent for *field*; a checkbox that was not checked says "no"."""
    if field.kind.name == "boolean" and not field.nullable:
        return [each or "no" for each in raw]
    return raw


def blank(raw: list[Any]) -> bool:
    """Was nothing sent?"""
    return not any(isinstance(each, Upload) or each.strip() for each in raw)


def same(field: Field, raw: list[Any], texts: list[str]) -> bool:
    """Is what was sent what the form had shown? Never for nothing where something is wanted."""
    if blank(raw) or field.kind.uploads or any(isinstance(each, Upload) for each in raw):
        return False
    lines = [line for each in raw for line in each.split("\n") if line] if field.many else raw
    shown = [line for each in texts for line in plain(each).split("\n") if line] if field.many else texts
    return lines == [plain(each) for each in shown]


def undecided(form: Any, values: Mapping[str, Any]) -> dict[str, str]:
    """Return an error for each field whose two values were shown, and neither chosen."""
    names = str(form.get(DECIDE, "")).split()
    return {
        name: "choose which of the two values to keep"
        for name in names
        if name in values and form.get(KEEP + name) not in {"mine", "theirs"}
    }


def asked_about(form: Any, subject: Subject, errors: Mapping[str, str]) -> list[str]:
    """Return the fields that the form has asked about, where it is shown again because of *errors*."""
    return [name for name in str(form.get(DECIDE, "")).split() if errors and name in subject.fields]
