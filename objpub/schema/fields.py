"""A field: the name, the kind and the options of one declared attribute."""

import hashlib
from collections.abc import Sequence
from typing import Any
from typing import ClassVar

from objpub.errors import DeclarationError
from objpub.errors import Invalid

from .kind import Kind
from .kind import named
from .kind import NOWHERE
from .kind import Surroundings
from .kind import Within
from .kinds import kind_of
from .options import MISSING
from .options import Options
from .wording import did_you_mean
from .wording import shown

INDEXES = ("text", "keyword", "range", "value", "path")

#: What becomes of a reference when what it leads to is deleted.
ASK, REFUSE, CLEAR = "ask", "refuse", "clear"

DIGEST_BYTES = 10  # 80 bits: two values that are to meet by chance need a trillion of them

# What a kind raises for values of another one.
NOT_OF_THIS_KIND = (AttributeError, TypeError, ValueError)

# No stored text holds a NUL, so no value has this canonical text.
NOTHING = "\0nothing"


class Field:
    """One declared attribute.

    name: of the attribute. kind: a `Kind`; `kind.name` says which. title, description: for people.
    required: must be given to a new resource. nullable: may be None. default: the checked value of
    resources that have none, or MISSING. multiline, index, column, filter, read, write, folded: as
    declared. on_delete: ASK, REFUSE or CLEAR. is_kept: could an index keep what it holds?
    many: forms send a list. wanted: what is accepted, in words that follow "wanted". choices:
    pairs of value and title to choose from, or (). options: all that was declared. annotation: as
    written, names resolved.

    What does not fit raises Invalid with the name of the field and a sentence; nothing else is raised,
    whatever comes.
    """

    takes_secrets: ClassVar[bool] = False
    __slots__ = (
        "_check",
        "annotation",
        "choices",
        "column",
        "default",
        "description",
        "filter",
        "folded",
        "index",
        "is_kept",
        "kind",
        "many",
        "multiline",
        "name",
        "nullable",
        "on_delete",
        "options",
        "read",
        "required",
        "title",
        "wanted",
        "write",
    )

    def __init__(self, name: str, annotation: Any, options: Options):
        """Make the field of *annotation*, whose names are resolved. Raises DeclarationError."""
        self.name = name
        self.annotation = annotation
        self.options = options
        self.kind: Kind = kind_of(annotation, options)
        if self.kind.secret and not self.takes_secrets:
            raise DeclarationError("Secret is for arguments of views: what is stored in the open is none")
        if self.kind.grouped and not self.takes_secrets:
            self.kind = stored_group(self.kind, options)
        self._check = self.kind.check
        self.nullable = self.kind.nullable
        self.many = self.kind.many
        self.choices: Sequence[tuple[Any, str]] = self.kind.choices
        self.wanted = self.kind.wanted
        self.title = options.title if options.title is not None else title_from(name)
        self.description = options.description or ""
        self.multiline = options.multiline
        self.index = options.index
        self.is_kept = self.index is not None or getattr(self.kind, "item", self.kind).refers
        self.column = options.column
        self.filter = options.filter
        self.read = options.read
        self.write = options.write
        self.folded = options.folded
        self.on_delete = self._checked_rule(options.on_delete)
        self.required = options.default is MISSING
        self.default = MISSING if self.required else self._checked_default(options.default)
        if self.index is not None and self.index not in INDEXES:
            near = did_you_mean(self.index, INDEXES)
            raise DeclarationError(f"index={self.index!r}: wanted one of {', '.join(INDEXES)}{near}")
        if self.folded and self.required:
            raise DeclarationError("folded=True is for fields that may stay empty; give this one a default")

    def __repr__(self) -> str:
        return f"<Field {self.name}: {self.wanted}>"

    def check(self, value: Any) -> Any:
        """Return *value* in the form that is stored: built-in, and nobody can change it. Raises Invalid."""
        # Called by every write of an attribute: two comparisons and a call more than the kind's own work.
        if value is None and self.nullable:
            return None
        try:
            return self._check(value)
        except Within as error:
            raise self._inside(error) from None
        except ValueError as error:
            raise self._refusal(error) from None

    def to_text(self, value: Any, surroundings: Surroundings = NOWHERE) -> Any:
        """Return a stored value as a form shows it: a text, "" for None; a list of texts where `many`.

        Inverse: `from_text`. A value that no longer fits, because the declaration has changed since it
        was stored, is shown as it is, for people to mend.
        """
        if value is None:
            return [] if self.many else ""
        try:
            return self.kind.to_text(value, surroundings)
        except NOT_OF_THIS_KIND:
            return [str(value)] if self.many else str(value)

    def from_text(self, text: Any, surroundings: Surroundings = NOWHERE) -> Any:
        """Return the value, checked, of what a form sent: a text, or a list of them (and of uploads).

        Nothing, or only space, is None where the field is nullable. Raises Invalid.
        """
        try:
            return self._from_text(text, surroundings)
        except ValueError as error:
            raise self._refusal(error) from None

    def to_json(self, value: Any, surroundings: Surroundings = NOWHERE) -> Any:
        """Return a stored value as something that JSON can hold. Inverse: `from_json`.

        A value that no longer fits is a text.
        """
        try:
            return None if value is None else self.kind.to_json(value, surroundings)
        except NOT_OF_THIS_KIND:
            return str(value)

    def from_json(self, value: Any, surroundings: Surroundings = NOWHERE) -> Any:
        """Return the value, checked, that *value*, from JSON, means. Raises Invalid."""
        if value is None and self.nullable:
            return None
        try:
            return self._check(self.kind.from_json(value, surroundings))
        except Within as error:
            raise self._inside(error) from None
        except ValueError as error:
            raise self._refusal(error) from None

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the field, with title, description and default."""
        schema = self.kind.json_schema()
        if self.nullable:
            schema = {"anyOf": [schema, {"type": "null"}]}
        schema["title"] = self.title
        if self.description:
            schema["description"] = self.description
        if self.default is not MISSING:
            schema["default"] = self.to_json(self.default)
        return schema

    def digest(self, value: Any) -> str:
        """Return 20 characters that two stored values share if they are equal.

        The same in every process and version, and no way back to the value: a form carries it to say
        what it started from. None and MISSING, for a resource without a value, have one too.
        """
        try:
            canonical = NOTHING if value is None or value is MISSING else self.kind.canonical(value)
        except NOT_OF_THIS_KIND:
            canonical = f"{NOTHING} of this kind: {value!r}"
        return hashlib.blake2b(canonical.encode(), digest_size=DIGEST_BYTES).hexdigest()

    def _refusal(self, error: ValueError) -> Invalid:
        """Return *error*, which a value met, with the name of the field; of a secret it says nothing more."""
        kind = self.kind
        return Invalid({self.name: f"wanted {kind.wanted}" if kind.secret else str(error)})

    def _inside(self, error: Within) -> Invalid:
        """Return *error*, about values inside the groups of this field, with their whole names."""
        return Invalid(named(self.name, error))

    def _from_text(self, raw: Any, surroundings: Surroundings) -> Any:
        kind = self.kind
        if self.many:
            values = kind.from_text(raw if isinstance(raw, list | tuple) else [raw], surroundings)
            return None if not values and self.nullable else self._check(values)
        if isinstance(raw, list | tuple):
            if len(raw) > 1:
                raise ValueError(f"wanted one value, not {len(raw)}: {shown(raw)}")
            raw = raw[0] if raw else ""
        if isinstance(raw, str):
            if not kind.blank_is_value and (not raw or raw.isspace()):
                return self._blank()
        elif not kind.uploads:
            raise kind.refuse(raw)
        return self._check(kind.from_text(raw, surroundings))

    def _blank(self) -> Any:
        if self.nullable:
            return None
        raise ValueError(f"is empty; wanted {self.wanted}")

    def _checked_rule(self, rule: str | None) -> str:
        if rule is None:
            return ASK
        if rule not in {ASK, REFUSE, CLEAR}:
            near = did_you_mean(rule, (ASK, REFUSE, CLEAR))
            raise DeclarationError(f"on_delete={rule!r}: wanted one of ask, refuse, clear{near}")
        if getattr(self.kind, "item", self.kind).name != "reference":
            raise DeclarationError(f"on_delete={rule!r} is for references, not for {self.wanted}")
        if rule == CLEAR and not self.nullable and (not self.many or self.options.min_length):
            raise DeclarationError("on_delete='clear' wants a field that may be empty: add | None")
        return rule

    def _checked_default(self, default: Any) -> Any:
        try:
            return self.check(default)
        except Invalid as error:
            hint = "; add | None to the annotation to allow it" if default is None else ""
            reason = error.errors[self.name]
            raise DeclarationError(f"default={default!r} does not fit: {reason}{hint}") from None


class Parameter(Field):
    """An argument of a view. An enum comes as its member; an empty value means the default."""

    takes_secrets = True
    __slots__ = ()

    def from_text(self, text: Any, surroundings: Surroundings = NOWHERE) -> Any:
        """Return the argument for what a form sent. Raises Invalid."""
        return self._given(super().from_text(text, surroundings))

    def from_json(self, value: Any, surroundings: Surroundings = NOWHERE) -> Any:
        """Return the argument for *value*, from JSON. Raises Invalid."""
        return self._given(super().from_json(value, surroundings))

    def _inside(self, error: Within) -> Invalid:
        return error  # who asked for the argument puts its name in front

    def _given(self, value: Any) -> Any:
        return None if value is None else self.kind.given(value)

    def _blank(self) -> Any:
        return super()._blank() if self.nullable or self.default is MISSING else self.default


def stored_group(kind: Kind, options: Options) -> Kind:
    """Return the kind of a field that keeps records. Raises DeclarationError for what they cannot do."""
    for option in ("index", "filter"):
        if getattr(options, option):
            raise DeclarationError(
                f"{option} does not fit a group of values: give the resource a field for it"
            )
    return kind.stored()


def title_from(name: str) -> str:
    """Return the title of a field that has none: "published_on" → "Published on"."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
