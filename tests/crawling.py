"""A crawler: it follows every link of a host as a browser would, and tells which ones break or leave it."""

import http.client
import re
import ssl
from collections import deque
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import parse_qsl
from urllib.parse import urlencode
from urllib.parse import urljoin
from urllib.parse import urlsplit
from urllib.request import Request

LINKS = {"href", "src", "action", "formaction", "poster", "data"}
STYLE_LINK = re.compile(r"url\(\s*['\"]?([^'\")]+)")
MOST_VARIANTS = 3  # of one path with other values in its query
MOST_PAGES = 1_500
NOT_LINKS = ("#", "data:", "mailto:", "javascript:")


class Links(HTMLParser):
    """Collects (what it is, where it leads) of a page."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.base = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        """Take the links of one tag; a form that sends is no page to go to, but must not lead elsewhere."""
        values = dict(attributes)
        posts = tag == "form" and (values.get("method") or "get").lower() == "post"
        for name, value in attributes:
            if name in LINKS and value is not None:
                kind = "post" if posts or name == "formaction" else "link"
                self.found.append((kind, value))
            elif name == "srcset" and value:
                self.found += [("link", each.split()[0]) for each in value.split(",")]
            elif name == "content" and values.get("property", "").endswith((":url", ":image")):
                self.found.append(("link", value))


class Browser:
    """One browser with one jar of cookies. ports: by scheme, of the server that all hosts are asked from."""

    def __init__(self, ports):
        self.ports = ports
        self.jar = CookieJar()
        self._open = {}

    def ask(self, url, method="GET", body=None, headers=()):
        """Return (status, headers, text) of *url*; cookies are sent and kept as a browser does."""
        parts = urlsplit(url)
        request = Request(url, method=method)
        self.jar.add_cookie_header(request)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        sent = {"Host": parts.netloc, "Accept": "text/html", **dict(request.header_items()), **dict(headers)}
        if method != "GET":
            sent |= {
                "Origin": f"{parts.scheme}://{parts.netloc}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
        connection = self.connection(parts.scheme)
        connection.request(method, target, body=urlencode(body).encode() if body else None, headers=sent)
        answer = connection.getresponse()
        data = answer.read()
        self.jar.extract_cookies(answer, request)
        return answer.status, answer.headers, data.decode("utf-8", "replace")

    def connection(self, scheme):
        """Return the connection that is kept open for *scheme*."""
        if scheme not in self._open:
            kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[scheme]
            more = {"context": ssl._create_unverified_context()} if scheme == "https" else {}
            self._open[scheme] = kind("127.0.0.1", self.ports[scheme], timeout=60, **more)
        return self._open[scheme]

    def sign_in(self, site, name, password):
        """Sign in at the site with the address *site*, which ends with a slash."""
        status, headers, text = self.ask(
            f"{site}login", "POST", {"name": name, "password": password, "came_from": urlsplit(site).path}
        )
        assert status == 303, (status, text[:2_000])
        assert urljoin(site, headers["Location"]) == site
        return self

    def close(self):
        """Close the connections."""
        for each in self._open.values():
            each.close()


def crawl(browser, site, starts=("",)):
    """Follow every link from *starts* on, relative to the address *site*; return (addresses, problems).

    A problem is a link that leaves the site, or is answered with an error, with the page that it stands on.
    """
    waiting = deque((urljoin(site, start), "the start") for start in starts)
    seen, variants, problems = set(), {}, []
    while waiting and len(seen) < MOST_PAGES:
        url, source = waiting.popleft()
        url = without_ways_back(url)
        parts = urlsplit(url)
        if url in seen or variants.setdefault(parts.path, 0) >= MOST_VARIANTS:
            continue
        variants[parts.path] += 1
        seen.add(url)
        status, headers, text = browser.ask(url)
        if status >= 400:
            problems.append(f"{url} is answered {status}; linked from {source}")
            continue
        for kind, target in links_of(url, headers, text):
            if not target.startswith(site):
                problems.append(f"{target} leaves {site}; it is a {kind} on {url}")
            elif kind != "post":
                waiting.append((target, url))
    if len(seen) >= MOST_PAGES:
        problems.append(f"More than {MOST_PAGES} pages: the crawl was given up")
    return seen, problems


def links_of(url, headers, text):
    """Yield (what it is, address) of each link in an answer."""
    if headers["Location"]:
        yield "redirect", urljoin(url, headers["Location"]).partition("#")[0]
    kind = headers.get_content_type()
    if kind == "text/html":
        for each, target in Links(text).found:
            if not target.startswith(NOT_LINKS):
                yield each, urljoin(url, target).partition("#")[0]
    elif kind == "text/css":
        for target in STYLE_LINK.findall(text):
            if not target.startswith(NOT_LINKS):
                yield "link", urljoin(url, target).partition("#")[0]


def without_ways_back(url):
    """Return *url* without the parts of its query that say where to go afterwards: they multiply pages."""
    base, _, query = url.partition("?")
    pairs = [(name, value) for name, value in parse_qsl(query, True) if name not in {"back", "came_from"}]
    return f"{base}?{urlencode(pairs)}" if pairs else base
