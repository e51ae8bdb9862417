"""A view may take less than the settings allow, and says what came and what is taken."""

import pytest

from objpub import testing
from objpub import view
from objpub.content import Site
from objpub.errors import DeclarationError
from objpub.views import Limits


@view(
    Site,
    "small",
    method="POST",
    permission="public",
    limits=Limits(body_bytes=1_000, fields=2, files=1, file_bytes=10),
)
def small(site, request):
    """Take little."""
    return "taken"


@view(Site, "large", method="POST", permission="public")
def large(site, request):
    """Take what the settings allow."""
    return "taken"


FILE = ("a.txt", b"x" * 10)
LONG = ("a.txt", b"x" * 11)


@pytest.fixture(scope="module")
def site():
    with testing.site(small, large) as site:
        yield site


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"data": {"a": "x" * 1_000}}, "The body has 1,002 bytes; at most 1,000 are taken here"),
        ({"json": {"a": "x" * 1_000}}, "bytes; at most 1,000 are taken here"),
        ({"data": {"a": ["1", "2", "3"]}}, "The form has 3 values; at most 2 are taken here"),
        ({"files": {"a": FILE, "b": FILE}}, "The form has 2 files; at most 1 are taken here"),
        ({"files": {"a": LONG}}, "A file has 11 bytes; at most 10 are taken here"),
    ],
)
def test_more_is_refused_with_what_came_and_what_is_taken(site, sent, said):
    answer = site.client.post("/small", **sent)
    assert answer.status == 413
    assert said in answer.text
    assert site.client.post("/large", **sent).text == "taken"


def test_what_is_within_is_taken(site):
    assert site.client.post("/small", {"a": "1", "b": "2"}).text == "taken"
    assert site.client.post("/small", files={"a": FILE}).text == "taken"


@pytest.mark.parametrize("value", [-1, "1MB", 1.5, True])
def test_what_is_no_limit_is_a_mistake(value):
    with pytest.raises(DeclarationError, match="wanted a whole number"):
        Limits(body_bytes=value)
