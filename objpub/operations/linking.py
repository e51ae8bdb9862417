"""Links in texts, kept by identity: what people write as an address is stored as what it leads to.

    with_kept_links     the address of today → the number of the resource, when a text is set
    shown_text          the number → the address of today, for forms, pages and programs

Nobody learns by a link about what he may not view: to such a place a link that is written stays an address,
and one that is kept stays a number.
"""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple
from urllib.parse import urljoin

from objpub.catalog import id_of
from objpub.catalog import resource_of
from objpub.content import Content
from objpub.content import Folder
from objpub.content import is_reachable
from objpub.content import KEPT
from objpub.content import kept_in
from objpub.content import kept_link
from objpub.content import MARKDOWN
from objpub.content import parted
from objpub.content import path_linked
from objpub.content import RICH_TEXT
from objpub.content import walk
from objpub.content import with_links
from objpub.database import connection_of
from objpub.database import registry_of
from objpub.errors import Invalid
from objpub.lineage import path_of
from objpub.lineage import top
from objpub.registry import ByClass
from objpub.registry import Registry
from objpub.schema import Field
from objpub.schema import schema_of
from objpub.security import Identity
from objpub.security import Policy
from objpub.security import SYSTEM
from objpub.traversal import Areas
from objpub.traversal import Hooks
from objpub.traversal import ViewNames

from .redirects import child_of
from .redirects import redirected

TEXTS = frozenset({RICH_TEXT, MARKDOWN})
SERVICES = frozenset({"static", "manage", "api", "dav"})  # no resource of the site can be called so


class OwnLinks(ByClass[Callable[[Any], bool]]):
    """Says by class, under "", of which resources links are left as they are: they mean something else."""


class Target(NamedTuple):
    """What a link leads to. rest: what follows: a view, a query, a place in the page."""

    resource: Any
    rest: str


class Sights:
    """Finds what links lead to, for *identity*, in *site*; each is looked for once."""

    def __init__(self, identity: Identity, site: Any) -> None:
        self.site = site
        self._identity = identity
        self._registry: Registry | None = registry_of(site)
        self._known: dict[str, Target | None] = {}

    def target(self, link: str, base: str = "/") -> Target | None:
        """Return what *link* leads to, also by an old address; None for nothing, and for what is hidden.

        base: the address of the page that it stands in. The top of the site does not count.
        """
        kept = kept_in(link)
        parts = None if kept else parted(link)
        if parts is not None:
            path, rest = parts
            if not path:
                return None
            link = (path if path[0] == "/" else urljoin(base, path)) + rest
            parts = parted(link)
        if kept is None and parts is None:
            return None
        if link not in self._known:
            found = self._by_number(*kept) if kept else self._by_path(*(parts or ("", "")))
            self._known[link] = found if found is None or self._sees(found.resource) else None
        return self._known[link]

    def leads(self, path: str) -> bool:
        """Does *path* lead to something that may be seen: a resource, a view, what a view makes?"""
        if self.target(path) is not None:
            return True
        segments = tuple(part for part in path.split("/") if part)
        if not segments or self._registry is None:
            return True
        if segments[0] in SERVICES or segments[0] in self._registry[Areas]:
            return True
        step, left = self.site, segments
        while left and isinstance(child := child_of(step, left[0]), Content):
            step, left = child, left[1:]
        if not left:
            return step is self.site or (not self._is_own(step) and self._sees(step))
        hooks = (hook for each in self._registry[Hooks].every(type(step), "") for hook in each)
        made = any(hook.expression.fullmatch(left[0]) for hook in hooks)
        return (made or self._is_view(step, left[0])) and self._sees(step)

    def _is_own(self, resource: Any) -> bool:
        return resource._p_jar in {None, self.site._p_jar}

    def _sees(self, resource: Any) -> bool:
        registry = self._registry
        return registry is None or bool(registry[Policy].can(self._identity, "view", resource))

    def _by_number(self, number: int, rest: str) -> Target | None:
        connection = connection_of(self.site)
        found = None if connection is None else resource_of(connection, number)
        return Target(found, rest) if found is not None and is_reachable(found, self.site) else None

    def _by_path(self, path: str, rest: str) -> Target | None:
        segments = tuple(part for part in path.split("/") if part)
        step, left = self.site, segments
        while left and isinstance(child := child_of(step, left[0]), Content):
            step, left = child, left[1:]
        passed: tuple[Any, ...] = ()
        if left and not self._is_view(step, left[0]):
            led = redirected(self.site, segments)
            if led is None or (led.rest and not self._is_view(led.resource, led.rest[0])):
                return None
            step, left, passed = led
        if step is self.site or not self._is_own(step) or not all(map(self._sees, passed)):
            return None
        return Target(step, "".join(f"/{path_linked(each)}" for each in left) + rest)

    def _is_view(self, resource: Any, name: str) -> bool:
        names = None if self._registry is None else self._registry[ViewNames]
        return name.startswith("@@") or (names is not None and bool(names.find(type(resource), name)))


