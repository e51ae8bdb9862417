"""Kinds of text: a line, many lines, rich text, Markdown, an e-mail address, a web address."""

import re
from functools import cache
from typing import Annotated
from typing import Any
from typing import ClassVar
from typing import TYPE_CHECKING

from objpub.errors import DeclarationError
from objpub.libraries import later

from .kind import Kind
from .kind import Surroundings
from .options import MISSING
from .options import Options
from .sanitize import safe_html
from .wording import shown

if TYPE_CHECKING:
    import pydantic
else:
    pydantic = later("pydantic")

LINE_CHARACTERS = 10_000
TEXT_CHARACTERS = 1_000_000
EMAIL_CHARACTERS = 254  # RFC 5321 4.5.3.1.3: a path of 256 with its angle brackets
URL_CHARACTERS = 2_083  # what browsers and proxies agree on, and pydantic's own limit for HTTP

# C0 and C1 controls but tab, and halves of surrogate pairs, which no encoding can write.
CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"

# A line has no line breaks either, Unicode's own two included.
NOT_IN_A_LINE = re.compile(f"[\n\u2028\u2029{CONTROLS}]")
NOT_IN_A_TEXT = re.compile(f"[{CONTROLS}]")

# What browsers accept in <input type="email">, by the HTML standard; so that what a form lets through
# is what is accepted here.
EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)


class Text(Kind):
    """Many lines of text. Line breaks become "\\n"."""

    name = "multiline text"
    understands = frozenset({"multiline", "min_length", "max_length"})
    blank_is_value = True
    noun: ClassVar[str] = "text"
    characters: ClassVar[int] = TEXT_CHARACTERS
    forbidden: ClassVar[re.Pattern[str]] = NOT_IN_A_TEXT

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        super().__init__(annotation, options, nullable)
        # A text that must be given must say something, unless min_length=0 is written.
        must_say = options.default is MISSING and not nullable
        self.least, self.most = lengths(options, int(must_say), self.characters)
        self.wanted = self.noun + amount(options, "character")

    def check(self, value: Any) -> str | None:
        """Return *value* as a plain str without surrounding space on a line; an empty one may be None."""
        if type(value) is not str:
            if not isinstance(value, str):
                raise self.refuse(value)
            value = str.__str__(value)  # markup and members of a StrEnum become what they say
        value = self.tidy(value)
        # isprintable() is one pass in C and true for nearly every line; the pattern decides the rest.
        if not value.isprintable():
            bad = self.forbidden.search(value)
            if bad is not None:
                raise ValueError(f"wanted {self.noun} without {bad[0]!r}, not {shown(value)}")
        if not self.least <= len(value) <= self.most:
            return self._other_length(value)
        return self.content(value)

    def tidy(self, value: str) -> str:
        """Return *value* with line breaks of one sort."""
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value

    def content(self, value: str) -> str | None:
        """Return *value*, of the right length, as it is stored. Raises ValueError."""
        return None if self.nullable and not value else value

    def json_schema(self) -> dict[str, Any]:
        """Return "string" with the lengths."""
        least = {"minLength": self.least} if self.least else {}
        return {"type": "string", **least, "maxLength": self.most}

    def _other_length(self, value: str) -> str | None:
        if self.nullable and not value:
            return None
        if not value:
            raise ValueError(f"is empty; wanted {self.wanted}")
        limit = f"at most {self.most:,}" if len(value) > self.most else f"at least {self.least:,}"
        raise ValueError(f"wanted {limit} characters, not {len(value):,}: {shown(value)}")


class Line(Text):
    """A line of text, without the space around it."""

    name = "text"
    understands = frozenset({"multiline", "min_length", "max_length", "pattern", "choices"})
    noun = "a line of text"
    characters = LINE_CHARACTERS
    forbidden = NOT_IN_A_LINE

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        super().__init__(annotation, options, nullable)
        self.pattern: re.Pattern[str] | None = None
        if options.pattern is not None:
            try:
                self.pattern = re.compile(options.pattern)
            except (re.error, TypeError) as error:
                raise DeclarationError(f"pattern={options.pattern!r} is not a pattern: {error}") from None

    def tidy(self, value: str) -> str:
        """Return *value* without the space around it."""
        return value.strip()

    def content(self, value: str) -> str | None:
        """Return *value* if it matches the pattern, whole. Raises ValueError."""
        if not value:
            return None if self.nullable else value
        if self.pattern is not None and self.pattern.fullmatch(value) is None:
            raise ValueError(f"wanted a text that matches {self.pattern.pattern!r}, not {shown(value)}")
        return value

    def json_schema(self) -> dict[str, Any]:
        """Return "string" with lengths and pattern."""
        schema = super().json_schema()
        return schema if self.pattern is None else {**schema, "pattern": f"^(?:{self.pattern.pattern})$"}


class SecretLine(Line):
    """A line that no message repeats, kept with the space around it."""

    name = "secret"
    understands = frozenset({"min_length", "max_length"})
    secret = True

    def __init__(self, annotation: Any, options: Options, nullable: bool = False):
        super().__init__(annotation, options, nullable)
        self.wanted = f"{self.noun} of {self.least:,} to {self.most:,} characters"

    def tidy(self, value: str) -> str:
        """Return *value*."""
        return value

    def json_schema(self) -> dict[str, Any]:
        """Return "string" in the format "password"."""
        return {**super().json_schema(), "format": "password", "writeOnly": True}


