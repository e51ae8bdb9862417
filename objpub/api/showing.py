"""A resource as JSON: where it is, what it is, and those of its fields that somebody may read."""

from datetime import UTC
from typing import Any

from objpub.content import Content
from objpub.content import content_type_of
from objpub.content import modified_of
from objpub.content import title_of
from objpub.schema import Field
from objpub.schema import schema_of
from objpub.security import Policy
from objpub.security import readable_fields

DATE = "%Y-%m-%dT%H:%M:%SZ"


def brief(resource: Any, request: Any) -> dict[str, Any]:
    """Return what lists say of *resource*. url: of its page; api: of all that there is as JSON."""
    content_type = content_type_of(resource)
    modified = modified_of(resource)
    return {
        "url": request.url(resource, absolute=True),
        "api": request.url(resource, area="api", absolute=True),
        "name": resource.__name__,
        "type": content_type.name if content_type is not None else type(resource).__name__,
        "title": title_of(resource),
        "modified": modified.astimezone(UTC).strftime(DATE) if modified is not None else None,
    }


def shown(resource: Any, request: Any) -> dict[str, Any]:
    """Return `brief` with the fields that the one who asks may read, as JSON has them."""
    schema = schema_of(type(resource))
    names = readable_fields(request.registry[Policy], request.identity, resource)
    fields = {name: value_of(resource, schema[name], request) for name in schema if name in names}
    return {**brief(resource, request), "fields": fields}


def value_of(resource: Any, field: Field, request: Any) -> Any:
    """Return the value of *field* as JSON. Of what it refers to: its address, if it may be seen."""
    value = getattr(resource, field.name, None)
    if isinstance(value, Content):
        return address_of(value, request)
    if isinstance(value, tuple | frozenset) and any(isinstance(each, Content) for each in value):
        return [found for each in value if (found := address_of(each, request)) is not None]
    return field.to_json(value)


def address_of(resource: Any, request: Any) -> str | None:
    """Return the address of *resource*; None where it may not be seen."""
    return request.url(resource, absolute=True) if request.can("view", resource) else None
