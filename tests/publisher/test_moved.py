"""Old addresses lead on to where things are now; what is new at one wins, and what is hidden stays so."""

import pytest

from objpub import testing
from objpub.content import Content
from objpub.content import Folder
from objpub.content import walk
from objpub.operations import add_new
from objpub.operations import add_redirect
from objpub.operations import copy
from objpub.operations import delete
from objpub.operations import move
from objpub.operations import purge
from objpub.operations import rename
from objpub.operations import restore
from objpub.schema import field
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.views import view
from tests.parts import of_interface


class Leaf(Content, addable="anywhere"):
    title: str = field(default="")


class Nook(Folder, addable="anywhere"):
    title: str = field(default="")


@view(Leaf, "print")
def show(leaf, request):
    return f"printed {leaf.title}"


@view(Leaf, "touch", method="POST", permission="public")
def touch(leaf, request):
    leaf.title = "Touched"
    return "touched"


@pytest.fixture
def site():
    """/a with the page /a/p and the folder /a/deep with /a/deep/q; /b is empty."""
    with testing.site(Leaf, Nook, show, touch) as site:
        site.add_user("ines", roles=["editor"])
        with site.work() as root:
            a = add_new(SYSTEM, root, Nook, {"title": "A"})
            add_new(SYSTEM, root, Nook, {"title": "B"})
            add_new(SYSTEM, a, Leaf, {"title": "P"})
            deep = add_new(SYSTEM, a, Nook, {"title": "Deep"})
            add_new(SYSTEM, deep, Leaf, {"title": "Q"})
        yield site


def led(site, path, **options):
    """Return where *path* leads to at once; its status where it does not."""
    response = site.client.get(path, **options)
    return response.location if response.status == 308 else response.status


def test_one_redirect_serves_the_page_its_views_and_all_below(site):
    with site.work() as root:
        move(SYSTEM, root["a"], root["b"], "c")
        assert len(root.redirects) == 1
    for old, new in {
        "/a/": "/b/c/",
        "/a": "/b/c/",
        "/a/p": "/b/c/p",
        "/a/p/": "/b/c/p",
        "/a/p/print": "/b/c/p/print",
        "/a/p/@@print?x=1&y=%2F": "/b/c/p/@@print?x=1&y=%2F",
        "/a/deep/q": "/b/c/deep/q",
        "/a/deep": "/b/c/deep/",
    }.items():
        assert led(site, old) == new
        assert site.client.get(new).status in {200, 308}
    assert led(site, "/a/nothing") == led(site, "/a/p/nothing") == led(site, "/a/deep/q/x/y") == 404


def test_moves_after_one_another_lead_on_in_one_step(site):
    with site.work() as root:
        rename(SYSTEM, root["a"], "a2")
        move(SYSTEM, root["a2"]["deep"]["q"], root["b"])
        move(SYSTEM, root["a2"]["deep"], root["b"], "d")
        rename(SYSTEM, root["b"], "b2")
        rename(SYSTEM, root["a2"], "a3")
    assert led(site, "/a/deep/q") == led(site, "/a2/deep/q") == led(site, "/b/q") == "/b2/q"
    assert led(site, "/a/deep/") == "/b2/d/"
    assert led(site, "/a/p") == led(site, "/a2/p") == "/a3/p"


def test_what_comes_back_leads_nowhere_else_and_nothing_goes_round(site):
    for _ in range(3):
        with site.work() as root:
            rename(SYSTEM, root["a"], "x")
            rename(SYSTEM, root["x"], "a")
    with site.work() as root:
        assert [each.path for each in root.redirects.listed()] == ["/x"]
    assert led(site, "/a/p") == 200 and led(site, "/x/p") == "/a/p"
    with site.work() as root:
        one, two = root["a"], root["b"]
        rename(SYSTEM, one, "t")
        rename(SYSTEM, two, "a")
        rename(SYSTEM, one, "b")
    assert led(site, "/a/p") == "/b/p" and led(site, "/a/") == 200
    assert led(site, "/b/p") == 200
    assert led(site, "/t/p") == "/b/p"
    assert led(site, "/a/nothing") == led(site, "/b/nothing") == 404


