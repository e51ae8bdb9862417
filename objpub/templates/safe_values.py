"""Values made harmless for the place in a page where they stand: addresses, attributes, data of scripts.

Escaping keeps a value inside of its text or its quotes. It does not keep a browser from running what an
address, an attribute or a script says.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Any

#: What stands in the place of an address that could run something. Browsers know it and do nothing.
HARMLESS = "about:invalid"

#: Schemes of addresses that lead somewhere and run nothing on the page that they stand on.
SCHEMES = frozenset(
    "ftp ftps geo http https irc ircs magnet mailto matrix news sftp sms tel urn webcal xmpp".split()
)
PICTURE = re.compile(r"data:image/(?:avif|bmp|gif|jpeg|png|webp|x-icon)[;,]", re.IGNORECASE)
SCHEME = re.compile(r"([^/?#:]*):")

# https://url.spec.whatwg.org/#url-parsing: what browsers leave out before they look for the scheme
LEADING = "".join(map(chr, range(33)))
LEFT_OUT = {ord(each): None for each in "\t\n\r"}

#: Attributes that hold an address to which a browser goes, or from which it loads.
ADDRESSES = frozenset(
    "action archive background cite classid codebase formaction href icon longdesc lowsrc manifest ping"
    " poster profile src usemap".split()
)
ATTRIBUTE = re.compile(r"[^\s\"'<>/=\x00-\x20\x7f]+")
SCRIPTS_OF_ATTRIBUTES = re.compile(r"on[a-z]|hx-on")  # onclick; hx-on:click of htmx
ANIMATIONS = frozenset({"animate", "animatecolor", "animatemotion", "animatetransform", "set"})
ANIMATED = frozenset({"attributename", "by", "from", "to", "values"})

# In JSON these can only stand within texts. "</script>" and "<!--" would end or change the element around;
# the separators of lines were no part of JavaScript's texts for long.
IN_SCRIPTS = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def is_harmless(address: str) -> bool:
    """Does *address*, as it is after HTML was read, run nothing when a browser goes to it or loads it?"""
    address = address.lstrip(LEADING).translate(LEFT_OUT)
    scheme = SCHEME.match(address)
    return scheme is None or scheme[1].lower() in SCHEMES or PICTURE.match(address) is not None


def safe_address(value: str | None) -> str | None:
    """Return *value*, the escaped value of an attribute that holds an address; HARMLESS if it could run."""
    if not value or value[0] in "/#?" or is_harmless(unescape(value)):
        return value
    return HARMLESS


def holds_address(element: str, name: str) -> bool:
    """Does the attribute *name* of *element*, both in small letters, hold an address?"""
    return name in ADDRESSES or (name == "data" and element == "object")


def local(name: str) -> str:
    """Return the name of an element or attribute in small letters, without its prefix."""
    return name.rpartition(":")[2].lower()


def refusal(element: str, name: str) -> str | None:
    """Say why the attribute *name* of *element* may not be filled with a value; None if it may."""
    name, element = name.lower(), local(element)
    last = local(name)
    if SCRIPTS_OF_ATTRIBUTES.match(last) or SCRIPTS_OF_ATTRIBUTES.match(name):
        return "is a script: give a script its values in data- attributes, and let it listen for events"
    if last in {"style", "srcdoc"}:
        return "cannot be filled safely" + (": use classes" if last == "style" else ": use src")
    if element == "script" and last == "type":
        return "says whether the element is a script: write it out"
    if last == "http-equiv" or (element in ANIMATIONS and last in ANIMATED):
        return "can lead elsewhere or run something: write it out"
    return None


def safe_attributes(given: Mapping[str, Any], element: str) -> dict[str, Any]:
    """Return the attributes *given* in a mapping for *element*, with harmless addresses.

    Raises ValueError for a name that is none, or that may not be filled with a value.
    """
    safe = {}
    for name, value in given.items():
        if not isinstance(name, str) or ATTRIBUTE.fullmatch(name) is None:
            raise ValueError(f"An attribute cannot be called {name!r}")
        if value is None:
            continue
        if (reason := refusal(element, name)) is not None:
            raise ValueError(f"The attribute {name} {reason}")
        if hasattr(value, "__html__"):
            value = unescape(value.__html__())
        if holds_address(element, local(name)) and not is_harmless(str(value)):
            value = HARMLESS
        safe[name] = value
    return safe


def script_data(value: Any) -> str:
    """Return *value* as JSON that can stand in an element `script`.

    Sets become sorted lists, dates texts. Raises TypeError for what JSON has no form for, ValueError for NaN.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=plain)
    return text.translate(IN_SCRIPTS)


def in_cdata(value: Any) -> str:
    """Return *value* as text that can stand between <![CDATA[ and ]]>, where nothing can be escaped.

    What would end the CDATA is divided between two of them.
    """
    text = "" if value is None else str(value)
    text = text.replace("]]>", "]]]]><![CDATA[>")
    return f"{text}]]><![CDATA[" if text.endswith("]") else text


def plain(value: Any) -> Any:
    """Return what JSON shows of a *value* that it has no form for."""
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"A script can be given texts, numbers, lists and mappings, not {type(value).__name__}")
