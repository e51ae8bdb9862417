"""Long operations: begun once, carried out by one process, followed, cancelled, taken up after a kill."""

import threading

import pytest

from objpub import testing
from objpub.errors import NotPossible
from objpub.jobs import begin_long
from objpub.jobs import cancel_long
from objpub.jobs import carry_out_here
from objpub.jobs import carrying
from objpub.jobs import long_operation
from objpub.jobs import long_operations_of
from objpub.jobs import LongWorker
from objpub.jobs import work

BY = {"who": "", "who_title": "Ann"}


class Gate:
    """Where a test and a long operation wait for each other."""

    def __init__(self):
        self.came, self.go = threading.Event(), threading.Event()

    def wait(self):
        self.came.set()
        assert self.go.wait(60)


GATES = {}


@long_operation("test.count", "Count", lane="content", unit="steps", left="The title has what was counted.")
def count(task, most, gate=""):
    """Count in the title, a number with each transaction."""
    task.total = most

    def change(site):
        number = task.notes.get("number", 0) + 1
        site.title = f"{site.title} {number}".strip()
        task.notes["number"] = number
        return number

    while task.notes.get("number", 0) < most:
        number = task.change(change)
        task.step()
        if gate and number == 2:
            GATES[gate].wait()
    return f"Counted to {most}"


@long_operation("test.fail", "Fail", lane="upkeep")
def fail(task, error):
    """Fail."""
    raise {"refused": NotPossible("It cannot be"), "broken": ValueError("It is broken")}[error]


@pytest.fixture(scope="module")
def opened():
    with testing.site(count, fail) as site:
        yield site


@pytest.fixture
def site(opened, monkeypatch):
    """The site, without long operations, in which a pulse beats only when a test says so."""
    monkeypatch.setattr(work, "PULSE_SECONDS", 600)
    GATES.clear()
    with opened.work() as root:
        kept = long_operations_of(root)
        for each in list(kept.open.values()) if kept else ():
            kept.end(each, "cancelled", "")
        root.title = ""
    yield opened


def begin(site, name="test.count", subject="", **arguments):
    with site.work() as root:
        return begin_long(root, name, subject or name, "Count everything", arguments, **BY).id


def found(site, operation_id):
    """Return what is known of a long operation, as plain values."""
    with site.work() as root:
        each = long_operations_of(root).find(operation_id)
        return {**each.__getstate__(), "percent": each.percent, "title": root.title}


def worker(site, holder="one"):
    return LongWorker(site.database, site.application.settings, holder)


def test_it_is_carried_out_once_and_tells_what_it_did(site):
    number = begin(site, most=5)
    assert found(site, number)["state"] == "waiting"
    workers = [worker(site, each) for each in ("one", "two")]
    for each in workers:
        each.look()
    for each in workers:
        each.wait()
    told = found(site, number)
    assert (told["state"], told["told"], told["title"]) == ("done", "Counted to 5", "1 2 3 4 5")
    assert (told["done"], told["total"], told["tries"]) == (5, 5, 1)


def test_a_second_one_about_the_same_is_refused_and_told_whose_the_first_is(site):
    first = begin(site, most=1)
    with pytest.raises(NotPossible, match=r"“Count everything” is under way: Ann began it on 20\d\d"):
        begin(site, most=1)
    other = begin(site, subject="something else", most=1)
    worker(site).wait()
    assert {found(site, each)["state"] for each in (first, other)} == {"done"}
    begin(site, most=1)  # over is over


def test_two_that_begin_at_the_same_moment_meet_a_conflict(site):
    for number in range(3):
        begin(site, subject=f"subject {number}", most=1)
    with pytest.raises(Exception, match="conflict"), site.work() as root:
        begin_long(root, "test.count", "same", "One", {"most": 1}, **BY)
        begin(site, subject="same", most=1)


def test_how_far_it_is_is_written_and_a_cancel_is_heard_between_batches(site):
    gate = GATES["here"] = Gate()
    number = begin(site, most=1_000, gate="here")
    one = worker(site)
    one.look()
    assert gate.came.wait(60)
    beat = one._works["content"]._pulse
    beat()
    told = found(site, number)
    assert (told["state"], told["total"], told["percent"]) == ("running", 1_000, 0)
    with site.work() as root:
        cancel_long(root, number)
    beat()
    gate.go.set()
    one.wait()
    told = found(site, number)
    assert (told["state"], told["title"]) == ("cancelled", "1 2")


def test_what_waits_is_cancelled_at_once_and_what_is_over_is_not(site):
    number = begin(site, most=1)
    with site.work() as root:
        cancel_long(root, number)
    worker(site).wait()
    assert (found(site, number)["state"], found(site, number)["title"]) == ("cancelled", "")
    with pytest.raises(NotPossible, match="is over already"), site.work() as root:
        cancel_long(root, number)


