"""Code in colours: classes only, the colours are the style sheet's."""

import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from objpub.libraries import later

if TYPE_CHECKING:
    import pygments
    from pygments import formatters
    from pygments import lexers
    from pygments import util
    from pygments.lexer import Lexer
else:
    pygments = later("pygments")
    formatters = later("pygments.formatters")
    lexers = later("pygments.lexers")
    util = later("pygments.util")

# Longer code stays plain: some lexers take seconds for it. In characters.
LONGEST = 100_000

# What a fence may say about its code behind the language: ```python file=blog/views.py
FILE = re.compile(r"(?:^|\s)file=\"?([^\s\"]+)\"?")

OTHER_NAMES: Mapping[str, str] = {
    "go-html-template": "html+jinja",
    "go-template": "jinja",
    "mermaid": "text",
    "pt": "html",
    "zpt": "html",
}


class Highlighter:
    """Remembers the lexers it has looked up. Made once for many pages."""

    def __init__(self) -> None:
        self._formatter = formatters.HtmlFormatter(nowrap=True)
        self._lexers: dict[str, Lexer | None] = {}

    def __call__(self, code: str, language: str, attributes: str = "") -> str:
        """Return *code* as HTML, `<pre class="highlight">`; plain where *language* is unknown or "".

        attributes: what stands behind the language; a `file=` in it becomes the title of the block.
        """
        lexer = self._lexer(language.lower()) if language and len(code) <= LONGEST else None
        inner = (
            escape(code, quote=False) if lexer is None else pygments.highlight(code, lexer, self._formatter)
        )
        name = f' class="language-{escape(language)}"' if language else ""
        file = FILE.search(attributes)
        title = f' title="{escape(file[1])}"' if file else ""
        return f'<pre class="highlight"{title}><code{name}>{inner}</code></pre>'

    def _lexer(self, language: str) -> "Lexer | None":
        if language not in self._lexers:
            try:
                self._lexers[language] = lexers.get_lexer_by_name(
                    OTHER_NAMES.get(language, language), stripnl=False
                )
            except util.ClassNotFound:
                self._lexers[language] = None
        return self._lexers[language]
