"""The site's own fields."""

from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site


def test_a_site_begins_without_choices():
    site = Site()
    assert site.front is None
    assert list(site.ways) == []
    assert site.logo is None


def test_a_site_of_before_has_the_new_fields():
    site = Site(title="Old")
    for name in ("description", "logo", "front_page", "navigation"):
        del vars(site)[name]
    assert site.description == ""
    assert site.front is None
    assert list(site.ways) == []


def test_front_page_and_navigation():
    site = Site()
    news, about = site.add("news", Folder()), site.add("about", Content())
    site.front_page = about
    site.navigation = [about, news]
    assert site.front is about
    assert list(site.ways) == [about, news]


def test_they_outlive_a_move_and_not_a_removal():
    site = Site()
    news, about = site.add("news", Folder()), site.add("about", Content())
    site.front_page = about
    site.navigation = [about, news]
    news.add("about", site.remove("about"))
    assert site.front is about
    news.remove("about")
    assert site.front is None
    assert list(site.ways) == [news]


def test_what_hangs_below_something_that_is_no_folder_is_no_page():
    site = Site()
    attic, kept = Content(), Content()
    kept.__parent__, kept.__name__ = attic, "kept"
    attic.__parent__ = site
    assert not site.is_in(kept)
    assert not site.is_in(site)


def test_an_unknown_time_zone_shows_universal_time():
    site = Site(time_zone="Mars/Olympus")
    assert site.zone.key == "UTC"
