"""The site: the resource at the top."""

from typing import Any
from zoneinfo import ZoneInfo
from zoneinfo import ZoneInfoNotFoundError

from objpub.schema import field

from .folder import Folder


class Site(Folder, icon="site"):
    """The site itself."""

    title: str = field(default="", index="text")
    time_zone: str = field(
        default="UTC",
        min_length=1,
        pattern=r"[A-Za-z0-9_+/-]+",
        description="Whose time is shown: Europe/Rome.",
    )
    locale: str = field(
        default="en", min_length=1, pattern=r"[A-Za-z0-9_-]+", description="How dates are shown: en, de-CH."
    )

    # Kept for other parts, which document them.
    _users: Any = None
    _trash: Any = None
    _settings: Any = None

    @property
    def users(self) -> Any:
        """The users of the site; None until the security part has made them."""
        return self._users

    @users.setter
    def users(self, users: Any) -> None:
        self._users = users

    @property
    def trash(self) -> Any:
        """What was deleted; None until the operations part has made it."""
        return self._trash

    @trash.setter
    def trash(self, trash: Any) -> None:
        self._trash = trash

    @property
    def zone(self) -> ZoneInfo:
        """The time zone; UTC where this machine does not know the one that was chosen."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo("UTC")
