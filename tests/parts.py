"""Which parts of objpub are there: the management interface can be taken away, and its tests go with it."""

from importlib.util import find_spec

import pytest

HAS_INTERFACE = find_spec("objpub.manage") is not None
#: Before a test, or as `pytestmark` of a module, that looks at pages of the interface.
of_interface = pytest.mark.skipif(not HAS_INTERFACE, reason="objpub/manage was taken away")

#: What lies with that which it attacks or compares, and imports tests of the interface; paths from here.
WITH_INTERFACE = (
    "manage",
    "publisher/test_attacks_fields.py",
    "publisher/test_attacks_redirects.py",
    "scenario/test_engines.py",
    "security/test_exposure.py",
    "security/test_stateful.py",
)
