"""Any other storage of ZODB, by a file in ZODB's own language of settings: `zconfig:etc/storage.conf`."""

from typing import TYPE_CHECKING

from objpub.errors import DatabaseError
from objpub.libraries import later

from .addresses import Address
from .addresses import Opened
from .addresses import refuse_unknown_options

if TYPE_CHECKING:
    from ZODB import config
else:
    config = later("ZODB.config")


def open_configured(address: Address) -> Opened:
    """Open the storage that a file of ZConfig describes. Its features are its own; none is promised."""
    refuse_unknown_options(address, set())
    if not address.place:
        raise DatabaseError(f"{address.uri!r} names no file, wanted such as zconfig:etc/storage.conf")
    path = address.root / address.place
    try:
        with path.open(encoding="utf-8") as file:
            return Opened(config.storageFromFile(file))
    except Exception as error:  # ZConfig has classes of its own, and so has the storage of somebody else
        raise DatabaseError(f"Cannot open the storage that {path} describes: {error}") from error
