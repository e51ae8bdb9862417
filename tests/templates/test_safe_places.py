"""A value does not run, wherever it stands in a template; where it could, the template is refused."""

import json

import pytest

from objpub.errors import TemplateError
from objpub.errors import TemplateFailure
from objpub.templates.safe_values import ADDRESSES
from objpub.templates.safe_values import HARMLESS

RUNS = "javascript:alert(1)"
RUNNING = [
    RUNS,
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\x00\x01\x1fjavascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscr\ript:alert(1)",
    "javascript\t:alert(1)",
    "javascript\x0b:alert(1)",
    "javascript&colon;alert(1):",
    "\u2028javascript:alert(1)",
    "\ufeffjavascript:alert(1)",
    "vbscript:msgbox(1)",
    "livescript:x",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "DATA:,x",
    "data:image/svg+xml,<svg onload='alert(1)'/>",
    "data:image/png+xml,<svg onload='alert(1)'/>",
    "data:application/xhtml+xml,x",
    "view-source:x",
    "blob:http://site/1",
    "filesystem:http://site/1",
    "file:///etc/passwd",
    "about:srcdoc",
    "jar:http://a!/b",
    ":javascript:x",
]
LEADING = [
    "/a/b:c",
    "",
    "#javascript:x",
    "?a=javascript:x",
    "a/javascript:x",
    "a?b:c",
    "./x:y",
    "//host/a",
    "https://site/a?b=javascript:x",
    "HTTP://site",
    " https://site",
    "\x01ht\ttps://site",
    "mailto:a@b.example",
    "tel:+431",
    "geo:1,2",
    "data:image/png;base64,iVBORw0KGgo=",
    "data:image/jpeg,x",
    "javascript",
    "ä ö",
]


class Markup(str):
    def __html__(self):
        return str(self)


@pytest.mark.parametrize("text", RUNNING)
def test_an_address_that_could_run_leads_nowhere(page, text):
    assert page('<a href="${x}">y</a>', x=text) == f'<a href="{HARMLESS}">y</a>'
    assert page('<a tal:attributes="href x">y</a>', "b.pt", x=text) == f'<a href="{HARMLESS}">y</a>'
    assert page('<a tal:attributes="x">y</a>', "c.pt", x={"href": text}) == f'<a href="{HARMLESS}">y</a>'
    assert page('<a href="${structure: x}">y</a>', "d.pt", x=text) == f'<a href="{HARMLESS}">y</a>'


@pytest.mark.parametrize("text", LEADING)
def test_other_addresses_stay_as_they_are(page, text):
    assert page('<a href="${x}">y</a>', x=text) == f'<a href="{text}">y</a>'
    assert page('<a tal:attributes="x">y</a>', "b.pt", x={"href": text}) == f'<a href="{text}">y</a>'


@pytest.mark.parametrize("name", [*sorted(ADDRESSES), "HREF", "xlink:href", "x:HREF"])
def test_every_attribute_that_holds_an_address_is_looked_at(page, name):
    assert page(f'<p {name}="${{x}}"/>', x=RUNS) == f'<p {name}="{HARMLESS}"/>'
    assert page('<p tal:attributes="x"/>', "b.pt", x={name: RUNS}) == f'<p {name}="{HARMLESS}"/>'


def test_the_data_of_an_object_is_an_address_and_that_of_others_is_text(page):
    text = '<object data="${x}"></object><p data="${x}"></p>'
    assert page(text, x=RUNS) == f'<object data="{HARMLESS}"></object><p data="{RUNS}"></p>'


@pytest.mark.parametrize("written", ["java${x}", "&#106;ava${x}", " ${x}", "ja&Tab;va${x}", "${y}${x}"])
def test_an_address_is_looked_at_as_a_whole(page, written):
    text = page(f'<a href="{written}">y</a>', x="script:x" if "va" in written else RUNS, y="\n")
    assert text == f'<a href="{HARMLESS}">y</a>'


@pytest.mark.parametrize("written", ["/a/${x}", "steam:${x}", "?${x}", "#${x}", "mailto:${x}", "a/${x}"])
def test_what_is_written_before_a_value_can_say_where_the_address_leads(page, written):
    assert page(f'<a href="{written}">y</a>', x=RUNS) == f'<a href="{written.replace("${x}", RUNS)}">y</a>'


