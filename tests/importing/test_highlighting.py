from objpub.importing import Renderer
from objpub.importing.highlighting import Highlighter
from objpub.importing.highlighting import LONGEST


def test_known_languages_are_coloured_by_classes():
    html = Highlighter()("def f(): pass\n", "python")
    assert html.startswith('<pre class="highlight"><code class="language-python"><span class="k">def</span>')
    assert "style=" not in html


def test_unknown_languages_and_none_stay_plain():
    highlight = Highlighter()
    assert (
        highlight("<a>", "klingon")
        == '<pre class="highlight"><code class="language-klingon">&lt;a&gt;</code></pre>'
    )
    assert highlight("<a>", "") == '<pre class="highlight"><code>&lt;a&gt;</code></pre>'


def test_very_long_code_stays_plain():
    assert "<span" not in Highlighter()("x = 1\n" * LONGEST, "python")


def test_the_name_of_a_language_is_no_way_in():
    assert "<script>" not in Highlighter()("x", '"><script>')


def test_the_file_of_a_block_is_its_title():
    highlight = Highlighter()
    html = highlight("x", "text", "file=blog/views.py")
    assert html.startswith('<pre class="highlight" title="blog/views.py">')
    assert highlight("x", "text", 'raises=Invalid file="a&b.py"').startswith(
        '<pre class="highlight" title="a&amp;b.py">'
    )
    assert 'title="blog/views.py"' in Renderer().markdown("```python file=blog/views.py\nx\n```").html