def test_after_a_kill_another_process_goes_on_where_it_was(site):
    gate = GATES["here"] = Gate()
    number = begin(site, most=4, gate="here")
    dead = carrying.claim(site.database, site.application.settings, "content", "dead")
    lost = []

    def revive():
        try:
            count(dead, most=4, gate="here")
        except work.Lost as reason:
            lost.append(reason)

    thread = threading.Thread(target=revive)
    thread.start()
    assert gate.came.wait(60)  # it has counted to 2, and says nothing more
    worker(site).wait()
    assert found(site, number)["state"] == "running"
    with site.work() as root:
        long_operations_of(root).find(number).until = 1
    other = carrying.claim(site.database, site.application.settings, "content", "other")
    gate.go.set()  # it was not dead after all: what it would do now is nobody's
    thread.join()
    assert lost and found(site, number)["title"] == "1 2"
    GATES["here"] = gate
    assert carrying.carry_out(other, count) == ("done", "Counted to 4")
    assert (found(site, number)["title"], found(site, number)["tries"]) == ("1 2 3 4", 2)


def test_what_kills_its_process_again_and_again_is_broken_off(site):
    number = begin(site, most=1)
    for _ in range(carrying.TAKEN):
        assert carrying.claim(site.database, site.application.settings, "content", "dead")
        with site.work() as root:
            long_operations_of(root).find(number).until = 1
    worker(site).wait()
    told = found(site, number)
    assert (told["state"], told["told"]) == ("broken off", "Its process ended 3 times before it was done")


def test_what_a_dead_process_left_does_not_keep_another_from_beginning(site):
    number = begin(site, most=1)
    carrying.claim(site.database, site.application.settings, "content", "dead")
    with site.work() as root:
        long_operations_of(root).find(number).until = 1
    again = begin(site, most=1)
    assert found(site, number)["state"] == "broken off"
    worker(site).wait()
    assert found(site, again)["state"] == "done"


def test_what_a_command_carries_out_is_taken_up_by_nobody_else(site):
    def stay(task):
        worker(site).wait()
        assert found(site, task.id)["state"] == "running"
        with site.work() as root:
            long_operations_of(root).find(task.id).until = 1
        worker(site).wait()  # as after a kill
        return "Done"

    about = {"name": "test.count", "subject": "here", "sentence": "Count here", "arguments": {}, **BY}
    with pytest.raises(NotPossible, match="was given up"):
        carry_out_here(site.database, None, stay, **about)
    with site.work() as root:
        (kept,) = [each for each in long_operations_of(root).all() if each.sentence == "Count here"]
        assert (kept.state, kept.told) == ("broken off", "Its process ended")
    assert carry_out_here(site.database, None, lambda task: "Counted", **about) == "Counted"
    with pytest.raises(NotPossible, match="was cancelled in the management interface"):
        carry_out_here(site.database, None, lambda task: task.stop(work.Cancelled()) or task.step(), **about)
    with pytest.raises(ValueError, match="It is broken"):
        carry_out_here(site.database, None, lambda task: fail(task, "broken"), **about)


def test_of_those_in_one_lane_one_runs_at_a_time_and_others_run_beside(site):
    first, second = (begin(site, subject=each, most=1) for each in ("first", "second"))
    settings = site.application.settings
    assert carrying.claim(site.database, settings, "content", "one").id == first
    assert carrying.claim(site.database, settings, "content", "two") is None
    beside = begin(site, name="test.fail", error="refused")
    assert carrying.claim(site.database, settings, "upkeep", "two").id == beside
    with site.work() as root:
        long_operations_of(root).end(long_operations_of(root).find(first), "done", "")
    assert carrying.claim(site.database, settings, "content", "two").id == second


def test_nothing_is_begun_while_nothing_may_be_changed(site):
    number = begin(site, most=1)
    LongWorker(site.database, site.application.settings, "one", lambda: False).wait()
    assert found(site, number)["state"] == "waiting"


def test_a_process_that_ends_leaves_the_rest_to_another(site):
    gate = GATES["here"] = Gate()
    number = begin(site, most=4, gate="here")
    one = worker(site)
    one.look()
    assert gate.came.wait(60)
    one.close(0)
    gate.go.set()
    one.wait()
    told = found(site, number)
    assert (told["state"], told["tries"], told["title"]) == ("waiting", 0, "1 2")
    GATES["here"].go.set()
    worker(site).wait()
    assert found(site, number)["title"] == "1 2 3 4"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("refused", "It cannot be"),
        ("broken", "ValueError: a mistake of the program, or of the machine; the log says more"),
    ],
)
def test_what_fails_says_why(site, error, told, caplog):
    number = begin(site, name="test.fail", error=error)
    worker(site).wait()
    assert (found(site, number)["state"], found(site, number)["told"]) == ("failed", told)
    assert bool(caplog.records) is ("ValueError: It is broken" in caplog.text) is (error == "broken")


def test_what_only_says_how_far_it_is_stands_in_no_list_of_what_was_done():
    with testing.site(count, file=True) as site:
        begin(site, most=2)
        worker(site).wait()
        latest = [each["description"] for each in site.database.latest(50)]
        assert not [each for each in latest if "long operation" in each or "done" in each]
        assert len(site.database.undoLog(0, 50)) > len(latest)


def test_a_process_that_serves_looks_for_what_waits():
    with testing.site(count) as site:
        serve(site)


def serve(site):
    number = begin(site, most=1)
    scheduler = site.application.scheduler
    looked = threading.Event()
    look, scheduler.long.look = scheduler.long.look, lambda: (look(), looked.set())
    try:
        scheduler.start()
        assert looked.wait(60)
        scheduler.long.wait()
        assert found(site, number)["state"] == "done"
    finally:
        del scheduler.long.look
        scheduler.close(60)
