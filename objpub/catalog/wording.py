"""Texts as an index takes them: plain, without marks; words folded, and cut to their stem where known."""

import html
import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from objpub.errors import Invalid

TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
#: Marks that may stand inside a word.
INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|u|wbr)\b[^>]*>",
    re.IGNORECASE,
)
TARGETS = re.compile(r"\]\([^)\s]*\)")  # of links and images in Markdown
BEGIN, END = "\ue000", "\ue001"  # around what was found in a snippet; no text has them, they mean nothing
MARKDOWN = re.compile(
    r"^(?:#{1,6} |```\w*.*$|[-*+>] |\|[-:| ]+\|$)|`+|\*\*|\[|\]|(?<= )\|(?= )", re.MULTILINE
)
IN_MARKDOWN = re.compile(r"^#{1,6}[ \t]+([^\n]+?)[ \t#]*$", re.MULTILINE)  # headings
IN_HTML = re.compile(r"<(h[1-6])\b[^>]*>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)
WORD = re.compile(r"\w+")
ASKED = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')

#: Languages that FTS5 knows the stems of by itself.
PORTER = frozenset({"en"})

#: Endings that carry no meaning, the longest first, by language. What is left has at least STEM letters.
ENDINGS: dict[str, tuple[str, ...]] = {
    "de": ("ern", "em", "en", "er", "es", "e", "n", "s"),
    "es": ("amente", "mente", "ciones", "cion", "as", "es", "os", "a", "e", "o", "s"),
    "fr": ("ements", "ement", "euses", "euse", "eaux", "eau", "aux", "eux", "es", "er", "ez", "e", "s", "x"),
    "it": ("amente", "mente", "zioni", "zione", "a", "e", "i", "o"),
    "nl": ("heden", "heid", "en", "es", "e", "s"),
    "pt": ("amente", "mente", "coes", "cao", "as", "es", "os", "a", "e", "o", "s"),
    "sv": ("arna", "erna", "orna", "ar", "er", "or", "en", "et", "a", "e", "n", "s"),
}
STEM = 4


#: So many words, phrases and beginnings can be asked for at a time.
MOST_ASKED = 50

#: So many beginnings of words in a query: each is all the words that begin so, and they may be in every text.
MOST_BEGINNINGS = 8


#: So many words of a text are shown around what was found in it.
SNIPPET_WORDS = 28


class Snippet(str):
    """A piece of text as HTML, with <mark> around what was found."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return itself."""
        return str(self)


class Asked(NamedTuple):
    """One of the words or phrases that are asked for. prefix: words that begin so too. without: not this."""

    text: str
    is_phrase: bool = False
    prefix: bool = False
    without: bool = False


def plain(text: str) -> str:
    """Return a stored text, HTML or Markdown perhaps, as text without marks."""
    if BEGIN in text or END in text:
        text = text.replace(BEGIN, " ").replace(END, " ")
    if "](" in text:
        text = TARGETS.sub("] ", text)
    text = MARKDOWN.sub(" ", text)
    if "<" in text or "&" in text:
        text = html.unescape(TAGS.sub(" ", INLINE.sub("", text)))
    return text


def best_piece(pieces: Iterable[str]) -> Snippet:
    """Return the first of *pieces* with something found in it, else the first that is not empty, as HTML."""
    found = [" ".join(each.split()) for each in pieces if each]
    best = max(found, key=lambda each: each.count(BEGIN) > 0, default="")
    return Snippet(html.escape(best).replace(BEGIN, "<mark>").replace(END, "</mark>"))


def headings_in(text: str) -> str:
    """Return the headings of a stored text, HTML or Markdown perhaps, each on a line, without marks."""
    found = IN_MARKDOWN.findall(text) if "#" in text else []
    if "<h" in text or "<H" in text:
        found += [inside for _, inside in IN_HTML.findall(text)]
    return "\n".join(map(plain, found))


def folded(text: str) -> str:
    """Return *text* in small letters, without accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))


def words_in(text: str) -> list[str]:
    """Return the words of *text*, folded, in their order."""
    return WORD.findall(folded(text))


def vocabulary_of(text: str) -> set[str]:
    """Return the different words of *text*, folded: each is folded once, however often it stands there."""
    if text.isascii():
        return set(WORD.findall(text.lower()))
    found: set[str] = set()
    for each in set(WORD.findall(unicodedata.normalize("NFC", text))):
        if each.isascii():
            found.add(each.lower())
        else:
            found.update(words_of(each))
    return found


@lru_cache(20_000)
def words_of(word: str) -> tuple[str, ...]:
    """Return what *word* is when it is folded: most words of a text were seen in another one before."""
    return tuple(words_in(word))


def stem(word: str, language: str) -> str:
    """Return the stem of a folded *word* in a *language* such as "de"; itself where none is known."""
    for ending in ENDINGS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= STEM:
            return stem(word[: -len(ending)], language)  # so that a stem is its own stem
    return word


def language_of(locale: str) -> str:
    """Return the language of a *locale*: "de" of "de-CH"."""
    return re.split(r"[-_]", locale)[0].lower()


def asked_for(text: str) -> Iterator[Asked]:
    """Yield what *text* asks for: words, "phrases", begin*, -without. Raises Invalid for too many."""
    for number, match in enumerate(ASKED.finditer(text)):
        if number >= MOST_ASKED:
            raise Invalid({"text": f"wanted at most {MOST_ASKED} words to look for"})
        found = match["phrase"] if match["word"] is None else match["word"]
        words = words_in(found)
        if words:
            prefix = match["word"] is not None and found.endswith("*")
            yield Asked(
                " ".join(words), len(words) > 1 or match["word"] is None, prefix, bool(match["minus"])
            )


def beginnings_in(texts: Iterable[str]) -> int:
    """Return how many beginnings of words *texts* ask for."""
    return sum(each.prefix for text in texts if "*" in text for each in asked_for(text))


def matching_any(texts: Iterable[str], language: str) -> str:
    """Return what FTS5 is asked for what has one of *texts*; "" for nothing that could be found."""
    parts = [each for text in texts if (each := matching(text, language))]
    return parts[0] if len(parts) == 1 else " OR ".join(f"({each})" for each in parts)


def matching(text: str, language: str) -> str:
    """Return what FTS5 is asked for *text*; "" where it asks for nothing that could be found."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for each in asked_for(text):
        said = f'"{each.text}"{" *" if each.prefix else ""}'
        if language in ENDINGS and not each.is_phrase and not each.prefix:
            said = f'({{title summary headings body}} : {said} OR stems : "{stem(each.text, language)}")'
        elif language in ENDINGS:
            said = f"{{title summary headings body}} : {said}"
        (unwanted if each.without else wanted).append(said)
    if not wanted:
        return ""
    found = " AND ".join(wanted)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def grams(word: str) -> set[str]:
    """Return the pairs of neighbours in *word*, its ends, "_", among them: words spelt alike share many."""
    ended = f"_{word}_"
    return {ended[start : start + 2] for start in range(len(ended) - 1)}


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters differ: put in, left out, replaced or exchanged; beyond *most*: most + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, second in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != second))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == second:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
