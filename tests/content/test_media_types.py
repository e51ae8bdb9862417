import pytest

from objpub.content import is_inline
from objpub.content import media_type_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
ZIP = b"PK\x03\x04" + b"\0" * 20


@pytest.mark.parametrize(
    ("head", "filename", "claimed", "expected"),
    [
        (PNG, "a.png", None, "image/png"),
        (PNG, "a.html", "text/html", "image/png"),
        (PNG, "", None, "image/png"),
        (b"\xff\xd8\xff\xe0", "x", None, "image/jpeg"),
        (b"GIF89a;<script>", "x.js", None, "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "", None, "image/webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "", None, "audio/wav"),
        (b"\0\0\0\x20ftypavif", "", None, "image/avif"),
        (b"\0\0\0\x20ftypisom", "clip.mp4", None, "video/mp4"),
        (b"\0\0\0\x20ftypM4A ", "song.m4a", None, "audio/mp4"),
        (b"%PDF-1.7", "a.txt", None, "application/pdf"),
        (ZIP, "a.docx", None, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (ZIP, "a.odt", None, "application/vnd.oasis.opendocument.text"),
        (ZIP, "a.png", "image/png", "application/zip"),
        (ZIP, "a.html", "text/html", "application/zip"),
        (b"\x1f\x8b\x08\0", "a.tar.gz", None, "application/gzip"),
        (b"\x1a\x45\xdf\xa3\0", "a.mkv", None, "video/x-matroska"),
        (b"OggS\0\x02", "a.ogv", None, "video/ogg"),
        (b"plain words", "a.txt", None, "text/plain"),
        (b"plain words", "", None, "text/plain"),
        ("Grüße".encode(), "a.md", None, "text/markdown"),
        (b"a,b\n1,2\n", "a.csv", "application/octet-stream", "text/csv"),
        (b"", "", None, "text/plain"),
        (b"", "a.png", "image/png", "text/plain"),
        (b"{}", "a.json", None, "application/json"),
        (b"<!DOCTYPE html><p>", "a.html", None, "text/html"),
        (b"<!doctype HTML>", "a.png", "image/png", "text/html"),
        (b"\xef\xbb\xbf \n<html >", "", None, "text/html"),
        (b"<!-- x --><script>alert(1)</script>", "a.gif", None, "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "a.png", "image/png", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<!-- made --><svg >", "a", None, "image/svg+xml"),
        (b"<?xml version='1.0'?><feed>", "", None, "application/xml"),
        (b"<html>", "a.txt", None, "text/plain"),
        (b"\0\x01\x02\x03", "a.txt", "text/plain", "application/octet-stream"),
        (b"\0\x01\x02\x03", "a.png", "image/png", "application/octet-stream"),
        (b"\0\x01\x02\x03", "", "application/x-thing; charset=x", "application/x-thing"),
        (b"\0\x01\x02\x03", "", "nonsense", "application/octet-stream"),
        (b"\0\x01\x02\x03", "", "text/html\r\nX: y", "application/octet-stream"),
        (b"Gr\xfc\xdfe", "a.txt", None, "application/octet-stream"),
        (b"x" * 4095 + "ü".encode()[:1], "a.txt", None, "text/plain"),
        (b"BMW is a car", "a.txt", None, "text/plain"),
        (b"MZ was here", "a.txt", None, "text/plain"),
        (b"ID3 is an algorithm", "a.txt", None, "text/plain"),
        (b"words", "A.PDF", "application/pdf", "text/plain"),
    ],
)
def test_the_bytes_decide_and_no_name_or_claim_makes_them_inline(head, filename, claimed, expected):
    assert media_type_of(head, filename, claimed) == expected


@pytest.mark.parametrize(
    "media_type", ["image/png", "IMAGE/PNG", "image/png; x=y", " text/plain ;charset=utf-8"]
)
def test_types_on_the_list_are_shown(media_type):
    assert is_inline(media_type)


@pytest.mark.parametrize(
    "media_type",
    [
        "text/html",
        "TEXT/HTML",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "text/javascript",
        "application/octet-stream",
        "image/png\0",
        "image/png,text/html",
        "text/plainx",
        "",
    ],
)
def test_all_other_types_are_not(media_type):
    assert not is_inline(media_type)
