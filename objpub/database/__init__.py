"""The database: engine by URI, pairs of connection and transaction manager, and what keeps them safe.

This module is the face of the part; the rest is private.
"""

from .apart import Apart
from .apart import is_apart
from .apart import keep_apart
from .apart import kept_apart
from .backup import back_up
from .backup import BackedUp
from .backup import restore
from .backup import verify_backup
from .changes import BeforeCommit
from .changes import changed_in
from .checking import check
from .checking import Problem
from .classes import Renamed
from .connection import Connection
from .converting import convert
from .converting import Converted
from .converting import digest
from .database import Database
from .digests import Digest
from .engines import files_named
from .engines import open_database
from .engines import serves_several
from .figures import QUIET
from .keeping import back_up_database
from .keeping import backups_in
from .keeping import restore_database
from .keeping import Restored
from .mending import mend_file
from .mending import Mended
from .mounts import close_all
from .mounts import database_of
from .mounts import mount
from .mounts import mounted_top
from .mounts import mounts_of
from .mounts import place_of_mount
from .mounts import with_own_blobs
from .networked import storage_server
from .networked import StorageServer
from .packing import Packed
from .pairs import Pair
from .pairs import Pairs
from .past import as_of
from .past import Revision
from .past import revisions_of
from .record import leading_to
from .record import Record
from .record import record_at
from .record import state_in
from .repairing import repair
from .repairing import Repaired
from .site import connection_of
from .site import put_site
from .site import registry_of
from .site import revision_of
from .site import site_of
from .site import user_of_revision
from .stored import stored_objects
from .stored import stored_state
from .temporary import blob_in
from .temporary import forget_blob
from .transactions import disk_is_full
from .transactions import retryable
from .transactions import storage_is_gone
from .transactions import transaction_for
from .watching import NOBODY
from .watching import Watch
from .watching import watch_in
from .watching import watch_with

__all__ = [
    "NOBODY",
    "QUIET",
    "Apart",
    "BackedUp",
    "BeforeCommit",
    "Connection",
    "Converted",
    "Database",
    "Digest",
    "Mended",
    "Packed",
    "Pair",
    "Pairs",
    "Problem",
    "Record",
    "Renamed",
    "Repaired",
    "Restored",
    "Revision",
    "StorageServer",
    "Watch",
    "as_of",
    "back_up",
    "back_up_database",
    "backups_in",
    "blob_in",
    "changed_in",
    "check",
    "close_all",
    "connection_of",
    "convert",
    "database_of",
    "digest",
    "disk_is_full",
    "files_named",
    "forget_blob",
    "is_apart",
    "keep_apart",
    "kept_apart",
    "leading_to",
    "mend_file",
    "mount",
    "mounted_top",
    "mounts_of",
    "open_database",
    "place_of_mount",
    "put_site",
    "record_at",
    "registry_of",
    "repair",
    "restore",
    "restore_database",
    "retryable",
    "revision_of",
    "revisions_of",
    "serves_several",
    "site_of",
    "state_in",
    "storage_is_gone",
    "storage_server",
    "stored_objects",
    "stored_state",
    "transaction_for",
    "user_of_revision",
    "verify_backup",
    "watch_in",
    "watch_with",
    "with_own_blobs",
]
