import pytest

from objpub.importing.frontmatter import FrontMatter
from objpub.importing.html_pages import read_html_page


@pytest.mark.parametrize(
    ("html", "title", "body", "line"),
    [
        ("<title>A &amp;\n B</title><body>x</body>", "A & B", "x", 2),
        ("<html>\n<head>\n<title>T</title></head>\n<body\n class=y>\nx\n</body></html>", "T", "\nx\n", 5),
        ("<h1>Only <b>this</b></h1>\n<p>x", "Only this", "<h1>Only <b>this</b></h1>\n<p>x", 1),
        ("<p>no title", None, "<p>no title", 1),
        ("<body>one line</body> after", None, "one line", 1),
        ("", None, "", 1),
    ],
)
def test_title_and_body_of_a_document(html, title, body, line):
    found = read_html_page(FrontMatter({}, html))
    assert (found.values.get("title"), found.body, found.body_line) == (title, body, line)


def test_meta_become_values_and_front_matter_wins():
    html = (
        '<head><meta name="Description" content="D"><meta name="viewport" content="v"><title>T</title></head>'
    )
    found = read_html_page(FrontMatter({"title": "F"}, html, 4))
    assert dict(found.values) == {"title": "F", "description": "D"}
    assert found.body_line == 4
