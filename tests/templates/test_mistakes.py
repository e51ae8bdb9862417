import re

import pytest

from objpub.errors import DeclarationError
from objpub.errors import TemplateError

CASES = [
    # text, message in part, line, column, expression
    ("<p>${1 +}</p>", "'1 +' is not a Python expression: invalid syntax", 1, 6, "1 +"),
    ("a < b\n${a b} ${c}", "'a b' is not a Python expression", 2, 3, "a b"),
    ("<p tal:content=\"'a|b'\"></p>", r'a bar that belongs to the expression is "\|"', 1, 17, "'a"),
    ("<p tal:attributes=\"a 1; b ';'\"/>", "is not a Python expression", 1, 29, "'"),
    ("<p tal:define=\"a '; b c'\"/>", 'a semicolon that belongs to the expression is ";;"', 1, 18, "'"),
    ("<p>${(yield 1)}</p>", "yield and await cannot be used", 1, 6, "(yield 1)"),
    ('<p tal:content="pyton: x"/>', "no expression type 'pyton'; did you mean python:?", 1, 17, "pyton: x"),
    ("${zzz: x}", "no expression type 'zzz'; there are python, path", 1, 3, "zzz: x"),
    ("${path: a//b}", "'a//b' is not a path", 1, 9, "a//b"),
    ("${path: a/_b}", "'_b' begins with _ and is private", 1, 9, "a/_b"),
    ("${python: | 1}", "An expression is missing", 1, 10, " "),
    ("${path: | a}", "An expression is missing", 1, 8, " "),
    ("${path:}", "An expression is missing", 1, 8, ""),
    ('<p tal:condition="not:"/>', "An expression is missing", 1, 23, ""),
    ('<p tal:content="text "/>', "An expression is missing", 1, 22, ""),
    ("<div><p>x</div></p>", "</p> closes an element that is not open here", 1, 16, "</p>"),
    ('\n<div tal:content="x">', "<div> is never closed", 2, 2, "div"),
    ("<section><p>a", "<section> is never closed", 1, 2, "section"),
    ('<ul><li tal:repeat="x xs">a</ul>', "<li> is never closed", 1, 6, "li"),
    ('<p tal:content="x></p>', "A quote, a space or the end is missing in this tag", 1, 1, None),
    ('<p class="a"tal:content="x"></p>', "A quote, a space or the end is missing", 1, 1, None),
    ("<script>a<b", "<script> is never closed", 1, 2, "script"),
    ("<p\n", "A quote, a space or the end is missing", 1, 1, None),
    ('<p tal:contnet="x"/>', "There is no tal:contnet; did you mean tal:content?", 1, 8, "contnet"),
    ('<tal:x contnet="x"/>', "There is no tal:contnet; did you mean tal:content?", 1, 8, "contnet"),
    ('<p tal:zzz="x"/>', "There is no tal:zzz; there are attributes, case", 1, 8, "zzz"),
    ('<p tla:content="x"/>', "There is no tla:content; did you mean tal:content?", 1, 4, "tla:content"),
    ('<p meta:zzz="x"/>', "There is no meta:zzz; there are interpolation", 1, 9, "zzz"),
    ('<p meta:interpolation="zzz"/>', "meta:interpolation wants true or false", 1, 24, "zzz"),
    ('<p tal:repeat="x"/>', "tal:repeat wants a name and an expression", 1, 16, "x"),
    ('<p tal:repeat="x a; y b"/>', "tal:repeat wants a name and an expression", 1, 16, "x a; y b"),
    ('<p tal:repeat=""/>', "tal:repeat is empty", 1, 8, "repeat"),
    ('<p metal:use-macro=" "/>', "metal:use-macro is empty", 1, 10, "use-macro"),
    ('<p tal:define="a 1; b"/>', "tal:define wants a name and an expression", 1, 20, " b"),
    ('<p tal:define="econtext 1"/>', "A variable cannot be called 'econtext'", 1, 16, "econtext"),
    ('<p tal:repeat="rcontext x"/>', "A variable cannot be called 'rcontext'", 1, 16, "rcontext"),
    ('<p tal:attributes="a b; a c"/>', "tal:attributes sets one attribute twice", 1, 24, " a c"),
    ('<p tal:content="a" tal:content="b"/>', "tal:content stands twice", 1, 20, "tal:content"),
    ('<p tal:content="a" tal:replace="b"/>', "tal:content and tal:replace cannot stand", 1, 17, "a"),
    ('<tal:x attributes="a b"/>', "can have no tal:attributes", 1, 20, "a b"),
    ('<p tal:case="1"/>', "tal:case stands inside no element with tal:switch", 1, 14, "1"),
    ('<p metal:fill-slot="x"/>', "metal:fill-slot stands inside no element", 1, 21, "x"),
    ('<p metal:use-macro="layout"/>', "There is no layout.pt beside this template", 1, 21, "layout"),
    (
        '<p metal:use-macro="load: gone.pt"/>',
        "There is no template at '{folder}/gone.pt'",
        1,
        27,
        "gone.pt",
    ),
    ("<p metal:use-macro=\"macros['x']\"/>", "There is no macro called 'x' in {folder}/page.pt", 1, 21, None),
    ('<p metal:define-macro="a"/><p metal:define-macro="a"/>', "There are two macros called 'a'", 1, 51, "a"),
    (
        '<p metal:use-macro="macros" tal:content="a"/>',
        "tal:content and metal:use-macro cannot stand",
        1,
        42,
        "a",
    ),
    (
        '<p metal:use-macro="layuot"/>',
        "no variable called 'layuot' here; did you mean 'layout'?",
        1,
        21,
        "layuot",
    ),
    (
        "<p metal:use-macro=\"marcos['x']\"/>",
        "no variable called 'marcos' here; did you mean 'macros'?",
        1,
        21,
        None,
    ),
    ('<p i18n:name="x"/>', "i18n:name stands inside no element with i18n:translate", 1, 15, "x"),
    ('<p i18n:attributes="a,b c"/>', 'i18n:attributes has ";" between attributes', 1, 21, "a,b c"),
    ("<!-- a -- b -->", 'A comment cannot have "--" inside', 1, 8, "--"),
    ("<?python x = 1 ?>", "Python statements belong into the view", 1, 3, "python"),
]


