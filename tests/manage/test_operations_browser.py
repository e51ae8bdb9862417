"""What takes long, followed in a browser: how far it is, its end, and its end before the time."""

import queue

import pytest

from objpub.jobs import begin_long
from objpub.jobs import long_operation
from objpub.jobs import work

#: Where the operation of the test hears how far it is to be, and when it is to end.
ORDERS = queue.SimpleQueue()


@long_operation("test.tide", "Wait for the tide", lane="content", unit="waves", left="The sea is as it was.")
def wait_for_tide(task):
    """Be as far as the test says, and end when it says so."""
    while True:
        try:
            order = ORDERS.get(timeout=0.01)
        except queue.Empty:
            task.step(0)
            continue
        if order == "end":
            return "The tide has come"
        task.reach(order, 80)


THINGS = (wait_for_tide,)


@pytest.fixture
def begin(live, monkeypatch):
    """A function that begins one, which is carried out at once; nothing waits afterwards."""
    monkeypatch.setattr(work, "PULSE_SECONDS", 0.05)

    def begin():
        with live.work() as root:
            begin_long(root, "test.tide", "tide", "Wait for the tide", {}, who="ines", who_title="Ines")
        live.site.application.scheduler.long.look()

    yield begin
    ORDERS.put("end")  # also where the test has failed
    live.site.application.scheduler.long.wait()
    while not ORDERS.empty():
        ORDERS.get()


def is_at(page, value):
    """Wait until the bar is there, with *value*."""
    page.wait_for_function("value => document.querySelector('progress')?.value === value", arg=value)


def test_how_far_it_is_is_followed_until_it_is_cancelled_or_done(live, page, begin, audit):
    begin()
    page.goto("/manage/@@operations")
    for order, percent in ((20, 25), (60, 75)):
        ORDERS.put(order)
        is_at(page, percent)
        page.get_by_text(f"{order} of 80 waves").wait_for()
    page.get_by_text("If it is cancelled: The sea is as it was.").wait_for()
    audit(page)
    page.get_by_role("button", name="Cancel Wait for the tide").click()
    page.locator("#over tbody tr").first.get_by_text("Cancelled").wait_for()
    page.get_by_text("Nothing is under way.").wait_for()
    page.get_by_role("button", name="Begin again").click()
    ORDERS.put(40)
    is_at(page, 50)
    page.get_by_role("button", name="Cancel Wait for the tide").focus()
    ORDERS.put("end")
    page.locator("#over tbody tr").first.get_by_text("The tide has come").wait_for()
    page.locator("#told", has_text="Done: The tide has come").wait_for(state="attached")
    page.wait_for_selector("#look-again:focus")  # the button is gone
    audit(page)
