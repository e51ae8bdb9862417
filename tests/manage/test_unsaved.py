"""What the page about a form whose content went away may tell."""

from objpub.operations import add_new
from objpub.operations import move
from objpub.security import override_permission
from objpub.security import SYSTEM
from tests.manage.pages import Section


def test_it_does_not_name_a_hidden_folder_where_the_content_was_in_between(site):
    with site.work() as root:
        secret = add_new(SYSTEM, root, Section, {"title": "Secret plan"})
        override_permission(secret, "view", ["manager"])
    form = site.client.login("tomas").get("/manage/news/tides/@@edit").form("form")
    for target in (("secret-plan",), ("news", "series")):
        with site.work() as root:
            source = root["news" if target[0] == "secret-plan" else "secret-plan"]["tides"]
            folder = root
            for name in target:
                folder = folder[name]
            move(root.users.identity("admin"), source, folder)
    page = form.fill(text="Typed").submit()
    assert page.status == 404
    assert "Typed" in page.text and "/news/series/tides" in page.text
    assert "Secret plan" not in page.text and "admin: Changed." in page.text
