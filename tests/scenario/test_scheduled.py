"""What is scheduled happens once, though processes are killed; `scheduled` is the long form."""

from datetime import datetime
from datetime import timedelta
from datetime import UTC

from tests.scenario.scheduled import Seen
from tests.scenario.scheduled import trial


def test_each_publication_and_each_letter_happens_once_and_none_early():
    seen, left = trial(number=12, seconds=3, every=2, most=120)
    assert (seen.problems(), dict(left)) == ([], {})


def test_what_happens_twice_early_late_or_never_is_found():
    now = datetime.now(UTC)
    seen = Seen(planned={"a": now, "b": now, "c": now})
    seen.made = {"a": [now, now], "b": [now - timedelta(seconds=1)], "c": [now + timedelta(seconds=61)]}
    seen.taken = {"a": [now], "b": []}
    seen.doubtful = {"c"}
    assert seen.problems(60) == [
        "a was published 2 times",
        "b was published 1.000 s early",
        "c was published 61.0 s late",
        "b was mailed 0 times",
    ]
