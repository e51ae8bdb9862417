"""What somebody may not change and tries to: in the audit record, once in a while, without what he sent."""

import pytest

from objpub import testing
from objpub.security import entries_of
from objpub.security import override_permission
from objpub.security import Policy
from tests.parts import of_interface

pytestmark = of_interface

SECRET = "amber-drifting-kettle"


@pytest.fixture
def site():
    with testing.site() as site:
        site.add_user("mia")
        site.add_user("ben")
        with site.work() as root:
            override_permission(root, "see", "authenticated")
            override_permission(root, "edit", "manager")
        yield site


def told(site):
    """Return (who, path, sentence) of the refusals that are written, the latest first."""
    with site.work() as root:
        found = [each for _, each in entries_of(root) if each.what == "refused"]
    assert all(each.outcome == "refused" and each.way == "session" for each in found)
    return [(each.who, each.path, each.sentence) for each in found]


def test_a_change_that_is_refused_is_written_without_what_was_sent(site):
    browser = site.browser().login("mia")
    before = site.database.lastTransaction()
    assert browser.post("/manage/@@site", {"title": SECRET}).status == 403
    path = "/manage/@@site"
    assert told(site) == [("mia", path, f"Refused: POST {path}")]
    with site.work() as root:
        assert root.title != SECRET
    assert site.database.lastTransaction() != before


def test_of_many_one_is_written_with_their_number_and_each_person_has_one(site, monkeypatch):
    mia, ben = site.browser().login("mia"), site.browser().login("ben")
    for _ in range(4):
        mia.post("/manage/@@site", {"title": SECRET})
    ben.post("/manage/@@site", {"title": SECRET})
    assert [who for who, _, _ in told(site)] == ["ben", "mia"]
    monkeypatch.setattr(authenticator(site)._forbidden, "seconds", 0)
    mia.post("/manage/@@site", {"title": SECRET})
    assert told(site)[0][2].endswith("; and 3 more of the same person before")


def authenticator(site):
    return site.registry[Policy].authenticator


def test_what_another_site_makes_a_browser_send_is_not_written(site):
    mia = site.browser().login("mia")
    headers = {"Origin": "https://evil.example"}
    assert mia.request("POST", "/manage/@@site", data={"title": SECRET}, headers=headers).status == 403
    assert told(site) == []


def test_a_page_that_may_not_be_seen_and_a_visitor_who_is_refused_write_nothing(site):
    mia, nobody = site.browser().login("mia"), site.browser()
    before = site.database.lastTransaction()
    assert mia.get("/manage/@@site").status == 403
    assert nobody.post("/manage/@@site", {"title": SECRET}).status == 401
    assert site.database.lastTransaction() == before
