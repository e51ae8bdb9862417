"""Names in annotations: what "Ref[Article] | None" means where it was written."""

import functools
import inspect
import sys
import typing
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from types import FrameType
from typing import Any

from objpub.errors import DeclarationError

from .options import Options
from .wording import did_you_mean

Names = Mapping[str, Any]


def evaluated(annotation: Any, globals_here: Names, locals_here: Names) -> Any:
    """Return *annotation* with every name in it resolved, however deep it stands. Raises DeclarationError."""
    holder = type("Holder", (), {"__annotations__": {"it": annotation}})
    try:
        return typing.get_type_hints(holder, dict(globals_here), dict(locals_here), include_extras=True)["it"]
    except NameError as error:
        near = did_you_mean(error.name, {**globals_here, **locals_here})
        module = globals_here.get("__name__", "its module")
        raise DeclarationError(
            f"{annotation!r} names {error.name!r}, which is not known in {module} once it is imported{near}"
        ) from None
    except (TypeError, AttributeError, SyntaxError) as error:
        raise DeclarationError(f"{annotation!r} is not a kind of value: {error}") from None


def names_of_class(owner: type, cls: type) -> tuple[Names, Names]:
    """Return the global and the local names that an annotation of *owner* may use, for fields of *cls*."""
    module = sys.modules.get(owner.__module__)
    frame = frame_of(owner)
    names = {} if frame is None else dict(frame.f_locals)
    names.update({each.__name__: each for each in (*reversed(owner.__mro__), cls, owner)})
    return ({} if module is None else vars(module)), names


def frame_of(owner: type) -> FrameType | None:
    """Return the frame of the function in whose body *owner* was made, or None for a class of a module."""
    for value in vars(owner).values():
        if isinstance(value, Options) and value.frame is not None:
            return value.frame
    return None


def names_of_function(function: Callable[..., Any]) -> tuple[Names, Names]:
    """Return the global and the local names that an annotation of *function* may use."""
    plain: Any = inspect.unwrap(function)
    while isinstance(plain, functools.partial):
        plain = inspect.unwrap(plain.func)
    if not hasattr(plain, "__globals__"):  # an object that can be called
        plain = getattr(plain, "__call__", plain)  # noqa: B004
    plain = getattr(plain, "__func__", plain)
    return getattr(plain, "__globals__", {}), dict(closed_over(plain))


def closed_over(function: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names that *function* uses of the functions around it, with their values."""
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    for name, cell in zip(names, getattr(function, "__closure__", None) or (), strict=False):
        try:
            yield name, cell.cell_contents
        except ValueError:  # it has no value yet
            continue
