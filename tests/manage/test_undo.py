"""Undo of what was deleted, moved, renamed and ordered, by whoever did it, while nobody did more."""

import base64

import pytest

from objpub.content import Folder
from objpub.manage.undo import moved_back
from objpub.manage.undo import offer_undo
from objpub.manage.undo import ordered_back
from objpub.manage.undo import renamed_back
from objpub.manage.undo import restored
from objpub.operations import delete
from objpub.operations import move
from objpub.operations import order
from objpub.operations import purge
from objpub.operations import rename
from objpub.security import SYSTEM
from objpub.views import view


@view(Folder, "try-delete", method="POST", permission="view")
def try_delete(folder, request, name: str):
    entry = delete(request.identity, folder[name])
    offer_undo(request, f"Deleted {name}", restored(entry))
    return request.redirect(folder)


@view(Folder, "try-several", method="POST", permission="view")
def try_several(folder, request):
    entries = [delete(request.identity, folder[name]) for name in ("tides", "marsh")]
    offer_undo(request, "Deleted two", *map(restored, entries))
    return request.redirect(folder)


@view(Folder, "try-move", method="POST", permission="view")
def try_move(folder, request, name: str, to: str = "archive"):
    page = move(request.identity, folder[name], request.site[to])
    offer_undo(request, f"Moved {name}", moved_back(page, folder, name))
    return request.redirect(folder)


@view(Folder, "try-rename", method="POST", permission="view")
def try_rename(folder, request, name: str, to: str):
    page = rename(request.identity, folder[name], to)
    offer_undo(request, f"Renamed {name}", renamed_back(page, name))
    return request.redirect(folder)


@view(Folder, "try-order", method="POST", permission="view")
def try_order(folder, request, name: str, after: str):
    before = folder.neighbours(name)[1].__name__
    order(request.identity, folder, name, after=after)
    offer_undo(request, f"Ordered {name}", ordered_back(folder, name, before=before))
    return request.redirect(folder)


@view(Folder, "messages")
def messages(folder, request):
    return request.json(request.messages)


THINGS = (try_delete, try_several, try_move, try_rename, try_order, messages)


class Editor:
    """Somebody at work: `did` answers the token of the Undo that is offered."""

    def __init__(self, site, name="ines"):
        self.site = site
        self.client = site.browser().login(name)

    def messages(self):
        return self.client.get("/messages").json

    def did(self, what, folder="/news", **values):
        assert self.client.post(f"{folder}/try-{what}", values).status == 303
        (message,) = self.messages()
        return message["undo"]

    def undo(self, token):
        """Undo, and return where that leads and what is said there."""
        response = self.client.post("/manage/@@undo", {"token": token})
        assert response.status == 303
        (message,) = self.messages()
        return response.location, message["kind"], message["text"]


@pytest.fixture
def ines(site):
    return Editor(site)


def names(site, path=("news",)):
    with site.work() as root:
        for name in path:
            root = root[name]
        return list(root)


def test_each_is_taken_back_and_leads_to_its_folder(site, ines):
    before = names(site), names(site, ("news", "series"))
    for what, folder, values in (
        ("delete", "/news", {"name": "tides"}),
        ("move", "/news", {"name": "tides"}),
        ("rename", "/news", {"name": "tides", "to": "waves"}),
        ("order", "/news/series", {"name": "one", "after": "three"}),
    ):
        token = ines.did(what, folder, **values)
        assert (names(site), names(site, ("news", "series"))) != before
        where, kind, text = ines.undo(token)
        assert where == f"/manage{folder}/"
        assert kind == "ok"
        assert text.startswith("Undone: ")
        assert (names(site), names(site, ("news", "series"))) == before
    with site.work() as root:
        assert len(root.trash) == 0


def test_what_was_undone_cannot_be_undone_twice(site, ines):
    token = ines.did("delete", name="tides")
    ines.undo(token)
    before = site.last_transaction()
    where, kind, text = ines.undo(token)
    assert (where, kind) == ("/manage/", "warn")
    assert "undone already" in text
    assert site.last_transaction() == before


def test_where_it_cannot_be_done_the_way_leads_back_but_never_off_the_site(site, ines):
    for back, wanted in (
        ("/manage/news/?page=2", "/manage/news/?page=2"),
        ("https://example.org/", "/manage/"),
    ):
        answer = ines.client.post("/manage/@@undo", {"token": "none", "back": back})
        assert (answer.status, answer.location) == (303, wanted)


def test_the_last_ten_can_be_undone_in_any_order(site, ines):
    tokens = [ines.did("rename", name="tides", to="waves")]
    for number in range(5):
        tokens.append(ines.did("delete", name="marsh"))
        ines.undo(tokens.pop())
        tokens.append(ines.did("rename", name="herons", to=f"herons-{number}"))
        tokens.append(ines.did("rename", name=f"herons-{number}", to="herons"))
    assert len(tokens) == 11
    assert "too long ago" in ines.undo(tokens[0])[2]
    assert ines.undo(tokens[-1])[1] == "ok"
    assert "herons-4" in names(site)


