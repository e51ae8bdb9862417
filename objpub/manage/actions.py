"""Which of the actions that a site declared somebody may do with something."""

from collections.abc import Iterable
from typing import Any

from objpub.views import Action
from objpub.views import Actions


def actions_of(request: Any, resources: Iterable[Any], bulk: bool = False) -> list[Action]:
    """Return the declared actions that the one who asks may do with each of *resources*, by title.

    bulk: only those that are meant for several at once.
    """
    found: dict[str, Action] | None = None
    table = request.registry[Actions]
    for resource in resources:
        own = {name: table.find(type(resource), name) for name in sorted(table.keys(type(resource)), key=str)}
        mine = {
            name: action
            for name, action in own.items()
            if action is not None and (action.bulk or not bulk) and request.can(action.permission, resource)
        }
        found = mine if found is None else {name: found[name] for name in found if name in mine}
    return sorted((found or {}).values(), key=lambda action: action.title)
