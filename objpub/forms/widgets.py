"""Widgets of a site's own: what a form shows in place of the usual control of a field.

    @widget(Walk, "colour")
    def colour(row, request):
        return Markup(f'<input type="color" id="{row.id}" name="{row.name}" value="{escape(row.text)}">')

It holds for the field of that type and of those made from it. Label, hint and error stay around it, and what
it sends is read and checked like what the usual control sends.
"""

from collections.abc import Callable
from typing import Any

from objpub.configuration import Declaration
from objpub.configuration import note
from objpub.configuration import source_here
from objpub.errors import DeclarationError
from objpub.registry import ByClass
from objpub.registry import Registry
from objpub.schema import did_you_mean
from objpub.schema import schema_of

WidgetFunction = Callable[[Any, Any], Any]


class Widgets(ByClass[WidgetFunction]):
    """The table of widgets by (class, name of the field)."""


def widget(kind: type, name: str) -> Callable[[WidgetFunction], WidgetFunction]:
    """Declare what stands in forms for the field *name* of *kind*: a function of (row, request).

    It returns HTML that is safe, such as `Markup`; plain text is shown as text. See `Row` for what a row
    has; a control with its id and its name is what label and error belong to.
    """
    source = source_here()

    def declare(function: WidgetFunction) -> WidgetFunction:
        def apply(registry: Registry) -> None:
            if not isinstance(kind, type):
                raise DeclarationError(f"@widget wants a class as its first argument, not {kind!r}")
            schema = schema_of(kind)
            if name not in schema:
                raise DeclarationError(f"{kind.__name__} has no field {name!r}{did_you_mean(name, schema)}")
            registry[Widgets].put(kind, name, function)

        key = ("widget", kind, name)
        note(function, Declaration("widget", (key,), apply, source, target=function))
        return function

    return declare
