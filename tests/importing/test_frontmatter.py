from datetime import date

import pytest

from objpub.errors import BadSource
from objpub.importing.frontmatter import read_front_matter


@pytest.mark.parametrize(
    ("text", "values", "body", "line"),
    [
        ("---\ntitle: A\nWeight: 3\n---\nbody\n", {"title": "A", "weight": 3}, "body\n", 5),
        ("---\n---\nbody", {}, "body", 3),
        ('+++\ntitle = "A"\n[params]\nx = 1\n+++\n\nbody', {"title": "A", "params": {"x": 1}}, "\nbody", 6),
        ('{\n  "title": "A"\n}\n\nbody', {"title": "A"}, "\nbody", 4),
        ('{"title": "A"} body', {"title": "A"}, " body", 1),
        ("no front matter", {}, "no front matter", 1),
        ("{{< figure >}}", {}, "{{< figure >}}", 1),
        ("{.class}\ntext", {}, "{.class}\ntext", 1),
        ("---\n\nA ruled line begins this text.", {}, "---\n\nA ruled line begins this text.", 1),
        ("", {}, "", 1),
    ],
)
def test_values_and_body(text, values, body, line):
    found = read_front_matter(text)
    assert found.values == values
    assert (found.body, found.body_line) == (body, line)


def test_dates_are_dates_and_yes_is_a_word():
    found = read_front_matter("---\ndate: 2026-11-01\ntitle: No\ndraft: true\n---\n")
    assert found.values == {"date": date(2026, 11, 1), "title": "No", "draft": True}


def test_each_name_knows_its_line():
    assert read_front_matter("---\ntitle: A\n# note\nTags:\n  - x\n---\n").lines == {"title": 2, "tags": 4}
    assert read_front_matter('{\n"title": "A",\n"date": "x"}\n').lines == {"title": 2, "date": 3}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("---\ntitle: A\ntags: [a\n---\n", 3, "expected"),
        ("---\ntitle: a: b\n---\n", 2, "mapping values"),
        ("---\ntitle: A\nbody", 1, "no '---' that ends it"),
        ("---\ntitle: A\ndate: 2026-02-31\n---\n", 3, "day is out of range"),
        ("---\n- a\n---\n", 2, "names with values"),
        ("---\nx: !!python/object/apply:os.system [ls]\n---\n", 2, "could not determine a constructor"),
        ("+++\ntitle = 'A'\ntags = [\n+++\n", 3, "TOML"),
        ("+++\na = 1\na = 2\n+++\n", 3, "TOML"),
        ('{\n  "title": "A",\n}\n', 2, "JSON"),
        ("---\n? [a]\n: b\n---\n", 2, "unhashable"),
    ],
)
def test_a_mistake_names_its_line(text, line, message):
    with pytest.raises(BadSource, match=message) as caught:
        read_front_matter(text)
    assert abs(caught.value.line - line) <= (1 if "TOML" in message or "JSON" in message else 0)


def test_a_bomb_of_aliases_is_refused():
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
    with pytest.raises(BadSource, match="more than 10000 values"):
        read_front_matter(f"---\na0: &a0 [x, x]\n{levels}\n---\n")


@pytest.mark.parametrize("opening", ["---\n{}\n---\n", "+++\na = {}\n+++\n", '{{"a": {}'])
def test_what_is_nested_too_deeply_is_refused(opening):
    with pytest.raises(BadSource):
        read_front_matter(opening.format("[" * 20_000))


def test_a_bomb_of_merges_is_refused_before_it_goes_off():
    lines = ["a0: &a0 {k: 1}"]
    for number in range(1, 9):
        lines.append(f"a{number}: &a{number} {{<<: [{', '.join([f'*a{number - 1}'] * 9)}]}}")
    text = "---\n" + "\n".join(lines) + "\n---\n"
    with pytest.raises(BadSource, match="merges more than 10,000 values"):
        read_front_matter(text)
    assert read_front_matter("---\na: &a {k: 1}\nb: {<<: *a}\n---\n").values["b"] == {"k": 1}


def test_a_list_that_holds_itself_is_refused():
    with pytest.raises(BadSource):
        read_front_matter("---\na: &a [*a]\n---\n")
