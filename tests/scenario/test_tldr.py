"""A hundred pages with odd names, imported by one command and asked for over HTTP.

`python -m tests.scenario.tldr` does it with the 38,000 pages of tldr-pages.
"""

from tests.scenario.tldr import ask_for_all
from tests.scenario.tldr import run
from tests.scenario.tldr import Site
from tests.scenario.tldr import titles_in

# Names of commands that mean something in an address, a template, a shell or to objpub itself.
ODD = (
    *("[", "[[", "]]", "^", "!", "!!", "!^", "%", "&", "(", "((", "{", "$", "~", "+", "=", ":", ",", ";"),
    *("%25", "a%2fb", "100%", "a+b", "a b", "a'b", 'a"b', "<b>", "a&amp;b", "c++", "g++", "x=y", "{{x}}"),
    *("edit", "history", "login", "logout", "view", "add", "delete", "manage", "api", "dav", "static"),
    *("health", "ready", "metrics", "find", "search", "contents", "keys", "values", "items", "get", "pop"),
    *("title", "html", "text", "page", "con", "nul", "null", "none", "true", "42", "-", "--", "a.b"),
    *("7z", "md", "html.md", "x.html", "ärger", "日本語", "한국어", "العربية", "emoji-😀"),
)


def test_a_hundred_pages_with_odd_names_are_imported_and_served(tmp_path):
    source = tmp_path / "source"
    for folder in ("common", "linux/deep"):
        source.joinpath(folder).mkdir(parents=True)
    names = [*ODD, *(f"command-{number}" for number in range(100 - len(ODD)))]
    assert len(set(names)) == 100
    for name in names:
        source.joinpath("common", f"{name}.md").write_text(f"# {name}\n\n> What `{name}` is for.\n", "utf-8")
    source.joinpath("linux", "deep", "edit.md").write_text("# edit\n", "utf-8")
    folder = tmp_path / "site"
    folder.mkdir()
    site = Site(folder)
    assert "101 pages added" in run(folder, "import", str(source), "/tldr").output
    with site as running:
        assert ask_for_all(running, titles_in(source, "/tldr"), "/tldr/common") == []
