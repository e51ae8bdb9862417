"""A request that only reads: what it changes is refused, named, and gone."""

import linecache
from datetime import date
from decimal import Decimal

import pytest
from BTrees.Length import Length
from BTrees.LOBTree import LOBTree
from BTrees.OOBTree import OOBTree
from BTrees.OOBTree import OOSet
from BTrees.OOBTree import OOTreeSet
from persistent import Persistent
from persistent.list import PersistentList
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob
from ZODB.POSException import InvalidObjectReference

from objpub.content import Content
from objpub.content import Folder
from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import WriteOnRead
from objpub.schema import field


class Page(Persistent):
    __parent__ = None
    __name__ = None
    title = "first"

    def rename(self, title):
        self.title = title


class Careful(Persistent):
    """One that keeps its values as content does: in its __dict__, with a note that it changed."""

    __parent__ = None
    __name__ = None

    def __setattr__(self, name, value):
        if name.startswith("_p_"):
            super().__setattr__(name, value)
        else:
            self._store(name, value)

    def _store(self, name, value):
        self.__dict__[name] = value
        self._p_changed = True


class Article(Content):
    "A dated piece of writing."

    title: str = field()


def make_site():
    site = Page()
    site.title = "first"
    site.tree = OOBTree({f"k{number:03}": number for number in range(200)})
    site.small = OOBTree({"a": 1})
    site.empty = OOBTree()
    site.order = LOBTree({number: str(number) for number in range(200)})
    site.names = OOTreeSet(f"n{number:03}" for number in range(200))
    site.few = OOSet("abc")
    site.length = Length(7)
    site.mapping = PersistentMapping(a=1, deep=OOBTree())
    site.listed = (Length(1),)
    site.list = PersistentList([1, 2])
    site.page = Page()
    site.page.title = "first"
    site.page.__parent__, site.page.__name__ = site, "page"
    site.careful = Careful()
    site.careful.__dict__.update(__parent__=site, __name__="careful", text="old")
    site.blob = Blob(b"bytes")
    return site


@pytest.fixture
def stored(database):
    with transaction_for(database) as pair:
        put_site(pair.connection, make_site())
        pair.manager.commit()
    return database


def state_of(site):
    """Everything the site holds, in plain values."""
    with site.blob.open("r") as blob:
        return {
            "tree": dict(site.tree),
            "small": dict(site.small),
            "empty": dict(site.empty),
            "order": dict(site.order),
            "names": list(site.names),
            "few": list(site.few),
            "length": site.length(),
            "mapping": {**site.mapping, "deep": dict(site.mapping["deep"])},
            "list": list(site.list),
            "titles": [site.title, site.page.title],
            "careful": site.careful.text,
            "attributes": sorted(vars(site)),
            "blob": blob.read(),
        }


def delete_title(site):
    del site.page.title


def insert_many(site):
    for number in range(500):  # splits buckets, and nodes above them
        site.tree[f"m{number:03}"] = number


def insert_many_and_swallow(site):
    for number in range(500):
        try:
            site.tree[f"m{number:03}"] = number
        except WriteOnRead:
            pass


def empty_a_bucket(site):
    for key in list(site.tree)[:120]:
        try:
            del site.tree[key]
        except WriteOnRead:
            pass


def write_blob(site):
    with site.blob.open("w") as file:
        file.write(b"other")


