"""Every limit of a request: what is within it is taken, what is above is refused with a sentence about it.

`CASES` has one entry for each setting in `[limits]`, so that a limit that nobody tries is a mistake.
"""

import io
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image as Picture

from objpub import Content
from objpub import field
from objpub import Image
from objpub import Site
from objpub import testing
from objpub.settings import LimitSettings
from objpub.settings import reference
from objpub.views import view
from tests.publisher.running import served

ROOT = Path(__file__).parent.parent.parent
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MANY = "multipart/form-data; boundary=b"


class Card(Content, addable="anywhere"):
    """Something with a picture."""

    title: str = ""
    picture: Image | None = field(default=None)


@view(Site, "take", method=["GET", "POST"], permission="public")
def take(site, request, title: str = "", picture: Image | None = None):
    return "taken"


def part(name, value=b"x", more=b"", filename=""):
    head = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    return head.encode() + b"\r\n" + more + b"\r\n" + value


def multipart(*parts):
    return b"".join(b"--b\r\n" + each + b"\r\n" for each in parts) + b"--b--\r\n"


def png(width, height):
    file = io.BytesIO()
    Picture.new("L", (width, height)).save(file, "PNG")
    return file.getvalue()


def nested(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


def sent(body, kind, path="/take", method="POST", **headers):
    return method, path, body, {"Content_Type": kind, **headers}


def got(path, **headers):
    return "GET", path, None, headers


#: Setting → (its value, what is taken, what is refused, the status, words of the sentence).
CASES = {
    "body_bytes": (
        1_000,
        sent(b"title=" + b"x" * 994, FORM),
        sent(b"title=" + b"x" * 995, FORM),
        413,
        ["1,001", "1,000"],
    ),
    "file_bytes": (
        1_000,
        sent(multipart(part("f", b"x" * 1_000, filename="a.txt")), MANY),
        sent(multipart(part("f", b"x" * 1_001, filename="a.txt")), MANY),
        413,
        ["f: the file 'a.txt'", "1,000"],
    ),
    "form_bytes": (
        1_000,
        sent(b"title=" + b"x" * 900, FORM),
        sent(b"title=" + b"x" * 1_000, FORM),
        413,
        ["1,006", "1,000"],
    ),
    "fields": (
        10,
        sent(b"a=1" + b"&a=1" * 9, FORM),
        sent(b"a=1" + b"&a=1" * 10, FORM),
        413,
        ["11 fields", "at most 10"],
    ),
    "parts": (
        10,
        sent(multipart(*[part("a")] * 10), MANY),
        sent(multipart(*[part("a")] * 11), MANY),
        413,
        ["more than 10 parts"],
    ),
    "part_header_bytes": (
        300,
        sent(multipart(part("a", more=b"X: " + b"y" * 200 + b"\r\n")), MANY),
        sent(multipart(part("a", more=b"X: " + b"y" * 400 + b"\r\n")), MANY),
        413,
        ["head of a part", "300"],
    ),
    "name_characters": (
        20,
        sent(b"a" * 20 + b"=1", FORM),
        sent(b"a" * 21 + b"=1", FORM),
        400,
        ["'aaa", "21", "20"],
    ),
    "nesting": (3, sent(b"a.0.b.c=1", FORM), sent(b"a.0.b.c.d=1", FORM), 400, ["a.0.b.c.d", "4", "3"]),
    "json_depth": (5, sent(nested(5), JSON), sent(nested(6), JSON), 400, ["deeper than 5"]),
    "json_digits": (
        20,
        sent(b'{"title": "x", "n": %s}' % (b"9" * 20), JSON),
        sent(b'{"title": "x", "n": %s}' % (b"9" * 21), JSON),
        400,
        ["number 999", "21", "20"],
    ),
    "pixels": (
        100,
        sent(multipart(part("picture", png(10, 10), filename="a.png")), MANY),
        sent(multipart(part("picture", png(10, 11), filename="a.png")), MANY),
        400,
        ["picture", "10 by 11 pixels", "100"],
    ),
    "path_bytes": (100, got("/" + "a" * 99), got("/" + "a" * 100), 414, ["101 bytes", "100"]),
    "query_bytes": (100, got("/take?title=" + "x" * 94), got("/take?title=" + "x" * 95), 414, ["101", "100"]),
    "depth": (3, got("/take"), got("/a/b/c/d"), 414, ["4 segments", "3"]),
    "header_bytes": (1_024, got("/take", X="y" * 500), got("/take", X="y" * 1_100), 431, ["1024"]),
    "cookie_bytes": (300, got("/take", Cookie="a=" + "b" * 298), got("/take", Cookie="a=" + "b" * 299), 431,
                     ["Cookie", "301", "300"]),
}  # fmt: skip
NOT_OF_REQUESTS = {"at_once", "attempts", "retry_seconds", "free_bytes"}


def test_every_limit_is_tried():
    assert set(CASES) == {each.name for each in fields(LimitSettings)} - NOT_OF_REQUESTS


def ask(wire, request):
    method, path, body, headers = request
    return wire.ask(method, path, body, Accept="application/json", Origin=wire.origin, **headers)


@pytest.mark.parametrize("name", CASES)
def test_what_is_within_a_limit_is_taken_and_what_is_above_is_refused_with_a_sentence(name):
    value, within, above, status, words = CASES[name]
    with testing.site(Card, take, settings={f"limits.{name}": value}) as site, served(site) as wire:
        before = site.last_transaction()
        taken, refused = ask(wire, within), ask(wire, above)
        assert taken.status in {200, 404}, taken.text
        assert refused.status == status, refused.text
        assert [word for word in words if word not in refused.text] == [], refused.text
        assert site.last_transaction() == before
        assert list(site.database.temporary_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"a": 1, "b": 2, "a": 3}', ["'a'", "twice"]),
        (b'{"x": {"a": 1, "a": 1}}', ["'a'", "twice"]),
        (b'{"ratio": 1e999}', ["1e999", "too large"]),
        (b'{"ratio": -1e999}', ["-1e999", "too large"]),
        (b'{"ratio": Infinity}', ["Infinity"]),
        (b'{"ratio": NaN}', ["NaN"]),
        (b'{"text": "\\udc00"}', ["UTF-8"]),
        (b'{"\\ud800": 1}', ["UTF-8"]),
        (json.dumps({f"n{number}": 1 for number in range(2_001)}).encode(), ["2,001 values", "2,000"]),
        (b"\xef\xbb\xbf{}", ["line 1"]),
        (b'{"a": 01}', ["line 1"]),
        (b"{'a': 1}", ["line 1"]),
        (b'{"a": 1,}', ["line 1"]),
        (b'{"a": "\x00"}', ["line 1"]),
        (b'{"a": 1} {"b": 2}', ["line 1"]),
    ],
)
def test_json_that_could_mean_two_things_or_too_much_is_refused(body, words):
    with testing.site(take) as site, served(site) as wire:
        answer = ask(wire, sent(body, JSON))
        assert answer.status in {400, 413}
        assert [word for word in words if word not in answer.text] == [], answer.text


