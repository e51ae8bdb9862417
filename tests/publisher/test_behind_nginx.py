"""Three hosts, a path and a mounted database behind nginx: no link breaks or leaves its host."""

import threading
from http.cookies import SimpleCookie
from io import BytesIO

import pytest
from PIL import Image as Picture

from objpub import field
from objpub import Ref
from objpub import testing
from objpub.content import Content
from objpub.content import Folder
from objpub.content import Image
from objpub.importing import Page
from objpub.importing import Section
from objpub.operations import delete
from objpub.operations import set_grants
from objpub.publisher import Server
from objpub.security import SYSTEM
from objpub.testing.client import PASSWORD
from tests.crawling import Browser
from tests.crawling import crawl
from tests.fronting import free_ports
from tests.fronting import nginx
from tests.parts import of_interface


class Story(Content, addable="anywhere"):
    """Something that refers to other things."""

    title: str = field()
    about: Ref[Content] | None = field(default=None)
    picture: Image | None = field(default=None)


def drawn():
    """Return a picture as PNG."""
    target = BytesIO()
    Picture.new("RGB", (40, 30), "teal").save(target, "PNG")
    return target.getvalue()


def fill(root):
    """Put something into each of the places."""
    root.title = "The coast"
    blog = root.add("blog", Section(title="The blog"))
    tides = blog.add("tides", Page(title="Tides & moon"))
    tides._html = '<a href="/blog/">Blog</a> <a href="/blog/year/ebb">Ebb</a>'
    tides._html += '<img src="/blog/year/ebb/picture" alt="">'
    year = blog.add("year", Folder(title="A year"))
    picture = Image.from_bytes(drawn(), "a.png", "image/png")
    year.add("ebb", Story(title="Ebb", about=tides, picture=picture))
    ann = root.add("members", Folder(title="Members")).add("ann", Section(title="Ann"))
    ann.add("a b", Page(title="A name with a space"))
    archive = root["archive"]
    old = archive.add("old", Folder(title="Old"))
    old.add("flood", Story(title="Flood", about=old))
    root.navigation = (blog, root["members"])


@pytest.fixture(scope="module")
def coast(tmp_path_factory):
    """Give (address of a host, a function; ports by scheme) of a site behind nginx."""
    plain, secure = free_ports()
    ports = {"http": plain, "https": secure}
    folder = tmp_path_factory.mktemp("coast")
    settings = {
        "database.uri": f"file:{folder}/site.fs",
        "mounts": {"/archive": f"file:{folder}/archive.fs"},
        "server.url": f"http://www.coast.example:{plain}",
        "server.hosts": ["intranet.example"],
        "server.proxies": ["127.0.0.1"],
        "server.proxy_headers": ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Prefix"],
        "sites": {
            "blog.coast.example": "/blog",
            "*.coast.example": "/members/*",
            "archive.coast.example": "/archive",
            "intranet.example": "/",
        },
    }
    with testing.site("objpub.importing", Story, settings=settings) as site:
        with site.work() as root:
            fill(root)
        site.add_user("boss", roles=["manager"])
        site.add_user("ann")
        with site.work() as root:
            ann = root["members"]["ann"]
            set_grants(SYSTEM, ann, "user:ann", ["editor"])
            delete(SYSTEM, ann.add("gone", Page(title="Gone")))
            delete(SYSTEM, root["blog"]["year"].add("gone", Page(title="Gone too")))
        server = Server(site.application, "127.0.0.1", 0, 4)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            with nginx(folder, server.port, plain, secure, "intranet.example", ("/cms", "/second")):
                yield lambda host, scheme="http": f"{scheme}://{host}:{ports[scheme]}/", ports
        finally:
            server.stop()
            thread.join(20)


@pytest.fixture
def surfer(coast):
    browser = Browser(coast[1])
    yield browser
    browser.close()


@pytest.mark.parametrize(
    ("host", "scheme", "path", "wanted"),
    [
        ("www.coast.example", "http", "", "blog/year/ebb"),
        ("www.coast.example", "http", "", "archive/old/flood"),
        ("blog.coast.example", "https", "", "year/ebb/picture"),
        ("ann.coast.example", "http", "", "a%20b"),
        ("archive.coast.example", "http", "", "old/flood"),
        ("intranet.example", "https", "cms/", "archive/old/flood"),
    ],
)
def test_no_public_link_leaves_its_host_or_breaks(coast, surfer, host, scheme, path, wanted):
    site = coast[0](host, scheme) + path
    seen, problems = crawl(surfer, site)
    assert not problems, "\n".join(problems)
    assert f"{site}{wanted}" in seen


@of_interface
@pytest.mark.parametrize(
    ("host", "scheme", "path"),
    [
        ("www.coast.example", "http", ""),
        ("blog.coast.example", "https", ""),
        ("archive.coast.example", "http", ""),
        ("intranet.example", "http", "cms/"),
    ],
)
def test_no_link_of_the_management_interface_leaves_its_host_or_breaks(coast, surfer, host, scheme, path):
    site = coast[0](host, scheme) + path
    surfer.sign_in(site, "boss", PASSWORD)
    seen, problems = crawl(surfer, site, ("", "manage/"))
    assert not problems, "\n".join(problems)
    assert len(seen) > 60
    assert f"{site}manage/@@profile" in seen


@of_interface
def test_two_sites_cannot_see_each_others_cookies(coast, surfer):
    address, _ = coast
    blog, ann = address("blog.coast.example"), address("ann.coast.example")
    one, two = f"{address('intranet.example')}cms/", f"{address('intranet.example')}second/"
    for site in (blog, one):
        surfer.sign_in(site, "boss", PASSWORD)
    domains = {(each.domain, each.domain_specified, each.path) for each in surfer.jar}
    assert domains == {("blog.coast.example", False, "/"), ("intranet.example", False, "/cms")}
    assert surfer.ask(f"{blog}manage/@@profile")[0] == 200
    assert surfer.ask(f"{one}manage/@@profile")[0] == 200
    for site in (ann, address("www.coast.example"), two):
        status, headers, _ = surfer.ask(f"{site}manage/@@profile")
        assert status == 303, site
        assert "/login?" in headers["Location"]


def test_a_cookie_that_came_over_tls_is_sent_back_over_tls_only(coast, surfer):
    site = coast[0]("blog.coast.example", "https")
    status, headers, _ = surfer.ask(f"{site}login", "POST", {"name": "boss", "password": PASSWORD})
    cookies = SimpleCookie("; ".join(headers.get_all("Set-Cookie")))
    assert status == 303
    assert all(each["secure"] for each in cookies.values())


def test_what_a_visitor_writes_about_himself_counts_for_nothing(coast, surfer):
    site = coast[0]("blog.coast.example")
    lies = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.example",
    }
    page = surfer.ask(f"{site}tides", headers=lies.items())[2]
    assert "evil" not in page
    assert f'href="{site}tides"' in page
