"""Whole imports: what the first run makes, and what the second one leaves alone."""

import contextlib
from datetime import datetime
from datetime import timezone

import pytest

from objpub.configuration import Configuration
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import ReservedNames
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import BadName
from objpub.errors import Forbidden
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.events import Added
from objpub.events import on
from objpub.importing import import_folder
from objpub.importing import Page
from objpub.importing import Section
from objpub.lineage import path_of
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import move
from objpub.operations import rename
from objpub.operations import restore
from objpub.registry import ByClass
from objpub.security import NO_IDENTITY
from objpub.security import SYSTEM

SMALL = {
    "_index.md": "---\ntitle: The docs\n---\nWelcome to [one](one.md).",
    "one.md": "---\ntitle: One\nweight: 1\naliases: [/first/]\n---\n"
    "See [two](guide/two.md#deep) and ![pic](guide/pic.png).",
    "guide/_index.md": "# Guide\n\n[back](../one.md)",
    "guide/two.md": "# Two\n\n## Deep\n\n[one](/first/)",
    "guide/pic.png": b"PNG",
    "guide/data.csv": "a,b\n1,2\n",
}


@contextlib.contextmanager
def site_that_includes(*things):
    """Give a database with a site whose configuration has *things* too."""
    configuration = Configuration()
    parts = ("objpub.content", "objpub.security", "objpub.operations", "objpub.importing")
    configuration.include(*parts, *things)
    database = open_database("demo:", registry=configuration.freeze())
    with transaction_for(database) as pair:
        put_site(pair.connection, Site(title="Saltmarsh"))
        pair.manager.commit()
    try:
        yield database
    finally:
        database.close()


def paths(site):
    """The paths of all resources in folders, in their order."""
    found = []
    for child in site.values():
        found.append(path_of(child))
        if isinstance(child, Folder):
            found.extend(paths(child))
    return found


def test_a_folder_becomes_a_typed_tree(run, look):
    report = run(SMALL)
    assert look(paths) == [
        "/docs",
        "/docs/one",
        "/docs/guide",
        "/docs/guide/two",
        "/docs/guide/data.csv",
        "/docs/guide/pic.png",
    ]
    assert dict(report.added) == {"section": 2, "page": 2, "image": 1, "file": 1}
    assert report.problems == report.broken == report.renamed == []

    def check(site):
        docs = site["docs"]
        assert [type(each) for each in (docs, docs["one"], docs["guide"])] == [Section, Page, Section]
        assert (docs.title, docs["guide"].title, docs["guide"]["two"].title) == ("The docs", "Guide", "Two")
        assert docs["one"].html == (
            '<p>See <a href="/docs/guide/two#deep">two</a> and'
            ' <img src="/docs/guide/pic.png" alt="pic" loading="lazy">.</p>\n'
        )
        assert docs["guide"].html == '<p><a href="/docs/one">back</a></p>\n'
        assert docs["guide"]["two"].toc == ((2, "deep", "Deep"),)
        assert docs["guide"]["two"].html.endswith('<p><a href="/docs/one">one</a></p>\n')
        assert isinstance(docs["guide"]["pic.png"], Image)
        assert (docs["guide"]["pic.png"].width, docs["guide"]["pic.png"].media_type) == (1, "image/png")
        assert type(docs["guide"]["data.csv"]) is File
        assert docs["one"].aliases == ("/first/",)

    look(check)


def test_a_second_run_writes_nothing(run, database):
    run(SMALL)
    before = database.lastTransaction()
    report = run()
    assert database.lastTransaction() == before
    assert (report.written, report.unchanged) == (0, 6)


def test_the_same_files_in_another_folder_are_the_same(run, database, source, tmp_path):
    run(SMALL)
    before = database.lastTransaction()
    moved = (tmp_path / "source").rename(tmp_path / "elsewhere")
    import_folder(database, moved, "/docs", identity=SYSTEM)
    assert database.lastTransaction() == before


def test_a_changed_file_is_updated_and_nothing_else(run, look):
    run(SMALL)
    report = run({"guide/two.md": "---\ntitle: Two\ntags: [x]\n---\nNew.\n"})
    assert (dict(report.updated), dict(report.added), report.unchanged) == ({"page": 1}, {}, 5)
    assert look(lambda site: site["docs"]["guide"]["two"].html) == "<p>New.</p>\n"
    assert look(lambda site: site["docs"]["guide"]["two"].tags) == {"x"}
    # The heading it had is gone, and a link to it with it.
    assert [str(link) for link in report.broken] == [
        "one.md:6: guide/two.md#deep: guide/two.md has no place called #deep"
    ]


