"""Is it a feed, or a sitemap? The rules of RFC 4287, RSS 2.0 and the sitemap protocol, one by one."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import fromstring

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

#: name of an element → (least, most) of them, most None for any number.
OF_FEED = {
    **dict.fromkeys(("id", "title", "updated"), (1, 1)),
    **dict.fromkeys(("subtitle", "icon", "logo", "rights", "generator"), (0, 1)),
    **dict.fromkeys(("author", "contributor", "category", "link", "entry"), (0, None)),
}
OF_ENTRY = {
    **dict.fromkeys(("id", "title", "updated"), (1, 1)),
    **dict.fromkeys(("published", "summary", "content", "rights", "source"), (0, 1)),
    **dict.fromkeys(("author", "contributor", "category", "link"), (0, None)),
}
OF_CHANNEL = {
    **dict.fromkeys(("title", "link", "description"), (1, 1)),
    **dict.fromkeys(("language", "pubDate", "lastBuildDate", "generator", "ttl", "image"), (0, 1)),
    **dict.fromkeys(("category", "item", f"{ATOM}link"), (0, None)),
}
OF_ITEM = {
    **dict.fromkeys(("title", "link", "description", "author", "comments", "guid", "pubDate"), (0, 1)),
    "category": (0, None),
}


def check_counts(element, wanted, prefix=""):
    """Raise AssertionError for a child that may not be there, or not so often."""
    names = [each.tag for each in element]
    allowed = {name if name[0] == "{" else prefix + name: often for name, often in wanted.items()}
    assert set(names) <= set(allowed), f"{element.tag} has {set(names) - set(allowed)}"
    for name, (least, most) in allowed.items():
        number = names.count(name)
        assert number >= least and (most is None or number <= most), f"{element.tag}: {number} {name}"


def check_address(text):
    """Raise AssertionError for what is no absolute address, written as RFC 3986 wants it."""
    parts = urlsplit(text)
    assert parts.scheme in {"http", "https"} and parts.netloc, text
    assert re.fullmatch(r"[!#-;=?-Z\[\]_a-z~]+", text), f"not an URI: {text!r}"


def check_moment(text):
    """Raise AssertionError for what RFC 3339 does not know."""
    assert MOMENT.fullmatch(text), text
    datetime.fromisoformat(text)


def check_atom(body):
    """Return the titles of the entries of the Atom feed *body*. Raises AssertionError for what is none."""
    feed = fromstring(body)
    assert feed.tag == f"{ATOM}feed"
    check_counts(feed, OF_FEED, ATOM)
    assert LANGUAGE.fullmatch(feed.get("{http://www.w3.org/XML/1998/namespace}lang"))
    entries = feed.findall(f"{ATOM}entry")
    for each in (feed, *entries):
        if each is not feed:
            check_counts(each, OF_ENTRY, ATOM)
        assert re.match(r"(urn:uuid:[0-9a-f-]{36}|https?://)", each.find(f"{ATOM}id").text)
        for name in ("updated", "published"):
            for moment in each.findall(f"{ATOM}{name}"):
                check_moment(moment.text)
        kinds = [(link.get("rel"), link.get("type")) for link in each.findall(f"{ATOM}link")]
        assert kinds.count(("alternate", "text/html")) == 1, kinds
        for link in each.findall(f"{ATOM}link"):
            check_address(link.get("href"))
        for author in each.findall(f"{ATOM}author"):
            assert author.find(f"{ATOM}name").text
        for category in each.findall(f"{ATOM}category"):
            assert category.get("term")
    if any(each.find(f"{ATOM}author") is None for each in entries):
        assert feed.find(f"{ATOM}author") is not None
    ids = [each.find(f"{ATOM}id").text for each in (feed, *entries)]
    assert len(set(ids)) == len(ids), "an id stands for two"
    return [each.find(f"{ATOM}title").text or "" for each in entries]


def check_rss(body):
    """Return the titles of the items of the RSS feed *body*. Raises AssertionError for what is none."""
    rss = fromstring(body)
    assert (rss.tag, rss.get("version"), [each.tag for each in rss]) == ("rss", "2.0", ["channel"])
    channel = rss[0]
    check_counts(channel, OF_CHANNEL)
    check_address(channel.find("link").text)
    check_address(channel.find(f"{ATOM}link[@rel='self']").get("href"))
    assert channel.find("description").text
    assert LANGUAGE.fullmatch(channel.find("language").text)
    items = channel.findall("item")
    for each in items:
        check_counts(each, OF_ITEM)
        assert each.find("title") is not None or each.find("description") is not None
        check_address(each.find("link").text)
        assert parsedate_to_datetime(each.find("pubDate").text).tzinfo is not None
        assert each.find("guid").get("isPermaLink") == "false" and each.find("guid").text
    parsedate_to_datetime(channel.find("lastBuildDate").text)
    assert len({each.find("guid").text for each in items}) == len(items)
    return [each.find("title").text or "" for each in items]


def check_sitemap(body):
    """Return (is it an index, addresses) of the sitemap *body*. Raises AssertionError for what is none."""
    root = fromstring(body)
    index = root.tag == f"{SITEMAP}sitemapindex"
    assert index or root.tag == f"{SITEMAP}urlset"
    assert len(root) <= 50_000 and len(body) <= 50_000_000
    addresses = []
    for each in root:
        assert each.tag == f"{SITEMAP}{'sitemap' if index else 'url'}"
        check_counts(each, {"loc": (1, 1), "lastmod": (0, 1)}, SITEMAP)
        address = each.find(f"{SITEMAP}loc").text
        check_address(address)
        assert len(address) < 2_048
        for moment in each.findall(f"{SITEMAP}lastmod"):
            check_moment(moment.text)
        addresses.append(address)
    assert len(set(addresses)) == len(addresses) > 0
    return index, addresses
