"""The application that is compared: that in objpub passes the suite, and what is counted is right.

`python -m bench.compare` lets the suite judge the other frameworks, too; that installs them.
"""

import sys
from pathlib import Path

import pytest

from bench.compare.acceptance import CHECKS
from bench.compare.acceptance import judged
from bench.compare.costs import costs_of
from bench.compare.costs import lines_of
from bench.compare.running import APPS
from bench.compare.running import FRAMEWORKS
from bench.compare.running import served


def test_the_application_in_objpub_does_what_the_suite_asks(tmp_path):
    with served("objpub", Path(sys.executable).parent, tmp_path / "site") as (port, _):
        assert judged(port) == [(check.__name__, "") for check in CHECKS]


def test_it_takes_at_most_half_the_lines_of_django():
    lines = {framework: costs_of(APPS / framework).lines for framework in FRAMEWORKS}
    assert 2 * lines["objpub"] <= lines["django"]


@pytest.mark.parametrize(
    ("suffix", "text", "lines"),
    [
        (".py", '"""What it is."""\n\n# why\nx = 1  # counts\n\n\ndef f():\n    """Two\n    lines."""\n', 2),
        (".py", 'x = """a\ntext"""\n', 2),
        (".html", "<p>\n\n</p>\n", 2),
    ],
)
def test_comments_docstrings_and_empty_lines_do_not_count(suffix, text, lines):
    assert lines_of(text, suffix) == lines


def test_concepts_are_what_is_taken_from_the_framework(tmp_path):
    tmp_path.joinpath("shop").mkdir()
    tmp_path.joinpath("shop", "views.py").write_text(
        "import json\nfrom flask import Flask, request\nfrom shop.models import Thing\n"
        "app = Flask(__name__, static_folder=None)\n\n\n@app.get('/')\ndef show():\n"
        "    return json.dumps(request.args)\n"
    )
    tmp_path.joinpath("shop", "page.html").write_text("{% if a %}{{ b|upper }}{% endif %}")
    # Flask, request, request.args, static_folder=, app, app.get; if, upper, endif
    assert costs_of(tmp_path).concepts == 9
