"""Changing fields, and meeting what others did to them meanwhile."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from ZODB.POSException import ConflictError

from objpub.content import Content
from objpub.content import File
from objpub.content import Upload
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Clash
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.events import Modified
from objpub.events import on
from objpub.operations import add
from objpub.operations import delete
from objpub.operations import digests_of
from objpub.operations import edit
from objpub.operations import Edited
from objpub.operations import set_site_fields
from objpub.schema import field
from objpub.schema import Ref
from objpub.schema import RichText
from objpub.security import grant
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import SYSTEM


class Page(Content, addable="anywhere"):
    title: str = field()
    summary: str = field(default="", title="Short text")
    body: RichText = field(default="")
    words: int = field(default=0, ge=0)
    tags: frozenset[str] = field(default=())
    manual: File | None = field(default=None)
    related: "Ref[Page] | None" = field(default=None)
    secret: str = field(default="", read="manage")
    approved: bool = field(default=False, write="manage")


@on(Modified, Page)
def remember(event):
    if event.resource.title == "cursed":
        raise Invalid({"title": "is cursed"})
    event.resource._seen = sorted(event.changed)


@pytest.fixture
def page(world):
    page = add(SYSTEM, world.site, Page(title="Tides", summary="High"))
    world.commit()
    return page


def edited(changed=(), merged=()):
    return Edited(frozenset(changed), frozenset(merged))


def test_changed_fields_are_told_to_subscribers_and_said(world, page):
    result = edit(world.identity("ann"), page, {"title": "Waves", "summary": "Low", "words": 0})
    assert result == edited({"title", "summary"})
    assert page._seen == ["summary", "title"]
    assert world.commit() == ("Edited “Waves”: title, short text", "ann")


def test_where_nothing_changes_nothing_is_written(world, page):
    before = world.database.lastTransaction()
    assert edit(SYSTEM, page, {"title": "Tides", "body": "", "tags": []}) == edited()
    world.commit()
    assert world.database.lastTransaction() == before


def test_all_errors_come_at_once(world, page):
    with world.refuses(Invalid) as caught:
        edit(SYSTEM, page, {"title": "", "words": -1, "titel": "x"})
    assert set(caught.value.errors) == {"title", "words", "titel"}


def test_it_takes_the_permission_to_edit(world, page):
    for identity in (NO_IDENTITY, world.identity("vera")):
        with world.refuses(Forbidden):
            edit(identity, page, {"title": "Waves"})
    grant(page, "user:vera", "editor")
    assert edit(world.identity("vera"), page, {"title": "Waves"}).changed == {"title"}


def test_fields_of_the_site_are_for_those_who_manage_it(world):
    for change in (edit, set_site_fields):
        with world.refuses(Forbidden):
            change(world.identity("ann"), world.site, {"title": "Mine"})
    set_site_fields(world.identity("tom"), world.site, {"title": "Ours"})
    assert world.commit() == ("Edited “Ours”: title", "tom")


def test_site_fields_are_those_of_the_site(world, page):
    with world.refuses(NotPossible):
        set_site_fields(SYSTEM, page, {"title": "Waves"})


def test_a_field_with_permissions_of_its_own(world, page):
    for values in ({"approved": True}, {"secret": "x"}):
        with world.refuses(Forbidden):
            edit(world.identity("ann"), page, {"title": "Waves", **values})
    edit(world.identity("ann"), page, {"title": "Waves", "approved": False})
    edit(world.identity("tom"), page, {"approved": True, "secret": "x"})
    assert (page.title, page.approved, page.secret) == ("Waves", True, "x")


def test_what_is_in_the_trash_is_not_edited(world, page):
    entry = delete(SYSTEM, page)
    with world.refuses(NotPossible):
        edit(SYSTEM, entry.resource, {"title": "Waves"})


def test_a_reference_to_something_hidden_is_refused(world, page):
    hidden = add(SYSTEM, world.site, Page(title="Hidden"))
    override_permission(hidden, "view", "reviewer")
    with world.refuses(Invalid) as caught:
        edit(world.identity("ann"), page, {"related": hidden})
    assert "Hidden" not in str(caught.value)
    edit(SYSTEM, page, {"related": hidden})
    edit(world.identity("ann"), page, {"related": hidden, "title": "Waves"})  # it was there already
    assert page.related is hidden


def test_a_file_field_takes_an_upload_and_no_file_of_somebody_else(world, page, tmp_path):
    path = tmp_path / "manual.txt"
    path.write_bytes(b"how to")
    upload = Upload.from_path(path)
    assert edit(SYSTEM, page, {"manual": upload}).changed == {"manual"}
    assert edit(SYSTEM, page, {"manual": upload}).changed == frozenset()
    world.commit()
    assert page.manual.read() == b"how to"
    assert page.manual.__parent__ is page
    second = add(SYSTEM, world.site, Page(title="Second"))
    with world.refuses(NotPossible):
        edit(SYSTEM, second, {"title": "Third", "manual": page.manual})
    assert second.title == "Second"


def test_a_subscriber_that_refuses_leaves_nothing_that_could_be_committed(world, page):
    with pytest.raises(Invalid, match="is cursed"):
        edit(SYSTEM, page, {"title": "cursed"})
    assert world.manager.isDoomed()
    world.abort()
    assert page.title == "Tides"


# merge


def test_fields_that_others_changed_meanwhile_stand(world, page):
    start = digests_of(page)
    edit(world.identity("ann"), page, {"summary": "Low"}, start)
    form = {"title": "Waves", "summary": "High", "words": 0}  # what was on ed's screen
    assert edit(world.identity("ed"), page, form, start) == Edited(
        frozenset({"title"}), frozenset({"summary"})
    )
    assert (page.title, page.summary) == ("Waves", "Low")


def test_a_field_that_both_changed_raises_a_clash_with_both_values_and_changes_nothing(world, page):
    start = digests_of(page)
    edit(world.identity("ann"), page, {"summary": "Low"}, start)
    with world.refuses(Clash) as caught:
        edit(world.identity("ed"), page, {"title": "Waves", "summary": "Middle"}, start)
    assert caught.value.fields == {"summary": ("Low", "Middle")}
    assert page.title == "Tides"
    decided = start | digests_of(page, ["summary"])  # what the form sends after the decision
    result = edit(world.identity("ed"), page, {"title": "Waves", "summary": "Middle"}, decided)
    assert result == edited({"title", "summary"})


def test_the_same_change_by_both_is_no_clash(world, page):
    start = digests_of(page)
    edit(world.identity("ann"), page, {"tags": ["sea", "moon"]}, start)
    assert edit(SYSTEM, page, {"tags": ["moon", "sea"]}, start) == edited(merged={"tags"})


def test_a_field_without_a_start_takes_what_is_sent(world, page):
    edit(world.identity("ann"), page, {"summary": "Low"})
    assert edit(SYSTEM, page, {"summary": "Middle"}).changed == {"summary"}


def test_what_others_changed_is_told_also_for_fields_that_are_not_sent(world, page):
    start = digests_of(page)
    edit(world.identity("ann"), page, {"words": 3})
    assert edit(SYSTEM, page, {"title": "Waves"}, start).merged == {"words"}


def test_a_start_of_something_that_is_no_field_is_refused(world, page):
    with world.refuses(Invalid) as caught:
        edit(SYSTEM, page, {"title": "Waves"}, {"titel": "x"})
    assert "titel" in caught.value.errors


def test_digests_of_some_fields(page):
    assert set(digests_of(page, ["title"])) == {"title"}
    assert set(digests_of(page)) == set(Page.__schema__)


def test_a_hidden_value_does_not_come_out_by_a_clash(world, page):
    start = digests_of(page)
    edit(SYSTEM, page, {"secret": "new"})
    with world.refuses(Forbidden) as caught:
        edit(world.identity("ann"), page, {"secret": "mine"}, start)
    assert "new" not in str(caught.value)


# two connections


def retried(database, work):
    """Do *work* with the site, in a transaction of its own, again after each conflict; return its result."""
    for _ in range(20):
        with transaction_for(database) as pair:
            try:
                result = work(site_of(pair.connection))
                pair.manager.commit()
                return result
            except ConflictError:
                continue
    raise AssertionError("twenty conflicts")


def test_different_fields_changed_at_the_same_time_are_both_kept(world, other, page):
    other.abort()
    start = digests_of(page)
    edit(world.identity("ann"), page, {"title": "Waves"}, start)
    edit(other.identity("ed"), other.site["tides"], {"summary": "Low"}, start)
    other.commit()
    with pytest.raises(ConflictError):
        world.manager.commit()
    world.abort()
    result = edit(world.identity("ann"), page, {"title": "Waves", "summary": "High"}, start)
    world.commit()
    assert result == edited({"title"}, {"summary"})
    other.abort()
    assert (other.site["tides"].title, other.site["tides"].summary) == ("Waves", "Low")


def test_the_same_field_changed_at_the_same_time_is_a_clash_in_the_second_try(world, other, page):
    other.abort()
    start = digests_of(page)
    edit(world.identity("ann"), page, {"summary": "Low"}, start)
    edit(other.identity("ed"), other.site["tides"], {"summary": "Middle"}, start)
    other.commit()
    with pytest.raises(ConflictError):
        world.manager.commit()
    world.abort()
    with world.refuses(Clash) as caught:
        edit(world.identity("ann"), page, {"summary": "Low"}, start)
    assert caught.value.fields == {"summary": ("Middle", "Low")}


def test_eight_threads_that_each_edit_a_field_of_their_own_lose_nothing(world):
    letters = "abcdefgh"
    many = add(SYSTEM, world.site, Many())
    world.commit()
    start = digests_of(many)

    def change(letter):
        values = dict.fromkeys(letters, 0) | {letter: 1}  # a form sends all its fields
        return retried(world.database, lambda site: edit(SYSTEM, site["many"], values, start))

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(change, letters))
    world.abort()
    assert [getattr(world.site["many"], letter) for letter in letters] == [1] * 8
    assert [set(result.changed) for result in results] == [{letter} for letter in letters]


class Many(Content, addable="anywhere"):
    a: int = field(default=0)
    b: int = field(default=0)
    c: int = field(default=0)
    d: int = field(default=0)
    e: int = field(default=0)
    f: int = field(default=0)
    g: int = field(default=0)
    h: int = field(default=0)
