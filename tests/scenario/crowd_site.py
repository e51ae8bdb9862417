"""A site that many write to at the same time: counters, plain and ordered folders, and a slow view."""

import time
from pathlib import Path

from objpub import Content
from objpub import Folder
from objpub import Site
from objpub.events import on
from objpub.events import SiteCreated
from objpub.operations import add_new
from objpub.schema import field
from objpub.security import SYSTEM
from objpub.views import view


class Counter(Content, addable="anywhere"):
    count: int = 0


class Entry(Content, addable="anywhere"):
    title: str = field()


class Heap(Folder, addable="anywhere"):
    pass


class Row(Heap, addable="anywhere", ordered=True):
    pass


@on(SiteCreated)
def fill(event):
    for name in ("here", "elsewhere"):
        event.resource.add(name, Counter())
    for name, kind in (("plain", Heap), ("ordered", Row), ("alike-plain", Heap), ("alike-ordered", Row)):
        event.resource.add(name, kind())


@view(Counter, permission="public")
def count(counter, request):
    return str(counter.count)


@view(Counter, "increment", method="POST", permission="public")
def increment(counter, request):
    counter.count += 1
    return str(counter.count)


@view(Counter, "slowly", method="POST", permission="public")
def increment_slowly(counter, request, seconds: float, sign: str):
    """Take so long inside the transaction; the file *sign* gets a line at each attempt."""
    before = counter.count
    with Path(sign).open("a") as file:
        file.write("begun\n")
    time.sleep(seconds)
    counter.count = before + 1
    return str(counter.count)


@view(Heap, "put", method="POST", permission="public")
def put(heap, request, title: str):
    return add_new(SYSTEM, heap, Entry, {"title": title}).__name__


@view(Heap, "names", permission="public")
def names(heap, request):
    return request.json({"names": list(heap), "length": len(heap)})


@view(Site, "conflicts", permission="public")
def conflicts(site, request):
    """Say how many attempts were first, second … when they met a conflict."""
    found = dict(sorted(request.application.conflicts.items()))
    return request.json({str(number + 1): count for number, count in found.items()})
