"""The arguments of a view: values of a form, converted by annotation."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from objpub.errors import BadArgument
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.schema import from_form
from objpub.schema import group_called
from objpub.schema import named
from objpub.schema import NOWHERE
from objpub.schema import Schema
from objpub.schema import Surroundings


def arguments_for(
    parameters: Mapping[str, Any], form: Any, surroundings: Surroundings = NOWHERE
) -> dict[str, Any]:
    """Return the values for *parameters* that *form* has; those it does not name keep their default.

    form: has `all(name)` → list of texts and uploads, and `json`, a dict or None. surroundings: what paths
    and times without a zone mean, see `surroundings_for`.
    Raises BadArgument, which names every argument that is missing or cannot be converted.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, parameter in parameters.items():
        try:
            if form.json is not None and name in form.json:
                values[name] = parameter.from_json(form.json[name], surroundings)
            elif parameter.kind.grouped:
                values.update(group_for(name, parameter, form, surroundings))
            elif raw := form.all(name):
                values[name] = parameter.from_text(raw if parameter.many else raw[-1], surroundings)
            elif parameter.required:
                errors[name] = "is missing; wanted " + parameter.wanted
        except Invalid as error:
            errors.update(named(name, error))
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise BadArgument(errors)
    return values


def group_for(name: str, parameter: Any, form: Any, surroundings: Surroundings) -> dict[str, Any]:
    """Return the value of a record, or of a list of them, by name; {} where none came. Raises Invalid."""
    group = group_called(name, form, form.all)
    if group is not None:
        return {name: from_form(parameter, group, surroundings)}
    if parameter.required:
        raise Invalid({name: "is missing; wanted " + parameter.wanted})
    return {}


def with_arguments(function: Callable[..., Any], parameters: Schema) -> Callable[[Any, Any], Any]:
    """Return *function* as a callable (context, request) that converts its arguments itself."""
    if not parameters:
        return function

    declared = dict(parameters)  # going through a mapping written in Python takes its time

    def call(context: Any, request: Any) -> Any:
        return function(context, request, **arguments_for(declared, request.form))

    def call_at_a_place(context: Any, request: Any) -> Any:
        placed = surroundings_for(request, declared)
        return function(context, request, **arguments_for(declared, request.form, placed))

    return call_at_a_place if any(each.kind.placed for each in declared.values()) else call


def surroundings_for(request: Any, parameters: Mapping[str, Any]) -> Surroundings:
    """Return what paths and times mean that *request* brings for *parameters*: those of its site.

    A path leads to what may be seen only: nothing is told of the rest.
    """
    if not any(each.kind.placed for each in parameters.values()):
        return NOWHERE

    def find(path: str) -> Any:
        found = find_resource(request.site, path)
        if not request.can("view", found):
            raise NotFound(path)
        return found

    return Surroundings(request.site.zone, find)
