import pytest

from objpub.importing import with_prefix


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<a href="/a/b">c</a>', '<a href="/x/a/b">c</a>'),
        ('<a title="a > b" href="/a">c</a>', '<a title="a > b" href="/x/a">c</a>'),
        ('<img src="/a.png" alt="/b">', '<img src="/x/a.png" alt="/b">'),
        ('<a href="//example.org/">c</a>', '<a href="//example.org/">c</a>'),
        ('<a href="#a">c</a>', '<a href="#a">c</a>'),
        ('<code>&lt;a href="/a"&gt;</code>', '<code>&lt;a href="/a"&gt;</code>'),
        ('<a href="https://example.org/a">c</a>', '<a href="https://example.org/a">c</a>'),
    ],
)
def test_links_from_the_top_get_the_prefix(html, wanted):
    assert with_prefix(html, "/x") == wanted


def test_no_prefix_changes_nothing():
    assert with_prefix('<a href="/a">c</a>', "") == '<a href="/a">c</a>'
