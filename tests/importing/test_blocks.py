import pytest

from objpub.importing.blocks import read_attributes
from objpub.importing.markdown import Renderer


def html(text):
    return Renderer().markdown(text).html


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{#a}", {"id": "a"}),
        ("{.b .c #a}", {"class": "b c", "id": "a"}),
        ('{ class="b c" id=a width=3 }', {"class": "b c", "id": "a"}),
        ("{x}", None),
        ("{}", None),
        ("{{< x >}}", None),
    ],
)
def test_attributes_in_braces(text, wanted):
    assert read_attributes(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("## A {#x .broad}", '<h2 id="x" class="c-broad">A</h2>'),
        ("A\n=\n", '<h1 id="a">A</h1>'),
        ("## `f{}` of {x}", '<h2 id="f-of-x"><code>f{}</code> of {x}</h2>'),
        ("text\n{.note}", '<p class="note">text</p>'),
        ("> said\n{.tip}", '<blockquote class="tip">\n<p>said</p>\n</blockquote>'),
        ("- a\n- b\n{.x-y #list}", '<ul class="c-x-y" id="list">\n<li>a</li>\n<li>b</li>\n</ul>'),
        ("- a\n\n{#list}", '<ul id="list">\n<li>a</li>\n</ul>'),
        ("| a |\n|---|\n| b |\n{.wide}", '<table class="c-wide">'),
        ("text {in braces}", "<p>text {in braces}</p>"),
        ("{#alone}", "<p>{#alone}</p>"),
    ],
)
def test_attributes_belong_to_their_block(text, wanted):
    found = html(text)
    assert found.startswith(wanted)
    assert "{.wide}" not in found


@pytest.mark.parametrize(
    ("text", "kind", "title", "body"),
    [
        ("> [!NOTE]\n> *text*", "note", "Note", "<p><em>text</em></p>"),
        ("> [!warning] Mind **this**\n> text", "warning", "Mind <strong>this</strong>", "<p>text</p>"),
        ("> [!TIP]- Folded\n>\n> text", "tip", "Folded", "<p>text</p>"),
        ("> [!CAUTION]", "caution", "Caution", ""),
    ],
)
def test_notes(text, kind, title, body):
    wanted = f'<div class="admonition {kind}">\n<p class="admonition-title">{title}</p>\n'
    assert html(text).startswith(wanted + body)
    assert html(text).strip().endswith("</div>")


def test_a_note_may_stand_in_a_quotation_and_the_other_way_round():
    found = html("> > [!NOTE]\n> > a\n\n> [!NOTE]\n> > b")
    assert found.count("<blockquote>") == found.count("</blockquote>") == 2
    assert found.count("<div") == found.count("</div>") == 2


def test_a_plain_quotation_stays_one():
    assert html("> [not] a note").startswith("<blockquote>")
