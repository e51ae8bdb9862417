"""The top of a mounted database: a folder whose place in the tree is not stored in it."""

from typing import Any

from objpub.database import place_of_mount
from objpub.schema import field

from .folder import Folder


class Mounted(Folder, icon="folder", title="Mounted database"):
    """A database of its own in the tree of a site; the setting `mounts` says where."""

    title: str = field(default="", max_length=200)

    # Kept for the parts that document them.
    _trash: Any = None
    _catalog: Any = None

    @property
    def __parent__(self) -> Any:
        """The folder that it is mounted in; None where its database is looked at alone."""
        return place_of_mount(self)[0]

    @property
    def __name__(self) -> str | None:  # type: ignore[override]
        """The name that it is mounted under."""
        return place_of_mount(self)[1]

    @property
    def catalog(self) -> Any:
        """What finds the resources of this database; None until the catalog part has made it."""
        return self._catalog

    @catalog.setter
    def catalog(self, catalog: Any) -> None:
        self._catalog = catalog

    @property
    def trash(self) -> Any:
        """What was deleted from it; None until something was."""
        return self._trash

    @trash.setter
    def trash(self, trash: Any) -> None:
        self._trash = trash
