"""Forms: a schema met with a request. Adding and editing, made from the declaration.

    @view(Walk, "edit", permission="edit")
    def edit_form(walk, request):
        return {"form": form_for(request, walk)}       # and ${form} in the template

    @view(Walk, "edit", method="POST", permission="edit", template="walk-edit.pt")
    def save(walk, request):
        outcome = submit_edit(request, walk)
        if outcome.saved:
            return request.redirect(walk, message=outcome.message)
        return outcome.page(request)

Every text that was typed is kept, what others changed meanwhile is merged field by field, and where both
changed one field the form shows both values and asks. This module is the face of the part; the rest is
private.
"""

from .aids import Aids
from .digests import about_in
from .digests import read_digests
from .digests import sign_digests
from .form import Form
from .form import form_for
from .form import form_with
from .rows import Row
from .rows import said_to
from .submitting import changed_meanwhile
from .submitting import form_again
from .submitting import Outcome
from .submitting import subject_of
from .submitting import submit_add
from .submitting import submit_edit
from .widgets import widget

__all__ = [
    "Aids",
    "Form",
    "Outcome",
    "Row",
    "about_in",
    "changed_meanwhile",
    "form_again",
    "form_for",
    "form_with",
    "read_digests",
    "said_to",
    "sign_digests",
    "subject_of",
    "submit_add",
    "submit_edit",
    "widget",
]
