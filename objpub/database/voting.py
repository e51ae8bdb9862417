"""A ZEO server that keeps uploads when a commit is voted on twice, and tells of a commit before it ends.

Where a client resolves conflicts, the server gives up its vote, tells the client, and votes again on all that
was sent, with what the client has resolved. ZEO sends objects again from its log, but a file only once: a
commit with an upload and a resolved conflict, such as two people who add to one folder, was acknowledged
without the upload. Found on 2026-11-21 with ZEO 6.2.
"""

import os
import shutil
from contextlib import suppress
from typing import Any
from typing import TYPE_CHECKING

from objpub.libraries import later

if TYPE_CHECKING:
    import asyncio
else:
    asyncio = later("asyncio")

ENDING = ".tmp"  # what ZEO and ZODB call files that no commit has named yet


def server_class(library: Any) -> Any:
    """Return the class of servers of *library*, `ZEO.StorageServer`, with a vote that keeps files."""

    class VotingStorage(library.ZEOStorage):  # type: ignore[misc]
        """One client of the server."""

        blob_log: list[Any]

        def _vote(self, delay: Any = None) -> Any:
            spared = [(*what, file, spare(file)) for *what, file in self.blob_log]
            again = False
            try:
                result = super()._vote(delay)
                again = bool(spared) and bool(self.conflicts) and self.transaction is not None
                return result
            finally:
                if again:
                    self.blob_log = [(*what, copy) for *what, _, copy in spared]
                else:
                    for *_, copy in spared:
                        with suppress(OSError):
                            os.unlink(copy)

    class VotingServer(library.StorageServer):  # type: ignore[misc]
        """The server."""

        def create_client_handler(self) -> Any:
            """Return what serves one client."""
            return VotingStorage(self, self.read_only)

        def invalidate(self, origin: Any, storage: str, tid: bytes, oids: Any) -> None:
            """Tell every client but *origin* what a commit has changed, before *origin* hears it is done.

            ZEO leaves it for the next turn of its loop. A client that asks in this turn, as each does when it
            begins a transaction, would be answered first, and not see what was acknowledged to another.
            """
            if not runs_here(self.acceptor.event_loop):
                super().invalidate(origin, storage, tid, oids)
                return
            latest = self.invq[storage]
            if len(latest) >= self.invq_bound:
                latest.pop()
            latest.insert(0, (tid, oids))
            for each in list(self.zeo_storages_by_storage_id[storage]):
                if each is not origin:
                    with suppress(OSError):  # of a client that is going
                        each.async_("invalidateTransaction", tid, oids)

    return VotingServer


def runs_here(loop: Any) -> bool:
    """Is this thread the one in which *loop* runs, and in the middle of a turn?"""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def spare(file: str) -> str:
    """Give *file* a second name, which stays when the first is moved away, and return it."""
    copy = f"{file.removesuffix(ENDING)}-again{ENDING}"
    try:
        os.link(file, copy)
    except OSError:  # a file system without second names
        shutil.copyfile(file, copy)
    return copy
