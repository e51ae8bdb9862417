"""Find, counts and facets are a linear scan, whatever happens to the site; see `model`."""

import contextlib
from unittest.mock import patch
from weakref import WeakKeyDictionary

import pytest
from hypothesis import Phase

from objpub.catalog import finding
from objpub.catalog import sight
from objpub.catalog.catalog import Catalog
from objpub.catalog.texts import TextIndex
from tests.catalog import model

RUNS, STEPS = 10, 25
MOST_RUNS = 400  # until a planted bug is found, which some orders of sets take longer for
EACH_ALIKE = {"derandomize": True, "phases": [Phase.generate]}


def test_every_answer_is_that_of_a_linear_scan():
    model.run(RUNS, STEPS, **EACH_ALIKE)


def stale_after_a_move():
    """Plant an index that keeps the folder in which it first met a resource."""
    right, known = Catalog._entry_of, WeakKeyDictionary()

    def entry_of(self, resource, indexes, whole):
        entry = right(self, resource, indexes, whole)
        return entry._replace(parent=known.setdefault(resource, entry.parent))

    return patch.object(Catalog, "_entry_of", entry_of)


def stale_after_a_change_of_groups():
    """Plant answers that are kept from one request to the next, for each place and person."""
    right, known = sight.Sight.answer_at, {}

    def answer_at(self, home, limit=None):
        key = (id(self.connection), self.identity.user_id, self.permission, home, limit)
        if key not in known:
            known[key] = right(self, home, limit)
        return known[key]

    return patch.object(sight.Sight, "answer_at", answer_at)


def stale_after_a_transition():
    """Plant a catalog that keeps the state in which it first met a resource."""
    right, known = Catalog._entry_of, WeakKeyDictionary()

    def entry_of(self, resource, indexes, whole):
        entry = right(self, resource, indexes, whole)
        return entry._replace(state=known.setdefault(resource, entry.state))

    return patch.object(Catalog, "_entry_of", entry_of)


def without_states_from_above():
    """Plant a filter to which only the own state of a resource is something."""
    right = sight.Sight.limit

    def limit(self, number):
        return right(self, number) if number in self.catalog.states else None

    return patch.object(sight.Sight, "limit", limit)


def without_rules():
    """Plant a filter that asks no rules."""
    return patch("objpub.security.Policy.asks_rules", lambda self, name, kind: False)


def without_owners():
    """Plant a filter to which who owns something is nothing."""
    return patch.object(sight.Sight, "owner", lambda self, number: None)


def without_own_changes():
    """Plant a find that knows only what is committed."""
    return patch.object(finding, "update_catalog", lambda connection: None)


def stale_texts():
    """Plant an index of texts that reads the ledger once."""
    right = TextIndex.drain

    def drain(self, connection, catalog):
        return 0 if self.path.exists() else right(self, connection, catalog)

    return patch.object(TextIndex, "drain", drain)


@pytest.mark.parametrize(
    "bug",
    [
        stale_texts,
        stale_after_a_move,
        stale_after_a_change_of_groups,
        stale_after_a_transition,
        without_states_from_above,
        without_rules,
        without_owners,
        without_own_changes,
    ],
)
def test_a_planted_bug_is_found(bug):
    with contextlib.ExitStack() as stack:
        stack.enter_context(bug())
        stack.enter_context(pytest.raises(AssertionError))
        model.run(MOST_RUNS, STEPS, **EACH_ALIKE)
