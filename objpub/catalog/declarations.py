"""What is indexed: fields that say so, computed values, and the table of both by class.

class Article(Content):
    tags: frozenset[str] = field(default=(), index="keyword")

@index(Article, "reading_time", kind="range")
def reading_time(article):
    return len(article.body.split()) // 200
"""

import hashlib
import inspect
import logging
from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.content import Content
from objpub.content import content_types
from objpub.content import ContentType
from objpub.errors import DeclarationError
from objpub.registry import ByClass
from objpub.registry import Registry
from objpub.schema import did_you_mean
from objpub.schema import Field
from objpub.schema import schema_of
from objpub.schema import Surroundings
from objpub.workflow import state_of

from .identifiers import id_of
from .referring import item_of
from .referring import REFERENCES
from .referring import References
from .referring import referring_fields
from .referring import ShownTexts

LOG = logging.getLogger("objpub.catalog")
KINDS = ("value", "keyword", "range", "path", "text")

#: Of these each resource has one value at most, so results can be sorted by them.
SINGLE = frozenset({"value", "range", "path"})

#: How much a word counts in a title, in another line or summary, and in a long text.
HEAVY, MIDDLE, LIGHT = "title", "summary", "body"


@dataclass(frozen=True)
class IndexSpec:
    """What one index holds.

    name: by which queries call it. kind: one of KINDS. key: of the index in the catalog; types whose fields
    have the same name and the same kind of value share one. field: whose values it has, or None for a
    *function* of the resource. read: the permission that seeing the value takes besides `view`, or None.
    """

    name: str
    kind: str
    key: str
    field: Field | None = dataclass_field(default=None, compare=False)
    function: Callable[[Any], Any] | None = dataclass_field(default=None, compare=False)
    read: str | None = None

    @property
    def refers(self) -> bool:
        """Are the values other resources?"""
        return self.field is not None and self._item.name == "reference"

    @property
    def is_told(self) -> bool:
        """Do resources tell of every change of what is kept? They do of fields, and of their state."""
        if isinstance(self.function, References):
            return self.function.is_told
        return self.function in {None, state_of}

    @property
    def weight(self) -> str:
        """How much a word in a text counts: HEAVY, MIDDLE or LIGHT."""
        if self.name == "title":
            return HEAVY
        long = self.field is not None and self._item.name in {"rich text", "markdown"}
        return LIGHT if long else MIDDLE

    def value_of(self, resource: Any) -> Any:
        """Return the value that *resource* has; None for none, also where a function fails."""
        if self.function is None:
            return getattr(resource, self.name, None)
        try:
            return self.function(resource)
        except Exception:
            LOG.exception("The index %r failed for %r: it is left out there", self.name, resource)
            return None

    def keys_of(self, resource: Any) -> tuple[Any, ...]:
        """Return what is kept for *resource*: sorted keys, each once; () for no value."""
        value = self.value_of(resource)
        if value is None:
            return ()
        if self.kind != "keyword" or not isinstance(value, tuple | list | set | frozenset):
            return (key_from(value),)
        return tuple(sorted({key_from(each) for each in value}))

    def key_for(self, value: Any) -> Any:
        """Return the key of *value*, from Python. Raises ValueError where no resource could have it."""
        if self.field is None:
            return key_from(value)
        return key_from(self._item.check(value))

    def value_from(self, text: str, surroundings: Surroundings) -> Any:
        """Return the value that *text* means in a query. Raises ValueError."""
        if self.field is None:
            return text if self.kind == "path" else computed_from(text)
        return self._item.check(self._item.from_text(text, surroundings))

    @property
    def _item(self) -> Any:
        """The kind of one value, also of a field with several."""
        kind: Any = self.field.kind if self.field is not None else None
        return getattr(kind, "item", kind)


def key_from(value: Any) -> Any:
    """Return what stands for *value* in a tree: of a resource its id, of a path its steps, else itself."""
    return id_of(value) if isinstance(value, Content) else value


