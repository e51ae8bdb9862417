"""The twelve tasks, in the order of the day, and what the database holds when they are done."""

from pathlib import Path
from typing import Any

from .material import FIFTY
from .material import UPLOADED

TASKS = {
    "sign_in": "Sign in",
    "find": "Find a page by title among 39,000",
    "retitle": "Change its title",
    "add": "Add a page with an image, and publish it",
    "upload": "Upload 20 images",
    "move": "Move 50 items",
    "reorder": "Put the third page first, by keyboard",
    "rights": "Give a colleague the right to edit a folder, and see why another has none",
    "replace": "Find who uses an image, and replace it",
    "review": "Read and publish a page that waits",
    "restore": "Restore a deleted folder",
    "slowest": "Find the slowest page of the day",
}
TITLE, NEW_TITLE = "Host on Azure Static Web Apps", "Host on Azure"
ADDED, ALT = "Neap tide", "A tide pool"
TEXT = "Half the range, and time for the flats."
USERS = {"Lit 1", "Lit 2", "Lit 3"}


def expected(pictures: list[Path], deleted: int) -> dict[str, tuple[str, Any]]:
    """Return fact → (task, value), for a day on which everything was done. pictures: as they were written."""
    return {
        "title": ("retitle", NEW_TITLE),
        "added": ("add", True),
        "uploaded": ("upload", UPLOADED),
        "moved": ("move", [0, FIFTY]),
        "first": ("reorder", "Ordered 3"),
        "rights": ("rights", {"tomas": True, "nora": False}),
        "image": ("replace", pictures[1].stat().st_size),
        "published": ("review", True),
        "restored": ("restore", deleted),
    }


def undone(facts: dict[str, Any], wanted: dict[str, tuple[str, Any]], done: set[str]) -> list[str]:
    """Return a sentence for each fact that is not as *wanted* although its task is among those *done*."""
    return [
        f"{task}: {fact} is {facts.get(fact)!r}, not {value!r}"
        for fact, (task, value) in wanted.items()
        if task in done and facts.get(fact) != value
    ]
