"""A document on the site, rendered: when it is imported, and again when somebody changes its text."""

import hashlib
import re
from typing import Any

from .ledger import ledger_of
from .links import Links
from .markdown import keep
from .markdown import Rendered
from .markdown import Renderer

# Another number makes every text count as changed: raise it when the same text gives other HTML.
RENDERING = 1

FROM_THE_TOP = re.compile(r"(<(?:a|img)\b(?:[^>\"]|\"[^\"]*\")*?\s(?:href|src)=\")/(?!/|\+\+id\+\+)([^\"]*)")


def rendered_from(text: str, written_in: str) -> str:
    """Return a digest of what a rendering is made from."""
    return hashlib.sha256(f"{RENDERING}:{written_in}:{text}".encode("utf-8", "surrogatepass")).hexdigest()


def put_rendering(document: Any, rendered: Rendered, text: str, written_in: str) -> None:
    """Keep with *document* what its text looks like."""
    document._html = rendered.html
    document._toc = rendered.toc
    document._rendered_from = rendered_from(text, written_in)


def render_changed(document: Any) -> None:
    """Render the text of *document*, unless what is there was made from it.

    Links of an imported document lead where the import would lead them; those it does not know stay.
    """
    text, written_in = document.text, document.written_in
    if document._rendered_from != rendered_from(text, written_in):
        put_rendering(document, rendered_as(document, text, written_in), text, written_in)


def rendered_as(document: Any, text: str, written_in: str) -> Rendered:
    """Return *text* as it would be rendered as the text of *document*; None for a new one.

    written_in: "markdown" or "html".
    """
    visit = keep
    ledger = ledger_of(document) if document is not None else None
    if ledger is not None and document._source:
        links = Links(ledger.places.get, ledger.url_of, {}, lambda path: False)
        entry = ledger.entries.get(document._source)
        key, file = document._source, entry.file if entry is not None else document._source

        def visit(destination: str, image: bool, line: int) -> str | None:
            return links.resolve(destination, key, file).url or destination

    renderer = Renderer()
    return renderer.html(text, visit) if written_in == "html" else renderer.markdown(text, visit)


def with_prefix(html: str, prefix: str, root: str = "", elsewhere: str = "") -> str:
    """Return the *html* of a document with links for a site that is not at the top of its host.

    prefix: such as "/intranet" or "/++at++2026-11-01", without a slash at its end; "" changes nothing.
    root: the path, "/blog", that a host shows in place of the whole site; what lies outside of it is at the
    address *elsewhere*, which has no slash at its end either.
    """
    if root:
        start = f"{root[1:]}/"

        def address(match: re.Match[str]) -> str:
            path = re.split("(?=[?#])", match[2], maxsplit=1)
            if f"{path[0]}/".startswith(start):
                rest = match[2][len(start) - 1 :].removeprefix("/")
                return f"{match[1]}{prefix}/{rest}"
            return f"{match[1]}{elsewhere}/{match[2]}"

        return FROM_THE_TOP.sub(address, html)
    return FROM_THE_TOP.sub(rf"\g<1>{prefix}/\g<2>", html) if prefix else html
