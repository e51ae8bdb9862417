"""Atom (RFC 4287), RSS 2.0 and sitemaps as XML. Pure: from values to bytes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING

from objpub.libraries import later

from .entries import Entry

if TYPE_CHECKING:
    from xml.etree import ElementTree
else:
    ElementTree = later("xml.etree.ElementTree")

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: What XML 1.0 cannot hold, however it is written.
IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Feed:
    """A list of entries, the newest first.

    id: a URN or an address that stays. address: of the page that it is about; own: its own. author: who
    speaks. language: such as "de".
    """

    id: str
    title: str
    address: str
    own: str
    author: str
    updated: datetime
    entries: tuple[Entry, ...]
    subtitle: str = ""
    language: str = "en"


def atom(feed: Feed) -> bytes:
    """Return *feed* as Atom."""
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    put(root, "id", feed.id)
    put(root, "title", feed.title)
    if feed.subtitle:
        put(root, "subtitle", feed.subtitle)
    put(root, "updated", stamp(feed.updated))
    put(ElementTree.SubElement(root, "author"), "name", feed.author)
    ElementTree.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.address})
    ElementTree.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.own})
    for entry in feed.entries:
        one = ElementTree.SubElement(root, "entry")
        put(one, "id", entry.id)
        put(one, "title", entry.title)
        ElementTree.SubElement(one, "link", {"rel": "alternate", "type": "text/html", "href": entry.address})
        if entry.published is not None:
            put(one, "published", stamp(entry.published))
        put(one, "updated", stamp(entry.updated))
        for label in entry.labels:
            ElementTree.SubElement(one, "category", {"term": possible(label)})
        if entry.summary:
            put(one, "summary", entry.summary)
    return written(root)


def rss(feed: Feed) -> bytes:
    """Return *feed* as RSS 2.0: titles are plain text there, descriptions HTML."""
    root = ElementTree.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = ElementTree.SubElement(root, "channel")
    put(channel, "title", feed.title)
    put(channel, "link", feed.address)
    put(channel, "description", escaped(feed.subtitle or feed.title))
    put(channel, "language", feed.language)
    put(channel, "lastBuildDate", format_datetime(in_utc(feed.updated)))
    ElementTree.SubElement(
        channel, "atom:link", {"rel": "self", "type": "application/rss+xml", "href": feed.own}
    )
    for entry in feed.entries:
        item = ElementTree.SubElement(channel, "item")
        put(item, "title", entry.title)
        put(item, "link", entry.address)
        put(item, "guid", entry.id, isPermaLink="false")
        put(item, "pubDate", format_datetime(in_utc(entry.published or entry.updated)))
        for label in entry.labels:
            put(item, "category", label)
        if entry.summary:
            put(item, "description", escaped(entry.summary))
    return written(root)


def sitemap(places: Iterable[tuple[str, datetime | None]]) -> bytes:
    """Return the sitemap of *places*: (address, when it was changed) each."""
    return listed("urlset", "url", places)


def sitemap_index(addresses: Iterable[str]) -> bytes:
    """Return the sitemap that leads to those at *addresses*."""
    return listed("sitemapindex", "sitemap", ((each, None) for each in addresses))


def listed(around: str, each: str, places: Iterable[tuple[str, datetime | None]]) -> bytes:
    """Return *places* as elements called *each* in one called *around*."""
    root = ElementTree.Element(around, {"xmlns": SITEMAP})
    for address, changed in places:
        one = ElementTree.SubElement(root, each)
        put(one, "loc", address)
        if changed is not None:
            put(one, "lastmod", stamp(changed))
    return written(root)


def put(parent: "ElementTree.Element", name: str, text: str, **attributes: str) -> None:
    """Put an element with a *text* into *parent*."""
    ElementTree.SubElement(parent, name, attributes).text = possible(text)


def possible(text: str) -> str:
    """Return *text* without what XML cannot hold."""
    return IMPOSSIBLE.sub("", text)


def escaped(text: str) -> str:
    """Return plain *text* as HTML, for where HTML is expected."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def stamp(moment: datetime) -> str:
    """Return *moment* as RFC 3339 wants it, in UTC."""
    return in_utc(moment).isoformat(timespec="seconds").replace("+00:00", "Z")


def in_utc(moment: datetime) -> datetime:
    """Return *moment* in UTC; within hours of the first and of the last day as if it was in UTC already.

    Zones of long ago have offsets with seconds, which neither format can say.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def written(root: "ElementTree.Element") -> bytes:
    """Return the document, in UTF-8."""
    return (
        b'<?xml version="1.0" encoding="utf-8"?>\n'
        + ElementTree.tostring(root, encoding="utf-8").split(b"?>\n", 1)[-1]
    )
