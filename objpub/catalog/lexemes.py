"""Texts and questions as PostgreSQL wants them: tsvectors and tsqueries, and what is shown of what was found.

Words stand in a vector as they are folded, with their positions and the weight of their column. In English
they stand as stems, so that phrases are found by stems as well; in other languages the stems, with "=" before
them, which no word has, stand beside the words.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from functools import cached_property

from .wording import Asked
from .wording import BEGIN
from .wording import END
from .wording import folded
from .wording import headings_in
from .wording import plain
from .wording import SNIPPET_WORDS
from .wording import WORD
from .wording import words_in

COLUMNS = ("title", "summary", "body")
WEIGHED = (("title", "A"), ("summary", "B"), ("headings", "B"), ("body", "C"))
#: The dictionaries of stems that every PostgreSQL has, by language.
STEMMERS = {
    "da": "danish_stem",
    "de": "german_stem",
    "en": "english_stem",
    "es": "spanish_stem",
    "fi": "finnish_stem",
    "fr": "french_stem",
    "hu": "hungarian_stem",
    "it": "italian_stem",
    "nb": "norwegian_stem",
    "nl": "dutch_stem",
    "nn": "norwegian_stem",
    "no": "norwegian_stem",
    "pt": "portuguese_stem",
    "ro": "romanian_stem",
    "ru": "russian_stem",
    "sv": "swedish_stem",
    "tr": "turkish_stem",
}
IN_PLACE = frozenset({"en"})
#: PostgreSQL takes no longer word, no larger vector, and no position beyond.
LONGEST = 250
MOST_BYTES = 1_000_000
MOST_POSITIONS = 255
LAST_POSITION = 16_382
APART = 10  # positions between two columns, so that no phrase goes from one to the next
SEARCHED = 200_000  # letters of a text that are looked through for what is shown
BEST_OF = 500  # places in a text that are compared
BEFORE = 6  # words that are shown before what was found

#: One word of a phrase: the folded words that do, and how else one may begin.
Matcher = tuple[frozenset[str], str]


def cut(word: str) -> str:
    """Return as much of *word* as PostgreSQL takes."""
    return word[:LONGEST]


def storable(text: str) -> str:
    """Return *text* without what PostgreSQL keeps in no text."""
    if text.isascii():
        return text.replace("\0", " ")
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def plain_columns(texts: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the *texts* of a resource, by weight, as plain texts by column, headings too."""
    found = {name: storable("\n".join(map(plain, texts.get(name, ())))) for name in COLUMNS}
    found["headings"] = storable("\n".join(map(headings_in, texts.get("body", ()))))
    return found


def vector_of(columns: Mapping[str, str], stems: Mapping[str, str], in_place: bool) -> str:
    """Return the vector of a resource as text. in_place: do stems stand for the words?"""
    vector = Vector()
    for name, weight in WEIGHED:
        for word in words_in(columns[name]):
            lexeme = cut(word)
            vector.put(stems.get(lexeme, lexeme) if in_place else lexeme, weight)
        vector.part()
    if not in_place:
        for stem in sorted({stems[word] for word in vector.places if word in stems}):
            vector.put(f"={stem}", "D")
    return str(vector)


class Vector:
    """A vector, made word after word; when it is full the rest is left out. places: of each lexeme."""

    def __init__(self) -> None:
        self.places: dict[str, list[str]] = {}
        self._position = 0
        self._size = 0

    def put(self, lexeme: str, weight: str) -> None:
        """Let *lexeme* be the next word."""
        self._position = min(self._position + 1, LAST_POSITION)
        places = self.places.get(lexeme)
        new = 0 if places is not None else len(lexeme.encode()) + 4
        if self._size + new > MOST_BYTES or len(places or ()) >= MOST_POSITIONS:
            return
        self._size += new + 2
        self.places.setdefault(lexeme, []).append(f"{self._position}{weight}")

    def part(self) -> None:
        """Let no phrase go on from here."""
        self._position = min(self._position + APART, LAST_POSITION)

    def __str__(self) -> str:
        return " ".join(f"'{lexeme}':{','.join(places)}" for lexeme, places in self.places.items())


