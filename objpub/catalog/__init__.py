"""The catalog: indexes that are part of each transaction, queries as values, results that somebody may see.

    find(identity, site, Article, where.published_on >= date(2026, 1, 1), tags={"sea", "tide"}, limit=5)

`declarations` says what is indexed, `collecting` keeps it up to date, `settling` takes it into the trees,
`queries` and `language` are what can be asked, `sight` decides who sees what. This module is the face of the
part; the rest is private.
"""

from .building import build
from .building import Builder
from .building import Built
from .building import is_being_built
from .building import take_in_texts
from .catalog import Catalog
from .catalog import catalog_of
from .checking import check_catalog
from .collecting import give_catalog
from .declarations import index
from .declarations import Indexes
from .finding import find
from .identifiers import id_of
from .identifiers import resource_of
from .joining import tops_of
from .language import BadQuery
from .language import parse
from .narrowing import narrow
from .narrowing import Narrowing
from .narrowing import Share
from .narrowing import TYPE
from .queries import below
from .queries import kind
from .queries import Query
from .queries import some_words
from .queries import where
from .queries import words
from .referring import key_of
from .referring import number_in
from .referring import REFERENCES
from .referring import ShownTexts
from .results import Facet
from .results import Results
from .settling import settle
from .texts import Texts
from .used import has_rules
from .used import keys_after
from .used import keys_below
from .used import references_of
from .used import Use
from .used import uses
from .wording import plain
from .wording import Snippet

__all__ = [
    "REFERENCES",
    "TYPE",
    "BadQuery",
    "Builder",
    "Built",
    "Catalog",
    "Facet",
    "Indexes",
    "Narrowing",
    "Query",
    "Results",
    "Share",
    "ShownTexts",
    "Snippet",
    "Texts",
    "Use",
    "below",
    "build",
    "catalog_of",
    "check_catalog",
    "find",
    "give_catalog",
    "has_rules",
    "id_of",
    "index",
    "is_being_built",
    "key_of",
    "keys_after",
    "keys_below",
    "kind",
    "narrow",
    "number_in",
    "parse",
    "plain",
    "references_of",
    "resource_of",
    "settle",
    "some_words",
    "take_in_texts",
    "tops_of",
    "uses",
    "where",
    "words",
]
