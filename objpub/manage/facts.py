"""What stands beside the form of an object: who can see it, its address, and what happened to it lately."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from objpub.content import content_type_of
from objpub.database import connection_of
from objpub.database import Revision
from objpub.database import revisions_of
from objpub.lineage import find_resource
from objpub.lineage import path_of
from objpub.security import NO_IDENTITY
from objpub.security import Policy

from .permission import sees_all
from .permission import visible

CHANGED = "Changed"
LATELY = 4  # changes that are told
FURTHER_UP = "A place further up keeps it from the public."


@dataclass(frozen=True)
class Change:
    """One change. who: the title of the one who made it, "" if nobody is known. you: was it the reader?"""

    sentence: str
    who: str
    you: bool
    moment: datetime


@dataclass(frozen=True)
class Hindrance:
    """Why the public does not see something. place: where that is said, None where nobody may be told."""

    sentence: str
    place: Any = None
    by_state: bool = False


class Facts:
    """What there is to tell about the object that *request* is for."""

    def __init__(self, request: Any):
        self.request = request
        self.context = request.context

    @property
    def kind(self) -> str:
        """What people call such an object."""
        kind = content_type_of(self.context)
        return kind.title if kind is not None else type(self.context).__name__

    @property
    def is_public(self) -> bool:
        """Can everybody see it, also those who have not signed in?"""
        return bool(self.request.registry[Policy].can(NO_IDENTITY, "view", self.context))

    @cached_property
    def hindrances(self) -> list[Hindrance]:
        """What keeps the public from seeing it; nothing where it does."""
        decision = self.request.registry[Policy].can(NO_IDENTITY, "view", self.context)
        if decision.denial is not None:
            return [Hindrance(each.text) for each in decision.needs]
        steps = decision.steps if not decision else ()
        barring = [each for each in steps if each.kind in {"state", "permission"}]
        return [self.hindrance(each) for each in barring if "everyone" not in each.roles]

    def hindrance(self, step: Any) -> Hindrance:
        """Return what *step* of a decision says; no more than that of a place that one may not see here."""
        place = find_resource(self.request.site, step.place) if step.place else self.context
        if not visible(self.request, place) or not self.request.shows(place):
            return Hindrance(FURTHER_UP)
        return Hindrance(step.text, place, step.kind == "state")

    @property
    def path(self) -> str:
        """Its address below the site."""
        return path_of(self.context)

    @property
    def lately(self) -> list[Change]:
        """The last changes, the newest first."""
        return [self.change(each) for each in revisions_of(self.context, LATELY)]

    def change(self, revision: Revision) -> Change:
        """Return what a revision tells to people."""
        users, user = self.request.site.users, revision.user
        who = "" if not user or users is None else str(users.title_of_principal(f"user:{user}"))
        you = bool(user) and user == self.request.identity.user_id
        sentence = sentence_for(self.request, self.context, revision)
        return Change(sentence, who, you, revision.moment)


def sentence_for(request: Any, resource: Any, revision: Revision) -> str:
    """Return what *revision* of *resource* did; "Changed" where that names what the reader may not see."""
    if sees_all(request):
        return revision.sentence
    connection = connection_of(resource)
    try:
        named = [connection.get(oid) for oid in revision.about if oid != resource._p_oid]
    except KeyError:  # packed away
        return CHANGED
    return revision.sentence if all(visible(request, each) for each in named) else CHANGED