class Asking:
    """What PostgreSQL is asked for texts, of each of which *asked* holds the parts.

    stems: of all words in them; in_place: do they stand for the words?
    """

    def __init__(self, asked: list[list[Asked]], stems: Mapping[str, str], in_place: bool) -> None:
        self._asked = asked
        self._stems = stems
        self._in_place = in_place

    @cached_property
    def query(self) -> str:
        """The whole tsquery; "" for nothing that could be found."""
        return self._whole("")

    @cached_property
    def title(self) -> str:
        """The same for what has all of it in its title."""
        return self._whole("A")

    @cached_property
    def _wanted(self) -> list[Asked]:
        """The different parts that have to be there, of texts that can be found."""
        found = [each for parts in self._asked for each in parts if not each.without]
        return list(dict.fromkeys(found))

    @property
    def parts(self) -> list[str]:
        """The tsquery of each part by itself."""
        return [self._said(each, "") for each in self._wanted]

    @property
    def words(self) -> list[list[str]]:
        """The words of each part, as they stand in vectors."""
        return [[self._lexeme(cut(word)) for word in each.text.split()] for each in self._wanted]

    def sought(self, forms: Callable[[Iterable[str]], Mapping[str, str]]) -> list[list[Matcher]]:
        """Return what is marked in texts: of each part its words. forms: gives words with their stems."""
        stems = {self._stems.get(cut(word), "") for each in self._wanted for word in each.text.split()}
        known = forms(sorted(stems - {""}))
        found = []
        for each in self._wanted:
            words = each.text.split()
            matchers = []
            for place, word in enumerate(words):
                same = {word}
                if self._in_place or (len(words) == 1 and not each.is_phrase):
                    own = self._stems.get(cut(word))
                    same |= {form for form, stem in known.items() if stem == own}
                is_beginning = each.prefix and place == len(words) - 1
                matchers.append((frozenset(same), self._lexeme(word) if is_beginning else ""))
            found.append(matchers)
        return found

    def _whole(self, weight: str) -> str:
        found = []
        for parts in self._asked:
            wanted = [self._said(each, weight) for each in parts if not each.without]
            unwanted = [self._said(each, "") for each in parts if each.without]
            if wanted:
                found.append(f"({' & '.join([*wanted, *(f'!({each})' for each in unwanted)])})")
        return " | ".join(found)

    def _said(self, each: Asked, weight: str) -> str:
        """Return the tsquery for one part. weight: of the columns it has to be in, "" for any."""
        words = [self._lexeme(cut(word)) for word in each.text.split()]
        marks = [weight] * len(words)
        if each.prefix:
            marks[-1] = f"*{weight}"
        terms = [f"'{word}'{':' * bool(mark)}{mark}" for word, mark in zip(words, marks, strict=True)]
        said = f"({' <-> '.join(terms)})"
        if not self._in_place and self._stems and not each.is_phrase and not each.prefix:
            return f"({said} | '={self._stems[words[0]]}'{':D' * bool(weight)})"
        return said

    def _lexeme(self, word: str) -> str:
        return self._stems.get(word, word) if self._in_place else word


def piece_of(text: str, sought: list[list[Matcher]]) -> str:
    """Return the piece of *text* with most of what is *sought* in it, marked by BEGIN and END."""
    text = text[:SEARCHED]
    words = [(match.start(), match.end()) for match in WORD.finditer(text)]
    spans = list(spans_in([folded(text[start:end]) for start, end in words], sought))
    first, shown = best_window(spans, len(words))
    if not words:
        return ""
    last = min(first + shown, len(words)) - 1
    begin = 0 if first == 0 else words[first][0]
    end = len(text) if last == len(words) - 1 else words[last][1]
    found, at = ["" if first == 0 else " … "], begin
    for low, high, _ in spans:
        if first <= low and high <= last and words[low][0] >= at:
            found += [text[at : words[low][0]], BEGIN, text[words[low][0] : words[high][1]], END]
            at = words[high][1]
    return "".join([*found, text[at:end], "" if last == len(words) - 1 else " … "])


def spans_in(words: list[str], sought: list[list[Matcher]]) -> Iterator[tuple[int, int, int]]:
    """Yield (first, last, part) for every place of one of *sought* among *words*, in their order."""
    answers: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        fitting = answers.get(word)
        if fitting is None:
            fitting = [part for part, matchers in enumerate(sought) if fits(word, matchers[0])]
            answers[word] = fitting
        for part in fitting:
            matchers = sought[part]
            following = words[place : place + len(matchers)]
            if len(following) == len(matchers) and all(map(fits, following, matchers)):
                yield place, place + len(matchers) - 1, part


def fits(word: str, matcher: Matcher) -> bool:
    """Is *word* one that *matcher* tells of?"""
    same, beginning = matcher
    return word in same or (bool(beginning) and word.startswith(beginning))


def best_window(spans: list[tuple[int, int, int]], count: int) -> tuple[int, int]:
    """Return (first, number of words) of the piece of *count* words that has most parts, in most places."""
    if count <= SNIPPET_WORDS or not spans:
        return 0, SNIPPET_WORDS
    best = (0, 0, 0)
    for place, (low, _, _) in enumerate(spans[:BEST_OF]):
        first = max(0, min(low - BEFORE, count - SNIPPET_WORDS))
        inside = [each for each in spans[place : place + SNIPPET_WORDS] if each[1] < first + SNIPPET_WORDS]
        best = max(best, (len({part for _, _, part in inside}), len(inside), -first))
    return -best[2], SNIPPET_WORDS
