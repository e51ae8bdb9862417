"""Nothing has an address that was not declared, and no verb does what the publisher does not know."""

import pytest

from objpub import Content
from objpub import Folder
from objpub import testing
from objpub.content import File
from objpub.schema import field
from objpub.views import view
from tests.publisher.running import basic
from tests.publisher.running import served


class Card(Content, addable="anywhere"):
    """Something with all that a class can have beside its fields."""

    title: str = ""
    paper: File | None = field(default=None)

    def method(self):
        """Do what nobody may call by an address."""
        raise AssertionError("called")

    @property
    def made_up(self):
        """Give what is no field."""
        raise AssertionError("read")


@view(Card, "shown", permission="public")
def shown(card, request):
    return card.title


@pytest.fixture(scope="module")
def wire():
    with testing.site(Card, shown) as site, served(site) as wire:
        site.add_user("chief", roles=["manager"])
        with site.work() as root:
            box = root.add("box", Folder())
            box.add("card", Card(title="A card", paper=File.from_bytes(b"x", "x.txt")))
            root.add("other", Folder())
        yield wire


#: Attributes of classes, instances, dicts, trees and texts; words of older systems; names of modules.
NAMES = """
method made_up title __class__ __dict__ __init__ __parent__ __name__ _p_jar _p_oid _p_changed _blob
_children __reduce__ __doc__ __call__ __globals__ im_func func_globals keys items values get pop update
clear setdefault add rename remove delete copy move note format format_map encode join upper open read
request REQUEST response RESPONSE context view here root app site user registry settings application modules
os sys builtins p_ aq_parent aq_base aq_inner objectIds objectValues manage manage_main manage_workspace
manage_addProperty manage_delObjects index_html standard_error_message acl_users getId absolute_url
Control_Panel restrictedTraverse unrestrictedTraverse propertyValues setTitle SimpleItem nothing webdav p_m
cgi-bin .git .env
""".split()
OPEN = {"manage", "read", "open"}  # what a view may be called, too


@pytest.mark.parametrize("who", [None, "chief"])
@pytest.mark.parametrize("base", ["/box/card/", "/box/", "/", "/box/card/paper/", "/box/card/shown/"])
def test_no_attribute_method_or_module_has_an_address(wire, base, who):
    headers = {} if who is None else {"Authorization": basic(who)}
    found = {}
    for name in NAMES:
        for path in (f"{base}{name}", f"{base}@@{name}", f"{base}{name}/x"):
            status = wire.ask("GET", path, **headers).status
            if status not in {404, 400} and not (base == "/" and name == "manage"):
                found[path] = status
    assert found == {}


@pytest.mark.parametrize("name", ["title", "method", "__class__", "setTitle", "_p_changed"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_undeclared_can_be_called_or_set(wire, method, name):
    headers = {"Authorization": basic("chief"), "Origin": wire.origin}
    assert wire.ask(method, f"/box/card/{name}", "value=x", **headers).status == 404
    assert wire.ask(method, f"/box/card?{name}=x", f"{name}=x", **headers).status == 405


@pytest.mark.parametrize("path", ["/box/card/box", "/box/card/card", "/box/other", "/box/box", "/other/card"])
def test_what_is_above_or_beside_is_not_found_below(wire, path):
    assert wire.ask("GET", path, Authorization=basic("chief")).status == 404


VERBS = """
PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH BIND UNBIND REBIND MKREDIRECTREF
UPDATEREDIRECTREF ACL VERSION-CONTROL CHECKIN CHECKOUT MERGE BASELINE-CONTROL MKACTIVITY ORDERPATCH TRACE
TRACK DEBUG CONNECT PURGE LINK UNLINK SOURCE VIEW INDEX get Post XMLRPC __class__ GETS
""".split()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("depth", [None, "infinity"])
def test_no_verb_of_another_protocol_is_answered(wire, verb, depth):
    headers = {"Authorization": basic("chief"), "Depth": depth, "Destination": f"{wire.origin}/other/card"}
    answer = wire.ask(verb, "/box/card", **headers)
    assert answer.status in {400, 501}
    assert wire.ask("GET", "/box/card/shown").text == "A card"


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_verb_in_a_header_is_none(wire, name):
    assert wire.ask("GET", "/box/card/shown", **{name: "DELETE"}).text == "A card"


def test_xml_rpc_is_not_spoken(wire):
    body = "<?xml version='1.0'?><methodCall><methodName>method</methodName></methodCall>"
    for path in ("/", "/box/card", "/RPC2", "/box/card/method"):
        answer = wire.ask("POST", path, body, Content_Type="text/xml", Origin=wire.origin)
        assert answer.status in {404, 405, 415}
