"""What a transaction did, in words for people."""

from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import edit
from objpub.operations import say
from objpub.operations import sentence_of
from objpub.schema import field
from objpub.security import NO_IDENTITY
from objpub.security import SYSTEM


class Page(Content, addable="anywhere"):
    title: str = field(max_length=1000)


def test_sentences_of_one_transaction_are_joined(world):
    add_new(SYSTEM, world.site, Page, {"title": "Tides"})
    add_new(SYSTEM, world.site, Page, {"title": "Waves"})
    assert world.commit() == ("Added “Tides” to “Saltmarsh”; Added “Waves” to “Saltmarsh”", "system")


def test_of_many_sentences_the_first_are_kept_and_the_others_counted(world, database):
    for number in range(500):
        page = add_new(SYSTEM, world.site, Page, {"title": f"{number} " + "é" * 900})
        edit(SYSTEM, page, {"title": "x" * 1000})
    sentence, _ = world.commit()
    assert sentence.startswith("Added “0 ééé")
    assert sentence.endswith("; and 980 more")
    assert len(sentence.encode()) < 20_000


def test_one_sentence_can_speak_for_all(world):
    for number in range(30):
        if number == 25:
            say(SYSTEM, world.site, "Added 30 pages.", alone=True)
        add_new(SYSTEM, world.site, Page, {"title": str(number)})
    assert world.commit()[0] == "Added 30 pages."


def test_the_user_and_the_path_are_noted(world):
    page = add_new(world.identity("ann"), world.site, Page, {"title": "Tides"})
    transaction = world.manager.get()
    assert (transaction.user, transaction.extension["path"]) == ("ann", "/tides")
    say(world.identity("ed"), page, "And more.")
    assert transaction.user == "ann"


def test_a_visitor_has_no_name(world):
    say(NO_IDENTITY, world.site, "Voted.")
    assert (world.manager.get().user, sentence_of(world.manager.get())) == ("", "Voted.")


def test_a_sentence_is_one_line(world):
    say(SYSTEM, world.site, "One\n\nand \t two")
    assert sentence_of(world.manager.get()) == "One and two"


def test_a_loose_tree_has_no_transaction():
    say(SYSTEM, Folder(), "Nobody hears this.")


def test_who_said_nothing(world):
    assert sentence_of(world.manager.get()) == ""


def test_a_sentence_can_be_read_from_the_storage(tmp_path, registry):
    database = open_database("file:site.fs", registry=registry, root=tmp_path)
    with transaction_for(database) as pair:
        put_site(pair.connection, Site(title="Saltmarsh"))
        pair.manager.commit()
    with transaction_for(database) as pair:
        for number in range(30):
            add_new(SYSTEM, site_of(pair.connection), Page, {"title": f"Tides {number}"})
        pair.manager.commit()
    wanted = "; ".join(f"Added “Tides {number}” to “Saltmarsh”" for number in range(20)) + "; and 10 more"
    assert sentence_of(database.undoInfo(0, 1)[0]) == wanted
    *_, last = database.storage.iterator()
    assert sentence_of(last) == wanted
    database.close()


def test_a_sentence_knows_what_it_names_though_it_is_new_or_deleted(world):
    page = add_new(SYSTEM, world.site, Page, {"title": "Plan"})
    assert page._p_oid in world.manager.get().extension["about"]
    world.commit()
    delete(SYSTEM, page)
    assert page._p_oid in world.manager.get().extension["about"]
