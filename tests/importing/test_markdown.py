import pytest

from objpub.importing.markdown import Renderer
from tests.work import growth


@pytest.fixture(scope="module")
def renderer():
    return Renderer()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>\n"),
        ("http://example.org stays text", "<p>http://example.org stays text</p>\n"),
        ("Term\n: one\n: two", '<dl>\n<dt id="term">Term</dt>\n<dd>one</dd>\n<dd>two</dd>\n</dl>\n'),
        ("- [ ] a\n- [x] b", '<ul>\n<li class="task">☐ a</li>\n<li class="task">☑ b</li>\n</ul>\n'),
        ("a<br>b <kbd>c</kbd>", "<p>a<br>b <kbd>c</kbd></p>\n"),
        ("<script>alert(1)</script>\n\na", "\n<p>a</p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
    ],
)
def test_a_text_becomes_html(renderer, text, wanted):
    assert renderer.markdown(text).html == wanted


def test_tables_are_aligned_by_classes(renderer):
    html = renderer.markdown("| a | b |\n|---|--:|\n| c | d |").html
    assert '<th>a</th>\n<th class="align-right">b</th>' in html
    assert '<td class="align-right">d</td>' in html


def test_footnotes(renderer):
    found = renderer.markdown("text[^1]\n\n[^1]: a *note*")
    assert '<section class="footnotes">' in found.html
    assert {"fn1", "fnref1"} <= found.ids


def test_code_is_coloured_by_classes(renderer):
    html = renderer.markdown('```python {class="x"}\nx = "<b>"\n```').html
    assert html.startswith('<pre class="highlight"><code class="language-python"><span class="n">x</span>')
    assert "&lt;b&gt;" in html


def test_headings_and_terms_are_places(renderer):
    found = renderer.markdown(
        "# A *b*\n\n## A b\n\nTerm\n: text\n\n### `C` [d](/e) {#own}\n\n<a name='here'></a>"
    )
    assert found.toc == ((1, "a-b", "A b"), (2, "a-b-1", "A b"), (3, "own", "C d"))
    assert found.ids == {"a-b", "a-b-1", "own", "term", "here"}


def test_every_link_and_image_is_shown_with_its_line(renderer):
    text = (
        "a [b](c.md)\n`two\nlines` ![d](e.png)\n\n| x |\n|---|\n| [f][g] |\n\n<img src=h>\n\n"
        "- <a href='i'>j</a>\n\n[g]: /k"
    )
    seen = []
    renderer.markdown(text, lambda *link: seen.append(link) or link[0])
    assert seen == [
        ("c.md", False, 0),
        ("e.png", True, 2),
        ("/k", False, 6),
        ("h", True, 8),
        ("i", False, 10),
    ]


def test_destinations_are_replaced_and_missing_ones_taken_out(renderer):
    visit = {"a": "/A", "b.png": "/B"}.get
    found = renderer.markdown('[x](a "t") ![y](b.png) [*z*](c) ![w](d)', lambda to, *_: visit(to)).html
    assert found == (
        '<p><a href="/A" title="t">x</a> <img src="/B" alt="y" loading="lazy"> '
        '<span class="missing-link"><em>z</em></span> <span class="missing-image">w</span></p>\n'
    )


def test_html_gets_places_too_and_is_cleaned(renderer):
    found = renderer.html('<h2>A <b>b</b></h2><h3 id="own">C</h3><p onclick="x">d</p><h2>A b</h2>')
    assert found.html == '<h2 id="a-b">A <b>b</b></h2><h3 id="own">C</h3><p>d</p><h2 id="a-b-1">A b</h2>'
    assert found.toc == ((2, "a-b", "A b"), (3, "own", "C"), (2, "a-b-1", "A b"))


def test_nothing_stays_from_one_text_to_the_next(renderer):
    text = "## A\n\nb[^1]\n\n[^1]: c"
    assert renderer.markdown(text) == renderer.markdown(text)


@pytest.mark.parametrize(
    "part", ["[", "*a ", "> ", "- ", "![](", "`", "<a ", "{.a}\n", "[^1]", "| a |\n", "# {#a"]
)
def test_a_hostile_text_takes_no_more_work_than_its_length(renderer, part):
    assert growth(renderer.markdown, part * (3_000 // len(part)), part * (12_000 // len(part))) < 5
