"""Media types: told from the bytes themselves, else from the name; and which may be shown in a browser."""

import mimetypes
import re
from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath

#: How many bytes at the start `media_type_of` wants to see.
HEAD_BYTES = 4096

UNKNOWN = "application/octet-stream"

#: Types that a browser may show as a page of the site's own address. All else is sent as an attachment:
#: HTML, SVG and XML could carry scripts.
INLINE = frozenset(
    {
        "application/pdf",
        "audio/aac",
        "audio/flac",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "image/avif",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/x-icon",
        "text/plain",
        "video/mp4",
        "video/ogg",
        "video/webm",
    }
)

#: (start of the bytes, media type); the first that fits wins. Sources: the WHATWG's MIME Sniffing standard,
#: and the formats' own specifications.
SIGNATURES = (
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF.{4}WEBPVP8", "image/webp"),
    (rb"\x00.{3}ftypavi[fs]", "image/avif"),
    (rb"\x00.{3}ftyphei[cx]", "image/heic"),
    (rb"\x00.{3}ftypmif1", "image/heif"),
    (rb"II\*\x00|MM\x00\*", "image/tiff"),
    (rb"\x00\x00\x01\x00", "image/x-icon"),
    (rb"BM.{4}\x00{4}", "image/bmp"),
    (rb"8BPS\x00\x01", "image/vnd.adobe.photoshop"),
    (rb"%PDF-", "application/pdf"),
    (rb"PK(\x03\x04|\x05\x06)", "application/zip"),
    (rb"\x1f\x8b\x08", "application/gzip"),
    (rb"BZh[1-9]1AY&SY", "application/x-bzip2"),
    (rb"\xfd7zXZ\x00", "application/x-xz"),
    (rb"\x28\xb5\x2f\xfd", "application/zstd"),
    (rb"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (rb"Rar!\x1a\x07", "application/vnd.rar"),
    (rb".{257}ustar", "application/x-tar"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (rb"\x7fELF", "application/x-executable"),
    (rb"MZ.{0,1000}PE\x00\x00", "application/vnd.microsoft.portable-executable"),
    (rb"OggS\x00", "application/ogg"),
    (rb"fLaC\x00", "audio/flac"),
    (rb"ID3[\x02-\x04]|\xff[\xfb\xf3\xf2]", "audio/mpeg"),
    (rb"\xff[\xf1\xf9]", "audio/aac"),
    (rb"RIFF.{4}WAVE", "audio/wav"),
    (rb"RIFF.{4}AVI ", "video/x-msvideo"),
    (rb"\x00.{3}ftypM4A", "audio/mp4"),
    (rb"\x00.{3}ftypqt", "video/quicktime"),
    (rb"\x00.{3}ftyp", "video/mp4"),
    (rb"\x1a\x45\xdf\xa3", "video/webm"),
    (rb"wOF2", "font/woff2"),
    (rb"wOFF\x00\x01", "font/woff"),
    (rb"OTTO\x00", "font/otf"),
    (rb"\x00\x01\x00\x00\x00", "font/ttf"),
    (rb"SQLite format 3\x00", "application/vnd.sqlite3"),
    (rb"\x00asm\x01", "application/wasm"),
)

#: A container's type → the more exact types that a file name's ending may give it.
INSIDE = {
    "application/zip": (
        "application/vnd.openxmlformats-officedocument.",
        "application/vnd.oasis.opendocument.",
        "application/epub+zip",
        "application/java-archive",
    ),
    "application/x-ole-storage": ("application/msword", "application/vnd.ms-"),
    "application/ogg": ("audio/ogg", "video/ogg"),
    "video/webm": ("video/webm", "audio/webm", "video/x-matroska"),
    "video/mp4": ("video/mp4", "audio/mp4"),
}

#: What the table of Python lacks or tells differently from one release to the next.
ENDINGS = {
    ".avif": "image/avif",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".epub": "application/epub+zip",
    ".flac": "audio/flac",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".m4a": "audio/mp4",
    ".markdown": "text/markdown",
    ".md": "text/markdown",
    ".mkv": "video/x-matroska",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".toml": "application/toml",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zip": "application/zip",
}

#: Python's own table, without what the machine's files add: a site behaves alike everywhere.
STANDARD = mimetypes.MimeTypes().types_map[True]

#: Starts of text that a browser would take for a document, whatever its name says. A comment that was passed
#: is not tried in another way: many of them would take for ever.
MARKUP = (
    (
        re.compile(
            rb"(<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+(<!doctype\s+svg[^>]*>\s*)?<svg[\s>]", re.S | re.I
        ),
        "image/svg+xml",
    ),
    (
        re.compile(rb"(?><!--.*?-->\s*)*+<(!doctype\s+html|html|head|body|script|iframe)[\s>]", re.S | re.I),
        "text/html",
    ),
    (re.compile(rb"<\?xml\s"), "application/xml"),
)

#: Types that the bytes show: a name or a claim alone does not make them. Markup is told from text.
VISIBLE = {media_type for _, media_type in SIGNATURES} | INLINE - {"text/plain"} | {UNKNOWN}

SYNTAX = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")


def is_inline(media_type: str) -> bool:
    """May a browser show *media_type* itself? All else is sent as an attachment."""
    return media_type.partition(";")[0].strip().lower() in INLINE


def media_type_of(head: bytes, filename: str = "", claimed: str | None = None) -> str:
    """Return the media type of a file that starts with *head*.

    head: its first bytes, up to HEAD_BYTES. filename: its ending helps where the bytes do not tell.
    claimed: what the sender called it; believed only where nothing else is known. Types that the bytes would
    show, all that browsers show inline among them, are never believed from a name or a claim.
    """
    by_name = type_by_name(filename)
    by_bytes = first_match(signatures(), head)
    if by_bytes is not None:
        return by_name if by_name.startswith(INSIDE.get(by_bytes, ())) else by_bytes
    told = next((kind for kind in (by_name, well_formed(claimed)) if kind not in VISIBLE), UNKNOWN)
    if not is_text(head):
        return UNKNOWN if told == "text/plain" else told
    if told == UNKNOWN:
        return first_match(MARKUP, head.lstrip(b"\xef\xbb\xbf \t\r\n")) or "text/plain"
    return told


def type_by_name(filename: str) -> str:
    """Return the media type that the ending of *filename* stands for, or UNKNOWN."""
    ending = PurePosixPath(filename.lower()).suffix
    return ENDINGS.get(ending) or STANDARD.get(ending) or UNKNOWN


@cache
def signatures() -> tuple[tuple[re.Pattern[bytes], str], ...]:
    """Return `SIGNATURES`, compiled when the first file comes: they take half a megabyte."""
    return tuple((re.compile(start, re.DOTALL), media_type) for start, media_type in SIGNATURES)


def first_match(table: Iterable[tuple[re.Pattern[bytes], str]], head: bytes) -> str | None:
    """Return the media type of the first pattern of *table* that *head* starts with, or None."""
    return next((media_type for pattern, media_type in table if pattern.match(head)), None)


def well_formed(claimed: str | None) -> str:
    """Return the media type of a sender's claim without its parameters; UNKNOWN if it is none."""
    media_type = (claimed or "").partition(";")[0].strip().lower()
    return media_type if SYNTAX.fullmatch(media_type) else UNKNOWN


def is_text(head: bytes) -> bool:
    """Are these bytes the start of text in UTF-8? An empty file is."""
    if any(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"  # cut within a character
    return True
