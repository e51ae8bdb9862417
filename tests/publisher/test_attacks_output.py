"""What people wrote and uploaded never runs in the browser of another, and every answer says so."""

import re
from html.parser import HTMLParser

import pytest

from objpub import Content
from objpub import field
from objpub import File
from objpub import Folder
from objpub import Image
from objpub import Markdown
from objpub import Ref
from objpub import RichText
from objpub import Site
from objpub import testing
from objpub.views import plain
from objpub.views import see_other
from objpub.views import view
from tests.publisher.running import served

RUNS = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea></select><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "${1+1}<?python print(1)?>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "\u2028<script>alert(1)</script>".strip(),
    "&lt;script&gt;alert(1)&lt;/script&gt;<b onclick=alert(1)>",
]
RICH = [
    *RUNS,
    "<a href=' \x01javascript:alert(1)'>x</a>".replace("\x01", ""),
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<form action=//evil.example><button>x</button></form>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<object data=//evil.example></object><embed src=//evil.example>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
]


class Card(Content, addable="anywhere"):
    """Text of every kind."""

    title: str = ""
    note: str = field(default="", multiline=True)
    words: tuple[str, ...] = ()
    body: RichText = ""
    text: Markdown = ""
    before: "Ref[Content] | None" = field(default=None)


@view(Site, "told", method="POST", permission="public")
def told(site, request, text: str):
    return request.redirect(site, message=text)


@view(Site, "upload", method="POST", permission="public")
def upload(site, request):
    file = site.add(request.form.get("name"), File.of(request.form.get("file")))
    return request.redirect(file)


@view(Site, "header", permission="public")
def header(site, request, text: str, place: str):
    text = bytes.fromhex(text).decode()
    response = see_other("/") if place == "location" else plain("text")
    name = {"location": "Location", "kind": "Content-Type", "cookie": "Set-Cookie"}.get(place, "X-Text")
    response._headerlist = [each for each in response._headerlist if each[0] != name] + [(name, text)]
    return response


