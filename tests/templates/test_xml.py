from xml.etree import ElementTree

import pytest

from objpub.errors import TemplateError
from objpub.templates import Document

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
RSS = DECLARATION + (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:tal="http://xml.zope.org/namespaces/tal">\n'
    "<channel><title>${title}</title><link>https://example.org/</link>\n"
    '<atom:link href="${href}" rel="self" type="application/rss+xml"/>\n'
    '<item tal:repeat="item items"><title tal:content="item"/><link>https://example.org/${item}</link>'
    "<description><![CDATA[<p>${item}</p>]]></description></item>\n"
    "</channel></rss>"
)
SITEMAP = DECLARATION + (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    '<tal:x repeat="page pages"><url><loc>${page}</loc></url></tal:x></urlset>'
)


def test_a_feed(page):
    shown = page(
        RSS, title="A & B", href="https://example.org/feed?a=1&b=2", items=["one", "<two>", "a]]>b]"]
    )
    assert isinstance(shown, Document)
    assert shown.media_type == "application/rss+xml"
    assert shown.startswith(DECLARATION + '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">\n')
    channel = ElementTree.fromstring(shown.encode()).find("channel")
    assert channel.findtext("title") == "A & B"
    assert channel.find("{http://www.w3.org/2005/Atom}link").get("href") == "https://example.org/feed?a=1&b=2"
    assert [item.findtext("title") for item in channel.findall("item")] == ["one", "<two>", "a]]>b]"]
    assert [item.findtext("link") for item in channel.findall("item")][1] == "https://example.org/<two>"
    wanted = ["<p>one</p>", "<p><two></p>", "<p>a]]>b]</p>"]
    assert [item.findtext("description") for item in channel.findall("item")] == wanted


@pytest.mark.parametrize(
    ("root", "media_type"),
    [
        ("feed xmlns='http://www.w3.org/2005/Atom'", "application/atom+xml"),
        ("rss version='2.0'", "application/rss+xml"),
        ("svg xmlns='http://www.w3.org/2000/svg'", "image/svg+xml"),
        ("html xmlns='http://www.w3.org/1999/xhtml'", "application/xhtml+xml"),
        ("urlset", "application/xml"),
        ("own", "application/xml"),
    ],
)
def test_the_media_type_comes_from_the_first_element(made, tmp_path, root, media_type):
    text = f"{DECLARATION}<tal:block><{root}>x</{root.split()[0]}></tal:block>"
    for _ in range(2):  # compiled, then from the cache
        _, template = made({"page.pt": text}, cache_folder=tmp_path / "cache")
        assert template.render().media_type == media_type


def test_a_page_of_html_is_no_document(page):
    assert type(page("<html/>")) is str


def test_a_sitemap(page):
    root = ElementTree.fromstring(page(SITEMAP, pages=["/a?b&c", "/ü"]).encode())
    assert [each.text for each in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")] == [
        "/a?b&c",
        "/ü",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<a><link>x</link><br/><img src='a'/></a>",
        "<a><?xml-stylesheet href='a.css' type='text/css'?><?php x ?><!-- note --></a>",
        "<a><script><b>1</b></script><Style><c/></Style></a>",
        "<A b='1' B='2'><a/></A>",
        "<a><![CDATA[ <b> & ]] ]]></a>",
        "<a xml:lang='en' xmlns:b='urn:b'><b:c b:d='1'/>&#160;&amp;&lt;</a>",
        '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        "<checkbox checked='${default}'>x</checkbox>",
    ],
)
def test_what_is_well_formed_stays_as_it_is(page, text):
    wanted = text.replace(" checked='${default}'", "")
    shown = page(f'<?xml version="1.0"?>{text}')
    assert shown == f'<?xml version="1.0"?>{wanted}'
    ElementTree.fromstring(shown)


def test_names_that_differ_in_capital_letters_are_different(page):
    text = '<?xml version="1.0"?><a href="x" tal:attributes="Href y; viewBox z" viewBox="0"/>'
    assert page(text, y="Y", z="1") == '<?xml version="1.0"?><a href="x" viewBox="1" Href="Y"/>'


def test_values_are_neither_true_nor_false_as_in_html(page):
    text = '<?xml version="1.0"?><a open="${True}" tal:attributes="checked False; class None"/>'
    assert page(text) == '<?xml version="1.0"?><a open="True" checked="False"/>'


def test_characters_that_xml_cannot_hold_are_left_out(page):
    shown = page('<?xml version="1.0"?><a b="${v}">${v}</a>', v="x\x00\x0b\ud800\ufffe\ty")
    assert shown == '<?xml version="1.0"?><a b="x\ty">x\ty</a>'


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("<a>\n <b></a>", "<b> is never closed|does not fit the element", 2, None),
        ("<a><link></a>", "does not fit the element that is open here", 1, None),
        ("<a/>\n<b/>", "one element stands around all others", 2, 1),
        ("<a>&nbsp;</a>", "no entity of this name in XML: write the character itself", 1, None),
        ("<a>x & y</a>", "written &lt; and &amp;", 1, None),
        ('<a tal:condition="1 < 2"/>', "written &lt; and &amp;", 1, None),
        ("<a b='1' b='2'/>", "one attribute twice", 1, None),
        (
            "<a>\n<media:b/></a>",
            "Nothing says what media: means: there is no xmlns:media here or around",
            2,
            1,
        ),
        ("<a media:b='1'/>", "Nothing says what media: means", 1, None),
        ("", "an element around all others", 1, None),
        ("<a b=c/>", "written &lt; and &amp;", 1, None),
    ],
)
def test_what_is_not_well_formed_stops_the_start(made, text, reason, line, column):
    templates, template = made({"page.pt": f'<?xml version="1.0"?>{text}'})
    with pytest.raises(TemplateError, match=reason) as caught:
        templates.compile_all()
    assert (caught.value.file, caught.value.line) == (str(template.path), line)
    assert column is None or caught.value.column == column


def test_a_declaration_that_is_not_true(made):
    templates, _ = made({"page.pt": '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'})
    with pytest.raises(TemplateError, match="read and sent as UTF-8, its declaration says ISO-8859-1"):
        templates.compile_all()


def test_a_declaration_that_is_not_at_the_beginning(made):
    templates, _ = made({"page.pt": '\n<?xml version="1.0"?><a/>'})
    with pytest.raises(TemplateError, match="stands at the very beginning of a file") as caught:
        templates.compile_all()
    assert caught.value.line == 2


def test_an_expression_with_signs_of_xml(page):
    text = '<?xml version="1.0"?><a tal:condition="1 &lt; 2">${1 &lt; 2 and "&amp;"}</a>'
    assert page(text) == '<?xml version="1.0"?><a>&amp;</a>'