CHANGES = {
    "attribute": lambda site: setattr(site, "title", "second"),
    "attribute of another": lambda site: site.page.rename("second"),
    "new attribute": lambda site: setattr(site, "fresh", Page()),
    "deleted attribute": delete_title,
    "_p_changed": lambda site: setattr(site, "_p_changed", True),
    "own __setattr__": lambda site: setattr(site.careful, "text", "new"),
    "tree, new key": lambda site: site.tree.update({"zzz": 1}),
    "tree, known key": lambda site: site.tree.__setitem__("k001", -1),
    "tree, deleted key": lambda site: site.tree.__delitem__("k001"),
    "tree, popped key": lambda site: site.tree.pop("k150"),
    "tree, insert": lambda site: site.tree.insert("new", 1),
    "tree, setdefault": lambda site: site.tree.setdefault("new", 1),
    "tree, cleared": lambda site: site.tree.clear(),
    "tree, splits": insert_many,
    "tree, splits swallowed": insert_many_and_swallow,
    "tree, bucket emptied": empty_a_bucket,
    "small tree": lambda site: site.small.__setitem__("b", 2),
    "small tree emptied": lambda site: site.small.__delitem__("a"),
    "empty tree": lambda site: site.empty.__setitem__("a", 1),
    "order": lambda site: site.order.__setitem__(1_000, "x"),
    "tree set": lambda site: site.names.add("zzz"),
    "tree set, removed": lambda site: site.names.remove("n000"),
    "set": lambda site: site.few.insert("z"),
    "length": lambda site: site.length.change(1),
    "mapping": lambda site: site.mapping.update(b=2),
    "list": lambda site: site.list.append(3),
    "blob": write_blob,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_refused_and_nothing_of_it_stays_on_the_same_pair(stored, change):
    pair = stored.pairs.take()
    pair.manager.begin()
    before = state_of(site_of(pair.connection))
    last = stored.lastTransaction()
    pair.manager.abort()

    pair.manager.begin()
    pair.connection.read_only = True
    try:
        change(site_of(pair.connection))
    except WriteOnRead as error:
        assert pair.connection.violation is error
    assert isinstance(pair.connection.violation, WriteOnRead)
    pair.manager.abort()
    pair.connection.violation = None
    pair.connection.read_only = False

    assert pair.is_clean()
    pair.manager.begin()
    assert state_of(site_of(pair.connection)) == before
    site_of(pair.connection).tree._check()
    pair.manager.commit()
    assert stored.lastTransaction() == last
    stored.pairs.give_back(pair)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_same_change_is_stored_by_a_request_that_writes(stored, change):
    last = stored.lastTransaction()
    with transaction_for(stored) as pair:
        change(site_of(pair.connection))
        pair.manager.commit()
    assert stored.lastTransaction() > last


def test_adding_an_object_is_refused_and_it_belongs_to_nobody_afterwards(stored):
    page = Page()
    with pytest.raises(WriteOnRead, match=r"changed a .*\.Page \(oid 0x|changed '/'"):
        with transaction_for(stored, read_only=True) as pair:
            pair.connection.add(page)
    assert (page._p_jar, page._p_oid) == (None, None)


def test_reading_registers_nothing(stored):
    with transaction_for(stored, read_only=True) as pair:
        state_of(site_of(pair.connection))
        site_of(pair.connection)._v_remembered = 1
        Page().title = "loose"
        assert pair.connection.violation is None
        assert not pair.manager.get()._resources
    assert len(stored.pairs) == 1


def test_a_violation_that_was_swallowed_is_still_known(stored):
    with transaction_for(stored, read_only=True) as pair:
        for title in ("second", "third"):
            try:
                site_of(pair.connection).title = title
            except WriteOnRead:
                pass
        assert "attribute 'title' of '/'" in str(pair.connection.violation)


def message_of(database, change):
    with transaction_for(database, read_only=True) as pair:
        with pytest.raises(WriteOnRead) as refused:
            change(site_of(pair.connection))
    return str(refused.value)


def rename_page(site):
    site.page.title = "second"  # the line to be named


def test_the_message_names_object_attribute_and_line(stored):
    message = message_of(stored, rename_page)
    line = rename_page.__code__.co_firstlineno + 1
    assert message == (
        f"A request that only reads changed attribute 'title' of '/page' ({__name__}.Page)\n"
        f'  File "{__file__}", line {line}, in rename_page\n'
        f"    {linecache.getline(__file__, line).strip()}\n"
        'A view that changes something is declared with method="POST".'
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda site: site.page.rename("x"), "attribute 'title' of '/page'"),
        (lambda site: setattr(site.careful, "text", "x"), "attribute 'text' of '/careful'"),
        (delete_title, "attribute 'title' of '/page'"),
        (insert_many, "attribute 'tree' of '/'"),
        (lambda site: site.tree.pop("k150"), "attribute 'tree' of '/'"),
        (lambda site: site.order.pop(150), "attribute 'order' of '/'"),
        (lambda site: site.names.remove("n150"), "attribute 'names' of '/'"),
        (lambda site: site.length.change(1), "attribute 'length' of '/'"),
        (lambda site: site.mapping.clear(), "attribute 'mapping' of '/'"),
        (write_blob, "attribute 'blob' of '/'"),
        (lambda site: site.mapping["deep"].update({"x": 1}), "attribute 'mapping' of '/'"),
        (lambda site: site.listed[0].change(1), "attribute 'listed' of '/'"),
        (lambda site: setattr(site, "_p_changed", True), f"'/' ({__name__}.Page)"),
    ],
)
def test_a_part_of_a_resource_is_named_by_the_resource(stored, change, words):
    assert message_of(stored, change).startswith(f"A request that only reads changed {words}")


