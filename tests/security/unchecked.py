"""Every check taken away in turn: does the table of exposure notice? What it does not notice survives.

    python -m tests.security.unchecked          takes away all, and prints the survivors

A view loses its permission, an operation one of its checks, a field its `read` or `write`, a type its rule.
"""

import sys
from contextlib import contextmanager
from contextlib import ExitStack

from objpub import operations
from objpub.operations import asking
from objpub.operations import copying
from objpub.operations import deleting
from objpub.operations import people
from objpub.operations import tokens
from objpub.schema import schema_of
from objpub.security import Policy
from objpub.security import ResetLinks
from objpub.views import Actions
from tests.security import unchecked_inside
from tests.security.asked import checks_of
from tests.security.deeds import changed
from tests.security.deeds import NO_DEEDS
from tests.security.deeds_of_site import DEEDS
from tests.security.exhibit import Paper
from tests.security.exposure import exhibition
from tests.security.exposure import read
from tests.security.exposure import TABLE
from tests.security.exposure import written

#: What an operation could ask by what it calls, and never does.
NEVER_ASKED = {
    ("set_site_fields", "require_giving"): "the site has no mail address that leads to a password",
    ("publish_draft", "check_references"): "what is hidden from who publishes stays in the draft",
}

#: What is asked at two places of an operation, so that both are taken away together.
TWICE = {
    ("publish_draft", "require_seen"): "before it is told that there is no draft, and by `edit`",
    ("publish_draft", "check_fields"): "where nothing is left that may be changed, and by `edit`",
}

#: Questions of "may this identity?", and what they answer when they are not asked.
CHECKS = {
    asking.require: None,
    asking.require_person: None,
    asking.require_seen: None,
    asking.require_below: 1,
    asking.check_fields: None,
    asking.check_fields_moving: None,
    asking.check_references: None,
    copying.check_permissions: None,
    copying.values_to_reset: {},
    deleting.may_restore: True,
    people.require_giving: None,
    tokens.check_place: None,
}


def mutants(show):
    """Yield (what is taken away, context manager that does it, names of the lines that could notice)."""
    for label, view in show.views().items():
        if view.permission is not None:
            yield f"the permission of {label}", changed(view, "permission", None), [label]
    for name in sorted(set(operations.__all__) - NO_DEEDS):
        lines = [label for label in DEEDS if label.split()[0] == name]
        found = checks_of(getattr(operations, name), CHECKS, operations.__name__)
        for module, check in found:
            if (name, check) in TWICE:
                places = [each for each, other in found if other == check]
                yield f"{check} from {name}", unasked_in(places, check), lines
            elif (name, check) not in NEVER_ASKED:
                yield f"{check} from {name}", unasked(module, check), lines
    for name, field in schema_of(Paper).items():
        for word, label in (("read", "see"), ("write", "change")):
            if getattr(field, word) is not None:
                yield f"{word}= of Paper.{name}", changed(field, word, None), [f"{label} Paper {name}"]
    policy = show.site.registry[Policy]
    yield "the rule of Paper", changed(policy, "_ruled", frozenset()), ["rule Paper not_sealed"]
    action = show.site.registry[Actions].find(Paper, "seal")
    yield "the permission of an action", changed(action, "permission", "see"), ["action Paper seal"]
    links = policy.authenticator.links
    assert isinstance(links, ResetLinks)
    lines = ["set_forgotten_password without a link"]
    yield "the link of set_forgotten_password", changed(ResetLinks, "user_of", lambda *_: "ben"), lines


def unasked(module, name):
    """Let *module* not ask its check *name* until the end of the block."""
    answer = CHECKS[getattr(module, name)]
    return changed(module, name, lambda *_, **__: answer)


@contextmanager
def unasked_in(modules, name):
    """Let none of *modules* ask its check *name* until the end of the block."""
    with ExitStack() as stack:
        for module in modules:
            stack.enter_context(unasked(module, name))
        yield


def survivors(show, every=1):
    """Return what can be taken away without a line that changes, and how much was taken away.

    every: 1 takes all, 10 each tenth.
    """
    expected = read(TABLE.read_text("utf-8"))
    found, chosen = [], list(mutants(show))[::every]
    for what, taken, lines in chosen:
        with taken:
            measured = read("\n".join(written(show.lines(lines))))
        if all(measured.get(label) == expected.get(label) for label in lines):
            found.append(what)
    return found, len(chosen)


def main():
    """Take away everything, and say what nobody noticed."""
    with exhibition() as show:
        found, number = survivors(show)
    with exhibition() as show:
        inside, more = unchecked_inside.survivors(show)
    print(f"{number} checks taken away, {len(found)} survivors")
    print(f"{more} checks inside of views that are open to all taken away, {len(inside)} survivors")
    for what in (*found, *inside):
        print(f"  {what}")
    return 1 if found or inside else 0


if __name__ == "__main__":
    sys.exit(main())
