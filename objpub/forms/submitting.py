"""What a form sent: read, given to the operations, and answered."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from objpub.content import check_name
from objpub.content import Upload
from objpub.errors import Clash
from objpub.errors import Invalid
from objpub.errors import NameTaken
from objpub.errors import NotPossible
from objpub.lineage import path_of
from objpub.operations import add_new
from objpub.operations import edit
from objpub.operations import files_in_draft
from objpub.operations import save_draft
from objpub.operations import settle_draft
from objpub.schema import Field
from objpub.settings import secret_of

from .aids import Aids
from .aids import NO_AIDS
from .alternatives import meant_otherwise
from .alternatives import read_alternatives
from .alternatives import write_alternatives
from .digests import about_in
from .digests import read_digests
from .form import BEGUN
from .form import BOTH
from .form import DECIDE
from .form import DRAFTED
from .form import EMPTY
from .form import Form
from .form import KEEP
from .form import LOST
from .form import REMOVE
from .form import STARTED
from .form import Subject
from .groups import focused_at
from .groups import pressed
from .groups import sent_groups
from .groups import with_act

DRAFTED_MEANWHILE = "somebody saved another draft of this meanwhile; look at it, and save again to replace it"
UNKNOWN = "unknown"  # the digest of no value: an edit that does not say where it began clashes


@dataclass(frozen=True)
class Outcome:
    """What became of a form.

    resource: what was added or edited; None if it was not added. form: to show again, with all that was
    typed. saved: was it? errors: field name → sentence. clashes: field name → (value here, value sent), for
    each that somebody else changed meanwhile, too. changed: names of the fields that have other values now.
    merged: titles of the fields that others changed meanwhile, and that were kept. theirs, mine: of a clash,
    the titles of the fields that only others, or only whoever sent the form, have changed. goes_on: was
    nothing to be saved yet, only a group of values added, moved or taken out?
    """

    resource: Any
    form: Form
    errors: Mapping[str, str]
    clashes: Mapping[str, tuple[Any, Any]]
    changed: frozenset[str] = frozenset()
    merged: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    goes_on: bool = False

    @property
    def saved(self) -> bool:
        """Was everything right?"""
        return not self.errors and not self.clashes and not self.goes_on

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
    request: Any,
    folder: Any,
    kind: type,
    fields: Iterable[str] | None = None,
    name: str | None = None,
    aids: Aids = NO_AIDS,
) -> Outcome:
    """Add a resource of class *kind* to *folder*, of what the form in *request* sent.

    fields, aids: as for `form_for`. name: None makes one from the title. Raises what `add_new` raises, but
    for values and names that do not fit: they are in the outcome.
    """
    subject = Subject(request, folder, kind, fields, True, aids)
    if pressed(request, subject.fields):
        return Outcome(None, form_again(request, kind, fields, aids), {}, {}, goes_on=True)
    typed = typed_in(request.form, subject)
    values, errors = read_typed(subject, typed, {})
    errors.update(read_alternatives(subject.fields, request.form, values)[1])
    for each, field in subject.schema.items():
        if field.required and each not in values:
            errors.setdefault(each, f"is missing; wanted {field.wanted}")
    errors.update(wrong_name(folder, name))
    resource = None
    if not errors:
        try:
            resource = request.made = add_new(request.identity, folder, kind, values, name)
        except Invalid as error:
            errors = error.errors
        except NameTaken as error:
            errors = {"name": str(error)}
    return Outcome(resource, subject.form(typed, errors), errors, {}, frozenset(values))


def submit_edit(
    request: Any,
    resource: Any,
    fields: Iterable[str] | None = None,
    aids: Aids = NO_AIDS,
    as_draft: bool = False,
) -> Outcome:
    """Edit *resource* as the form in *request* says, merged with what others changed since it was loaded.

    fields, aids: as for `form_for`. A form without the signed digests of where it began is taken to have
    begun somewhere else: each field that differs is a clash. Raises what `edit` raises, but for values that
    do not fit and clashes: they are in the outcome. as_draft: what was typed is kept as the draft; else what
    the form showed of the draft is public then, and leaves it.
    """
    subject = Subject(request, resource, type(resource), fields, False, aids)
    if pressed(request, subject.fields):
        return Outcome(resource, form_again(request, resource, fields, aids), {}, {}, goes_on=True)
    return Submission(subject, as_draft).outcome()


def form_again(
    request: Any,
    subject: Any,
    fields: Iterable[str] | None = None,
    aids: Aids = NO_AIDS,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """Return the form about *subject* with what was sent, and nothing done.

    subject, fields, aids: as for `form_for`. errors: field name → sentence, to show. What was asked about
    before, because somebody else changed it, is asked once more.
    """
    if isinstance(subject, type):
        about = Subject(request, request.context, subject, fields, True, aids)
        typed = with_act(about.fields, typed_in(request.form, about), request.form, about.surroundings)
        return focused_at(about.form(typed, errors), request.form)
    about = Subject(request, subject, type(subject), fields, False, aids)
    submission = Submission(about)
    typed = typed_in(request.form, about, both=False)
    submission.typed = with_act(about.fields, typed, request.form, about.surroundings)
    return focused_at(submission.again(errors or {}).form, request.form)


def subject_of(request: Any) -> Any:
    """Return the resource that the form in *request* was made to edit, wherever it is by now.

    In the trash, too; None for one that is gone for good, and for a form that does not say what it is about.
    """
    text = request.form.get(STARTED, "")
    about = about_in(secret_of(request.settings), text if isinstance(text, str) else "")
    try:
        return None if about is None else request.connection.get(bytes.fromhex(about))
    except (KeyError, ValueError):  # packed away; or a path, of what was never stored
        return None


def changed_meanwhile(request: Any, resource: Any, fields: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the titles of the fields that somebody has changed since the form in *request* was loaded."""
    subject = Subject(request, resource, type(resource), fields, False)
    known = read_digests(subject.secret, str(request.form.get(STARTED, "")), subject.about) or {}
    now = subject.digests()
    return tuple(
        field.title for name, field in subject.fields.items() if name in known and known[name] != now[name]
    )


