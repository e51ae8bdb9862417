"""Content types: what a class says of itself, where it may be added, and the table of all of them."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any
from typing import Literal

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import Source
from objpub.configuration import source_here
from objpub.database import Renamed
from objpub.errors import DeclarationError
from objpub.registry import Registry
from objpub.schema import did_you_mean
from objpub.schema import schema_of

ANYWHERE: Literal["anywhere"] = "anywhere"

#: What may stand behind `addable=`: nowhere, in any folder, in folders of a class (or of its name, where the
#: class is written further down), or of one of several.
Addable = None | str | type | tuple[str | type, ...]

#: The options of a class statement, as `class Article(Content, addable=Blog)`.
OPTIONS = ("addable", "workflow", "was", "title", "icon", "description", "ordered")


@dataclass(frozen=True)
class ContentType:
    """A declared kind of resource.

    kind: the class. title: for people, such as "News article". description: one sentence, or "". icon: the
    name of a symbol, or None. addable: as declared. workflow: what the class or a base gave, or None.
    was: dotted names the class had before. source: the line of the class statement.
    """

    kind: type
    title: str
    description: str
    icon: str | None
    addable: tuple[str | type, ...]
    workflow: Any
    was: tuple[str, ...]
    source: Source = dataclass_field(repr=False)

    @property
    def name(self) -> str:
        """The name of the class, such as "Article"."""
        return self.kind.__name__

    @property
    def dotted(self) -> str:
        """The full name of the class, such as "blog.content.Article"."""
        return dotted_name(self.kind)


class ContentTypes:
    """The table of content types."""

    def __init__(self) -> None:
        self._types: dict[type, ContentType] = {}
        self._places: dict[type, tuple[type, ...]] = {}

    def put(self, content_type: ContentType) -> None:
        """Keep *content_type*."""
        self._types[content_type.kind] = content_type

    def put_places(self, kind: type, places: tuple[type, ...]) -> None:
        """Let resources of *kind* be added in folders of the classes *places*."""
        self._places[kind] = places

    def get(self, kind: type) -> ContentType | None:
        """Return the content type of the class *kind* itself, or None."""
        return self._types.get(kind)

    def named(self, name: str) -> ContentType | None:
        """Return the content type called *name*: "blog.content.Article", or "Article" if only one is."""
        found = [each for each in self if name in {each.name, each.dotted}]
        return found[0] if len(found) == 1 else None

    def addable_in(self, kind: type) -> list[ContentType]:
        """Return the content types that may be added in folders of the class *kind*, by title."""
        found = [self._types[each] for each, places in self._places.items() if issubclass(kind, places)]
        return sorted(found, key=lambda each: (each.title, each.dotted))

    def __iter__(self) -> Iterator[ContentType]:
        """Yield the content types in the order they were declared."""
        return iter(self._types.values())

    def __len__(self) -> int:
        return len(self._types)


def content_types(registry: Registry) -> ContentTypes:
    """Return the table of the content types that *registry* knows."""
    return registry[ContentTypes]


def addable_in(registry: Registry, folder: Any) -> list[ContentType]:
    """Return the content types that may be added in *folder*, by title."""
    return registry[ContentTypes].addable_in(type(folder))


def content_type_of(resource: Any) -> ContentType | None:
    """Return what the class of *resource* declared of itself; None for what is no content."""
    return vars(type(resource)).get("__content_type__")


def declare_content_type(kind: type, options: dict[str, Any]) -> None:
    """Leave on the class *kind* the content type that its class statement describes.

    Called by `__init_subclass__`. Raises DeclarationError for an option that does not exist or has a value of
    the wrong kind.
    """
    source = source_of_statement()
    check_options(kind, options, source)
    if options.get("ordered") is not None:
        kind.is_ordered = options["ordered"]  # type: ignore[attr-defined]
    inherited = inherited_type(kind)
    content_type = ContentType(
        kind=kind,
        title=options.get("title") or title_from(kind.__name__),
        description=options.get("description") or first_sentence(kind.__doc__ or ""),
        icon=options.get("icon") or (inherited.icon if inherited else None),
        addable=addable_rule(kind, options.get("addable"), source),
        workflow=options.get("workflow") or (inherited.workflow if inherited else None),
        was=names_before(kind, options.get("was"), source),
        source=source,
    )
    kind.__content_type__ = content_type  # type: ignore[attr-defined]
    kind._workflow = content_type.workflow  # type: ignore[attr-defined]
    keys = (("content type", kind), *(("former name", name) for name in content_type.was))

    def put(registry: Registry) -> None:
        registry[ContentTypes].put(content_type)
        for name in content_type.was:
            registry[Renamed].put(name, kind)

    def check(registry: Registry) -> None:
        check_title(kind, source)
        registry[ContentTypes].put_places(kind, places_of(registry, content_type))

    note(kind, Declaration("content type", keys, put, source, phase=0, target=kind))
    note(kind, Declaration("content type", (), check, source, phase=1, target=kind))


def source_of_statement() -> Source:
    """Return the line of the class statement that is running: the first above every `__init_subclass__`."""
    depth = 1
    while sys._getframe(depth + 1).f_code.co_name == "__init_subclass__":
        depth += 1
    return source_here(depth + 1)


def check_options(kind: type, options: dict[str, Any], source: Source) -> None:
    """Raise DeclarationError for the first of *options* that there is not, or that has a wrong value."""
    for option, value in options.items():
        if option not in OPTIONS:
            hint = did_you_mean(option, OPTIONS) or f"; there are {', '.join(OPTIONS)}"
            raise DeclarationError(f"{kind.__name__} has an unknown option {option!r}{hint}", source)
        if option in {"title", "icon", "description"} and not isinstance(value, str | None):
            raise DeclarationError(f"{kind.__name__}: {option} is a text, not {value!r}", source)
    ordered = options.get("ordered")
    if not isinstance(ordered, bool | None):
        raise DeclarationError(f"{kind.__name__}: ordered is True or False, not {ordered!r}", source)
    if ordered is not None and not hasattr(kind, "is_ordered"):
        raise DeclarationError(f"{kind.__name__} is no Folder, so it cannot be ordered", source)


def check_title(kind: type, source: Source) -> None:
    """Raise DeclarationError for a title that not everybody may read who may view the resource."""
    title = schema_of(kind).get("title")
    if title is not None and title.read is not None:
        raise DeclarationError(
            f"{kind.__name__}: title cannot have read={str(title.read)!r}: it stands in lists, trails and"
            " messages, for all who may view the object; call the field something else",
            source,
        )


def inherited_type(kind: type) -> ContentType | None:
    """Return the content type of the nearest base of *kind*, or None."""
    found = (vars(each).get("__content_type__") for each in kind.__mro__)
    return next((each for each in found if each is not None), None)


def addable_rule(kind: type, rule: Any, source: Source) -> tuple[str | type, ...]:
    """Return the value of `addable=` as a tuple. Raises DeclarationError for what cannot be one."""
    rules = () if rule is None else rule if isinstance(rule, tuple) else (rule,)
    for each in rules:
        if not isinstance(each, str | type):
            raise DeclarationError(
                f"{kind.__name__}: addable is a folder class, its name, several of them, or {ANYWHERE!r};"
                f" not {each!r}",
                source,
            )
    return rules


def names_before(kind: type, was: Any, source: Source) -> tuple[str, ...]:
    """Return the value of `was=` as a tuple. Raises DeclarationError for what is no dotted name."""
    names = () if was is None else was if isinstance(was, tuple) else (was,)
    for name in names:
        parts = name.split(".") if isinstance(name, str) else ()
        if len(parts) < 2 or not all(part.isidentifier() for part in parts):
            raise DeclarationError(
                f"{kind.__name__}: was is the dotted name the class had, such as"
                f" {'blog.content.Article'!r}; not {name!r}",
                source,
            )
        if name == dotted_name(kind):
            raise DeclarationError(f"{kind.__name__}: was names the class itself, {name!r}", source)
    return names


def places_of(registry: Registry, content_type: ContentType) -> tuple[type, ...]:
    """Return the folder classes that *content_type* may be added in. Raises DeclarationError for others."""
    return tuple(place_for(registry, content_type, rule) for rule in content_type.addable)


def place_for(registry: Registry, content_type: ContentType, rule: str | type) -> type:
    """Return the folder class that one *rule* of addable means."""
    if rule == ANYWHERE:
        return object
    place = rule if isinstance(rule, type) else named_class(registry, content_type, rule)
    if not hasattr(place, "page"):
        raise DeclarationError(
            f"{content_type.name}: addable names {place.__name__}, which is no Folder", content_type.source
        )
    return place


def named_class(registry: Registry, content_type: ContentType, name: str) -> type:
    """Return the class called *name*, of the module of *content_type* or else of the registry."""
    here = vars(sys.modules.get(content_type.kind.__module__, sys)).get(name)
    if isinstance(here, type):
        return here
    found = registry[ContentTypes].named(name)
    if found is not None:
        return found.kind
    known = sorted({ANYWHERE, *(each.name for each in registry[ContentTypes])})
    hint = did_you_mean(name, known) or f"; there are {', '.join(known)}"
    raise DeclarationError(
        f"{content_type.name}: addable names {name!r}, and there is no content type of that name{hint}",
        content_type.source,
    )


def dotted_name(kind: type) -> str:
    """Return the name under which records know the class *kind*."""
    return f"{kind.__module__}.{kind.__qualname__}"


def title_from(name: str) -> str:
    """Return a class's name as words: "NewsArticle" → "News article"."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z_]+", name)
    rest = [word if word.isupper() and len(word) > 1 else word.lower() for word in words[1:]]
    return " ".join([*words[:1], *rest]) or name


def first_sentence(text: str) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join(text.strip().partition("\n\n")[0].split())
