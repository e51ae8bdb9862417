"""What was tried against a site and once went through; each must fail for good."""

import pytest

from objpub import testing
from objpub.content import Content
from objpub.content import File
from objpub.schema import field
from objpub.schema import Ref
from objpub.security import override_permission
from objpub.security import Policy


class Person(Content, addable="anywhere"):
    """Somebody, with a paper that only managers read, and friends."""

    title: str = ""
    paper: File | None = field(default=None, read="manage", write="manage")
    picture: File | None = field(default=None)
    friend: "Ref[Content] | None" = field(default=None)
    friends: "tuple[Ref[Content], ...]" = field(default=())


def people(site):
    """Fill *site*: /ann, whom everybody may see, and /hidden, whom only managers may."""
    with site.work() as root:
        ann, hidden = Person(title="Ann"), Person(title="Bob the Secret")
        root.add("ann", ann)
        root.add("hidden", hidden)
        override_permission(hidden, "view", ["manager"])
        ann.paper = File.from_bytes(b"the paper", "paper.txt")
        ann.picture = File.from_bytes(b"the picture", "picture.txt")
        ann.friend = hidden
        ann.friends = (hidden,)


def test_a_file_in_a_field_is_read_at_its_address_only_by_who_may_read_the_field():
    with testing.site(Person) as site:
        people(site)
        site.add_user("chief", roles=["manager"])
        assert site.client.get("/ann/picture").body == b"the picture"
        answer = site.client.get("/ann/paper")
        assert answer.status == 303
        assert b"the paper" not in answer.body
        site.client.login("chief")
        assert site.client.get("/ann/paper").body == b"the paper"


def test_a_file_in_a_field_is_changed_only_by_who_may_write_the_field():
    with testing.site(Person) as site:
        people(site)
        site.add_user("ed", roles=["editor"])
        policy = site.registry[Policy]
        with site.work() as root:
            ed = root.users.identity("ed")
            assert policy.can(ed, "edit", root["ann"])
            assert policy.can(ed, "edit", root["ann"].picture)
            assert not policy.can(ed, "edit", root["ann"].paper)
            assert not policy.can(ed, "view", root["ann"].paper)


def test_a_page_tells_nothing_of_a_resource_it_refers_to_that_may_not_be_seen():
    with testing.site(Person) as site:
        people(site)
        site.add_user("chief", roles=["manager"])
        text = site.client.get("/ann").text
        assert "Secret" not in text
        assert "hidden" not in text
        site.client.login("chief")
        assert "Bob the Secret" in site.client.get("/ann").text


@pytest.mark.parametrize("host", ["good.example:80@evil.example", "good.example:x", "good.example:"])
def test_a_host_that_hides_another_behind_its_port_is_refused(host):
    with testing.site(settings={"server.hosts": ["good.example"]}) as site:
        assert site.client.get("/", headers={"Host": "good.example:80"}).status == 200
        assert site.client.get("/", headers={"Host": host}).status == 400


def test_the_session_of_a_site_behind_https_is_never_sent_without():
    with testing.site(settings={"server.url": "https://good.example"}) as site:
        site.add_user("ann")
        answer = site.client.post("/login", {"name": "ann", "password": testing.PASSWORD})
        cookies = [value for name, value in answer.headers.pairs if name.lower() == "set-cookie"]
        assert len(cookies) == 2
        assert all("secure" in each.lower() for each in cookies)


def test_a_form_cannot_name_checkboxes_without_end():
    with testing.site() as site:
        names = " ".join(f"c{number}" for number in range(2_000))
        assert site.client.post("/login", {"_checkboxes": names}).status == 413


def test_an_upload_of_comments_is_looked_at_once_and_not_without_end():
    """It went on for hours: a pattern tried each comment in all ways."""
    file = File.from_bytes(b"<!---->" * 500 + b"x", "x")
    assert file.media_type == "text/plain"
    assert File.from_bytes(b"<!-- a --> <!-- b --><svg>", "x").media_type == "image/svg+xml"
    assert File.from_bytes(b"<!----><!-- b --> <html>", "x").media_type == "text/html"


@pytest.mark.parametrize("bad", ['x="\\303"', 'objpub_message="\\377\\376"', 'objpub_session="\\303"'])
def test_a_cookie_that_cannot_be_read_is_left_out_and_the_others_stay(bad):
    with testing.site(Person) as site:
        people(site)
        site.add_user("chief", roles=["manager"])
        site.client.login("chief")
        both = f"{bad}; {site.client.cookies.header('/')}"
        assert site.browser().get("/ann", headers={"Cookie": bad}).status == 200
        assert site.browser().get("/ann/paper", headers={"Cookie": both}).status == 200


def test_the_secret_is_not_in_the_text_of_the_settings():
    with testing.site() as site:
        assert site.application.settings.secret
        assert site.application.settings.secret not in repr(site.application.settings)