def test_every_limit_is_in_the_reference_with_its_default_and_status():
    text = (ROOT / "docs" / "reference" / "limits.md").read_text()
    rows = dict(re.findall(r"^\| `limits\.(\w+)` \|(.*)$", text, re.M))
    assert set(rows) == set(CASES)
    for setting in reference():
        name = setting.name.removeprefix("limits.")
        if name in rows and setting.name.startswith("limits."):
            assert f"`{setting.default:,}`" in rows[name], name
            assert f"{CASES[name][3]}" in rows[name], name


#: What reads XML, unpacks archives, or makes objects of bytes: nothing that comes from outside gets there.
PARSERS = re.compile(
    r"^\s*(?:import|from)\s+(xml|lxml|defusedxml|pyexpat|zipfile|tarfile|zlib|bz2|lzma|gzip|pickle"
    r"|marshal|shelve|yaml|plistlib)\b",
    re.M,
)
#: Module → what it does with them.
USES = {
    "objpub/catalog/pending.py": {"pickle"},  # of what objpub stored itself, as ZODB does
    "objpub/content/copying.py": {"pickle"},  # of what is stored, within one request
    "objpub/content/pixels.py": {"zlib"},  # the name of an error that Pillow raises
    "objpub/manage/picking.py": {"zlib"},  # names in an address, up to a limit of bytes
    "objpub/publisher/conditions.py": {"zlib"},  # a checksum of a page
    "objpub/publisher/finishing.py": {"gzip"},  # packs answers, unpacks nothing
    "objpub/publisher/static.py": {"gzip"},  # the same
    "objpub/importing/yaml_block.py": {"yaml"},  # the safe loader, of a folder that an administrator names
    "objpub/feeds/writing.py": {"xml"},  # it writes, and reads nothing
    "objpub/templates/kinds.py": {"xml"},  # the templates of a site's own package, when they are loaded
    "objpub/templates/cache.py": {"marshal"},  # of a folder that nobody else writes to
    "objpub/testing/response.py": {"gzip"},  # what objpub itself packed
}


def test_nothing_that_comes_from_outside_reaches_a_parser_of_xml_or_an_unpacker():
    found = {}
    for path in sorted((ROOT / "objpub").rglob("*.py")):
        names = set(PARSERS.findall(path.read_text()))
        if names:
            found[str(path.relative_to(ROOT))] = names
    assert found == USES
