"""Words in texts: what is found, in which order, with which snippets; and that nothing is ever missing."""

import sqlite3
import threading
from contextlib import nullcontext
from contextlib import suppress

import pytest

from objpub.catalog import find
from objpub.catalog import some_words
from objpub.catalog import Texts
from objpub.catalog.ledger import changes_since
from objpub.catalog.queries import Words
from objpub.catalog.texts import TextIndex
from objpub.catalog.wording import distance
from objpub.content import Content
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Invalid
from objpub.schema import field
from objpub.schema import Markdown
from objpub.schema import RichText
from objpub.security import NO_IDENTITY
from objpub.security import override_permission
from objpub.security import SYSTEM


class Page(Content, addable="anywhere"):
    title: str = field(default="", index="text")
    lead: str = field(default="", multiline=True, index="text")
    body: RichText = field(default="", index="text")
    notes: Markdown = field(default="", index="text")
    labels: tuple[str, ...] = field(default=(), index="text")
    secret: str = field(default="", index="text", read="manage")


def add(world, name, **values):
    page = world.site.add(name, Page(**values))
    world.commit()
    return page


def names(world, text, who=SYSTEM):
    return [each.__name__ for each in find(who, world.site, Page, text=text)]


def texts_of(world):
    return world.database.registry[Texts].of(world.database)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tide", ["a", "b"]),
        ("TIDES", ["a", "b"]),
        ("café", ["a"]),
        ("cafe", ["a"]),
        ('"high tide"', ["b"]),
        ('"tide high"', []),
        ("high tides", ["b"]),
        ("cra*", ["b"]),
        ("cra", []),
        ("tide -craters", ["a"]),
        ("-craters", []),
        ("label", ["a"]),
        ("linked", ["b"]),
        ("example", []),
        ("strong", []),
        ("salt & pepper", ["a"]),
        ("", ["a", "b"]),
        ("?!", []),
        ('" OR title:*', []),
    ],
)
def test_words_phrases_beginnings_and_what_must_not_be_there(world, text, found):
    add(
        world,
        "a",
        title="Tides at the Café",
        body="<p><strong>salt</strong> &amp; pepper</p>",
        labels=["Label"],
    )
    add(world, "b", lead="A high tide", notes="# Craters\n\n[linked](https://example.org/)")
    assert sorted(names(world, text)) == found


def test_a_word_in_a_title_counts_more_than_in_a_summary_and_that_more_than_in_a_text(world):
    filling = " ".join(["word"] * 20)
    add(world, "body", title="One", body=f"<p>tide {filling}</p>")
    add(world, "lead", title="Two", lead=f"tide {filling}")
    add(world, "title", title="Tide", lead=filling)
    assert names(world, "tide") == ["title", "lead", "body"]
    assert [each.__name__ for each in find(SYSTEM, world.site, text="tide", sort="-relevance")] == [
        *("body", "lead", "title")
    ]


@pytest.mark.parametrize(
    "marked",
    ["# {}\n\nword word", "Some word\n\n### {} ##\n\nword", "<h2 id='x'>{}</h2><p>word word word</p>"],
)
def test_a_word_in_a_heading_counts_more_than_beside_it(world, marked):
    field = "notes" if marked[0] != "<" else "body"
    beside = "word **{}** word" if field == "notes" else "<p>word <b>{}</b> word word</p>"
    add(world, "beside", **{field: beside.format("Spring tide")})
    add(world, "heading", **{field: marked.format("Spring tide")})
    assert names(world, "spring tide") == ["heading", "beside"]


def test_a_word_with_a_mark_inside_is_one_word(world):
    add(world, "a", body="<p>un<b>sink</b>able, <a href='/x'>li</a>ght<br>house</p>")
    assert (names(world, "unsinkable light"), names(world, "lighthouse")) == (["a"], [])


