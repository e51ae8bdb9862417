"""Areas: the same resources, below a first segment of their own, with other views."""

import pytest

from objpub import App
from objpub import Content
from objpub import field
from objpub import Folder
from objpub import Site
from objpub import testing
from objpub import view
from objpub.errors import BadName
from objpub.errors import DeclarationError
from objpub.publisher import Failure
from objpub.views import page_bar
from objpub.views import Views
from objpub.views import views_in
from objpub.views import views_of


class Walk(Content, addable="anywhere"):
    "A walk."

    title: str = field()


@view(Walk)
def public(walk, request):
    return f"public {walk.title}"


@view(Walk, "edit", area="desk", permission="view")
def edit(walk, request):
    return f"desk edit {walk.title} in {request.area}"


@view(Walk, "edit", area="desk", method="POST", permission="public")
def save(walk, request):
    return request.redirect(walk, "@@edit", area="desk")


@view(Folder, area="desk", permission="view")
def contents(folder, request):
    return f"desk of {request.url(area='desk')}: {request.url(folder, '@@edit', area='desk', a=1)}"


@view(Walk, "secret", area="desk", permission="manage")
def secret(walk, request):
    return "secret"


def site_with(*things):
    return testing.site(Walk, public, edit, save, contents, secret, *things)


def filled(site):
    with site.work() as root:
        folder = root.add("walks", Folder(title="Walks"))
        folder.add("edit", Walk(title="Edit"))
        folder.add("marsh", Walk(title="Marsh"))
    return site.client


def test_a_view_of_an_area_answers_below_its_name_behind_two_at_signs():
    with site_with() as site:
        client = filled(site)
        assert client.get("/desk/walks/marsh/@@edit").text == "desk edit Marsh in desk"
        assert client.get("/walks/marsh").text == "public Marsh"


def test_without_the_signs_it_is_a_resource_or_nothing():
    with site_with() as site:
        client = filled(site)
        assert client.get("/desk/walks/edit/@@edit").text == "desk edit Edit in desk"
        assert client.get("/desk/walks/marsh/edit").status == 404


def test_views_of_an_area_are_not_views_of_the_site_and_the_other_way_round():
    with site_with() as site:
        client = filled(site)
        assert client.get("/walks/marsh/@@edit").status == 404
        assert client.get("/walks/marsh/edit").status == 404
        assert client.get("/desk/walks/marsh").status == 404


def test_urls_of_an_area_have_its_name_and_the_prefix_of_the_mount():
    with site_with() as site:
        client = filled(site)
        assert client.get("/desk/walks/").text == "desk of /desk/walks/: /desk/walks/@@edit?a=1"


def test_a_folder_without_its_slash_is_sent_to_the_slash_within_the_area():
    with site_with() as site:
        answer = filled(site).get("/desk/walks?x=1")
        assert (answer.status, answer.headers["Location"]) == (308, "/desk/walks/?x=1")


def test_redirects_stay_in_the_area():
    with site_with() as site:
        answer = filled(site).post("/desk/walks/marsh/@@edit", {})
        assert answer.status == 303
        assert answer.headers["Location"].endswith("/desk/walks/marsh/@@edit")


def test_permissions_of_an_area_are_checked():
    with site_with() as site:
        assert filled(site).get("/desk/walks/marsh/@@secret").status in {303, 401, 403}


def test_options_and_wrong_methods_speak_of_the_views_of_the_area():
    with site_with() as site:
        client = filled(site)
        answer = client.request("OPTIONS", "/desk/walks/marsh/@@edit")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
        assert client.request("PUT", "/desk/walks/marsh/@@edit").status in {400, 405}


def test_errors_below_an_area_are_shown_by_its_own_view():
    @view(Failure, area="desk")
    def failed(failure, request):
        return f"desk: {failure.status}"

    with site_with(failed) as site:
        client = filled(site)
        assert client.get("/desk/walks/nowhere/").text == "desk: 404"
        assert "desk:" not in client.get("/nowhere").text


def test_the_name_of_an_area_is_refused_for_children_of_the_site_only():
    with site_with() as site, site.work() as root:
        with pytest.raises(BadName, match="desk"):
            root.add("desk", Folder(title="Desk"))
        root.add("walks", Folder(title="Walks")).add("desk", Folder(title="Desk"))


def test_areas_with_the_same_view_do_not_conflict_and_twice_the_same_does():
    @view(Walk, "edit", area="other")
    def elsewhere(walk, request):
        return "other"

    app = App()
    app.include(Walk, edit, elsewhere)
    registry = app.freeze()
    assert [each.function for each in views_of(registry, Walk, "other")] == [elsewhere]
    assert len(list(views_in(registry, "nowhere").all())) == 0
    assert registry[Views].find(Walk, ("edit", "GET")) is None

    @view(Walk, "edit", area="desk")
    def again(walk, request):
        return "again"

    app.include(again)
    with pytest.raises(DeclarationError, match="desk view Walk 'edit' GET|desk view Walk edit GET"):
        app.freeze()


@pytest.mark.parametrize("wrong", ["a/b", "two words", "@@x", "ü"])
def test_an_area_is_a_word(wrong):
    with pytest.raises(DeclarationError, match="area="):
        view(Walk, area=wrong)


def test_a_bar_stands_on_public_pages_for_those_who_have_signed_in():
    @page_bar
    def bar(context, request):
        return f"<p>bar of {request.url(context)}</p>"

    @page_bar
    def nothing(context, request):
        return None

    with testing.site(Walk, bar, nothing) as site:
        with site.work() as root:
            root.users.add("ann", "correct horse battery", roles=["editor"])
            root.add("marsh", Walk(title="Marsh"))
        assert "bar of" not in site.client.get("/marsh").text
        site.client.login("ann", "correct horse battery")
        assert "<p>bar of /marsh</p>" in site.client.get("/marsh").text


def test_the_site_is_the_root_of_each_area():
    with site_with() as site:
        with site.work() as root:
            assert isinstance(root, Site)
        assert filled(site).get("/desk/").text == "desk of /desk/: /desk/@@edit?a=1"