def test_what_an_author_wrote_and_a_default_that_leads_somewhere_stay(page):
    assert page('<a href="javascript:go()">y</a>') == '<a href="javascript:go()">y</a>'
    assert page('<a href="/a" tal:attributes="href default">y</a>', "b.pt") == '<a href="/a">y</a>'
    assert page('<a href="${None}">y</a>', "c.pt") == "<a>y</a>"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<a onclick="go(${x})">y</a>', "onclick is a script"),
        ("<a ONCLICK='${x}'>y</a>", "ONCLICK is a script"),
        ('<a tal:attributes="onclick x">y</a>', "onclick is a script"),
        ('<a hx-on:click="${x}">y</a>', "hx-on:click is a script"),
        ('<svg onload="${x}"/>', "onload is a script"),
        ('<p style="color: ${x}">y</p>', "style cannot be filled safely"),
        ('<p tal:attributes="title x; style x">y</p>', "style cannot be filled safely"),
        ('<iframe srcdoc="${x}"></iframe>', "srcdoc cannot be filled safely"),
        ('<a href="javascript:go(${x})">y</a>', "href begins as something that runs"),
        ('<a href=" &#74;ava&Tab;script:${x}">y</a>', "href begins as something that runs"),
        ('<a href="data:text/html,${x}">y</a>', "href begins as something that runs"),
        ('<script type="${x}"></script>', "type says whether"),
        ('<meta http-equiv="${x}" content="0" />', "http-equiv can lead elsewhere"),
        ('<meta http-equiv="refresh" content="0; url=${x}" />', "content of this element can lead elsewhere"),
        ('<svg><set attributeName="href" to="${x}" /></svg>', "to can lead elsewhere"),
        ('<svg><animate tal:attributes="values x" /></svg>', "values can lead elsewhere"),
        ('<svg><animate attributeName="${x}" /></svg>', "attributeName can lead elsewhere"),
        ("<script>var a = ${x}</script>", "cannot be escaped in a script"),
        ("<script>var a = '${x}'</script>", "cannot be escaped in a script"),
        ('<script type="module">var a = ${x}</script>', "cannot be escaped in a script"),
        ('<script type="importmap">{"a": ${x}}</script>', "cannot be escaped in a script"),
        ('<script tal:content="x"></script>', "cannot be escaped in a script"),
        ('<script tal:content="structure x"></script>', "cannot be escaped in a script"),
        ('<script tal:on-error="x">1</script>', "tal:on-error cannot stand in a script"),
        ("<svg><script>${x}</script></svg>", "cannot be escaped in a script"),
        ("<style>p { color: ${x} }</style>", "cannot be escaped in a style"),
        ('<style tal:content="x"></style>', "cannot be escaped in a style"),
        ("<p><![CDATA[${x}]]></p>", "cannot be escaped: write it as a text"),
        ('<script type="application/json">${structure: x}</script>', "structure has no use"),
        ('<script type="application/json" tal:content="structure x"></script>', "structure has no use"),
        ("<a ${x}='1'>y</a>", "A quote, a space or the end is missing"),
    ],
)
def test_a_place_where_a_value_could_run_is_a_mistake_of_the_template(page, text, reason):
    with pytest.raises(TemplateError, match=reason) as caught:
        page(text, x="1")
    assert caught.value.line == 1
    assert caught.value.column


@pytest.mark.parametrize(
    "name", ["onclick", "OnClick", "style", "srcdoc", "a b", "a=b", 'a"', "a>", "", "a/b", "a\x00", 1]
)
def test_a_mapping_cannot_bring_such_an_attribute_either(page, name):
    with pytest.raises(TemplateFailure, match="attribute"):
        page('<p tal:attributes="x">y</p>', x={name: "1"})


def test_a_mapping_brings_other_attributes(page):
    given = {"title": 'a"b', "id": None, "data-x": 3, "hidden": True, "open": False, "lang": Markup('"&lt;')}
    text = page('<p tal:attributes="x">y</p>', x=given)
    assert text == '<p title="a&quot;b" data-x="3" hidden="hidden" lang="&quot;&lt;">y</p>'


@pytest.mark.parametrize("text", ["<p title=${x}>y</p>", "<p title tal:attributes='title x'>y</p>"])
def test_a_value_without_quotes_gets_them(page, text):
    assert page(text, x="a onclick=b") == '<p title="a onclick=b">y</p>'


def test_markup_does_not_end_an_attribute(page):
    assert (
        page('<p title="${x}">y</p>', x=Markup("\"<b class='c'>")) == "<p title=\"&quot;<b class='c'>\">y</p>"
    )
    assert page("<p title='${x}'>y</p>", "b.pt", x=Markup("\"'")) == "<p title='\"&#39;'>y</p>"
    text = page('<p tal:attributes="title structure: x">y</p>', "c.pt", x='"><b>')
    assert text == '<p title="&quot;><b>">y</p>'


DATA = {"text": "</script><!--<script>]]>&amp;'\"\u2028\u2029", "tags": frozenset({"b", "a"}), "on": None}


@pytest.mark.parametrize("kind", ["application/json", "application/ld+json", " Application/JSON "])
def test_a_script_of_data_holds_json(page, kind):
    text = page(f'<script type="{kind}">{{"a": ${{x}}, "b": ${{x["text"]}}}}</script>', x=DATA)
    body = text.partition(">")[2].removesuffix("</script>")
    assert not any(each in body for each in "<>&\u2028\u2029")
    assert json.loads(body) == {"a": {**DATA, "tags": ["a", "b"]}, "b": DATA["text"]}
    whole = page(f'<script type="{kind}" tal:content="x">of an example</script>', "b.pt", x=DATA)
    assert json.loads(whole.partition(">")[2].removesuffix("</script>"))["text"] == DATA["text"]


@pytest.mark.parametrize("value", [object(), float("nan"), {"a": {1: object()}}])
def test_what_json_has_no_form_for_is_an_error(page, value):
    with pytest.raises(TemplateFailure):
        page('<script type="application/json">${x}</script>', x=value)


def test_dollars_of_a_script_are_written_twice(page):
    assert page("<script>`$${a}`</script>") == "<script>`${a}`</script>"
    assert page('<a onclick="go(`$${a}`)">y</a>', "b.pt") == '<a onclick="go(`${a}`)">y</a>'


def test_what_stands_around_a_script_is_escaped_as_ever(page):
    text = '<div><script type="application/json">${x}</script>${x}<script src="/a.js"></script>${x}</div>'
    assert page(text, x="<").count("&lt;") == 2
    assert page('<script tal:replace="x">a</script>', "b.pt", x="<") == "&lt;"


@pytest.mark.parametrize(
    "text", ["<!-- ${x} -->", "<?a ${x} ?><p/>", "<!DOCTYPE ${x}><p/>", "<title>${x}</title>"]
)
def test_no_other_place_lets_a_value_out(page, text):
    assert "<b" not in page(text, x="--></title>?><b>")
