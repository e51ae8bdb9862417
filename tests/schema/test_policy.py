"""The policy for HTML from people is written down, and says what is done."""

import re
from pathlib import Path

from objpub.importing import sanitising
from objpub.schema import sanitize
from objpub.templates import safe_values

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "safe-pages.md").read_text("utf-8")


def words_of(cell):
    return [set(text.split()) for text in re.findall(r"`([^`]*)`", cell)]


def row(title):
    """Return the lists in the two cells of the row *title*."""
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| {title} |"))
    return [words_of(cell)[0] for cell in line.split("|")[2:4]]


def test_the_lists_of_elements_are_those_that_stay():
    blocks, inline, media = row("blocks"), row("in a line"), row("media")
    assert blocks[0] == set(sanitize.BLOCKS.split())
    assert inline[0] == set(sanitize.INLINE.split())
    assert media[0] == set(sanitize.MEDIA.split())
    assert blocks[1] | inline[1] | media[1] == sanitising.TAGS


def test_the_attributes_of_every_element_are_those_that_stay():
    assert row("on every element") == [
        set(sanitize.ATTRIBUTES["*"].split()),
        set(sanitising.ATTRIBUTES["*"].split()),
    ]


def test_the_schemes_are_those_that_stay():
    assert words_of(PAGE.partition("| addresses |")[2])[0] == sanitising.SCHEMES
    paragraph = PAGE.partition("An address may have one of these schemes:")[2].partition("or none")[0]
    assert {word for words in words_of(paragraph) for word in words} == safe_values.SCHEMES


def test_nothing_that_runs_is_on_a_list():
    runs = set("script style iframe object embed form input button svg math template link meta base".split())
    for tags in (
        sanitising.TAGS,
        {*sanitize.BLOCKS.split(), *sanitize.INLINE.split(), *sanitize.MEDIA.split()},
    ):
        assert not runs & tags
    for table in (sanitize.ATTRIBUTES, sanitising.ATTRIBUTES):
        names = {name for names in table.values() for name in names.split()}
        assert not {name for name in names if name.startswith("on")} | names & {"style", "srcdoc", "action"}
