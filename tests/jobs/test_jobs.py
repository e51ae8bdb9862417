"""Jobs: put with a transaction, done once, tried again, put aside."""

import threading
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from datetime import UTC
from types import SimpleNamespace

import pytest

from objpub.configuration import Configuration
from objpub.content import Folder
from objpub.errors import DeclarationError
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.jobs import discard_job
from objpub.jobs import job
from objpub.jobs import put_job
from objpub.jobs import queue_of
from objpub.jobs import retry_job
from objpub.jobs import run_due
from objpub.jobs import running

SEEN = []


@job("test.rename", title="Rename the site")
def rename(site, title):
    site.title = title


@job("test.append")
def append(site, word):
    site.title += f" {word}"


@job("test.fail", tries=2)
def fail(site, title):
    site.title = title
    raise ValueError("It is broken")


@job("test.call", outside=True, tries=2)
def call(outside, word, hand_over=False, error=""):
    if hand_over:
        outside.hand_over()
    SEEN.append((outside.id, word))
    if error == "killed":
        raise SystemExit
    if error:
        raise OSError(error)


@pytest.fixture(autouse=True)
def nothing_seen():
    SEEN.clear()


def in_the_past(seconds=1):
    return datetime.now(UTC) - timedelta(seconds=seconds)


def overdue(world, outside=True):
    """Let what waits be due, as after a pause."""
    queue = queue_of(world.site)
    for each in list(queue.line_of(outside).values()):
        queue.postpone(each, 1)
    world.commit()


def test_a_job_is_done_once_after_the_commit(world, do):
    put_job(world.site, "test.append", word="tide")
    assert do() == 0  # what is not committed is nothing
    put_job(world.site, "test.append", word="tide")
    world.commit()
    assert (do(), do()) == (1, 0)
    assert world.site.title == "Saltmarsh tide"
    assert not list(queue_of(world.site).waiting())


def test_what_is_aborted_puts_no_job(world, do):
    put_job(world.site, "test.rename", title="Gone")
    world.abort()
    assert do() == 0 and world.site.title == "Saltmarsh"


def test_nothing_is_done_before_it_is_due(world, do):
    put_job(world.site, "test.rename", datetime.now(UTC) + timedelta(hours=1), title="Early")
    put_job(world.site, "test.append", in_the_past(), word="due")
    world.commit()
    assert do() == 1 and world.site.title == "Saltmarsh due"
    assert 0 < running.seconds_until_due(world.database, False) <= 1


@pytest.mark.parametrize(
    ("name", "arguments", "at", "said"),
    [
        ("test.renam", {}, None, "There is no job 'test.renam'; did you mean 'test.rename'?"),
        ("test.rename", {"title": object()}, None, "wanted what JSON can hold"),
        ("test.rename", {"title": float("nan")}, None, "wanted what JSON can hold"),
        ("test.rename", {"title": "x" * 100_001}, None, "wanted at most 100,000 characters"),
        ("test.rename", {}, datetime(2026, 1, 1), "wanted a moment with a time zone"),
    ],
)
def test_what_cannot_be_a_job_is_refused(world, name, arguments, at, said):
    with world.refuses(Invalid) as caught:
        put_job(world.site, name, at, **arguments)
    assert said in str(caught.value)


def test_in_a_loose_tree_there_is_no_queue():
    assert put_job(Folder(), "test.rename", title="x") == ""


@pytest.mark.parametrize(("name", "tries"), [("norename", 3), ("a.b", 0)])
def test_a_declaration_that_makes_no_sense_stops_the_start(name, tries):
    configuration = Configuration()
    configuration.include(job(name, tries=tries)(lambda site: None))
    with pytest.raises(DeclarationError):
        configuration.freeze()


def test_what_fails_changes_nothing_and_is_put_aside_in_the_end(world, do):
    job_id = put_job(world.site, "test.fail", title="Half")
    world.commit()
    assert do() == 1
    (waiting,) = queue_of(world.site).waiting()
    assert (waiting.tries, waiting.error, world.site.title) == (1, "ValueError: It is broken", "Saltmarsh")
    assert waiting.when > datetime.now(UTC)
    overdue(world, outside=False)
    assert do() == 1
    assert not list(queue_of(world.site).waiting())
    assert queue_of(world.site).dead[job_id].state == "given up"


