import threading
from types import SimpleNamespace

import pytest
from ZODB.POSException import ConflictError

from objpub.errors import Forbidden
from objpub.errors import NotPossible
from objpub.errors import TemplateFailure
from objpub.errors import WriteOnRead
from objpub.templates import places_of

LAYOUT = """<html><title>${title}</title>
<main metal:define-slot="main">empty</main>
<p metal:define-macro="note">Note: <b metal:define-slot="text">none</b></p></html>"""


class Safe:
    def __html__(self):
        return "<b>safe</b>"


class Loud(str):
    pass


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("${value}", "&lt;i&gt; &amp; &quot;"),
        ("${structure: value}", '<i> & "'),
        ('<p tal:content="value"/>', '<p>&lt;i&gt; &amp; "</p>'),
        ('<p tal:content="structure value"/>', '<p><i> & "</p>'),
        ('<p class="${value}"/>', '<p class="&lt;i&gt; &amp; &quot;"/>'),
        ('<p tal:attributes="class value"/>', '<p class="&lt;i&gt; &amp; &quot;"/>'),
        ("<!-- ${value} -->", "<!-- &lt;i&gt; &amp; &quot; -->"),
    ],
)
def test_text_is_escaped_except_where_structure_stands(page, text, wanted):
    assert page(text, value='<i> & "').replace("&quot;", '"') == wanted.replace("&quot;", '"')


def test_a_quote_cannot_leave_its_attribute(page):
    assert page("<p class=\"${v}\" id='${v}'/>", v="\"'") == "<p class=\"&quot;'\" id='\"&#39;'/>"


def test_an_object_that_is_html_is_not_escaped(page):
    assert page("${a} ${b} ${c}", a=Safe(), b=Loud("<"), c=3) == "<b>safe</b> &lt; 3"


@pytest.mark.parametrize("text", ["${None}", "${structure: None}", '<tal:x content="None"/>'])
def test_none_gives_nothing(page, text):
    assert page(text) == ""


def test_boolean_attributes_are_there_or_not(page):
    text = '<input tal:attributes="required a; disabled b; hidden a"/><details open="${b}"/>'
    assert page(text, a=True, b=False) == '<input required="required" hidden="hidden"/><details/>'


def test_a_feed_has_no_boolean_attributes(page):
    text = '<?xml version="1.0"?>\n<feed open="${True}"/>'
    assert page(text) == '<?xml version="1.0"?>\n<feed open="True"/>'


def test_a_script_is_text(page):
    assert page("<script>for (i = 0; i <n; i++) {`$${n}`}</script>").endswith("i <n; i++) {`${n}`}</script>")


def test_attributes_of_other_languages_pass(page):
    text = '<a hx-on:click="x" xlink:href="#y" @click.prevent="z">a</a>'
    assert page(text) == text


def test_a_layout_is_a_macro_with_slots(made):
    use = '<x metal:use-macro="layout"><h1 metal:fill-slot="main">${title}!</h1></x>'
    _, template = made({"page.pt": use, "layout.pt": LAYOUT})
    assert template.render(title="T").startswith("<html><title>T</title>\n<h1>T!</h1>")
    assert "<b>none</b>" in template.render(title="T")


def test_a_macro_of_the_layout_by_name(made):
    use = """<x metal:use-macro="layout.macros['note']"><i metal:fill-slot="text">${title}</i></x>"""
    _, template = made({"page.pt": use, "layout.pt": LAYOUT})
    assert template.render(title="T") == "<p>Note: <i>T</i></p>"


def test_macros_of_another_file_and_of_the_own_one(made):
    text = """<x tal:define="forms load: sub/forms.pt"><y metal:use-macro="forms.macros['row']"/></x>
<p metal:define-macro="own-one">own</p><y metal:use-macro="macros['own-one']"/>
<y metal:use-macro="load: ${which}.pt"/>"""
    forms = '<p metal:define-macro="row">row</p>'
    _, template = made({"page.pt": text, "sub/forms.pt": forms, "whole.pt": "<i>whole</i>"})
    assert template.render(which="whole") == "<x><p>row</p></x>\n<p>own</p><p>own</p>\n<i>whole</i>"


def test_variables_defined_in_a_macro_stay_there_unless_global(made):
    macro = '<x tal:omit-tag="" tal:define="a 2; global g 3">${a}</x>'
    _, template = made({"page.pt": '<y metal:use-macro="load: m.pt"/>${a}${g}', "m.pt": macro})
    assert template.render(a=1) == "213"