def test_values_that_vanish_from_a_file_vanish_from_the_page(run, look):
    run({"a.md": "---\ntitle: A\ntags: [x]\nweight: 3\nlayout: y\n---\n"})
    run({"a.md": "---\ntitle: A\n---\n"})
    page = look(lambda site: [getattr(site["docs"]["a"], name) for name in ("tags", "weight", "extra")])
    assert page == [frozenset(), None, ()]


def test_what_was_edited_on_the_site_is_left_and_said(run, look, database):
    run(SMALL)
    look(lambda site: edit(SYSTEM, site["docs"]["one"], {"title": "Mine"}), commit=True)
    look(lambda site: edit(SYSTEM, site["docs"]["guide"]["two"], {"text": "Mine"}), commit=True)
    before = database.lastTransaction()
    report = run({"one.md": "---\ntitle: Theirs\n---\n"})
    assert [str(kept) for kept in report.kept] == [
        "guide/two.md: it was edited on the site, and is left",
        "one.md: it was edited on the site, and is left although its file has changed",
    ]
    assert database.lastTransaction() == before
    assert look(lambda site: site["docs"]["one"].title) == "Mine"


def test_an_edit_that_was_taken_back_does_not_count(run, look):
    run(SMALL)
    look(lambda site: edit(SYSTEM, site["docs"]["one"], {"title": "Mine"}), commit=True)
    look(lambda site: edit(SYSTEM, site["docs"]["one"], {"title": "One"}), commit=True)
    report = run({"one.md": "---\ntitle: Theirs\n---\n"})
    assert (report.kept, look(lambda site: site["docs"]["one"].title)) == ([], "Theirs")


def test_a_text_edited_on_the_site_is_rendered_with_the_same_links(run, look):
    run(SMALL)
    text = "[two](guide/two.md) [alias](/first/) [site](/elsewhere) ![p](guide/pic.png)"
    look(lambda site: edit(SYSTEM, site["docs"]["one"], {"text": text}), commit=True)
    assert look(lambda site: site["docs"]["one"].html) == (
        '<p><a href="/docs/guide/two">two</a> <a href="/docs/one">alias</a> <a href="/elsewhere">site</a>'
        ' <img src="/docs/guide/pic.png" alt="p" loading="lazy"></p>\n'
    )


def test_what_vanished_from_the_folder_stays_on_the_site(run, look, database):
    run(SMALL)
    report = run({"guide/two.md": None, "guide/pic.png": None, "guide/_index.md": None})
    assert sorted(problem.file for problem in report.vanished) == [
        "guide/_index.md",
        "guide/pic.png",
        "guide/two.md",
    ]
    assert look(lambda site: list(site["docs"]["guide"])) == ["two", "data.csv", "pic.png"]
    assert look(lambda site: site["docs"]["guide"].title) == "Guide"
    assert report.broken == []  # what they led to is still there


def test_a_page_that_becomes_a_draft_stays_and_is_named(run, look):
    run({"a.md": "# A"})
    report = run({"a.md": "---\ndraft: true\n---\n"})
    assert (
        str(report.vanished[0]) == "a.md: it is not published any more, and stays on the site: it is a draft"
    )
    assert look(lambda site: "a" in site["docs"])


def test_what_was_removed_on_the_site_does_not_come_back(run, look):
    run(SMALL)
    look(lambda site: delete(SYSTEM, site["docs"]["guide"]), commit=True)
    report = run({"guide/three.md": "# Three"})
    assert look(paths) == ["/docs", "/docs/one"]
    assert sorted(each.file for each in report.removed) == [
        "guide/_index.md",
        "guide/data.csv",
        "guide/pic.png",
        "guide/three.md",
        "guide/two.md",
    ]
    assert [link.destination for link in report.broken] == ["guide/pic.png", "guide/two.md#deep"]


def test_what_was_restored_is_known_again(run, look):
    run(SMALL)
    look(lambda site: delete(SYSTEM, site["docs"]["one"]), commit=True)
    look(lambda site: restore(SYSTEM, next(iter(site.trash))), commit=True)
    report = run({"one.md": "---\naliases: /first/\n---\n# One again"})
    assert look(lambda site: site["docs"]["one"].title) == "One again"
    assert (dict(report.updated), report.removed) == ({"page": 1}, [])


