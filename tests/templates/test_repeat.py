from types import SimpleNamespace

import pytest

WORKS = [
    {"author": "Ada", "name": "a", "of": {"year": 1}},
    {"author": "Ada", "name": "b", "of": {"year": 1}},
    {"author": "Ben", "name": "c", "of": {"year": 1}},
    {"author": "Ada", "name": "d", "of": {"year": 2}},
]


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("index", "0 1 2 3 4"),
        ("number", "1 2 3 4 5"),
        ("even", "even  even  even"),
        ("odd", " odd  odd "),
        ("parity", "even odd even odd even"),
        ("start", "1 0 0 0 0"),
        ("end", "0 0 0 0 1"),
        ("length", "5 5 5 5 5"),
        ("letter", "a b c d e"),
        ("Letter", "A B C D E"),
        ("roman", "i ii iii iv v"),
        ("Roman", "I II III IV V"),
        ("first", "True False True True True"),
        ("last", "False True True True True"),
    ],
)
@pytest.mark.parametrize("expression", ["python: repeat.x.{}", "path: repeat/x/{}", "python: repeat['x'].{}"])
def test_each_word_about_a_loop(page, word, wanted, expression):
    said = f"${{{expression.format(word)}}}${{' ' * (not repeat.x.end)}}"
    shown = (
        page(f"<tal:x repeat=\"x python: 'aabcd'\">{said}</tal:x>").replace("True", "1").replace("False", "0")
    )
    assert shown == wanted.replace("True", "1").replace("False", "0")


def test_letters_and_roman_numbers_of_long_loops(page):
    text = (
        '<tal:x repeat="x range(400)"><tal:x condition="x in (26, 398)">${repeat.x.letter} ${repeat.x.roman},'
    )
    assert page(f"{text}</tal:x></tal:x>") == "ba xxvii,pi cccxcix,"


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("python: repeat.w.first('author')", "1011"),
        ("path: repeat/w/first/author", "1011"),
        ("path: repeat/w/last/author", "0111"),
        ("python: repeat.w.last('author')", "0111"),
        ("path: repeat/w/first/of/year", "1001"),
        ("python: repeat.w.first('of', 'year')", "1001"),
        ("python: bool(repeat.w.first)", "1111"),
    ],
)
def test_the_first_and_the_last_of_a_group(page, expression, wanted):
    text = f'<tal:x repeat="w works">${{{expression}}}</tal:x>'
    assert page(text, works=WORKS).replace("True", "1").replace("False", "0") == wanted


def test_groups_of_objects(page):
    works = [SimpleNamespace(year=2025), SimpleNamespace(year=2025), SimpleNamespace(year=2026)]
    text = '<tal:x repeat="w works"><h2 tal:condition="repeat/w/first/year">${w/year}</h2></tal:x>'
    assert page(text, "page.zpt", works=works) == "<h2>2025</h2><h2>2026</h2>"


def test_a_loop_over_pairs_by_both_names(page):
    text = """<i tal:repeat="(k, v) pairs">${repeat['k', 'v'].number}</i>"""
    assert page(text, pairs=["ab", "cd"]) == "<i>1</i>\n<i>2</i>"


def test_a_loop_in_a_loop_of_the_same_name(page):
    inner = "<b tal:repeat=\"x 'ab'\">${repeat.x.number}</b>"
    text = f'<i tal:repeat="x [1]">{inner}${{x}}</i>'
    assert page(text) == "<i><b>1</b>\n<b>2</b>1</i>"
