"""What browsers are told about pages that are no HTML."""

import sys
import types

import pytest

from objpub import testing

SHOP = """
from objpub import Site
from objpub.views import view

@view(Site, "feed", permission="public")
def feed(site, request):
    return {"word": "<&>"}
@view(Site, "note", permission="public")
def note(site, request):
    return {"word": "<&>"}
@view(Site, "table", permission="public")
def table(site, request):
    response = request.page({"rows": [("a,b", "<&>")]})
    response.headers["Content-Disposition"] = "attachment"
    return response
@view(Site, "all", permission="public")
def both(site, request):
    return {}
"""
TEMPLATES = {
    "site-feed.pt": '<?xml version="1.0"?>\n<rss><channel><title>${word}</title></channel></rss>',
    "site-note.txt.pt": "A note: ${word}\n",
    "site-table.csv.pt": "<tal:x repeat='row rows'>\n${request.format.row(row)}\n</tal:x>\n",
    "site-all.pt": "<p>${request.render(context, 'note')}</p>",
}


@pytest.fixture
def client(tmp_path):
    folder = tmp_path / "templates"
    folder.mkdir()
    for name, text in TEMPLATES.items():
        (folder / name).write_text(text)
    module = types.ModuleType("shop")
    module.__file__ = str(tmp_path / "shop.py")
    sys.modules["shop"] = module
    try:
        (tmp_path / "shop.py").write_text(SHOP)
        exec(compile(SHOP, module.__file__, "exec"), vars(module))
        with testing.site(module) as site:
            yield site.client
    finally:
        del sys.modules["shop"]


@pytest.mark.parametrize(
    ("path", "media_type", "text"),
    [
        ("/feed", "application/rss+xml; charset=utf-8", "<title>&lt;&amp;&gt;</title>"),
        ("/note", "text/plain; charset=utf-8", "A note: <&>\n"),
        ("/table", "text/csv; charset=utf-8", '"a,b",<&>\n'),
        ("/all", "text/html; charset=utf-8", "<p>A note: &lt;&amp;&gt;\n</p>"),
    ],
)
def test_a_page_has_the_media_type_of_its_template(client, path, media_type, text):
    answer = client.get(path)
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert text in answer.text
