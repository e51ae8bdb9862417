from .conftest import one_line


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_md", ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_folder_is_imported_and_reported(objpub, folder):
    write(folder / "notes", index_md="# Notes\n", tides_md="# Tides\n\nIn and out.\n")
    text = objpub("import", "notes", "/notes").output
    assert "1 section, 1 page added" in text
    answer = objpub("call", "/notes/tides").output
    assert answer.startswith("200")
    assert "<p>In and out.</p>" in answer


def test_importing_again_writes_nothing(objpub, folder):
    write(folder / "notes", tides_md="# Tides\n")
    objpub("import", "notes", "/notes")
    before = folder.joinpath("var", "site.fs").read_bytes()
    assert "nothing added" in objpub("import", "notes", "/notes").output
    assert folder.joinpath("var", "site.fs").read_bytes() == before


def test_problems_are_listed_with_file_and_line_and_the_status_is_0(objpub, folder):
    write(
        folder / "notes",
        good_md="# Good\n\n[nowhere](nowhere.md)\n",
        bad_md="---\ntitle: [\n---\n# Bad\n",
    )
    text = objpub("import", "notes", "/notes").output
    assert "bad.md:" in text
    assert "good.md:3: nowhere.md" in text
    assert objpub("call", "/notes/good").output.startswith("200")


def test_everything_is_listed_when_it_is_asked_for(objpub, folder):
    links = "".join(f"[{number}](nowhere-{number}.md)\n\n" for number in range(30))
    write(folder / "notes", many_md=f"# Many\n\n{links}", draft_md="---\ndraft: true\n---\n# Draft\n")
    assert "and 10 more" in objpub("import", "notes", "/notes").output
    text = objpub("import", "notes", "/notes", "--all").output
    assert "nowhere-29.md" in text
    assert "draft.md: " in text


def test_a_source_that_is_not_there_is_told(objpub):
    assert "nowhere" in one_line(objpub("import", "nowhere", "/notes", status=1))


def test_a_target_without_the_folder_above_is_told(objpub, folder):
    write(folder / "notes", tides_md="# Tides\n")
    assert "deep" in one_line(objpub("import", "notes", "/deep/down", status=1))


def test_a_site_without_the_types_is_told_how_to_bring_them_in(objpub, folder):
    folder.joinpath("objpub.toml").write_text('[site]\napp = "paperless"\n')
    folder.joinpath("paperless.py").write_text("")
    write(folder / "notes", tides_md="# Tides\n")
    assert 'app.include("objpub.importing")' in one_line(objpub("import", "notes", "/notes", status=1))
    folder.joinpath("objpub.toml").write_text('[site]\napp = "paperful"\n')
    folder.joinpath("paperful.py").write_text(
        'from objpub.publisher import App\n\napp = App(__name__)\napp.include("objpub.importing")\n'
    )
    assert "1 page added" in objpub("import", "notes", "/notes").output
