import csv

import pytest

from objpub.errors import TemplateError
from objpub.templates import as_html
from objpub.templates import Format

MAIL = """\
Dear ${name},

<tal:x condition="items">
you have <b>${len(items)}</b> & more:

  <tal:x repeat="item items">
  * ${item}<tal:x condition="repeat.item.end"> (the last)</tal:x>
  </tal:x>
</tal:x>
<tal:x replace="name"/>
$${price}: 5 < 6
"""


def test_a_mail(page):
    shown = page(MAIL, "mail.txt.pt", name="A & <B>", items=["one", '"two"'])
    assert shown.startswith("Dear A & <B>,\n\nyou have <b>2</b> & more:\n\n")
    assert shown.endswith('more:\n\n  * one\n  * "two" (the last)\nA & <B>\n${price}: 5 < 6\n')
    assert shown.media_type == "text/plain"
    assert page(MAIL, "mail.txt.pt", name="N", items=[]) == "Dear N,\n\nN\n${price}: 5 < 6\n"


def test_a_table(page):
    text = 'Title,Price\n<tal:x repeat="row rows">\n${format.row(row)}\n</tal:x>\n'
    rows = [("Cake, large", 2.5), ('say "hi"', None), ("=1+1", -3), ("two\nlines", "x")]
    shown = page(text, "prices.csv.pt", rows=rows, format=Format())
    assert shown.media_type == "text/csv"
    assert list(csv.reader(shown.splitlines(keepends=True))) == [
        ["Title", "Price"],
        ["Cake, large", "2.5"],
        ['say "hi"', ""],
        ["'=1+1", "-3"],
        ["two\nlines", "x"],
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<x>${v}</x>", "<x><&></x>"),
        ("<${v}", "<<&>"),
        ("<tal:x content='v'/>", "<&>"),
        ("<tal:x content='structure v'/>", "<&>"),
        ("<tal:x content='v'></tal:x>\n", "<&>\n"),
        ("a <tal:x condition='v'>b</tal:x> c", "a b c"),
        ("a\n <tal:x condition='v'> \nb\n\t</tal:x>\nc", "a\nb\nc"),
        ("<tal:x condition='v'><tal:x repeat='n (1, 2)'>\n${n}\n</tal:x></tal:x>\n", "1\n2\n"),
        (
            "<tal:x switch='1'>\n<tal:x case='1'>\none\n</tal:x><tal:x case='2'>\ntwo\n</tal:x>\n</tal:x>\n",
            "one\n",
        ),
        ("<tal:x on-error='string:sorry'>${1 / 0}</tal:x>", "sorry"),
        ("<tal:x define='a \">\"'>${a}</tal:x>", ">"),
        (
            '<script>${v}</script><p onclick="${v}"><!-- -- ${v} --><a',
            '<script><&></script><p onclick="<&>"><!-- -- <&> --><a',
        ),
        ("", ""),
    ],
)
def test_only_elements_of_the_template_language_are_elements(page, text, wanted):
    assert page(text, "a.txt.pt", v="<&>") == wanted


def test_paths_in_text(page):
    assert page("${who/name} <tal:x content='who/name'/>", "a.txt.zpt", who={"name": "&"}) == "& &"


def test_macros_of_text(made):
    filling = "<tal:x metal:fill-slot='s'>${v}</tal:x>"
    files = {
        "a.txt.pt": f'<x>\n<tal:x metal:use-macro="load: b.txt.pt">\n{filling}\n</tal:x>\n',
        "b.txt.pt": "-- <metal:x define-slot='s'>none</metal:x> --",
    }
    templates, template = made(files)
    templates.compile_all()
    assert template.render(v="<") == "<x>\n-- < --"


@pytest.mark.parametrize("names", [("a.txt.pt", "b.pt"), ("a.pt", "b.txt.pt")])
def test_text_and_html_do_not_use_each_others_macros(made, names):
    page, other = names
    templates, _ = made({page: f'<tal:x metal:use-macro="load: {other}"/>', other: "x"})
    with pytest.raises(TemplateError, match="values are escaped in only one") as caught:
        templates.compile_all()
    assert (caught.value.line, caught.value.column) == (1, 25)


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("a\n<tal:x condition='1'>", "<tal:x> is never closed", 2, 2),
        ("a\n</tal:x>", "</tal:x> closes an element that is not open here", 2, 1),
        ("a <tal:x condition='1>\n", "A quote, a space or the end is missing in this tag", 1, 3),
        ("<p\n tal:condition='1'>a</p>", "only <tal:…> and <metal:…> are elements", 2, 2),
        ("<tal:x contnet='1'/>", "There is no tal:contnet; did you mean tal:content?", 1, 8),
        ("${1 +}", "is not a Python expression", 1, 3),
    ],
)
def test_mistakes_in_text(made, text, reason, line, column):
    templates, _ = made({"a.txt.pt": text})
    with pytest.raises(TemplateError) as caught:
        templates.compile_all()
    assert reason in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)


def test_text_in_a_page_is_shown_as_it_is(page):
    assert as_html(page("<b>", "a.txt.pt")) == "&lt;b&gt;"
    assert as_html(page("<b/>", "a.pt")) == "<b/>"


def test_text_templates_are_found_by_name(made, tmp_path):
    templates, template = made(
        {"article-mail.txt.pt": "", "article-export.csv.zpt": "", "two.pt": "", "two.txt.pt": ""}
    )
    assert templates.find(tmp_path, "article-mail") is template
    assert templates.find(tmp_path, "article-export").path.name == "article-export.csv.zpt"
    with pytest.raises(TemplateError, match="two templates for one view"):
        templates.find(tmp_path, "two")
