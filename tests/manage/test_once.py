"""Every form of the management interface that makes something makes it once, also when it is sent at once."""

import re
import threading

import pytest

from objpub.operations import delete
from objpub.security import SYSTEM
from objpub.testing import PASSWORD

TEXT = ("notes.txt", b"Notes", "text/plain")
#: Address of the form, its id, what is typed, a file, and what there is afterwards, counted by `number_of`.
FORMS = {
    "page": ("/manage/news/@@add?type=Page", "form", {"title": "Spring"}, None),
    "file": ("/manage/news/@@upload", "upload", {}, TEXT),
    "copy": ("/manage/news/@@copy?pick=tides&to=/archive", "copy", {}, None),
    "user": ("/manage/@@users-add", "adding", {"name": "zoe"}, None),
    "group": ("/manage/@@groups-add", "adding", {"name": "divers", "title": "Divers"}, None),
    "token": ("/manage/@@token-add", "adding", {"title": "Robot", "permissions": "view"}, None),
}
TOLD = {
    "page": "“Spring” was added already",
    "file": "“notes” was added already",
    "copy": "“Tides” was added already",
    "user": "zoe was added already",
    "group": "The group Divers was added already",
    "token": "This token was made already",
}


def number_of(site):
    """Return how many things, people, groups and tokens there are."""
    with site.work() as root:
        users = root.users
        tokens = sum(len(users.tokens.of(name)) for name in users)
        return len(root["news"]) + len(root["archive"]), len(users), len(users.groups), tokens


def filled(client, path, form_id, typed):
    """Return the address and the values of a form, filled in."""
    form = client.get(path).form(form_id)
    pairs = dict(form.pairs())
    assert len(pairs.get("_once", "")) > 15
    return form.action, {**{name: value for name, value in pairs.items() if name != "files"}, **typed}


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_that_is_sent_five_times_at_once_makes_one(site, kind):
    path, form_id, typed, file = FORMS[kind]
    client = site.browser().login("admin")
    before = number_of(site)
    action, values = filled(client, path, form_id, typed)
    clients = [site.browser().login("admin") for _ in range(5)]
    together, answers = threading.Barrier(5), []

    def send(browser):
        together.wait()
        answers.append(browser.post(action, values, files={"files": file} if file else None))

    threads = [threading.Thread(target=send, args=(each,)) for each in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.status for each in answers} <= {200, 303}
    assert sum(number_of(site)) == sum(before) + 1
    again = client.post(action, values, files={"files": file} if file else None)
    assert again.status == 303
    assert TOLD[kind] in again.follow().text
    assert sum(number_of(site)) == sum(before) + 1


def test_the_text_of_a_token_is_shown_to_nobody_who_sends_the_form_again(site):
    client = site.browser().login("admin")
    path, form_id, typed, _ = FORMS["token"]
    action, values = filled(client, path, form_id, typed)
    text = re.search(r'value="(objpub_[^"]+)"', client.post(action, values).text)[1]
    again = client.post(action, values).follow()
    assert text not in again.text
    with site.work() as root:
        assert all(text not in repr(each) for each in root.users.submissions._records.values())


def test_a_file_that_a_script_sends_again_is_told_again(site):
    client = site.browser().login("ines")
    answers = [
        client.post(
            "/manage/news/@@upload",
            {"_once": "made by the script"},
            files={"files": TEXT},
            headers={"Accept": "application/json"},
        )
        for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    (told,) = answers[0].json["files"]
    with site.work() as root:
        assert [name for name in root["news"] if name.startswith("notes")] == [told["name"]]


def test_what_was_added_and_deleted_is_added_with_the_same_form_again(site):
    client = site.browser().login("ines")
    action, values = filled(client, *FORMS["page"][:3])
    assert client.post(action, values).location == client.post(action, values).location
    with site.work() as root:
        delete(SYSTEM, root["news"]["spring"])
    assert client.post(action, values).status == 303
    with site.work() as root:
        assert "spring" in root["news"]


def test_a_preview_can_be_asked_for_again_and_again(site):
    client = site.browser().login("ines")
    _, values = filled(client, *FORMS["page"][:3])
    pages = [client.post("/manage/news/@@preview", values) for _ in range(3)]
    assert [each.status for each in pages] == [200] * 3
    assert client.post("/manage/news/@@add?type=Page", values).status == 303


def test_who_signs_in_in_between_makes_it_once(site):
    client = site.browser().login("ines")
    action, values = filled(client, *FORMS["page"][:3])
    client.post(action, values)
    client.cookies.clear()
    page = client.post(action, values).form(0).fill(name="ines", password=PASSWORD).submit()
    assert "was added already" in page.form(0).submit().follow().text
