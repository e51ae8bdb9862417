"""A role is taken from a group at the root of a large site: another process knows of it in its next request.

    python -m tests.catalog.revoking 39000 1000      documents, cuts and overrides below the root

The other process has asked before, so that all it could remember is there to be wrong. What it then says,
hits, counts, facets and suggestions, is compared with a look at each document. Printed: how long the
revocation took, and how many bytes it wrote.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench import catalog as bench
from objpub.catalog import find
from objpub.catalog import Texts
from objpub.content import walk
from objpub.database import open_database
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.security import grant
from objpub.security import override_permission
from objpub.security import Policy
from objpub.security import revoke
from objpub.security import set_cuts
from tests.engines import zeo_server

MOST_SECONDS = 1.0
WORD, MISSPELT = "network", "netwrok"


def answers(database):
    """Return what ann finds: hits, counts, facets and suggestions, as JSON can hold them."""
    with transaction_for(database, read_only=True) as pair:
        site = site_of(pair.connection)
        ann = site.users.identity("ann")
        everything = find(ann, site, bench.Document)
        words = find(ann, site, text=WORD)
        return {
            "count": everything.count,
            "facets": {facet.value: facet.count for facet in everything.facets("language")},
            "words": words.count,
            "hits": sorted(each.__name__ for each in words),
            "suggestion": find(ann, site, text=MISSPELT).suggestion,
        }


def looked_at(database):
    """Return the same by a look at each document; a suggestion where it would find something."""
    with transaction_for(database, read_only=True) as pair:
        site = site_of(pair.connection)
        ann, policy = site.users.identity("ann"), database.registry[Policy]
        documents = (each for each in walk(site) if isinstance(each, bench.Document))
        seen = [each for each in documents if policy.can(ann, "view", each)]
        having = set(database.registry[Texts].of(database).matches([WORD]))  # whoever may see them
        hits = sorted(each.__name__ for each in seen if int.from_bytes(each._p_oid, "big") in having)
        return {
            "count": len(seen),
            "facets": dict(Counter(each.language for each in seen)),
            "words": len(hits),
            "hits": hits,
            "suggestion": WORD if hits else None,
        }


def restrict(database, number):
    """Let only editors view the site, and set something else at *number* documents."""
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        override_permission(site, "view", "editor")
        shelves = list(site.values())
        for each in range(number):
            shelf = shelves[each % len(shelves)]
            document = shelf[sorted(shelf.keys())[each // len(shelves) % len(shelf)]]
            if each % 3 == 0:
                set_cuts(document, ("grants",))
            elif each % 3 == 1:
                override_permission(document, "view", "authenticated")
            else:
                grant(document, "group:staff", ["editor"])
        pair.manager.commit()


@contextlib.contextmanager
def asked_elsewhere(uri, folder):
    """Give a function that returns the `answers` of another process."""
    words = [sys.executable, "-m", "tests.catalog.revoking", "--child", uri, str(folder)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask():
        process.stdin.write("ask\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    with process:
        try:
            yield ask
        finally:
            process.stdin.close()


def child(uri, folder):
    """Answer each line of the standard input with `answers`, as JSON on a line."""
    database = opened(uri, Path(folder))
    for _ in sys.stdin:
        print(json.dumps(answers(database)), flush=True)
    database.close()


def opened(uri, folder):
    """Return the database at *uri*; its index of texts is in *folder*."""
    database = open_database(uri, registry=bench.registry_with(bench.Document))
    database.registry[Texts].folder = folder
    return database


def revoked(folder, documents, number):
    """Make a site in *folder*, and revoke; return (seconds, bytes, what is wrong, seen before, after)."""
    made = bench.opened(folder / "site.fs", bench.Document)
    made.registry[Texts].folder = folder
    bench.add_all(made, bench.Document, documents)
    restrict(made, number)
    made.close()
    wrong = []
    uri = f"zeo:{folder}/zeo.sock"
    with zeo_server(f"file:{folder}/site.fs"), asked_elsewhere(uri, folder) as ask:
        database = opened(uri, folder)
        try:
            before = ask()
            wrong += differences("before", before, looked_at(database))
            size = database.figures()["bytes"]
            begun = time.perf_counter()
            with transaction_for(database) as pair:
                revoke(site_of(pair.connection), "group:staff")
                pair.manager.commit()
            seconds = time.perf_counter() - begun
            after = ask()
            size = database.figures()["bytes"] - size
            wrong += differences("after", after, looked_at(database))
        finally:
            database.close()
    return seconds, size, wrong, before["count"], after["count"]


def differences(when, told, expected):
    """Return in sentences what was *told* and is not as *expected*."""
    return [
        f"{when}, {name}: {told[name]!r:.80}, wanted {expected[name]!r:.80}"
        for name in told
        if told[name] != expected[name]
    ]


def main(number, cuts):
    """Print the figures of made-up documents; return the exit status."""
    with tempfile.TemporaryDirectory(prefix="objpub-revoking-") as folder:
        seconds, size, wrong, before, after = revoked(Path(folder), bench.made_up(number), cuts)
    print(f"{number:,} documents, {cuts:,} cuts, overrides and grants below: {before:,} seen, then {after:,}")
    print(f"revoked in {seconds:.3f} s (at most {MOST_SECONDS:g}), {size:,} bytes written")
    for sentence in wrong:
        print(f"  WRONG: {sentence}")
    return int(bool(wrong) or seconds > MOST_SECONDS)


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        child(*sys.argv[2:])
    else:
        sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
