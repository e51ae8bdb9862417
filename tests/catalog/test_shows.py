"""The long measurements in short: they run, and what they count, not what they time, is right."""

from bench import catalog as bench
from tests.catalog import quality
from tests.catalog import revoking
from tests.catalog import writers
from tests.test_docs import DOCS


def test_writers_lose_nothing_and_leave_right_indexes(monkeypatch):
    monkeypatch.setattr(writers, "DOCUMENTS", 20)
    found = writers.compare("file", 0.5)
    assert {name: wrong for name, (work, wrong) in found.items() if wrong} == {}
    assert all(work.edits and work.added for work, _ in found.values())


def test_a_revocation_is_known_to_another_process_at_once(tmp_path):
    _, size, wrong, before, after = revoking.revoked(tmp_path, bench.made_up(120), 30)
    assert wrong == []
    assert (before, after) == (110, 20)
    assert size < 2_000, "no index was written"


def test_an_edit_writes_little_of_indexes(tmp_path, capsys):
    missed = bench.measure(tmp_path, bench.made_up(300))
    assert "an edit" not in missed
    assert "first pages" in capsys.readouterr().out


def test_search_finds_what_links_between_pages_mean(capsys):
    ours, raw, right, asked = quality.main(DOCS)
    assert ours >= 1.1 * raw
    assert right >= 0.8 * asked