def test_something_new_at_the_old_address_wins(site):
    with site.work() as root:
        rename(SYSTEM, root["a"]["p"], "p2")
        add_new(SYSTEM, root["a"], Leaf, {"title": "P"})
    assert led(site, "/a/p") == 200
    with site.work() as root:
        delete(SYSTEM, root["a"]["p"])
    assert led(site, "/a/p") == "/a/p2"


def test_what_is_in_the_trash_leads_nowhere_until_it_is_restored_wherever(site):
    with site.work() as root:
        rename(SYSTEM, root["a"]["p"], "p2")
        delete(SYSTEM, root["a"]["p2"])
    assert led(site, "/a/p") == 404
    with site.work() as root:
        restore(SYSTEM, next(iter(root.trash)), root["b"])
    assert led(site, "/a/p") == led(site, "/a/p2") == "/b/p2"
    with site.work() as root:
        delete(SYSTEM, root["b"]["p2"])
        purge(SYSTEM, next(iter(root.trash)))
    assert led(site, "/a/p") == 404


def test_a_copy_leaves_no_redirect_and_a_move_in_the_trash_none(site):
    with site.work() as root:
        copy(SYSTEM, root["a"], root["b"])
        assert not root.redirects


def test_who_may_not_see_it_is_not_told_where_it_is(site):
    with site.work() as root:
        rename(SYSTEM, root["a"], "cave")
        override_permission(root["cave"], "view", "manager")
        rename(SYSTEM, root["cave"]["p"], "gone-elsewhere")
    for path in ("/a/", "/a/p", "/a/deep/q", "/a/nothing", "/cave/p"):
        response = site.client.get(path)
        assert response.status == 303 and response.location.startswith("/login?came_from=")
        assert "cave" not in response.text + response.location.replace("%2Fcave%2Fp", "")
        refused = site.browser().login("ines").get(path)
        assert refused.status == 403 and "elsewhere" not in refused.text
        assert "cave" not in refused.text.replace("/cave/p", "")


def test_what_is_sent_to_an_old_address_is_led_on_with_its_method(site):
    with site.work() as root:
        rename(SYSTEM, root["a"], "z")
    ines = site.browser().login("ines")
    response = ines.post("/a/p/touch", {})
    assert (response.status, response.location) == (308, "/z/p/touch")
    with site.work() as root:
        assert root["z"]["p"].title == "P"


@of_interface
def test_addresses_of_the_management_interface_lead_on(site):
    with site.work() as root:
        rename(SYSTEM, root["a"], "z")
    ines = site.browser().login("ines")
    for old, new in {"/manage/a/": "/manage/z/", "/manage/a/p/@@edit": "/manage/z/p/@@edit"}.items():
        assert ines.get(old).location == new
    assert ines.get("/manage/a/p/edit").status == 404
    assert site.client.get("/manage/a/p/@@edit").status == 303


def test_a_host_for_a_part_of_the_site_leads_on_too():
    settings = {"sites": {"b.example.org": "/b"}, "server.url": "https://www.example.org"}
    with testing.site(Leaf, Nook, show, settings=settings) as site:
        with site.work() as root:
            b = root.add("b", Nook(title="B"))
            root.add("c", Nook(title="C"))
            b.add("x", Leaf(title="X"))
            b.add("y", Leaf(title="Y"))
            rename(SYSTEM, b["x"], "x2")
            move(SYSTEM, b["y"], root["c"])
        there = {"HTTP_HOST": "b.example.org"}
        assert led(site, "/x", environ=there) == "/x2"
        assert led(site, "/y", environ=there) == "https://www.example.org/c/y"


def test_requests_that_find_their_object_do_not_ask(site):
    with site.work() as root:
        rename(SYSTEM, root["a"]["p"], "p2")
        add_redirect(SYSTEM, root, "/old", root["b"])
    assert led(site, "/old/") == "/b/"
    with site.work() as root:
        del root.redirects._targets
        pages = [each for each in walk(root) if isinstance(each, Leaf)]
        assert pages
    assert led(site, "/a/p2") == 200
