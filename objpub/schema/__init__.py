"""Fields from annotations: what a value may be, and its form in the database, in forms and in JSON.

    class Article(Content):
        title: str = field(index="text")
        published_on: date | None = field(default=None)

    schema_of(Article).check({"title": "Hello"})

Nothing here knows a request or a database; the other modules of this part are private.
"""

from .annotations import parameters_of
from .annotations import schema_of
from .fields import ASK
from .fields import CLEAR
from .fields import Field
from .fields import Parameter
from .fields import REFUSE
from .fields import title_from
from .kind import Bounded
from .kind import Kind
from .kind import named
from .kind import NOWHERE
from .kind import Surroundings
from .kind import Within
from .options import Email
from .options import field
from .options import Markdown
from .options import MISSING
from .options import mixin
from .options import Options
from .options import Ref
from .options import RichText
from .options import Secret
from .options import URL
from .records import built_in
from .records import from_form
from .records import group_called
from .records import Record
from .sanitize import safe_html
from .schemas import Schema
from .wording import did_you_mean
from .wording import shown

__all__ = [
    "ASK",
    "CLEAR",
    "MISSING",
    "NOWHERE",
    "REFUSE",
    "URL",
    "Bounded",
    "Email",
    "Field",
    "Kind",
    "Markdown",
    "Options",
    "Parameter",
    "Record",
    "Ref",
    "RichText",
    "Schema",
    "Secret",
    "Surroundings",
    "Within",
    "built_in",
    "did_you_mean",
    "field",
    "from_form",
    "group_called",
    "mixin",
    "named",
    "parameters_of",
    "safe_html",
    "schema_of",
    "shown",
    "title_from",
]
