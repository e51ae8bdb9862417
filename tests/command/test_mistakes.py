"""A mistake in the code of a site stops `objpub serve`, with a message that says where it is."""

import socket

import pytest

HEAD = """\
from objpub import Content, field, on, Modified, Permission, rule, view
from objpub.content import Site


class Leaf(Content):
    title: str
"""

MISTAKES = {
    "a misspelt option of a view": ("@view(Leaf, permision='view')\ndef a(x, request): ...", "permission"),
    "a misspelt option of a field": ("class B(Content):\n    t: str = field(max_lenght=3)", "max_length"),
    "a misspelt option of a type": ("class B(Content, adable='anywhere'): ...", "addable"),
    "an unknown permission": ("@view(Leaf, permission='veiw')\ndef a(x, request): ...", "view"),
    "an unknown type": ("class B(Content, addable='Tree'): ...", "Tree"),
    "an unknown method": ("@view(Leaf, method='PSOT')\ndef a(x, request): ...", "POST"),
    "a view of what is no type": ("@view('Leaf')\ndef a(x, request): ...", "'Leaf'"),
    "a view without a request": ("@view(Leaf)\ndef a(x): ...", "request"),
    "a template that is missing": ("@view(Leaf, template='gone.pt')\ndef a(x, request): ...", "gone.pt"),
    "a dict without a template": ("@view(Leaf, 'bare')\ndef a(x, request):\n    return {}", "leaf-bare.pt"),
    "an event that is none": ("@on('changed', Leaf)\ndef a(event): ...", "'changed'"),
    "two classes of site": ("class One(Site): ...\n\n\nclass Two(Site): ...", "One, Two"),
}
NAMES = {each: f"wrong_{number}" for number, each in enumerate(MISTAKES)}


@pytest.fixture
def start(objpub):
    """Run `objpub serve`, which ends in any case: a start that nothing else stops finds its port taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield lambda: objpub("serve", "--port", taken.getsockname()[1], status=1).stderr


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_stops_the_start(start, folder, kind):
    code, wanted = MISTAKES[kind]
    folder.joinpath("objpub.toml").write_text(f'[site]\napp = "{NAMES[kind]}"\n')
    folder.joinpath(f"{NAMES[kind]}.py").write_text(f"{HEAD}\n\n{code}\n")
    text = start()
    assert wanted in text
    assert f'{NAMES[kind]}.py", line ' in text
    assert "Traceback" not in text
    assert not folder.joinpath("var", "site.fs").exists()


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ("<p>${context.}</p>", "context."),
        ("<p tal:content='context..title'>x</p>", "context..title"),
        ("<p><b></p>", "b"),
        ("<p tal:contents='context.title'>x</p>", "tal:content"),
        ("<x metal:use-macro='layout'><p metal:fill-slot='contnet'>x</p></x>", "did you mean 'content'?"),
        ("<x metal:use-macro='layuot'><p metal:fill-slot='content'>x</p></x>", "did you mean 'layout'?"),
        ("<x metal:use-macro='layout'>${context.}</x>", "context."),
    ],
)
def test_a_template_that_does_not_compile_stops_the_start(start, folder, template, wanted):
    name = "page_" + str(abs(hash(template)))
    folder.joinpath("objpub.toml").write_text(f'[site]\napp = "{name}"\n')
    folder.joinpath("templates").mkdir()
    folder.joinpath("templates", "leaf.pt").write_text(f"<html>\n{template}\n</html>")
    folder.joinpath(f"{name}.py").write_text(f"{HEAD}\n\n@view(Leaf)\ndef a(x, request):\n    return {{}}\n")
    text = start()
    assert "leaf.pt" in text
    assert wanted in text
    assert "Traceback" not in text
