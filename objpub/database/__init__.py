"""The database: engine by URI, pairs of connection and transaction manager, and what keeps them safe.

This module is the face of the part; the rest is private.
"""

from .connection import Connection
from .database import Database
from .engines import open_database
from .pairs import Pair
from .pairs import Pairs
from .site import connection_of
from .site import put_site
from .site import registry_of
from .site import revision_of
from .site import site_of
from .transactions import retryable
from .transactions import transaction_for

__all__ = [
    "Connection",
    "Database",
    "Pair",
    "Pairs",
    "connection_of",
    "open_database",
    "put_site",
    "registry_of",
    "retryable",
    "revision_of",
    "site_of",
    "transaction_for",
]
