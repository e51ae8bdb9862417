"""What was changed in a database, besides the audit record, which tells of refusals too."""

from ZODB.utils import z64

from objpub.database import is_apart
from objpub.database.apart import class_of


def last_change(site):
    """Return the id of the last transaction of *site* that changed something that is not kept apart."""
    database = site.database
    return max(
        each.tid.hex()
        for each in database.storage.iterator()
        for record in each
        if record.oid != z64 and not is_apart(class_of(database, record.data))  # the root says where it is
    )


def is_changed_since(site, last):
    """Was something that is not kept apart changed after the transaction with the id *last*?"""
    database = site.database
    return any(
        record.oid != z64 and not is_apart(class_of(database, record.data))
        for each in database.storage.iterator(bytes.fromhex(last))
        if each.tid.hex() != last
        for record in each
    )
