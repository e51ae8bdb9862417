"""YAML before a text, as plain values."""

import re
from datetime import datetime
from typing import Any

import yaml

from objpub.errors import BadSource

from .frontmatter import MOST_VALUES
from .frontmatter import short


def load(block: str) -> Any:
    """Return the values in *block*. Raises BadSource with the line to blame."""
    try:
        # Loader makes nothing but plain values: it is PyYAML's safe one with fewer words for true.
        return yaml.load(block, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if error.context_mark and (mark is None or mark.line >= block.count("\n")):
            mark = error.context_mark  # what is open at the end is to blame, not the end
        line = min((mark.line if mark else 0) + 2, block.count("\n") + 1)
        raise BadSource(line, f"the YAML front matter: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise BadSource(1, f"the YAML front matter: {' '.join(str(error).split())}") from error
    except ValueError as error:  # a date such as 2026-02-31
        raise BadSource(line_of_bad_date(block), f"the YAML front matter: {error}") from error
    except (RecursionError, TypeError) as error:  # deep nesting; a list as a name
        raise BadSource(1, f"the YAML front matter cannot be read: {short(str(error))}") from error


def line_of_bad_date(block: str) -> int:
    """Return the line of the file on which the first date stands that is none; 1 where it is not found."""
    for number, line in enumerate(block.split("\n"), 2):
        match = re.search(r"\b(\d{4}-\d\d?-\d\d?)\b", line)
        if match:
            try:
                datetime.strptime(match[1], "%Y-%m-%d")
            except ValueError:
                return number
    return 1


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's safe loader, for which only true and false are bools: a title may be "No"."""

    _pairs = 0

    def flatten_mapping(self, node: Any) -> None:
        """Put what `<<` merges into *node*. Merges of merges could make a million pairs of a kilobyte."""
        super().flatten_mapping(node)
        self._pairs += len(node.value)
        if self._pairs > MOST_VALUES:
            raise yaml.MarkedYAMLError(
                problem=f"it merges more than {MOST_VALUES:,} values", problem_mark=node.start_mark
            )


Loader.yaml_implicit_resolvers = {
    first: [
        (tag, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$") if tag.endswith(":bool") else pattern)
        for tag, pattern in resolvers
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
