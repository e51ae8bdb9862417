"""Drafts in the form: kept beside what is public, compared, published, discarded."""

ADDRESS = "/manage/news/tides/@@edit"


def saved(browser, title):
    """Save a draft with another title, and return the page that follows."""
    return browser.get(ADDRESS).form("form").fill(title=title).submit("draft", follow=True)


def test_a_draft_is_kept_compared_and_published(site):
    ines, visitor = site.browser().login("ines"), site.browser()
    page = saved(ines, "Spring <tides>")
    assert "The draft is saved" in page.text and "This is the draft." in page.text
    assert 'value="Spring &lt;tides&gt;"' in page.text
    assert "<del>Tides</del>" in page.text and "<ins>Spring &lt;tides&gt;</ins>" in page.text
    assert "Spring" not in visitor.get("/news/tides").text
    with site.work() as root:
        assert root["news"]["tides"].title == "Tides"
    page = ines.get(ADDRESS)
    assert 'value="Tides"' in page.text and "Go on with it" in page.text
    page = ines.post(ADDRESS, {"_then": "draft-publish"}, follow=True)
    assert "The draft is published" in page.text and 'id="draft"' not in page.text
    with site.work() as root:
        assert root["news"]["tides"].title == "Spring <tides>"


def test_a_draft_is_discarded(site):
    ines = site.browser().login("ines")
    saved(ines, "Spring tides")
    page = ines.post(ADDRESS, {"_then": "draft-discard"}, follow=True)
    assert "The draft is gone" in page.text and 'value="Tides"' in page.text
    page = ines.post(ADDRESS, {"_then": "draft-publish"}, follow=True)
    assert "Nothing was changed: There is no draft" in page.text


def test_what_somebody_else_changed_meanwhile_is_not_lost(site):
    ines, tomas = site.browser().login("ines"), site.browser().login("tomas")
    saved(ines, "Spring tides")
    tomas.get(ADDRESS).form("form").fill(title="Neap tides").submit()
    page = ines.post(ADDRESS, {"_then": "draft-publish"}, follow=True)
    assert "Not published: somebody changed Title meanwhile" in page.text
    with site.work() as root:
        assert root["news"]["tides"].title == "Neap tides"


def test_a_draft_that_is_wrong_is_refused_where_it_was_typed(site):
    ines = site.browser().login("ines")
    page = ines.get(ADDRESS).form("form").fill(title=" ").submit("draft")
    assert page.status == 422 and "Give it a title" in page.text
    assert site.browser().login("nora").post(ADDRESS, {"_then": "draft-publish"}).status == 403


def test_a_draft_that_is_saved_as_what_is_public_is_none_any_more(site):
    ines = site.browser().login("ines")
    page = saved(ines, "Spring tides")
    page = page.form("form").submit("stay", follow=True)
    assert 'value="Spring tides"' in page.text and 'id="draft"' not in page.text
    with site.work() as root:
        assert root["news"]["tides"].title == "Spring tides"
