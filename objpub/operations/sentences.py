"""What a transaction did, in words for people: "Renamed “Tides” to “waves”"."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

from objpub.content import title_of
from objpub.database import connection_of
from objpub.lineage import path_of
from objpub.security import Identity
from objpub.security import record

# FileStorage refuses a description above 65,535 bytes: 20 sentences of at most 600 characters stay far below.
SENTENCES_KEPT = 20
SENTENCE_LENGTH = 600
TITLE_LENGTH = 60

ALONE = "alone"
MORE = "more"
PATH = "path"
ABOUT = "about"  # the oids of what the sentences name
MOST_NAMED = 60


def say(
    identity: Identity,
    resource: Any,
    sentence: str,
    *,
    named: Iterable[Any] = (),
    alone: bool = False,
    what: str = "",
    about: tuple[str, str] | None = None,
    more: str = "",
) -> None:
    """Give the running transaction of *resource* one more *sentence*, and its user.

    identity: becomes the user of the transaction if it has none yet: the id of a user, "system" for the
    command line, "" for a visitor. resource: something with a database; of a loose tree nothing is noted.
    Of many sentences the first 20 are kept and the others counted. alone: this one speaks for all that is
    done in the transaction, before or after, such as "Deleted 40 items from “News”". named: what the sentence
    calls by its title besides *resource*: who may not view it is not shown the sentence.
    what: a word of the audit record, where it is written too. about: path and title for it; None: those of
    *resource*. more: what only that says besides.
    """
    transaction = transaction_of(resource)
    if transaction is None:
        return
    if what:
        path, title = (path_of(resource), title_of(resource)) if about is None else about
        record(resource, identity, what, sentence + more, path=path, title=title)
    said = transaction.extension
    if not transaction.user:
        transaction.user = identity.user_id or (identity.title if identity.authenticated else "")
    said.setdefault(PATH, path_of(resource))
    oids = (oid_of(connection_of(resource), each) for each in (resource, *named))
    said[ABOUT] = tuple(dict.fromkeys((*said.get(ABOUT, ()), *filter(None, oids))))[:MOST_NAMED]
    sentence = shortened(one_line(sentence), SENTENCE_LENGTH)
    if alone:
        said[ALONE] = True
        said.pop(MORE, None)
        transaction.description = sentence
    elif ALONE in said:
        return
    elif transaction.description.count("\n") + 1 < SENTENCES_KEPT:
        transaction.note(sentence)
    else:
        said[MORE] = said.get(MORE, 0) + 1


#: In place of the id of what is in another database: only who sees everything is shown such a sentence.
NOWHERE = b"\xff" * 8


def oid_of(connection: Any, thing: Any) -> bytes | None:
    """Return the id of *thing* in the database; what is new in the tree gets it now, not at the commit."""
    jar = getattr(thing, "_p_jar", connection)
    if jar is not None and jar is not connection:
        return NOWHERE
    if jar is None and connection_of(thing) is connection:
        connection.add(thing)
    return getattr(thing, "_p_oid", None)


def sentence_of(transaction: Any) -> str:
    """Return what *transaction* did, in one line; "" if nobody said.

    transaction: the running one, a record of the storage's history, or an entry of its undo log.
    Several sentences are joined: "Added “Tides” to “News”; renamed …, and 3 more" keeps each as it was said.
    """
    description, extension = described(transaction)
    sentences = [line for line in description.split("\n") if line]
    more = extension.get(MORE, 0)
    return "; ".join(sentences) + (f"; and {more} more" if more else "")


def described(transaction: Any) -> tuple[str, Mapping[str, Any]]:
    """Return the description, as text, and the extended information of a transaction in any of its forms."""
    if isinstance(transaction, Mapping):  # an entry of the undo log holds the extension among its own keys
        description, extension = transaction.get("description", ""), transaction
    else:
        description, extension = transaction.description, transaction.extension
    if isinstance(description, bytes):
        description = description.decode("utf-8", "replace")
    return description, extension or {}


def transaction_of(resource: Any) -> Any:
    """Return the running transaction of the database that *resource* is in, None for a loose tree."""
    connection = connection_of(resource)
    return None if connection is None else connection.transaction_manager.get()


@contextmanager
def all_or_nothing(resource: Any) -> Iterator[None]:
    """Doom the transaction of *resource* when the block fails: half an operation must not be committed.

    An operation checks everything before its first change, so a refusal leaves nothing behind. What can
    still fail after it is a subscriber, or the storage; only an abort takes such a half change back.
    """
    try:
        yield
    except BaseException:
        transaction = transaction_of(resource)
        if transaction is not None:
            transaction.doom()
        raise


def quoted(resource: Any) -> str:
    """Return the title of *resource* as it stands in a sentence: “Tides”."""
    return quoted_text(title_of(resource))


def quoted_text(text: str) -> str:
    """Return *text* as it stands in a sentence: in quotes, on one line, at most 60 characters."""
    return f"“{shortened(one_line(text), TITLE_LENGTH)}”"


def one_line(text: str) -> str:
    """Return *text* with every run of white space as one space."""
    return " ".join(text.split())


def shortened(text: str, length: int) -> str:
    """Return *text* cut to *length* characters, the last of them … where something is missing."""
    return text if len(text) <= length else text[: length - 1] + "…"


def sized(number_of_bytes: int) -> str:
    """Return a number of bytes for people: 512 bytes, 3.4 MB."""
    if number_of_bytes < 1_000:
        return counted(number_of_bytes, "byte", "bytes")
    value, units = float(number_of_bytes), iter(("kB", "MB", "GB"))
    while value >= 1_000 and (unit := next(units, None)) is not None:
        value, last = value / 1_000, unit
    return f"{value:.1f} {last}"


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun: 1 page, 2,000 pages."""
    return f"{number:,} {one if number == 1 else many}"