def test_repeat_says_where_it_stands(page):
    text = (
        '<i tal:repeat="x xs">${x}:${repeat.x.index},${repeat.x.number},${repeat.x.parity},'
        "${repeat.x.letter},${repeat['x'].end}</i>"
    )
    assert page(text, xs=iter("ab")) == "<i>a:0,1,even,a,0</i>\n<i>b:1,2,odd,b,1</i>"


def test_repeat_over_pairs(page):
    text = '<i tal:repeat="(k, v) pairs">${k}${v}${repeat.v.number}</i>'
    assert page(text, pairs=[("a", 1), ("b", 2)]) == "<i>a11</i>\n<i>b22</i>"


def test_repeat_over_nothing(page):
    assert page('<i tal:repeat="x None">${x}</i>') == ""


def test_repeat_of_a_variable_that_no_loop_has(page):
    with pytest.raises(TemplateFailure, match="No tal:repeat goes over 'y'"):
        page('<i tal:repeat="x xs">${repeat.y.index}</i>', xs="a")


def test_repeat_by_key_of_a_variable_that_no_loop_has(page):
    with pytest.raises(TemplateFailure, match="No tal:repeat goes over 'y'"):
        page("${repeat['y']}")


def test_the_macros_of_a_template(made):
    _, template = made({"page.pt": '<p metal:define-macro="a-b"/>'})
    assert list(template.macros) == ["a_b"]
    assert "a-b" in template.macros
    with pytest.raises(LookupError, match=r"There is no macro called 'c' in .*page.pt; it has a_b"):
        template.macros["c"]


def test_a_view_cannot_replace_repeat(page):
    assert page('<i tal:repeat="x [1]">${repeat.x.number}</i>', repeat="mine") == "<i>1</i>"


def test_a_mapping_of_attributes(page):
    text = '<a href="x" tal:attributes="more"/>'
    more = {"title": "<", "rel": None, "href": "y", "hidden": True}
    assert page(text, more=more) == '<a title="&lt;" href="y" hidden="hidden"/>'


def test_switch(page):
    text = '<x tal:switch="n"><a tal:case="1">one</a><b tal:case="default">many</b></x>'
    assert [page(text, n=n) for n in (1, 2)] == ["<x><a>one</a></x>", "<x><b>many</b></x>"]


def test_the_attributes_of_an_element_are_a_variable(page):
    assert page('<p id="x" tal:content="attrs[\'id\']"/>') == '<p id="x">x</p>'


def test_an_attribute_is_an_attribute_and_no_item(page):
    with pytest.raises(TemplateFailure, match="'dict' object has no attribute 'a'"):
        page("${d.a}", d={"a": 1})


# Failures


def test_a_failure_says_where_and_keeps_its_cause(made):
    templates, template = made({"page.pt": "<p>\n  <b>${1 / zero}</b></p>"})
    with pytest.raises(TemplateFailure) as caught:
        template.render(zero=0, secret="hidden away")
    failure = caught.value
    assert (failure.file, failure.line, failure.column) == (str(template.path), 2, 8)
    assert failure.expression == "1 / zero"
    assert isinstance(failure.cause, ZeroDivisionError)
    assert failure.__cause__ is failure.cause
    assert type(failure.cause) is ZeroDivisionError
    assert "hidden away" not in str(failure)
    assert "Arguments" not in str(failure)
    assert str(failure).splitlines() == [
        "A template failed: ZeroDivisionError: division by zero",
        f'  File "{template.path}", line 2, column 8',
        "    <b>${1 / zero}</b></p>",
        "         ^^^^^^^^",
        "  with zero = 0",
    ]


def test_a_failure_says_the_values_of_its_expression(page):
    names = {"a": 1, "text": "x" * 99, "people": [1, 2], "thing": Safe(), "password": "swordfish", "f": 1.5}
    with pytest.raises(TemplateFailure) as caught:
        page("${a.nix(text, people, thing, password, f, a)}", unused="elsewhere", **names)
    assert caught.value.values == {
        "a": "1",
        "text": f"'{'x' * 58}…",
        "people": "<list of 2>",
        "thing": "<Safe>",
        "password": "(hidden)",
        "f": "1.5",
    }
    assert "with a = 1, text = 'xxx" in str(caught.value)
    assert "swordfish" not in str(caught.value)
    assert "elsewhere" not in str(caught.value)


def test_the_values_of_a_template_that_another_rendered(made):
    templates, outer = made({"outer.pt": "${inner.render(n=5)}", "inner.pt": "${1 / 0 + n}"})
    with pytest.raises(TemplateFailure) as caught:
        outer.render(inner=templates.load(outer.path.with_name("inner.pt")))
    assert caught.value.values == {"n": "5"}


