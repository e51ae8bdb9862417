"""`objpub mode`."""

from .conftest import one_line


def test_the_mode_is_told_and_set(objpub, folder):
    assert "The site is open" in objpub("mode").output
    assert "is read-only" in objpub("mode", "read-only").output
    assert "is read-only" in objpub("mode").output
    assert "is in maintenance" in objpub("mode", "maintenance").output
    assert folder.joinpath("var", "mode").read_text() == "maintenance\n"
    assert folder.joinpath("var", "mode").stat().st_mode & 0o077 == 0
    assert "The site is open" in objpub("mode", "normal").output


def test_the_setting_is_told_where_nothing_else_was_said(objpub, folder):
    with folder.joinpath("objpub.toml").open("a") as file:
        file.write('[server]\nmode = "read-only"\n')
    assert "is read-only" in objpub("mode").output
    assert "The site is open" in objpub("mode", "normal").output


def test_a_mode_that_nobody_knows_is_told(objpub, folder):
    assert "'open' is not one of" in one_line(objpub("mode", "open", status=2))
    folder.joinpath("var").mkdir(exist_ok=True)
    folder.joinpath("var", "mode").write_text("open")
    assert "is 'open', wanted one of normal, read-only, maintenance" in one_line(objpub("mode", status=1))
