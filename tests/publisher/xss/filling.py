"""What people wrote: payloads in every text, name, title and file name that the site keeps."""

from contextlib import suppress

from objpub import File
from objpub import Image
from objpub.errors import Invalid
from objpub.importing import Page
from objpub.operations import add_new
from objpub.operations import add_user
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import make_token
from objpub.security import grant
from objpub.security import SYSTEM
from tests.publisher.test_defaults import png

from .kinds import Card
from .kinds import Cards
from .payloads import PAYLOADS

PEOPLE = {"admin": ["manager"], "ines": ["editor"], "tomas": ["reader"]}


def one_line(payload):
    """Return *payload* as every title takes it: without characters that are not seen."""
    return "".join(each if each.isprintable() else " " for each in payload).strip() or "x"


HTML = b"<!doctype html><html><body><script>parent.xss(1)</script></body></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='parent.xss(2)'><script>parent.xss(3)</script></svg>"
STYLE = b"html { --ran: 1 }"

#: Files that run where a browser takes them for what they look like.
UPLOADS = {
    "a.html": HTML,
    "b.txt": HTML,
    "a.png": HTML,
    "a.pdf": b"%PDF-1.4\n" + HTML,
    "a": HTML,
    "a.svg": SVG,
    "a.xml": b"<?xml version='1.0'?>" + SVG,
    "a.xhtml": b"<html xmlns='http://www.w3.org/1999/xhtml'><script>parent.xss(4)</script></html>",
    "a.js": b"(self.parent ?? self).xss(5)",
    "a.mjs": b"xss(6)",
    "js.txt": b"xss(7)",
    "a.gif": b"GIF89a=1;xss(8)",
    "a.css": STYLE,
    "css.txt": STYLE,
    "a.json": b"xss(9)",
    "a.csv": b"=1+1,<script>parent.xss(10)</script>",
    "a.htm": HTML,
    "a.mht": b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + HTML,
}


def lines(payload):
    """Return *payload* with its line breaks."""
    return payload.replace("\\n", "\n")


WHOLE = one_line(" ".join(PAYLOADS))


def fill(site, whole=True):
    """Put all payloads into *site*, a site under test; whole: into every list of things, too."""
    some = PAYLOADS if whole else PAYLOADS[::5]
    for name, roles in PEOPLE.items():
        site.add_user(name, roles=roles)
    with site.work() as root:
        cards = add_new(SYSTEM, root, Cards, {"title": WHOLE}, "cards")
        for number, payload in enumerate(PAYLOADS):
            add_card(cards, f"c{number}", payload)
        for written_in in ("markdown", "html"):
            for number, payload in enumerate(PAYLOADS):
                text = "\n".join(map(one_line, lines(payload).split("\n")))
                values = {"title": one_line(payload), "text": text, "written_in": written_in}
                add_new(SYSTEM, cards, Page, values, f"{written_in[0]}{number}")
        many = add_new(SYSTEM, root, Cards, {"title": PAYLOADS[9]}, "many")
        everything = "\n\n".join(map(lines, PAYLOADS))
        add_card(many, "everything", WHOLE, everything)
        text = "\n".join(map(one_line, everything.split("\n")))
        add_new(SYSTEM, many, Page, {"title": WHOLE[:900], "text": text}, "document")
        for number, payload in enumerate(some):
            with suppress(Invalid):  # names cannot be everything, but most of it
                add_new(SYSTEM, many, Card, {"title": f"Named {number}"}, payload.replace("/", "∕")[:200])
    with site.work() as root:
        fill_files(root, some)
        fill_people(root, some)
        grant(root["cards"], "user:tomas", "editor")
        for name in ("c7", "c8"):
            delete(SYSTEM, root["cards"][name])
        edit(SYSTEM, root, {"title": WHOLE[:200], "description": WHOLE[:500]})


def add_card(folder, name, payload, long=None):
    """Put a card into *folder* with *payload* in all its texts; what is refused is left out."""
    text = lines(payload) if long is None else long
    try:
        add_new(SYSTEM, folder, Card, card_of(payload, text), name)
    except Invalid:
        plain = "\n".join(map(one_line, text.replace("&#1;", "&#9;").split("\n")))
        add_new(SYSTEM, folder, Card, card_of(one_line(payload), plain), name)


def card_of(text, long):
    """Return the values of a card with *text*, or *long* where lines may break, in each."""
    short = {"title": text, "home": text, "words": (text[:9_000],), "tags": frozenset({text[:9_000]})}
    return short | {"note": long, "body": long, "text": long}


def fill_files(root, payloads):
    """Add files that are called what people may call them."""
    files = add_new(SYSTEM, root, Cards, {"title": "Files"}, "files")
    for number, payload in enumerate(payloads):
        name = payload.replace("/", "∕")[:200] + ".txt"
        files.add(f"f{number}", File.from_bytes(b"x", name, "text/plain", title=one_line(payload)))
    for number, payload in enumerate(payloads[:40]):
        name = payload.replace("/", "∕")[:200] + ".png"
        image = Image.from_bytes(png(64), name, title=one_line(payload), alt=one_line(payload))
        files.add(f"i{number}", image)
    for name, data in UPLOADS.items():
        files.add(name, File.from_bytes(data, name))
        files.add(f"claimed-{name}", File.from_bytes(data, name, "text/javascript"))


def fill_people(root, payloads):
    """Give people, groups and tokens such names."""
    for name in PEOPLE:
        edit(SYSTEM, root.users.get(name), {"title": f"{PAYLOADS[30]} {name}"})
    for number, payload in enumerate(payloads):
        add_user(SYSTEM, root, f"u{number}", None, title=one_line(payload)[:190])
        if number % 4 == 0:
            root.users.add_group(f"g{number}", title=one_line(payload)[:190])
    group = root.users.groups["g0"]
    edit(SYSTEM, group, {"description": WHOLE[:900]})
    make_token(SYSTEM, root, "admin", PAYLOADS[31][:80], permissions=None)
