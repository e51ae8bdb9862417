"""Types and views that a request has nothing to do with, so that their number can be seen not to matter."""

from bench.site import Document
from objpub import Content
from objpub import field
from objpub import view

TYPES = 200


def made(number):
    """Return a type and its two views, and a view of documents, each another one by *number*."""
    values = {
        "__module__": __name__,
        "__annotations__": {"title": str},
        "title": field(),
        "__doc__": "One of many.",
    }
    kind = type(f"Kind{number}", (Content,), values, addable="anywhere")

    def look(context, request):
        return "ok"

    def turn(context, request):
        return "ok"

    def other(context, request):
        return "ok"

    return {
        f"Kind{number}": kind,
        f"look_{number}": view(kind, "look")(look),
        f"turn_{number}": view(kind, "turn", method="POST")(turn),
        f"other_{number}": view(Document, f"other-{number}")(other),
    }


for each in range(TYPES):
    globals().update(made(each))
