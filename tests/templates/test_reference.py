"""Everything that can be said in a template has an entry in the reference."""

import re
from pathlib import Path

import pytest

from objpub.templates import Format
from objpub.templates.expressions import Expressions
from objpub.templates.expressions import FUNCTIONS
from objpub.templates.kinds import MEDIA_TYPES
from objpub.templates.kinds import ROOTS
from objpub.templates.program import NAMESPACES
from objpub.templates.scope import Item

PAGE = (Path(__file__).parent.parent.parent / "docs" / "reference" / "templates.md").read_text()
#: What stands first in the rows of tables.
ENTRIES = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| ")]
WORDS = {word for entry in ENTRIES for word in re.findall(r"`([^`]+)`", entry)}


def statements():
    """Return every statement, "tal:define"."""
    return sorted(f"{prefix}:{name}" for prefix, names in NAMESPACES.values() for name in names)


def words_of_loops():
    """Return what `repeat.name` knows."""
    return sorted(name for name in dir(Item) if not name.startswith("_") and name not in {"next", "values"})


def test_there_are_as_many_statements_as_the_language_has():
    assert len(statements()) == 11 + 5 + 10 + 1


@pytest.mark.parametrize("statement", statements())
def test_each_statement_has_an_entry(statement):
    assert any(re.match(rf"{statement}=", word) for word in WORDS), f"{statement} is not in the reference"


def test_the_reference_has_no_statement_that_is_not_there():
    said = {word.partition("=")[0] for word in WORDS if re.match(r"(tal|metal|i18n|meta):[\w-]+=", word)}
    assert said == set(statements())


@pytest.mark.parametrize("kind", Expressions("python")._types)
def test_each_type_of_expression_has_an_entry(kind):
    assert f"{kind}:" in WORDS


@pytest.mark.parametrize("word", words_of_loops())
def test_each_word_about_a_loop_has_an_entry(word):
    assert word in WORDS


@pytest.mark.parametrize("name", [name for name in vars(Format) if not name.startswith("_")])
def test_each_format_is_shown(name):
    assert name in {"zone", "locale", "now"} or f"format.{name}(" in PAGE


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_of_tales_is_shown(name):
    assert f'`{name}("' in PAGE


@pytest.mark.parametrize("end", MEDIA_TYPES)
def test_each_kind_of_text_has_an_entry(end):
    assert {f"{end}.pt", f"{end}.zpt"} <= WORDS
    assert MEDIA_TYPES[end] in PAGE


@pytest.mark.parametrize("media_type", sorted({*ROOTS.values(), "application/xml"}))
def test_each_media_type_of_xml_is_named(media_type):
    assert f"`{media_type}`" in PAGE
