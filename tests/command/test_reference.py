import re
from pathlib import Path

import pytest

from .test_line import commands

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "commands.md"


@pytest.mark.parametrize(("words", "command"), list(commands()), ids=lambda each: str(each))
def test_the_page_has_each_command_with_each_option(words, command):
    text = PAGE.read_text("utf-8")
    section = re.search(rf"^## {words[0]}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section is not None, f"docs/reference/commands.md has no section {words[0]}"
    assert f"$ objpub {' '.join(words)}" in section[1]
    for param in command.params:
        if getattr(param, "hidden", False):
            continue
        for name in (*param.opts, *param.secondary_opts):
            if name.startswith("--") and name != "--settings":
                assert name in section[1], f"{name} of {' '.join(words)} is not described"
