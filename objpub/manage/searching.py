"""Finding something in the whole site, from every page: by words, by its title, by its path, by its type."""

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from objpub.catalog import find
from objpub.catalog import Indexes
from objpub.content import content_type_of
from objpub.content import content_types
from objpub.content import ContentType
from objpub.content import Folder
from objpub.content import modified_of
from objpub.content import Site
from objpub.content import title_of
from objpub.errors import Busy
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.lineage import find_resource
from objpub.lineage import inside
from objpub.lineage import path_of
from objpub.views import PUBLIC
from objpub.views import view

from .frame import AREA
from .frame import framed
from .permission import check_signed_in
from .permission import visible
from .picking import text_of

SHOWN = 50
LONGEST = 200
LOOKED_AT = 1_000  # of what has no index of its title, the newest; children behind a path
LEAST = 2  # letters of the last word from which on it stands for all that begins so


@dataclass(frozen=True)
class Found:
    """What was found. more: is there more of it? partly: was not all looked at? problem: why not, or ""."""

    items: tuple[Any, ...] = ()
    more: bool = False
    partly: bool = False
    problem: str = ""


@view(Site, "search", area=AREA, permission=PUBLIC, template="search.pt")
def search(site: Site, request: Any) -> Any:
    """Show what is found. Of the query: q, words or a path; type, the name of a content type."""
    check_signed_in(request)
    q, wanted = text_of(request, "q").strip(), text_of(request, "type")
    kinds = kinds_of(request)
    chosen = next((each for each in kinds if wanted in {each.name, each.dotted}), None)
    found = look_for(request, q, chosen)
    if wanted and chosen is None:
        found = Found(problem=f"There is no type called “{wanted[:60]}” here.")
    values = framed(
        request,
        "search",
        "Search",
        q=q,
        kinds=kinds,
        chosen=chosen,
        found=found,
        rows=[row_of(each) for each in found.items],
        asked=bool(q or chosen),
    )
    if not found.problem:
        return values
    page = request.page(values)
    page.status_int = 422
    return page


def row_of(resource: Any) -> tuple[Any, str, str, str, Any]:
    """Return what a line says: (resource, title, path, kind, when it changed)."""
    kind = content_type_of(resource)
    title = title_of(resource) if resource.__parent__ is not None or resource.title else "Site"
    return resource, title, path_of(resource), kind.title if kind else "", modified_of(resource)


def kinds_of(request: Any) -> list[ContentType]:
    """Return the content types of the site, by title."""
    indexes = request.registry[Indexes]
    found = (each for each in content_types(request.registry) if indexes.kind_called(each.dotted))
    return sorted(
        (each for each in found if each.addable or issubclass(each.kind, Site)), key=lambda each: each.title
    )


def look_for(request: Any, text: str, kind: ContentType | None = None, most: int = SHOWN) -> Found:
    """Return up to *most* of what fits *text* and is of *kind*, as far as the one who asks may see it here.

    text: words, of which the last may be a beginning; or a path, "/news/ti". "" with a *kind*: all of it, the
    newest first; without: nothing.
    """
    text = " ".join(text.split())
    if len(text) > LONGEST:
        return Found(problem=f"That is too long to look for: at most {LONGEST} characters.")
    if not text and kind is None:
        return Found()
    if text.startswith("/"):
        found = at_path(request, text)
        return some_of(request, (each for each in found if kind is None or isinstance(each, kind.kind)), most)
    try:
        return by_words(request, text, kind, most)
    except Invalid as error:
        return Found(problem="; ".join(error.errors.values()))
    except Busy as error:
        return Found(problem=str(error))


def by_words(request: Any, text: str, kind: ContentType | None, most: int) -> Found:
    """Return what has the words of *text* in its texts, and what has them in a title without an index."""
    if not text and kind is not None:
        return some_of(request, ask(request, [kind.kind], sort="-created"), most)
    kinds = [kind.kind] if kind is not None else []
    told = some_of(request, ask(request, kinds, text=begun(text)), most)
    untold = untitled(request, kind)
    results = ask(request, untold, sort="-created") if untold else ()
    words = text.casefold().split()
    fitting = (each for each in islice(results, LOOKED_AT) if fits(each, words))
    titled = some_of(request, fitting, most)
    items = dict.fromkeys((*told.items, *titled.items))
    start = text.casefold()
    ranked = sorted(items, key=lambda each: not title_of(each).casefold().startswith(start))
    return Found(
        tuple(ranked[:most]),
        told.more or titled.more or len(items) > most,
        bool(untold) and len(results) > LOOKED_AT,
    )


def ask(request: Any, kinds: Iterable[type], *conditions: Any, **arguments: Any) -> Any:
    """Return the results of a question to the catalog, within what this host shows."""
    site, root = request.site, request.root
    within = None if root is site else root
    return find(request.identity, site, *kinds, *conditions, within=within, permission="see", **arguments)


def begun(text: str) -> str:
    """Return *text* as the catalog is asked for it: its last word may go on.

    A last word of one letter stands for too much; behind other words it waits for its next letter.
    """
    before, _, last = text.rpartition(" ")
    if not last[-1].isalnum() or '"' in text:
        return text
    if len(last) >= LEAST:
        return f"{text}*"
    return before if before and last.isalpha() else text


def untitled(request: Any, kind: ContentType | None) -> list[type]:
    """Return the types, *kind* or all, whose titles are in no index of words."""
    indexes = request.registry[Indexes]
    kinds = [each.kind for each in ([kind] if kind is not None else content_types(request.registry))]
    return [each for each in kinds if getattr(indexes.of(each).get("title"), "kind", "") != "text"]


def fits(resource: Any, words: list[str]) -> bool:
    """Has the title or the name of *resource* each of *words* in it?"""
    texts = (title_of(resource).casefold(), (resource.__name__ or "").casefold())
    return all(any(word in text for text in texts) for word in words)


def at_path(request: Any, text: str) -> Iterator[Any]:
    """Yield what is at the path *text*, and what is beside it with a name that begins so."""
    above, _, begin = text.rpartition("/")
    try:
        folder = find_resource(request.root, above)
    except NotFound:
        return
    if not begin:
        yield folder
    names = islice(folder.names_with(begin), LOOKED_AT) if isinstance(folder, Folder) else ()
    for name in names:
        yield folder[name]


def some_of(request: Any, resources: Iterable[Any], most: int) -> Found:
    """Return the first *most* of *resources* that the one who asks sees, and whether there are more."""
    root = request.root
    seen = (each for each in resources if each is not None and inside(each, root) and visible(request, each))
    items = list(islice(seen, most + 1))
    return Found(tuple(items[:most]), len(items) > most)
