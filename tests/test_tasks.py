"""The tasks that are compared: what they start from, what they leave in the database, and how it is told.

`python -m bench.tasks FOLDER` does them with a browser, in Wagtail and in Django's admin, too.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.tasks import in_objpub
from bench.tasks.hand import Cost
from bench.tasks.material import CONTENT
from bench.tasks.material import DELETED
from bench.tasks.material import SOURCES
from bench.tasks.material import write_material
from bench.tasks.material import write_pictures
from bench.tasks.running import Place
from bench.tasks.tasks import expected
from bench.tasks.tasks import TASKS
from bench.tasks.tasks import undone
from bench.tasks.telling import losses
from bench.tasks.telling import medians
from bench.tasks.telling import table
from bench.tasks.telling import worse_in

FEW = 3


@pytest.fixture
def pictures(tmp_path):
    """The pictures that are uploaded."""
    if not all((CONTENT / archive).is_file() for archive, _, _ in SOURCES):
        pytest.skip(f"{CONTENT} has not the pages; OBJPUB_TEST_CONTENT names the folder that has them")
    return write_pictures(tmp_path / "pictures")


def test_the_site_is_filled_and_nothing_is_done_in_it_yet(tmp_path, pictures):
    material = tmp_path / "material.jsonl"
    number = write_material(material, FEW)
    lines = [json.loads(line) for line in material.read_text().splitlines()]
    places = [tuple(each["place"]) for each in lines]
    assert len(lines) == number == len(set(places))
    assert all(place[:-1] in {(), *places[:at]} for at, place in enumerate(places))
    place = Place("objpub", Path(sys.executable), tmp_path / "site")
    place.fill(material, tmp_path / "pictures")
    facts = place.facts()
    wanted = expected(pictures, DELETED)
    assert facts.keys() == wanted.keys()
    assert len(undone(facts, wanted, set(TASKS))) == len(wanted)
    assert undone(facts, wanted, {"find"}) == []


def test_each_task_has_its_way_in_objpub():
    assert all(callable(getattr(in_objpub, task)) for task in TASKS)


def test_where_objpub_takes_more_than_the_better_one_is_a_loss():
    found = {
        "objpub": {"find": Cost(2, 2, 3, 5_000, 1.0), "move": Cost(9, 0, 9, 9_000, 9.0), "rights": Cost(9)},
        "wagtail": {"find": Cost(3, 2, 2, 9_000, 0.5), "rights": Cost(1)},
        "django": {"find": Cost(1, 4, 5, 4_000, 1.0)},
    }
    ways = {"wagtail": SimpleNamespace(PARTLY={"rights": "no why"}), "django": SimpleNamespace(PARTLY={})}
    lost = losses(found, ways)
    assert worse_in(lost) == {"Find a page by title among 39,000"}
    assert worse_in(lost[:2]) == set()
    assert lost == [
        "Find a page by title among 39,000: 3 loads, not 2",
        "Find a page by title among 39,000: 5.0 kilobytes, not 4.0",
        "Find a page by title among 39,000: 1.00 seconds, not 0.50",
    ]


def test_the_table_says_what_each_took_and_what_cannot_be_done():
    days = [{"find": Cost(1, 2, 3, 4_000, seconds)} for seconds in (9.0, 0.5, 0.7)]
    ways = {"objpub": SimpleNamespace(CANNOT={"move": "no"}, PARTLY={"find": "some"})}
    rows = dict(table({"objpub": medians(days)}, ways))
    assert rows[TASKS["find"]] == "1 + 2, 3, 4, 0.70 (partly)"
    assert (rows[TASKS["move"]], rows[TASKS["sign_in"]]) == ("cannot", "-")
