"""Everything that an author can write has an entry in the reference, and every entry has something behind it.

What there is is read from the code: no list is kept here. Templates and commands have tests of their own,
`tests/templates/test_reference.py` and `tests/command/test_reference.py`; events, errors and names are in
`tests/test_docs.py`.
"""

import enum
import inspect
import re
import textwrap
import types
from datetime import date
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

import objpub
from objpub import operations
from objpub.content import Content
from objpub.content import Upload
from objpub.schema import field
from objpub.schema import Kind
from objpub.schema import parameters_of
from objpub.schema import Record
from objpub.schema import schema_of
from objpub.schema.options import LIMITS
from objpub.schema.options import OPTION_NAMES
from objpub.settings import reference
from objpub.views import Limits

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"


def rows_of(page, heading, first):
    """Return the rows, lists of cells, of the tables below *heading* whose first column is called *first*."""
    text = REFERENCE.joinpath(page).read_text("utf-8")
    level = heading.partition(" ")[0]
    section = re.search(rf"^{re.escape(heading)}$(.*?)(?=^{level} |\Z)", text, re.MULTILINE | re.DOTALL)[1]
    rows, inside = [], False
    for line in section.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells:
            inside = False
        elif cells[0] == first:
            inside = True
        elif inside and not cells[0].startswith("---"):
            rows.append(cells)
    return rows


def codes(cell):
    return re.findall(r"`([^`]+)`", cell)


# Kinds of fields and of arguments


class Sample(enum.Enum):
    """An enum: the reference calls it `Enum`."""

    ONE = 1


class Group(Record):
    """A group: the reference calls it `Record`."""

    name: str


class Article(Content):
    """What `Ref[Article]` means in the reference."""


KINDS = [
    (annotation, *row)
    for row in rows_of("fields.md", "## Kinds", "annotation")
    for annotation in codes(row[0])
    if "=" not in annotation
]
#: What the annotations in the reference mean.
MEANINGS = vars(objpub) | {
    "date": date,
    "datetime": datetime,
    "Decimal": Decimal,
    "Literal": Literal,
    "Enum": Sample,
    "T": str,
    "Article": Article,
    "Upload": Upload,
    "Record": Group,
}


def kinds_in_the_code():
    """Yield every class of objpub that is a kind and has a name of its own."""
    waiting = [Kind]
    while waiting:
        waiting += (kind := waiting.pop()).__subclasses__()
        if kind is not Kind and kind.__module__.startswith("objpub.") and "name" in vars(kind):
            yield kind


def kind_declared(annotation, column):
    """Return the kind of an argument with an *annotation* as it stands in the reference."""
    if "multiline=True" in column:
        return schema_of(type("Page", (), {"__annotations__": {"x": str}, "x": field(multiline=True)}))[
            "x"
        ].kind

    def function(context, request, x):
        """Stand for a view."""

    with_names = types.FunctionType(function.__code__, dict(MEANINGS))
    with_names.__annotations__ = {"x": annotation}
    return parameters_of(with_names)["x"].kind


@pytest.mark.parametrize("kind", list(kinds_in_the_code()), ids=lambda kind: kind.__name__)
def test_each_kind_has_an_entry(kind):
    assert kind.name in {name for row in KINDS for name in codes(row[2])}, f"{kind} is not in the reference"


@pytest.mark.parametrize("row", KINDS, ids=lambda row: row[1])
def test_each_entry_of_a_kind_has_that_kind_behind_it(row):
    annotation, column, name, _, _, limits = row
    kind = kind_declared(annotation, column)
    assert f"`{kind.name}`" == name
    assert set(codes(limits)) == kind.understands - {"multiline"}  # which makes it the other kind of text


@pytest.mark.parametrize("title", ["Options of every field:", "Options that limit values"])
def test_the_options_of_fields_are_those_that_there_are(title):
    text = REFERENCE.joinpath("fields.md").read_text("utf-8")
    table = text[text.index(title) :].split("\n\n")[1]
    said = {name for line in table.splitlines() for name in codes(line.split("|")[1])}
    limits = set(LIMITS)
    assert said == (limits if "limit" in title else set(OPTION_NAMES) - limits)


# Views, tabs, actions


def options_of(word):
    """Return the names of the arguments of *word*, a decorator, without those that catch what is misspelt."""
    parameters = inspect.signature(getattr(objpub, word)).parameters.values()
    return {each.name for each in parameters if each.kind is not each.VAR_KEYWORD}


def test_the_options_of_views_are_those_that_there_are():
    rows = rows_of("views.md", "## `view`", "argument")
    said = {name for row in rows for name in codes(row[0])}
    assert said | {"kind"} == options_of("view")


@pytest.mark.parametrize("word", ["action", "tab"])
def test_the_options_of_tabs_and_actions_are_those_that_there_are(word):
    rows = rows_of("views.md", "## `action` and `tab`", "option")
    said = {name for row in rows if word in codes(row[1]) or row[1] == "both" for name in codes(row[0])}
    assert said | {"kind", "title"} == options_of(word)


@pytest.mark.parametrize("name", Limits.__dataclass_fields__)
def test_each_limit_of_a_view_is_described(name):
    section = (
        REFERENCE.joinpath("views.md").read_text("utf-8").partition("### Limits")[2].partition("\n##")[0]
    )
    assert re.search(rf"\b{name}\b", section)


# Operations


def test_the_operations_are_those_that_there_are():
    text = REFERENCE.joinpath("operations.md").read_text("utf-8")
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", text, flags=re.M)
    offered = {name for name in operations.__all__ if inspect.isfunction(getattr(operations, name))}
    assert {name for row in rows for name in codes(row)} <= offered
    assert offered <= set(re.findall(r"\w+", text))


# Settings


def text_of(setting):
    """Return the row of *setting* as it stands in the reference."""
    default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
    if isinstance(default, bool):
        default = str(default).lower()
    elif isinstance(default, str):
        default = f'"{default}"'
    elif isinstance(default, float):
        default = f"{default:g}"
    wanted = setting.wanted[0].upper() + setting.wanted[1:]
    return [f"`{setting.name}`", f"`{setting.variable}`", f"`{default}`", f"{setting.meaning} {wanted}."]


def test_the_settings_in_the_reference_are_those_that_there_are():
    text = REFERENCE.joinpath("settings.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.splitlines()
        if re.match(r"\| `[\w.]+` \| `OBJPUB_", line)
    ]
    assert sorted(rows) == sorted(text_of(each) for each in reference())


def test_the_limits_in_the_reference_are_settings_with_their_defaults():
    defaults = {each.name: each.default for each in reference()}
    rows = rows_of("limits.md", "## Settings", "setting")
    said = {codes(row[0])[0]: int(codes(row[1])[0].replace(",", "")) for row in rows}
    assert said == {name: defaults[name] for name in said}
    elsewhere = set(re.findall(r"`(limits\.\w+)`", REFERENCE.joinpath("limits.md").read_text("utf-8")))
    assert elsewhere == {name for name in defaults if name.startswith("limits.")}


# The checks themselves


def test_a_table_is_read_up_to_its_end(tmp_path, monkeypatch):
    page = """\
        # A

        ## B

        | name | b |
        |---|---|
        | `a \\| b` | c |

        | other | x |
        |---|---|
        | `d` | e |

        ## C

        | name |
        |---|
        | `f` |
        """
    tmp_path.joinpath("page.md").write_text(textwrap.dedent(page))
    monkeypatch.setitem(globals(), "REFERENCE", tmp_path)
    assert rows_of("page.md", "## B", "name") == [["`a \\| b`", "c"]]
