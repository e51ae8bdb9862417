"""What stands at a place in the tree that the setting `mounts` gives to another database."""

from typing import Any

from persistent import Persistent

from objpub.database import mounted_top


class MountPoint(Persistent):
    """What a folder keeps where another database stands: nothing but its path.

    The folder gives the top of that database in its place.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def top(self, folder: Any) -> Any:
        """Return what is at the top of the database, as *folder* sees it; None where it is not mounted."""
        return mounted_top(folder, self.path)