class Dangers(HTMLParser):
    """Collects what could run in a page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag in {"iframe", "object", "embed", "base", "meta", "svg", "math", "template", "style"} and (
            tag != "meta" or dict(attrs).keys() & {"http-equiv"}
        ):
            self.found.append(tag)
        if tag == "script" and not dict(attrs).get("src", "").startswith("/static/"):
            self.found.append(tag)
        if tag == "form" and not (dict(attrs).get("action") or "/").startswith("/"):
            self.found.append(tag)
        for name, value in attrs:
            plain = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.found.append(name)
            if plain.startswith(("javascript:", "vbscript:", "data:text", "//")):
                self.found.append(value)


def dangers(text):
    reader = Dangers()
    reader.feed(text)
    reader.close()
    return reader.found


@pytest.fixture(scope="module")
def site():
    with testing.site(Card, told, upload, header) as site:
        with site.work() as root:
            box = root.add("box", Folder())
            for number, text in enumerate(RICH):
                line = " ".join(text.split())
                before = box.get(f"c{number - 1}")
                card = Card(title=line, note=text, words=(line,), body=text, text=text, before=before)
                box.add(f"c{number}", card)
            root.add("picture", Image.from_bytes(PICTURE, "p.png"))
            root.add("file", File.from_bytes(b"plain", "plain.txt"))
        yield site


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def wire(site):
    with served(site) as wire:
        yield wire


@pytest.mark.parametrize("number", range(len(RICH)))
def test_what_people_wrote_does_not_run_on_the_page_of_it(wire, number):
    answer = wire.ask("GET", f"/box/c{number}", Accept="text/html")
    assert answer.status == 200
    assert dangers(answer.text) == [], answer.text


def test_the_reader_of_pages_sees_what_would_run():
    assert sum(bool(dangers(text)) for text in RICH) >= 20


def test_titles_do_not_run_on_the_page_that_lists_them(wire):
    answer = wire.ask("GET", "/box/", Accept="text/html")
    assert answer.text.count("alert(1)") > 10
    assert dangers(answer.text) == []


@pytest.mark.parametrize("text", RUNS)
def test_a_message_for_the_next_page_does_not_run_there(wire, text):
    form = f"text={''.join(f'%{byte:02x}' for byte in text.encode())}"
    answer = wire.ask("POST", "/told", form, Origin=wire.origin)
    assert answer.status in {303, 400}
    page = wire.ask("GET", "/", Cookie=answer.cookies())
    assert answer.status == 400 or "message" in page.text
    assert dangers(page.text) == []


@pytest.mark.parametrize("text", RUNS)
@pytest.mark.parametrize(
    "path", ["/login?came_from={}", "/{}", "/box/?after={}", "/box/c0/{}", "/login?{}=1"]
)
def test_what_stands_in_an_address_does_not_run_on_the_page(wire, path, text):
    quoted = "".join(f"%{byte:02x}" for byte in text.encode())
    answer = wire.ask("GET", path.format(quoted), Accept="text/html")
    assert answer.status < 500
    assert dangers(answer.text) == [], answer.text


@pytest.mark.parametrize("text", RUNS)
def test_a_name_that_could_not_sign_in_does_not_run_on_the_page(wire, text):
    quoted = "".join(f"%{byte:02x}" for byte in text.encode())
    answer = wire.ask("POST", "/login", f"name={quoted}&password=x&came_from={quoted}", Origin=wire.origin)
    assert answer.status in {400, 401, 429}
    assert dangers(answer.text) == []


def test_rich_text_that_was_stored_past_its_field_is_cleaned_where_it_is_shown():
    with testing.site(Card) as site:
        with site.work() as root:
            root.add("card", Card(title="A card", body="<p>kept</p>"))
            root["card"].__dict__["body"] = "<p>kept</p><script>alert(1)</script><a href='javascript:x'>y</a>"
            root["card"]._p_changed = True
        assert "<p>kept</p><a>y</a>" in site.client.get("/card").text


# Uploads

HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
UPLOADS = [
    ("a.html", "text/html", HTML),
    ("a.html", "text/plain", HTML),
    ("a.html", "image/png", HTML),
    ("a.txt", "TEXT/HTML; charset=utf-8", HTML),
    ("a.htm", " text/html", HTML),
    ("a.xhtml", "application/xhtml+xml", HTML),
    ("a.xml", "text/xml", SVG),
    ("a.svg", "image/svg+xml", SVG),
    ("a.svg", "image/SVG+xml;x=y", SVG),
    ("a.svgz", "image/svg+xml", b"\x1f\x8b" + SVG),
    ("a.png", "image/png", SVG),
    ("a.gif", "image/gif", b"GIF89a/*" + HTML),
    ("a.pdf", "application/pdf", b"%PDF-1.4" + HTML),
    ("a.js", "text/javascript", b"alert(1)"),
    ("a.css", "text/css", b"*{background:url(//evil.example)}"),
    ("a.swf", "application/x-shockwave-flash", b"FWS" + HTML),
    ("a.hta", "application/hta", HTML),
    ("a.mht", "multipart/related", HTML),
    ("a", "", HTML),
    ("a.jpg", "text/html,image/jpeg", HTML),
    ("a.html\x00.png", "image/png", HTML),
    ("a.bin", "x/" + "y" * 500, HTML),
]
INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain", "application/pdf"}


def send(wire, name, filename, kind, data):
    head = f'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n{name}\r\n'
    head += f'--b\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
    head += f"Content-Type: {kind}\r\n\r\n" if kind else "\r\n"
    body = head.encode() + data + b"\r\n--b--\r\n"
    return wire.ask(
        "POST", "/upload", body, Content_Type="multipart/form-data; boundary=b", Origin=wire.origin
    )


@pytest.mark.parametrize("number", range(len(UPLOADS)))
def test_an_upload_never_runs_as_a_page_of_the_site(wire, number):
    sent = send(wire, f"u{number}", *UPLOADS[number])
    assert sent.status in {303, 400, 422}
    if sent.status != 303:
        return
    for path in (sent.header("Location"), sent.header("Location") + "/@@scale/small"):
        answer = wire.ask("GET", path)
        if answer.status != 200:
            continue
        kind = answer.header("Content-Type").partition(";")[0]
        assert answer.header("X-Content-Type-Options") == "nosniff"
        assert "sandbox" in answer.header("Content-Security-Policy") or kind in INLINE
        if kind not in INLINE:
            assert answer.header("Content-Disposition").startswith("attachment")


NAMES = [
    'a".html',
    "a\\",
    "a; filename*=UTF-8''evil.html",
    "%0d%0aX-Split: 1",
    "../../etc/passwd",
    "C:\\\\autoexec.bat",
    "\u202egnp.exe",
    "ü€.txt",
    "a" * 400,
    ".htaccess",
    "CON",
]


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_the_name_of_an_upload_is_only_a_name(wire, number):
    sent = send(wire, f"n{number}", NAMES[number].replace('"', "%22"), "application/zip", b"PK\x03\x04")
    assert sent.status in {303, 400, 422}
    if sent.status == 303:
        answer = wire.ask("GET", sent.header("Location"))
        shown = answer.header("Content-Disposition")
        assert answer.header("X-Split") is None
        assert "/" not in shown.replace("''", "") and "\\" not in shown.replace('\\"', "")
        assert shown.isprintable() and shown.isascii()
        assert "\u202e" not in shown and "%E2%80%AE" not in shown.upper()


# Headers


@pytest.mark.parametrize("place", ["location", "kind", "cookie", "other"])
@pytest.mark.parametrize(
    "text", ["a\r\nX-Split: 1", "a\nX-Split: 1", "a\rX-Split: 1", "a\x00b", "a\x0bb", "a\x7f", "\u0100"]
)
def test_a_header_that_would_end_early_is_an_error_and_is_not_sent(wire, place, text):
    answer = wire.ask("GET", f"/header?place={place}&text={text.encode().hex()}", Accept="text/html")
    assert answer.status == 500
    assert answer.header("X-Split") is None and answer.header("X-Text") is None
    assert "is in the log as" in answer.text


ANSWERS = {
    "page": ("GET", "/", 200),
    "folder": ("GET", "/box/", 200),
    "moved": ("GET", "/box", 308),
    "head": ("HEAD", "/", 200),
    "options": ("OPTIONS", "/", 204),
    "file": ("GET", "/file", 200),
    "picture": ("GET", "/picture", 200),
    "scale": ("GET", "/picture/scale/small", 200),
    "static": ("GET", "/static/objpub-publisher/plain.css", 200),
    "health": ("GET", "/health", 200),
    "ready": ("GET", "/ready", 200),
    "robots": ("GET", "/robots.txt", 200),
    "icon": ("GET", "/favicon.ico", 200),
    "missing": ("GET", "/nothing", 404),
    "missing static": ("GET", "/static/nothing", 404),
    "bad path": ("GET", "/%ff", 400),
    "verb": ("DELETE", "/", 405),
    "unknown verb": ("BREW", "/", 501),
    "cross site": ("POST", "/told", 403),
}


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_every_answer_has_the_headers_that_protect_it(wire, kind, accept):
    method, path, status = ANSWERS[kind]
    origin = "http://evil.example" if kind == "cross site" else None
    answer = wire.ask(method, path, Accept=accept, Origin=origin)
    assert answer.status == status
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("X-Frame-Options") in {"SAMEORIGIN", "DENY"}
    policy = answer.header("Content-Security-Policy")
    assert "frame-ancestors" in policy or "sandbox" in policy
    assert "unsafe" not in policy
    assert answer.header("Referrer-Policy")
    assert answer.header("X-Request-Id")
    assert answer.header("Access-Control-Allow-Origin") is None
    assert "waitress" not in (answer.header("Server") or "").lower()
    assert answer.header("X-Powered-By") is None


def test_no_page_of_the_publisher_has_a_script_or_a_style_of_its_own(wire):
    for path in ("/", "/login", "/nothing", "/logout"):
        text = wire.ask("GET", path, Accept="text/html").text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", text), path