def test_what_was_renamed_on_the_site_keeps_its_name(run, look):
    run(SMALL)
    look(lambda site: rename(SYSTEM, site["docs"]["guide"], "handbook"), commit=True)
    report = run({"guide/two.md": "# Two\n\n## Deep\n\nnew", "guide/three.md": "# Three"})
    assert look(paths) == [
        "/docs",
        "/docs/one",
        "/docs/handbook",
        "/docs/handbook/three",
        "/docs/handbook/two",
        "/docs/handbook/data.csv",
        "/docs/handbook/pic.png",
    ]
    assert look(lambda site: "/docs/handbook/two#deep" in site["docs"]["one"].html)
    assert report.relinked == 1
    before = run().written
    assert before == 0


def test_new_files_find_their_place_in_the_order(run, look):
    run({"a.md": "---\nweight: 1\n---", "c.md": "---\nweight: 3\n---", "z.png": b"PNG"})
    run({"b.md": "---\nweight: 2\n---", "0.md": "---\nweight: 0.5\n---", "d.md": "---\nweight: 4\n---"})
    assert look(lambda site: list(site["docs"])) == ["0", "a", "b", "c", "d", "z.png"]


def test_another_weight_moves_a_page(run, look):
    run({name: f"---\nweight: {weight}\n---" for weight, name in enumerate(("a.md", "b.md", "c.md"), 1)})
    run({"a.md": "---\nweight: 9\n---"})
    assert look(lambda site: list(site["docs"])) == ["b", "c", "a"]
    run({"c.md": "---\nweight: 1\n---"})
    assert look(lambda site: list(site["docs"])) == ["c", "b", "a"]


def test_an_order_that_people_made_stays(run, look, database):
    run({name: f"# {name}" for name in ("a.md", "b.md", "c.md")})
    look(lambda site: site["docs"].move_child("c", to="first"), commit=True)
    before = database.lastTransaction()
    run()
    assert database.lastTransaction() == before
    run({"d.md": "# d"})
    assert look(lambda site: list(site["docs"])) == ["c", "a", "b", "d"]


def test_a_new_page_mends_the_links_to_it(run, look):
    report = run({"a.md": "[b](b.md)"})
    assert [str(link) for link in report.broken] == ["a.md:1: b.md: there is nothing of that name"]
    assert look(lambda site: site["docs"]["a"].html) == '<p><span class="missing-link">b</span></p>\n'
    report = run({"b.md": "# B"})
    assert (report.broken, report.relinked) == ([], 1)
    assert look(lambda site: site["docs"]["a"].html) == '<p><a href="/docs/b">b</a></p>\n'


def test_a_changed_include_changes_the_page(run, look):
    run(
        {
            "a.md": '{{% include "_p/b.md" %}}',
            "_p/index.md": "---\nheadless: true\n---",
            "_p/b.md": "---\ndraft: true\n---\nold",
        }
    )
    report = run({"_p/b.md": "---\ndraft: true\n---\nnew"})
    assert dict(report.updated) == {"page": 1}
    assert look(lambda site: site["docs"]["a"].html) == "<p>new</p>\n"


def test_another_cascade_changes_the_pages_below(run, look):
    run({"s/_index.md": "---\ncascade: {tags: [a]}\n---", "s/p.md": "x"})
    assert look(lambda site: site["docs"]["s"]["p"].tags) == {"a"}
    run({"s/_index.md": "---\ncascade: {tags: [b]}\n---"})
    assert look(lambda site: site["docs"]["s"]["p"].tags) == {"b"}


def test_other_bytes_of_an_image_are_taken(run, look):
    run(SMALL)
    report = run({"guide/pic.png": b"PNG", "guide/data.csv": "a,b\n3,4\n"})
    assert dict(report.updated) == {"file": 1}
    assert look(lambda site: site["docs"]["guide"]["data.csv"].read()) == b"a,b\n3,4\n"


def test_bad_files_are_named_and_the_rest_goes_on(run, look):
    report = run(
        {
            "good.md": "# Good\n\n![x](bad.png) [y](bad.md)",
            "bad.md": "---\ntitle: x\ntags: [\n---\n",
            "latin.md": b"one\ncaf\xe9\n",
            "bad.png": b"no picture",
            "cut.png": b"\x89PNG\r\n\x1a\n but cut",
            "odd.md": "---\ntitle: Odd\nweight: heavy\n---\n",
        },
    )
    assert look(lambda site: sorted(site["docs"])) == ["good", "odd"]
    assert [(problem.file, problem.line) for problem in sorted(report.problems)] == [
        ("bad.md", 3),
        ("bad.png", 0),
        ("cut.png", 0),
        ("latin.md", 2),
        ("odd.md", 3),
    ]
    assert [link.destination for link in report.broken] == ["bad.md", "bad.png"]
    assert "bad.md could not be read" in str(report.broken[0])


