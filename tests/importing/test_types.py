from objpub.configuration import Configuration
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.importing import Document
from objpub.importing import import_folder
from objpub.importing import Page
from objpub.importing import Section
from objpub.operations import add_new
from objpub.operations import copy
from objpub.operations import edit
from objpub.schema import schema_of
from objpub.security import SYSTEM


class Home(Site, Document):
    "A site with a text of its own."


def test_a_document_made_on_the_site_is_rendered_when_it_is_added_and_edited(look):
    def make(site):
        page = add_new(SYSTEM, site, Page, {"title": "A", "text": "## B\n\n[c](/d) <script>x</script>"})
        assert page.html == '<h2 id="b">B</h2>\n<p><a href="/d">c</a> </p>\n'
        assert page.toc == ((2, "b", "B"),)
        edit(SYSTEM, page, {"text": "*new*"})
        assert page.html == "<p><em>new</em></p>\n"
        edit(SYSTEM, page, {"written_in": "html", "text": "<p onclick=x>*new*</p>"})
        assert page.html == "<p>*new*</p>"

    look(make)


def test_an_edit_of_something_else_renders_nothing(look):
    def make(site):
        page = add_new(SYSTEM, site, Page, {"title": "A", "text": "text"})
        page._html = "kept"
        edit(SYSTEM, page, {"title": "B"})
        assert page.html == "kept"

    look(make)


def test_what_is_rendered_is_no_field_that_people_could_set():
    for kind in (Page, Section):
        assert not {"html", "toc"} & set(schema_of(kind))
        assert list(schema_of(kind))[:2] == ["title", "text"]


def test_the_site_itself_can_have_the_page_of_the_folder(source):
    configuration = Configuration()
    configuration.include("objpub.content", "objpub.security", "objpub.operations", "objpub.importing", Home)
    database = open_database("demo:", registry=configuration.freeze())
    try:
        with transaction_for(database) as pair:
            put_site(pair.connection, Home(title="Ours"))
            pair.manager.commit()
        folder = source({"README.md": "# Welcome\n\n[a](a.md)", "a.md": "# A"})
        report = import_folder(database, folder, "/", identity=SYSTEM)
        assert (report.problems, dict(report.added)) == ([], {"section": 1, "page": 1})
        with transaction_for(database, read_only=True) as pair:
            site = site_of(pair.connection)
            assert (site.title, site.html) == ("Welcome", '<p><a href="/a">a</a></p>\n')
        before = database.lastTransaction()
        import_folder(database, folder, "/", identity=SYSTEM)
        assert database.lastTransaction() == before
    finally:
        database.close()


def test_a_copy_of_an_imported_folder_can_be_imported_again(run, look):
    run({"a.md": "# A\n\nold [b](b.md)", "b.md": "# B"})
    look(lambda site: copy(SYSTEM, site["docs"], site, "copy"), commit=True)
    report = run({"a.md": "# A\n\nnew [b](b.md)"}, target="/copy")
    # The other page and the folder itself are as their files say; only links lead to the copy now.
    assert look(lambda site: site["copy"]["a"].html) == '<p>new <a href="/copy/b">b</a></p>\n'
    assert look(lambda site: site["docs"]["a"].html) == '<p>old <a href="/docs/b">b</a></p>\n'
    assert report.kept == report.removed == []
