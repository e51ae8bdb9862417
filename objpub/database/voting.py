"""A ZEO server that keeps what came as a file when a commit is voted on twice.

Where a client resolves conflicts, the server gives up its vote, tells the client, and votes again on all that
was sent, with what the client has resolved. ZEO sends objects again from its log, but a file only once: a
commit with an upload and a resolved conflict, such as two people who add to one folder, was acknowledged
without the upload. Found on 2026-11-21 with ZEO 6.2.
"""

import os
import shutil
from contextlib import suppress
from typing import Any

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

    return VotingServer


def spare(file: str) -> str:
    """Give *file* a second name, which stays when the first is moved away, and return it."""
    copy = f"{file.removesuffix(ENDING)}-again{ENDING}"
    try:
        os.link(file, copy)
    except OSError:  # a file system without second names
        shutil.copyfile(file, copy)
    return copy
