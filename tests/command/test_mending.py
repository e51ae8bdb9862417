"""`objpub repair`."""

from .conftest import held
from .conftest import one_line


def test_a_damaged_file_is_told_and_repaired(objpub, folder):
    objpub("shell", stdin="site.title = 'Coast'\ncommit()")
    file = folder / "var" / "site.fs"
    with file.open("ab") as opened:
        opened.write(bytes(4096))
    said = objpub("shell", stdin="print(site.title)", status=1).stderr.splitlines()
    assert "site.fs is damaged: behind byte" in said[0]
    assert "are 4,096 bytes that are all zero." in said[0]
    assert "`objpub repair` makes it whole" in said[1]
    said = objpub("repair").output
    assert "Cut off 4,096 bytes behind byte" in said
    assert "site.fs.cut-" in said
    assert objpub("shell", stdin="print(site.title)").output == "Coast\n"
    assert "The file is whole: nothing had to be done." in objpub("repair").output


def test_damage_in_the_middle_costs_nothing_that_is_whole(objpub, folder):
    objpub("shell", stdin="site.title = 'Coast'\ncommit()")
    file = folder / "var" / "site.fs"
    before = file.stat().st_size
    objpub("shell", stdin="site.title = 'Dunes'\ncommit()")
    between = file.stat().st_size
    objpub("shell", stdin="site.title = 'Cliffs'\ncommit()")
    content = bytearray(file.read_bytes())
    content[before:between] = bytes(between - before)
    file.write_bytes(content)
    folder.joinpath("var", "site.fs.index").unlink()
    said = objpub("shell", stdin="print(site.title)", status=1).stderr
    assert "and whole transactions come again from byte" in said
    assert "Wrote the file anew from all whole transactions" in objpub("repair").output
    assert objpub("shell", stdin="print(site.title)").output == "Cliffs\n"


def test_what_cannot_be_repaired_is_told_in_one_line(objpub, folder):
    assert "There is no database" in one_line(objpub("repair", status=1))
    objpub("user", "list")
    with held():
        assert "is in use by process" in objpub("repair", status=1).stderr
    folder.joinpath("objpub.toml").write_text('[database]\nuri = "sqlite:lite"\n')
    assert "is no file: its engine looks after its end itself" in one_line(objpub("repair", status=1))
