"""The scripts of pages put no text into a page as HTML, but where that is thought through."""

import re
from pathlib import Path

import pytest

import objpub
from objpub.importing import sanitising
from objpub.schema import sanitize

SCRIPTS = sorted(Path(objpub.__file__).parent.rglob("static/*.js"))
RICH = next(each for each in SCRIPTS if each.name == "richtext.js").read_text("utf-8")

#: What turns text into elements, runs it, or goes where it says.
SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|insertHTML|setHTML"
    r"|\beval\b|\bFunction\(|\bimport\(|setTimeout\(['\"`]|setInterval\(['\"`]|srcdoc|postMessage|window\.open"
    r"|\.href = |\.src = |\.action = |location\.assign|location\.replace|location = |location\.href ="
)

#: (script, the first 80 characters of the line) → why it is harmless.
THOUGHT_THROUGH = {
    (
        "richtext.js",
        "holder.innerHTML = html; // nothing runs or is loaded in a template",
    ): "`cleaned` looks at it",
    ("richtext.js", 'return isEmpty ? "" : copy.innerHTML;'): "read, and sent to the server as text",
    (
        "richtext.js",
        'document.execCommand("insertHTML", false, element("div", {}, pasted).innerHTML);',
    ): "it is what `cleaned` left",
    (
        "richtext.js",
        'document.execCommand("insertHTML", false, element("a", { href: address }, addres',
    ): "the address was looked at; a browser wrote the element",
    ("richtext.js", 'const fail = (text) => element("p", {}, text).outerHTML;'): "words of the page, as text",
    (
        "images.js",
        'document.execCommand("insertHTML", false, element("p", {}, element("img", { src:',
    ): "an address that the server made; a browser wrote the element",
    ("upload.js", "link.href = answer.url;"): "made by the server",
    ("upload.js", "image.src = answer.preview;"): "made by the server",
    ("upload.js", "describe.href = this.address(images);"): "of the page, with names as values of a query",
    (
        "upload.js",
        "if (done.length === this.all.length) location.assign(images.length ? describe.hr",
    ): "of the page",
    ("edit.js", "if (source) picture.src = source;"): "the file that was just chosen, as an image",
    (
        "focal.js",
        'if (picture.getAttribute("src") !== own) picture.src = own;',
    ): "the image of the form, or the file",
    (
        "focal.js",
        'if (image.getAttribute("src") !== source) image.src = source;',
    ): "the same, or a scale of it",
    ("contents.js", "if (!list) return location.assign(address);"): "the form of the page",
    ("contents.js", 'if (error.name !== "AbortError") location.assign(address);'): "the form of the page",
    ("contents.js", "if (!form) return location.assign(link.href);"): "a link of the page",
    (
        "tree.js",
        "if (address.search.length < LONGEST_QUERY) return location.assign(address);",
    ): "of the page, with names as values",
    ("title.js", "if (!found) return location.assign(link.href);"): "a link of the page",
}


def test_every_place_where_a_script_could_let_a_text_run_is_thought_through():
    found = {
        (path.name, line.strip()[:80])
        for path in SCRIPTS
        for line in path.read_text("utf-8").splitlines()
        if SINKS.search(line)
    }
    assert found == set(THOUGHT_THROUGH)


def test_no_script_reads_what_another_window_or_the_address_after_the_hash_says():
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        assert not re.search(r"addEventListener\(\"message\"|document\.referrer|window\.name|opener", text), (
            path
        )


@pytest.mark.parametrize("name", ["KEPT", "ATTRIBUTES", "SCHEMES"])
def test_the_editor_keeps_what_the_server_keeps(name):
    attributes = {
        each
        for table in (sanitize.ATTRIBUTES, sanitising.ATTRIBUTES)
        for names in table.values()
        for each in names.split()
    }
    elements = {*sanitize.BLOCKS.split(), *sanitize.INLINE.split(), *sanitize.MEDIA.split(), *sanitising.TAGS}
    kept = {
        "KEPT": elements,
        "ATTRIBUTES": attributes - {"id", "name"},
        "SCHEMES": {f"{each}:" for each in sanitising.SCHEMES},
    }
    listed = re.search(rf"const {name} = new Set\((.*?)\);\n", RICH, re.DOTALL)[1]
    words = {word for text in re.findall(r'"([^"]*)"', listed) for word in text.split()} - {""}
    assert words == kept[name]
