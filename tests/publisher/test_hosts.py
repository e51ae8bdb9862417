"""Several hosts, each rooted at a place in the tree; and a site that stands below a path."""

import pytest

from objpub import testing
from objpub import view
from objpub.content import Folder
from objpub.content import Site
from objpub.errors import SettingsError
from objpub.importing import Page
from objpub.publisher.roots import with_addresses
from tests.parts import of_interface

SITES = {"blog.example.org": "/blog", "*.example.org": "/members/*", "gone.example.org": "/gone"}
SETTINGS = {"sites": SITES, "server.url": "https://www.example.org"}


@view(Folder, "links", permission="view")
def links(folder, request):
    """Give the address of everything that a test asks for."""
    site = request.site
    places = [site, site["blog"], site["blog"]["tides"], site["shop"]]
    found = [request.url(each) for each in places] + [request.url(site["shop"], "links", area="manage", a=1)]
    return "\n".join([*found, request.url(absolute=True), request.canonical])


@view(Site, "imprint", permission="view")
def imprint(site, request):
    """A page that only the site has."""
    return f"imprint at {request.url(site, 'imprint', absolute=True)}"


@pytest.fixture
def several():
    with testing.site(links, imprint, settings=SETTINGS) as site:
        with site.work() as root:
            root.add("blog", Folder(title="The blog"))
            root.add("shop", Folder(title="The shop"))
            targets = ("/blog/tides", "/blog", "/shop/x?y#z", "/blogs")
            html = "".join(f'<a href="{target}">x</a>' for target in targets)
            root["blog"].add("tides", Page(title="Tides"))._html = html
            root.add("members", Folder()).add("ann", Folder(title="Ann’s"))
        site.add_user("boss", roles=["manager"])
        yield site


def lines(site, host, path="/links"):
    return site.browser(host=host).get(path).text.splitlines()


def test_a_host_shows_what_is_at_its_place_and_addresses_begin_there(several):
    found = lines(several, "blog.example.org")
    assert found[1:3] == ["/", "/tides"]
    assert found[5:] == ["https://blog.example.org/", "https://blog.example.org/links"]
    assert several.browser(host="blog.example.org").get("/blog").status == 404


def test_what_is_elsewhere_has_its_address_on_the_host_of_the_whole_site(several):
    found = lines(several, "blog.example.org")
    assert found[0] == "https://www.example.org/"
    assert found[3:5] == ["https://www.example.org/shop/", "https://www.example.org/manage/shop/links?a=1"]


def test_the_host_of_the_whole_site_shows_all_of_it(several):
    found = lines(several, "www.example.org", "/blog/links")
    assert found[:5] == ["/", "/blog/", "/blog/tides", "/shop/", "/manage/shop/links?a=1"]
    assert found[5:] == ["https://www.example.org/blog/", "https://www.example.org/blog/links"]


def test_what_stands_for_the_star_is_a_name_in_the_path(several):
    ann = several.browser(host="Ann.example.org:8080")
    assert ann.get("/links").text.splitlines()[-1] == "https://ann.example.org:8080/links"
    assert several.browser(host="bob.example.org").get("/").status == 404
    assert several.browser(host="a.b.example.org").get("/").status == 400
    assert several.browser(host="a/b.example.org").get("/").status == 400


@pytest.mark.parametrize(
    "host", ["example.org", "evil.example", "www.example.org.evil.example", "", "blog.example.org:x"]
)
def test_other_hosts_are_refused(several, host):
    assert several.browser(host=host).get("/").status == 400


def test_a_host_may_be_answered_that_is_no_place():
    with testing.site(settings={"server.hosts": ["*.example.org", "Localhost"]}) as site:
        found = [
            site.browser(host=host).get("/").status
            for host in ("a.example.org", "localhost", "a.b.example.org")
        ]
        assert found == [200, 200, 400]


def test_an_address_without_its_slash_is_put_right_on_the_same_host(several):
    with several.work() as root:
        root["blog"].add("year", Folder())
    found = several.browser(host="blog.example.org").get("/year?a=1")
    assert (found.status, found.location) == (308, "/year/?a=1")


def test_links_in_a_text_lead_to_where_their_target_is(several):
    found = several.browser(host="blog.example.org").get("/tides").text
    for target in ("/tides", "/", "https://www.example.org/shop/x?y#z", "https://www.example.org/blogs"):
        assert f'href="{target}"' in found
    assert with_addresses.__module__ == "objpub.publisher.roots"