def test_a_bad_file_that_was_good_leaves_its_page(run, look):
    run(SMALL)
    report = run({"one.md": "---\n[\n---", "guide/_index.md": b"\xff"})
    assert report.vanished == []
    assert look(lambda site: (site["docs"]["one"].title, site["docs"]["guide"].title)) == ("One", "Guide")
    assert report.written == 0
    report = run({"one.md": "---\naliases: /first/\n---\n# One more", "guide/_index.md": "# Guide 2"})
    assert dict(report.updated) == {"page": 1, "section": 1}


def test_links_to_what_is_not_published_say_why(run):
    report = run({"a.md": "x\n\n[d](d.md)\n[out](../../x.md)\n[no](#no)", "d.md": "---\ndraft: true\n---"})
    assert [str(link) for link in report.broken] == [
        "a.md:3: d.md: d.md is not published: it is a draft",
        "a.md:4: ../../x.md: it leads out of the imported folder",
        "a.md:5: #no: a.md has no place called #no",
    ]
    assert report.unpublished == {"d.md": "it is a draft"}


def test_a_link_to_what_the_site_has_elsewhere_leads_there(run, look):
    look(lambda site: site.add("about", Folder()), commit=True)
    report = run({"a.md": "[about](/about) [no](/nowhere)"})
    assert [link.destination for link in report.broken] == ["/nowhere"]
    assert look(lambda site: '<a href="/about">about</a>' in site["docs"]["a"].html)


def test_names_that_are_taken_or_impossible_are_changed_and_listed(run, look):
    report = run(
        {"A.md": "# A", "a.html": "<p>b", "_x.md": "# X", "a b.md": "# C", "c.md": "[a](a.html) [A](A.md)"}
    )
    assert look(lambda site: sorted(site["docs"])) == ["a", "a-2", "a-b", "c", "x"]
    assert [str(each) for each in report.renamed] == [
        "_x.md: it is called 'x': no name can begin as that of its file does",
        "a.html: it is called 'a-2': 'a' is taken, or means something else there",
    ]
    html = look(lambda site: site["docs"]["c"].html)
    assert html == '<p><a href="/docs/a-2">a</a> <a href="/docs/a">A</a></p>\n'


def test_a_name_that_means_a_view_is_changed(run, look, database, registry):
    reserved = ByClass()
    reserved.put(Section, "feed", "a view")
    registry._tables[ReservedNames] = reserved  # what views fill at the freeze
    run({"feed.md": "# Feed", "a.md": "[feed](feed.md)"})  # the folder itself is new
    assert look(lambda site: sorted(site["docs"])) == ["a", "feed-2"]
    report = run({"sub/feed.md": "# Feed", "sub/b.md": ""})
    assert look(lambda site: sorted(site["docs"]["sub"])) == ["b", "feed-2"]
    assert [each.file for each in report.renamed] == ["sub/feed.md"]


def test_a_folder_that_is_there_is_filled(run, look):
    look(lambda site: site.add("docs", Folder()), commit=True)
    report = run(SMALL)
    assert look(lambda site: type(site["docs"])) is Folder
    assert report.unpublished == {"_index.md": "the folder there has no text of its own"}
    assert dict(report.added) == {"section": 2, "page": 2, "image": 1, "file": 1}
    assert run().written == 0


def test_a_section_that_is_there_keeps_its_text(run, look):
    look(lambda site: site.add("docs", Section(title="Ours", text="Our text")), commit=True)
    report = run(SMALL)
    assert look(lambda site: site["docs"].text) == "Our text"
    assert [each.file for each in report.kept] == ["_index.md"]
    assert [each.file for each in run().kept] == ["_index.md"]


def test_an_empty_section_that_is_there_gets_the_text(run, look):
    look(lambda site: site.add("docs", Section(title="Ours")), commit=True)
    run(SMALL)
    assert look(lambda site: (site["docs"].title, "Welcome" in site["docs"].html)) == ("The docs", True)


