"""A site that takes large files, in transactions that meet conflicts."""

import os
from pathlib import Path

from objpub import Content
from objpub import field
from objpub import File
from objpub import Site
from objpub.content import Upload
from objpub.events import on
from objpub.events import SiteCreated
from objpub.views import view


class Counter(Content, addable="anywhere"):
    number: int = field(default=0)


@on(SiteCreated)
def fill(event):
    event.resource.add("counter", Counter())


@view(Site, "put", method="POST", permission="public")
def put(site, request, file: Upload, conflicts: int = 0):
    """Keep *file*, while somebody else is quicker as often as *conflicts* says.

    Returns the number of attempts, of files they saw, the digest, and whether the blob is that file.
    """
    seen = request.incoming.environ.setdefault("large.seen", [])
    seen.append(os.stat(file.path).st_ino)
    site["counter"].number += 1
    if len(seen) <= conflicts:
        with request.application.work() as other:
            other["counter"].number += 1
    if "large" in site:
        site.remove("large")
    site.add("large", File.of(file))
    kept = site["large"]
    with kept.open() as handle:
        return f"{len(seen)} {len(set(seen))} {kept.sha256} {os.fstat(handle.fileno()).st_ino == seen[0]}"


@view(Site, "left", permission="public")
def left(site, request):
    """Say how many files lie in the temporary folder, and how many connections wait beside this one."""
    database = request.application.database
    files = [path for path in Path(database.temporary_folder).rglob("*") if path.is_file()]
    return f"{len(files)} {len(database.pairs)}"
