"""Tables by class, and values by class and key."""

import pytest

from objpub.errors import DeclarationError
from objpub.registry import ByClass
from objpub.registry import Registry


class Table(ByClass[str]):
    """A table of the tests."""


class Animal:
    pass


class Dog(Animal):
    pass


class Poodle(Dog):
    pass


def test_a_table_is_made_at_its_first_use_and_stays():
    registry = Registry()
    assert type(registry[Table]) is Table
    assert registry[Table] is registry[Table]
    assert registry[dict] is not registry[list]
    assert Registry()[Table] is not registry[Table]


def test_the_most_specific_class_wins():
    table = Table()
    table.put(Animal, "sound", "?")
    table.put(Dog, "sound", "wuff")
    table.put(Animal, "legs", "4")
    assert table.find(Poodle, "sound") == "wuff"
    assert table.find(Animal, "sound") == "?"
    assert table.find(Poodle, "legs") == "4"
    assert table.find(Poodle, "wings") is None
    assert table.find(str, "sound") is None
    assert list(table.every(Poodle, "sound")) == ["wuff", "?"]
    assert (table.own(Poodle, "sound"), table.own(Dog, "sound")) == (None, "wuff")
    assert table.keys(Poodle) == {"sound", "legs"}
    assert list(table.items()) == [
        (Animal, "sound", "?"),
        (Animal, "legs", "4"),
        (Dog, "sound", "wuff"),
    ]


def test_what_comes_later_is_found():
    table = Table()
    table.put(Animal, "sound", "?")
    assert table.find(Poodle, "sound") == "?"
    table.put(Poodle, "sound", "yap")
    assert table.find(Poodle, "sound") == "yap"


def test_names_that_strangers_choose_are_not_remembered():
    table = Table()
    for number in range(1000):
        table.find(Dog, f"stranger {number}")
    assert len(table._found) == 0


def test_after_the_freeze_nothing_comes_in():
    registry = Registry()
    registry[Table].put(Dog, "sound", "wuff")
    registry.freeze()
    assert registry.frozen
    with pytest.raises(DeclarationError, match="Table is frozen: Dog 'sound' comes too late"):
        registry[Table].put(Dog, "sound", "miau")
    assert registry[Table].find(Dog, "sound") == "wuff"


def test_a_table_that_is_made_after_the_freeze_is_frozen_too():
    registry = Registry()
    registry.freeze()
    with pytest.raises(DeclarationError):
        registry[Table].put(Dog, "sound", "wuff")
    assert registry[dict] == {}
