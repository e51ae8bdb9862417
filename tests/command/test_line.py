import click
import pytest

from objpub.command import main
from objpub.database import open_database

from .conftest import held
from .conftest import one_line


def commands():
    """Yield (words, command) of every command."""
    for name, command in main.commands.items():
        if isinstance(command, click.Group):
            yield from (((name, inner), each) for inner, each in command.commands.items())
        else:
            yield (name,), command


def test_the_help_lists_every_command(objpub):
    text = objpub("--help").output
    for words, command in commands():
        assert f"  {words[0]} " in text
        assert command.help


def test_no_description_in_the_list_is_cut(objpub):
    assert "..." not in objpub("--help").output.partition("Commands:")[2]
    assert "..." not in objpub("user", "--help").output.partition("Commands:")[2]


@pytest.mark.parametrize(("words", "command"), list(commands()), ids=lambda each: str(each))
def test_each_command_has_help_with_an_example(objpub, words, command):
    text = objpub(*words, "--help").output
    assert "Example" in text
    assert f"objpub {' '.join(words)}" in text.partition("Example")[2]


@pytest.mark.parametrize(("words", "command"), list(commands()), ids=lambda each: str(each))
def test_each_command_but_init_takes_the_settings(objpub, words, command):
    options = {name for param in command.params for name in param.opts}
    assert ("--settings" in options) == (words != ("init",))


def test_the_version_is_told(objpub):
    assert objpub("--version").output.startswith("objpub 0.")


def test_an_unknown_command_is_told_in_one_line_with_the_nearest_one(objpub):
    text = one_line(objpub("srve", status=2))
    assert "srve" in text
    assert "serve" in text
    assert "--help" in text


def test_an_unknown_option_is_told_in_one_line(objpub):
    assert "--dayz" in one_line(objpub("pack", "--dayz", "3", status=2))


def test_a_missing_argument_is_told_in_one_line(objpub):
    assert "PERMISSION" in one_line(objpub("why", "ann", status=2)).upper()


def test_a_mistake_in_the_settings_is_told_with_the_nearest_name(objpub, folder):
    folder.joinpath("objpub.toml").write_text("[server]\nprot = 1\n")
    text = one_line(objpub("user", "list", status=1))
    assert "server.prot" in text
    assert "server.port" in text


def test_settings_that_are_not_there_are_told(objpub):
    assert "nowhere.toml" in one_line(objpub("check", "--settings", "nowhere.toml", status=1))


def test_the_settings_are_found_upward(objpub, folder, monkeypatch):
    objpub("user", "add", "ann", "--no-password")
    folder.joinpath("deep", "down").mkdir(parents=True)
    monkeypatch.chdir(folder / "deep" / "down")
    assert "ann" in objpub("user", "list").output


def test_a_folder_without_settings_and_database_is_not_made_a_site_by_looking(objpub, folder):
    folder.joinpath("objpub.toml").unlink()
    assert "objpub init" in one_line(objpub("user", "list", status=1))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("pack",),
        ("user", "list"),
        ("why", "ann", "view", "/"),
        ("call", "/"),
        ("shell",),
        ("views", "/"),
    ],
)
def test_a_command_that_needs_a_database_in_use_says_so_and_how_to_go_on(objpub, folder, words):
    objpub("user", "list")
    with held():
        text = objpub(*words, status=1).stderr
    assert "in use by process" in text
    assert "objpub serve" in text
    assert "try again" in text
    assert "Traceback" not in text


def test_the_database_is_free_again_after_a_command(objpub, folder):
    objpub("user", "list")
    open_database("file:var/site.fs?blobs=var/blobs").close()


def test_a_package_that_is_not_there_is_named(objpub, folder):
    folder.joinpath("objpub.toml").write_text('[site]\napp = "nowhere_at_all"\n')
    assert "nowhere_at_all" in one_line(objpub("views", status=1))


def test_code_that_is_not_python_is_told_with_its_line(objpub, folder):
    folder.joinpath("objpub.toml").write_text('[site]\napp = "crooked"\n')
    folder.joinpath("crooked.py").write_text("x = 1\ny = (\n")
    text = objpub("views", status=1).stderr
    assert "crooked.py" in text
    assert "line 2" in text
    assert "Traceback" not in text


def test_code_that_fails_on_import_is_told_with_its_line(objpub, folder):
    folder.joinpath("objpub.toml").write_text('[site]\napp = "failing"\n')
    folder.joinpath("failing.py").write_text("x = 1\nunknown_name\n")
    text = objpub("views", status=1).stderr
    assert "NameError" in text
    assert "line 2" in text
    assert "unknown_name" in text
    assert "Traceback" not in text


DOUBLED = """\
from objpub import Content
from objpub.views import view

class Leaf(Content):
    title: str

@view(Leaf)
def one(leaf, request):
    return "one"

@view(Leaf)
def two(leaf, request):
    return "two"
"""


def test_two_declarations_that_conflict_are_told_with_both_sources(objpub, folder):
    folder.joinpath("objpub.toml").write_text('[site]\napp = "doubled"\n')
    folder.joinpath("doubled.py").write_text(DOUBLED)
    text = objpub("serve", status=1).stderr
    assert "conflict" in text
    assert "line 7" in text
    assert "line 11" in text
    assert "Traceback" not in text


def test_a_package_can_bring_its_own_app(objpub, folder):
    folder.joinpath("objpub.toml").write_text('[site]\napp = "grown"\n')
    folder.joinpath("grown.py").write_text(
        "from objpub.publisher import App\nfrom objpub.content import Site\nfrom objpub.views import view\n\n"
        "app = App(__name__)\n\n@view(Site, 'grown')\ndef grown(site, request):\n    return 'grown'\n"
    )
    assert "grown" in objpub("views").output
