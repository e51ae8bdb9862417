import os

from objpub.database import open_database
from objpub.database import site_of
from objpub.database import transaction_for

from .conftest import one_line


def title():
    """Return the title of the stored site, and what its last transaction said."""
    database = open_database("file:var/site.fs?blobs=var/blobs", create=False)
    try:
        with transaction_for(database, read_only=True) as pair:
            said = database.undoLog(0, 1)[0]["description"]
            return site_of(pair.connection).title, said
    finally:
        database.close()


def test_a_script_has_the_site_and_its_arguments(objpub, folder):
    folder.joinpath("tidy.py").write_text(
        "import sys\n"
        "print(type(site).__name__, find('/') is site, sys.argv, __name__, __file__, operations.__name__)\n"
    )
    text = objpub("run", "tidy.py", "--older", "3").output
    assert text == "Site True ['tidy.py', '--older', '3'] __main__ tidy.py objpub.operations\n"


def test_what_a_script_does_is_kept_at_its_end(objpub, folder):
    folder.joinpath("tidy.py").write_text("operations.edit(SYSTEM, site, {'title': 'Coast'})\n")
    objpub("run", "tidy.py")
    assert title()[0] == "Coast"
    assert "Ran tidy.py" in title()[1]


def test_a_dry_run_keeps_nothing(objpub, folder):
    folder.joinpath("tidy.py").write_text("site.title = 'Coast'\n")
    objpub("run", "--dry-run", "tidy.py")
    assert title()[0] == ""


def test_a_script_that_fails_keeps_nothing_and_shows_its_own_lines(objpub, folder):
    folder.joinpath("tidy.py").write_text("site.title = 'Coast'\n1 / 0\n")
    result = objpub("run", "tidy.py", status=1)
    assert 'File "tidy.py", line 2' in result.stderr
    assert "ZeroDivisionError" in result.stderr
    assert os.path.join("objpub", "command") not in result.stderr
    assert title()[0] == ""


def test_a_script_can_commit_by_itself(objpub, folder):
    folder.joinpath("tidy.py").write_text(
        "site.title = 'Coast'\ncommit('Named the site')\nsite.title = 'No'\n1 / 0\n"
    )
    objpub("run", "tidy.py", status=1)
    assert title() == ("Coast", "Named the site")


def test_a_script_that_exits_gives_its_status_and_keeps_nothing(objpub, folder):
    folder.joinpath("tidy.py").write_text("import sys\nsite.title = 'Coast'\nsys.exit(3)\n")
    objpub("run", "tidy.py", status=3)
    assert title()[0] == ""


def test_a_script_that_is_not_python_or_not_there(objpub, folder):
    folder.joinpath("tidy.py").write_text("x = (\n")
    assert "tidy.py:1" in one_line(objpub("run", "tidy.py", status=1))
    assert "nowhere.py" in one_line(objpub("run", "nowhere.py", status=2))


def test_a_script_finds_modules_beside_it(objpub, folder):
    folder.joinpath("deep").mkdir()
    folder.joinpath("deep", "beside_the_script.py").write_text("word = 'beside'\n")
    folder.joinpath("deep", "tidy.py").write_text("import beside_the_script\nprint(beside_the_script.word)\n")
    assert objpub("run", "deep/tidy.py").output == "beside\n"


def test_a_shell_runs_what_comes_through_a_pipe(objpub):
    assert objpub("shell", stdin="print(len(site), database.getName())").output.startswith("0 ")


def test_a_pipe_that_fails_shows_its_own_lines_and_keeps_nothing(objpub):
    result = objpub("shell", stdin="site.title = 'Coast'\nWalk()\n", status=1)
    assert 'File "<stdin>", line 2' in result.stderr and "NameError" in result.stderr
    assert os.path.join("objpub", "command") not in result.stderr
    assert title()[0] == ""


def test_a_pipe_that_is_no_python_is_told_in_one_line(objpub):
    assert "<stdin>:2: " in one_line(objpub("shell", stdin="pass\nif:\n", status=1))


def test_a_shell_keeps_only_what_is_committed(objpub):
    objpub(
        "shell",
        stdin="site.title = 'Coast'\ncommit('Named it')\nsite.title = 'Dunes'\nabort()\nprint(site.title)",
    )
    assert title() == ("Coast", "Named it")
    objpub("shell", stdin="site.title = 'Dunes'\n")
    assert title()[0] == "Coast"
