"""A form that makes something makes it once, however often it arrives: by clicks, by going back, at once."""

import json
import re
import threading
from html import unescape
from urllib.parse import urlencode

import pytest

from objpub import Content
from objpub import Folder
from objpub import Site
from objpub import testing
from objpub.forms import form_for
from objpub.forms import submit_add
from objpub.operations import delete
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.views import html
from objpub.views import view
from tests.publisher.running import basic
from tests.publisher.running import served

ONCE = re.compile(r'name="_once" value="([^"]+)"')


class Note(Content, addable="anywhere"):
    """What a form makes."""

    title: str


@view(Folder, "write", permission="public")
def write(folder, request):
    return html(form_for(request, Note).__html__())


@view(Folder, "write", method="POST", permission="public")
def written(folder, request):
    outcome = submit_add(request, folder, Note)
    if not outcome.saved:
        response = html(outcome.form.__html__())
        response.status_int = outcome.status
        return response
    return request.redirect(outcome.resource, message="Written")


@view(Site, "told", method="POST", permission="public")
def told(site, request, title: str):
    request.made = site.add(f"n{len(site)}", Note(title=title))
    return request.json({"name": request.made.__name__})


@view(Site, "paged", method=["GET", "POST"], permission="public")
def paged(site, request):
    if not request.incoming.is_safe:
        request.made = site.add(f"n{len(site)}", Note(title="Paged"))
    return html("the page")


@view(Site, "bare", method="POST", permission="public")
def bare(site, request):
    request.made = site.add(f"n{len(site)}", Note(title="Bare"))
    return html("the page")


@view(Site, "counts", method="POST", permission="public")
def counts(site, request):
    site.title = f"{site.title}x"
    return request.redirect(site)


THINGS = (Note, write, written, told, paged, bare, counts)


@pytest.fixture
def site():
    with testing.site(*THINGS) as site:
        with site.work() as root:
            root.add("box", Folder())
        for name in ("ann", "bob"):
            site.add_user(name, roles=["manager"])
        yield site


def names(site):
    with site.work() as root:
        return sorted(root["box"])


def once_of(wire, **headers):
    return unescape(ONCE.search(wire.ask("GET", "/box/write", **headers).text)[1])


def send(wire, once, title="One", path="/box/write", **headers):
    body = urlencode({"title": title, "_once": once})
    return wire.ask("POST", path, body, Origin=wire.origin, **headers)


