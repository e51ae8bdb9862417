from contextlib import closing

import pytest

from objpub.configuration import Configuration
from objpub.configuration import Declaration
from objpub.configuration import source_here
from objpub.content import check_name
from objpub.content import Content
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import name_from
from objpub.content import ReservedNames
from objpub.content import Site
from objpub.content import unique_name
from objpub.content.names import first_number
from objpub.content.names import spread_number
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import transaction_for
from objpub.errors import BadName
from objpub.schema import field


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "cat.png",
        "2026",
        "Ärger",
        "привет",
        "日本",
        "a b",
        "a++b",
        "a@@b",
        "a_b",
        ".well-known",
        "a" * 255,
        "c:d",
        "-",
    ],
)
def test_a_good_name_is_returned(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "is empty"),
        (".", "means a place"),
        ("..", "means a place"),
        ("_private", "starts with '_'"),
        ("@@edit", "starts with '@@'"),
        ("++at++", "starts with '++'"),
        ("a/b", "has a slash, '/'"),
        ("/", "has a slash"),
        ("a\0b", "has a control character, '\\x00'"),
        ("a\nb", "has a control character"),
        ("a\x7f", "has a control character"),
        ("a\x85", "has a control character"),
        ("a\ud800", "has half a character"),
        ("a\u2028b", "has a line separator"),
        ("a\u202egnp.exe", "turns the direction"),
        (" a", "has space around it"),
        ("a\u00a0", "has space around it"),
        ("a" * 256, "is 256 bytes long; at most 255"),
        ("ä" * 128, "is 256 bytes long"),
        (7, "is text, not 7"),
        (None, "is text, not None"),
        (b"a", "is text, not b'a'"),
    ],
)
def test_a_bad_name_is_refused_and_the_message_says_why(name, why):
    with pytest.raises(BadName) as caught:
        check_name(name)
    assert why in caught.value.errors["name"]


def test_a_name_is_put_into_its_composed_form():
    assert check_name("e\u0301t\u00e9") == "\u00e9t\u00e9"
    folder = Folder()
    folder.add("e\u0301", Folder())
    assert "\u00e9" in folder


def test_a_reserved_name_is_refused_for_new_children_only_in_folders_of_its_class():
    class Blog(Folder):
        pass

    def reserve(registry):
        registry[ReservedNames].put(Blog, "feed", "a view")

    configuration = Configuration()
    configuration.include("objpub.content", Blog)
    configuration.declare(Declaration("view", (), reserve, source_here()))
    registry = configuration.freeze()
    with closing(open_database("demo:", registry=registry)) as database, transaction_for(database) as pair:
        site = Site()
        put_site(pair.connection, site)
        pair.manager.commit()
        pair.manager.begin()
        blog = site.add("blog", Blog())
        with pytest.raises(BadName) as caught:
            blog.add("feed", Folder())
        assert str(caught.value) == "name: The name 'feed' belongs to a view of Blog"
        assert site.add("feed", Folder()).__name__ == "feed"
        assert name_from("Feed", blog) == "feed-2"
        assert len(blog) == 0


def test_a_name_of_a_file_field_is_refused():
    class Person(Folder):
        portrait: Image | None = field(default=None)
        motto: str = field(default="")

    with pytest.raises(BadName):
        Person().add("portrait", Folder())
    assert Person().add("motto", Folder()).__name__ == "motto"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Hello, World!", "hello-world"),
        ("  The   Tides  ", "the-tides"),
        ("Crème brûlée", "creme-brulee"),
        ("Straße & Øre", "strasse-and-ore"),
        ("Łódź, Æsir, İstanbul", "lodz-aesir-istanbul"),
        ("Don’t panic", "dont-panic"),
        ("C++ and @@views", "c-and-views"),
        ("_private_ __init__", "private-init"),
        ("Привет, мир", "привет-мир"),
        ("Йод", "йод"),
        ("日本語 の ページ", "日本語-の-ページ"),
        ("हिन्दी", "हिन्दी"),
        ("½ cup ™", "12-cup-tm"),
        ("…", "item"),
        ("", "item"),
        ("..", "item"),
        ("\u202eevil", "evil"),
        ("a/b\\c\0d", "a-b-c-d"),
    ],
)
def test_names_are_made_from_titles(title, name):
    assert name_from(title, Folder()) == name
    assert check_name(name) == name


def test_a_long_title_is_cut_at_a_word():
    name = name_from("word " * 60, Folder())
    assert len(name) <= 80
    assert name.endswith("word")
    assert len(name_from("x" * 500, Folder())) == 80
    assert len(name_from("日" * 500, Folder()).encode()) <= 255


def test_a_taken_name_gets_a_number():
    folder = Folder()
    names = []
    for _ in range(14):
        name = name_from("Tides", folder)
        folder.add(name, Folder())
        names.append(name)
    assert names[:9] == ["tides", *(f"tides-{number}" for number in range(2, 10))]
    assert len(set(names)) == 14
    assert name_from("…", folder, fallback="News article") == "news-article"


def test_a_free_number_is_found_with_few_questions():
    asked = []

    def is_free(number):
        asked.append(number)
        return number > 1_000_000

    assert first_number(is_free) == 1_000_001
    assert len(asked) < 50


def test_people_who_add_at_the_same_time_hardly_take_the_same_number():
    taken = set(range(2, 10))
    waves = [{spread_number(lambda n: n not in taken) for _ in range(8)} for _ in range(200)]
    assert sum(8 - len(wave) for wave in waves) < 40  # all took the same one before: 1,400


def test_a_number_is_found_with_few_questions_however_many_are_taken():
    asked = []

    def is_free(number):
        asked.append(number)
        return number > 1_000_000

    for _ in range(50):
        assert spread_number(is_free) > 1_000_000
    assert len(asked) < 50 * 20


def test_a_file_name_keeps_its_ending():
    assert unique_name("cat.png", {}) == "cat.png"
    assert unique_name("cat.png", {"cat.png"}) == "cat-2.png"
    assert unique_name("cat", {"cat", "cat-2"}) == "cat-3"
    assert unique_name(".profile", {".profile"}) == ".profile-2"


def test_content_that_is_no_folder_has_no_children_to_name():
    class Note(Content):
        text: str = field(default="")
        scan: File | None = field(default=None)

    note = Note(scan=File.from_bytes(b"x", "x.txt"))
    assert note.get("scan") is note.scan
    assert note.get("text") is None
    assert note.get("nothing", 5) == 5
