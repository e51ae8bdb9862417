"""From a class or a function to its fields: annotations, inheritance, arguments."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from typing import Any
from typing import ClassVar
from typing import Final
from typing import get_origin

from objpub.errors import DeclarationError

from .fields import Field
from .fields import Parameter
from .names import evaluated
from .names import names_of_class
from .names import names_of_function
from .options import frozen
from .options import MISSING
from .options import Options
from .schemas import Schema

#: Where a class keeps its schema: in its own `__dict__`, so that no subclass takes it for its own.
KEPT = "__schema__"


@dataclass(frozen=True)
class Declared:
    """A field on its way: what stands in a class or a signature, names resolved."""

    label: str
    name: str
    annotation: Any
    options: Options

    def made(self, kind: type[Field] = Field) -> Field:
        """Return the field. Raises DeclarationError with label and line."""
        try:
            return kind(self.name, self.annotation, self.options)
        except DeclarationError as error:
            raise wrong(self.label, error.message, self.options) from None


def schema_of(cls: type) -> Schema:
    """Return the schema of *cls*: a field for each public annotation of it, its bases and its mixins.

    Inherited fields come first. Made at the first call, when every name in the annotations must be known,
    and kept by the class; the defaults then stand on the class, so that reading one is reading an
    attribute. Raises DeclarationError, which names class and field, and its line if it has `field()`.
    """
    schema: Schema | None = cls.__dict__.get(KEPT)
    if schema is None:
        fields = {name: each.made() for name, each in declared(cls).items()}
        schema = Schema(fields, cls.__name__)
        for value in vars(cls).values():
            if isinstance(value, Options):
                value.frame = None  # a frame keeps everything alive that the function had
        for name, field in fields.items():
            if field.default is not MISSING:
                setattr(cls, name, field.default)
        setattr(cls, KEPT, schema)
    return schema


def parameters_of(function: Callable[..., Any], skip: int = 2) -> Schema:
    """Return the fields of the arguments of a view after the first *skip*: context and request.

    Defaults are those of the function. Limits stand in the annotation:
    `page: Annotated[int, field(ge=1)] = 1`. Raises DeclarationError, which names the argument.
    """
    title = getattr(function, "__qualname__", type(function).__qualname__)
    if is_plain(function, skip):
        return Schema({}, title)
    names = names_of_function(function)
    fields = {}
    for parameter in list(inspect.signature(function).parameters.values())[skip:]:
        label = f"{title}({parameter.name})"
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise DeclarationError(f"{label}: a view names each of its arguments: wanted no * and no /")
        if parameter.annotation is parameter.empty:
            raise DeclarationError(f"{label}: wanted an annotation, such as {parameter.name}: str")
        if isinstance(parameter.default, Options):
            hint = f"{parameter.name}: Annotated[..., field(...)] = default"
            raise wrong(label, f"wanted field() in the annotation: {hint}", parameter.default)
        try:
            annotation = evaluated(parameter.annotation, *names)
        except DeclarationError as error:
            raise wrong(label, error.message) from None
        default = MISSING if parameter.default is parameter.empty else parameter.default
        options = replace(options_in(annotation), default=default)
        fields[parameter.name] = Declared(label, parameter.name, annotation, options).made(Parameter)
    return Schema(fields, title)


def is_plain(function: Callable[..., Any], count: int) -> bool:
    """Takes *function* just *count* arguments by position? False also where only its signature can tell."""
    code = getattr(function, "__code__", None)
    if code is None or not {"__wrapped__", "__signature__"}.isdisjoint(vars(function)):
        return False
    has_more = code.co_kwonlyargcount or code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
    return bool(code.co_argcount == count and not has_more)


def declared(cls: type) -> dict[str, Declared]:
    """Return the fields of *cls* by name, inherited ones first."""
    found: dict[str, Declared] = {}
    for owner in reversed(cls.__mro__):
        annotations = inspect.get_annotations(owner)
        for name, value in vars(owner).items():
            if name not in annotations and name in found:
                found[name] = with_default(owner, name, value, found[name])
            elif name not in annotations and isinstance(value, Options):
                hint = f"wanted an annotation, such as {name}: str = field()"
                raise wrong(f"{owner.__name__}.{name}", hint, value)
        for name, annotation in annotations.items():
            each = declared_by(owner, cls, name, annotation)
            if each is not None:
                found[name] = each
    return found


def declared_by(owner: type, cls: type, name: str, annotation: Any) -> Declared | None:
    """Return what *owner*, *cls* itself or a base of it, declares as *name*; None if that is no field."""
    label = f"{owner.__name__}.{name}"
    value = vars(owner).get(name, MISSING)
    if name.startswith("_"):
        if isinstance(value, Options):
            raise wrong(label, "the name of a field may not begin with an underscore", value)
        return None
    kept = vars(owner).get(KEPT, {}).get(name)
    if kept is not None:  # what stood in the body has been replaced by the default
        return Declared(label, name, kept.annotation, kept.options)
    options = value if isinstance(value, Options) else Options(default=frozen(value))
    try:
        annotation = evaluated(annotation, *names_of_class(owner, cls))
    except DeclarationError as error:
        raise wrong(label, error.message, options) from None
    if get_origin(annotation) in (ClassVar, Final) or annotation in (ClassVar, Final):
        return None
    for base in owner.__mro__[1:]:
        if is_behaviour(vars(base).get(name)):
            raise wrong(label, f"would hide {base.__name__}.{name}; give the field another name", options)
    return Declared(label, name, annotation, options)


def with_default(owner: type, name: str, value: Any, inherited: Declared) -> Declared:
    """Return an *inherited* field with the default *value*, which stands in *owner* without annotation."""
    label = f"{owner.__name__}.{name}"
    if isinstance(value, Options):
        raise wrong(label, f"wanted an annotation, such as {name}: str = field()", value)
    if is_behaviour(value):
        raise wrong(label, f"hides the field {inherited.label}; give it another name", inherited.options)
    kept = vars(owner).get(KEPT)
    options = kept[name].options if kept is not None else replace(inherited.options, default=frozen(value))
    return Declared(label, name, inherited.annotation, options)


def is_behaviour(value: Any) -> bool:
    """Is *value* a method, a property or the like, not a plain value?"""
    return hasattr(type(value), "__get__") and not isinstance(value, Options)


def options_in(annotation: Any) -> Options:
    """Return what field(...) says inside an `Annotated` type, or nothing in particular."""
    found = (each for each in getattr(annotation, "__metadata__", ()) if isinstance(each, Options))
    return next(found, Options())


def wrong(label: str, message: str, options: Options | None = None) -> DeclarationError:
    """Return the error about *label*, with the line of *options* if they have one."""
    lines = () if options is None or options.source is None else (options.source,)
    return DeclarationError(f"{label}: {message}", *lines)
