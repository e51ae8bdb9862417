"""The site's own fields, changed by those who may."""

import pytest

from objpub.content import Folder
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.operations import delete
from objpub.operations import set_site_fields


@pytest.fixture
def news(world):
    news = world.site.add("news", Folder())
    world.commit()
    return news


def test_front_page_and_navigation(world, news):
    set_site_fields(world.identity("tom"), world.site, {"front_page": news, "navigation": [news]})
    assert world.site.front is news
    assert world.commit() == ("Edited “Saltmarsh”: front page, navigation", "tom")


def test_only_managers(world, news):
    with world.refuses(Forbidden):
        set_site_fields(world.identity("ann"), world.site, {"front_page": news})


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe/Rom", "../etc/passwd", "x" * 300])
def test_a_time_zone_that_nobody_knows(world, zone):
    with world.refuses(Invalid) as caught:
        set_site_fields(world.identity("tom"), world.site, {"time_zone": zone})
    assert set(caught.value.errors) == {"time_zone"}
    assert len(caught.value.errors["time_zone"]) < 200
    if zone == "Europe/Rom":
        assert "did you mean 'Europe/Rome'?" in caught.value.errors["time_zone"]


def test_the_site_is_not_its_own_front_page(world):
    with world.refuses(Invalid) as caught:
        set_site_fields(world.identity("tom"), world.site, {"front_page": world.site})
    assert "front_page" in caught.value.errors


def test_a_front_page_that_was_deleted_is_none(world, news):
    set_site_fields(world.identity("tom"), world.site, {"front_page": news})
    world.commit()
    delete(world.identity("tom"), news)
    world.commit()
    assert world.site.front is None


def test_a_front_page_in_the_trash_is_refused(world, news):
    delete(world.identity("tom"), news)
    with world.refuses(Invalid):
        set_site_fields(world.identity("tom"), world.site, {"front_page": news})


@pytest.mark.parametrize(
    ("languages", "said"),
    [
        (("de", "no language!"), "There is no language 'no language!', wanted a tag such as en"),
        (("en-",), "There is no language 'en-'"),
        (("de", "en", "DE"), "names 'DE' twice"),
    ],
)
def test_languages_that_are_none_and_that_are_named_twice(world, languages, said):
    with world.refuses(Invalid) as caught:
        set_site_fields(world.identity("tom"), world.site, {"languages": languages})
    assert set(caught.value.errors) == {"languages"}
    assert said in caught.value.errors["languages"]


@pytest.mark.parametrize("address", ["a..b@coast.example", ".office@coast.example", "office.@coast.example"])
def test_an_address_that_no_letter_can_have_is_refused(world, address):
    for name in ("mail_from", "mail_reply_to"):
        with world.refuses(Invalid) as caught:
            set_site_fields(world.identity("tom"), world.site, {name: address, "mail_name": "Office"})
        assert list(caught.value.errors) == [name]
        assert f"wanted an address such as ann@example.org, not {address!r}" in caught.value.errors[name]
    set_site_fields(world.identity("tom"), world.site, {"mail_from": "o.f.f@coast.example"})
