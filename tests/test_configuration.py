"""Declarations are collected, conflicts found, the registry filled once."""

import sys
import types

import pytest

from objpub.configuration import Configuration
from objpub.configuration import Declaration
from objpub.configuration import declared_in
from objpub.configuration import note
from objpub.configuration import notes_of
from objpub.configuration import Source
from objpub.configuration import source_here
from objpub.errors import ConflictingDeclarations
from objpub.errors import DeclarationError


class Words(list):
    """A table of the tests."""


def word(text, *keys, phase=1):
    """Return a decorator that declares *text*."""
    source = source_here()

    def declare(target):
        note(
            target,
            Declaration("word", keys, lambda registry: registry[Words].append(text), source, phase, target),
        )
        return target

    return declare


def frozen(*things, override=()):
    configuration = Configuration()
    configuration.include(*things)
    configuration.override(*override)
    return list(configuration.freeze()[Words])


def test_a_decorator_leaves_a_note_and_does_nothing_else():
    @word("a", "key")
    def function():
        return "called"

    assert function() == "called"
    (declaration,) = notes_of(function)
    assert (declaration.word, declaration.keys, declaration.target) == ("word", ("key",), function)
    assert notes_of(3) == [] and notes_of(lambda: None) == []


def test_what_takes_no_note_is_said():
    with pytest.raises(
        DeclarationError, match="@word wants a function of its own, not <built-in method append"
    ):
        word("a")([].append)


def test_the_source_is_the_line_of_the_decorator():
    @word("a")
    def function():
        pass

    source = notes_of(function)[0].source
    assert source.file == __file__
    assert source.text == '@word("a")'
    assert str(source) == f'  File "{__file__}", line {source.line}\n    @word("a")'
    assert Source("/nowhere.py", 1).text == ""


def test_notes_of_a_class_are_its_own():
    @word("a")
    class Above:
        pass

    class Below(Above):
        pass

    assert len(notes_of(Above)) == 1 and notes_of(Below) == []


def test_declarations_are_applied_once_by_phase_and_in_order():
    first, second = word("first", phase=2)(lambda: 0), word("second", phase=0)(lambda: 0)
    third = word("third", phase=0)(lambda: 0)
    assert frozen(first, second, first, third) == ["second", "third", "first"]


def test_two_that_speak_about_the_same_conflict_and_both_places_are_told():
    one = word("one", ("view", Words, "", "GET"))(lambda: 0)
    two = word("two", ("view", Words, "", "GET"))(lambda: 0)
    with pytest.raises(ConflictingDeclarations) as caught:
        frozen(one, two)
    text = str(caught.value)
    assert "view Words (default) GET" in text
    assert text.count(f'File "{__file__}"') == 2
    assert 'one = word("one"' in text and 'two = word("two"' in text


def test_an_override_wins_whenever_it_comes():
    one, two = word("one", "key")(lambda: 0), word("two", "key")(lambda: 0)
    other = word("other", "other key")(lambda: 0)
    assert frozen(one, other, override=[two]) == ["other", "two"]
    assert frozen(two, one, override=[two]) == ["two"]
    configuration = Configuration()
    configuration.override(two)
    configuration.include(two, one)
    assert list(configuration.freeze()[Words]) == ["two"]


def test_two_overrides_of_the_same_conflict():
    one, two = word("one", "key")(lambda: 0), word("two", "key")(lambda: 0)
    with pytest.raises(ConflictingDeclarations):
        frozen(override=[one, two])


def test_what_declares_nothing_cannot_override():
    with pytest.raises(DeclarationError, match="declares nothing that could override"):
        frozen(override=[lambda: 0])


def test_after_the_freeze_a_declaration_comes_too_late():
    configuration = Configuration()
    configuration.freeze()
    for bring_in in (configuration.include, configuration.override):
        with pytest.raises(DeclarationError, match="comes too late") as caught:
            bring_in(word("late")(lambda: 0))
        assert "configuration.freeze()" in str(caught.value) and 'word("late")' in str(caught.value)


def test_the_registry_that_the_freeze_returns_takes_nothing_more():
    assert Configuration().freeze().frozen


def test_an_error_without_a_place_gets_that_of_the_declaration():
    def fail(registry):
        raise DeclarationError("This is wrong")

    source = source_here(0)

    def function():
        pass

    note(function, Declaration("word", (), fail, source))
    with pytest.raises(DeclarationError) as caught:
        frozen(function)
    assert str(caught.value).startswith("This is wrong")
    assert __file__ in str(caught.value)


# Packages and modules


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package on the path, written from texts by name."""

    def write(**files):
        for name, text in files.items():
            path = tmp_path.joinpath("shop", *name.split("__")).with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        tmp_path.joinpath("shop", "__init__.py").touch()
        monkeypatch.syspath_prepend(str(tmp_path))

    yield write
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]


DECLARE = "from objpub.events import on, Added\n@on(Added)\ndef {0}(event): pass\n"


def names_in(thing):
    return [declaration.target.__name__ for declaration in declared_in(thing)]


def test_a_package_is_scanned_with_all_below_it(package):
    package(views=DECLARE.format("a"), below__more=DECLARE.format("b"))
    sys.modules.pop("shop", None)
    (pytest.importorskip("pathlib").Path(sys.path[0]) / "shop" / "below" / "__init__.py").touch()
    assert sorted(names_in("shop")) == ["a", "b"]
    assert names_in("shop.views") == ["a"]


def test_tests_and_main_are_left_out(package):
    package(views=DECLARE.format("a"), tests="raise RuntimeError", __main__="")
    (pytest.importorskip("pathlib").Path(sys.path[0]) / "shop" / "__main__.py").write_text(
        "raise RuntimeError"
    )
    assert names_in("shop") == ["a"]


def test_what_is_imported_from_elsewhere_is_not_declared_here(package):
    package(
        views=DECLARE.format("a"),
        more="from shop.views import a\nfrom objpub.publisher.defaults import show\n",
    )
    assert names_in("shop") == ["a", "a"]
    assert frozen_count("shop") == 1


def frozen_count(name):
    configuration = Configuration()
    configuration.include(name)
    return len(configuration._declarations)


def test_a_name_that_is_no_package_is_said_and_an_error_inside_one_passes(package):
    with pytest.raises(DeclarationError, match="no package called 'nothing_of_that_name'"):
        list(declared_in("nothing_of_that_name"))
    package(broken="import nothing_of_that_name")
    with pytest.raises(DeclarationError, match=r"no package called 'shop\.nothing'"):
        list(declared_in("shop.nothing"))
    with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
        list(declared_in("shop"))
    with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
        list(declared_in("shop.broken"))


def test_a_module_is_scanned_without_being_imported_again():
    module = types.ModuleType("loose")
    exec(DECLARE.format("a"), vars(module))
    assert names_in(module) == ["a"]


def test_a_module_of_an_extra_that_is_not_installed_is_not_imported(tmp_path, monkeypatch):
    package = tmp_path / "with_extra"
    package.mkdir()
    (package / "__init__.py").write_text('NEEDS_EXTRA = ("fast",)\n')
    (package / "fast.py").write_text("import nothing_of_this_name\n")
    monkeypatch.syspath_prepend(tmp_path)
    configuration = Configuration()
    configuration.include("with_extra")
    configuration.freeze()
    (package / "__init__.py").write_text("")
    for name in [name for name in sys.modules if name.startswith("with_extra")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModuleNotFoundError):
        Configuration().include("with_extra")
