"""The audit record: who did what, the latest first, narrowed and exported."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from typing import Literal

from objpub.content import Site
from objpub.security import as_csv
from objpub.security import as_json_lines
from objpub.security import AUDIT_OUTCOMES
from objpub.security import AUDIT_WORDS
from objpub.security import AuditEntry
from objpub.security import AuditFilter
from objpub.security import entries_of
from objpub.security import record
from objpub.views import binary
from objpub.views import content_disposition
from objpub.views import FileBody
from objpub.views import Response
from objpub.views import view

from .frame import framed

SHOWN = 50
LOOKED_AT = 5_000  # entries that a page looks at to find those that are wanted
#: How it was known who it was, as people say it; the way of a token says it itself.
WAYS = {
    "form": "at the sign-in",
    "session": "in a browser",
    "password": "with a password",
    "link": "by a link",
    "outside": "from outside",
    "system": "on the machine",
}
FORMATS = {"csv": (as_csv, "text/csv; charset=utf-8"), "jsonl": (as_json_lines, "application/jsonl")}


@view(Site, "audit", area="manage", permission="audit", template="audit.pt")
def show_audit(
    site: Site,
    request: Any,
    who: str = "",
    what: str = "",
    where: str = "",
    outcome: str = "",
    after: str = "",
) -> dict[str, Any]:
    """List the entries of the record, the latest first. after: the cursor of the last one before."""
    wanted = AuditFilter(who.strip(), what, where.strip(), outcome)
    entries, following = entries_after(site, wanted, after)
    return framed(
        request,
        "audit",
        "Audit",
        entries=entries,
        following=following,
        after=after,
        wanted=wanted,
        narrowed=wanted != AuditFilter(),
        words=sorted(AUDIT_WORDS.items(), key=lambda each: each[1]),
        outcomes=AUDIT_OUTCOMES,
        titles=AUDIT_WORDS,
        ways=WAYS,
    )


@view(Site, "audit-export", area="manage", method="POST", permission="audit")
def export_audit(
    site: Site,
    request: Any,
    who: str = "",
    what: str = "",
    where: str = "",
    outcome: str = "",
    kind: Literal["csv", "jsonl"] = "csv",
) -> Response:
    """Give the entries that are wanted as a file, and write down that somebody took them."""
    wanted = AuditFilter(who.strip(), what, where.strip(), outcome)
    write, media_type = FORMATS[kind]
    spool = request.spool()
    count = 0

    def counted() -> Iterator[AuditEntry]:
        nonlocal count
        for _, entry in entries_of(site):
            if wanted.fits(entry):
                count += 1
                yield entry

    try:
        for line in write(counted()):
            spool.write(line.encode())
    except BaseException:
        spool.close()
        raise
    words = f"Exported {count:,} entries of the audit record as {kind}"
    narrowed = [f"{name} {text}" for name, text in shown(wanted).items()]
    words += f": {', '.join(narrowed)}" if narrowed else ""
    record(site, request.identity, "audit.export", words, path="/", title=site.title)
    length = spool.tell()
    spool.seek(0)
    response = binary(media_type, FileBody(spool))
    response.content_length = length
    response.content_disposition = content_disposition("attachment", f"audit.{kind}")
    response.headers["Cache-Control"] = "no-store"
    return response


def entries_after(site: Site, wanted: AuditFilter, cursor: str) -> tuple[list[AuditEntry], str | None]:
    """Return the entries that are *wanted* behind *cursor*, and where the next page begins, or None."""
    found: list[AuditEntry] = []
    last = cursor
    for at, entry in islice(entries_of(site, cursor), LOOKED_AT):
        if len(found) == SHOWN:
            return found, last
        last = at
        if wanted.fits(entry):
            found.append(entry)
    return found, last if any(True for _ in entries_of(site, last)) and last else None


def shown(wanted: AuditFilter) -> dict[str, str]:
    """Return what *wanted* asks for, without what it leaves open."""
    every = {"who": wanted.who, "what": wanted.what, "where": wanted.where, "outcome": wanted.outcome}
    return {name: text for name, text in every.items() if text}
