"""Every place of objpub where text is taken for HTML is thought through: a new one fails here until it is."""

import re
from collections import Counter
from pathlib import Path

import objpub

ROOT = Path(objpub.__file__).parent
MADE = re.compile(r"structure|\bMarkup\((?!str\)|\))")

#: (file, how often) → why what stands there is HTML already.
THOUGHT_THROUGH = {
    (
        "publisher/defaults.py",
        3,
    ): "an address that request.url quotes, escaped texts, and what the policy left",
    ("publisher/request.py", 4): "what templates made, nothing, and the bars of plugins",
    ("publisher/templates/content.pt", 1): "the html of a document, which the policy left",
    ("forms/widgets.py", 1): "an example, with what it shows escaped",
    ("manage/home.py", 1): "what a template made",
    ("manage/tabs.py", 2): "what a template made, and what a tab says is HTML",
    ("manage/contents.py", 1): "a symbol, by a name of the program",
    ("manage/icons.py", 1): "the same",
    ("manage/previewing.py", 1): "a preview, which the policy left",
    ("demo/templates/document.pt", 1): "the html of a document, which the policy left",
}


def test_text_is_taken_for_html_only_where_that_is_thought_through():
    found = Counter()
    for path in (*ROOT.rglob("*.py"), *ROOT.rglob("*.pt")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("templates/"):  # the part that knows what structure is
            found[name] += len(MADE.findall(path.read_text("utf-8")))
    assert {(name, number) for name, number in found.items() if number} == {
        row
        for row in THOUGHT_THROUGH
        if (ROOT / row[0]).exists()  # the interface can be taken away
    }
