"""A folder that miscounts its children."""

from objpub.content import Content
from objpub.content import Folder
from objpub.content import folder_problems
from objpub.content import mend_folder


class Page(Content):
    "A page."


class Shelf(Folder, ordered=True):
    "Keeps an order."


def filled(kind):
    folder = kind()
    for name in ("b", "a", "c"):
        folder.attach(name, Page())
    return folder


def test_a_folder_that_is_right_has_no_problem():
    assert folder_problems(filled(Folder)) == folder_problems(filled(Shelf)) == []


def test_a_wrong_count_is_told_and_mended():
    folder = filled(Folder)
    folder._count.change(2)
    assert folder_problems(folder) == ["/: it counts 5 children, and has 3"]
    mend_folder(folder)
    assert (len(folder), folder_problems(folder)) == (3, [])


def test_an_order_that_lacks_some_is_told_and_mended():
    shelf = filled(Shelf)
    shelf._order.remove("b")
    shelf._order.append("gone")
    assert folder_problems(shelf) == ["/: its order and its children differ: b, gone"]
    mend_folder(shelf)
    assert (list(shelf), folder_problems(shelf)) == (["a", "c", "b"], [])
