"""An editor without `manage` does what he likes, and gets nowhere he may not; see `editor`."""

from unittest.mock import patch

import pytest
from hypothesis import Phase

from objpub.content import walk
from objpub.manage import contents
from objpub.manage import editing
from objpub.operations import copying
from objpub.schema import schema_of
from tests.security import editor

RUNS = 20
MOST_RUNS = 60  # until a hole is found
EACH_ALIKE = {"derandomize": True, "phases": [Phase.generate]}


def test_an_editor_gets_nothing_that_he_may_not():
    editor.run(RUNS, **EACH_ALIKE)


def copy_with_grants():
    """Plant a copy that keeps who has which role in the original."""
    right = copying.copy_of

    def copy_of(resource, **options):
        copied = right(resource, **options)
        for original, step in zip(walk(resource), walk(copied), strict=True):
            if original._grants:
                step._grants = original._grants
        return copied

    return patch.object(copying, "copy_of", copy_of)


def count_of_hidden():
    """Plant a listing that counts children whether they are hidden or not."""
    return patch.object(contents, "count_seen", lambda request, folder: str(len(folder)))


def form_with_more():
    """Plant a form that writes every field that was sent, those that it does not show among them."""
    right = editing.submit_edit

    def submit_edit(request, content, fields, aids, **more):
        outcome = right(request, content, fields, aids, **more)
        for name in schema_of(type(content)):
            if outcome.saved and name in request.form and name not in {row.name for row in outcome.form.rows}:
                setattr(content, name, request.form.get(name))
        return outcome

    return patch.object(editing, "submit_edit", submit_edit)


@pytest.mark.parametrize(
    ("hole", "said"),
    [
        (
            copy_with_grants,
            r"the new '.*': has grants \{'user:nora'|the new '.*': has grants \{'group:staff'",
        ),
        (count_of_hidden, r"counted \[.*\], there are"),
        (form_with_more, r"locked changed from .* to .*forged"),
    ],
    ids=["a copy with grants", "a count of hidden children", "a form that writes more"],
)
def test_a_hole_is_found(hole, said):
    with hole(), pytest.raises(AssertionError, match=said):
        editor.run(MOST_RUNS, **EACH_ALIKE)
