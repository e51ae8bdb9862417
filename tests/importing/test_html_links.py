from objpub.importing.html_links import visit_links


def test_every_destination_is_shown_with_its_line():
    seen = []
    html = (
        '<p>\n<a class="x" href="a.html">a</a>\n<IMG SRC=b.png alt=""> <a name="c">c</a><a href=\'d&amp;e\'>'
    )
    visit_links(html, 5, lambda *link: seen.append(link) or link[0])
    assert seen == [("a.html", False, 6), ("b.png", True, 7), ("d&e", False, 7)]


def test_a_destination_is_replaced_and_quoted():
    found = visit_links('<a title="x" href="a">t</a>', 0, lambda *link: '/b?c&"d')
    assert found == '<a title="x" href="/b?c&amp;&quot;d">t</a>'


def test_what_leads_nowhere_keeps_its_text():
    html = '<a href="a">text</a><img src="b" alt="a &lt; b"><img src="c">'
    assert visit_links(html, 0, lambda *link: None) == (
        '<a class="missing-link">text</a><span class="missing-image">a &lt; b</span>'
        '<span class="missing-image"></span>'
    )


def test_what_only_looks_like_a_tag_is_left_alone():
    html = "a < b, <abbr href=x>, <a href"
    assert visit_links(html, 0, lambda *link: "/x") == html
