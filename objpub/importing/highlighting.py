"""Code in colours: classes only, the colours are the style sheet's."""

import re
from collections.abc import Mapping
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

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
        self._formatter = HtmlFormatter(nowrap=True)
        self._lexers: dict[str, Lexer | None] = {}

    def __call__(self, code: str, language: str, attributes: str = "") -> str:
        """Return *code* as HTML, `<pre class="highlight">`; plain where *language* is unknown or "".

        attributes: what stands behind the language; a `file=` in it becomes the title of the block.
        """
        lexer = self._lexer(language.lower()) if language and len(code) <= LONGEST else None
        inner = escape(code, quote=False) if lexer is None else highlight(code, lexer, self._formatter)
        name = f' class="language-{escape(language)}"' if language else ""
        file = FILE.search(attributes)
        title = f' title="{escape(file[1])}"' if file else ""
        return f'<pre class="highlight"{title}><code{name}>{inner}</code></pre>'

    def _lexer(self, language: str) -> Lexer | None:
        if language not in self._lexers:
            try:
                self._lexers[language] = get_lexer_by_name(OTHER_NAMES.get(language, language), stripnl=False)
            except ClassNotFound:
                self._lexers[language] = None
        return self._lexers[language]
