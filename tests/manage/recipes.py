"""A type with groups of values, for the forms of the management interface."""

from datetime import date
from enum import Enum
from typing import Annotated

from objpub.content import Content
from objpub.schema import field
from objpub.schema import Record
from objpub.views import view


class Heat(Enum):
    LOW = "low"
    HIGH = "high"


class Step(Record):
    title: Annotated[str, field(min_length=1, description="What to do.")]
    minutes: Annotated[int, field(ge=1, le=99)] = 5
    how: Annotated[str, field(multiline=True)] = ""
    heat: Heat | None = None
    stir: Annotated[bool, field(title="Stir all the time")] = False
    tools: frozenset[str] = frozenset()


class Source(Record):
    name: Annotated[str, field(min_length=1)]
    day: date | None = None


class Recipe(Content, addable="anywhere"):
    """A recipe: steps in their order, and where it comes from."""

    title: str = field()
    steps: tuple[Step, ...] = field(default=(), max_length=4, description="In the order of the kitchen.")
    source: Source | None = None


@view(Recipe, template="recipe.pt")
def show_recipe(recipe, request):
    return {}
