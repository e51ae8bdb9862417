from .conftest import one_line

SITE = """\
from objpub import Content
from objpub.content import Site
from objpub.events import on
from objpub.events import SiteCreated
from objpub.views import view


class Leaf(Content, addable="anywhere"):
    title: str
    read: int = 0


@on(SiteCreated)
def begin(event):
    event.resource.add("oak", Leaf(title="Oak"))


@view(Leaf)
def show(leaf, request):
    return f"{leaf.title}, for {request.identity}, read {leaf.read} times"


@view(Leaf, "double")
def double(leaf, request, number: int):
    return str(2 * number)


@view(Leaf, "rename", method="POST")
def rename(leaf, request, title: str):
    leaf.title = title
    return request.redirect(leaf)


@view(Leaf, "bytes", permission="public")
def raw(leaf, request):
    return bytes(range(256))
"""


TOKENS = """
from objpub.operations import make_token
from objpub.security import SYSTEM

make_token(SYSTEM, site, "ann", "nightly", permissions=["view"])
commit()
"""


def site(folder, name):
    """Write the site in one module called *name*."""
    with folder.joinpath("objpub.toml").open("a") as file:
        file.write(f'[site]\napp = "{name}"\n')
    folder.joinpath(f"{name}.py").write_text(SITE)


def test_views_are_listed_with_where_they_stand(objpub, folder):
    site(folder, "leaves_a")
    lines = objpub("views").output.splitlines()
    assert lines[0].split() == ["Type", "View", "Methods", "Permission", "Declared", "at", "Template"]
    assert ["Leaf", "rename", "POST", "edit", "leaves_a.py:28"] in [line.split() for line in lines]
    assert ["Leaf", "(default)", "GET", "HEAD", "view", "leaves_a.py:18"] in [line.split() for line in lines]


def test_the_sites_own_views_come_first(objpub, folder):
    site(folder, "leaves_i")
    places = ["leaves_i" in line for line in objpub("views").output.splitlines()[1:]]
    assert places == [True] * sum(places) + [False] * (len(places) - sum(places))
    assert sum(places) == 4


def test_views_need_no_database(objpub, folder):
    site(folder, "leaves_b")
    objpub("views")
    assert not folder.joinpath("var").exists()


def test_views_of_a_resource_are_those_of_its_type(objpub, folder):
    site(folder, "leaves_c")
    text = objpub("views", "/oak").output
    assert "rename" in text
    assert "login" not in text


def test_public_views_are_those_a_visitor_may_see(objpub, folder):
    site(folder, "leaves_d")
    for words in ((), ("/oak",)):
        text = objpub("views", *words, "--public").output
        assert "double" in text
        assert "bytes" in text
        assert not [line for line in text.splitlines() if "rename" in line and "leaves_d" in line]


def test_views_of_a_path_that_is_not_there(objpub, folder):
    site(folder, "leaves_e")
    assert "elm" in one_line(objpub("views", "/elm", status=1))


def test_why_explains_a_no_and_what_would_help(objpub, folder):
    site(folder, "leaves_f")
    objpub("user", "add", "ann", "--no-password")
    text = objpub("why", "ann", "edit", "/oak").output
    assert text.startswith("No. ann may not edit “Oak”. It takes the role owner or editor;")
    assert "editor" in text
    assert "To make it possible" in text


def test_why_explains_a_yes(objpub, folder):
    site(folder, "leaves_g")
    assert objpub("why", "visitor", "view", "/oak").output.startswith("Yes.")
    assert objpub("why", "system", "manage", "/oak").output.startswith("Yes.")


def test_why_about_a_token_that_may_less_than_its_owner(objpub, folder):
    site(folder, "leaves_t")
    objpub("user", "add", "ann", "--role", "manager", "--no-password")
    objpub("user", "add", "zoe", "--no-password")
    folder.joinpath("tokens.py").write_text(TOKENS)
    objpub("run", "tokens.py")
    assert objpub("why", "ann", "edit", "/oak").output.startswith("Yes.")
    text = objpub("why", "ann", "edit", "/oak", "--token", "nightly").output
    assert text.startswith("No. ann may not edit “Oak”. The token “nightly” was not made for that.")
    assert "To make it possible" not in text
    assert objpub("why", "ann", "view", "/oak", "--token", "nightly").output.startswith("Yes.")
    assert "'nightly'" in one_line(objpub("why", "ann", "edit", "/oak", "--token", "weekly", status=1))
    assert "none" in one_line(objpub("why", "zoe", "edit", "/oak", "--token", "nightly", status=1))
    assert "none" in one_line(objpub("why", "visitor", "edit", "/oak", "--token", "nightly", status=1))