def test_where_some_words_will_do_what_has_most_of_them_comes_first(world):
    add(world, "one", lead="tide word word")
    add(world, "both", lead="tide flood word")
    add(world, "none", lead="word")
    found = find(SYSTEM, world.site, some_words("flood tide moon"))
    assert [each.__name__ for each in found] == ["both", "one"]
    assert found.snippet(found[1]) == "<mark>tide</mark> word word"
    assert find(SYSTEM, world.site, some_words("tide")).count == 2


def test_what_is_called_so_comes_before_what_has_the_words_in_a_longer_title(world):
    long = "Tides and other things that come and go twice a day"
    add(world, "long", title=long, lead="tides tides tides tides")
    add(world, "short", title="Tides", lead=" ".join(["word"] * 30))
    assert names(world, "tides") == ["short", "long"]
    assert names(world, "tides -word") == ["long"]


@pytest.mark.parametrize(
    ("locale", "text", "asked"),
    [
        ("en", "harvesting boats", "harvest boat"),
        ("de-AT", "Die Häuser", "haus"),
        ("fr", "les maisons", "maison"),
    ],
)
def test_words_are_found_by_their_stem_in_the_language_of_the_site(world, locale, text, asked):
    world.site.locale = locale
    add(world, "page", title=text)
    assert names(world, asked) == ["page"]
    assert names(world, f'"{asked}"') == (["page"] if locale == "en" else [])


def test_another_language_of_the_site_is_another_index(world):
    add(world, "page", title="harvesting")
    assert names(world, "harvest") == ["page"]
    world.site.locale = "de"
    world.commit()
    assert names(world, "harvest") == []
    assert names(world, "harvesting") == ["page"]


def test_a_snippet_marks_the_words_and_is_harmless(world):
    body = (
        "<p>far " * 40 + "&lt;script&gt;alert(1)&lt;/script&gt; the tide\ue000 comes</p>" + "<p>away</p>" * 40
    )
    page = add(world, "page", title="Other", body=body)
    snippet = find(SYSTEM, world.site, text="tide").snippet(page).__html__()
    assert "<mark>tide" in snippet
    assert "&lt;script&gt;" in snippet
    assert "<script" not in snippet
    assert len(snippet) < 300
    assert find(SYSTEM, world.site).snippet(page) == ""


def test_what_is_not_among_the_results_has_no_snippet(world):
    page, other = add(world, "page", title="the tide comes"), add(world, "other", title="the moon")
    assert "<mark>tide" in find(NO_IDENTITY, world.site, text="tide").snippet(page).__html__()
    assert find(SYSTEM, world.site, text="tide").snippet(other) == ""
    add(world, "open", title="another tide")
    override_permission(page, "view", "editor")
    world.commit()
    found = find(NO_IDENTITY, world.site, text="tide")
    assert [each.__name__ for each in found] == ["open"]
    assert found.snippet(page) == ""
    assert find(SYSTEM, world.site, text="tide").snippet(page) != ""


def test_what_not_everybody_may_read_is_in_no_text(world):
    add(world, "page", title="Open", secret="hidden")
    assert names(world, "hidden") == []


def test_a_word_that_is_not_there_suggests_one_that_is(world):
    add(world, "page", title="Spring tides", lead="harbour")
    for asked, meant in (
        *(("sprng tides", "spring tides"), ("tdies", "tides"), ("harbor", "harbour"), ("hrbuor", "harbour")),
        *(("xyzzy", None), ("tides", None)),
    ):
        assert find(SYSTEM, world.site, text=asked).suggestion == meant, asked


def test_nothing_is_suggested_that_only_others_may_see(world):
    page = add(world, "page", title="Merger")
    override_permission(page, "view", "manager")
    world.commit()
    assert find(SYSTEM, world.site, text="mergre").suggestion == "merger"
    assert find(NO_IDENTITY, world.site, text="mergre").suggestion is None
    assert names(world, "merger", NO_IDENTITY) == []


