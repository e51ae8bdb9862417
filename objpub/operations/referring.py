"""What refers to a resource, and what becomes of that when it is deleted."""

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from persistent.wref import WeakRef

from objpub.catalog import has_rules
from objpub.catalog import id_of
from objpub.catalog import key_of
from objpub.catalog import keys_below
from objpub.catalog import tops_of
from objpub.catalog import Use
from objpub.catalog import uses
from objpub.content import Content
from objpub.content import is_reachable
from objpub.content import walk
from objpub.database import registry_of
from objpub.errors import AskFirst
from objpub.errors import Busy
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.events import Modified
from objpub.events import notify
from objpub.lineage import inside
from objpub.lineage import path_of
from objpub.lineage import top
from objpub.schema import CLEAR
from objpub.schema import REFUSE
from objpub.schema import schema_of
from objpub.security import Identity
from objpub.security import Policy

from .redirects import old_paths
from .sentences import quoted

RULES = frozenset({REFUSE, CLEAR})
NAMED = 3  # of what refers, in a refusal

#: What a cleared reference was: where, in which field, to what, and at which place of several.
Cleared = tuple[WeakRef, str, WeakRef, int]


def used_by(
    identity: Identity, targets: Iterable[Any], *, below: bool = True, prefix: str = ""
) -> Iterator[Use | None]:
    """Yield what refers to one of *targets* from outside: by reference, or by a link in a text.

    below: to something in it counts too. prefix: "/intranet", where the site is not at the top of its host;
    links may be written so. In place of what *identity* may not see, and of a field that it may not read,
    comes None: that something refers is told, and not what. Raises Busy while this is being indexed.
    """
    wanted = tuple(each for each in targets if isinstance(each, Content))
    if not wanted:
        return
    site = top(wanted[0])
    registry = registry_of(site)
    if registry is None:
        return
    policy = registry[Policy]
    for each in tops_of(site):
        for use in uses(each, keys_to(each, wanted, below, prefix)):
            if is_outside(use.resource, wanted, below):
                yield use if may_see(policy, identity, use) else None


def may_see(policy: Policy, identity: Identity, use: Use) -> bool:
    """May *identity* see the resource and the field of *use*?"""
    return bool(policy.can(identity, "view", use.resource)) and (
        use.field.read is None or bool(policy.can(identity, use.field.read, use.resource))
    )


def is_outside(resource: Any, targets: tuple[Any, ...], below: bool) -> bool:
    """Does *resource* count as something else than *targets*?"""
    return not any(inside(resource, each) if below else resource is each for each in targets)


def keys_to(site: Any, targets: tuple[Any, ...], below: bool, prefix: str = "") -> dict[str, Any]:
    """Return the keys under which the catalog of *site* knows what leads to *targets*: key → target.

    site: may be the top of a mounted database, too.
    """
    wanted: dict[str, Any] = {}
    for target in targets:
        for step in walk(target) if below else (target,):
            if is_own(step, site):
                wanted[key_of(id_of(step))] = target
            for path in old_paths(step):
                wanted[path] = target
        path = path_of(target)
        if path != "/":
            for start in dict.fromkeys((path, prefix + path)):
                wanted[start] = target
                if below or not hasattr(target, "values"):
                    wanted.update(dict.fromkeys(keys_below(site, start), target))
    return wanted


def is_own(resource: Any, site: Any) -> bool:
    """Is *resource* in the database of *site*, whose numbers its catalog knows?"""
    return isinstance(resource, Content) and resource._p_jar in {None, site._p_jar}


def check_uses(identity: Identity, resource: Any, along: Iterable[Any], asked: bool) -> list[Use]:
    """Return the uses of *resource*, and of what is in it, that its deletion clears.

    along: what is deleted with it, whose references do not count. asked: do people know what refers to it?
    Raises NotPossible where a reference refuses it, AskFirst where it was not asked about the others.
    """
    targets = (resource, *along)
    if not asked and (found := list(used_by(identity, targets))):
        raise AskFirst(f"{told(found)} to {quoted(resource)}, or to something in it; delete it knowing that")
    site = top(resource)
    if not has_rules(site, RULES):
        return []
    ruled = []
    for each in tops_of(site):
        keys = {key_of(id_of(step)): step for step in walk(resource) if is_own(step, each)}
        ruled += [use for use in uses(each, keys, RULES) if is_outside(use.resource, targets, below=True)]
    refusing = [use for use in ruled if use.field.on_delete == REFUSE]
    if refusing:
        registry = registry_of(site)
        policy = None if registry is None else registry[Policy]
        seen = [use if policy and may_see(policy, identity, use) else None for use in refusing]
        raise NotPossible(f"{quoted(resource)} cannot be deleted: {told(seen)} to it, or to something in it")
    return ruled


def refusal_of(identity: Identity, resource: Any, along: Iterable[Any] = ()) -> str:
    """Return why references do not let *resource* be deleted, with what goes *along*; "" where they do."""
    try:
        check_uses(identity, resource, along, asked=True)
    except (NotPossible, Busy) as error:
        return str(error)
    return ""


def told(found: list[Use | None]) -> str:
    """Return what refers, in words that end with "refers" or "refer": “Ebb” (Begins at) refers."""
    named = [
        f"{quoted(use.resource)} ({use.field.title})"
        for use in {id(use.resource): use for use in found if use is not None}.values()
    ]
    others = len({id(use.resource) for use in found if use is not None}) - NAMED
    words = named[:NAMED] + ([f"{others:,} more"] if others > 0 else [])
    if None in found:
        words.append("something that you may not see")
    return f"{' and '.join(words)} {'refers' if len(words) == 1 else 'refer'}"


def clear(found: Iterable[Use]) -> tuple[Cleared, ...]:
    """Take the references *found* out of their fields, and return what they were."""
    cleared = []
    for resource, field, target in found:
        value = getattr(resource, field.name)
        place = 0
        if isinstance(value, tuple):
            place = value.index(target)
        cleared.append((WeakRef(resource), field.name, WeakRef(target), place))
        setattr(resource, field.name, without(value, target))
        notify(registry_of(resource), Modified(resource, frozenset({field.name})))
    return tuple(cleared)


def without(value: Any, target: Any) -> Any:
    """Return the value of a field without *target*."""
    if isinstance(value, tuple | frozenset):
        return type(value)(each for each in value if each is not target)
    return None


def give_back(cleared: Iterable[Cleared]) -> None:
    """Put references back that a deletion has cleared, as far as their place is there and still empty."""
    for where, name, what, place in reversed(tuple(cleared)):
        try:
            resource, target = where(), what()
        except KeyError:  # packed away
            continue
        if not isinstance(resource, Content) or not is_reachable(resource, top(resource)):
            continue
        field = schema_of(type(resource)).get(name)
        if field is None or not isinstance(target, Content):
            continue
        value = getattr(resource, name, None)
        try:
            wanted = field.check(with_again(value, target, place, field.many))
        except Invalid:  # declared otherwise since, or full
            continue
        if wanted != value:
            setattr(resource, name, wanted)
            notify(registry_of(resource), Modified(resource, frozenset({name})))


def with_again(value: Any, target: Any, place: int, many: bool) -> Any:
    """Return the value of a field with *target* in it again; a single one that was set since stays."""
    if not many:
        return target if value is None else value
    if target in value:
        return value
    if isinstance(value, frozenset):
        return value | {target}
    return (*value[:place], target, *value[place:])
