"""The arguments of a view: values of a form, converted by annotation."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from objpub.errors import BadArgument
from objpub.errors import Invalid
from objpub.schema import Schema


def arguments_for(parameters: Mapping[str, Any], form: Any) -> dict[str, Any]:
    """Return the values for *parameters* that *form* has; those it does not name keep their default.

    form: has `all(name)` → list of texts and uploads, and `json`, a dict or None.
    Raises BadArgument, which names every argument that is missing or cannot be converted.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, parameter in parameters.items():
        try:
            if form.json is not None and name in form.json:
                values[name] = parameter.from_json(form.json[name])
                continue
            raw = form.all(name)
            if raw:
                values[name] = parameter.from_text(raw if parameter.many else raw[-1])
            elif parameter.required:
                errors[name] = "is missing; wanted " + parameter.wanted
        except Invalid as error:
            errors[name] = "; ".join(error.errors.values())
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise BadArgument(errors)
    return values


def with_arguments(function: Callable[..., Any], parameters: Schema) -> Callable[[Any, Any], Any]:
    """Return *function* as a callable (context, request) that converts its arguments itself."""
    if not parameters:
        return function

    declared = dict(parameters)  # going through a mapping written in Python takes its time

    def call(context: Any, request: Any) -> Any:
        return function(context, request, **arguments_for(declared, request.form))

    return call