def test_one_finds_ones_own_change_in_the_next_request_and_no_other_transaction_before(world, other):
    page = add(world, "page", title="Ebb")
    assert names(world, "ebb") == ["page"]
    page.title = "Flood"
    assert names(world, "flood") == [], "texts are those that were committed"
    world.commit()
    assert (names(world, "ebb"), names(world, "flood")) == ([], ["page"])
    world.site["page"].title = "Neap"
    find(SYSTEM, world.site, text="neap").count  # noqa: B018
    world.abort()
    assert (names(world, "neap"), names(world, "flood")) == ([], ["page"])


@pytest.mark.parametrize("damage", ["lost", "garbage", "cut"])
def test_an_index_that_is_lost_is_made_again(world, damage):
    add(world, "page", title="Ebb")
    assert names(world, "ebb") == ["page"]
    texts = texts_of(world)
    texts.close()
    if damage == "lost":
        texts.path.unlink()
    else:
        size = texts.path.stat().st_size
        texts.path.write_bytes(b"x" * size if damage == "garbage" else texts.path.read_bytes()[: size // 2])
    assert names(world, "ebb") == ["page"]


def test_the_file_is_closed_with_the_database_and_by_who_fails_with_it(world):
    add(world, "page", title="Ebb")
    assert names(world, "ebb") == ["page"]
    texts = texts_of(world)
    (idle,) = texts._idle
    with suppress(KeyError), texts._opened() as failing:
        raise KeyError
    assert failing is idle and texts._idle == []
    assert names(world, "ebb") == ["page"]
    (idle,) = texts._idle
    with texts._opened() as used:
        assert used is idle
        with texts._opened() as second:
            pass
        world.database.close()
        assert used.execute("SELECT count(*) FROM stamps").fetchone() == (2,), "it is in use still"
    for each in (failing, used, second):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            each.execute("SELECT 1")


def test_an_older_database_is_followed_back(world):
    page = add(world, "page", title="Ebb")
    assert names(world, "ebb") == ["page"]
    texts = texts_of(world)
    with texts._opened() as file:
        file.execute("UPDATE facts SET value = 'ffffffffffffffff' WHERE name = 'position'")
        file.execute("UPDATE stamps SET stamp = 1")
        file.execute("DELETE FROM texts")
    assert names(world, "ebb") == ["page"]
    assert page.title == "Ebb"


def test_two_machines_read_the_same_ledger_from_their_own_positions(world, tmp_path):
    second = TextIndex(tmp_path / "second.sqlite")
    page = add(world, "page", title="Ebb")
    assert second.drain(world.connection, world.site.catalog) == 2, "the page and the site"
    page.title = "Flood"
    world.commit()
    for _ in range(3):
        names(world, "flood")
    assert second.drain(world.connection, world.site.catalog) == 1
    assert second.drain(world.connection, world.site.catalog) == 0
    assert set(second.scores(["flood"])) == set(texts_of(world).scores(["flood"])) != set()
    second.close()


def test_deletions_are_seen_wherever_in_the_tree_they_are(world):
    for number in range(400):
        world.site.add(f"n{number:03}", Page(title="Ebb"))
    world.commit()
    assert find(SYSTEM, world.site, text="ebb").count == 400
    world.site.catalog.settle()
    world.commit()
    tree = world.site.catalog.texts
    assert len(changes_since(tree, b"\0" * 8)[1]) > 3, "the tree has several buckets"
    numbers = sorted(tree)
    for some in (numbers[:150], numbers[-150:], numbers[180:200], numbers):
        for number in some:
            if number in tree:
                del tree[number]
        world.commit()
        texts_of(world).drain(world.connection, world.site.catalog)
        with texts_of(world)._opened() as file:
            kept = {number for (number,) in file.execute("SELECT rowid FROM texts")}
        assert kept == set(tree)


def test_many_who_look_and_change_at_a_time_miss_nothing(world):
    def write(writer):
        for number in range(10):
            with transaction_for(world.database) as pair:
                word = f"w{writer}x{number}"
                site_of(pair.connection)[f"p{writer}"].title = word
                pair.manager.commit()
            with transaction_for(world.database, read_only=True) as pair:
                if find(SYSTEM, site_of(pair.connection), text=word).count != 1:
                    failures.append(word)

    failures = []
    for writer in range(4):
        add(world, f"p{writer}", title="start")
    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.abort()
    assert failures == []
    assert sorted(names(world, " ")) == ["p0", "p1", "p2", "p3"]
    assert names(world, "w2x9") == ["p2"]


def test_too_many_words_are_refused_and_one_long_word_is_not(world):
    add(world, "page", title="Ebb")
    with pytest.raises(Invalid, match="text: wanted at most 50 words"):
        names(world, "ebb " * 51)
    assert names(world, "ebb " * 50) == ["page"]
    assert names(world, "x" * 100_000) == []
    assert find(SYSTEM, world.site, text="x" * 10_000).suggestion is None


def test_words_are_not_looked_for_in_the_past(world):
    page = add(world, "page", title="Ebb")
    before = world.database.open(before=page._p_serial[:-1] + bytes([page._p_serial[-1] + 1 & 255]))
    with pytest.raises(Invalid, match="today only"):
        find(SYSTEM, site_of(before), text="ebb").count  # noqa: B018
    assert find(SYSTEM, site_of(before)).count >= 1
    before.close()


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("tide", "tide", 0),
        ("tdie", "tide", 1),
        ("tid", "tide", 1),
        ("tides", "tide", 1),
        ("tise", "tide", 1),
        ("moon", "tide", 3),
        ("a", "abcdef", 3),
    ],
)
def test_the_distance_counts_letters(one, other, far):
    assert distance(one, other, 2) == far


