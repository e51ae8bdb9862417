"""How well search finds what people mean: texts of links between pages, against FTS5 as it is.

    python -m tests.catalog.quality FOLDER      # of documents, such as the content of a site in Hugo
    python -m tests.catalog.quality FOLDER --postgresql      # the same of tsvectors, in a server for a while

A question is the text of a link from one page to another, unless that is the other's title; the answer that
is looked for is the other page. Printed is the mean of 1/rank among the first ten, and how many misspelt
questions are put right.
"""

import pathlib
import random
import re
import sqlite3
import sys
from contextlib import closing

from objpub import testing
from objpub.catalog import find
from objpub.catalog.wording import plain
from objpub.catalog.wording import words_in
from objpub.content import walk
from objpub.importing import import_folder
from objpub.importing import Page
from objpub.importing import Section
from objpub.lineage import path_of
from objpub.security import SYSTEM
from tests.engines import Cluster

LINK = re.compile(r'<a [^>]*href="(/docs/[^"#?]*)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
QUESTIONS = 300
MISSPELT = 60


def questions_in(documents):
    """Return (words, path of the page that is meant), in an order of chance that is always the same."""
    paths = {path_of(each): each for each in documents}
    found = set()
    for document in documents:
        for address, text in LINK.findall(document.html):
            meant, asked = paths.get(address.rstrip("/")), " ".join(words_in(plain(text)))
            if meant not in {None, document} and asked not in {"", " ".join(words_in(meant.title))}:
                found.add((asked, path_of(meant)))
    return random.Random(3).sample(sorted(found), min(QUESTIONS, len(found)))


def mean_rank(questions, answer):
    """Return the mean of 1/rank of what is meant among the first ten that *answer* gives."""
    ranks = []
    for asked, meant in questions:
        found = answer(asked)[:10]
        ranks.append(1 / (1 + found.index(meant)) if meant in found else 0)
    return sum(ranks) / len(ranks)


def raw_index(documents, file):
    """Return a function that asks FTS5, in *file*, with one column for all the text, ranked by bm25."""
    file.execute("CREATE VIRTUAL TABLE texts USING fts5(text, path UNINDEXED)")
    for each in documents:
        text = "\n".join((each.title, each.description, each.text))
        file.execute("INSERT INTO texts VALUES (?, ?)", (text, path_of(each)))

    def answer(asked):
        match = " OR ".join(f'"{word}"' for word in words_in(asked))
        rows = "SELECT path FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT 10"
        return [path for (path,) in file.execute(rows, (match,))]

    return answer


def misspelt(word, pick):
    """Return *word* with a letter left out, put in, or exchanged with the next."""
    place = pick.randrange(1, len(word) - 1)
    return pick.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + pick.choice("aeiou") + word[place:],
        ]
    )


def put_right(site, questions):
    """Return (how many misspelt questions were put right, how many were asked)."""
    pick, right, asked = random.Random(5), 0, 0
    for text, _ in [each for each in questions if max(map(len, each[0].split())) > 5][:MISSPELT]:
        word = max(text.split(), key=len)
        wrong = misspelt(word, pick)
        if wrong != word:
            asked += 1
            suggestion = find(SYSTEM, site, text=text.replace(word, wrong)).suggestion
            right += suggestion is not None and word in suggestion.split()
    return right, asked


def main(folder, settings=None):
    """Print the figures of the documents in *folder*; return (mean rank, of FTS5, put right, misspelt)."""
    site = testing.site("objpub.importing", settings=settings)
    with site as running, closing(sqlite3.connect(":memory:")) as file:
        import_folder(running.database, folder, "/docs", identity=SYSTEM)
        with running.work() as site:
            documents = [each for each in walk(site) if isinstance(each, Page | Section)]
            questions = questions_in(documents)

            def answer(asked):
                return [path_of(each) for each in find(SYSTEM, site, Page, Section, text=asked, limit=10)]

            raw = raw_index(documents, file)
            print(f"{len(documents)} documents, {len(questions)} questions")
            for name, some in {"one": questions[::2], "other": questions[1::2], "": questions}.items():
                ours, theirs = mean_rank(some, answer), mean_rank(some, raw)
                of = f", the {name} half" if name else ""
                print(f"mean reciprocal rank{of}: {ours:.3f}, FTS5 {theirs:.3f}, {ours / theirs:.2f} times")
            right, asked = put_right(site, questions)
    print(f"misspelt: {right} of {asked} put right")
    return ours, theirs, right, asked


def main_on_postgresql(folder):
    """Do as `main`, with a site that PostgreSQL keeps."""
    with closing(Cluster()) as cluster, cluster.database() as dsn:
        return main(folder, {"database.uri": f"postgresql:{dsn}"})


if __name__ == "__main__":
    (main_on_postgresql if "--postgresql" in sys.argv else main)(pathlib.Path(sys.argv[1]))
