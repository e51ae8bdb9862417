"""What the demo is made of: a site, and the sections and pages that the import brings."""

from typing import Any

from objpub.content import Site
from objpub.importing import Document
from objpub.importing import Section
from objpub.lineage import lineage
from objpub.schema import field

from .navigation import documents_in


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

    @property
    def chapters(self) -> list[Document]:
        """What the top of every page leads to: the sections of the site.

        Where the site holds one section only, as at first, it is what that section holds.
        """
        found = list(documents_in(self))
        if len(found) == 1 and isinstance(found[0], Section):
            found = list(documents_in(found[0]))
        return [each for each in found if isinstance(each, Section)]

    def chapter_of(self, resource: Any) -> Document | None:
        """Return which of the chapters *resource* is or stands in; None for what stands in none."""
        around = list(lineage(resource)) if hasattr(resource, "__parent__") else []
        return next((each for each in self.chapters if any(each is step for step in around)), None)