def test_a_folder_can_be_imported_into_the_site_itself(run, look, database):
    report = run(SMALL, target="/")
    assert look(paths) == ["/guide", "/guide/two", "/guide/data.csv", "/guide/pic.png", "/one"]
    assert look(lambda site: site["one"].html.startswith('<p>See <a href="/guide/two#deep">')) is True
    assert "_index.md" in report.unpublished
    before = database.lastTransaction()
    run(target="/")
    assert database.lastTransaction() == before


@pytest.mark.parametrize(
    ("target", "error"), [("/no/docs", NotFound), ("/page", NotPossible), ("/page/docs", NotPossible)]
)
def test_a_target_that_cannot_be_is_refused(run, look, target, error):
    look(lambda site: site.add("page", Page(title="P")), commit=True)
    with pytest.raises(error):
        run(SMALL, target=target)


def test_who_may_not_add_imports_nothing(run, database):
    before = database.lastTransaction()
    with pytest.raises(Forbidden):
        run(SMALL, identity=NO_IDENTITY)
    assert database.lastTransaction() == before


def test_a_site_in_the_callers_transaction(database, source):
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        report = import_folder(
            site, source({**SMALL, "cut.png": b"\x89PNG\r\n\x1a\n"}), "/docs", identity=SYSTEM
        )
        assert "one" in site["docs"]
        assert [problem.file for problem in report.problems] == ["cut.png"]
    with transaction_for(database) as pair:
        assert "docs" not in site_of(pair.connection)


def test_only_a_database_or_a_site_in_one_will_do(source):
    for wrong in (None, Site(title="loose")):
        with pytest.raises(NotPossible, match="wanted a Database"):
            import_folder(wrong, source(SMALL), "/docs", identity=SYSTEM)


def test_an_empty_database_is_refused(registry, source):
    database = open_database("demo:", registry=registry)
    try:
        with pytest.raises(NotPossible, match="no site yet"):
            import_folder(database, source(SMALL), "/docs", identity=SYSTEM)
    finally:
        database.close()


def test_progress_is_told_after_each_batch(run):
    told = []
    run(SMALL, batch=4, progress=lambda *step: told.append(step))
    assert told == [(4, 6, "guide/two.md"), (6, 6, "guide/pic.png")]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("after", [1, 2, 3, 4, 5])
def test_an_import_that_was_killed_goes_on_where_it_was(run, look, after):
    def kill(done, total, path):
        if done == after:
            raise Killed

    with pytest.raises(Killed):
        run(SMALL, batch=1, progress=kill)
    assert len(look(paths)) == after
    report = run()
    assert report.added.total() == 6 - after
    assert look(paths) == [
        "/docs",
        "/docs/one",
        "/docs/guide",
        "/docs/guide/two",
        "/docs/guide/data.csv",
        "/docs/guide/pic.png",
    ]
    assert look(lambda site: site["docs"]["one"].html.count("/docs/guide/")) == 2
    assert run().written == 0


def test_somebody_who_edits_meanwhile_wins(run, look):
    run(SMALL)

    def meddle(done, total, path):
        if done == 1:
            look(lambda site: edit(SYSTEM, site["docs"]["guide"]["two"], {"text": "Mine"}), commit=True)

    files = {"one.md": "---\nweight: 1\n---\n# One\nnew", "guide/two.md": "# Two\nnew"}
    report = run(files, batch=1, progress=meddle)
    assert look(lambda site: site["docs"]["guide"]["two"].text) == "Mine"
    assert [each.file for each in report.kept] == ["guide/two.md"]


def test_transactions_say_what_they_did(run, database):
    run(SMALL)
    with transaction_for(database, read_only=True) as pair:
        serial = site_of(pair.connection)["docs"]["one"]._p_serial
    record = next(each for each in database.storage.iterator() if each.tid == serial)
    assert record.description.split(b"\n")[0] == b"Imported 6 files from source"