def in_module(name, source):
    """Return the function `act` that *source* defines, as if it stood in the module *name*."""
    variables = {"__name__": name}
    exec(compile(source, f"{name}.py", "exec"), variables)
    return variables["act"]


def test_a_line_of_objpub_is_named_where_no_site_takes_part(stored):
    inner = in_module("objpub.content.things", "def act(site):\n    site.title = 'second'")
    publish = in_module("objpub.publisher.publish", "def act(work, site):\n    work(site)")
    message = message_of(stored, lambda site: publish(inner, site))
    assert 'File "objpub.content.things.py", line 2, in act' in message


def test_the_line_of_a_site_is_named_before_one_of_objpub(stored):
    inner = in_module("objpub.content.things", "def act(site):\n    site.title = 'second'")
    view = in_module("coast.views", "def act(work, site):\n\n    work(site)")
    publish = in_module("objpub.publisher.publish", "def act(view, work, site):\n    view(work, site)")
    message = message_of(stored, lambda site: publish(view, inner, site))
    assert 'File "coast.views.py", line 3, in act' in message
    assert "attribute 'title' of '/'" in message


def test_the_demo_is_a_site_too(stored):
    view = in_module("objpub.demo.views", "def act(site):\n    site.title = 'second'")
    assert 'File "objpub.demo.views.py", line 2, in act' in message_of(stored, view)


def test_an_object_that_nothing_in_memory_refers_to_is_named_by_its_oid(stored):
    oid = None
    with transaction_for(stored) as pair:
        oid = site_of(pair.connection).length._p_oid
    stored.pairs.empty()
    with transaction_for(stored, read_only=True) as pair:
        with pytest.raises(WriteOnRead, match=rf"changed .*Length \(oid 0x{int.from_bytes(oid, 'big'):x}\)"):
            pair.connection.get(oid).change(1)


class Odd(Persistent):
    """Cannot say where it is."""

    @property
    def __parent__(self):
        raise ValueError("nobody knows")


def test_a_change_is_refused_even_where_it_cannot_be_described(stored):
    with transaction_for(stored) as pair:
        site_of(pair.connection).odd = Odd()
        pair.manager.commit()
    with transaction_for(stored, read_only=True) as pair:
        with pytest.raises(WriteOnRead, match="^A request that only reads changed a Odd$"):
            site_of(pair.connection).odd.value = 1
        assert pair.connection.violation is not None


def test_content_is_named_by_its_path_and_field_and_the_line_of_the_site():
    database = open_database("demo:")
    with transaction_for(database) as pair:
        site = Site(title="Home")
        put_site(pair.connection, site)
        site.add("blog", Folder())
        site["blog"].add("one", Article(title="One"))
        pair.manager.commit()

    def retitle(site):
        site["blog"]["one"].title = "Two"

    def add(site):
        site["blog"].add("two", Article(title="Two"))

    message = message_of(database, retitle)
    assert message.startswith(
        f"A request that only reads changed attribute 'title' of '/blog/one' ({__name__}.Article)"
    )
    assert f'File "{__file__}", line {retitle.__code__.co_firstlineno + 1}, in retitle' in message
    message = message_of(database, add)
    assert "of '/blog' (objpub.content.folder.Folder)" in message
    assert f'File "{__file__}", line {add.__code__.co_firstlineno + 1}, in add' in message
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        assert (list(site["blog"]), len(site["blog"]), site["blog"]["one"].title) == (["one"], 1, "One")
    database.close()


def test_savepoints_work_and_leave_nothing_when_they_are_aborted(stored):
    with transaction_for(stored) as pair:
        site = site_of(pair.connection)
        site.title = "second"
        savepoint = pair.manager.savepoint()
        site.page.title = "third"
        savepoint.rollback()
        assert (site.title, site.page.title) == ("second", "first")
        pair.manager.savepoint()
    assert len(stored.pairs) == 1
    with transaction_for(stored) as again:
        assert again is pair
        assert site_of(again.connection).title == "first"


