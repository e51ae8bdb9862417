"""Every example in the documentation runs, every link leads somewhere, everything public is described.

A page is one story: its `python` blocks run in order, in one namespace, in an empty folder of their own.

    ```python                         run
    ```python raises=Invalid          run, and wanted to raise that error
    ```python file=blog/content.py    written to that file in the folder, as is any other language
    ```toml                           read as an objpub.toml
    ```console                        commands after "$ objpub" and "$ make" exist, with their options

A `text` block right after one that raises or prints is what the error says or what is printed, in full or in
part: "..." stands for anything. A block of prompts, `>>>`, is compared with what it prints.
"""

import builtins
import contextlib
import doctest
import importlib.util
import inspect
import io
import itertools
import os
import pathlib
import re
import shlex
import sys
import types
from dataclasses import dataclass

import pytest
from markdown_it import MarkdownIt

import objpub
from objpub import errors
from objpub import events
from objpub.command import main
from objpub.publisher.failures import status_of
from objpub.settings import load_settings
from objpub.settings import reference

ROOT = pathlib.Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
ALIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
#: Pages about a plugin: their examples run where the plugin is there.
OF_PLUGINS = {DOCS / "explanation" / "manage.md": "objpub.manage"}
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@dataclass
class Block:
    """An example on a page. line: of its first line of code, from 1."""

    language: str
    options: dict[str, str]
    code: str
    line: int


def blocks_of(text):
    """Return the fenced examples of a Markdown *text*."""
    found = []
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "fence":
            language, *options = token.info.split() or [""]
            options = dict(option.partition("=")[::2] for option in options)
            found.append(Block(language, options, token.content, token.map[0] + 2))
    return found


@contextlib.contextmanager
def namespace(name, folder):
    """Give the variables of a new module called *name*, with *folder* as working directory and on the path.

    The module is importable meanwhile, so that its classes can be stored in a database; afterwards it is
    forgotten with all that was imported from *folder*.
    """
    module = types.ModuleType(name)
    known, path, before = set(sys.modules), list(sys.path), os.getcwd()
    sys.modules[name] = module
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    os.chdir(folder)
    try:
        yield vars(module)
    finally:
        os.chdir(before)
        sys.path[:] = path
        for added in set(sys.modules) - known:
            if str(getattr(sys.modules[added], "__file__", "")).startswith(str(folder)) or added == name:
                del sys.modules[added]


def run(block, variables, page, expected=None):
    """Run *block* with *variables*; errors and warnings point at its lines on the *page*.

    expected: what the block prints, or what the error says that it must raise; None: anything.
    """
    code = compile("\n" * (block.line - 1) + block.code, str(page), "exec", dont_inherit=True)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        if "raises" in block.options:
            name = block.options["raises"]
            with pytest.raises(getattr(builtins, name, None) or getattr(errors, name)) as caught:
                exec(code, variables)
            came = f"{type(caught.value).__name__}: {caught.value}"
        else:
            exec(code, variables)
            came = printed.getvalue()
    if expected is not None and came:
        wanted = f"...{expected.strip()}..."
        assert doctest.OutputChecker().check_output(wanted, came, ALIKE), f"{came!r} is not like {expected!r}"


def compare(block, variables, page):
    """Run the prompts of *block* and compare what they print."""
    example = doctest.DocTestParser().get_doctest(block.code, variables, page.name, str(page), block.line - 1)
    report = io.StringIO()
    doctest.DocTestRunner(optionflags=ALIKE).run(example, out=report.write, clear_globs=False)
    variables.update(example.globs)
    assert not report.getvalue(), report.getvalue()


def play(page, text, folder):
    """Go through the examples of *text*, the content of *page*, in *folder*; return how many ran."""
    blocks = blocks_of(text)
    ran = 0
    with namespace("example_" + re.sub(r"\W", "_", page.stem), folder) as variables:
        for block, following in itertools.zip_longest(blocks, blocks[1:]):
            expected = following.code if following and following.language == "text" else None
            if "file" in block.options:
                folder.joinpath(block.options["file"]).parent.mkdir(parents=True, exist_ok=True)
                folder.joinpath(block.options["file"]).write_text(block.code, "utf-8")
                importlib.invalidate_caches()
            elif block.language == "python" and block.code.lstrip().startswith(">>>"):
                compare(block, variables, page)
            elif block.language == "python":
                run(block, variables, page, expected)
            elif block.language == "toml":
                folder.joinpath("example.toml").write_text(block.code, "utf-8")
                load_settings(folder / "example.toml", {})
            else:
                continue
            ran += 1
    return ran


@every_page
def test_examples_run(page, tmp_path):
    if page in OF_PLUGINS and importlib.util.find_spec(OF_PLUGINS[page]) is None:
        pytest.skip(f"needs the plugin {OF_PLUGINS[page]}")
    play(page, page.read_text("utf-8"), tmp_path)


def test_every_language_is_one_that_is_known():
    known = {"python", "console", "text", "toml", "html", "json", "http", "css", "yaml", "markdown", "xml"}
    for page in PAGES:
        for block in blocks_of(page.read_text("utf-8")):
            assert block.language in known, (
                f"{page}:{block.line - 1} {block.language!r} is not checked by anything"
            )
            assert set(block.options) <= {"file", "raises"}, f"{page}:{block.line - 1} has options unheard of"


# Links and headings


