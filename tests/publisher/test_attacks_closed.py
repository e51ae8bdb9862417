"""Closed places: nobody finds out what is below one, neither by its list nor by trying names."""

import pytest

from objpub import Content
from objpub import Folder
from objpub import testing
from objpub.security import override_permission
from objpub.views import view

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Note(Content, addable="anywhere"):
    """A note with a view of its own."""

    title: str = ""


@view(Note, "stamp", method="POST", permission="view")
def stamp(note, request):
    return "stamped"


@pytest.fixture(scope="module")
def closed():
    """Give a site with /vault, that only managers see, and in it /vault/gift, that everybody sees."""
    with testing.site(Note, stamp) as site:
        site.add_user("mia")
        site.add_user("chief", roles=["manager"])
        with site.work() as root:
            vault = root.add("vault", Folder())
            vault.add("merger", Note(title="The merger"))
            vault.add("gift", Note(title="A gift"))
            vault.add("inner", Folder()).add("deep", Note(title="Deep"))
            override_permission(vault, "view", ["manager"])
            override_permission(vault["gift"], "view", ["everyone"])
        yield site


def answer(client, method, path):
    """Return what *client* sees of the answer, without the path that it sent itself and ids of requests."""
    response = client.request(method, path)
    pairs = [(name, value) for name, value in response.headers.pairs if name != "X-Request-Id"]
    name = path.strip("/")
    seen = repr((response.status, pairs, response.text))
    return seen.replace(name.replace("/", "%2F"), "PATH").replace(name, "PATH")


@pytest.mark.parametrize("who", ["", "mia"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path", ["/vault/merger", "/vault/merger/stamp", "/vault/inner/", "/vault/inner/deep", "/vault/inner/no"]
)
def test_below_a_closed_folder_the_answer_is_the_same_whether_something_is_there_or_not(
    closed, who, method, path
):
    client = closed.browser().login(who) if who else closed.browser()
    missing = path.replace("merger", "mergex").replace("inner", "innex")
    assert answer(client, method, path) == answer(client, method, missing)


def test_what_is_open_below_a_closed_folder_answers(closed):
    client = closed.browser()
    assert "A gift" in client.get("/vault/gift").text
    assert client.post("/vault/gift/stamp").text == "stamped"
    assert client.get("/vault/gift/nothing").status == 404
    assert client.request("OPTIONS", "/vault/gift/stamp").headers["Allow"] == "OPTIONS, POST"


def test_who_may_see_the_folder_is_told_what_is_not_there(closed):
    client = closed.browser().login("chief")
    assert client.get("/vault/mergex").status == 404
    assert client.get("/vault/merger").status == 200
    assert client.request("DELETE", "/vault/merger").status == 405


def test_the_methods_of_a_view_are_told_only_to_who_may_use_one(closed):
    assert closed.browser().request("OPTIONS", "/vault/merger").status == 303
    assert closed.browser().login("mia").request("OPTIONS", "/vault/merger").status == 403
    assert closed.browser().login("chief").request("OPTIONS", "/vault/merger").status == 204


def test_the_pages_of_a_folder_show_every_child_that_may_be_seen_and_no_name_of_another():
    with testing.site(Note, stamp) as site:
        with site.work() as root:
            box = root.add("box", Folder())
            for number in range(300):
                hidden = number % 3 == 1 or 120 < number < 240
                name = f"n{number:03}-{'hidden' if hidden else 'open'}"
                note = box.add(name, Note(title=name))
                if hidden:
                    override_permission(note, "view", ["manager"])
            wanted = [name for name in box if "open" in name]
        client, found, path = site.client, [], "/box/"
        while path:
            page = client.get(path)
            assert "hidden" not in page.text
            targets = [target for _, target in page.page.links]
            found += [
                target.rpartition("/")[2]
                for target in targets
                if target.endswith("open") and "=" not in target
            ]
            path = next((target for target in targets if "after=" in target), "")
        assert found == wanted
