"""What Chameleon says about a mistake in a template, in words for people who do not know Chameleon."""

from chameleon.exc import ExpressionError
from chameleon.exc import TemplateError as ChameleonError

REASONS = {  # what Chameleon says → what we say; {token}: the text it points at
    "Unexpected end tag.": "{token} closes an element that is not open here",
    "Invalid define syntax": (
        'tal:define wants a name and an expression, such as "title context.title"; several stand between ";",'
        ' and ";;" is a semicolon that belongs to an expression'
    ),
    "Duplicate attribute name in attributes.": "tal:attributes sets one attribute twice",
    "Must define switch on a parent element.": "tal:case stands inside no element with tal:switch",
    "Cannot use metal:fill-slot without metal:use-macro.": (
        "metal:fill-slot stands inside no element with metal:use-macro"
    ),
    "Can't have 'fill-slot' and 'define-macro' on the same element.": (
        "metal:fill-slot and metal:define-macro cannot stand in one element"
    ),
    "You cannot use tal:content and tal:replace at the same time.": (
        "tal:content and tal:replace cannot stand in one element"
    ),
    "You cannot use tal:content with non-trivial i18n:translate.": (
        "tal:content and an i18n:translate with a text cannot stand in one element"
    ),
    "Dynamic attributes not allowed": (
        "<tal:…> and <metal:…> elements are not in the page and can have no tal:attributes"
    ),
    "No input:": "An expression is missing here",
    "Name disallowed by compiler": (
        "A variable cannot be called {token!r}: templates use that name themselves"
    ),
    "The string '--' is not allowed in a comment.": 'A comment cannot have "--" inside',
    "Not allowed outside of translation.": "i18n:name stands inside no element with i18n:translate",
    "Duplicate translation name": "i18n:name {token!r} stands twice in one i18n:translate",
    "Attribute must not contain comma": 'i18n:attributes has ";" between attributes, not ","',
    "Bad interpolation setting.": "meta:interpolation wants true or false",
}
HINTS = {  # what comes right after an expression that is none
    "|": r'; "|" stands between alternatives, a bar that belongs to the expression is "\|"',
    ";": '; ";" stands between attributes or definitions, a semicolon that belongs to the expression is ";;"',
}


def reason_of(error: ChameleonError) -> str:
    """Return what is wrong, in words."""
    message, token = str(error.args[0]), error.token
    for known, reason in REASONS.items():
        if message.startswith(known):
            return reason.format(token=str(token))
    if isinstance(error, ExpressionError) and token.source is not None:
        following = token.source[token.pos + len(token) :].lstrip()[:1]
        message += HINTS.get(following, "")
    return message