def test_the_snippets_of_a_page_are_asked_for_together(world, monkeypatch):
    pages = [add(world, name, lead=f"tide {name}") for name in "abc"]
    asked = []
    real = TextIndex.snippets
    monkeypatch.setattr(
        TextIndex,
        "snippets",
        lambda self, texts, numbers: asked.append(len(numbers)) or real(self, texts, numbers),
    )
    found = find(SYSTEM, world.site, text="tid*")
    page = found.page(None, 2)
    said = [str(found.snippet(each)) for each in page]
    assert said == [f"<mark>tide</mark> {each.__name__}" for each in page] and asked == [2]
    (last,) = (each for each in pages if each not in page.items)
    assert found.snippet(last) == f"<mark>tide</mark> {last.__name__}" and asked == [2, 1]


@pytest.mark.parametrize("many", [" ".join, lambda words: [Words(each) for each in words]])
def test_only_so_many_beginnings_of_words_can_be_asked_for(world, many):
    add(world, "a", lead=" ".join(f"{letter}word" for letter in "abcdefghi"))
    for count, is_refused in ((8, False), (9, True)):
        asked = many([f"{letter}*" for letter in "abcdefghi"[:count]])
        conditions, text = ((), asked) if isinstance(asked, str) else (asked, None)
        with pytest.raises(Invalid) if is_refused else nullcontext():
            assert find(SYSTEM, world.site, *conditions, text=text).count == 1


def test_of_many_words_that_are_nowhere_none_is_replaced(world):
    add(world, "page", title="harbour tides")
    assert find(SYSTEM, world.site, text="harbor tides").suggestion == "harbour tides"
    assert find(SYSTEM, world.site, text=" ".join(["harbor"] * 9)).suggestion is None


@pytest.mark.parametrize("sort", ["state," * 5 + "state", ["created"] * 6])
def test_results_are_sorted_by_a_few_names_only(world, sort):
    with pytest.raises(Invalid) as caught:
        find(SYSTEM, world.site, sort=sort)
    assert "at most 5 names" in str(caught.value)
