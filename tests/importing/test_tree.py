from datetime import datetime
from datetime import timezone

import pytest

from objpub.importing.source import Source
from objpub.importing.tree import leading_heading
from objpub.importing.tree import name_of
from objpub.importing.tree import plain_title
from objpub.importing.tree import read_tree
from objpub.importing.tree import title_from

NOW = datetime(2026, 11, 21, tzinfo=timezone.utc)


@pytest.fixture
def tree(source):
    return lambda files: read_tree(Source(source(files)), NOW, "docs")


def lines(tree):
    return [f"{node.kind} {node.key} {node.name}" for node in tree.root.walk()][1:]


def test_every_kind_of_file(tree):
    found = tree({"a.md": "", "b.html": "", "c.PNG": "", "d.pdf": "", "e/f.Markdown": "", "empty/.x": ""})
    assert lines(found) == [
        "page a.md a",
        "page b.html b",
        "section e/ e",
        "page e/f.Markdown f",
        "image c.PNG c.PNG",
        "file d.pdf d.pdf",
    ]


@pytest.mark.parametrize(
    "own", ["_index.md", "index.md", "README.md", "ReadMe.markdown", "index.html", "Index.HTM"]
)
def test_the_page_of_a_folder_itself(tree, own):
    found = tree({f"a/{own}": "text", "a/b.md": ""})
    assert lines(found) == ["section a/ a", "page a/b.md b"]
    assert found.root.children[0].file == f"a/{own}"


def test_the_first_of_several_own_pages_wins(tree):
    found = tree({"a/README.md": "", "a/index.md": "", "a/_index.md": "---\ntitle: T\n---"})
    assert found.root.children[0].title == "T"
    assert lines(found)[1:] == ["page a/index.md index", "page a/README.md readme"]


def test_a_page_beside_a_folder_of_its_name_is_its_page(tree):
    found = tree({"Guide.md": "# The guide", "guide/a.md": ""})
    assert lines(found) == ["section guide/ guide", "page guide/a.md a"]
    assert (found.root.children[0].file, found.root.children[0].title) == ("Guide.md", "The guide")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: From front matter\n---\n# Other", "From front matter"),
        ("---\ntitle: 404\n---", "404"),
        ("\n# The `first` *heading* {#x}\n\ntext", "The first heading"),
        ("Set\n===\n", "Set"),
        ("<!-- note -->\n# After a note", "After a note"),
        ("## Not a title\n", "My page"),
        ("text", "My page"),
        ("---\ntitle: [a]\n---\ntext", "My page"),
    ],
)
def test_the_title_of_a_page(tree, text, title):
    assert tree({"my-page.md": text}).root.children[0].title == title


@pytest.mark.parametrize(
    ("front", "name"),
    [
        ("slug: Other Name", "other-name"),
        ("url: /x/Named/", "named"),
        ("url: /x/named.html", "named"),
        ("title: A", "my-page"),
        ("slug: [a]", "my-page"),
        ("slug: '///'", "my-page"),
    ],
)
def test_the_name_of_a_page(tree, front, name):
    assert tree({"My Page.md": f"---\n{front}\n---"}).root.children[0].name == name


def test_children_stand_in_hugos_order(tree):
    found = tree(
        {
            "z.md": "---\nweight: 1\n---",
            "y.md": "---\nweight: 2\n---",
            "d/index.md": "---\nweight: 1.5\n---",
            "new.md": "---\ndate: 2026-11-02\n---",
            "old.md": "---\ndate: 2026-11-01\n---",
            "10-ten.md": "",
            "2-two.md": "",
            "b.md": "---\ntitle: Alpha\n---",
            "a.md": "---\ntitle: Zulu\nlinkTitle: beta\n---",
            "0.png": "",
        }
    )
    names = [child.name for child in found.root.children]
    assert names == ["z", "d", "y", "new", "old", "2-two", "10-ten", "b", "a", "0.png"]


def test_what_is_not_published_is_left_out_and_named(tree):
    found = tree(
        {
            "draft.md": "---\ndraft: true\n---",
            "later.md": "---\ndate: 2027-01-01\n---",
            "_part/_index.md": "---\ncascade:\n  build: {render: never, publishResources: false}\n---",
            "_part/a.md": "",
            "_part/b.png": "",
            "open/_index.md": "---\nbuild: {render: always}\ncascade: {build: {render: never}}\n---",
            "open/a.md": "",
            "shut/_index.md": "---\ndraft: true\ntitle: Secret\n---",
            "shut/a.md": "",
        }
    )
    assert lines(found) == ["section open/ open", "section shut/ shut", "page shut/a.md a"]
    assert found.root.children[1].title == "Shut"
    assert found.unpublished == {
        "_part/_index.md": "build.render is 'never'",
        "_part/a.md": "build.render is 'never'",
        "_part/b.png": "its page keeps its files to itself (build.publishResources)",
        "draft.md": "it is a draft",
        "later.md": "it is not published before 2027-01-01",
        "open/a.md": "build.render is 'never'",
        "shut/_index.md": "it is a draft",
    }


def test_a_bad_file_is_named_with_its_line_and_the_rest_goes_on(tree):
    found = tree(
        {
            "a.md": "---\ntitle: x\nx: [\n---",
            "b.md": b"\xff",
            "c.md": "",
            "d/index.md": "---\n- a\n---",
            "d/e.md": "",
        }
    )
    assert lines(found) == ["page c.md c", "section d/ d", "page d/e.md e"]
    assert [(problem.file, problem.line) for problem in found.problems] == [
        ("d/index.md", 2),
        ("a.md", 3),
        ("b.md", 1),
    ]
    assert found.bad == {"a.md", "b.md", "d/index.md"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Getting Started", "getting-started"),
        ("_hidden", "hidden"),
        ("++x", "x"),
        ("a\u200eb\n", "ab"),
        ("e\u0301", "é"),
        ("v1.2", "v1.2"),
        ("...", ""),
        ("[", "["),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_made_of_a_files(text, name):
    assert name_of(text) == name


def test_titles_made_of_names():
    assert [title_from(name) for name in ("getting-started", "01-intro_x", "2026", "über")] == [
        "Getting started",
        "Intro x",
        "2026",
        "Über",
    ]


def test_headings_without_their_marks():
    assert (
        plain_title("The `x_y` of [z](u) \\* **b** snake_case _em_ ![i](j)")
        == "The x_y of z * b snake_case em i"
    )
    assert leading_heading("\n\n# A\ntext") == ("A", 3)
    assert leading_heading("text\n# A") == ("", 0)
