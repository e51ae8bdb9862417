"""What tests of copies write into a database, and what they find in it."""

from persistent.mapping import PersistentMapping
from ZODB.blob import Blob

from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for


def keep(database, number):
    """Keep a number, and a blob of its own for it."""
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        if site is None:
            site = PersistentMapping()
            put_site(pair.connection, site)
        site["number"] = number
        site[f"blob{number}"] = Blob(b"bytes of %d" % number)
        pair.manager.get().note(f"Kept {number}")
        pair.manager.commit()


def content(*numbers):
    """Return what is held after these numbers were kept."""
    return {"number": numbers[-1]} | {f"blob{number}": b"bytes of %d" % number for number in numbers}