class Prolific(Persistent):
    """One that makes another object when it is written, and only notes its oid."""

    oid = None

    def __getstate__(self):
        if self.oid is None:
            made = Page()
            self._p_jar.add(made)
            self.oid = made._p_oid
        return super().__getstate__()


def test_what_is_added_while_another_is_written_is_stored_too(stored):
    with transaction_for(stored) as pair:
        site_of(pair.connection).page = Prolific()
        pair.manager.commit()
    with transaction_for(stored) as pair:
        pair.connection.cacheMinimize()
        assert pair.connection.get(site_of(pair.connection).page.oid).title == "first"


def test_an_object_of_another_connection_is_refused_and_nothing_is_stored(stored):
    with transaction_for(stored) as other, transaction_for(stored) as pair:
        site_of(pair.connection).page = site_of(other.connection)
        with pytest.raises(InvalidObjectReference):
            pair.manager.commit()
    with transaction_for(stored) as pair:
        assert site_of(pair.connection).page.title == "first"


def test_a_change_that_is_taken_back_by_hand_is_not_stored(stored):
    with transaction_for(stored) as pair:
        page = site_of(pair.connection).page
        page.title = "second"
        page._p_changed = False
        site_of(pair.connection).title = "second"
        pair.manager.commit()
    with transaction_for(stored) as pair:
        pair.connection.cacheMinimize()
        assert (site_of(pair.connection).title, site_of(pair.connection).page.title) == ("second", "first")


def test_values_of_every_kind_are_stored_beside_what_they_refer_to(stored):
    values = {"a": (1, "b", b"c", None, 2.5, True), "d": [date(2026, 11, 21), Decimal("1.5")]}
    with transaction_for(stored) as pair:
        site = site_of(pair.connection)
        site.values, site.pages = values, [site.page, {"new": Page(), "kind": Page}]
        pair.manager.commit()
    with transaction_for(stored) as pair:
        pair.connection.cacheMinimize()
        site = site_of(pair.connection)
        assert site.values == values
        assert site.pages[0] is site.page
        assert (site.pages[1]["new"].title, site.pages[1]["kind"]) == ("first", Page)
        assert site.pages[1]["new"]._p_oid not in {None, site.page._p_oid}


def test_a_writer_serves_all_objects_but_is_not_kept_with_a_large_record(stored):
    with transaction_for(stored) as pair:
        site_of(pair.connection).title = "second"
        pair.manager.commit()
        writer = pair.connection._writer
        pair.manager.begin()
        site_of(pair.connection).page.title = "second"
        pair.manager.commit()
        assert pair.connection._writer is writer is not None
        pair.manager.begin()
        site_of(pair.connection).page.title = "second " * 10_000
        pair.manager.commit()
        assert pair.connection._writer is None
    with transaction_for(stored) as pair:
        pair.connection.cacheMinimize()
        assert len(site_of(pair.connection).page.title) == 70_000


def test_a_writer_that_failed_writes_the_next_object_whole(stored):
    with transaction_for(stored) as pair:
        site_of(pair.connection).page.title = [Page(), "x" * 500, lambda: None]
        with pytest.raises(TypeError, match="pickle"):
            pair.manager.commit()
        pair.manager.abort()
        pair.manager.begin()
        pair.connection.getTransferCounts(clear=True)
        site_of(pair.connection).page.title = "second"
        pair.manager.commit()
        assert pair.connection.getTransferCounts()[1] == 1
    with transaction_for(stored) as pair:
        pair.connection.cacheMinimize()
        assert site_of(pair.connection).page.title == "second"


def test_a_connection_opened_by_hand_behaves_as_in_zodb(stored):
    connection = stored.open()
    site_of(connection).title = "second"
    connection.transaction_manager.commit()
    connection.close()
    with stored.transaction() as connection:
        assert site_of(connection).title == "second"
        site_of(connection).title = "third"
    with transaction_for(stored) as pair:
        assert site_of(pair.connection).title == "third"


def test_a_connection_to_the_past_reads_it(stored):
    then = stored.lastTransaction()
    with transaction_for(stored) as pair:
        site_of(pair.connection).title = "second"
        pair.manager.commit()
    connection = stored.open(at=then)
    assert site_of(connection).title == "first"
    connection.close()