@pytest.mark.parametrize(("text", "reason", "line", "column", "expression"), CASES)
def test_a_mistake_says_what_and_where(made, tmp_path, text, reason, line, column, expression):
    templates, template = made({"page.pt": text})
    with pytest.raises(TemplateError) as caught:
        templates.compile_all()
    error = caught.value
    assert reason.replace("{folder}", str(tmp_path)) in error.message
    assert (error.file, error.line, error.column) == (str(template.path), line, column)
    if expression is not None:
        assert error.expression == expression
    assert f'File "{template.path}", line {line}, column {column}' in str(error)
    assert "Chameleon" not in str(error)
    assert "String:" not in str(error)


def test_the_place_is_shown_with_its_line(made):
    templates, template = made({"page.pt": "<html>\n\n  <p>Hello ${1 +}</p></html>"})
    with pytest.raises(TemplateError) as caught:
        templates.compile_all()
    assert str(caught.value).splitlines() == [
        "'1 +' is not a Python expression: invalid syntax",
        f'  File "{template.path}", line 3, column 14',
        "    <p>Hello ${1 +}</p></html>",
        "               ^^^",
    ]
    assert isinstance(caught.value, DeclarationError)


def test_all_templates_with_mistakes_are_named(made):
    templates, template = made({"a.pt": "${1 +}", "b.pt": "fine", "c.pt": "</p>"})
    for name in ("b.pt", "c.pt"):
        templates.load(template.path.with_name(name))
    with pytest.raises(TemplateError, match="2 templates have mistakes") as caught:
        templates.compile_all()
    assert "'1 +' is not a Python expression" in str(caught.value)
    assert "</p> closes an element" in str(caught.value)
    assert caught.value.file.endswith("a.pt")


def test_a_mistake_in_a_layout_is_named_once(made):
    use = "<x metal:use-macro=\"layout.macros['m']\"/>"
    templates, template = made({"a.pt": use, "b.pt": use, "layout.pt": "${1 +}"})
    templates.load(template.path.with_name("b.pt"))
    with pytest.raises(TemplateError) as caught:
        templates.compile_all()
    assert caught.value.message == "'1 +' is not a Python expression: invalid syntax"
    assert caught.value.file.endswith("layout.pt")