def test_why_with_something_unknown(objpub, folder):
    site(folder, "leaves_h")
    assert "bob" in one_line(objpub("why", "bob", "view", "/oak", status=1))
    assert "is a group, wanted a user" in one_line(objpub("why", "group:staff", "view", "/oak", status=1))
    assert "'edit'" in one_line(objpub("why", "visitor", "edti", "/oak", status=1)).replace("edit,", "'edit'")
    assert "elm" in one_line(objpub("why", "visitor", "view", "/elm", status=1))


def test_a_path_that_is_not_there_names_the_nearest(objpub, folder):
    site(folder, "leaves_q")
    sentence = "objpub: Nothing at '/oka': '/' has no 'oka'; did you mean /oak?\n"
    assert one_line(objpub("why", "visitor", "view", "/oka", status=1)) == sentence
    assert one_line(objpub("views", "/oka", status=1)) == sentence
    objpub("user", "add", "ann", "--no-password")
    assert one_line(objpub("user", "grant", "ann", "editor", "--at", "/oka", status=1)) == sentence
    assert "did you mean" not in one_line(objpub("why", "visitor", "view", "/oak/leaf", status=1))


def test_call_prints_status_headers_and_body(objpub, folder):
    site(folder, "leaves_i")
    text = objpub("call", "/oak").output
    assert text.startswith("200 OK\nContent-Type: text/plain")
    assert text.endswith("\n\nOak, for visitor, read 0 times\n")


def test_call_takes_a_view_and_values(objpub, folder):
    site(folder, "leaves_j")
    assert objpub("call", "/oak", "double", "--data", "number=21", "--body").output == "42"
    assert objpub("call", "/oak/double?number=4", "--body").output == "8"


def test_call_as_somebody(objpub, folder):
    site(folder, "leaves_k")
    objpub("user", "add", "ann", "--role", "editor", "--title", "Ann Lee", "--no-password")
    assert "for Ann Lee" in objpub("call", "/oak", "--user", "ann").output
    assert "bob" in one_line(objpub("call", "/oak", "--user", "bob", status=1))


def test_call_changes_what_the_identity_may_change(objpub, folder):
    site(folder, "leaves_l")
    rename = ("call", "/oak", "rename", "--method", "post", "--data", "title=Holm oak")
    assert objpub(*rename, status=1).output.startswith("401")
    objpub("user", "add", "ann", "--no-password")
    assert objpub(*rename, "--user", "ann", status=1).output.startswith("403")
    objpub("user", "grant", "ann", "editor")
    assert objpub(*rename, "--user", "ann").output.startswith("303")
    assert "Holm oak" in objpub("call", "/oak").output


def test_call_of_what_is_not_there_has_the_status_1(objpub, folder):
    site(folder, "leaves_m")
    assert objpub("call", "/elm", status=1).output.startswith("404")


def test_call_counts_bytes_that_are_no_text_unless_they_are_asked_for(objpub, folder):
    site(folder, "leaves_n")
    assert "256 bytes" in objpub("call", "/oak", "bytes").output
    assert objpub("call", "/oak", "bytes", "--body").stdout_bytes == bytes(range(256))


def test_call_with_data_that_is_no_pair(objpub, folder):
    site(folder, "leaves_o")
    assert "KEY=VALUE" in one_line(objpub("call", "/oak", "--data", "number", status=2))


def test_call_is_for_the_host_of_the_site(objpub, folder):
    site(folder, "leaves_p")
    with folder.joinpath("objpub.toml").open("a") as file:
        file.write('[server]\nurl = "https://coast.example.org"\nhosts = ["coast.example.org"]\n')
    objpub("user", "add", "ann", "--role", "editor", "--no-password")
    rename = ("call", "/oak", "rename", "--method", "POST", "--data", "title=Elm", "--user", "ann")
    assert objpub(*rename).output.startswith("303")
