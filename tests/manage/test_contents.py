"""The contents page: its lines, its order and pages, and what is hidden from whom."""

import re

import pytest

from objpub import testing
from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.operations import add
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import order
from objpub.security import override_permission
from objpub.security import SYSTEM
from objpub.views import action
from tests.manage.conftest import settle
from tests.manage.pages import Page
from tests.manage.pages import Section
from tests.manage.pages import Series


class Ledger(Folder, addable="anywhere"):
    """A folder where only sheets may be added."""

    title: str = ""


class Sheet(Content, addable=Ledger, icon="file"):
    """A sheet of figures."""

    title: str


@action(Page, "Send to press", bulk=True)
def send(page, request):
    page.text = "sent"
    return f"Sent {page.title}"


@action(Page, "Only managers", permission="manage")
def manage_it(page, request):
    return "done"


THINGS = (Ledger, Sheet, send, manage_it)


def names_on(response):
    """Return the names of the children that a contents page lists."""
    return re.findall(r'<tr data-name="([^"]*)"', response.text)


def line_of(response, name):
    """Return the markup of the line of one child."""
    return re.search(rf'<tr data-name="{name}">.*?</tr>', response.text, re.S)[0]


def words_of(markup):
    """Return what *markup* says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def fill(site, kind, number, path="many"):
    """Add a folder with *number* children called page-0000 and so on."""
    with site.work() as root:
        folder = add(SYSTEM, root, kind(title="Many"), path)
        for count in range(number):
            folder.add(f"page-{count:04}", Page(title=f"Title {number - count:04}"))


def hide(site, path):
    """Let only managers view what is at *path*."""
    with site.work() as root:
        resource = root
        for name in path.split("/"):
            resource = resource[name]
        override_permission(resource, "view", ["manager"])


def walk_pages(client, path, link="More"):
    """Return the names on every page of a list, page by page, following *link*."""
    response = client.get(path)
    pages = []
    while True:
        pages.append(names_on(response))
        target = next((to for text, to in response.page.links if text == link), None)
        if target is None:
            return pages
        response = client.get(response.to(target))
        assert response.status == 200


def test_a_line_says_what_it_is_who_sees_it_when_it_was_changed_and_by_whom(site):
    ines = site.browser().login("ines")
    with site.work(site_identity(site, "ines")) as root:
        edit(site_identity(site, "ines"), root["news"]["tides"], {"text": "New"})
    page = ines.get("/manage/news/")
    assert page.status == 200
    assert names_on(page) == ["herons", "marsh", "series", "tides"]
    said = words_of(line_of(page, "tides"))
    assert said.startswith(
        "Select Tides Page: Tides Public just now ines Edit View on site Rename… Move… Copy…"
    )
    assert said.endswith("Delete…")
    assert re.search(
        r'<time datetime="2\d\d\d-\d\d-\d\dT[^"]*" title="\d+ \w+ 2\d\d\d, \d\d:\d\d"', line_of(page, "tides")
    )
    assert "3 items" in words_of(line_of(page, "series"))
    assert "i-folder" in line_of(page, "series")
    assert 'href="series/"' in line_of(page, "series")
    assert 'href="tides/@@edit"' in line_of(page, "tides")


def site_identity(site, name):
    """Return the identity of a user."""
    with site.work() as root:
        return root.users.identity(name)


@pytest.mark.parametrize(
    ("roles", "word", "sentence"),
    [
        (["everyone"], "Public", "Everyone can see it."),
        (["authenticated"], "Signed in", "Everybody who is signed in can see it."),
        (["editor", "owner"], "Restricted", "It takes the role owner or editor."),
        (["manager"], "Restricted", "It takes the role manager."),
    ],
)
def test_a_status_in_words_says_who_may_see_it(site, roles, word, sentence):
    with site.work() as root:
        override_permission(root["news"]["tides"], "view", roles)
    line = line_of(site.client.login("admin").get("/manage/news/"), "tides")
    assert f" {word} " in words_of(line)
    assert f'title="{sentence}"' in line
    with site.work() as root:
        override_permission(root["news"], "view", roles)
    head = site.client.get("/manage/news/").text.partition("</h1>")[2].partition("<nav")[0]
    assert word in words_of(head)
    assert sentence in head


def test_a_file_says_how_large_it_is(site):
    with site.work() as root:
        root["news"].add("map.txt", File.from_bytes(b"x" * 2345, "map.txt"))
    assert "2.3 kB" in line_of(site.client.login("admin").get("/manage/news/"), "map.txt")


def test_who_sees_nothing_here_is_refused(site):
    assert site.client.get("/manage/news/").status == 303
    assert site.browser().login("nora").get("/manage/news/").status == 403
    assert site.browser().login("tomas").get("/manage/archive/").status == 403
    assert site.browser().login("tomas").get("/manage/news/").status == 200


# Hidden children


def test_a_hidden_child_is_not_listed_not_counted_and_not_found(site):
    hide(site, "news/marsh")
    hide(site, "news/series/two")
    tomas = site.browser().login("tomas")
    for query in ("", "?sort=title", "?sort=-changed", "?find=m", "?find=marsh"):
        page = tomas.get("/manage/news/" + query)
        assert page.status == 200
        assert "marsh" not in names_on(page)
        assert "Marsh" not in page.text
        assert "/marsh" not in page.text
    page = tomas.get("/manage/news/")
    assert "Shown: 3" in words_of(page.text)
    assert "2 items" in words_of(line_of(page, "series"))
    assert "Series, 2 items" in words_of(tomas.get("/manage/news/series/").text)
    admin = site.browser().login("admin").get("/manage/news/")
    assert "Shown: 4" in words_of(admin.text)
    assert "3 items" in words_of(line_of(admin, "series"))


def test_the_links_to_other_pages_tell_nothing_of_hidden_children(site):
    fill(site, Section, 190, "news-items")
    with site.work() as root:
        for count in range(30, 70):
            override_permission(root["news-items"][f"page-{count:04}"], "view", ["manager"])
    ines = site.browser().login("ines")
    expected = [f"page-{count:04}" for count in range(190) if not 30 <= count < 70]
    pages = walk_pages(ines, "/manage/news-items/")
    assert [name for page in pages for name in page] == expected
    assert [len(page) for page in pages] == [50, 50, 50]
    back = walk_pages(ines, "/manage/news-items/?sort=-", "More")
    assert [name for page in back for name in page] == expected[::-1]


@pytest.mark.parametrize("kind", [Section, Series])
def test_a_cursor_cannot_be_made_by_hand_or_taken_to_another_list(site, kind):
    fill(site, kind, 60)
    fill(site, kind, 60, "other")
    admin = site.client.login("admin")
    page = admin.get("/manage/many/")
    cursor = next(to for text, to in page.page.links if text == "More").partition("page=")[2]
    assert admin.get(f"/manage/many/?page={cursor}").status == 200
    foreign = [
        f"/manage/other/?page={cursor}",
        f"/manage/many/?sort=title&page={cursor}",
        f"/manage/many/?find=page&page={cursor}",
        "/manage/many/?page=page-0003",
        "/manage/many/?page=%FF%00",
        f"/manage/many/?page={cursor[:-2]}AA",
        "/manage/many/?page=" + "A" * 3000,
    ]
    for path in foreign:
        answer = admin.get(path)
        assert answer.status in {400, 422}, path
        if answer.status == 422:
            assert "cannot be found; this is its beginning" in answer.text
            assert len(names_on(answer)) == 50


# Pages and orders


@pytest.mark.parametrize("kind", [Section, Series])
@pytest.mark.parametrize("sort", ["", "-", "title", "-title", "name", "-name", "changed", "-changed"])
def test_pages_run_through_every_child_both_ways_in_every_order(site, kind, sort):
    fill(site, kind, 150)
    admin = site.client.login("admin")
    names = [f"page-{count:04}" for count in range(150)]
    backwards = sort in {"-", "-name", "title", "-changed"}
    expected = names[::-1] if backwards else names
    path = f"/manage/many/?sort={sort}"
    pages = walk_pages(admin, path)
    assert [name for page in pages for name in page] == expected
    assert [len(page) for page in pages] == [50, 50, 50]
    last = admin.get(path)
    while "More" in [text for text, _ in last.page.links]:
        last = last.click("More")
    assert [
        names_on(last),
        names_on(last.click("Back")),
        names_on(last.click("Back").click("Back")),
    ] == pages[::-1]
    assert "Back" not in [text for text, _ in last.click("Back").click("Back").page.links]


def test_a_page_whose_children_are_gone_shows_what_there_is(site):
    fill(site, Section, 75)
    admin = site.client.login("admin")
    target = next(to for text, to in admin.get("/manage/many/").page.links if text == "More")
    with site.work() as root:
        for count in range(25, 75):
            delete(SYSTEM, root["many"][f"page-{count:04}"])
    page = admin.get(target)
    assert page.status == 200
    assert names_on(page) == [f"page-{count:04}" for count in range(25)]


def test_an_order_of_ones_own_is_for_small_folders(site):
    fill(site, Section, 501)
    admin = site.client.login("admin")
    page = admin.get("/manage/many/")
    assert [text for text, _ in page.page.links if "first" in text or "A to Z" in text] == ["Name, A to Z"]
    assert "Name, Z to A" in page.text
    assert "With more than 500 items" in words_of(page.text)
    sorted_anyway = admin.get("/manage/many/?sort=title")
    assert sorted_anyway.status == 200
    assert names_on(sorted_anyway)[0] == "page-0000"
    assert "Title, A to Z" in site.client.get("/manage/news/").text


def test_the_kept_order_is_what_is_shown_first(site):
    with site.work() as root:
        order(SYSTEM, root["news"]["series"], "three", to="first")
    admin = site.client.login("admin")
    assert names_on(admin.get("/manage/news/series/")) == ["three", "one", "two"]
    assert names_on(admin.get("/manage/news/series/?sort=-")) == ["two", "one", "three"]
    assert names_on(admin.get("/manage/news/series/?sort=name")) == ["one", "three", "two"]


def test_the_order_that_is_shown_is_named_and_marked(site):
    page = site.client.login("admin").get("/manage/news/?sort=-title")
    menu = page.text.split('id="find"')[1].split("</form>")[0]
    assert re.search(r"Order:.*?<b[^>]*>Title, Z to A</b>", menu, re.S)
    assert re.findall(r'aria-current="true"[^>]*>([^<]+)<', menu) == ["Title, Z to A"]
    assert "Name, A to Z" in menu and "Newest change first" in menu


def test_what_was_changed_last_comes_first_or_last(site):
    for name in ("marsh", "tides", "herons"):
        with site.work() as root:
            edit(SYSTEM, root["news"][name], {"text": "Changed"})
    admin = site.client.login("admin")
    newest = names_on(admin.get("/manage/news/?sort=-changed"))
    assert [name for name in newest if name != "series"] == ["herons", "tides", "marsh"]
    assert names_on(admin.get("/manage/news/?sort=changed")) == newest[::-1]


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/manage/news/?sort=colour", "There is no such order"),
        ("/manage/?sort=colour", "There is no such order"),
        ("/manage/news/?find=" + "x" * 300, "too long to look for"),
        ("/manage/news/?page=zzz", "That page of the list cannot be found"),
    ],
)
def test_a_query_that_makes_no_sense_is_answered_with_the_page_and_a_sentence(site, path, complaint):
    before = site.last_transaction()
    answer = site.client.login("admin").get(path)
    assert answer.status == 422
    assert complaint in answer.text
    assert names_on(answer)
    assert site.last_transaction() >= before


# The filter


def test_the_filter_finds_names_and_titles_in_a_small_folder(site):
    with site.work() as root:
        add_new(SYSTEM, root["news"], Page, {"title": "Spring Tide at the marsh"}, name="spring")
    admin = site.client.login("admin")
    assert names_on(admin.get("/manage/news/?find=TIDE")) == ["spring", "tides"]
    assert names_on(admin.get("/manage/news/?find=marsh")) == ["marsh", "spring"]
    assert names_on(admin.get("/manage/news/?find=tide&sort=-title")) == ["tides", "spring"]
    nothing = admin.get("/manage/news/?find=zebra")
    assert nothing.status == 200
    assert "Nothing here is called like “ zebra ”" in words_of(nothing.text)


@pytest.mark.parametrize("kind", [Section, Series])
def test_the_filter_finds_beginnings_of_names_in_a_large_folder(site, kind):
    fill(site, kind, 501)
    admin = site.client.login("admin")
    assert names_on(admin.get("/manage/many/?find=page-030")) == [
        f"page-{count:04}" for count in range(300, 310)
    ]
    assert names_on(admin.get("/manage/many/?find=Page+0307")) == ["page-0307"]
    assert names_on(admin.get("/manage/many/?find=age")) == []
    everything = admin.get("/manage/many/?find=page")
    assert "50 of the first 500" in words_of(everything.text)


def test_the_filter_of_a_large_folder_finds_nothing_hidden(site):
    fill(site, Section, 501)
    hide(site, "many/page-0300")
    found = names_on(site.client.login("ines").get("/manage/many/?find=page-030"))
    assert found == [f"page-{count:04}" for count in range(301, 310)]


# What can be done


def test_only_what_may_be_done_is_offered(site):
    with site.work() as root:
        override_permission(root["news"]["tides"], "edit", ["manager"])
        override_permission(root["news"]["marsh"], "delete", ["manager"])
        override_permission(root["news"]["series"], "add", ["manager"])
    tomas = site.browser().login("tomas")
    page = tomas.get("/manage/news/")
    tides, marsh = words_of(line_of(page, "tides")), words_of(line_of(page, "marsh"))
    assert "Edit" not in tides
    assert "Rename…" not in tides
    assert "Move…" in tides
    assert "Delete…" in tides
    assert 'href="tides"' in line_of(page, "tides")
    assert "Edit" in marsh
    assert "Rename…" in marsh
    assert "Move…" not in marsh
    assert "Delete…" not in marsh
    assert "Copy…" in marsh
    assert '<details class="menu add"' in page.text
    assert '<details class="menu add"' not in tomas.get("/manage/news/series/").text


def test_the_add_menu_has_what_may_be_added_here_each_with_its_sentence(site):
    with site.work() as root:
        add(SYSTEM, root["news"], Ledger(title="Books"), "books")
        add(SYSTEM, root["news"]["books"], Sheet(title="One"), "one")
    admin = site.client.login("admin")
    menu = re.search(r'<details class="menu add".*?</details>', admin.get("/manage/news/books/").text, re.S)[
        0
    ]
    assert "Sheet A sheet of figures." in words_of(menu)
    assert 'href="@@add?type=Sheet"' in menu
    elsewhere = re.search(r'<details class="menu add".*?</details>', admin.get("/manage/news/").text, re.S)[0]
    assert "Sheet" not in elsewhere
    assert "Ledger A folder where only sheets may be added." in words_of(elsewhere)


def test_two_types_of_one_name_are_told_apart():
    other = type("Page", (Content,), {"__module__": __name__, "__doc__": "Another."}, addable="anywhere")
    with testing.site("objpub.manage", "tests.manage.pages", other) as site:
        settle(site)
        page = site.client.login("admin").get("/manage/archive/")
        assert "@@add?type=tests.manage.pages.Page" in page.text
        assert f"@@add?type={__name__}.Page" in page.text
        assert page.client.get("/manage/archive/@@add?type=tests.manage.pages.Page").status == 200


def test_an_empty_folder_says_so_and_offers_what_may_be_added(site):
    page = site.client.login("admin").get("/manage/archive/")
    assert "Nothing in here yet" in page.text
    assert "Page A page." in words_of(page.text)
    assert names_on(page) == []
    with site.work() as root:
        override_permission(root["archive"], "add", ["manager"])
    page = site.browser().login("ines").get("/manage/archive/")
    assert "You may not add anything here." in page.text
    assert "A page." not in page.text


def test_a_folder_whose_children_are_all_hidden_looks_empty(site):
    for name in ("tides", "marsh", "herons", "series"):
        hide(site, f"news/{name}")
    page = site.browser().login("tomas").get("/manage/news/")
    assert "Nothing in here yet" in page.text
    assert "Section, 0 items" in words_of(page.text)


def test_actions_of_the_site_are_in_the_menu_and_in_the_bar_for_a_selection(site):
    ines = site.browser().login("ines")
    page = ines.get("/manage/news/")
    assert "Send to press" in line_of(page, "tides")
    assert "Only managers" not in page.text
    assert 'value="send-to-press"' not in page.text  # not for a selection: the series has no such action
    with site.work() as root:
        delete(SYSTEM, root["news"]["series"])
    page = ines.get("/manage/news/")
    form = page.form("listing")
    form["pick"] = ["tides", "marsh"]
    done = form.submit("send-to-press", follow=True)
    assert done.status == 200
    assert "Sent Marsh; Sent Tides" in done.text
    with site.work() as root:
        assert root["news"]["tides"].text == root["news"]["marsh"].text == "sent"


def test_a_selection_leads_to_pages_that_name_every_item(site):
    ines = site.browser().login("ines")
    for button, word in (("Move…", "Move"), ("Copy…", "Copy"), ("Delete…", "Delete")):
        form = ines.get("/manage/news/").form("listing")
        form["pick"] = ["tides", "marsh"]
        page = form.submit(button)
        assert page.status == 200
        said = words_of(page.text.partition("<h1")[2])
        assert word in said
        assert "Tides" in said
        assert "Marsh" in said
        assert "Herons" not in said


def test_nothing_is_selected_when_the_folder_changes(site):
    page = site.client.login("admin").get("/manage/news/")
    assert page.form("listing")["pick"] == []
    assert re.search(r'<form[^>]*id="listing"[^>]*autocomplete="off"', page.text)  # no browser restores it
    assert "checked" not in page.text.partition('id="listing"')[2]


# How large


@pytest.mark.parametrize("kind", [Section, Series])
def test_a_page_of_ten_thousand_children_is_small_and_loads_little(kind):
    with testing.site("objpub.manage", "tests.manage.pages") as site:
        settle(site)
        fill(site, kind, 10_000)
        fill(site, kind, 100, "few")
        client = site.browser().login("admin")
        page = client.get("/manage/many/")
        assert len(page.body) < 150_000
        assert len(names_on(page)) == 50
        assert "10,000 items" in words_of(page.text)
        assert "50 of 10,000" in words_of(page.text)
        assert loaded(site, client, "/manage/many/") <= loaded(site, client, "/manage/few/") * 1.5
        deep = page
        for _ in range(3):
            deep = deep.click("More")
        assert names_on(deep)[0] == "page-0150"


def loaded(site, client, path):
    """Return how many objects a request for *path* loads into an empty cache."""
    database = site.database
    for pair in list(database.pairs._idle):
        pair.connection.cacheMinimize()
    before = sum(pair.connection.getTransferCounts()[0] for pair in database.pairs._idle)
    assert client.get(path).status == 200
    return sum(pair.connection.getTransferCounts()[0] for pair in database.pairs._idle) - before


def test_a_page_with_long_names_stays_small(site):
    with site.work() as root:
        for count in range(60):
            root["news"].add(
                f"{'a-rather-long-name-of-a-page-' * 2}{count:03}", Page(title="A rather long title " * 3)
            )
    assert len(site.client.login("admin").get("/manage/news/").body) < 170_000


def heads_of(page):
    """Return what the heads of the columns lead to, and which one is sorted: {text: (sort, way)}."""
    found = re.findall(
        r'<th(?: aria-sort="(\w+)")?[^>]*><a href="[^"?]*(?:\?sort=)?([\w-]*)[^"]*">(\w+)', page.text
    )
    return {text: (sort, way) for way, sort, text in found}


def test_the_heads_of_the_columns_sort_and_say_which_one_does(site):
    admin = site.browser().login("admin")
    assert heads_of(admin.get("/manage/news/")) == {"Name": ("-", "ascending"), "Changed": ("-changed", "")}
    page = admin.get("/manage/news/?sort=-changed")
    assert heads_of(page) == {"Name": ("", ""), "Changed": ("changed", "descending")}
    page = admin.get("/manage/news/series/?sort=title")
    assert heads_of(page) == {"Name": ("-title", "ascending"), "Changed": ("-changed", "")}
    assert heads_of(admin.get("/manage/news/series/"))["Name"] == ("title", "")


def test_the_heads_of_a_large_folder_offer_its_own_order_only(site, monkeypatch):
    monkeypatch.setattr("objpub.manage.listing.SORTED_UP_TO", 2)
    assert heads_of(site.browser().login("admin").get("/manage/news/")) == {"Name": ("-", "ascending")}