def test_what_was_put_aside_can_be_tried_again_or_forgotten(world, do):
    job_id = put_job(world.site, "test.call", word="a", error="away")
    world.commit()
    for _ in range(2):
        do(outside=True)
        overdue(world)
    assert list(queue_of(world.site).dead) == [job_id]
    retry_job(world.site, job_id)
    world.commit()
    assert do(outside=True) == 1 and len(SEEN) == 3
    overdue(world)
    do(outside=True)
    discard_job(world.site, job_id)
    world.commit()
    assert not queue_of(world.site).dead
    with pytest.raises(NotFound):
        retry_job(world.site, job_id)


def test_pauses_get_longer_up_to_six_hours():
    assert [running.pause(tries) for tries in (1, 2, 3, 20)] == [5, 15, 45, 21_600]


def test_each_try_has_the_same_id(world, do):
    put_job(world.site, "test.call", word="a", error="away")
    world.commit()
    do(outside=True)
    overdue(world)
    do(outside=True)
    assert len(SEEN) == 2 and len(set(SEEN)) == 1


def test_what_a_killed_process_claimed_is_tried_again(world, do):
    put_job(world.site, "test.call", word="a", error="killed")
    world.commit()
    with pytest.raises(SystemExit):
        do(outside=True)
    world.abort()
    (waiting,) = queue_of(world.site).waiting()
    assert (waiting.state, waiting.holder) == ("claimed", "test")
    assert do(outside=True) == 0  # the claim holds
    overdue(world)
    with pytest.raises(SystemExit):
        do(outside=True)
    assert len(SEEN) == 2


def test_what_a_killed_process_handed_over_is_not_done_twice(world, do):
    job_id = put_job(world.site, "test.call", word="a", hand_over=True, error="killed")
    world.commit()
    with pytest.raises(SystemExit):
        do(outside=True)
    world.abort()
    overdue(world)
    assert do(outside=True) == 0 and len(SEEN) == 1
    assert queue_of(world.site).dead[job_id].state == "in doubt"


def test_one_whose_claim_is_over_hands_nothing_over(world, do):
    put_job(world.site, "test.call", word="a", hand_over=True)
    world.commit()
    key = next(iter(queue_of(world.site).outside))
    claimed = running.claim(world.database, key, "slow")
    world.abort()
    overdue(world)
    with pytest.raises(running.Busy):
        running.mark_handed(world.database, claimed[0])
    assert do(outside=True) == 1 and len(SEEN) == 1


def test_several_at_once_do_each_job_once(world):
    for number in range(60):
        put_job(world.site, "test.call", word=number)
        folder = world.site.add(f"f{number}", Folder())
        put_job(folder, "test.append", word="x")
    world.commit()
    settings = SimpleNamespace()

    def work():
        for outside in (False, True):
            run_due(world.database, None, settings, outside=outside)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.abort()
    assert world.site.title.split().count("x") == 60
    assert sorted(word for _, word in SEEN) == list(range(60))
    assert not list(queue_of(world.site).waiting())


def test_a_job_of_code_that_is_gone_is_put_aside(world, do, registry, monkeypatch):
    job_id = put_job(world.site, "test.rename", title="x")
    world.commit()
    monkeypatch.delitem(registry[running.Jobs]._known, "test.rename")
    assert do() == 1
    assert "There is no job 'test.rename' any more" in queue_of(world.site).dead[job_id].error


def test_the_scheduler_does_what_is_due_and_ends(world):
    put_job(world.site, "test.append", word="scheduled")
    put_job(world.site, "test.call", word="a")
    world.commit()
    done = threading.Event()
    scheduler = running.Scheduler(world.database, None, SimpleNamespace())
    scheduler.start()
    while not done.is_set():  # as long as it takes
        world.abort()
        if not list(queue_of(world.site).waiting()):
            done.set()
    scheduler.close()
    world.abort()
    assert world.site.title == "Saltmarsh scheduled" and len(SEEN) == 1


def test_a_closed_site_does_no_jobs(world):
    put_job(world.site, "test.append", word="no")
    world.commit()
    asked = threading.Event()

    def is_open():
        asked.set()
        return False

    scheduler = running.Scheduler(world.database, None, SimpleNamespace(), is_open=is_open)
    scheduler.start()
    asked.wait()
    scheduler.close()
    world.abort()
    assert world.site.title == "Saltmarsh"


def test_a_moment_is_kept_to_the_microsecond_up_to_the_last_day(world):
    last = datetime.max.replace(tzinfo=UTC)
    put_job(world.site, "test.append", last, word="x")
    assert [each.when for each in queue_of(world.site).waiting()] == [last]
    with world.refuses(Invalid):
        put_job(world.site, "test.append", last.replace(tzinfo=timezone(timedelta(hours=-1))), word="x")