def test_only_who_did_it_can_undo_it(site, ines):
    token = ines.did("delete", name="tides")
    other = Editor(site, "admin")
    before = site.last_transaction()
    assert "too long ago" in other.undo(token)[2]
    assert site.last_transaction() == before
    assert site.browser().post("/manage/@@undo", {"token": token}).status in {401, 403}
    assert "tides" not in names(site)


def test_with_a_key_instead_of_a_session_there_is_nothing_to_undo(site, ines):
    token = ines.did("delete", name="tides")
    key = base64.b64encode(b"ines:good for tests only").decode()
    before = names(site)
    answer = site.browser().post(
        "/manage/@@undo", {"token": token}, headers={"Authorization": f"Basic {key}"}
    )
    assert answer.status == 403
    assert "a session" in answer.text
    assert names(site) == before


def test_who_may_not_do_it_any_longer_is_told_so(site):
    tomas = Editor(site, "tomas")
    token = tomas.did("rename", name="tides", to="waves")
    with site.work() as root:
        root["news"]._grants = None
    before = site.last_transaction()
    _, kind, text = tomas.undo(token)
    assert kind == "warn"
    assert text.startswith("This cannot be undone any more: Renamed tides. ")
    assert site.last_transaction() == before


def put_elsewhere(root):
    move(SYSTEM, root["archive"]["tides"], root)


def call_it_otherwise(root):
    rename(SYSTEM, root["news"]["waves"], "floods")


def forget_it(root):
    purge(SYSTEM, next(iter(root.trash)))


def take_its_name(root):
    rename(SYSTEM, root["news"]["marsh"], "tides")


def delete_the_neighbour(root):
    delete(SYSTEM, root["news"]["series"]["two"])


@pytest.mark.parametrize(
    ("what", "folder", "values", "meanwhile", "wanted"),
    [
        ("move", "/news", {}, put_elsewhere, "moved again"),
        ("rename", "/news", {"to": "waves"}, call_it_otherwise, "renamed again"),
        ("rename", "/news", {"to": "waves"}, take_its_name, "tides"),
        ("delete", "/news", {}, forget_it, "cannot be undone any more"),
        ("order", "/news/series", {"name": "one", "after": "three"}, delete_the_neighbour, "two"),
    ],
)
def test_what_others_did_meanwhile_is_not_trampled_on(site, ines, what, folder, values, meanwhile, wanted):
    token = ines.did(what, folder, **{"name": "tides", **values})
    with site.work() as root:
        meanwhile(root)
    before = site.last_transaction()
    _, kind, text = ines.undo(token)
    assert kind == "warn"
    assert wanted in text
    assert site.last_transaction() == before


def test_where_one_of_several_cannot_be_undone_none_is(site, ines):
    token = ines.did("several")
    with site.work() as root:
        purge(SYSTEM, next(each for each in root.trash if each.name == "tides"))  # the last to be undone
    before = site.last_transaction()
    _, kind, text = ines.undo(token)
    assert kind == "warn"
    assert "This cannot be undone any more: Deleted two." in text
    assert site.last_transaction() == before
    assert names(site) == ["herons", "series"]


def test_where_its_name_or_its_folder_is_gone_it_comes_back_and_says_how(site, ines):
    deleted = ines.did("delete", name="tides")
    moved = ines.did("move", name="herons")
    with site.work() as root:
        rename(SYSTEM, root["news"]["marsh"], "tides")
    assert ines.undo(deleted)[1:] == (
        "warn",
        "Undone: Deleted tides. The name tides is taken, “Tides” is called tides-2 now",
    )
    with site.work() as root:
        rename(SYSTEM, root["news"]["tides-2"], "herons")
    assert "“Herons” is called herons-2 now" in ines.undo(moved)[2]
    again = ines.did("delete", name="herons")
    with site.work() as root:
        delete(SYSTEM, root["news"])
    where, _, text = ines.undo(again)
    assert where == "/manage/"
    assert "The folder of “Tides” is gone" in text


def test_what_was_packed_away_meanwhile_is_gone_for_good(site, ines):
    moved = ines.did("move", name="tides")
    with site.work() as root:
        delete(SYSTEM, root["archive"]["tides"])
        purge(SYSTEM, next(iter(root.trash)))
    site.database.pack(days=0)
    site.database.pairs.empty()
    _, kind, text = ines.undo(moved)
    assert kind == "warn"
    assert "“Tides” is gone for good" in text


def test_nothing_but_built_in_values_and_references_is_kept(site, ines):
    ines.did("delete", name="tides")
    ines.did("move", name="herons")
    storage = site.database.storage
    records = [each.data for record in storage.iterator(site.database.lastTransaction()) for each in record]
    assert any(b"moved_back" in each for each in records)
    assert not any(b"objpub.manage" in each for each in records)
