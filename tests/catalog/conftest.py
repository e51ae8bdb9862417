"""What the tests of the catalog share: a site with some people, and with a catalog."""

import pytest

from objpub.configuration import Configuration
from tests.operations.conftest import other as other
from tests.operations.conftest import world as world


@pytest.fixture
def registry(request):
    """What objpub itself and the module of the test declare, frozen."""
    configuration = Configuration()
    own = (
        "objpub.content",
        "objpub.security",
        "objpub.workflow",
        "objpub.catalog",
        "objpub.operations",
        request.module,
    )
    configuration.include(*own)
    return configuration.freeze()
