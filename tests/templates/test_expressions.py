import pytest

from objpub.content import Content
from objpub.content import Folder
from objpub.errors import Forbidden
from objpub.errors import NotFound
from objpub.errors import TemplateFailure
from objpub.schema import field


class Note(Content, addable="anywhere"):
    title: str = field()
    text: str = field(default="")

    @property
    def loud(self):
        return self.title.upper()

    @property
    def broken(self):
        raise AttributeError("inside")

    def secret(self):
        return "by method"


class Box(Folder, addable="anywhere"):
    title: str = field(default="box")


def box():
    made = Box()
    made.add("note", Note(title="hello"))
    made.add("title", Note(title="a child called title"))
    return made


def step(resource, name, request):
    """What the views part gives: views of every resource, called `card` and `forbidden`."""
    if name == "card":
        return lambda: f"card of {resource.title} for {request}"
    if name == "forbidden":
        raise Forbidden("not for you")
    if name == "gone":
        raise NotFound("/gone")
    raise KeyError(name)


OPTIONS = {"traverse_step": step}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("box/note/title", "hello"),
        ("box/note/loud", "HELLO"),
        ("box/title/title", "a child called title"),
        ("box/note/card", "card of hello for req"),
        ("box/note/@@card", "card of hello for req"),
        ("box/?which/title", "hello"),
        ("function", "called"),
        ("mapping/key", "value"),
        ("mapping/function", "called"),
        ("mapping/key of two words", "words"),
        ("numbers/1", "20"),
        ("box/nix | box/note/nix | string:${mapping/key}!", "value!"),
        ("box/forbidden | string:hidden", "hidden"),
        ("box/gone | string:gone", "gone"),
        ("nix | nothing", ""),
        ("python: 1 + 1", "2"),
        ("repeat/x/number", "1"),
        ("x", "o"),
    ],
)
def test_paths(page, path, wanted):
    mapping = {"key": "value", "function": lambda: "called", "key of two words": "words"}
    names = {"box": box(), "mapping": mapping, "function": lambda: "called", "numbers": (10, 20)}
    text = f'<i tal:repeat="x string:o" tal:content="{path}" />'
    assert page(text, "page.zpt", OPTIONS, request="req", which="note", **names) == f"<i>{wanted}</i>"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("box/nix", "Box has no item, field, property or view called 'nix'"),
        ("box/note/titel", "Note has no item, field, property or view called 'titel'; did you mean 'title'?"),
        ("box/note/secret", "it has a method of that name, which only a python: expression can call"),
        ("box/note/broken", "inside"),
        ("box/note/@@title", "Note has no item, field, property or view called 'title'"),
        ("box/?private", "'_p_jar' begins with _ and is private"),
        ("numbers/7", "tuple has no item or public attribute called '7'"),
        ("text/0", "str has no item or public attribute called '0'"),
        ("module/path", "module has no item or public attribute called 'path'"),
        ("box/gone", "Box has no item, field, property or view called 'gone'"),
        ("nix/title", "There is no variable called 'nix' here"),
    ],
)
def test_paths_that_lead_nowhere(page, path, reason):
    names = {"box": box(), "numbers": (1,), "text": "abc", "private": "_p_jar", "module": __import__("os")}
    with pytest.raises(TemplateFailure, match=reason.replace("?", r"\?")):
        page(f"<i>${{{path}}}</i>", "page.zpt", OPTIONS, **names)


def test_a_path_over_an_object_that_takes_keys_of_another_kind(page):
    class Picky:
        title = "by attribute"

        def __getitem__(self, key):
            raise TypeError(f"no {key}")

    assert page("${path:p/title}", p=Picky()) == "by attribute"


def test_without_views_a_path_ends_at_attributes(page):
    with pytest.raises(TemplateFailure, match="'card'"):
        page("${box/note/card}", "page.zpt", box=box())


def test_nocall_and_exists_do_not_call(page):
    def bomb():
        raise AssertionError("called")

    names = {"box": box(), "bomb": bomb, "take": lambda value: type(value()).__name__}
    assert page('<i tal:define="f nocall:box/note/card">${python: take(f)}</i>', "a.zpt", OPTIONS, **names)
    assert page("${exists: bomb} ${exists:nix} ${not:exists: box/nix}", "b.zpt", **names) == "True False True"
    assert page("${exists: path: bomb} ${exists: nix.a}", "c.pt", **names) == "True False"
    assert page("${type(nix).__name__}", "d.pt", nix=bomb) == "function"


