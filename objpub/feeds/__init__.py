"""Feeds: Atom and RSS of any query, and the sitemap.

    /blog/atom.xml                                    what is below /blog, the newest first
    /blog/rss.xml?find=tags = sea&limit=50            what a query finds there
    /sitemap.xml                                      every page

A plugin: without this folder a site is published just the same. Feeds and sitemap say what the public may
see, whoever asks. `entries` is what is said of a resource, `writing` how, `published` the views. This module
is the face of the part; the rest is private.
"""

from .entries import Entry
from .entries import entry_of
from .published import feed_of
from .writing import Feed

__all__ = ["Entry", "Feed", "entry_of", "feed_of"]
