"""Arbitrary requests never are an error of the site; see `fuzz`, which tries more of them."""

import pytest
from hypothesis import Phase

from tests.publisher.fuzz import fuzz
from tests.publisher.fuzz import planted

WITHOUT_SHRINKING = (Phase.explicit, Phase.generate)


@pytest.mark.parametrize("server", [False, True], ids=["in process", "over a socket"])
def test_no_request_is_an_error_of_the_site(server):
    statuses = fuzz(100, server, derandomize=True)
    assert sum(statuses.values()) >= 100
    assert {200, 400, 404, 405} <= set(statuses)


@pytest.mark.parametrize("server", [False, True], ids=["in process", "over a socket"])
def test_a_planted_crash_is_found(server, caplog):
    with pytest.raises(AssertionError, match="answered 500"):
        fuzz(3_000, server, [planted], derandomize=True, phases=WITHOUT_SHRINKING)
    assert "int(request.form" in caplog.text
