"""What every resource is: a persistent object with a place in the tree and declared fields."""

from datetime import datetime
from typing import Any
from typing import dataclass_transform
from typing import Never

from persistent import Persistent

from objpub.errors import NotPossible
from objpub.lineage import path_of
from objpub.schema import built_in
from objpub.schema import did_you_mean
from objpub.schema import field
from objpub.schema import schema_of

from .content_types import Addable
from .content_types import declare_content_type
from .content_types import OPTIONS
from .evolution import evolve_on_load
from .evolution import stamp

SET = Persistent.__setattr__

#: What others keep of a resource besides its fields, or work out from it: its place, and what decides who has
#: which rights there, see `objpub.security.places`.
PLACE = frozenset({"__parent__", "__name__", "__class__"})
RIGHTS = frozenset({"_owner", "_grants", "_permissions", "_cut", "_workflow", "_state"})
KEPT = PLACE | RIGHTS


@dataclass_transform(kw_only_default=True, field_specifiers=(field,))
class Content(Persistent):
    """A resource with declared fields.

        class Article(Content, addable=Blog):
            title: str = field()

    Options of the class statement: `addable` (where it may be added: a folder class, its name, several, or
    "anywhere"), `workflow`, `was` (dotted names that the class had before), `title`, `icon` and
    `description` for people.

    Values are checked and frozen when they are set; a public attribute that is not declared cannot be set.
    Names with a leading underscore are the class's own business: they are stored as they are.
    """

    #: The folder that holds this resource, or the owner of a file field; None for the site and loose ones.
    __parent__: Any = None

    #: The name in the folder; None for the site and loose resources.
    __name__: str | None = None

    # Kept for other parts, which document them. Immutable where they are set.
    _owner: str | None = None
    _created: datetime | None = None
    _grants: Any = None
    _permissions: Any = None
    _cut = False
    _workflow: Any = None
    _state: str | None = None
    _decisions: Any = None
    _scheduled: Any = None
    _draft: Any = None

    #: May something have changed, since this was loaded, that a catalog keeps? Volatile: it is never stored.
    _v_reindex = False

    #: Does every change of what is in KEPT come by `__setattr__`? Not where a class works it out by itself.
    __tells__ = True

    def __init_subclass__(
        cls,
        *,
        addable: Addable = None,
        workflow: Any = None,
        was: str | tuple[str, ...] | None = None,
        title: str | None = None,
        icon: str | None = None,
        description: str | None = None,
        ordered: bool | None = None,
        **unknown: Never,
    ) -> None:
        """Leave the content type that the class statement declares; for *ordered* see Folder."""
        given = {name: value for name, value in locals().items() if name in OPTIONS}
        super().__init_subclass__()
        cls.__tells__ = not any(hasattr(getattr(cls, name), "__get__") for name in KEPT - {"__class__"})
        declare_content_type(cls, {**given, **unknown})

    def __init__(self, **values: Any) -> None:
        """Make a resource of its field values. Raises Invalid with everything that is wrong with them."""
        schema = schema_of(type(self))
        checked = schema.check(values)
        for name, declared in schema.items():
            # Defaults are stored too, so that another default does not rewrite the past.
            self._store(declared, name, checked[name] if name in checked else declared.default)
        if self._workflow is not None:
            self._state = self._workflow.initial

    def __setattr__(self, name: str, value: Any) -> None:
        if name[:1] == "_":
            if name in KEPT or (name == "_p_changed" and value):  # who says the latter has gone another way
                self._tell()
            SET(self, name, value)  # what `super()` leads to, found once
            return
        declared = schema_of(type(self)).get(name)
        if declared is None:
            self._refuse_undeclared(name)
            super().__setattr__(name, value)
            return
        self._store(declared, name, declared.check(value))

    def __delattr__(self, name: str) -> None:
        if name[:1] != "_" and name in schema_of(type(self)):
            raise AttributeError(f"The field {name!r} of {type(self).__name__} cannot be deleted; set it")
        if name in KEPT:
            self._tell()
        super().__delattr__(name)

    def __getstate__(self) -> Any:
        return stamp(self, without_records(self, super().__getstate__()))

    def __setstate__(self, state: Any) -> None:
        evolved = evolve_on_load(self, state)
        found = with_records(self, evolved)
        super().__setstate__(found if evolved is state else {**found, "_v_reindex": True})

    def _p_repr(self) -> str:
        return f"<{type(self).__name__} {path_of(self) if self.__parent__ is not None else 'at no place'}>"

    def get(self, name: str, default: Any = None) -> Any:
        """Return the file in the field called *name*, which is published below this resource.

        Every other field, and no field at all, is *default*.
        """
        declared = schema_of(type(self)).get(name)
        file = self._file_in(declared) if declared is not None else None
        return default if file is None else file

    def _store(self, declared: Any, name: str, value: Any) -> None:
        """Keep the checked *value* of a field. A file gets its place here; the one before loses it."""
        if declared.kind.uploads:
            before = self._file_in(declared)
            if before is not value and isinstance(value, Content):
                value._take_place(self, name)
            SET(self, name, value)
            if before is not value and before is not None:
                before.__parent__ = before.__name__ = None
        else:
            SET(self, name, value)
            if declared.is_kept:
                SET(self, "_v_reindex", True)

    def _file_in(self, declared: Any) -> "Content | None":
        """Return the file in a field; None if the field is for something else, or empty."""
        value = getattr(self, declared.name, None) if declared.kind.uploads else None
        return value if isinstance(value, Content) else None

    def _tell(self) -> None:
        """Say that the place or the rights of this are about to change: others rely on what they were."""
        connection = self._p_jar
        if connection is not None:
            connection.forget()
        SET(self, "_v_reindex", True)

    def _take_place(self, owner: "Content", name: str) -> None:
        if self.__parent__ is not None:
            raise NotPossible(f"{path_of(self)} belongs there already; copy it")
        self.__parent__ = owner
        self.__name__ = name

    def _refuse_undeclared(self, name: str) -> None:
        """Raise AttributeError unless *name* is a property that can be set."""
        if hasattr(getattr(type(self), name, None), "__set__"):
            return
        raise AttributeError(
            f"{type(self).__name__} has no field {name!r}{did_you_mean(name, schema_of(type(self)))}"
        )


def without_records(resource: Content, state: Any) -> Any:
    """Return *state* as it is stored, with a mapping in place of each group of values."""
    grouped = schema_of(type(resource)).grouped
    if not grouped or not isinstance(state, dict):
        return state
    groups = {each.name: built_in(state[each.name]) for each in grouped if each.name in state}
    return {**state, **groups}


def with_records(resource: Content, state: Any) -> Any:
    """Return *state* as attributes are read, with a record in place of each mapping."""
    grouped = schema_of(type(resource)).grouped
    if not grouped or not isinstance(state, dict):
        return state
    groups = {each.name: each.kind.restored(state[each.name]) for each in grouped if each.name in state}
    return {**state, **groups}