def test_dates_decide_what_is_published(run, look):
    files = {"a.md": "---\ndate: 2030-01-01\n---", "b.md": "---\nexpiryDate: 2030-01-01\n---"}
    run(files, now=datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert look(lambda site: list(site["docs"])) == ["b"]
    report = run(now=datetime(2031, 1, 1, tzinfo=timezone.utc))
    assert sorted(look(lambda site: site["docs"])) == ["a", "b"]
    assert [each.file for each in report.vanished] == ["b.md"]


def test_the_report_can_be_read(run):
    report = run({**SMALL, "bad.md": b"\xff", "x.md": "[a](b)", "d.md": "---\ndraft: true\n---"})
    text = str(report)
    assert text.startswith("2 sections, 3 pages, 1 file, 1 image added, 1 not published in ")
    assert "Could not be taken over (1):\n  bad.md:1: the byte 0xff is not UTF-8" in text
    assert "Not published (1):\n  d.md: it is a draft" in text
    assert "Links that lead nowhere (1):\n  x.md:1: b: there is nothing of that name" in text


def test_what_was_moved_out_of_a_removed_folder_is_still_known(run, look):
    run({"a/one.md": "# One", "a/two.md": "# Two", "a/sub/three.md": "# Three", "b.md": "[one](a/one.md)"})

    def change(site):
        move(SYSTEM, site["docs"]["a"]["one"], site["docs"])
        move(SYSTEM, site["docs"]["a"]["sub"], site["docs"])
        delete(SYSTEM, site["docs"]["a"])

    look(change, commit=True)
    report = run({"a/one.md": "# One anew", "a/sub/four.md": "# Four"})
    assert look(paths) == ["/docs", "/docs/b", "/docs/one", "/docs/sub", "/docs/sub/four", "/docs/sub/three"]
    assert look(lambda site: site["docs"]["one"].title) == "One anew"
    assert [each.file for each in report.removed] == ["a/", "a/two.md"]
    assert look(lambda site: '"/docs/one"' in site["docs"]["b"].html)


def test_what_lies_in_a_folder_that_cannot_be_made_is_named(source):
    @on(Added, Section)
    def refuse(event):
        if event.resource.title == "Closed":
            raise NotPossible("closed")

    with site_that_includes(refuse) as database:
        folder = source({"closed/a.md": "# A", "closed/deep/b.md": "# B", "c.md": "# C"})
        report = import_folder(database, folder, "/docs", identity=SYSTEM)
    assert [str(problem) for problem in report.problems] == [
        "closed/: closed",
        "closed/a.md: its folder could not be made",
        "closed/deep/: its folder could not be made",
        "closed/deep/b.md: its folder could not be made",
    ]
    assert dict(report.added) == {"section": 1, "page": 1}


def test_a_target_whose_name_cannot_be_is_refused(run, database):
    before = database.lastTransaction()
    with pytest.raises(BadName):
        run(SMALL, target="/@@docs")
    assert database.lastTransaction() == before


def test_a_subscriber_that_refuses_one_page_stops_only_that_one(source):
    @on(Added, Page)
    def refuse(event):
        if event.resource.title == "Bad":
            raise NotPossible("nothing bad may come in")

    with site_that_includes(refuse) as database:
        folder = source({"a.md": "# A\n\n[bad](bad.md)", "bad.md": "# Bad", "c.md": "# C"})
        report = import_folder(database, folder, "/docs", identity=SYSTEM)
        with transaction_for(database, read_only=True) as pair:
            assert list(site_of(pair.connection)["docs"]) == ["a", "c"]
    assert [str(problem) for problem in report.problems] == ["bad.md: nothing bad may come in"]
    assert [str(link) for link in report.broken] == ["a.md:3: bad.md: it could not be imported"]
    assert dict(report.added) == {"section": 1, "page": 2}


def test_a_page_with_values_too_long_is_named(run, look):
    report = run({"a.md": f"---\ntitle: {'x' * 1001}\n---\n", "b.md": "# B"})
    assert look(lambda site: list(site["docs"])) == ["b"]
    assert "title: wanted at most 1,000 characters" in report.problems[0].message


def test_names_that_no_field_is_for_are_told_once_with_the_first_place(run, look):
    first = "---\ntitle: One\nseason: autumn\ntgas: [a]\ndraft: false\nslug: one\n---\ntext"
    report = run({"b.md": first, "a.md": "---\nseason: spring\n---\ntext", "c.md": "text"})
    assert [str(each) for each in report.unknown] == [
        "season: in 2 files, first in a.md:2",
        "tgas: in 1 file, first in b.md:4; did you mean tags?",
    ]
    assert "no field is for, kept as other values (2):\n  season: in 2 files" in str(report)
    assert look(lambda site: site["docs"]["one"].extra)[1:] == ("season: autumn", "slug: one", 'tgas: ["a"]')
    assert len(run().unknown) == 2


def test_problems_of_one_file_are_told_up_to_a_number(run):
    report = run({"a.md": "{{< open\n" * 20_000, "b.md": "{{< open\n"})
    assert len(report.problems) == 22
    assert [each.line for each in report.problems] == [*range(1, 22), 1]
    assert str(report.problems[20]) == "a.md:21: and 19,980 more from here on"
