import pytest


def noted(msgid, domain=None, mapping=None, context=None, target_language=None, default=None):
    """Translate by saying what was asked; what is no text is left alone, as a translator would."""
    if not isinstance(msgid, str):
        return msgid
    asked = {"d": domain, "c": context, "t": target_language}
    text = (default or msgid).upper() if msgid == default or default is None else f"{msgid}:{default}"
    for name, value in (mapping or {}).items():
        text = text.replace("${" + name.upper() + "}", value).replace("${" + name + "}", value)
    return f"[{' '.join([text, *(f'{name}={value}' for name, value in asked.items() if value)])}]"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('<p i18n:translate="">One\n  two</p>', "<p>[ONE TWO]</p>"),
        ('<p i18n:translate="greeting">Hello</p>', "<p>[greeting:Hello]</p>"),
        ('<p i18n:translate="">Hi <b i18n:name="who">${name}</b>!</p>', "<p>[HI <b>Ada</b>!]</p>"),
        (
            '<p i18n:translate="">Hi <b i18n:name="who" i18n:translate="">you</b>!</p>',
            "<p>[HI <b>[YOU]</b>!]</p>",
        ),
        (
            '<p i18n:translate="">Hi <tal:x i18n:name="who" replace="name"/>, <i i18n:name="n">${2}</i></p>',
            "<p>[HI Ada, <i>2</i>]</p>",
        ),
        ('<a title="One" i18n:attributes="title">a</a>', '<a title="[ONE]">a</a>'),
        (
            '<a title="One" alt="Two" i18n:attributes="title first; alt second">a</a>',
            '<a title="[first:One]" alt="[second:Two]">a</a>',
        ),
        ('<a tal:attributes="title name" i18n:attributes="title">a</a>', '<a title="[ADA]">a</a>'),
        ('<div i18n:domain="shop"><p i18n:translate="">One</p></div>', "<div><p>[ONE d=shop]</p></div>"),
        (
            '<div i18n:domain="shop"><p i18n:domain="own" i18n:translate="">One</p>'
            '<a title="b" i18n:attributes="title"/></div>',
            '<div><p>[ONE d=own]</p><a title="[B d=shop]"/></div>',
        ),
        ('<p i18n:context="menu" i18n:translate="">Open</p>', "<p>[OPEN c=menu]</p>"),
        ("<div i18n:target=\"'fr'\"><p i18n:translate=''>One</p></div>", "<div><p>[ONE t=fr]</p></div>"),
        ('<p i18n:translate="" tal:content="name">x</p>', "<p>[ADA]</p>"),
        ('<p i18n:translate="" tal:replace="name">x</p>', "[ADA]"),
        ('<i18n:block translate="">One</i18n:block>', "[ONE]"),
        ('<p i18n:ignore="" i18n:comment="for translators" i18n:source="en">One</p>', "<p>One</p>"),
        ('<a title="One" i18n:ignore-attributes="title">a</a>', '<a title="One">a</a>'),
        ('<p i18n:translate="" tal:condition="not name">One</p>', ""),
        ('<p i18n:translate=""></p>', "<p></p>"),
    ],
)
def test_each_statement(page, text, wanted):
    assert page(text, "page.pt", {"translate": noted}, name="Ada") == wanted


def test_the_domain_of_a_page_is_that_of_what_fills_a_slot(made):
    page = (
        '<x metal:use-macro="load: top.pt" i18n:domain="page">'
        '<p metal:fill-slot="s" i18n:translate="">One</p></x>'
    )
    top = '<div i18n:domain="top"><p i18n:translate="">Top</p><p metal:define-slot="s"/></div>'
    _, template = made({"page.pt": page, "top.pt": top}, translate=noted)
    assert template.render() == "<div><p>[TOP d=top]</p><p>[ONE d=page]</p></div>"


def test_a_value_that_is_translated_is_escaped(page):
    text = '<p i18n:translate="">Hi <b i18n:name="who">${name}</b></p>'
    assert page(text, "page.pt", {"translate": noted}, name="<i>") == "<p>[HI <b>&lt;i&gt;</b>]</p>"


def test_text_in_a_template_of_text_is_translated(page):
    text = '<tal:x i18n:translate="">Dear <tal:y i18n:name="who">${name}</tal:y></tal:x>,'
    assert page(text, "a.txt.pt", {"translate": noted}, name="A&B") == "[DEAR A&B],"
