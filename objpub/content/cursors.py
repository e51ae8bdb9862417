"""Keys of a BTree from a cursor on, up or down; the cost does not grow with the size of the tree."""

from collections.abc import Iterator
from typing import Any


class Below:
    """Stands right below *key* in every comparison: a tree's `maxKey` then finds the key before it.

    A BTree can be read upwards from anywhere, but it has no steps back; asking `maxKey` for each one costs
    the depth of the tree.
    """

    __slots__ = ("key",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, key: Any) -> None:
        self.key = key

    def __gt__(self, other: Any) -> bool:
        return bool(self.key > other)

    def __lt__(self, other: Any) -> bool:
        return bool(self.key <= other)

    def __eq__(self, other: object) -> bool:
        return False


def ascending(tree: Any, cursor: Any = None, *, inclusive: bool = False) -> Iterator[Any]:
    """Yield the keys of *tree* above *cursor*, upwards; all of them without a cursor.

    inclusive: begin with the cursor itself if it is a key.
    """
    return iter(tree.keys(cursor, excludemin=not inclusive and cursor is not None))


def descending(tree: Any, cursor: Any = None, *, inclusive: bool = False) -> Iterator[Any]:
    """Yield the keys of *tree* below *cursor*, downwards; all of them without a cursor.

    inclusive: begin with the cursor itself if it is a key.
    """
    key = cursor if inclusive or cursor is None else below(cursor)
    while tree:
        try:
            key = tree.maxKey(key)
        except ValueError:  # there is none below
            return
        yield key
        key = below(key)


def below(key: Any) -> Any:
    """Return what stands right below *key*: among whole numbers the one before, else a `Below`."""
    return key - 1 if isinstance(key, int) else Below(key)
