"""Somebody with a browser: follows links by their words, fills in forms by the names of their fields."""

import http.client
import json
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from urllib.parse import urljoin
from urllib.parse import urlsplit

FORM = "application/x-www-form-urlencoded"
MOST_REDIRECTS = 5


class Form:
    """A form of a page. fields: name → value as the page has it. words: those of its buttons."""

    def __init__(self, action, method):
        self.action = action
        self.method = method
        self.fields = {}
        self.words = ""


class Page(HTMLParser):
    """What an answer shows. links: words → address. json: the address of the same as JSON, or None."""

    def __init__(self, address, status, headers, body):
        super().__init__()
        self.address, self.status, self.headers, self.body = address, status, headers, body
        self.text = body.decode("utf-8", "replace")
        self.links, self.forms, self.json, self.heading = {}, [], None, ""
        self._inside, self._link, self._area = [], None, None
        if headers.get_content_type() == "text/html":
            self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        """Note a link, a form, or a field of it."""
        values = dict(attributes)
        if tag == "a":
            self._link = values.get("href")
        elif tag == "link" and values.get("type") == "application/json":
            self.json = urljoin(self.address, values["href"])
        elif tag == "form":
            action = urljoin(self.address, values.get("action") or self.address)
            self.forms.append(Form(action, values.get("method", "get").upper()))
        elif tag in ("input", "button") and self.forms and values.get("name"):
            self.forms[-1].fields[values["name"]] = values.get("value") or ""
        elif tag == "textarea":
            self._area = values["name"]
            self.forms[-1].fields[self._area] = ""
        self._inside.append(tag)

    def handle_endtag(self, tag):
        """Leave an element."""
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass
        if tag == "textarea" and self._area:
            fields = self.forms[-1].fields
            fields[self._area] = fields[self._area].removeprefix("\n")  # as browsers do
            self._area = None

    def handle_data(self, data):
        """Take the words of a link, a heading, a button or a field."""
        if "a" in self._inside and self._link:
            self.links[data.strip()] = urljoin(self.address, self._link)
        elif "h1" in self._inside:
            self.heading += data
        elif "button" in self._inside and self.forms:
            self.forms[-1].words += data.strip()
        elif self._area:
            self.forms[-1].fields[self._area] += data.replace("\r\n", "\n")

    def form(self, *names):
        """Return the form that has all fields *names*; without names, the one whose button says "Delete"."""
        fitting = (
            each
            for each in self.forms
            if (set(names) <= set(each.fields) if names else each.words == "Delete")
        )
        return next(fitting, None)


class Visitor:
    """A browser with cookies at a site. origin: what it says of where its forms come from."""

    def __init__(self, port):
        self.site = f"http://127.0.0.1:{port}/"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies = {}

    def ask(self, method, address, body=None, headers=None):
        """Return the Page that answers one request; redirects are not followed."""
        parts = urlsplit(urljoin(self.site, address))
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        sent = {"Accept": "text/html", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method != "GET":
            sent = {"Origin": self.site.rstrip("/"), **sent}
        self.connection.request(method, target, body, sent)
        answer = self.connection.getresponse()
        data = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if not morsel.value or morsel["max-age"] == "0":
                    del self.cookies[name]
        return Page(parts.geturl(), answer.status, answer.headers, data)

    def open(self, address=""):
        """Return the page at *address*, where redirects lead to."""
        page = self.ask("GET", address)
        for _ in range(MOST_REDIRECTS):
            if page.status not in (301, 302, 303, 307, 308):
                return page
            page = self.ask("GET", urljoin(page.address, page.headers["Location"]))
        raise AssertionError(f"{address} leads on and on")

    def send(self, form, values=None, headers=None):
        """Send a *form* with *values* put into it; return the answer, redirects not followed."""
        body = urlencode({**form.fields, **(values or {})})
        return self.ask(form.method, form.action, body, {"Content-Type": FORM, **(headers or {})})

    def done(self, answer):
        """Return the page that a successful *answer* leads to."""
        assert answer.status in (302, 303), (answer.status, answer.text[:2_000])
        return self.open(urljoin(answer.address, answer.headers["Location"]))

    def data(self, address):
        """Return the JSON at *address*."""
        page = self.ask("GET", address, headers={"Accept": "application/json"})
        assert (page.status, page.headers.get_content_type()) == (200, "application/json"), page.status
        return json.loads(page.body)

    def sign_in(self, name, password):
        """Sign in by the link of the front page; return the page that comes then."""
        page = self.open(self.open().links["Sign in"])
        field = next(each for each in ("name", "username") if page.form(each, "password"))
        return self.done(self.send(page.form(field, "password"), {field: name, "password": password}))