def slug(heading):
    """Return the anchor of a *heading*: lower case, spaces as hyphens, no punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors_of(text):
    tokens = MarkdownIt("commonmark").parse(text)
    return {slug(plain(after)) for token, after in itertools.pairwise(tokens) if token.type == "heading_open"}


def plain(inline):
    """Return the text of an inline token without its marks."""
    return "".join(child.content for child in inline.children if child.type in {"text", "code_inline"})


def links_of(text):
    """Yield the targets of the links and images of a Markdown *text*."""
    for token in MarkdownIt("commonmark").parse(text):
        for child in token.children or ():
            target = child.attrs.get("href", child.attrs.get("src"))
            if target is not None:
                yield target


@every_page
def test_links_lead_somewhere(page):
    for link in links_of(page.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.relative_to(ROOT)}: {link} leads nowhere"
        assert target.is_file(), f"{page.relative_to(ROOT)}: {link} is a folder; link to its index.md"
        if anchor and target.suffix == ".md":
            known = anchors_of(target.read_text("utf-8"))
            assert anchor in known, f"{page.relative_to(ROOT)}: {link}: the page has {sorted(known)}"


@every_page
def test_a_page_begins_with_its_title(page):
    tokens = MarkdownIt("commonmark").parse(page.read_text("utf-8"))
    assert tokens[0].tag == "h1"
    assert [token.tag for token in tokens if token.type == "heading_open"].count("h1") == 1


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_page_can_be_reached_from_the_first(page):
    reached, waiting = set(), [DOCS / "index.md"]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            links = [link.partition("#")[0] for link in links_of(current.read_text("utf-8"))]
            waiting.extend((current.parent / link).resolve() for link in links if link.endswith(".md"))
            waiting = [each for each in waiting if each.is_file()]
    assert page in reached


# What is public is described


def described():
    """Return all that stands in code marks on the reference pages."""
    found = set()
    for page in DOCS.joinpath("reference").rglob("*.md"):
        found.update(re.findall(r"`([^`\n]+)`", page.read_text("utf-8")))
    return found


@pytest.mark.parametrize("setting", list(reference()), ids=lambda setting: setting.name)
def test_every_setting_is_described(setting):
    assert {setting.name, setting.variable} <= described()


def test_every_event_is_described():
    kinds = {
        name
        for name, value in vars(events).items()
        if inspect.isclass(value) and issubclass(value, events.Event)
    }
    assert kinds - described() == set()


def test_every_error_is_described_with_its_base_and_its_status():
    kinds = [
        each for each in vars(errors).values() if inspect.isclass(each) and each.__module__ == "objpub.errors"
    ]
    rows = re.findall(
        r"^\| `(\w+)` \| (?:`(\w+)`)? ?\| (\d+) \|", DOCS.joinpath("reference/errors.md").read_text(), re.M
    )
    bases = {each.__name__: each.__base__.__name__ for each in kinds} | {"ObjpubError": ""}
    assert {name: base for name, base, _ in rows} == bases
    statuses = {each.__name__: str(status_of(each.__new__(each))) for each in kinds}
    assert {name: status for name, _, status in rows} == statuses


def test_every_name_of_the_authors_face_is_described():
    mentioned = {word for text in described() for word in re.findall(r"\w+", text)}
    assert set(objpub.__all__) - mentioned == set()


# Command lines


def command_lines():
    """Yield (place, command line) for each prompt in a console block."""
    for page in PAGES:
        for block in blocks_of(page.read_text("utf-8")):
            if block.language == "console":
                for number, line in enumerate(block.code.splitlines(), block.line):
                    if line.startswith("$ "):
                        yield f"{page.relative_to(ROOT)}:{number}", line[2:].partition(" #")[0]


def test_make_commands_exist():
    targets = set(re.findall(r"^(\w+):", ROOT.joinpath("Makefile").read_text("utf-8"), re.MULTILINE))
    for place, line in command_lines():
        words = shlex.split(line)
        if words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= targets, f"{place}: {line}"


def test_objpub_commands_and_their_options_exist():
    for place, line in command_lines():
        words = shlex.split(line)
        if words[0].endswith("objpub"):
            found = main
            for word in words[1:]:
                if word.startswith("-"):
                    known = {name for param in found.params for name in (*param.opts, *param.secondary_opts)}
                    assert word.partition("=")[0] in {*known, "--help"}, f"{place}: {line}: no option {word}"
                elif getattr(found, "commands", None):
                    assert word in found.commands, f"{place}: {line}: no command {word}"
                    found = found.commands[word]


# The checks themselves


def test_an_example_that_fails_is_found(tmp_path):
    page = DOCS / "invented.md"
    assert play(page, "```python\na = 1\n```\n\ntext\n\n```python\nassert a == 1\n```\n", tmp_path) == 2
    with pytest.raises(AssertionError):
        play(page, "```python\nassert 1 == 2\n```\n", tmp_path)
    with pytest.raises(AssertionError):
        play(page, "```python\nprint(1)\n```\n\n```text\n2\n```\n", tmp_path)
    with pytest.raises(AssertionError):
        play(page, "```python\n>>> 1 + 1\n3\n```\n", tmp_path)
    with pytest.raises(errors.SettingsError):
        play(page, "```toml\n[servr]\n```\n", tmp_path)


def test_an_example_that_should_raise_and_does_not_is_found(tmp_path):
    page = DOCS / "invented.md"
    raising = "```python raises=ValueError\nint('x')\n```\n\n"
    assert play(page, raising, tmp_path) == 1
    assert play(page, raising + "```text\ninvalid literal ... 'x'\n```\n", tmp_path) == 1
    with pytest.raises(AssertionError):
        play(page, raising + "```text\nsomething else\n```\n", tmp_path)
    with pytest.raises(pytest.fail.Exception):
        play(page, "```python raises=ValueError\nint('1')\n```\n", tmp_path)


def test_files_of_an_example_can_be_imported(tmp_path):
    page = DOCS / "invented.md"
    text = "```python file=shop/content.py\nx = 1\n```\n```python\nfrom shop.content import x\nx + 1\n```\n"
    assert play(page, text, tmp_path) == 2
    assert "shop.content" not in sys.modules