def wrong_name(folder: Any, name: str | None) -> dict[str, str]:
    """Return the error about the *name* that was asked for, as "name", beside those of the fields."""
    try:
        if name is not None and check_name(name, folder) in folder:
            raise NameTaken(name, path_of(folder))
    except (Invalid, NameTaken) as error:
        return error.errors if isinstance(error, Invalid) else {"name": str(error)}
    return {}


class Submission:
    """What a form to edit something has sent. started: the digests of what it began with.

    drafted: of what it showed of the draft.
    """

    def __init__(self, subject: Subject, as_draft: bool = False):
        self.subject = subject
        self.as_draft = as_draft
        self.form = subject.request.form
        self.typed = typed_in(self.form, subject)
        text = str(self.form.get(STARTED, ""))
        self.known = read_digests(subject.secret, text, subject.about) or {}
        self.started = {name: digest for name, digest in self.known.items() if self.is_mine(name)}
        self.drafted = {
            name: self.started[DRAFTED + name] for name in subject.fields if DRAFTED + name in self.started
        }
        self.left = {name for name in subject.fields if self.form.get(KEEP + name) == "theirs"}
        self.now = subject.digests()

    def is_mine(self, name: str) -> bool:
        """Does a digest with this name belong to a field of the form?"""
        return name in self.subject.fields or name.partition(".")[0].lstrip(BEGUN) in self.subject.fields

    def outcome(self) -> Outcome:
        """Save what was sent, and say what became of it."""
        subject = self.subject
        meant = {name: raw for name, raw in self.typed.items() if name not in self.left}
        values, errors = read_typed(subject, meant, self.started, self.drafted)
        texts, wrong_texts = read_alternatives(subject.fields, self.form, values)
        texts, more = meant_otherwise(subject.resource, subject.fields, texts, self.started)
        errors.update(wrong_texts | more | undecided(self.form, values))
        if errors:
            self.started.update({name: self.now[name] for name in more})
            return self.again(errors)
        try:
            return self.draft(values, texts) if self.as_draft else self.save(values, texts)
        except Invalid as error:
            return self.again(error.errors)
        except Clash as error:
            return self.clash(error.fields, values)

    def save(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> Outcome:
        """Do what was asked for. Raises Invalid and Clash, and has done nothing then."""
        subject = self.subject
        values = {**self.files_of_draft(values), **values}
        begun = {name: digest for name, digest in self.started.items() if name in subject.fields}
        begun = dict.fromkeys(values, UNKNOWN) | {n: d for n, d in begun.items() if n not in self.left}
        edited = edit(subject.request.identity, subject.resource, values, started_from=begun)
        if self.drafted:
            settle_draft(subject.request.identity, subject.resource, self.drafted)
        changed = edited.changed | write_alternatives(
            subject.request.identity, subject.resource, subject.fields, texts
        )
        titles = self.titles(edited.merged & set(self.started))
        form = subject.form(self.typed, {}, self.started)
        return Outcome(subject.resource, form, {}, {}, changed, titles)

    def files_of_draft(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the files of the draft that the form showed, where nothing came for them."""
        names = [name for name in self.drafted if name not in values and name not in self.left]
        if not any(self.subject.fields[name].kind.uploads for name in names):
            return {}
        found = files_in_draft(self.subject.request.identity, self.subject.resource, self.drafted)
        return {name: file for name, file in found.items() if name in names}

    def draft(self, values: Mapping[str, Any], texts: Mapping[str, str]) -> Outcome:
        """Keep what was typed as the draft. Raises Invalid, and NotPossible for texts about files.

        Where somebody else saved another draft meanwhile, the form says so, and starts from that one then.
        """
        subject = self.subject
        if texts:
            raise NotPossible("A draft holds no texts about files; save them first")
        begun = {name: self.started.get(name, UNKNOWN) for name in values} | self.drafted
        try:
            edited = save_draft(subject.request.identity, subject.resource, values, started_from=begun)
        except Clash as error:
            for name, (found, _) in error.fields.items():
                self.started[DRAFTED + name] = subject.fields[name].digest(found)
            return self.again(dict.fromkeys(error.fields, DRAFTED_MEANWHILE))
        return Outcome(subject.resource, subject.form(self.typed, {}, self.started), {}, {}, edited.changed)

    def again(self, errors: Mapping[str, str]) -> Outcome:
        """Return the form with *errors*; what was asked before is asked once more."""
        asked = [name for name in str(self.form.get(DECIDE, "")).split() if name in self.subject.fields]
        form = self.subject.form(self.typed, errors, self.started, asked)
        return Outcome(self.subject.resource, form, errors, {})

    def clash(self, clashes: Mapping[str, tuple[Any, Any]], values: Mapping[str, Any]) -> Outcome:
        """Return the form that asks about each of *clashes*: from now on it begins with what is there."""
        subject, now = self.subject, self.now
        others = {n for n in subject.fields if n in self.known and self.known[n] != now[n]} - set(clashes)
        sent = {name for name, value in values.items() if subject.fields[name].digest(value) != now[name]}
        begun = {BEGUN + name: self.known.get(BEGUN + name, self.known.get(name, "")) for name in clashes}
        self.started = ({} if self.known else now) | self.started | {n: now[n] for n in clashes} | begun
        form = subject.form(self.typed, {}, self.started, clashes)
        titles, mine = self.titles(others), self.titles(sent - set(clashes) - others)
        return Outcome(subject.resource, form, {}, clashes, theirs=titles, mine=mine)

    def titles(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the titles of the fields *names*, in the order of the form."""
        return tuple(field.title for name, field in self.subject.fields.items() if name in names)


def typed_in(form: Any, subject: Subject, both: bool = True) -> dict[str, list[Any]]:
    """Return what *form* sent for each field of *subject*: texts and uploads.

    both: take what two people wrote together where that was chosen.
    """
    empty = set(str(form.get(EMPTY, "")).split())
    groups = {name: field for name, field in subject.fields.items() if field.kind.grouped}
    sent = {name: found for name, field in groups.items() if (found := sent_groups(field, form)) is not None}
    names = [name for name in subject.fields if name not in subject.locked and name not in groups]
    met = {name for name in names if both and form.get(KEEP + name) == "both" and BOTH + name in form}
    return sent | {
        name: [plain(each) for each in form.all(BOTH + name if name in met else name)] or [""]
        for name in names
        if name in form or name in empty or name in met
    }


def plain(value: Any) -> Any:
    """Return a text with line breaks of one sort, and an upload as it is."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def read_typed(
    subject: Subject,
    typed: Mapping[str, list[Any]],
    started: Mapping[str, str],
    drafted: Collection[str] = (),
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values that were typed, checked, and every error.

    What nobody touched is left out: it is what it was, even if it could not be typed like that today.
    drafted: names of fields that were shown with another value than the public one.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    now = subject.digests()
    for name, raw in typed.items():
        field = subject.fields[name]
        untouched = name in now and started.get(name) == now[name] and same(subject, field, raw)
        untouched = untouched and name not in drafted
        try:
            if subject.request.form.get(REMOVE + name):
                values[name] = field.check(None)
            elif not untouched and not (field.kind.uploads and blank(raw)):
                values[name] = subject.read(field, raw)
        except Invalid as error:
            errors.update(error.errors)
    return values, errors | lost_files(subject, values)


def lost_files(subject: Subject, values: Mapping[str, Any]) -> dict[str, str]:
    """Return an error for each file that did not come over the sign-in, and that nothing else came for."""
    names = {name: subject.request.form.get(LOST + name) for name in subject.fields if name not in values}
    return {
        name: f"{filename!r} was not kept while you signed in; choose it again, or save without it"
        for name, filename in names.items()
        if isinstance(filename, str) and filename and subject.fields[name].kind.uploads
    }


def blank(raw: list[Any]) -> bool:
    """Was nothing sent?"""
    return not any(isinstance(each, Upload) or each.strip() for each in raw)


def same(subject: Subject, field: Field, raw: list[Any]) -> bool:
    """Is what was sent what the form had shown? Never for nothing where something is wanted."""
    if field.kind.grouped:
        return raw == subject.as_typed(field.name, subject.here(field.name))
    texts = subject.texts(field.name)
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
        if name in values and form.get(KEEP + name) not in {"mine", "theirs", "both"}
    }
