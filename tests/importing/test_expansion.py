import pytest

from objpub.errors import BadSource
from objpub.importing.expansion import expand
from objpub.importing.frontmatter import read_front_matter


def expanded(text, files=None, first_line=1):
    files = files or {}

    def include(written, file):
        if written not in files:
            raise BadSource(0, "there is no such file")
        return written, read_front_matter(files[written])

    return expand(text, "page.md", first_line, include)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain\ntext", "plain\ntext"),
        ("a {{< note >}}b{{< /note >}} c", "a b c"),
        ("a {{< youtube 123 >}} c", "a  c"),
        ("{{% details %}}\n*b*\n{{% /details %}}\nc", "*b*\nc"),
        ("term\n: {{< new-in 1.2 />}}\n: text", "term\n: text"),
        ("- {{< x >}}\n- b", "- b"),
        ("1. {{< x >}}\n\n> {{< x >}}\n\nb", "\n\nb"),
        ("a\n{{% comment %}}\nnot for readers\n{{% /comment %}}\nb", "a\nb"),
        ("{{< hl >}}x()`{{< /hl >}}", "`` x()` ``"),
        ("{{< highlight go >}}\nx := 1\n{{< /highlight >}}", "```go\nx := 1\n```"),
        ("{{< code-toggle file=a >}}\n[x]\ny = 1\n{{< /code-toggle >}}", "```toml\n[x]\ny = 1\n```"),
        ("{{< code-toggle >}}\nx: 1\n{{< /code-toggle >}}", "```yaml\nx: 1\n```"),
        ("{{< code-toggle config=x />}}\nb", "b"),
        ("  {{< highlight md >}}\n  ```\n  {{< /highlight >}}", "  ````md\n  ```\n  ````"),
        ('[a]({{< ref "b c.md#d" >}})', "[a](b%20c.md#d)"),
        ('[a]({{% relref path="/b" %}})', "[a](/b)"),
        ('{{< img src="a.png" alt="x > y" >}}', '<img src="a.png" alt="x &gt; y">'),
        (
            '{{< figure src="a.png" caption="C" link="/d/" >}}',
            '<figure><a href="/d/"><img src="a.png" alt="C"></a><figcaption>C</figcaption></figure>',
        ),
    ],
)
def test_a_text_with_shortcodes(text, wanted):
    assert expanded(text).text == wanted


def test_an_included_file_is_put_in_without_its_front_matter():
    files = {"a.md": '---\ntitle: x\n---\n\nfrom a {{% include "b.md" %}}\n', "b.md": "from b"}
    found = expanded('begin\n{{% include "a.md" %}}\nend', files, first_line=5)
    assert found.text == "begin\nfrom a from b\nend"
    assert found.origins == (("page.md", 5), ("a.md", 5), ("page.md", 7))
    assert found.includes == ("a.md", "b.md")


def test_a_missing_file_is_a_problem_with_its_line():
    found = expanded('a\n{{% include "no.md" %}}\nb')
    assert found.text == "a\nb"
    assert [str(problem) for problem in found.problems] == [
        "page.md:2: include 'no.md': there is no such file"
    ]
    assert found.includes == ("no.md",)


def test_files_that_include_each_other_are_a_problem():
    files = {"a.md": '{{% include "b.md" %}}', "b.md": '{{% include "a.md" %}}'}
    found = expanded('{{% include "a.md" %}}', files)
    assert "a.md includes itself, by way of a.md → b.md" in found.problems[0].message


def test_files_that_double_are_refused():
    files = {f"{n}.md": f'{{{{% include "{n + 1}.md" %}}}}' * 2 for n in range(29)}
    with pytest.raises(BadSource, match=r"more than 1000 files|more than 30 deep"):
        expanded('{{% include "0.md" %}}', {**files, "29.md": "x"})


def test_shortcodes_nested_without_end_are_refused():
    with pytest.raises(BadSource, match="more than 30 deep"):
        expanded("{{< a >}}" * 100 + "{{< /a >}}" * 100)


def test_every_line_knows_where_it_was_written():
    found = expanded("a\n{{< x\n y >}}\nb {{< z >}}in\nner{{< /z >}}\nc")
    assert found.text == "a\nb in\nner\nc"
    assert [line for _, line in found.origins] == [1, 4, 5, 6]