def test_classes_are_not_called(page):
    assert page("${python: kind is same}", "page.zpt", kind=dict, same=dict) == "True"
    assert (
        page('<i tal:define="k kind" tal:content="python: k is dict"/>', "b.zpt", kind=dict) == "<i>True</i>"
    )


def test_not(page):
    assert page("${not: a} ${not: b}", a=[], b=[1]) == "True False"
    assert page("${not: a}", "page.zpt", a=[]) == "True"


def test_string(page):
    assert page('<i tal:content="string: $a and ${a}$$"/>', a="x") == "<i> x and x$</i>"
    assert page('<i tal:content="string:${a/b}"/>', "page.zpt", a={"b": "y"}) == "<i>y</i>"


def test_structure_of_a_path(page):
    assert page("${structure:a/b}${a/b}", "page.zpt", a={"b": "<b/>"}) == "<b/>&lt;b/&gt;"
    assert page("${structure:path:a/b}", a={"b": "<b/>"}) == "<b/>"


def test_python_alternatives(page):
    assert page("${a.b | c['d'] | 'end'}", a=1, c={}) == "end"
    assert page(r"${'a\|b'}") == "a|b"


def test_python_that_spans_lines(page):
    assert page('<i tal:content="a\n  + \\\n 1"/>', a=1) == "<i>2</i>"


def test_python_comprehensions_and_functions(page):
    assert page("${sorted(x * 2 for x in xs)} ${(lambda a, b=2: a + b)(1)}", xs=[2, 1]) == "[2, 4] 3"


def test_the_default_keeps_what_stands_in_the_template(page):
    text = '<p class="a" tal:attributes="class {}" tal:content="{}">text</p>'
    assert page(text.format("default", "default"), "a.pt") == '<p class="a">text</p>'
    assert page(text.format("None", "structure default"), "b.pt") == "<p>text</p>"
    assert page('<p tal:content="structure: nix | default">text</p>', "c.pt") == "<p>text</p>"


def test_bytes_are_text_in_utf_8(page):
    assert page("${b}", b="ü<".encode()) == "ü&lt;"


def test_names_of_every_template(page):
    assert page("${site} ${x}", "page.pt", {"names": {"site": "S", "x": 1}}, x=2) == "S 2"


def test_translation(page):
    text = '<p i18n:translate="">Hello <b i18n:name="who">${n}</b></p><a title="Hi" i18n:attributes="title"/>'
    assert page(text, n="you") == '<p>Hello <b>you</b></p><a title="Hi"/>'

    def shout(msgid, domain=None, mapping=None, context=None, target_language=None, default=None):
        return f"{target_language}:{default or msgid}"

    translated = page(text, "b.pt", {"translate": shout}, n="you", target_language="de")
    assert translated == '<p>de:Hello ${who}</p><a title="de:Hi"/>'


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("path('box/note/title')", "hello"),
        ("path('box/note/' + which)", "hello"),
        ("path('box/note/?which')", "hello"),
        ("path('box/nix|box/note/titel | box/note/title')", "hello"),
        ("path('nix | string:${which}!')", "title!"),
        ("path('nix | nothing')", ""),
        ("path('function').upper()", "CALLED"),
        ("nocall('function') is function", "True"),
        ("path('nocall:function') is function", "True"),
        ("exists('box/note') and not exists('box/nix') and not exists('nix')", "True"),
        ("exists('bomb')", "True"),
        ("string('$which in ${box/note/title} for $$1')", "title in hello for $1"),
        ("path('template').path.name", "page.zpt"),
        ("[path(each) for each in ('which', 'which')]", "['title', 'title']"),
        ("1 | 2", "3"),
        ("'a|b'", "a|b"),
    ],
)
def test_what_tales_gives_to_python(page, expression, wanted):
    def bomb():
        raise AssertionError("called")

    names = {"box": box(), "which": "title", "function": lambda: "called", "bomb": bomb}
    assert page(f"${{python: {expression}}}", "page.zpt", **names) == wanted


def test_a_variable_goes_before_a_function_of_tales(page):
    assert page("${python: path(2)}", "page.zpt", path=lambda number: number + 1) == "3"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("path('nix')", "There is no variable called 'nix'"),
        ("path('box/_p_jar')", "begins with _ and is private"),
    ],
)
def test_paths_for_python_that_lead_nowhere(page, expression, reason):
    with pytest.raises(TemplateFailure, match=reason):
        page(f"${{python: {expression}}}", "page.zpt", box=box())


def test_python_has_no_functions_of_tales_in_a_pt_file(page):
    with pytest.raises(TemplateFailure, match="no variable called 'path'"):
        page("${path('a')}", a=1)
