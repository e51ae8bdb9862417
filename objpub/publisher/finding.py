"""What a request finds, for whom it comes from."""

from typing import Any

from objpub.catalog import find
from objpub.catalog import Results
from objpub.security import Identity


class Finding:
    """The word `find` of a request."""

    site: Any
    identity: Identity

    def find(self, *conditions: Any, **arguments: Any) -> Results:
        """Return what the one who asks may see of what is asked for; see `objpub.catalog.find`.

        request.find(Article, within=blog, tags={"sea", "tide"}, sort="-published_on", limit=5)
        """
        return find(self.identity, self.site, *conditions, **arguments)
