"""Packing and backing up, by those who may."""

import os
from pathlib import Path

import pytest

from objpub.content import Site
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Forbidden
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.events import notify
from objpub.events import SiteCreated
from objpub.operations import back_up_database
from objpub.operations import edit
from objpub.operations import pack_database
from objpub.security import entries_of
from objpub.security import NO_IDENTITY
from objpub.security import SYSTEM

quiet = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of repozo


@pytest.fixture
def site(tmp_path, registry):
    """A site in a file, whose title was changed many times."""
    database = open_database("file:site.fs", registry=registry, root=tmp_path)
    with transaction_for(database) as pair:
        site = Site(title="Saltmarsh")
        put_site(pair.connection, site)
        pair.connection.add(site)
        notify(registry, SiteCreated(site))
        pair.manager.commit()
    for number in range(50):
        with transaction_for(database) as pair:
            edit(SYSTEM, site_of(pair.connection), {"title": f"Title {number} " * 10})
            pair.manager.commit()
    with transaction_for(database) as pair:
        yield site_of(pair.connection)
    database.close()


def test_pack(site):
    packed = pack_database(SYSTEM, site, 0)
    assert packed.bytes_after < packed.bytes_before


def test_pack_keeps_the_past_of_so_many_days(site):
    packed = pack_database(SYSTEM, site, 30)
    assert packed.bytes_after == packed.bytes_before


def test_a_pack_and_a_copy_are_in_the_audit_record(site, tmp_path):
    pack_database(SYSTEM, site, 30)
    back_up_database(SYSTEM, site, tmp_path / "backups", "site")
    back_up_database(SYSTEM, site, tmp_path / "backups", "site")
    found = [(entry.what, entry.path, entry.sentence) for _, entry in entries_of(site)]
    assert found == [
        ("backup", "/", "Copied what was new to the backup site"),
        ("backup", "/", "Copied everything to the backup site"),
        ("pack", "/", "Packed the database, up to 30 days ago"),
    ]


@pytest.mark.parametrize("days", [-1, 40_000, float("nan"), float("inf")])
def test_days_that_make_no_sense(site, days):
    with pytest.raises(Invalid) as caught:
        pack_database(SYSTEM, site, days)
    assert "days" in caught.value.errors


def test_two_at_once(site):
    with site._p_jar.db()._alone("pack"):
        with pytest.raises(NotPossible, match="is running"):
            pack_database(SYSTEM, site, 0)
        with pytest.raises(NotPossible, match="is running"):
            back_up_database(SYSTEM, site, Path("unused"), "nightly")


@quiet
def test_back_up(site, tmp_path):
    done = back_up_database(SYSTEM, site, tmp_path / "backups", "nightly")
    assert done.full
    assert done.files[0].parent == tmp_path / "backups" / "nightly"
    assert not back_up_database(SYSTEM, site, tmp_path / "backups", "nightly").files


@pytest.mark.parametrize("name", ["", "..", ".", "a/b", "../out", "a b", "-x", "x" * 61, "a\0b", "é"])
def test_a_backup_stays_in_the_folder_of_backups(site, tmp_path, name):
    with pytest.raises(Invalid) as caught:
        back_up_database(SYSTEM, site, tmp_path / "backups", name)
    assert "name" in caught.value.errors
    assert not (tmp_path / "backups").exists()


def test_only_managers(site, tmp_path):
    with pytest.raises(Forbidden):
        pack_database(NO_IDENTITY, site, 0)
    with pytest.raises(Forbidden):
        back_up_database(NO_IDENTITY, site, tmp_path / "backups", "nightly")


@pytest.mark.skipif("OBJPUB_TEST_ENGINE" in os.environ, reason="nothing is in memory then")
def test_what_is_kept_in_memory_cannot_be_backed_up(world, tmp_path):
    with pytest.raises(NotPossible, match="is in memory"):
        back_up_database(SYSTEM, world.site, tmp_path, "nightly")
