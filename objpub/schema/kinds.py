"""From an annotation to its kind: the table of all kinds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from types import NoneType
from types import UnionType
from typing import Annotated
from typing import Any
from typing import get_args
from typing import get_origin
from typing import Literal
from typing import Union

from objpub.errors import DeclarationError

from .kind import Kind
from .listed import Chosen
from .listed import Listed
from .listed import Member
from .listed import OneOf
from .numeric import Exact
from .numeric import Real
from .numeric import Whole
from .numeric import YesNo
from .options import LIMITS
from .options import Mark
from .options import MISSING
from .options import Options
from .references import Reference
from .several import Set
from .several import Several
from .several import Tuple
from .texts import EmailAddress
from .texts import Line
from .texts import MarkdownText
from .texts import Rich
from .texts import SecretLine
from .texts import Text
from .texts import WebAddress
from .times import Date
from .times import Moment
from .wording import joined

#: Class → kind.
KINDS: Mapping[type, type[Kind]] = MappingProxyType(
    {
        str: Line,
        int: Whole,
        float: Real,
        Decimal: Exact,
        bool: YesNo,
        date: Date,
        datetime: Moment,
    }
)

#: What an `Annotated` type carries → kind.
MARKED: Mapping[Any, type[Kind]] = MappingProxyType(
    {
        Mark.RICH_TEXT: Rich,
        Mark.MARKDOWN: MarkdownText,
        Mark.EMAIL: EmailAddress,
        Mark.URL: WebAddress,
        Mark.REFERENCE: Reference,
        Mark.SECRET: SecretLine,
    }
)

#: Collection → kind.
COLLECTIONS: Mapping[Any, type[Several]] = MappingProxyType({tuple: Tuple, frozenset: Set})

#: What people may write instead of something above → what to write.
INSTEAD: Mapping[Any, str] = MappingProxyType(
    {
        list: "tuple[str, ...] or the like: values cannot be changed in place",
        set: "frozenset[str] or the like: values cannot be changed in place",
        tuple: "tuple[str, ...] or the like: one kind of item, any number of them",
        frozenset: "frozenset[str] or the like: one kind of item",
        dict: "a class of its own: a field holds a single value, or several of one kind",
        Any: "the kind of value",
        Enum: "a class of its own, derived from Enum",
    }
)


def kind_of(annotation: Any, options: Options) -> Kind:
    """Return the kind for *annotation*, whose names are resolved. Raises DeclarationError.

    The kind is nullable if *annotation* allows None.
    """
    annotation, nullable = without_none(annotation)
    kind = plain_kind(annotation, options, nullable)
    refuse_other_limits(kind, annotation, options)
    if options.choices is not None and not kind.many and not isinstance(kind, Listed):
        return Chosen(kind, options)
    return kind


def plain_kind(annotation: Any, options: Options, nullable: bool) -> Kind:
    """Return the kind for *annotation*, in which None does not stand. Raises DeclarationError."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *carried = get_args(annotation)
        for mark in carried:
            if isinstance(mark, Mark):
                return MARKED[mark](resolved(inner), options, nullable)
        return plain_kind(resolved(inner), options, nullable)
    if origin is Literal:
        return OneOf(annotation, options, nullable)
    if origin in COLLECTIONS:
        return collection(annotation, origin, options, nullable)
    kind = KINDS.get(annotation) if isinstance(annotation, type) else None
    if kind is Line and options.multiline:
        kind = Text
    if kind is not None:
        return kind(annotation, options, nullable)
    if isinstance(annotation, type) and hasattr(annotation, "field_kind"):
        return annotation.field_kind(annotation, options, nullable)  # type: ignore[no-any-return]
    if isinstance(annotation, type) and issubclass(annotation, Enum) and annotation is not Enum:
        return Member(annotation, options, nullable)
    raise DeclarationError(no_kind(annotation, origin))


def collection(annotation: Any, origin: Any, options: Options, nullable: bool) -> Kind:
    """Return the kind for a tuple or a frozenset. Options that its items understand go to them."""
    items = get_args(annotation)
    if origin is tuple:
        if len(items) != 2 or items[1] is not Ellipsis:
            raise DeclarationError(no_kind(tuple, None))
    item, nullable_item = without_none(items[0])
    if nullable_item:
        raise DeclarationError("an item cannot be None")
    kind = COLLECTIONS[origin]
    of_items: dict[str, Any] = {"default": MISSING, "multiline": False, **dict.fromkeys(kind.understands)}
    return kind(annotation, options, nullable, kind_of(item, replace(options, **of_items)))


def refuse_other_limits(kind: Kind, annotation: Any, options: Options) -> None:
    """Raise DeclarationError for an option that *kind* does not understand."""
    understood = set(kind.understands)
    if isinstance(kind, Several):
        understood |= {"pattern", "ge", "le", "choices"}  # its items have been asked
    for name in LIMITS:
        value = getattr(options, name)
        if value is not None and value is not False and name not in understood:
            known = joined(sorted(understood)) or "none of these limits"
            raise DeclarationError(f"{name} does not fit {in_words(annotation)}, which knows {known}")


def without_none(annotation: Any) -> tuple[Any, bool]:
    """Return *annotation* without None, and whether None was there. Raises DeclarationError for unions."""
    annotation = resolved(annotation)
    if get_origin(annotation) is Literal and None in get_args(annotation):
        rest = tuple(each for each in get_args(annotation) if each is not None)
        return Literal.__getitem__(rest) if rest else NoneType, True
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    kinds = [each for each in get_args(annotation) if each is not NoneType]
    if len(kinds) != 1:
        raise DeclarationError(f"{in_words(annotation)} is several kinds; a field has one, and may have None")
    return resolved(kinds[0]), True


def resolved(annotation: Any) -> Any:
    """Return what a NewType or a `type X = ...` stands for; other annotations are returned as they are."""
    while True:
        if hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType" and get_origin(annotation) is None:
            annotation = annotation.__value__  # pragma: no cover - Python 3.12
        else:
            return annotation


def no_kind(annotation: Any, origin: Any) -> str:
    """Say what to write instead of *annotation*, for which there is no kind."""
    for known in (annotation, origin):
        try:
            if known in INSTEAD:
                return f"{in_words(annotation)} cannot be the kind of a field: write {INSTEAD[known]}"
        except TypeError:  # some annotations cannot be compared
            continue
    if isinstance(annotation, type) and hasattr(annotation, "_p_jar"):
        name = annotation.__name__
        return f"{name} is a resource: write Ref[{name}] for a reference to one"
    names = ", ".join(each.__name__ for each in KINDS)
    return (
        f"{in_words(annotation)} cannot be the kind of a field: wanted one of {names}, an Enum, Literal[...],"
        " tuple[..., ...], frozenset[...], RichText, Markdown, Email, URL, Ref[...], File, Image, or one of"
        " them with | None; ClassVar[...] is for what is not a field"
    )


def in_words(annotation: Any) -> str:
    """Return *annotation* as it is written."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "")
