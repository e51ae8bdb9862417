"""Links in texts: found where readers find them, changed there and nowhere else."""

import pytest

from objpub.content import kept_in
from objpub.content import kept_link
from objpub.content import links_in
from objpub.content import MARKDOWN
from objpub.content import parted
from objpub.content import RICH_TEXT
from objpub.content import with_links

TEXTS = [
    (RICH_TEXT, '<a href="/a?x=1&amp;y=2">b</a>', ["/a?x=1&y=2"]),
    (RICH_TEXT, '<img alt="a > b" src="/p" /><video src="/v" poster="/q"></video>', ["/p", "/v", "/q"]),
    (RICH_TEXT, '<p title="href=&quot;/n&quot;">href="/no" [a](/no)</p>', []),
    (RICH_TEXT, '<p data-href="/no">', []),
    (MARKDOWN, 'See [a](/a "Title") and ![b](</b c>) and [d](/d(1)).', ["/a", "/b c", "/d(1)"]),
    (MARKDOWN, "[a][1]\n\n[1]: /a\n[2]: <b> 'Title'", ["/a", "b"]),
    (MARKDOWN, '<a href="/a">[b](#b)</a>', ["/a", "#b"]),
    (MARKDOWN, "`[a](/no)` [b](/b) ``[c](/no) ` [d](/no)`` [e](/e)", ["/b", "/e"]),
    (MARKDOWN, "```\n[a](/no)\n<a href='/no'>\n```\n[b](/b)", ["/b"]),
    (MARKDOWN, "~~~ md\n[a](/no)\n```\n[b](/no)\n~~~\n[c](/c)", ["/c"]),
    (MARKDOWN, "[a](/a)\n\n    [b](/no)\n\n[c](/c)", ["/a", "/c"]),
    (MARKDOWN, "```\n[a](/no)", []),
    (MARKDOWN, "A ``` [a](/a) and [b]( /b )", ["/a", "/b"]),
    (MARKDOWN, "[a] (/no), \\[b, ](", []),
]


@pytest.mark.parametrize(("kind", "text", "links"), TEXTS)
def test_links_are_found_where_they_are_links(kind, text, links):
    assert sorted(links_in(kind, text)) == sorted(links)
    assert with_links(kind, text, lambda link: link) == text


@pytest.mark.parametrize(
    ("kind", "text", "changed"),
    [
        (
            RICH_TEXT,
            '<a class="x" href="/a" title="/a">/a</a>',
            '<a class="x" href="/b?c&amp;d" title="/a">/a</a>',
        ),
        (MARKDOWN, '[/a](/a "/a") `[x](/a)`', '[/a](/b?c&d "/a") `[x](/a)`'),
        (MARKDOWN, "[a](</a>)\n\n[1]: /a", "[a](</b?c&d>)\n\n[1]: /b?c&d"),
        (MARKDOWN, '<img src="/a">', '<img src="/b?c&amp;d">'),
    ],
)
def test_links_are_changed_and_nothing_else_is(kind, text, changed):
    assert with_links(kind, text, lambda link: "/b?c&d" if link == "/a" else link) == changed


@pytest.mark.parametrize(
    "start",
    ["](a", "[a]: ", "` `` ```", "<a ", '<a href="', "](((", "\n[a", "](a(", "\n\n    x", "```\n", "[ ]("],
)
def test_no_text_takes_for_ever(start):
    """A step for each pair of letters would be ten thousand million of them."""
    list(links_in(MARKDOWN, start * (100_000 // len(start))))


def test_a_number_is_kept_with_what_follows_it():
    for rest in ("", "/print", "?a=1", "#low", "/a/b?c#d"):
        assert kept_in(kept_link(31, rest)) == (31, rest)
    for other in ("/++id++", "/++id++xyz", "/++id++1fg", "++id++1f", "/a/++id++1f", "/++id++" + "1" * 17):
        assert kept_in(other) is None


def test_the_path_of_a_link_is_told_from_the_rest():
    assert parted("/a%20b/c?d#e") == ("/a b/c", "?d#e")
    assert parted("#e") == ("", "#e")
    for outside in ("https://example.org/a", "mailto:ann@example.org", "//example.org"):
        assert parted(outside) is None