def computed_from(text: str) -> Any:
    """Return the value of a computed index that *text* means: a number where it looks like one."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


class Computed(ByClass[IndexSpec]):
    """The table of computed indexes by (class, name)."""


class Indexes:
    """The table of what is indexed, by class.

    signature: content type → keys of its indexes, for all types: what a catalog was built for. computed: the
    classes of which a function makes what is kept, from whatever it reads: nothing tells when that changes.
    """

    def __init__(self) -> None:
        self._of: dict[type, dict[str, IndexSpec]] = {}
        self._named: dict[str, dict[str, IndexSpec]] = {}
        self._kinds: dict[str, type] = {}
        self.signature: dict[str, tuple[str, ...]] = {}
        self.has_states = False  # has any type a workflow?
        self.computed: frozenset[type] = frozenset()

    def learn(self, registry: Registry) -> None:
        """Take what is declared from *registry*. Raises DeclarationError for what cannot be indexed."""
        for content_type in content_types(registry):
            specs = {spec.name: spec for spec in specs_of(content_type)}
            specs.update(references_spec(registry, content_type.kind))
            for name in sorted(registry[Computed].keys(content_type.kind), key=str):
                spec = registry[Computed].find(content_type.kind, name)
                if spec is not None:
                    specs[spec.name] = spec
            if content_type.workflow is not None:
                self.has_states = True
                spec = spec_of_state(content_type, specs)
                specs[spec.name] = spec
            self._of[content_type.kind] = specs
            for dotted in (content_type.dotted, *content_type.was):
                self._kinds[dotted] = content_type.kind
            self.signature[content_type.dotted] = tuple(sorted(spec.key for spec in specs.values()))
            tells = getattr(content_type.kind, "__tells__", False)
            if not tells or not all(spec.is_told for spec in specs.values()):
                self.computed |= {content_type.kind}
            for spec in specs.values():
                self._named.setdefault(spec.name, {})[spec.key] = spec

    def of(self, kind: type) -> dict[str, IndexSpec]:
        """Return the indexes of the class *kind*, by name; {} for a class that is not declared."""
        return self._of.get(kind, {})

    def named(self, name: str) -> list[IndexSpec]:
        """Return the indexes called *name*, of whatever type."""
        return list(self._named.get(name, {}).values())

    def names(self) -> list[str]:
        """Return the names of all indexes that can be asked for, sorted."""
        return sorted(name for name in self._named if name != REFERENCES)

    def each_called(self, name: str) -> Iterator[IndexSpec]:
        """Yield the index called *name* of each type that has one."""
        return (specs[name] for specs in self._of.values() if name in specs)

    def specs(self) -> Iterator[IndexSpec]:
        """Yield each index once."""
        for found in self._named.values():
            yield from found.values()

    def kind_called(self, dotted: str) -> type | None:
        """Return the class that is, or was, called *dotted*; None where it is missing."""
        return self._kinds.get(dotted)

    def dotted_names(self, kinds: tuple[type, ...]) -> list[str]:
        """Return the names, former ones too, of the content types that are one of *kinds*."""
        return [dotted for dotted, kind in self._kinds.items() if issubclass(kind, kinds)]


def spec_of_state(content_type: ContentType, others: Mapping[str, IndexSpec]) -> IndexSpec:
    """Return the index of the state of a *content_type* that has a workflow.

    It is called "state", or "workflow_state" where the type has a field or an index of that name. The key
    tells the first state, in which content is that is older than the workflow: another one has to be built.
    """
    name = "workflow_state" if "state" in others or "state" in schema_of(content_type.kind) else "state"
    return IndexSpec(name, "value", f"{name}:value:{content_type.workflow.initial}", None, state_of)


def specs_of(content_type: ContentType) -> Iterator[IndexSpec]:
    """Yield the indexes that the fields of *content_type* ask for."""
    for field in schema_of(content_type.kind).values():
        if field.index is None:
            continue
        if field.kind.uploads or field.kind.grouped:
            raise DeclarationError(
                f"{content_type.name}.{field.name}: {field.wanted} cannot be indexed", content_type.source
            )
        if field.many and field.index in SINGLE:
            raise DeclarationError(
                f"{content_type.name}.{field.name}: index={field.index!r} is for a single value;"
                " wanted 'keyword' for several",
                content_type.source,
            )
        item = getattr(field.kind, "item", field.kind)
        key = f"{field.name}:{field.index}:{item.name}"
        read = None if field.read is None else str(field.read)
        yield IndexSpec(field.name, field.index, key if read is None else f"{key}:{read}", field, None, read)


def references_spec(registry: Registry, kind: type) -> dict[str, IndexSpec]:
    """Return the index of what resources of class *kind* refer to, by its name; {} where they cannot."""
    shown = registry[ShownTexts]
    fields = {field: shown.find(kind, field.name) for field in referring_fields(schema_of(kind))}
    if not fields:
        return {}
    parts = sorted(f"{field.name}.{item_of(field).name}" for field in fields)
    key = f"{REFERENCES}:{','.join(parts)}"
    return {REFERENCES: IndexSpec(REFERENCES, "keyword", key, None, References(fields))}


def index(resource_class: type, name: str, *, kind: str) -> Callable[..., Any]:
    """Declare a computed index called *name* of a *resource_class*: a function of the resource.

    kind: "value", "keyword", "range", "path" or "text", as for fields. The function returns a text, a number
    or a date, several of them for "keyword", or None. It is asked when the resource is changed, so what it
    returns should follow from the resource alone.
    """
    source = source_here()

    def declare(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def apply(registry: Registry) -> None:
            if not isinstance(resource_class, type) or not issubclass(resource_class, Content):
                raise DeclarationError(
                    f"@index wants a content type as its first argument, not {resource_class!r}"
                )
            if kind not in KINDS:
                raise DeclarationError(
                    f"@index kind={kind!r}: wanted one of {', '.join(KINDS)}{did_you_mean(str(kind), KINDS)}"
                )
            if not isinstance(name, str) or not name.isidentifier():
                raise DeclarationError(f"@index wants a name such as 'reading_time', not {name!r}")
            if name in schema_of(resource_class):
                raise DeclarationError(
                    f"@index: {resource_class.__name__} has a field {name!r}; say index= there"
                )
            key = f"{name}:{kind}:{digest_of(function)}"
            registry[Computed].put(resource_class, name, IndexSpec(name, kind, key, None, function))

        keys: tuple[Hashable, ...] = (("index", resource_class, name),)
        note(function, Declaration("index", keys, apply, source, target=function))
        return function

    return declare


def digest_of(function: Callable[..., Any]) -> str:
    """Return what tells one version of *function* from another: an index is built again for a new one."""
    try:
        text = inspect.getsource(function)
    except (OSError, TypeError):
        text = function.__code__.co_code.hex()
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


note(
    Indexes,
    Declaration(
        "indexes", ("indexes",), lambda registry: registry[Indexes].learn(registry), source_here(0), phase=2
    ),
)