def with_kept_links(
    identity: Identity, resource: Any, values: Mapping[str, Any], place: Any, base: str
) -> dict[str, Any]:
    """Return checked *values* with links in texts kept by what they lead to, where *identity* may view that.

    resource: that they are for, or its class. place: a resource of the site, in the same database. base: the
    address of the page. A text that would be longer than it may be stays as it is.
    """
    kind = resource if isinstance(resource, type) else type(resource)
    site, registry = top(place), registry_of(place)
    own = None if registry is None or resource is kind else registry[OwnLinks].find(kind, "")
    if place._p_jar not in {None, site._p_jar} or (own is not None and own(resource)):
        return dict(values)
    schema = schema_of(kind)
    sights: list[Sights] = []

    def keep(link: str) -> str:
        if not sights:
            sights.append(Sights(identity, site))
        target = None if kept_in(link) else sights[0].target(link, base)
        return link if target is None else kept_link(id_of(target.resource), target.rest)

    return {name: with_changed(schema[name], value, keep) for name, value in values.items()}


def with_changed(field: Field, value: Any, change: Callable[[str], str]) -> Any:
    """Return the *value* of a field with the links in its texts changed, if it is still one then."""
    kind = getattr(field.kind, "item", field.kind).name
    if kind not in TEXTS or not value:
        return value
    if isinstance(value, str):
        changed: Any = with_links(kind, value, change)
    else:
        changed = type(value)(with_links(kind, each, change) for each in value)
    if changed == value:
        return value
    try:
        return field.check(changed)
    except Invalid:
        return value


def keep_links(identity: Identity, resource: Any, folder: Any, name: str) -> None:
    """Let the texts of a new *resource*, and of what is in it, keep their links. It comes into *folder*."""
    for step in walk(resource):
        texts = texts_of(step)
        if texts:
            below = "" if step is resource else path_of(step)
            base = address_of(step, f"{path_of(folder).rstrip('/')}/{name}{below}")
            for field, value in with_kept_links(identity, step, texts, folder, base).items():
                if value is not texts[field]:
                    setattr(step, field, value)


def texts_of(resource: Any) -> dict[str, Any]:
    """Return the values of the fields of *resource* that may have links in them."""
    schema = schema_of(type(resource)) if isinstance(resource, Content) else {}
    return {
        name: value
        for name, field in schema.items()
        if getattr(field.kind, "item", field.kind).name in TEXTS and (value := getattr(resource, name, None))
    }


def release_links(resource: Any, site: Any) -> None:
    """Let the texts of *resource*, and of what is in it, have addresses: it leaves the database of *site*."""
    sights = Sights(SYSTEM, site)

    def release(link: str) -> str:
        target = sights.target(link) if kept_in(link) else None
        return link if target is None else address_linked(target)

    for step in walk(resource):
        for name, value in texts_of(step).items():
            changed = with_changed(schema_of(type(step))[name], value, release)
            if changed is not value:
                setattr(step, name, changed)


def shown_text(identity: Identity, site: Any) -> Callable[[str, str], str]:
    """Return a function (kind of text, text) → the text with addresses of today, as *identity* may know them.

    They are paths from the top of the site. What *identity* may not view keeps its number.
    """
    sights = Sights(identity, site)

    def show(link: str) -> str:
        kept = kept_in(link)
        target = sights.target(link) if kept is not None else None
        return link if target is None else address_linked(target)

    def shown(kind: str, text: str) -> str:
        return with_links(kind, text, show) if KEPT in text else text

    return shown


def address_linked(target: Target) -> str:
    """Return the address of *target* as it stands in a link; a folder's ends with a slash."""
    path = path_linked(path_of(target.resource))
    slash = "/" if isinstance(target.resource, Folder) and target.rest[:1] != "/" else ""
    return f"{path}{slash}{target.rest}"


def address_of(resource: Any, path: str) -> str:
    """Return the address that *path* is for *resource*: a folder's ends with a slash."""
    return f"{path}/" if isinstance(resource, Folder) else path
