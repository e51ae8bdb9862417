"""May a view be called, and what is told to those who may not."""

from typing import Any

from objpub.errors import Forbidden
from objpub.errors import MethodNotAllowed
from objpub.errors import NotFound
from objpub.lineage import lineage
from objpub.security import Policy
from objpub.traversal import Found
from objpub.views import find_view
from objpub.views import View

from .problems import CrossSite
from .proof import check_proof

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def authorize(policy: Policy, request: Any, view: View, found: Found) -> None:
    """Raise Forbidden, with a decision that explains itself, unless the view may be called.

    In an area nobody opens what he may not view, whatever else he may do with it: its lists hide it too.
    """
    if view.permission is not None:
        if found.area:
            decision = policy.can(request.identity, "view", found.context)
            if not decision:
                raise Forbidden(decision.sentence, decision)
        decision = policy.can(request.identity, view.permission, found.context)
        if not decision:
            raise Forbidden(decision.sentence, decision)


def authorize_some(policy: Policy, request: Any, found: Found) -> None:
    """Raise Forbidden unless the view may be called with one of its methods: only then they are named."""
    refusal: Forbidden | None = None
    for method in METHODS:
        try:
            authorize(policy, request, find_view(request.registry, found, method), found)
        except MethodNotAllowed:
            continue
        except Forbidden as error:
            refusal = refusal or error
        else:
            return
    if refusal is not None:
        raise refusal


def tell_forbidden(request: Any) -> None:
    """Have it written to the audit record that somebody who has signed in was refused a change.

    Not of a form that another site made his browser send: that was not he.
    """
    identity, incoming = request.identity, request.incoming
    if identity.authenticated and is_proven(request):
        authenticator = request.registry[Policy].authenticator
        request.records.extend(authenticator.tell_forbidden(identity, incoming.method, incoming.path))


def is_proven(request: Any) -> bool:
    """Does *request* come from a page of this site, as far as that has to be known?"""
    try:
        check_proof(request)
    except CrossSite:
        return False
    return True


def concealed(policy: Policy, request: Any, error: Forbidden | MethodNotAllowed | NotFound) -> Exception:
    """Return what is raised for *error*, which was met on the way to a view.

    Below a resource that somebody may not view the answer is always that he may not, in the same words,
    whether what he asked for is there or not. What is open to him below it answers as ever.
    """
    place = error.context if isinstance(error, NotFound) else request.context
    if place is None or policy.can(request.identity, "view", place):
        return error
    for step in reversed(list(lineage(place))):
        decision = policy.can(request.identity, "view", step)
        if not decision:
            return Forbidden(decision.sentence, decision)
    return error
