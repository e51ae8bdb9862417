"""One day in one system: a browser of its own, the tasks one after the other, and the database afterwards."""

import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

from . import in_django
from . import in_objpub
from . import in_wagtail
from .hand import Cost
from .hand import Hand
from .material import DELETED
from .running import Place
from .tasks import expected
from .tasks import TASKS
from .tasks import undone

HANDS: dict[str, ModuleType] = {"objpub": in_objpub, "wagtail": in_wagtail, "django": in_django}
SCREEN = {"width": 1280, "height": 900}
#: Tasks that go on where the one before ended; all others begin at the first page of the interface.
GO_ON = frozenset({"sign_in", "retitle"})


def done_in(
    place: Place, browser: Any, pictures: list[Path], only: set[str] | None = None
) -> dict[str, Cost]:
    """Do the tasks in the site of *place*; return what each cost. Raises SystemExit for one that is not done.

    only: names of tasks; those that one cannot do without "sign_in", and "find" before "retitle".
    """
    ways = HANDS[place.system]
    with place.served() as address:
        warm(browser, address, ways)
        context = browser.new_context(base_url=address, viewport=SCREEN, reduced_motion="reduce")
        try:
            costs = day(Hand(context.new_page()), ways, pictures, only)
        finally:
            context.close()
    mistakes = undone(place.facts(), expected(pictures, DELETED), set(costs))
    if mistakes:
        raise SystemExit(f"{place.system}: " + "; ".join(mistakes))
    return costs


def day(hand: Hand, ways: ModuleType, pictures: list[Path], only: set[str] | None) -> dict[str, Cost]:
    """Let *hand* do the tasks as *ways* says."""
    for task in TASKS:
        if task in ways.CANNOT or (only is not None and task not in only):
            continue
        if task not in GO_ON:
            hand.page.goto(ways.HOME)
            hand.page.wait_for_load_state("networkidle")
        if task == "slowest":
            ways.visit(hand)
        do = getattr(ways, task)
        given = [pictures] if "pictures" in inspect.signature(do).parameters else []
        try:
            with hand.doing(task):
                do(hand, *given)
        except Exception as error:
            raise SystemExit(f"{ways.__name__}: {task} at {hand.page.url}: {error}") from error
    return hand.costs


def warm(browser: Any, address: str, ways: ModuleType) -> None:
    """Let the server have answered once what it answers all day, to another browser."""
    context = browser.new_context(base_url=address)
    hand = Hand(context.new_page())
    ways.sign_in(hand)
    for path in ways.WARM:
        hand.page.goto(path)
    context.close()
