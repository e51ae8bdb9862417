"""What a value of a setting may look like: parsers from what is written to what is meant."""

import ipaddress
import math
import re
from collections.abc import Callable
from typing import Any
from typing import NamedTuple
from urllib.parse import urlsplit

BYTE_UNITS = {
    "": 1,
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}
#: A name of a host, or one with a star for a single label in front; IPv6 addresses in brackets.
HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
#: Characters of a token that programs bring.
LEAST_TOKEN = 20
PREFIX_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")
SWITCHES = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


class WrongRow(ValueError):
    """A row of a table is not accepted. row: as it stands in the file."""

    def __init__(self, name: str, text: str):
        super().__init__(name, text)
        self.row = {name: text}


class Parser(NamedTuple):
    """Turns what stands in a file or in the environment into a value.

    wanted: what is accepted, in words, for messages and the reference.
    parse: value → typed value; raises ValueError or TypeError for what is not accepted.
    """

    wanted: str
    parse: Callable[[Any], Any]


def parse_text(value: Any) -> str:
    """Accept text only."""
    if not isinstance(value, str):
        raise TypeError
    return value


def parse_switch(value: Any) -> bool:
    """Accept true and false, and as text 1, 0, yes, no, on, off."""
    if isinstance(value, bool):
        return value
    return SWITCHES[parse_text(value).strip().lower()]


def parse_bytes(value: Any) -> int:
    """Accept a number of bytes, or text such as "64MB" (10⁶) and "64MiB" (2²⁰)."""
    if isinstance(value, int) and not isinstance(value, bool):
        number, unit = float(value), ""
    else:
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", parse_text(value).strip(), re.IGNORECASE)
        if match is None:
            raise ValueError
        number, unit = float(match[1]), match[2].upper()
    size = int(number * BYTE_UNITS[unit])
    if size <= 0:
        raise ValueError
    return size


def parse_room(value: Any) -> int:
    """Accept what `parse_bytes` accepts, and 0."""
    return 0 if str(value).strip() == "0" else parse_bytes(value)


def parse_list(value: Any) -> tuple[str, ...]:
    """Accept a list of texts; as one text they are separated by commas."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list):
        raise TypeError
    return tuple(parse_text(each) for each in value)


def parse_table(value: Any) -> tuple[tuple[str, str], ...]:
    """Accept a table of texts; as one text its rows are separated by commas: "a = b, c = d"."""
    if isinstance(value, str):
        rows = [part.partition("=") for part in value.split(",") if part.strip()]
        if not all(equals for _, equals, _ in rows):
            raise ValueError
        value = {name.strip(): text.strip() for name, _, text in rows}
    if not isinstance(value, dict) and value != []:  # a list stands for an empty table
        raise TypeError
    return tuple((parse_text(name), parse_text(text)) for name, text in dict(value).items())


def parse_hosts(value: Any) -> tuple[tuple[str, str], ...]:
    """Accept a table of hosts and the paths that they are rooted at."""
    rows = tuple((host.lower(), path.rstrip("/") or "/") for host, path in parse_table(value))
    for host, path in rows:
        is_path = path[0] == "/" and "//" not in path and ("*" in host or "*" not in path)
        if not (HOST.fullmatch(host) and is_path):
            raise WrongRow(host, path)
    return rows


def parse_places(value: Any) -> tuple[tuple[str, str], ...]:
    """Accept a table of paths and what stands there."""
    rows = tuple((path.rstrip("/"), text) for path, text in parse_table(value))
    for path, text in rows:
        if not (path[:1] == "/" and "//" not in path and text):
            raise WrongRow(path or "/", text)
    return rows


def parse_prefix(value: Any) -> str:
    """Accept a path to stand below, given back without a slash at its end, or empty text."""
    prefix = parse_text(value).strip().rstrip("/")
    if prefix and not PREFIX_PATH.fullmatch(prefix):
        raise ValueError
    return prefix


def parse_networks(value: Any) -> tuple[str, ...]:
    """Accept addresses and networks; "localhost" stands for a Unix socket."""
    networks = parse_list(value)
    for each in networks:
        if each != "localhost":
            ipaddress.ip_network(each, strict=False)
    return networks


def parse_token(value: Any) -> str:
    """Accept a text that nobody guesses: visible ASCII of some length; or empty text."""
    token = parse_text(value)
    if token and (
        len(token) < LEAST_TOKEN or not (token.isascii() and token.isprintable() and " " not in token)
    ):
        raise ValueError
    return token


def parse_url(value: Any) -> str:
    """Accept an http or https URL, given back without a slash at its end, or empty text."""
    url = parse_text(value).strip().rstrip("/")
    if url:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError
    return url


def whole(least: int, most: int) -> Parser:
    """Return a parser of whole numbers from *least* to *most*."""

    def parse(value: Any) -> int:
        if isinstance(value, bool | float):
            raise TypeError
        number = int(value)
        if not least <= number <= most:
            raise ValueError
        return number

    return Parser(f"a whole number from {least} to {most}", parse)


def seconds(least: float, most: float) -> Parser:
    """Return a parser of durations in seconds, from *least* to *most*."""

    def parse(value: Any) -> float:
        if isinstance(value, bool):
            raise TypeError
        number = float(value)
        if not (math.isfinite(number) and least <= number <= most):
            raise ValueError
        return number

    return Parser(f"seconds, from {least:g} to {most:g}", parse)


def choice(*words: str) -> Parser:
    """Return a parser of one of *words*."""

    def parse(value: Any) -> str:
        if value not in words:
            raise ValueError
        return parse_text(value)

    return Parser(f"one of {', '.join(words)}", parse)


TEXT = Parser("text", parse_text)
SWITCH = Parser("true or false", parse_switch)
ROOM = Parser('a size such as 64000000, "64MB" or "64MiB", or 0', parse_room)
BYTES = Parser('a size such as 64000000, "64MB" or "64MiB"', parse_bytes)
LIST = Parser("a list of texts (in the environment separated by commas)", parse_list)
URL = Parser("an address such as https://example.org, or empty", parse_url)
PREFIX = Parser("a path such as /cms, or empty", parse_prefix)
HOSTS = Parser('a table of hosts and paths, such as "blog.example.org" = "/blog"', parse_hosts)
PLACES = Parser('a table of paths and databases, such as "/archive" = "file:var/archive.fs"', parse_places)
NETWORKS = Parser('a list of addresses and networks, such as "10.0.0.0/8"', parse_networks)
TOKEN = Parser(f"at least {LEAST_TOKEN} characters without blanks, or empty", parse_token)
COUNT = whole(1, 1_000_000)
DAY = 86_400
