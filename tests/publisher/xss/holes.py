"""Three holes that a site could have, for a look at pages to find."""

from objpub.publisher import Markup
from objpub.views import view

from .kinds import Cards


@view(Cards, "unescaped", permission="public", template="unescaped.pt")
def unescaped(cards, request):
    """Show titles as if they were HTML."""
    return {}


@view(Cards, "addresses", permission="public")
def addresses(cards, request):
    """Lead wherever somebody wants, by markup that no template looks at."""
    homes = [each.home for each in cards.values() if hasattr(each, "home")]
    links = "".join(
        f'<a href="{each.replace("&", "&amp;").replace(chr(34), "&quot;")}">x</a>' for each in homes
    )
    return Markup(f"<!DOCTYPE html><html><body>{links}</body></html>")


@view(Cards, "unsanitised", permission="public")
def unsanitised(cards, request):
    """Show HTML as it was sent."""
    sent = "".join(f"<div>{each.note}</div>" for each in cards.values() if hasattr(each, "note"))
    return Markup(f"<!DOCTYPE html><html><body>{sent}</body></html>")
