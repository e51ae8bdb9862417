"""Does the site take visitors, and changes, at this moment? Its mode, and the room on its disks."""

import logging
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from objpub.database import Database
from objpub.errors import Closed
from objpub.errors import NoRoom
from objpub.errors import SettingsError
from objpub.security import Policy
from objpub.settings import MAINTENANCE
from objpub.settings import mode_in
from objpub.settings import READ_ONLY
from objpub.settings import Settings

from .incoming import Incoming
from .request import Request

LOG = logging.getLogger("objpub.publisher")
#: The file with the mode is looked at so often,
LOOK_SECONDS = 1.0
#: and clients are asked to come back after so many.
LATER_SECONDS = 60
#: Views of the site that are there in maintenance too: those who look after it have to come in.
DOORS = frozenset({"login", "logout"})

READ = "The site is being looked after: everything can be read, and nothing can be changed for now."
SHUT = "The site is being looked after, and will be back in a while."
FULL = "The disk of the site is nearly full: everything can be read, and nothing can be changed for now."

TOO_LARGE = "The disk of the site has no room for {:,} bytes more. Nothing was changed."


class Openness:
    """What the site takes. mode: one of those in `objpub.settings`, as of the last look."""

    def __init__(self, settings: Settings, database: Database):
        self.mode = settings.server.mode
        self._settings = settings
        self._reserve = settings.limits.free_bytes
        self._folders = disks_of([*database.folders(), settings.folder])
        self._next_look = -LOOK_SECONDS
        self._was_full = False
        self._room = -1  # bytes that may still come, by the last look at the disks
        self._looked = 0.0  # the time of the look after that one
        self.look(time.perf_counter())

    def look(self, now: float) -> str:
        """Return the mode at *now*, of `time.perf_counter`; the file that says it is read once a second."""
        if now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            try:
                self.mode = mode_in(self._settings.folder, self._settings.server.mode)
            except SettingsError as error:
                LOG.error("The mode stays %r: %s", self.mode, error)
        return self.mode

    def check_change(self, incoming: Incoming) -> None:
        """Raise Closed or NoRoom for a request that would change something, before its body is read."""
        if self.look(incoming.started) == READ_ONLY:
            raise Closed(READ, LATER_SECONDS)
        if self._reserve:
            self._check_room(incoming)

    def _check_room(self, incoming: Incoming) -> None:
        """Raise NoRoom where the disks have no room for what comes.

        They are looked at as often as the mode, and where what has come since then may have filled them.
        """
        length = incoming.environ.get("CONTENT_LENGTH") or "0"
        coming = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0
        if coming > self._settings.limits.body_bytes:
            coming = 0  # it is refused for that, and not read
        self._room -= coming
        if self._room >= 0 and self._looked == self._next_look:
            return
        self._looked = self._next_look
        free = min(map(free_bytes, self._folders))
        self._room = free - self._reserve - coming
        is_full = free < self._reserve
        if is_full is not self._was_full:
            self._was_full = is_full
            LOG.warning("The disk is nearly full: no changes" if is_full else "The disk has room again")
        if self._room < 0:
            raise NoRoom(FULL if is_full else TOO_LARGE.format(coming), LATER_SECONDS)

    def check_visitor(self, policy: Policy, request: Request) -> None:
        """Raise Closed for somebody who does not look after the site, while it is in maintenance."""
        if self.mode != MAINTENANCE or DOORS.intersection(request.incoming.segments[-1:]):
            return
        if not policy.can(request.identity, "manage", request.site):
            raise Closed(SHUT, LATER_SECONDS)

    @property
    def takes_records(self) -> bool:
        """May what follows an answer, such as the last use of a token, be written down?"""
        return self.mode != READ_ONLY

    def takes_jobs(self) -> bool:
        """May jobs be done that change the site?"""
        return self.look(time.perf_counter()) != READ_ONLY


def disks_of(folders: Iterable[Path]) -> list[Path]:
    """Return one of *folders* for each disk that they are on."""
    found: dict[Any, Path] = {}
    for folder in folders:
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        found.setdefault(folder.stat().st_dev, folder)
    return list(found.values())


def free_bytes(folder: Path) -> int:
    """Return how many bytes may still be written to the disk of *folder*; many where nobody knows."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return 2**62
    return disk.f_bavail * disk.f_frsize
