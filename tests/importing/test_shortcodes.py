import pytest

from objpub.importing.shortcodes import Literal
from objpub.importing.shortcodes import read_shortcodes
from objpub.importing.shortcodes import Shortcode
from objpub.importing.shortcodes import Stray
from tests.work import growth


def only(text):
    (found,) = read_shortcodes(text)
    return found


@pytest.mark.parametrize(
    ("text", "name", "positional", "named"),
    [
        ("{{< figure >}}", "figure", (), {}),
        ("{{<figure />}}", "figure", (), {}),
        ("{{% include a.md %}}", "include", ("a.md",), {}),
        ('{{< ref "a b.md#c" >}}', "ref", ("a b.md#c",), {}),
        ('{{< x 1 `two "words"` >}}', "x", ("1", 'two "words"'), {}),
        ('{{< img src="a.png" ALT=`b` width=3 >}}', "img", (), {"src": "a.png", "alt": "b", "width": "3"}),
        ('{{< img\n  src="a.png"\n>}}', "img", (), {"src": "a.png"}),
        ('{{< x "say \\"hi\\"" >}}', "x", ('say "hi"',), {}),
        ("{{% dir/name.x %}}", "dir/name.x", (), {}),
        ('{{< x a=">}}" >}}', "x", (), {"a": ">}}"}),
    ],
)
def test_one_tag(text, name, positional, named):
    found = only(text)
    assert (found.name, found.positional, found.named, found.inner) == (name, positional, named, None)


def test_a_closing_tag_takes_what_stands_before_it():
    found = only("{{< note >}}a {{< x >}} b{{< / note >}}")
    assert [type(node) for node in found.inner] == [Literal, Shortcode, Literal]
    assert found.inner[1].inner is None


def test_tags_of_one_name_nest():
    found = only("{{< a >}}1{{< a >}}2{{< /a >}}3{{< /a >}}")
    assert [getattr(node, "text", "a") for node in found.inner] == ["1", "a", "3"]


def test_a_tag_that_closes_itself_takes_nothing():
    first, text, second = read_shortcodes("{{< new 1 />}}text{{< new 2 >}}x{{< /new >}}")
    assert (first.inner, text.text, len(second.inner)) == (None, "text", 1)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{{</* figure a=1 */>}}", "{{< figure a=1 >}}"),
        ("{{%/* include x */%}}", "{{% include x %}}"),
        ("{{</*/* x */*/>}}", "{{</* x */>}}"),
        ('{{</* qr text="a" /*/>}}', '{{< qr text="a" />}}'),
    ],
)
def test_what_is_escaped_is_shown(written, shown):
    assert only(written).text == shown


@pytest.mark.parametrize(
    "text",
    [
        "{{path/to/file}}",
        "{{%Y-%m-%d}}",
        "{{<ArrowUp>|<ArrowDown>}}",
        "{{<a>{.}</a>*}}",
        "{{ .Title }}",
        "{{<",
    ],
)
def test_other_peoples_braces_are_left_alone(text):
    assert read_shortcodes(f"a {text} b") == [Literal(f"a {text} b", 1)]


def test_every_part_knows_its_line():
    first, second, third, fourth = read_shortcodes("a\nb {{< x\n>}}\nc\n{{< y >}}", first_line=10)
    assert (first.line, second.line, third.line, fourth.line) == (10, 11, 12, 14)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\n{{< /x >}}", 2, "'x' is closed here and opened nowhere"),
        ("{{< x a=1\n", 1, "'x' that begins here has no end"),
    ],
)
def test_a_tag_that_cannot_be_is_named(text, line, message):
    stray = next(node for node in read_shortcodes(text) if isinstance(node, Stray))
    assert stray.line == line
    assert message in stray.message


def test_a_tag_without_an_end_loses_no_text():
    found = read_shortcodes("{{< x a=1\nmore")
    assert "".join(node.text for node in found) == "{{< x a=1\nmore"


@pytest.mark.parametrize(
    "text", ["{{< a ", '{{< a "', "{{< a `", "{{< a >}}", "{{< /a >}}", "{{<" + " " * 50]
)
def test_a_hostile_text_takes_no_more_work_than_its_length(text):
    assert growth(read_shortcodes, text * (10_000 // len(text)), text * (40_000 // len(text))) < 5
