"""Every error of objpub, as one tree. There is no HTTP here: `publisher.failures` knows the statuses.

ObjpubError
├── DeclarationError               a mistake in a site's code, found at the freeze
│   ├── ConflictingDeclarations    two declarations speak about one thing
│   └── TemplateError              a template is missing or does not compile
├── TemplateFailure                an expression of a template failed while a page was made
├── SettingsError                  a mistake in objpub.toml or in the environment
├── DatabaseError                  the database cannot do what was asked
│   ├── DatabaseInUse              another process holds it
│   ├── DatabaseDamaged            the end of its file is not what was written
│   ├── WriteOnRead                a request that only reads changed an object
│   └── PackedAway                 the state asked for has been packed away
└── Refused                        a person's wish that cannot be met; nothing was changed
    ├── NotFound                   no such resource or view
    ├── MethodNotAllowed           the view exists, but not for this method
    ├── Forbidden                  the identity lacks a permission
    ├── Invalid                    values that do not fit their declaration, all at once
    │   ├── BadArgument            the same, for the arguments of a view
    │   ├── BadName                a name that a resource may not have
    │   └── UnknownIndex           an index that no type declares, or that gives no order
    ├── NameTaken                  the folder has a child of that name
    ├── Clash                      others changed the same fields meanwhile
    ├── NotPossible                the operation makes no sense here
    │   └── AskFirst               it is possible for who knows what it means for others
    ├── OverLimit                  more than is taken here
    ├── BadSource                  a file to import that is not what it claims to be
    ├── Busy                       not at this moment: conflicts persisted, or an index is being built
    ├── Closed                     the site takes no changes, or no visitors, for a while
    └── NoRoom                     the disk is nearly full
"""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any


class ObjpubError(Exception):
    """The root of the tree."""


class DeclarationError(ObjpubError):
    """A mistake in a site's code. *sources*: the places it is about, printed below the message."""

    def __init__(self, message: str, *sources: object):
        super().__init__("\n".join([message, *(str(source) for source in sources)]))
        self.message = message
        self.sources = sources


class ConflictingDeclarations(DeclarationError):
    """Two declarations speak about one thing and neither is an override."""


class TemplateError(DeclarationError):
    """A template is missing or does not compile.

    file, line, column, expression: the place of the mistake, counted from 1; "" and 0 where it is unknown.
    """

    def __init__(
        self,
        message: str,
        *sources: object,
        file: str = "",
        line: int = 0,
        column: int = 0,
        expression: str = "",
    ):
        super().__init__(message, *sources)
        self.file = file
        self.line = line
        self.column = column
        self.expression = expression


class TemplateFailure(ObjpubError):
    """An expression of a template failed while a page was made. It is raised from its cause.

    cause: the error that the expression raised. file, line, column, expression: the place in the template,
    counted from 1; "" and 0 where it is unknown. places: all places on the way there, the outermost first.
    values: the variables of the expression by name, each as a short text.
    """

    def __init__(
        self, cause: BaseException, places: Iterable[Any] = (), values: Mapping[str, str] | None = None
    ):
        self.cause = cause
        self.places = tuple(places)
        self.values = dict(values or {})
        place = self.places[-1] if self.places else None
        self.file: str = place.file if place else ""
        self.line: int = place.line if place else 0
        self.column: int = place.column if place else 0
        self.expression: str = place.expression if place else ""
        where = f"\n{place}" if place else ""
        if self.values:
            where += "\n  with " + ", ".join(f"{name} = {value}" for name, value in self.values.items())
        super().__init__(f"A template failed: {type(cause).__name__}: {cause}{where}")


class SettingsError(ObjpubError):
    """A mistake in objpub.toml or in the environment."""


class DatabaseError(ObjpubError):
    """The database cannot do what was asked."""


class DatabaseInUse(DatabaseError):
    """Another process holds the database."""


class DatabaseDamaged(DatabaseError):
    """The file of the database is damaged; the message says where, and how to go on. Nothing was changed."""


