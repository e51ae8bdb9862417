"""What the demo is made of: a site, and the sections and pages that the import brings."""

from typing import Any

from objpub.content import Site
from objpub.lineage import lineage
from objpub.schema import field

from .navigation import Guide


class Documentation(Site):
    """A site for documentation: sections and pages, with a front page of its own."""

    title: str = field(default="objpub", index="text")
    claim: str = field(
        default="objpub keeps pages, images and people as objects, gives each one an address by where it"
        " stands, and says in sentences who may do what.",
        multiline=True,
        max_length=500,
        description="What stands on the front page below the title.",
    )

    def chapters(self, request: Any) -> list[Any]:
        """Return the chapters and pages that whoever asks may see; the top of every page leads to them."""
        return Guide(request).chapters_of(self)

    def chapter_around(self, resource: Any, chapters: list[Any]) -> Any:
        """Return which of *chapters* the *resource* is or stands in; None for what stands in none."""
        around = list(lineage(resource)) if hasattr(resource, "__parent__") else []
        return next((each for each in chapters if any(each is step for step in around)), None)
