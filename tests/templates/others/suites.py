"""The pairs of Chameleon, zope.tal and zope.pagetemplate."""

import doctest
import pathlib
import re
from collections.abc import Iterator
from types import SimpleNamespace

from objpub.templates import Template
from objpub.templates import Templates

from .fetching import tests_of
from .pairs import Pair

I18N = "i18n"
CHAMELEON_NEEDS = (  # in the text of a template → what it needs
    (r"\bimport:", "import:, an expression of Chameleon's own"),
    (r"<\?python", "<?python ?>, Python statements of Chameleon's own"),
    (r"data-tal-", "data-tal- attributes, an option of Chameleon"),
    (r"chameleon:tests/", "the package chameleon itself, by Chameleon's way to name its files"),
    (r"\bobj\.foo\b|\bfield\.oid\b|\brequest\.site_url\b", "Chameleon's rule that a.b can be a[b]"),
    (r"charset=windows|encoding=.windows", "a template that is not UTF-8"),
    (r"i18n:|\${message}|content=.message", I18N),
)


def same_lines(wanted: str, came: str) -> bool:
    """Compare as Chameleon does: lines, by doctest's checker, to which a line of spaces is empty."""
    checker = doctest.OutputChecker()
    return checker.check_output("\n".join(wanted.splitlines()), "\n".join(came.splitlines()), 0)


def equal_lines(wanted: str, came: str) -> bool:
    """Compare as zope.tal does: the same but for the ends of lines."""
    return wanted.splitlines() == came.splitlines()


def normal(text: str) -> str:
    """Return *text* as zope.pagetemplate compares it: spaces are one space, and <a/> is <a>."""
    return re.sub(r"/>", ">", re.sub(r"[ \t]+", " ", text))


def same_html(wanted: str, came: str) -> bool:
    """Compare as zope.pagetemplate does."""
    return normal(wanted) == normal(came)