def test_a_mistake_in_a_template_that_another_loads(made):
    templates, _ = made({"page.pt": '<x metal:use-macro="load: other.pt"/>', "other.pt": "${1 +}"})
    with pytest.raises(TemplateError) as caught:
        templates.compile_all()
    assert caught.value.file.endswith("other.pt")


def test_a_macro_that_the_layout_does_not_have(made):
    files = {
        "page.zpt": '<x metal:use-macro="layout/macros/pgae"/>',
        "layout.pt": '<x metal:define-macro="page"/><x metal:define-macro="mail"/>',
    }
    templates, _ = made(files)
    with pytest.raises(
        TemplateError,
        match=r"no macro called 'pgae' in .*layout.pt; did you mean 'page'. there is page, mail",
    ):
        templates.compile_all()


LAYOUT = '<html><title metal:define-slot="title"/><main metal:define-slot="content"/></html>'


def wrong(made, page, **others):
    """Return the error of the template *page*, beside a layout and *others*, by name without ending."""
    files = {"page.pt": page, "layout.pt": LAYOUT, **{f"{name}.pt": text for name, text in others.items()}}
    templates, _ = made(files)
    with pytest.raises(TemplateError) as caught:
        templates.compile_all()
    return caught.value


def test_a_slot_that_the_layout_does_not_have(made):
    error = wrong(made, '<x metal:use-macro="layout">\n<p metal:fill-slot="contnet">Lost</p></x>')
    assert "no slot called 'contnet' in " in error.message
    assert "layout.pt; did you mean 'content'? there is content, title" in error.message
    assert (error.file.rpartition("/")[2], error.line, error.column, error.expression) == (
        "page.pt",
        2,
        21,
        "contnet",
    )


def test_a_slot_that_a_macro_does_not_have(made):
    own = '<b metal:define-macro="m"><i metal:define-slot="one"/></b><u metal:define-slot="two"/>'
    use = '<p metal:use-macro="macros[\'m\']"><b metal:fill-slot="two"/></p>'
    assert "no slot of the macro 'm' called 'two'" in wrong(made, own + use).message
    load = '<x metal:use-macro="load: forms.pt"><b metal:fill-slot="lable"/></x>'
    assert "did you mean 'label'?" in wrong(made, load, forms='<i metal:define-slot="label"/>').message
    defined = """<x tal:define="forms load: forms.pt"><p metal:use-macro="forms.macros['buton']"/></x>"""
    assert "did you mean 'button'?" in wrong(made, defined, forms='<i metal:define-macro="button"/>').message


def test_a_slot_that_stands_where_nothing_is_shown_is_none(made):
    own = '<p metal:define-macro="m"><x metal:use-macro="layout"><i metal:define-slot="one"/></x></p>'
    use = '<p metal:use-macro="macros[\'m\']"><b metal:fill-slot="one"/></p>'
    assert "no slot of the macro 'm' called 'one'" in wrong(made, own + use).message


def test_a_slot_that_is_filled_twice(made):
    page = '<x metal:use-macro="layout"><p metal:fill-slot="content"/><p metal:fill-slot="content"/></x>'
    assert "The slot 'content' is filled twice" in wrong(made, page).message


def test_a_slot_that_is_filled_after_an_extended_macro(made):
    page = '<x metal:extend-macro="layout"><p metal:fill-slot="content"/></x><p metal:fill-slot="title"/>'
    assert "metal:fill-slot stands inside no element" in wrong(made, page).message


