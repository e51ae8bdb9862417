"""What the site itself decides for each page: front page, navigation, logo."""

from objpub import testing
from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.operations import delete
from objpub.operations import set_site_fields
from objpub.schema import field
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.views import view


class Leaf(Content, addable="anywhere"):
    title: str = field(default="")


class Nook(Folder, addable="anywhere"):
    title: str = field(default="")


@view(Leaf)
def show_leaf(leaf, request):
    return f"the leaf {leaf.title} at {request.url(request.context)}, named {request.context.__name__}"


class Home(Site):
    pass


@view(Home, "feed")
def feed(home, request):
    return "the feed"


def choose(root, **values):
    set_site_fields(SYSTEM, root, values)


def leaves(site):
    with site.work() as root:
        root.add("welcome", Leaf(title="Welcome"))
        root.add("news", Nook(title="News"))


def test_the_chosen_child_is_shown_at_the_address_of_the_site():
    with testing.site(Leaf, Nook, show_leaf) as site:
        leaves(site)
        assert "the leaf" not in site.client.get("/").text
        with site.work() as root:
            choose(root, front_page=root["welcome"])
        page = site.client.get("/")
        assert page.status == 200
        assert page.text == "the leaf Welcome at /welcome, named welcome"
        assert site.client.head("/").status == 200
        assert site.client.get("/welcome").text == page.text
        with site.work() as root:
            choose(root, front_page=root["news"])
        assert "<h1>News</h1>" in site.client.get("/").text


def test_a_deleted_front_page_gives_way_to_the_sites_own():
    with testing.site(Leaf, Nook, show_leaf) as site:
        leaves(site)
        with site.work() as root:
            choose(root, front_page=root["welcome"])
        with site.work() as root:
            delete(SYSTEM, root["welcome"])
        site.add_user("tom", roles=["manager"])  # who may view what is in the trash
        for page in (site.client.get("/"), site.browser().login("tom").get("/")):
            assert page.status == 200
            assert "the leaf" not in page.text


def test_who_may_not_view_it_is_shown_the_sites_own():
    with testing.site(Leaf, Nook, show_leaf) as site:
        leaves(site)
        with site.work() as root:
            choose(root, front_page=root["welcome"], navigation=[root["welcome"], root["news"]])
            override_permission(root["welcome"], "view", "editor")
        site.add_user("ann", roles=["editor"])
        page = site.client.get("/")
        assert page.status == 200
        assert "Welcome" not in page.text
        assert "News" in page.text
        assert "the leaf" in site.client.login("ann").get("/").text


def test_views_of_the_site_and_changes_are_not_the_front_pages():
    with testing.site(Leaf, Nook, Home, show_leaf, feed) as site:
        leaves(site)
        with site.work() as root:
            choose(root, front_page=root["welcome"])
        assert site.client.get("/feed").text == "the feed"
        assert site.client.post("/", {}).status == 405


def test_the_navigation_is_in_the_plain_layout_in_its_order():
    with testing.site(Leaf, Nook) as site:
        leaves(site)
        assert "<header" not in site.client.get("/").text
        with site.work() as root:
            choose(root, navigation=[root["news"], root["welcome"]])
        header = site.client.get("/welcome").text.partition("</header>")[0].partition("<header")[2]
        assert header.index('href="/news/"') < header.index('href="/welcome"')
        assert header.count("aria-current") == 1


def test_the_settings_of_the_site_are_no_part_of_its_page():
    with testing.site(Leaf) as site:
        with site.work() as root:
            choose(root, time_zone="Europe/Rome", description="Salt and mud.")
        page = site.client.get("/")
        assert "Europe/Rome" not in page.text
        assert '<meta name="description" content="Salt and mud."' in page.text
