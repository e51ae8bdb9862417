"""What a request carries in its query and its body: parsed once, shared by every attempt, never changed."""

from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import multipart

from objpub.content import Upload
from objpub.settings import LimitSettings

from .json_bodies import json_object
from .problems import BadRequest
from .problems import TooLarge
from .problems import TooLong
from .problems import UnknownMediaType
from .spool import Spool

CHECKBOXES = "_checkboxes"  # names that the form has a checkbox for: one that does not come is False
MOST_CHECKBOXES = 1_000
BLOCK_BYTES = 65_536
Value = str | Upload


class Form:
    """The values of a request by name, each a list of texts and uploads.

    json: the body as an object if it was JSON, else None. body: the file of a body that is neither, or
    None; upload: the same for a `File` to take.
    """

    __slots__ = ("_spools", "_values", "json", "upload")

    def __init__(
        self,
        values: Mapping[str, list[Value]],
        json: dict[str, Any] | None = None,
        upload: Upload | None = None,
        spools: tuple[Spool, ...] = (),
    ):
        self._values = values
        self.json = json
        self.upload = upload
        self._spools = spools

    @property
    def body(self) -> Path | None:
        """The file with the body, until the request is answered."""
        return None if self.upload is None else self.upload.path

    def get(self, name: str, default: Any = None) -> Any:
        """Return the last value called *name*, or *default*."""
        values = self._values.get(name)
        return values[-1] if values else default

    def all(self, name: str) -> list[Value]:
        """Return every value called *name*, in the order they came."""
        return self._values.get(name, NONE)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield (name, text) of everything that is text."""
        for name, values in self._values.items():
            yield from ((name, value) for value in values if isinstance(value, str))

    def filenames(self) -> Iterator[tuple[str, str]]:
        """Yield (name, file name) of each file."""
        for name, values in self._values.items():
            yield from ((name, value.filename) for value in values if isinstance(value, Upload))

    def close(self) -> None:
        """Remove the spooled files. What was taken into a blob stays there."""
        for spool in self._spools:
            spool.remove()


NONE: list[Value] = []
EMPTY = Form({})


def read_form(environ: dict[str, Any], limits: LimitSettings, folder: Path) -> Form:
    """Return the form of a request: its query, and its body by media type.

    folder: where files are spooled. Raises BadRequest, TooLarge, TooLong or UnknownMediaType.
    """
    query = environ.get("QUERY_STRING", "")
    if len(query) > limits.query_bytes:
        raise TooLong(f"The query has {len(query):,} bytes; at most {limits.query_bytes:,} are taken")
    values = collected(read_query(query, limits), {}, limits) if query else {}
    length = length_of(environ, limits)
    if not length:
        return Form(with_checkboxes(values)) if values else EMPTY
    kind, _, more = environ.get("CONTENT_TYPE", "").lower().partition(";")
    kind = kind.strip()
    check_encoding(environ.get("HTTP_CONTENT_ENCODING", ""), more)
    reader = READERS.get(kind) or (read_json if kind.endswith("+json") else read_raw)
    body = Body(environ["wsgi.input"], length)
    return reader(body, environ, values, limits, folder)


def check_encoding(packed: str, more: str) -> None:
    """Raise UnknownMediaType for a body that is packed, or in another charset than UTF-8.

    packed: of the header Content-Encoding. more: what follows the media type, in lower case.
    """
    if not packed and not more:
        return
    if packed.lower() not in {"", "identity"}:
        raise UnknownMediaType(f"Content-Encoding: wanted a body that is not packed, got {packed[:40]!r}")
    _, found, charset = more.partition("charset=")
    charset = charset.partition(";")[0].strip(' "')
    if found and charset not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        raise UnknownMediaType(f"Content-Type: wanted the charset utf-8, got {charset[:40]!r}")


def length_of(environ: dict[str, Any], limits: LimitSettings) -> int:
    """Return the length of the body in bytes. Raises BadRequest, or TooLarge before any of it is read."""
    text = environ.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise BadRequest(f"Content-Length: wanted a number of bytes, got {text[:40]!r}")
    length = int(text)
    if length > limits.body_bytes:
        raise TooLarge(f"The body has {length:,} bytes; at most {limits.body_bytes:,} are taken")
    return length


class Body:
    """The rest of a body, so that nobody reads past it."""

    def __init__(self, source: Any, length: int):
        self._source = source
        self._left = length

    def read(self, most: int = BLOCK_BYTES) -> bytes:
        """Return the next bytes, b"" at the end. Raises BadRequest if the client stopped early."""
        if not self._left:
            return b""
        try:
            block: bytes = self._source.read(min(most, self._left))
        except ConnectionError:  # servers that hand a body on as it comes say it so
            block = b""
        if not block:
            raise BadRequest(f"The body ends {self._left:,} bytes before its Content-Length")
        self._left -= len(block)
        return block

    def all(self, most: int, what: str) -> bytes:
        """Return everything that is left. Raises TooLarge above *most* bytes."""
        if self._left > most:
            raise TooLarge(f"{what} has {self._left:,} bytes; at most {most:,} are taken")
        blocks = [self.read()]
        while self._left:
            blocks.append(self.read())
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)


def read_query(text: str, limits: LimitSettings) -> list[tuple[str, str]]:
    """Return the pairs of an urlencoded text. Raises BadRequest for what is not UTF-8."""
    number = text.count("&") + 1
    if number > limits.fields:
        raise TooLarge(f"The form has {number:,} fields; at most {limits.fields:,} are taken")
    try:
        pairs = [each.partition("=") for each in text.replace("+", " ").split("&") if each]
        if "%" not in text:
            return [(name, value) for name, _, value in pairs]
        return [(unquote(name, errors="strict"), unquote(value, errors="strict")) for name, _, value in pairs]
    except UnicodeDecodeError as error:
        raise BadRequest(f"The form is not UTF-8: {error.object[:40]!r}") from error


def read_urlencoded(
    body: Body, environ: dict[str, Any], values: dict[str, list[Value]], limits: LimitSettings, folder: Path
) -> Form:
    """Return the form of an urlencoded body; its values stand before those of the query."""
    raw = body.all(limits.form_bytes, "The form")
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"The form is not urlencoded: byte {error.start} is {raw[error.start]:#x}"
        ) from error
    return Form(with_checkboxes(collected(read_query(text, limits), values, limits)))


def read_json(
    body: Body, environ: dict[str, Any], values: dict[str, list[Value]], limits: LimitSettings, folder: Path
) -> Form:
    """Return the form of a JSON body, an object. Raises BadRequest and TooLarge."""
    return Form(values, json=json_object(body.all(limits.form_bytes, "The JSON"), limits))


def read_raw(
    body: Body, environ: dict[str, Any], values: dict[str, list[Value]], limits: LimitSettings, folder: Path
) -> Form:
    """Return a form whose body, of a media type nobody parses, lies in a file."""
    spool = Spool(folder)
    try:
        while block := body.read():
            spool.write(block)
        spool.close()
    except BaseException:
        spool.remove()
        raise
    upload = replace(spool.upload("", environ.get("CONTENT_TYPE")), pixels=limits.pixels)
    return Form(values, upload=upload, spools=(spool,))


def read_multipart(
    body: Body, environ: dict[str, Any], values: dict[str, list[Value]], limits: LimitSettings, folder: Path
) -> Form:
    """Return the form of a multipart body; files are spooled. Raises BadRequest or TooLarge."""
    _, options = multipart.parse_options_header(environ["CONTENT_TYPE"])
    boundary = options.get("boundary", "")
    if not boundary or len(boundary) > 200:
        raise BadRequest("multipart/form-data: the boundary is missing from the Content-Type")
    spools: list[Spool] = []
    found: list[tuple[str, Value]] = []
    try:
        for name, value in parts_of(body, boundary, limits, folder, spools):
            found.append((name, value))
        return Form(with_checkboxes(collected(found, values, limits)), spools=tuple(spools))
    except multipart.ParserLimitReached as error:
        discard(spools)
        raise TooLarge(
            f"The head of a part of the form is too large ({error}); at most {limits.part_header_bytes:,}"
            " bytes and 8 lines are taken"
        ) from error
    except (multipart.MultipartError, UnicodeError) as error:
        discard(spools)
        raise BadRequest(f"The form cannot be read: {error}") from error
    except BaseException:
        discard(spools)
        raise


def parts_of(
    body: Body, boundary: str, limits: LimitSettings, folder: Path, spools: list[Spool]
) -> Iterator[tuple[str, Value]]:
    """Yield (name, text or upload) of each part. *spools* collects what was spooled."""
    text_bytes, number, most = 0, 0, min(limits.parts, limits.fields)
    parser = multipart.PushMultipartParser(
        boundary,
        max_segment_count=most + 1,
        max_header_size=limits.part_header_bytes,
        max_header_count=8,
        max_segment_size=limits.body_bytes,
    )
    with parser:
        segment, target = None, None
        chunks: list[bytes] = []
        while not parser.closed:
            for result in parser.parse(body.read()):
                if isinstance(result, multipart.MultipartSegment):
                    segment, chunks, target = result, [], None
                    number += 1
                    if number > most:
                        raise TooLarge(f"The form has more than {most:,} parts")
                    if not result.name:
                        raise BadRequest("A part of the form has no name")
                    if result.filename is not None:
                        target = Spool(folder)
                        spools.append(target)
                elif result:
                    if target is not None:
                        target.write(result)
                        check_file(segment, target.size, limits)
                    else:
                        text_bytes += len(result)
                        chunks.append(bytes(result))
                        if text_bytes > limits.form_bytes:
                            raise TooLarge(
                                f"The texts of the form have more than {limits.form_bytes:,} bytes"
                            )
                elif segment is not None:
                    yield segment.name, finished(segment, chunks, target, limits.pixels)


def check_file(segment: Any, size: int, limits: LimitSettings) -> None:
    """Raise TooLarge for a file of which *size* bytes have come if they are too many."""
    if size > limits.file_bytes:
        raise TooLarge(
            f"{segment.name}: the file {str(segment.filename)[:80]!r} has more than {limits.file_bytes:,}"
            " bytes, the most that is taken"
        )


def finished(segment: Any, chunks: list[bytes], target: Spool | None, pixels: int) -> Value:
    """Return the value of a part that has ended: its text, or the upload of its file; "" for no file."""
    if target is None:
        return b"".join(chunks).decode("utf-8")
    target.close()
    if not segment.filename and not target.size:
        return ""
    return replace(target.upload(segment.filename, segment.content_type), pixels=pixels)


def check_body(form: Form, names: Collection[str], kind: str) -> None:
    """Raise UnknownMediaType where values called *names* are wanted and the body is of a *kind* without any.

    A view may read the body itself and take its arguments from the query.
    """
    if form.body is not None and names and not any(name in form for name in names):
        raise UnknownMediaType(
            f"The body is {kind[:80] or 'of no stated type'}; wanted application/x-www-form-urlencoded,"
            " multipart/form-data or application/json"
        )


def collected(
    pairs: list[tuple[str, Any]], more: dict[str, list[Value]], limits: LimitSettings
) -> dict[str, list[Value]]:
    """Return *pairs* by name, after what *more* has. Raises BadRequest for a name that is none."""
    values = {name: list(found) for name, found in more.items()} if more else {}
    for name, value in pairs:
        if len(name) > limits.name_characters:
            raise BadRequest(
                f"{name[:40]!r}…: the name of a field has {len(name):,} characters; at most"
                f" {limits.name_characters:,} are taken"
            )
        if name.count(".") > limits.nesting:
            raise BadRequest(
                f"{name[:80]!r}: the name of a field is nested {name.count('.'):,} levels deep; at most"
                f" {limits.nesting:,} are taken"
            )
        values.setdefault(name, []).append(value)
    return values


def with_checkboxes(values: dict[str, list[Value]]) -> dict[str, list[Value]]:
    """Return *values* with "off" for each checkbox that the form names and that did not come."""
    for names in values.pop(CHECKBOXES, ()):
        found = str(names).split(maxsplit=MOST_CHECKBOXES)
        if len(found) > MOST_CHECKBOXES:
            raise TooLarge(f"{CHECKBOXES}: the form names more than {MOST_CHECKBOXES:,} checkboxes")
        for name in found:
            values.setdefault(name, ["off"])
    return values


def discard(spools: list[Spool]) -> None:
    """Remove what was spooled."""
    for spool in spools:
        spool.remove()


READERS = {
    "application/x-www-form-urlencoded": read_urlencoded,
    "": read_raw,
    "multipart/form-data": read_multipart,
    "application/json": read_json,
}