class Linked(Text):
    """Text with links in it, which may be stored as something else than addresses."""

    refers = True

    def to_text(self, value: Any, surroundings: Surroundings) -> str:
        """Return the text, with its links as addresses where *surroundings* know them."""
        return str(value) if surroundings.links is None else surroundings.links(self.name, str(value))

    def to_json(self, value: Any, surroundings: Surroundings) -> str:
        """Return the text as `to_text` does."""
        return self.to_text(value, surroundings)


class Rich(Linked):
    """HTML from people. What is stored holds nothing that could run, load from elsewhere or hide."""

    name = "rich text"
    understands = frozenset({"min_length", "max_length"})
    noun = "HTML"

    def content(self, value: str) -> str | None:
        """Return *value* with only the elements and attributes that are allowed."""
        value = safe_html(value)
        if not self.least <= len(value) <= self.most:
            return self._other_length(value)
        return super().content(value)

    def json_schema(self) -> dict[str, Any]:
        """Return "string" of HTML."""
        return {**super().json_schema(), "contentMediaType": "text/html"}


class MarkdownText(Linked):
    """Markdown as it was written; it is made safe where it is rendered."""

    name = "markdown"
    understands = frozenset({"min_length", "max_length"})
    noun = "Markdown"

    def json_schema(self) -> dict[str, Any]:
        """Return "string" of Markdown."""
        return {**super().json_schema(), "contentMediaType": "text/markdown"}


class EmailAddress(Line):
    """An e-mail address, as it was written."""

    name = "email"
    understands = frozenset({"max_length", "pattern"})
    noun = "an e-mail address"
    characters = EMAIL_CHARACTERS

    def content(self, value: str) -> str | None:
        """Return *value* if it is an address. Raises ValueError."""
        if value and EMAIL.fullmatch(value) is None:
            raise ValueError(f"wanted an e-mail address such as 'ada@example.org', not {shown(value)}")
        return super().content(value)

    def json_schema(self) -> dict[str, Any]:
        """Return "string" in the format "email"."""
        return {**super().json_schema(), "format": "email"}


@cache
def web_address() -> "pydantic.TypeAdapter[pydantic.AnyUrl]":
    """Return what checks web addresses.

    The one use of pydantic: its parser is that of browsers (WHATWG), in Rust, with international host names,
    ports and IPv6, and takes a microsecond. Every other kind is a comparison or two, where calling pydantic
    and then undoing its own types (`TzInfo`, `AnyUrl`) would cost more than the check. It takes 8 MB, so a
    site without web addresses does without.
    """
    constraints = pydantic.UrlConstraints(allowed_schemes=["http", "https", "mailto"])
    return pydantic.TypeAdapter(Annotated[pydantic.AnyUrl, constraints])


# A browser would mend what follows; what is stored should not need it.
SCHEMES = ("http://", "https://", "mailto:")
NOT_IN_AN_ADDRESS = re.compile(r'[\s\\<>"]')


class WebAddress(Line):
    """An absolute address: http, https or mailto. Kept as it was written, not as pydantic writes it."""

    name = "url"
    understands = frozenset({"max_length", "pattern"})
    noun = "an address that begins with http:, https: or mailto:"
    characters = URL_CHARACTERS

    def content(self, value: str) -> str | None:
        """Return *value* if a browser could open it. Raises ValueError."""
        if value:
            if NOT_IN_AN_ADDRESS.search(value) or not value.lower().startswith(SCHEMES):
                raise self.refuse(value)
            try:
                web_address().validate_python(value)
            except pydantic.ValidationError:
                raise self.refuse(value) from None
        return super().content(value)

    def json_schema(self) -> dict[str, Any]:
        """Return "string" in the format "uri"."""
        return {**super().json_schema(), "format": "uri"}


def lengths(options: Options, least: int, most: int) -> tuple[int, int]:
    """Return the lengths that *options* want, or *least* and *most*. Raises DeclarationError."""
    for option in ("min_length", "max_length"):
        value = getattr(options, option)
        if value is not None and (type(value) is not int or value < 0):
            raise DeclarationError(f"{option}={value!r} is not a number of characters or items")
    least = least if options.min_length is None else options.min_length
    most = most if options.max_length is None else options.max_length
    if options.min_length is None:
        least = min(least, most)
    if least > most:
        raise DeclarationError(f"min_length={least} and max_length={most} leave no value")
    return least, most


def amount(options: Options, noun: str) -> str:
    """Return " of 2 to 5 characters", " of at least 2 characters", " of at most 5 characters" or nothing."""
    least, most = options.min_length or 0, options.max_length
    if most is None:
        return f" of at least {least:,} {noun}{'' if least == 1 else 's'}" if least else ""
    s = "" if most == 1 else "s"
    return f" of {least:,} to {most:,} {noun}{s}" if least else f" of at most {most:,} {noun}{s}"