def test_a_failure_in_a_filled_slot_is_where_the_slot_is_filled(made):
    use = '<x metal:use-macro="layout">\n<h1 metal:fill-slot="main">${nothing.title}</h1></x>'
    _, template = made({"page.pt": use, "layout.pt": LAYOUT})
    with pytest.raises(TemplateFailure) as caught:
        template.render(title="T")
    assert [(place.line, place.expression) for place in caught.value.places] == [
        (1, "layout"),
        (2, "nothing.title"),
    ]


def test_a_failure_in_a_layout_names_the_page_too(made):
    _, template = made({"page.pt": '<x metal:use-macro="layout"></x>', "layout.pt": LAYOUT})
    with pytest.raises(TemplateFailure, match="There is no variable called 'title' here") as caught:
        template.render()
    assert [place.file.rpartition("/")[2] for place in caught.value.places] == ["page.pt", "layout.pt"]


def test_a_failure_in_a_template_rendered_by_another(made):
    templates, outer = made({"outer.pt": "<p>\n${inner.render()}</p>", "inner.pt": "<p>\n\n${1 / 0}</p>"})
    inner = templates.load(outer.path.with_name("inner.pt"))
    with pytest.raises(TemplateFailure) as caught:
        outer.render(inner=inner)
    assert (caught.value.line, caught.value.expression) == (3, "1 / 0")
    assert [place.line for place in caught.value.places] == [2, 3]


def test_a_failure_of_the_second_definition_names_it(page):
    with pytest.raises(TemplateFailure) as caught:
        page("<p tal:define=\"a ';;'; b a.nix; c 1\"/>")
    assert (caught.value.expression, caught.value.column) == ("a.nix", 26)


def test_an_object_that_does_not_become_text(page):
    class Bad:
        def __str__(self):
            raise RuntimeError("no text")

    with pytest.raises(TemplateFailure, match="no text") as caught:
        page("<p>${bad}</p>", bad=Bad())
    assert caught.value.expression == "bad"


def test_html_that_is_not_text(page):
    with pytest.raises(TemplateFailure, match="expected str instance"):
        page('<p tal:content="bad"/>', bad=SimpleNamespace(__html__=lambda: 3))


def test_a_layout_that_uses_itself_fails(made):
    _, template = made({"page.pt": '<x metal:use-macro="template"/>'})
    with pytest.raises(TemplateFailure) as caught:
        template.render()
    assert isinstance(caught.value.cause, RecursionError)
    assert len(caught.value.places) == 20


@pytest.mark.parametrize(
    "error", [ConflictError(), Forbidden("no"), NotPossible("no"), WriteOnRead("Article.title")]
)
def test_what_the_publisher_answers_comes_as_it_is(page, error):
    def fail():
        raise error

    for text in ["<p>${fail()}</p>", '<p tal:on-error="string:covered">${fail()}</p>']:
        with pytest.raises(type(error)) as caught:
            page(text, fail=fail)
        assert caught.value is error
        assert "fail()" in error.__notes__[-1]


def test_on_error_covers_other_errors_and_the_log_knows(page, caplog):
    text = '<p tal:on-error="string:sorry, ${error.type.__name__}">a <b>${1 / 0}</b></p>'
    assert page(text) == "<p>sorry, ZeroDivisionError</p>"
    assert "tal:on-error covered up" in caplog.text
    assert "division by zero" in caplog.text


def test_on_error_in_a_filled_slot(made):
    covered = "<p tal:on-error=\"'sorry'\">${1/0}</p>"
    use = f'<x metal:use-macro="layout"><h1 metal:fill-slot="main">{covered}</h1></x>'
    _, template = made({"page.pt": use, "layout.pt": LAYOUT})
    assert "<h1><p>sorry</p></h1>" in template.render(title="T")


def test_an_error_outside_of_templates_has_no_place():
    try:
        raise ValueError
    except ValueError as error:
        assert places_of(error) == ()


def test_many_threads_render_one_template(made):
    loop = '<i metal:fill-slot="main" tal:repeat="x xs">${x}${repeat.x.index}</i>'
    text = f'<x metal:use-macro="layout">{loop}</x>'
    _, template = made({"page.pt": text, "layout.pt": LAYOUT})
    wrong = []

    def render(number):
        wanted = "\n".join(f"<i>{number}{index}</i>" for index in range(50))
        for _ in range(20):
            if wanted not in template.render(title=number, xs=[number] * 50):
                wrong.append(number)

    threads = [threading.Thread(target=render, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