def template_in(folder: pathlib.Path, name: str, text: str, **options: object) -> Template:
    """Return a template with *text*, written into *folder*."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    templates = Templates()
    templates.configure(**options)
    return templates.load(path)


# Chameleon: src/chameleon/tests/test_templates.py


class Message:
    def __str__(self):
        return "message"


class Literal:
    s = "<div>Hello world!</div>"

    def __html__(self):
        return self.s


def chameleon_words(msgid, domain=None, mapping=None, context=None, target_language=None, default=None):
    """Translate as the suite of Chameleon does."""
    default = "Message" if isinstance(msgid, Message) else str(msgid) if default is None else default
    if mapping:
        default = re.sub(r"\${([a-z_]+)}", r"%(\1)s", default) % mapping
    if target_language is None:
        return default
    where = "" if domain is None else f" with domain '{domain}'"
    where += "" if context is None else f", context '{context}'"
    stripped = default.rstrip("\n ")
    end = default[len(stripped) :]
    return f"{stripped} ('{msgid}' translation into '{target_language}'{where}){end}"


def chameleon(folder: pathlib.Path, work: pathlib.Path) -> Iterator[Pair]:
    """Yield the pairs of Chameleon."""
    tests = tests_of(folder, "[Cc]hameleon-*/src/chameleon/tests")
    inputs = work / "chameleon"
    inputs.mkdir()
    for source in (tests / "inputs").iterdir():
        name = source.name if source.suffix != ".txt" else f"{source.name}.pt"
        (inputs / name).write_bytes(source.read_bytes())
    for source in sorted([*(tests / "inputs").glob("*.pt"), *(tests / "inputs").glob("*.txt")]):
        for output in sorted((tests / "outputs").glob(f"{source.stem.split('-', 1)[0]}*{source.suffix}")):
            yield chameleon_pair(source, output, inputs)


def chameleon_pair(source: pathlib.Path, output: pathlib.Path, inputs: pathlib.Path) -> Pair:
    """Return the pair of one template and one output, which may be in a language."""
    text = source.read_bytes().decode("utf-8", "replace")
    language = output.stem.partition("-")[2] or None
    found = [need for pattern, need in CHAMELEON_NEEDS if re.search(pattern, text)]
    needs = found[0] if found else I18N if language else ""
    if "implicit-i18n" in source.name:
        needs = "texts translated without being marked, an option of Chameleon"

    def render() -> str:
        templates = Templates()
        templates.configure(translate=chameleon_words)
        name = source.name if source.suffix != ".txt" else f"{source.name}.pt"
        return templates.load(inputs / name).render(
            literal=Literal(),
            content="<div>Hello world!</div>",
            message=Message(),
            load=lambda name: templates.load(inputs / name),
            target_language=language,
        )

    wanted = output.read_bytes().decode("utf-8", "replace")
    return Pair(f"{source.name} → {output.name}", needs, render, wanted, same_lines)


# zope.tal: src/zope/tal/tests/test_files.py, with the expressions of its dummyengine.py

TAL_PREFIXES = {"str:": "string:", "var:": "path:", "local:": "path:", "global:": "path:"}
SENTENCES = {
    "timefmt": "%(minutes)s minutes after %(hours)s %(ampm)s",
    "jobnum": "%(jobnum)s is the JOB NUMBER",
    "verify": "Your contact email address is recorded as %(email)s",
    "origin": "%(name)s was born in %(country)s",
}


class Resource:
    """Something with views, for paths with @@."""

    __parent__ = None


def tal_words(msgid, domain=None, mapping=None, context=None, target_language=None, default=None):
    """Translate as the suite of zope.tal does: into capital letters."""
    if msgid in SENTENCES:
        return SENTENCES[msgid] % (mapping or {})
    text = default if msgid == "don't translate me" else msgid.upper()
    if domain and msgid != "don't translate me" and hasattr("", domain):
        text = getattr(msgid, domain)()

    def value(match):
        return str(mapping[match[match.lastindex].lower()])

    return re.sub(r"\$(?:([_A-Za-z][-\w]*)|\{([_A-Za-z][-\w]*)\})", value, text)


def zope_tal(folder: pathlib.Path, work: pathlib.Path) -> Iterator[Pair]:
    """Yield the pairs of zope.tal, its own types of expressions written as those of TALES."""
    tests = tests_of(folder, "zope[._]tal-*/src/zope/tal/tests")
    for source in sorted([*(tests / "input").glob("test*.html"), *(tests / "input").glob("test*.xml")]):
        needs = I18N if "i18n:" in source.read_text() or source.name in {"test36.html", "test37.html"} else ""
        if source.name.startswith("test_metal"):
            needs = "the statements themselves in the output, with macros put in: a way to look for mistakes"
        if source.name.startswith("test_sa"):
            needs = "comments that say which file each part of the page is from: a way to look for mistakes"
        wanted = (tests / "output" / source.name).read_text()
        yield Pair(source.name, needs, tal_render(source, work / "tal"), wanted, equal_lines)


def tal_render(source: pathlib.Path, work: pathlib.Path):
    """Return what renders one template of zope.tal."""

    def load(path: pathlib.Path) -> Template:
        text = path.read_text()
        for prefix, ours in TAL_PREFIXES.items():
            text = re.sub(rf"(?<!\w){prefix}", ours, text)
        template = template_in(work, f"{path.name}.zpt", text, translate=tal_words)
        template._workshop.traverse_step = lambda resource, name, request: lambda: "7"
        return template

    class Files(dict):
        def __missing__(self, name):
            return load(source.parent / name).macros

    def render() -> str:
        template = load(source)
        names = {name: template.macros[name] for name in template.macros.names}
        names |= {"tests": {"input": Files()}, "context": Resource()}
        names |= {"request": {"submitter": "aperson@dom.ain"}}
        return template.render(**names)

    return render


# zope.pagetemplate: src/zope/pagetemplate/tests/test_htmltests.py

PRODUCTS = [
    {
        "description": "This is the tee for those who LOVE Zope. Show your heart on your tee.",
        "price": 12.99,
        "image": "smlatee.jpg",
    },
    {
        "description": "This is the tee for Jim Fulton. He's the Zope Pope!",
        "price": 11.99,
        "image": "smpztee.jpg",
    },
]
NODE = {
    "name": "root",
    "children": [{"name": "first", "children": []}, {"name": "second", "children": []}],
}


class Argument:
    """A word on the command line, with its number."""

    def __init__(self, number, word):
        self.num, self.arg = number, word

    def __str__(self):
        return self.arg


class Batch(list):
    """The first of some words."""

    previous_sequence, next_sequence = 0, 1
    next_sequence_start_item, next_sequence_end_item = "six", "ten"


def page_templates(folder: pathlib.Path, work: pathlib.Path) -> Iterator[Pair]:
    """Yield the pairs of zope.pagetemplate."""
    tests = tests_of(folder, "zope[._]pagetemplate-*/src/zope/pagetemplate/tests")
    words = [Argument(*each) for each in enumerate("one two three four five".split(), 1)]
    content = SimpleNamespace(args=words)
    dance = [Argument(*each) for each in enumerate("one two three cha cha cha".split(), 1)]
    options = {
        "dtml1a": {"content": SimpleNamespace(args=dance)},
        "dtml1b": {"content": SimpleNamespace(args=())},
        "dtml3": {"content": content, "batch": Batch(words)},
    }
    for output in sorted((tests / "output").glob("*.html")):
        source = tests / "input" / f"{re.sub('(?<=dtml1)[ab]', '', output.stem)}.html"
        needs = I18N if output.stem == "translation" else ""
        render = page_render(source, work / "pages", options.get(output.stem, {}))
        same = same_without_spaces if output.stem == "recursive" else same_html
        yield Pair(output.name, needs, render, output.read_text(), same)


def page_render(source: pathlib.Path, work: pathlib.Path, more: dict):
    """Return what renders one template of zope.pagetemplate."""

    def render() -> str:
        look = template_in(work, "laf.zpt", (source.parent / "teeshoplaf.html").read_text())
        options = {"laf": look, "getProducts": lambda: PRODUCTS, "msg": "Translate this!", **more}
        template = template_in(work, f"{source.name}.zpt", source.read_text())
        return template.render(options=options, context=NODE)

    return render


def same_without_spaces(wanted: str, came: str) -> bool:
    """Compare as zope.pagetemplate does where it finds white space hard to foresee."""
    first, second = (text.replace(" ", "").replace("\n\n", "\n") for text in (wanted, came))
    return same_html(first, second)
