"""What the tests of importing share: a database with a site that knows the types, and folders to import."""

import base64

import pytest

from objpub.configuration import Configuration
from objpub.content import Site
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.importing import import_folder
from objpub.security import SYSTEM

# A picture of one pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def registry():
    """What objpub declares about content, security, operations and imported types, frozen."""
    configuration = Configuration()
    configuration.include("objpub.content", "objpub.security", "objpub.operations", "objpub.importing")
    return configuration.freeze()


@pytest.fixture
def database(database):
    """The database of the test with a site in it."""
    with transaction_for(database) as pair:
        put_site(pair.connection, Site(title="Saltmarsh"))
        pair.manager.commit()
    return database


@pytest.fixture
def source(tmp_path):
    """A folder, and `source({"a.md": "text"})` to write files into it; None takes one away."""

    def write(files):
        for path, contents in files.items():
            place = tmp_path / "source" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if contents is None:
                place.unlink()
            elif isinstance(contents, bytes):
                place.write_bytes(PNG if contents == b"PNG" else contents)
            else:
                place.write_text(contents, "utf-8")
        return tmp_path / "source"

    return write


@pytest.fixture
def run(database, source):
    """Write files and import the folder to /docs: `run({"a.md": "text"}, batch=2)` → the report."""

    def imported(files=(), target="/docs", **options):
        options.setdefault("identity", SYSTEM)
        return import_folder(database, source(dict(files)), target, **options)

    return imported


@pytest.fixture
def look(database):
    """Read or change the site: `look(lambda site: site["docs"].title)`; with `commit=True` it is kept."""

    def at_site(function, commit=False):
        with transaction_for(database) as pair:
            found = function(site_of(pair.connection))
            if commit:
                pair.manager.commit()
            return found

    return at_site