class WriteOnRead(DatabaseError):
    """A request that only reads changed an object; the message names object, attribute and line.

    class_name, attribute, place: the same one by one; place is "file:line". "" for what is not known.
    """

    def __init__(self, message: str, class_name: str = "", attribute: str = "", place: str = ""):
        super().__init__(message)
        self.class_name = class_name
        self.attribute = attribute
        self.place = place


class PackedAway(DatabaseError):
    """The state asked for has been packed away."""


class Refused(ObjpubError):
    """What a person asked for cannot be done. Nothing was changed; the message is for that person."""


class NotFound(Refused):
    """No such resource or view.

    path: what was asked for. walked: the part of it that exists. missing: the segment that does not.
    """

    def __init__(self, path: str, walked: str = "", missing: str = "", context: Any = None):
        super().__init__(f"Nothing at {path!r}" + (f": {walked!r} has no {missing!r}" if missing else ""))
        self.path = path
        self.walked = walked
        self.missing = missing
        self.context = context


class MethodNotAllowed(Refused):
    """The view exists, but not for this method. allowed: the methods that it has."""

    def __init__(self, method: str, allowed: Iterable[str]):
        self.method = method
        self.allowed = tuple(sorted(allowed))
        super().__init__(f"{method} is not possible here, only {', '.join(self.allowed)}")


class Forbidden(Refused):
    """The identity lacks a permission. decision: the refusal that explains itself, or None."""

    def __init__(self, message: object, decision: Any = None):
        super().__init__(str(message))
        self.decision = decision


class Invalid(Refused):
    """Values that do not fit their declaration.

    errors: field name → what was wanted and what came, one sentence each.
    """

    def __init__(self, errors: Mapping[str, str]):
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {text}" for name, text in self.errors.items()))


class BadArgument(Invalid):
    """Arguments of a view that cannot be converted."""


class BadName(Invalid):
    """A name that a resource may not have."""

    def __init__(self, message: str):
        super().__init__({"name": message})


class UnknownIndex(Invalid):
    """An index that no type declares, or that gives no order. said: as it was asked for.

    Where nothing that a request brought says so, the mistake is in the site's own code.
    """

    def __init__(self, errors: Mapping[str, str], said: str):
        super().__init__(errors)
        self.said = said


class NameTaken(Refused):
    """The folder has a child of that name. name: the name."""

    def __init__(self, name: str, place: str = ""):
        super().__init__(f"There is already something called {name!r}" + (f" in {place}" if place else ""))
        self.name = name


class Clash(Refused):
    """Others changed the same fields meanwhile.

    fields: field name → (the value here now, the value that was sent).
    """

    def __init__(self, fields: Mapping[str, tuple[Any, Any]]):
        self.fields = dict(fields)
        super().__init__("Changed by somebody else meanwhile: " + ", ".join(self.fields))


class NotPossible(Refused):
    """The operation makes no sense here, such as moving a folder into itself."""


class AskFirst(NotPossible):
    """It is possible, and others are touched by it: who knows that says so, and is not refused."""


class OverLimit(Refused):
    """More than is taken here: a body, a form, a file. The message says how much came, and what is taken."""


class BadSource(Refused):
    """A file to import that cannot be read as what it claims to be.

    line: the line of the file, from 1; 0 where no line is to blame. reason: what was wanted and met.
    """

    def __init__(self, line: int, reason: str):
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


class Busy(Refused):
    """Not at this moment: conflicts persisted, or an index is still being built."""


class Closed(Refused):
    """The site takes no changes, or no visitors, for a while. retry_after: seconds until it may again."""

    def __init__(self, message: str, retry_after: int):
        super().__init__(message)
        self.retry_after = retry_after


class NoRoom(Refused):
    """The disk is nearly full, so nothing is changed. retry_after: seconds until there may be room again."""

    def __init__(self, message: str, retry_after: int):
        super().__init__(message)
        self.retry_after = retry_after
