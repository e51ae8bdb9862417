"""docs/reference/permissions.md says what is declared."""

import pathlib
import re

from objpub.security import Permissions
from objpub.security import Roles

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "reference" / "permissions.md"


def rows_after(heading):
    """Return the cells of the table below a heading, without its first two lines."""
    section = PAGE.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_permission_is_described_with_its_roles(registry):
    described = {
        name.strip("`"): (title, set(roles.split(", ")))
        for name, title, roles, _ in rows_after("Permissions")
    }
    assert described == {each.name: (each.title, set(each.roles)) for each in registry[Permissions]}


def test_every_role_is_described(registry):
    described = {name.strip("`"): given == "yes" for name, given, _ in rows_after("Roles")}
    assert described == {each.name: each.given for each in registry[Roles]}


def test_every_limit_that_is_a_setting_exists():
    from_settings = {name for row in rows_after("Limits") for name in re.findall(r"`([a-z0-9_.]+)`", row[1])}
    from_page = PAGE.read_text("utf-8")
    assert from_settings
    assert all(name in from_page for name in from_settings)
