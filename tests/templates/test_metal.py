import re

import pytest

from objpub.errors import TemplateError

TOP = '<html><title metal:define-slot="title">top</title><main metal:define-slot="content">none</main></html>'
MIDDLE = (
    '<x metal:use-macro="load: top.pt"><main metal:fill-slot="content">middle:'
    '<p metal:define-slot="content">empty</p></main></x>'
)


def plain(text):
    """Return *text* without white space between elements."""
    return re.sub(r"\s*\n\s*", "", text)


def test_a_slot_in_a_slot(made):
    inner = '<li metal:define-slot="item">one</li>'
    text = f"""<div metal:define-macro="m"><ul metal:define-slot="list">{inner}</ul></div>
<x metal:use-macro="macros['m']"><b metal:fill-slot="item">mine</b></x>
<x metal:use-macro="macros['m']"><b metal:fill-slot="list">all mine</b></x>
<x metal:use-macro="macros['m']"></x>"""
    _, template = made({"page.pt": text})
    shown = template.render().split("\n")
    assert shown == [
        "<div><ul><li>one</li></ul></div>",
        "<div><ul><b>mine</b></ul></div>",
        "<div><b>all mine</b></div>",
        "<div><ul><li>one</li></ul></div>",
    ]


def test_a_chain_of_fillings_by_one_name(made):
    page = '<x metal:use-macro="load: middle.pt"><p metal:fill-slot="content">page</p></x>'
    templates, template = made({"page.pt": page, "middle.pt": MIDDLE, "top.pt": TOP})
    templates.compile_all()
    assert template.render() == "<html><title>top</title><main>middle:<p>page</p></main></html>"
    bare = templates.load(template.path.with_name("middle.pt"))
    assert bare.render() == "<html><title>top</title><main>middle:<p>empty</p></main></html>"


def test_a_filling_goes_on_to_the_macro_that_a_macro_uses(made):
    page = '<x metal:use-macro="load: middle.pt"><title metal:fill-slot="title">page</title></x>'
    templates, template = made({"page.pt": page, "middle.pt": MIDDLE, "top.pt": TOP})
    templates.compile_all()
    assert template.render() == "<html><title>page</title><main>middle:<p>empty</p></main></html>"


def test_a_macro_that_extends_another(made):
    wide = (
        '<html metal:define-macro="wide" metal:extend-macro="load: top.pt">'
        '<main metal:fill-slot="content">wide:<b metal:define-slot="content">empty</b>'
        '<i metal:define-slot="aside">aside</i></main></html>'
    )
    use = """<x metal:use-macro="load: wide.pt"><u metal:fill-slot="aside">mine</u></x>"""
    templates, template = made({"page.pt": use, "wide.pt": wide, "top.pt": TOP})
    templates.compile_all()
    assert template.render() == ("<html><title>top</title><main>wide:<b>empty</b><u>mine</u></main></html>")
    both = use.replace("</x>", '<b metal:fill-slot="title">T</b><s metal:fill-slot="content">C</s></x>')
    _, template = made({"page.pt": both, "wide.pt": wide, "top.pt": TOP})
    assert template.render() == "<html><b>T</b><main>wide:<s>C</s><u>mine</u></main></html>"


def test_what_a_macro_fills_of_the_one_that_it_extends_can_be_filled_again(made):
    wide = '<x metal:extend-macro="load: top.pt"><title metal:fill-slot="title">wide</title></x>'
    use = '<x metal:use-macro="load: wide.pt"><title metal:fill-slot="title">page</title></x>'
    templates, template = made({"page.pt": use, "wide.pt": wide, "top.pt": TOP})
    templates.compile_all()
    assert template.render() == "<html><title>page</title><main>none</main></html>"
    bare = templates.load(template.path.with_name("wide.pt"))
    assert bare.render() == "<html><title>wide</title><main>none</main></html>"


def test_variables_defined_with_the_use_of_a_macro_are_for_the_macro(made):
    text = """<p metal:define-macro="m">${word}</p>
<x tal:define="word 'inner'" metal:use-macro="macros['m']"/>
${word}
<x tal:repeat="word ('a', 'b')" metal:use-macro="macros['m']"/>
<x tal:condition="False" metal:use-macro="macros['m']"/>"""
    _, template = made({"page.pt": text})
    assert plain(template.render(word="outer")) == "<p>outer</p><p>inner</p>outer<p>a</p><p>b</p>"


