"""A site that shows what people wrote at every place of a page where a template can put it."""

from typing import Literal

from objpub import Content
from objpub import field
from objpub import Folder
from objpub import Markdown
from objpub import RichText
from objpub import Site
from objpub.importing import Document
from objpub.publisher import Markup
from objpub.security import Role
from objpub.views import view

from .payloads import PAYLOADS

Reader = Role("reader", title=PAYLOADS[0])


class Card(Content, addable="anywhere", title=PAYLOADS[1]):
    """Text of every kind."""

    title: str = field(max_length=40_000)
    note: str = field(default="", multiline=True, max_length=40_000, description=PAYLOADS[2])
    home: str = field(default="", title=PAYLOADS[3], max_length=40_000)
    words: tuple[str, ...] = ()
    tags: frozenset[str] = field(default=(), title="Words")
    mood: Literal["calm", "wild"] = field(default="calm", choices={"calm": PAYLOADS[4], "wild": "Wild"})
    body: RichText = field(default="", max_length=400_000)
    text: Markdown = field(default="", max_length=400_000)


class Cards(Folder, addable="anywhere"):
    """Cards, all of which are on one page."""

    title: str = field(max_length=40_000)


@view(Cards, "all", permission="public", template="cards.pt")
def all_cards(cards, request):
    """Show the cards of *cards*, each value at each place that a template has."""
    shown = list(cards.values())
    return {
        "cards": [each for each in shown if isinstance(each, Card)],
        "documents": [each for each in shown if isinstance(each, Document)],
        "data_of": data_of,
        "attributes_of": attributes_of,
        "Markup": Markup,
    }


def data_of(card):
    """Return what a script is told of *card*."""
    return {"title": card.title, "tags": card.tags, "words": {card.home: card.words}}


def attributes_of(card):
    """Return attributes by name."""
    return {"title": card.title, "href": card.home, "class": card.note, "data-text": Markup(card.home)}


@view(Site, "told", method="POST", permission="public")
def told(site, request, text: str):
    """Keep *text* as a message for the next page."""
    return request.redirect(site, message=text)


@view(Cards, "fails", permission="public")
def fails(cards, request):
    """Fail with what people wrote in names, values and words of the error."""
    values = {each.title: each.home for each in cards.values() if isinstance(each, Card)}
    raise LookupError("\n".join(values))