def test_a_view_that_only_the_site_has_is_on_every_host(several):
    assert lines(several, "blog.example.org", "/imprint") == ["imprint at https://blog.example.org/imprint"]
    assert lines(several, "blog.example.org", "/@@imprint") == ["imprint at https://blog.example.org/imprint"]
    with several.work() as root:
        root["blog"].add("imprint", Folder(title="Our own imprint"))
    assert "Our own imprint" in several.browser(host="blog.example.org").get("/imprint/").text


@of_interface
def test_somebody_signs_in_and_out_on_each_host_by_itself(several):
    blog = several.browser(host="blog.example.org")
    asked = blog.get("/manage/tides/@@edit")
    assert (asked.status, asked.location) == (
        303,
        "/login?came_from=/manage/tides/@@edit".replace("/manage", "%2Fmanage")
        .replace("/tides", "%2Ftides")
        .replace("/@@", "%2F%40%40"),
    )
    back = blog.get(asked.location).form(0).fill(name="boss", password=testing.client.PASSWORD).submit()
    assert (back.status, back.location) == (303, "/manage/tides/@@edit")
    assert "Domain" not in str(back.headers)
    assert several.browser(host="blog.example.org").get("/login").form(0)["came_from"] == "/"
    assert blog.get("/manage/tides/@@edit").status == 200
    assert blog.get("/logout").form(0).submit().location == "/"


@of_interface
def test_the_management_interface_begins_at_the_root_of_the_host(several):
    blog = several.browser(host="blog.example.org").login("boss")
    page = blog.get("/manage/tides/@@edit").text
    assert 'href="/manage/"' in page
    assert "https://www.example.org" not in page
    assert "The blog" in page
    assert "The shop" not in page


@of_interface
def test_a_change_with_the_origin_of_another_host_is_refused(several):
    blog = several.browser(host="blog.example.org").login("boss")
    for origin in ("https://www.example.org", "https://ann.example.org"):
        assert blog.post("/manage/@@look", {"theme": "dark"}, headers={"Origin": origin}).status == 403
    assert (
        blog.post("/manage/@@look", {"theme": "dark"}, headers={"Origin": "https://blog.example.org"}).status
        == 303
    )


def test_errors_lead_to_the_root_of_the_host(several):
    assert 'href="/"' in several.browser(host="blog.example.org").get("/nothing").text


def test_a_host_whose_place_is_not_there_has_nothing(several):
    found = several.browser(host="gone.example.org").get("/")
    assert found.status == 404


def test_without_a_host_for_the_whole_tree_there_is_no_start():
    with pytest.raises(SettingsError, match="whole tree"), testing.site(settings={"sites": {"a.org": "/a"}}):
        pass


def test_the_host_for_the_whole_tree_may_be_one_of_the_table():
    sites = {"a.org": "/blog", "b.org": "/"}
    with testing.site(links, settings={"sites": sites}) as site:
        with site.work() as root:
            root.add("blog", Folder()).add("tides", Page(title="Tides"))
            root.add("shop", Folder())
        found = site.browser(host="a.org").get("/links").text.splitlines()
        assert found[:2] == ["http://b.org/", "/"]


def test_another_host_for_the_whole_tree_has_its_own_address():
    settings = {"sites": {"inside.example": "/"}, "server.url": "https://www.example.org"}
    with testing.site(links, settings=settings) as site:
        with site.work() as root:
            root.add("blog", Folder()).add("tides", Page(title="Tides"))
            root.add("shop", Folder())
        found = site.browser(host="inside.example").get("/shop/links").text.splitlines()
        assert found[5:] == ["https://inside.example/shop/", "https://inside.example/shop/links"]


# Below a path

BELOW = {"server.prefix": "/cms", "server.url": "https://www.example.org"}


@of_interface
def test_a_site_below_a_path_has_it_in_every_address():
    with testing.site(settings=BELOW) as site:
        with site.work() as root:
            root.add("cms", Folder(title="Called like the prefix"))
        site.add_user("boss", roles=["manager"])
        assert "Called like the prefix" in site.client.get("/cms/cms/").text
        assert site.client.get("/cms/cms").location == "/cms/cms/"
        assert site.client.get("/cms").location == "/cms/"
        assert 'href="https://www.example.org/cms/cms/"' in site.client.get("/cms/cms/").text
        assert site.client.get("/cms/health").status == 200
        page = site.client.get("/cms/manage/").location
        assert page == "/cms/login?came_from=%2Fcms%2Fmanage%2F"
        answer = site.client.get(page).form(0).fill(name="boss", password=testing.client.PASSWORD).submit()
        assert answer.location == "/cms/manage/"
        assert "Path=/cms" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/", "/cmsx", "/x/cms/", "/health"])
def test_outside_of_the_path_is_nothing(path):
    with testing.site(settings=BELOW) as site:
        assert site.client.get(path).status == 404