def test_a_form_that_arrives_ten_times_at_once_makes_one_thing(site):
    with served(site, 8) as wire:
        cookie = wire.sign_in("ann")
        once, answers = once_of(wire, Cookie=cookie), []
        together = threading.Barrier(10)

        def click():
            together.wait()
            answers.append(send(wire, once, Cookie=cookie))

        threads = [threading.Thread(target=click) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [each.status for each in answers] == [303] * 10
        assert {each.header("Location") for each in answers} == {"/box/one"}
        assert names(site) == ["one"]


def test_it_is_told_that_it_was_there_already(site):
    client = site.browser().login("ann")
    form = client.get("/box/write").form(0)
    form.fill(title="One")
    assert "Written" in form.submit().follow().text
    assert "“One” was added already" in form.submit().follow().text


def test_a_restart_does_not_make_it_twice(tmp_path):
    settings = {"database.uri": f"file:{tmp_path}/site.fs?blobs={tmp_path}/blobs", "secret": "s" * 40}
    with testing.site(*THINGS, settings=settings) as site, served(site) as wire:
        site.add_user("ann", roles=["manager"])
        with site.work() as root:
            root.add("box", Folder())
        once = once_of(wire, Authorization=basic("ann"))
        first = send(wire, once, Authorization=basic("ann"))
    with testing.site(*THINGS, settings=settings) as site, served(site) as wire:
        second = send(wire, once, Authorization=basic("ann"))
        assert (first.status, first.header("Location")) == (second.status, second.header("Location"))
        assert names(site) == ["one"]


def test_a_new_form_makes_another_one(site):
    with served(site) as wire:
        cookie = wire.sign_in("ann")
        for _ in range(2):
            assert send(wire, once_of(wire, Cookie=cookie), Cookie=cookie).status == 303
        assert names(site) == ["one", "one-2"]


def test_the_form_of_another_person_is_another_one(site):
    with served(site) as wire:
        once = once_of(wire)
        answers = [send(wire, once, Authorization=basic(name)).header("Location") for name in ("ann", "bob")]
    assert answers == ["/box/one", "/box/one-2"]


def test_the_form_of_another_place_is_another_one(site):
    with site.work() as root:
        root.add("bin", Folder())
    with served(site) as wire:
        once = once_of(wire)
        answers = [send(wire, once, path=path, Authorization=basic("ann")).header("Location")
                   for path in ("/box/write", "/bin/write")]  # fmt: skip
    assert answers == ["/box/one", "/bin/one"]


def test_a_form_that_was_refused_can_be_mended_and_sent(site):
    client = site.browser().login("ann")
    form = client.get("/box/write").form(0)
    form.fill(title="")
    again = form.submit()
    assert again.status == 422
    mended = again.form(0)
    mended.fill(title="Mended")
    assert mended.submit().location == "/box/mended"
    assert mended.submit().location == "/box/mended"
    assert names(site) == ["mended"]


def test_what_was_deleted_can_be_made_with_the_same_form_again(site):
    client = site.browser().login("ann")
    form = client.get("/box/write").form(0)
    form.fill(title="One")
    form.submit()
    with site.work() as root:
        delete(SYSTEM, root["box"]["one"])
    assert form.submit().location == "/box/one"
    assert names(site) == ["one"]


def test_who_may_not_see_it_any_more_is_not_told_what_it_is_called(site):
    client = site.browser().login("bob")
    form = client.get("/box/write").form(0)
    form.fill(title="Secret")
    form.submit()
    with site.work() as root:
        root["box"]["secret"].title = "Very secret"
        override_permission(root["box"]["secret"], "view", ["manager"])
        root.users.set_roles("user:bob", [])
    assert form.submit().location == "/box/secret"
    text = client.get("/").text
    assert "This was sent already" in text
    assert "Very secret" not in text


def test_a_script_is_given_the_same_json_again(site):
    with served(site) as wire:
        answers = [send(wire, "abc", path="/told", Authorization=basic("ann")) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert answers[1].header("Content-Type") == "application/json"


@pytest.mark.parametrize(("path", "leads"), [("/paged?a=b", "/paged?a=b"), ("/bare", "/")])
def test_what_answered_with_a_page_leads_to_a_page_the_second_time(site, path, leads):
    with served(site) as wire:
        answers = [send(wire, "abc", path=path, Authorization=basic("ann")) for _ in range(2)]
    assert [each.status for each in answers] == [200, 303]
    assert answers[1].header("Location") == leads


def test_a_visitor_makes_it_once_too(site):
    with testing.site(Note, told) as site, served(site) as wire:
        answers = [send(wire, "abc", path="/told") for _ in range(3)]
        assert len({json.dumps(each.json) for each in answers}) == 1


def test_a_form_that_makes_nothing_is_done_each_time_and_nothing_is_kept_of_it(site):
    with served(site) as wire:
        for _ in range(3):
            assert send(wire, "abc", path="/counts", Authorization=basic("ann")).status == 303
        with site.work() as root:
            assert root.title.endswith("xxx")
            assert len(root.users.submissions) == 0


def test_a_value_that_is_no_text_is_no_id(site):
    client = site.browser().login("ann")
    for _ in range(2):
        assert client.post("/told", {"title": "One"}, files={"_once": b"x"}).status == 200
    with site.work() as root:
        assert len(root.users.submissions) == 0
