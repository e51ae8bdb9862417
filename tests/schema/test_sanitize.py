import threading

import pytest
from pygments.token import STANDARD_TYPES

from objpub.schema import safe_html
from objpub.schema import sanitize
from tests.work import calls_of


@pytest.mark.parametrize(
    "html",
    [
        "",
        "plain &amp; simple",
        '<h2 id="tides">Tides</h2><p lang="de">Ebbe &amp; <em>Flut</em></p>',
        '<ul><li>a</li><li>b</li></ul><ol start="3" type="a"><li value="4">c</li></ol>',
        '<a href="/a/b?c=d#e" title="x">in</a> <a href="https://example.org">out</a> <a href="tel:+4">x</a>',
        '<img src="photo" alt="A wave" width="10" height="20" loading="lazy">',
        '<pre><code class="language-c++">x</code></pre><span class="nf">f</span>',
        '<table><thead><tr><th scope="col" align="right">a</th></tr></thead></table>',
        '<figure class="align-left"><img src="x" alt=""><figcaption>y</figcaption></figure>',
        '<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup><aside class="note">x</aside>',
        '<details open=""><summary>s</summary>x</details><video controls="" src="/v.mp4"></video>',
    ],
)
def test_what_people_write_stays(html):
    assert safe_html(html) == html


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<script>alert(1)</script>x", "x"),
        ("<style>p {}</style>x", "x"),
        ('<img src=x onerror="alert(1)">', '<img src="x">'),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href=" jAvA&#10;ScRiPt:alert(1)">x</a>', "<a>x</a>"),
        ('<img src="data:image/svg+xml,x">', "<img>"),
        ('<iframe src="https://example.org"></iframe>', ""),
        ('<form action="/x"><input name="a"><button>b</button></form>', "b"),
        ("<svg><script>x</script></svg>", ""),
        ('<p style="position:fixed" class="modal note">x</p>', '<p class="note">x</p>'),
        ('<p class="modal">x</p>', "<p>x</p>"),
        ('<p class="btn vh nav nf">x</p>', '<p class="nf">x</p>'),
        ('<p id="a b">x</p>', "<p>x</p>"),
        ('<p id="_x">x</p>', "<p>x</p>"),
        ("<p>a<!-- b -->c", "<p>ac</p>"),
        ('<a href="/" target="_blank" rel="opener">x</a>', '<a href="/">x</a>'),
        ("<base href='//evil'><meta http-equiv=refresh><link rel=stylesheet href=x>", ""),
    ],
)
def test_what_could_run_load_or_hide_goes(html, safe):
    assert safe_html(html) == safe


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<ul><li>" * 50_000,
        "<b><p>" * 50_000,
        '<div title="</div>">' * 20_000,
        "<div a='></div>'>" * 20_000,
        "<div><table></div></table>" * 20_000,
        "<div><textarea></div></textarea>" * 20_000,
        "<div><!--></div>-->" * 20_000,
        "<div><script><!--</div></script>" * 20_000,
        "<p>" + "".join(f"<b id=x{number}>" for number in range(200)) + "</p>" + "<p>x</p>" * 100_000,
        "".join(f"<p><b id=x{number}></p>" for number in range(20_000)),
        "<p " + "a " * 400_000 + "<" * 1_001,
    ],
    ids=lambda html: html[:24],
)
def test_deep_nesting_is_refused_before_it_costs_time(html):
    with pytest.raises(ValueError, match="nested at most 250 deep"):
        safe_html(html)
    calls = calls_of(safe_html, html)
    assert "clean" not in calls, "which is what takes long"
    assert calls.total() < len(html)


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html><!-- x -->" + "<p>x</p>" * 2_000,
        "<ul>" + "<li>a<p>b" * 1_000 + "</ul>",
        "<p>a" * 3_000,
        "<table>" + "<tr><td>a</td><td class=x>b<br></td></tr>" * 1_000 + "</table>",
        "<div><p>a<ul><li>b</ul></div>" * 1_000,
        "<style>a { b: c }</style><script type='x'>y</script>" + "<p>x</p>" * 1_000,
        "<div>" * 200 + "</div>" * 200 + "<p>x</p>" * 1_000,
    ],
    ids=lambda html: html[:24],
)
def test_long_texts_that_are_tidy_pass(html):
    assert safe_html(html)


def test_ends_that_fit_nothing_end_nothing():
    with pytest.raises(ValueError, match="closed"):
        safe_html("</b>" + "<p>x</p><div>y</div>" * 1_000)


def test_every_thread_may_call_it():
    results = []
    threads = [threading.Thread(target=lambda: results.append(safe_html("<p id=x>y"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ['<p id="x">y</p>'] * 4


def test_what_cannot_be_mended_in_few_passes_is_refused():
    html = (  # found by a search for what takes most passes
        "<a href=x><dd><ul><li><ul><ul><ul><dt><h2><ul><dt><ul><h2><ul><li><h2><dt><ul><h2><ul><h2><dt><ul>"
        "<h2><ul><select><a href=x>"
    )
    with pytest.raises(ValueError, match="closed in the order that they were opened"):
        safe_html(html)


def test_the_classes_of_colours_are_those_of_pygments():
    assert sanitize.COLOURS == {*STANDARD_TYPES.values(), "hll"} - {""}
