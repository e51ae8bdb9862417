"""Which class a stored record gets."""

import sys
import types

import pytest
from persistent import Persistent
from persistent.mapping import PersistentMapping
from ZODB.broken import Broken

from objpub.database import open_database
from objpub.database import put_site
from objpub.database import Renamed
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import DeclarationError
from objpub.registry import Registry


class Post(Persistent):
    title = ""


@pytest.fixture
def module():
    """An importable module `shop`, with a class `Shop` in it."""
    yield from installed("shop")


@pytest.fixture
def commands():
    """An importable module that is called like one of Python 2."""
    yield from installed("commands")


def installed(name):
    module = types.ModuleType(name)
    exec("from persistent import Persistent\nclass Shop(Persistent):\n    title = ''\n", vars(module))
    sys.modules[name] = module
    yield module
    sys.modules.pop(name, None)


def keep_a_shop(module, root):
    database = open_database("file:site.fs", root=root)
    with transaction_for(database) as pair:
        shop = module.Shop()
        shop.title = "Bread"
        put_site(pair.connection, PersistentMapping(shop=shop))
        pair.manager.commit()
    database.close()


def shop_in(root, registry=None):
    database = open_database("file:site.fs", root=root, registry=registry)
    with transaction_for(database, read_only=True) as pair:
        shop = site_of(pair.connection)["shop"]
        shop._p_activate()
    database.close()
    return shop


def test_a_record_of_a_class_that_is_there_gets_it(module, tmp_path):
    keep_a_shop(module, tmp_path)
    assert type(shop_in(tmp_path)) is module.Shop


def test_a_record_of_a_renamed_class_gets_the_class_of_today(module, tmp_path):
    keep_a_shop(module, tmp_path)
    del sys.modules["shop"]
    registry = Registry()
    registry[Renamed].put("shop.Shop", Post)
    shop = shop_in(tmp_path, registry)
    assert (type(shop), shop.title) == (Post, "Bread")


def test_a_registry_that_comes_later_counts(module, tmp_path):
    keep_a_shop(module, tmp_path)
    del sys.modules["shop"]
    registry = Registry()
    registry[Renamed].put("shop.Shop", Post)
    database = open_database("file:site.fs", root=tmp_path)
    database.registry = registry
    with transaction_for(database) as pair:
        assert site_of(pair.connection)["shop"].title == "Bread"
    database.close()


def test_a_renamed_resource_is_stored_under_its_new_name(module, tmp_path):
    keep_a_shop(module, tmp_path)
    del sys.modules["shop"]
    registry = Registry()
    registry[Renamed].put("shop.Shop", Post)
    database = open_database("file:site.fs", root=tmp_path, registry=registry)
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        site["shop"].title = "Cake"
        site["more"] = True  # the reference to the class lies in the record of the site
        pair.manager.commit()
    database.close()
    shop = shop_in(tmp_path)
    assert (type(shop), shop.title) == (Post, "Cake")


def test_a_record_of_a_class_that_is_gone_is_broken_and_keeps_its_state(module, tmp_path):
    keep_a_shop(module, tmp_path)
    del sys.modules["shop"]
    database = open_database("file:site.fs", root=tmp_path)
    with transaction_for(database) as pair:
        site = site_of(pair.connection)
        assert isinstance(site["shop"], Broken)
        assert site["shop"].__getstate__() == {"title": "Bread"}
        site["changed"] = True
        pair.manager.commit()
    database.close()
    sys.modules["shop"] = module
    shop = shop_in(tmp_path)
    assert (type(shop), shop.title) == (module.Shop, "Bread")


def test_a_class_that_is_gone_from_a_module_that_is_there_is_broken(module, tmp_path):
    keep_a_shop(module, tmp_path)
    del module.Shop
    assert isinstance(shop_in(tmp_path), Broken)


def test_a_module_of_the_site_is_not_taken_for_one_of_python_2(commands, tmp_path):
    keep_a_shop(commands, tmp_path)
    assert type(shop_in(tmp_path)) is commands.Shop


def test_a_class_that_comes_back_while_the_database_is_open_is_found(module, tmp_path):
    keep_a_shop(module, tmp_path)
    del sys.modules["shop"]
    database = open_database("file:site.fs", root=tmp_path)
    with transaction_for(database) as pair:
        assert isinstance(site_of(pair.connection)["shop"], Broken)
    database.pairs.empty()
    sys.modules["shop"] = module
    with transaction_for(database) as pair:
        assert site_of(pair.connection)["shop"].title == "Bread"
    database.close()


def test_two_classes_cannot_have_had_one_name():
    renamed = Renamed()
    renamed.put("shop.Shop", Post)
    renamed.put("shop.Shop", Post)
    with pytest.raises(DeclarationError, match=r"'shop\.Shop' was renamed to Post and to PersistentMapping"):
        renamed.put("shop.Shop", PersistentMapping)


def test_a_class_that_still_exists_has_not_been_renamed(module):
    with pytest.raises(DeclarationError, match="that class still exists"):
        Renamed().put("shop.Shop", Post)


def test_an_alias_that_was_left_behind_is_no_other_class(module):
    module.Shop = Post
    renamed = Renamed()
    renamed.put("shop.Shop", Post)
    assert dict(renamed.items()) == {"shop.Shop": Post}
    assert renamed.find("shop.Shop") is Post
    assert renamed.find("shop.Market") is None


def test_an_old_name_must_be_whole():
    with pytest.raises(DeclarationError, match='must be the whole old name, such as "blog.content.Article"'):
        Renamed().put("Article", Post)


def test_nothing_is_renamed_after_the_freeze():
    registry = Registry()
    registry[Renamed].put("shop.Shop", Post)
    registry.freeze()
    with pytest.raises(DeclarationError, match="comes too late"):
        registry[Renamed].put("shop.Market", Post)