def test_a_variable_of_a_macro_is_not_seen_where_it_is_used(made):
    macro = '<p metal:define-macro="m" tal:define="word \'in macro\'">${word}</p>'
    text = f"""<tal:x condition="False">{macro}</tal:x>
<tal:x metal:use-macro="macros['m']"/>${{word}}"""
    _, template = made({"page.pt": text})
    assert plain(template.render(word="outer")) == "<p>in macro</p>outer"


def test_what_fills_a_slot_sees_the_variables_of_the_macro(made):
    loop = '<tal:x repeat="item items"><li metal:define-slot="item"/></tal:x>'
    text = f"""<tal:x condition="False"><ul metal:define-macro="m">{loop}</ul></tal:x>
<x metal:use-macro="macros['m']"><b metal:fill-slot="item">${{repeat.item.number}} ${{item}}</b></x>"""
    _, template = made({"page.pt": text})
    assert plain(template.render(items="ab")) == "<ul><b>1 a</b><b>2 b</b></ul>"


def test_a_macro_that_uses_itself(made):
    text = """<ul metal:define-macro="tree"><li>${node['name']}</li><li
tal:repeat="node node['children']"><tal:x metal:use-macro="template.macros['tree']"/></li></ul>"""
    node = {"name": "root", "children": [{"name": "a", "children": []}, {"name": "b", "children": []}]}
    _, template = made({"page.pt": text})
    inner = "<li><ul><li>{}</li></ul></li>"
    assert (
        plain(template.render(node=node)) == f"<ul><li>root</li>{inner.format('a')}{inner.format('b')}</ul>"
    )


def test_the_name_of_a_macro_is_a_variable_in_it(page):
    assert page('<p metal:define-macro="m">${macroname | None}</p>') == "<p></p>"
    assert (
        page(
            '<tal:x condition="nothing"><p metal:define-macro="m">${macroname}</p></tal:x>'
            '<x metal:use-macro="template/macros/m"/>',
            "page.zpt",
        )
        == "<p>m</p>"
    )


ONE = '<p metal:define-macro="one"><tal:x condition="wanted" metal:use-macro="macros[\'two\']"/></p>'
TWO = '<b metal:define-macro="two"><i metal:define-slot="text">none</i></b>'
TWICE = (
    f"<tal:x condition='False'>{ONE}{TWO}</tal:x>"
    """<x metal:use-macro="macros['one']"><i metal:fill-slot="text">mine</i></x>"""
    """<x metal:use-macro="macros['two']"/>"""
)


@pytest.mark.parametrize(("wanted", "shown"), [(True, "<p><b><i>mine</i></b></p>"), (False, "<p></p>")])
def test_what_fills_a_slot_of_one_macro_is_not_for_the_next(page, wanted, shown):
    assert page(TWICE, wanted=wanted) == f"{shown}<b><i>none</i></b>"


def test_what_a_page_fills_is_not_taken_by_a_filling_inside_of_the_macro(made):
    inside = (
        "<x metal:use-macro=\"load: two.pt\"><i metal:fill-slot='text'>inside</i></x>"
        '<x metal:use-macro="load: two.pt"/>'
    )
    page = "<x metal:use-macro='load: inside.pt'><i metal:fill-slot='text'>page</i></x>"
    templates, template = made({"page.pt": page, "inside.pt": inside, "two.pt": TWO})
    templates.compile_all()
    assert template.render() == "<b><i>inside</i></b><b><i>page</i></b>"


def test_what_fills_a_slot_fills_it_in_each_macro_that_a_macro_uses(made):
    inside = '<tal:x repeat="number (1, 2)" metal:use-macro="load: two.pt"/>'
    page = "<x metal:use-macro='load: inside.pt'><i metal:fill-slot='text'>${number}</i></x>"
    templates, template = made({"page.pt": page, "inside.pt": inside, "two.pt": TWO})
    templates.compile_all()
    assert template.render() == "<b><i>1</i></b><b><i>2</i></b>"


def test_a_slot_that_nobody_defines_stops_the_start_with_its_place(made):
    page = '<x metal:use-macro="load: top.pt">\n  <p metal:fill-slot="side">lost</p></x>'
    templates, template = made({"page.pt": page, "top.pt": TOP})
    with pytest.raises(TemplateError, match="no slot called 'side'") as caught:
        templates.compile_all()
    assert (caught.value.file, caught.value.line, caught.value.column) == (str(template.path), 2, 23)
