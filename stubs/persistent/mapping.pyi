from collections import UserDict
from typing import Any

from persistent import Persistent

class PersistentMapping(Persistent, UserDict[Any, Any]): ...
