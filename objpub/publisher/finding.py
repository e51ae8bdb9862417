"""What a request finds, for whom it comes from."""

from typing import Any

from objpub.catalog import find
from objpub.catalog import parse
from objpub.catalog import Query
from objpub.catalog import Results
from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.registry import Registry
from objpub.security import Identity


class Finding:
    """The words of a request that find."""

    site: Any
    root: Any
    registry: Registry
    identity: Identity
    can: Any

    def find(self, *conditions: Any, **arguments: Any) -> Results:
        """Return what the one who asks may see of what is asked for; see `objpub.catalog.find`.

        request.find(Article, within=blog, tags={"sea", "tide"}, sort="-published_on", limit=5)
        """
        return find(self.identity, self.site, *conditions, **arguments)

    def query_from(self, text: str) -> Query:
        """Return the query that *text*, such as the value of `?find=`, says in the language of queries.

        Paths in it begin at the root of this host, and lead to what the one who asks may see only. Raises
        BadQuery, which says what was wanted, and where; "" asks for everything.
        """
        return parse(text, self.registry, self._seen_at, self.site.zone)

    def _seen_at(self, path: str) -> Any:
        """Return the resource at *path*. Raises NotFound, also for what may not be seen."""
        try:
            found = find_resource(self.root, path)
        except NotFound:
            found = None  # its sentence would tell how far the way led
        if found is None or not self.can("view", found):
            raise NotFound(path)
        return found
