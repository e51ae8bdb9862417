"""The site: the resource at the top."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo
from zoneinfo import ZoneInfoNotFoundError

from objpub.lineage import lineage
from objpub.schema import Email
from objpub.schema import field
from objpub.schema import Ref

from .content import Content
from .folder import Folder
from .images import Image


class Site(Folder, icon="site"):
    """The site itself."""

    title: str = field(default="", max_length=200, index="text")
    description: str = field(
        default="",
        multiline=True,
        max_length=500,
        index="text",
        description="One or two sentences, for search engines and for those who meet the site elsewhere.",
    )
    logo: Image | None = field(default=None, description="A picture that stands for the site on each page.")
    front_page: Ref[Content] | None = field(
        default=None, description="What is shown at the address of the site; nothing: the site's own page."
    )
    navigation: tuple[Ref[Content], ...] = field(
        default=(), description="What each page leads to, in this order; nothing: what the layout chooses."
    )
    time_zone: str = field(
        default="UTC",
        min_length=1,
        pattern=r"[A-Za-z0-9_+/-]+",
        description="Whose time is shown: Europe/Rome.",
    )
    locale: str = field(
        default="en",
        min_length=1,
        pattern=r"[A-Za-z]{2,8}([_-][A-Za-z0-9]{2,8})*",
        description="How dates are shown: en, de-CH.",
    )
    languages: tuple[str, ...] = field(
        default=(),
        description="The languages that visitors may choose from, as en or de-CH, the usual one first."
        " Nothing: what the settings file says.",
    )
    mail_from: Email | None = field(
        default=None,
        title="Letters come from",
        description="The address of those that the site sends. Nothing: what the settings file says.",
    )
    mail_name: str = field(
        default="",
        max_length=100,
        title="With the name",
        description="What stands before the address, such as Coast Office.",
    )
    mail_reply_to: Email | None = field(
        default=None,
        title="Answers go to",
        description="An address that somebody reads. Nothing: where letters come from.",
    )

    largest_upload: int | None = field(
        default=None,
        ge=1,
        le=1_000_000,
        title="Largest file, in MB",
        description="Nothing: what the settings file allows, which nobody can go beyond here.",
    )

    # Kept for other parts, which document them.
    _users: Any = None
    _trash: Any = None
    _settings: Any = None
    _catalog: Any = None
    _redirects: Any = None
    _mounts: tuple[str, ...] = ()

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
    def catalog(self) -> Any:
        """What finds resources; None until the catalog part has made it."""
        return self._catalog

    @catalog.setter
    def catalog(self, catalog: Any) -> None:
        self._catalog = catalog

    @property
    def redirects(self) -> Any:
        """Where old addresses lead; None until the operations part has made it, for the first of them."""
        return self._redirects

    @redirects.setter
    def redirects(self, redirects: Any) -> None:
        self._redirects = redirects

    @property
    def front(self) -> Any:
        """The page that is shown at the address of the site; None for the site's own."""
        return self.front_page if self.front_page is not None and self.is_in(self.front_page) else None

    @property
    def ways(self) -> Iterator[Any]:
        """What the navigation was chosen to lead to, without what was deleted since."""
        return (each for each in self.navigation if self.is_in(each))

    def is_in(self, resource: Any) -> bool:
        """Is *resource* a page of this site? What was deleted is not, though it can still be restored."""
        folders = list(lineage(resource))[1:]
        return bool(folders) and folders[-1] is self and all(isinstance(each, Folder) for each in folders)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone; UTC where this machine does not know the one that was chosen."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo("UTC")
