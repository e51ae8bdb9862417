"""What only a developer sees: where a walk ended and why, why somebody may not, the traceback of an error.

Nothing of it is shown unless the setting `development` is on; tickets are written with it.
"""

from .bar import bar_of
from .bar import Watch
from .pages import carried_rows
from .pages import decision_page
from .pages import traceback_lines
from .pages import traceback_page
from .pages import walk_page
from .values import said

__all__ = [
    "Watch",
    "bar_of",
    "carried_rows",
    "decision_page",
    "said",
    "traceback_lines",
    "traceback_page",
    "walk_page",
]
