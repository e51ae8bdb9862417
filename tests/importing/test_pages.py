from datetime import datetime
from datetime import timezone

import pytest

from objpub.importing.links import Links
from objpub.importing.markdown import Renderer
from objpub.importing.pages import build_page
from objpub.importing.source import Source
from objpub.importing.tree import read_tree


@pytest.fixture
def build(source):
    """Build the page page.md of a folder, whose links all lead to /x/."""

    def built(files, page="page.md"):
        folder = Source(source(files))
        tree = read_tree(folder, datetime(2026, 11, 21, tzinfo=timezone.utc))
        node = next(node for node in tree.root.walk() if node.file == page)
        links = Links({"there": "there"}.get, lambda key: f"/x/{key}", {}, lambda path: False)
        return build_page(node, folder, links, Renderer())

    return built


def test_values_text_and_html(build):
    found = build({"page.md": "---\ntitle: T\ntags: [a]\nlayout: wide\n---\n\n\nSome *text*.\n"})
    assert found.values["title"] == "T"
    assert found.values["text"] == "Some *text*.\n"
    assert found.values["tags"] == {"a"}
    assert found.values["extra"] == ("layout: wide",)
    assert found.values["description"] == ""
    assert found.rendered.html == "<p>Some <em>text</em>.</p>\n"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("# T\n\ntext", "text"),
        ("---\ntitle: T\n---\n# t #\ntext", "text"),
        ("---\ntitle: Other\n---\n# T\ntext", "# T\ntext"),
        ("# T", ""),
    ],
)
def test_a_heading_that_only_repeats_the_title_goes(build, text, left):
    assert build({"page.md": text}).values["text"] == left


def test_html_is_cleaned_and_keeps_its_links(build):
    body = "<h1>T</h1>\n<p onclick=x>a <a href='there'>b</a>\n<a href=no>c</a></p>"
    html = f"<title>T</title><body>\n{body}</body>"
    found = build({"page.html": html}, "page.html")
    assert found.values["text"] == '<p>a <a href="there">b</a>\n<a href="no">c</a></p>'
    assert found.values["written_in"] == "html"
    assert '<a href="/x/there">b</a>' in found.rendered.html
    assert [(link.destination, link.line, link.url) for link in found.links] == [
        ("there", 3, "/x/there"),
        ("no", 4, ""),
    ]


def test_links_of_included_files_are_named_by_their_own_lines(build):
    files = {
        "page.md": '---\ntitle: T\n---\n# T\n\n[a](there)\n{{% include "_part/b.md" %}}\n[c](no)\n',
        "_part/b.md": "---\n---\n\n[d](nowhere)\n",
    }
    found = build(files)
    assert [(link.file, link.line, link.url) for link in found.links] == [
        ("page.md", 6, "/x/there"),
        ("_part/b.md", 4, ""),
        ("page.md", 8, ""),
    ]
    assert found.includes == ("_part/b.md",)


def test_a_value_that_does_not_fit_is_a_problem_with_its_line(build):
    found = build({"page.md": "---\ntitle: T\nweight: heavy\n---\n"})
    assert [str(problem) for problem in found.problems] == [
        "page.md:3: weight: wanted a whole number, not 'heavy'"
    ]
    assert found.values["weight"] is None
    assert found.values["extra"] == ("weight: heavy",)
