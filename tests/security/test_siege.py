"""Fifty addresses guess one password: they wait, its owner does not, and nothing secret is written anywhere.

`python -m tests.security.siege` does it for two minutes, and says what others notice of it.
"""

import pytest

from tests.parts import of_interface
from tests.security.siege import ADDRESSES
from tests.security.siege import GUESS
from tests.security.siege import siege
from tests.security.siege import told

IN = 303


@of_interface
@pytest.mark.slow
def test_guessing_from_many_addresses_is_slowed_down_and_the_owner_gets_in(tmp_path):
    seen = siege(tmp_path, 3)
    free_and_typed_as_names = 10 + 5
    assert set(seen.tries) == {401, 429}
    assert seen.tries[401] <= free_and_typed_as_names + 5, "few are looked at"
    assert set(seen.owner) == {
        ("before", IN),
        ("from a known address", IN),
        ("with a known browser", IN),
        ("with the session", 200),
        ("with a token", 200),
        ("a view fails", 500),
        ("the record", 200),
        ("the link", 200),
    }
    assert told(tmp_path, seen) == []
    assert seen.counted <= 1 + len(ADDRESSES) + 5
    wrong = [each for each in seen.entries if each.outcome == "refused"]
    waiting = [each for each in seen.entries if each.outcome == "throttled"]
    assert len(wrong) == seen.tries[401]
    assert len(waiting) <= 120, "at most sixty in a minute"
    log = (tmp_path / "log").read_text()
    assert log.count("RuntimeError: nobody foresaw this") == 3, (
        "the failures are in the log, without what was typed"
    )
    assert '"POST /login HTTP/1.1" 429' in log


def test_a_secret_that_is_told_is_found(tmp_path):
    """Else the test above could look for the wrong thing, in the wrong place."""

    class Seen:
        secrets = {"a guess": GUESS}
        pages = "nothing"

    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret").write_text("what cookies are signed with\n")
    assert told(tmp_path, Seen) == []
    (tmp_path / "log").write_text(f"a line with {GUESS}127.0.0.2-1 and what cookies are signed with")
    Seen.pages = f"<p>{GUESS}"
    assert sorted(told(tmp_path, Seen)) == ["a guess in log", "a guess in the pages", "what signs in log"]
