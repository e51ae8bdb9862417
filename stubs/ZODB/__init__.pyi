from typing import Any

from ZODB.DB import connection as connection
from ZODB.DB import DB as DB

def __getattr__(name: str) -> Any: ...
