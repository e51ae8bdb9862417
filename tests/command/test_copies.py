"""`objpub backup` and `objpub restore`."""

from .conftest import held
from .conftest import one_line


def test_a_backup_can_be_restored(objpub, folder):
    objpub("shell", stdin="site.title = 'Coast'\ncommit()")
    assert "everything" in objpub("backup", "copies").output
    assert "Nothing is new" in objpub("backup", "copies").output
    objpub("shell", stdin="site.title = 'Dunes'\ncommit()")
    assert "what is new" in objpub("backup", "copies").output
    digest = objpub("digest").output.split()[0]
    moments = objpub("restore", "copies", "--list").output.split()
    assert len(moments) == 2
    assert objpub("restore", "copies", "--list", "--moment", moments[0]).output.split() == moments[:1]
    folder.joinpath("var").rename(folder / "old")
    said = objpub("restore", "copies").output.splitlines()
    assert said[0].endswith(" UTC; nothing is missing.")
    assert said[1] == digest
    assert title_in(objpub) == "Dunes"
    for moment in (moments[0], moments[0].replace("T", "-").replace(":", "-"), moments[0] + "+00:00"):
        folder.joinpath("var").rename(folder / f"var{moment}")
        objpub("restore", "copies", "--moment", moment)
        assert title_in(objpub) == "Coast"


def title_in(objpub):
    return objpub("shell", stdin="print(site.title)").output.strip()


def test_a_backup_of_a_file_is_restored_to_another_engine_and_that_of_one_to_a_file(objpub, folder):
    objpub("shell", stdin="site.title = 'Coast'\ncommit()")
    objpub("backup", "copies")
    objpub("restore", "copies", "--to", "sqlite:var/site.sqlite")
    folder.joinpath("objpub.toml").write_text('[database]\nuri = "sqlite:var/site.sqlite"\n')
    assert title_in(objpub) == "Coast"
    assert "everything" in objpub("backup", "others").output
    assert "Nothing is new" in objpub("backup", "others").output
    objpub("restore", "others", "--to", "file:new/site.fs")
    assert objpub("digest").output == objpub("digest", "file:new/site.fs").output
    assert sorted(path.name for path in folder.joinpath("copies").iterdir() if path.is_dir()) == ["blobs"]


def test_a_restore_writes_over_nothing(objpub, folder):
    objpub("shell", stdin="site.title = 'Coast'\ncommit()")
    objpub("backup", "copies")
    objpub("shell", stdin="site.title = 'Dunes'\ncommit()")
    assert "a restore does not overwrite" in one_line(objpub("restore", "copies", status=1))
    objpub("restore", "copies", "--to", "sqlite:lite")
    objpub("convert", "sqlite:lite", "sqlite:other")
    folder.joinpath("other.toml").write_text('[database]\nuri = "sqlite:other"\n')
    objpub("shell", "--settings", "other.toml", stdin="site.title = 'Other'\ncommit()")
    assert "a restore does not overwrite" in one_line(
        objpub("restore", "copies", "--to", "sqlite:other", status=1)
    )
    assert title_in(objpub) == "Dunes"


def test_a_restore_of_what_is_not_there(objpub, folder):
    folder.joinpath("empty").mkdir()
    assert "There is no backup in empty" in one_line(objpub("restore", "empty", "--list", status=1))
    assert "There is no folder copies" in one_line(objpub("restore", "copies", status=1))
    folder.joinpath("copies").mkdir()
    assert "There is no backup in copies" in one_line(objpub("restore", "copies", status=1))
    assert "wanted a moment such as 2026-11-21T12:00 (UTC), not 'noon'" in one_line(
        objpub("restore", "copies", "--moment", "noon", status=2)
    )


def test_a_backup_works_while_the_site_runs(objpub, folder):
    objpub("user", "list")
    with held():
        assert "everything" in objpub("backup", "copies", "--full").output


def test_a_backup_of_what_is_not_there_or_in_memory(objpub, folder):
    assert "There is no database" in one_line(objpub("backup", "copies", status=1))
    folder.joinpath("objpub.toml").write_text('[database]\nuri = "demo:"\n')
    assert "'demo:'" in one_line(objpub("backup", "copies", status=1))


def test_a_backup_to_a_place_that_cannot_be_written(objpub, folder):
    objpub("user", "list")
    folder.joinpath("file").write_text("")
    one_line(objpub("backup", "file/copies", status=1))
