"""The kind of a reference: another resource, stored as itself."""

from typing import Any

from objpub.errors import DeclarationError
from objpub.errors import Refused
from objpub.lineage import path_of

from .kind import Kind
from .kind import Surroundings
from .options import Options
from .wording import shown


class Reference(Kind):
    """Another resource of a class. The database keeps an ordinary reference, so a move breaks nothing."""

    placed = True
    name = "reference"
    refers = True

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        super().__init__(annotation, options, nullable)
        if not isinstance(annotation, type):
            raise DeclarationError(f"Ref[...] wants a class, not {annotation!r}")
        self.target = annotation
        self.wanted = f"a reference to {with_article(annotation.__name__)}"

    def check(self, value: Any) -> Any:
        """Return *value* if it is an instance of the class. Raises ValueError."""
        if isinstance(value, self.target):
            return value
        raise ValueError(f"wanted {self.wanted}, not {with_article(type(value).__name__)}: {shown(value)}")

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return the path."""
        return path_of(value)

    def from_text(self, text: Any, surroundings: Surroundings) -> Any:
        """Return the resource at the path *text*. Raises ValueError where there is none."""
        if surroundings.find is None:
            raise ValueError(f"a path cannot be followed here: {shown(text)}")
        try:
            return surroundings.find(text.strip())
        except Refused as error:
            raise ValueError(f"wanted the path of {with_article(self.target.__name__)}: {error}") from None

    def to_json(self, value: Any, surroundings: Surroundings) -> str:
        """Return the path."""
        return path_of(value)

    def from_json(self, value: Any, surroundings: Surroundings) -> Any:
        """Return the resource at the path *value*. Raises ValueError."""
        if type(value) is not str:
            raise self.refuse(value)
        return self.from_text(value, surroundings)

    def json_schema(self) -> dict[str, Any]:
        """Return "string", a path."""
        return {"type": "string", "format": "uri-reference"}

    def canonical(self, value: Any) -> str:
        """Return the oid: neither the place nor the class, which may change. New ones have none yet."""
        oid = getattr(value, "_p_oid", None)
        return f"new {id(value)}" if oid is None else oid.hex()


def with_article(name: str) -> str:
    """Return "an Article", "a Person"."""
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
