from datetime import date
from datetime import datetime
from datetime import timezone

import pytest

from objpub.importing.rules import handed_down
from objpub.importing.rules import publishes_files
from objpub.importing.rules import reason_unpublished
from objpub.importing.rules import with_cascades

NOW = datetime(2026, 11, 21, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"draft": False, "date": date(2026, 11, 1)},
        {"build": {"render": "always"}},
        {"build": {"list": "never"}},
        {"expirydate": date(2026, 12, 1)},
        {"publishdate": date(2026, 1, 1), "date": date(2027, 1, 1)},
        {"date": "not a date"},
        {"build": {"render": ["odd"]}},
    ],
)
def test_published(values):
    assert reason_unpublished(values, NOW) == ""


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"draft": True}, "it is a draft"),
        ({"headless": True}, "it is headless"),
        ({"build": {"Render": "never"}}, "build.render is 'never'"),
        ({"_build": {"render": False}}, "build.render is False"),
        ({"build": {"render": "link"}}, "build.render is 'link'"),
        ({"date": date(2026, 12, 24)}, "it is not published before 2026-12-24"),
        ({"publishdate": "2026-11-22"}, "it is not published before 2026-11-22"),
        ({"expirydate": "2026-11-20"}, "it expired on 2026-11-20"),
    ],
)
def test_not_published(values, reason):
    assert reason_unpublished(values, NOW) == reason


def test_files_beside_a_page_can_be_kept_back():
    assert publishes_files({"build": {"render": "never"}})
    assert not publishes_files({"build": {"publishResources": False}})


def test_a_section_hands_values_down_and_nearer_ones_win():
    far = handed_down({"cascade": {"draft": True, "color": "red"}})
    near = handed_down({"cascade": [{"color": "blue"}]})
    assert with_cascades({"title": "A"}, near + far, "/a", "page") == {
        "title": "A",
        "color": "blue",
        "draft": True,
    }


@pytest.mark.parametrize(
    ("target", "fits"),
    [
        ({"path": "/posts/**"}, True),
        ({"path": "{/posts/*}"}, True),
        ({"path": "/news/**"}, False),
        ({"kind": "section"}, False),
        ({"kind": "page", "path": "/Posts/One"}, True),
    ],
)
def test_a_cascade_may_have_a_target(target, fits):
    cascades = handed_down({"cascade": {"_target": target, "x": 1}})
    assert ("x" in with_cascades({}, cascades, "/posts/one", "page")) is fits


@pytest.mark.parametrize("cascade", [None, 5, "x", ["y"], {"target": "odd"}])
def test_an_odd_cascade_does_no_harm(cascade):
    assert with_cascades({"a": 1}, handed_down({"cascade": cascade}), "/p", "page") == {"a": 1}