@pytest.mark.parametrize(
    "text",
    [
        "<p>${1 +}</p>",
        "${1 +}",
        '<p tal:condition="1 +"><b metal:fill-slot="content"/></p>',
        '<x metal:use-macro="layout"><b metal:fill-slot="content">${1 +}</b></x>',
    ],
)
def test_an_expression_outside_of_the_slots_that_is_none(made, text):
    assert (
        "'1 +' is not a Python expression" in wrong(made, f'<x metal:use-macro="layout">{text}</x>').message
    )


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p metal:use-macro='forms'><b metal:fill-slot='anything'/></p>", None),  # from the view
        (
            "<p metal:use-macro='load: inner.pt'><b metal:fill-slot='title'>x</b>"
            "<b metal:fill-slot='part'>y</b></p>",
            "xy",
        ),
        (
            "<p metal:use-macro=\"macros['a' + 'b']\"><b metal:fill-slot='s'>x</b></p><tal:x condition='0'>"
            "<i metal:define-macro='ab'><b metal:define-slot='s'/></i></tal:x>",
            "x",
        ),
        (
            "<tal:x define='l layout' metal:use-macro='l'><b metal:fill-slot='content'>x</b> ${zzz}</tal:x>",
            "x",
        ),
        ("<x metal:use-macro='layout' tal:switch='1'><b tal:case='1'>${default}</b></x>", ""),
        (
            "<x metal:use-macro='layout'>"
            "<b metal:fill-slot='title'><i metal:fill-slot='content'>x</i></b></x>",
            "xx",
        ),
        (
            "<x metal:use-macro='layout'><b metal:fill-slot='title' metal:use-macro='layout'>"
            "<i metal:fill-slot='content'>x</i></b></x>",
            "x",
        ),
    ],
)
def test_macros_and_slots_that_are_fine_or_cannot_be_known(made, page, shown):
    inner = "<x metal:use-macro='layout'><x metal:fill-slot='content'><i metal:define-slot='part'/></x></x>"
    templates, template = made({"page.pt": page, "layout.pt": LAYOUT, "inner.pt": inner})
    templates.compile_all()
    if shown is not None:
        assert re.sub(r"<[^>]*>|\s", "", template.render()) == shown


def test_a_slot_misspelt_while_the_site_runs_in_development(made):
    page = '<x metal:use-macro="layout"><p metal:fill-slot="content">a</p></x>'
    templates, template = made({"page.pt": page, "layout.pt": LAYOUT}, development=True)
    templates.compile_all()
    assert "a" in template.render()
    template.path.write_text(page.replace("content", "contnt"))
    for _ in range(2):
        with pytest.raises(TemplateError, match="no slot called 'contnt'"):
            template.render()
    template.path.write_text(page)
    assert "a" in template.render()


def test_a_misspelt_slot_is_found_in_a_template_from_the_cache(made, tmp_path):
    page = '<x tal:define="a 1; b load: layout.pt" metal:use-macro="b"><p metal:fill-slot="contnet">a</p></x>'
    for _ in range(2):
        templates, _ = made({"page.pt": page, "layout.pt": LAYOUT}, cache_folder=tmp_path / "cache")
        with pytest.raises(TemplateError, match="did you mean 'content'"):
            templates.compile_all()


def test_a_file_that_is_not_utf_8(made):
    templates, template = made({"page.pt": ""})
    template.path.write_bytes(b"one\ntwo \xfc\n")
    with pytest.raises(TemplateError, match="not UTF-8: byte 0xfc") as caught:
        templates.compile_all()
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_a_file_that_is_gone(made):
    templates, template = made({"page.pt": ""})
    template.path.unlink()
    with pytest.raises(TemplateError, match="cannot be read: No such file"):
        templates.compile_all()


def test_a_file_with_a_byte_order_mark_and_lines_of_windows(made):
    _, template = made({"page.pt": ""})
    template.path.write_bytes(b"\xef\xbb\xbf<p>\r\n${1}</p>")
    assert template.render() == "<p>\n1</p>"


def test_elements_nested_too_deep(made):
    templates, _ = made({"page.pt": "<b>" * 3000 + "</b>" * 3000})
    with pytest.raises(TemplateError, match="nested too deep"):
        templates.compile_all()


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html><head><meta charset=utf-8><body><p>a<p>b<br><img src=x></html>",
        "<table><tr><td>1<td>2<tr><td>3</table><select><option>a<option selected>b</select>",
        "<?php echo 1 ?>",
        "<script>if (a<b && c>d) { x = '</p>' }</script><style>a>b{}</style>",
        "<p>1 < 2 and 3 > 2 & more</p>",
        '<svg:path d="M0 0" xlink:href="#a"/>',
        "<!--! left out -->",
        "",
    ],
)
def test_html_that_is_fine_stays_as_it_is(page, text):
    assert page(text) == ("" if text.startswith("<!--!") else text)
