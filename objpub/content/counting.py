"""Does a folder know how many children it has, and in which order they are?"""

from typing import Any

from objpub.lineage import path_of

from .folder import Folder


def folder_problems(folder: Folder) -> list[str]:
    """Return a sentence for each thing in which what *folder* keeps of its children is not what is there."""
    names = set(folder._children)
    problems = []
    if len(names) != len(folder):
        problems.append(f"{path_of(folder)}: it counts {len(folder):,} children, and has {len(names):,}")
    if folder._order is not None and names != set(folder._order):
        wrong = sorted(names ^ set(folder._order))
        problems.append(f"{path_of(folder)}: its order and its children differ: {', '.join(wrong[:10])}")
    return problems


def mend_folder(folder: Folder) -> None:
    """Let *folder* count and order the children that are there; those it had no place for come last."""
    names: Any = folder._children
    folder._count.set(len(names))
    if folder._order is not None:
        for name in set(folder._order) - set(names):
            folder._order.remove(name)
        for name in names:
            if name not in folder._order:
                folder._order.append(name)
