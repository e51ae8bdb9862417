"""What a file says about itself before its text: YAML between `---`, TOML between `+++`, or a JSON object."""

import json
import re
import tomllib
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from typing import Any

from objpub.errors import BadSource
from objpub.libraries import later

yaml_block = later("objpub.importing.yaml_block")  # PyYAML is large

# YAML can name one list a million times in a kilobyte; nothing that people write comes near these.
MOST_VALUES = 10_000
DEEPEST = 50


@dataclass(frozen=True)
class FrontMatter:
    """The values before a text, and the text.

    values: name in lower case → text, number, bool, None, date, datetime, list or dict of these.
    body: what follows. body_line: the line of the file on which it begins, from 1.
    lines: name → the line it stands on; names that could not be found are missing.
    """

    values: Mapping[str, Any]
    body: str
    body_line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)


def read_front_matter(text: str) -> FrontMatter:
    """Split *text* into its front matter and the rest. Text without any has no values.

    text: a whole file, its lines ended by "\\n". Raises BadSource with the line to blame.
    """
    first, _, _ = text.partition("\n")
    fence = first.rstrip()
    if fence in FENCED:
        return _read_fenced(text, fence, FENCED[fence])
    if re.match(r"\{\s*[\"}]", text):
        return _read_json(text)
    return FrontMatter({}, text)


def _read_fenced(text: str, fence: str, load: Callable[[str], Any]) -> FrontMatter:
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines) if at and line.rstrip() == fence), None)
    if end is None:
        if re.match(r"\s*[\w\"'-]+\s*[:=]", lines[1] if len(lines) > 1 else ""):
            raise BadSource(1, f"the front matter that begins with {fence!r} has no {fence!r} that ends it")
        return FrontMatter({}, text)  # a text that begins with a ruled line
    block = "\n".join(lines[1:end]) + "\n"
    return _front_matter(load(block), block, 2, "\n".join(lines[end + 1 :]), end + 2)


def _read_json(text: str) -> FrontMatter:
    try:
        values, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        raise BadSource(error.lineno, f"the JSON front matter: {error.msg}") from error
    except RecursionError as error:
        raise BadSource(1, "the JSON front matter is nested too deeply") from error
    rest = text[end:].removeprefix("\n")
    line = text.count("\n", 0, len(text) - len(rest)) + 1
    return _front_matter(values, text[:end], 1, rest, line)


def _front_matter(values: Any, block: str, first_line: int, body: str, body_line: int) -> FrontMatter:
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise BadSource(first_line, f"the front matter must be names with values, not {short(values)}")
    check_size(values, first_line)
    named = {str(name).lower(): value for name, value in values.items()}
    return FrontMatter(named, body, body_line, lines_of(named, block, first_line))


def lines_of(values: Mapping[str, Any], block: str, first_line: int) -> dict[str, int]:
    """Return the line of each name in *block*, whose own first line is *first_line* of the file."""
    found: dict[str, int] = {}
    for number, line in enumerate(block.split("\n"), first_line):
        match = re.match(r"[\s{,]*[\"']?([\w.-]+)[\"']?\s*[:=]", line)
        if match and match[1].lower() in values:
            found.setdefault(match[1].lower(), number)
    return found


def check_size(value: Any, line: int) -> None:
    """Raise BadSource where *value* holds more, or deeper, than front matter ever does."""
    seen = 0
    waiting = [(value, 0)]
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if seen > MOST_VALUES or depth > DEEPEST:
            raise BadSource(line, f"the front matter holds more than {MOST_VALUES} values or is too deep")
        if isinstance(part, dict):
            waiting.extend((each, depth + 1) for each in part.values())
        elif isinstance(part, (list, tuple, set)):
            waiting.extend((each, depth + 1) for each in part)


def _load_toml(block: str) -> Any:
    try:
        return tomllib.loads(block)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"line (\d+)", str(error))
        line = int(match[1]) + 1 if match else block.count("\n") + 1
        reason = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise BadSource(line, f"the TOML front matter: {reason}") from error
    except RecursionError as error:
        raise BadSource(1, "the TOML front matter is nested too deeply") from error


FENCED: Mapping[str, Callable[[str], Any]] = {"---": lambda block: yaml_block.load(block), "+++": _load_toml}


def short(value: Any) -> str:
    """Return *value* for a message, no longer than a line."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def plain_text(value: Any) -> str:
    """Return a front matter value as text: text as it is, dates in ISO form, everything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=plain_text)
