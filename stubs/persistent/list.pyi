from collections import UserList
from typing import Any

from persistent import Persistent

class PersistentList(Persistent, UserList[Any]): ...
