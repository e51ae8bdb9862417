"""Identities: values that nobody changes, and where a change comes from."""

from dataclasses import FrozenInstanceError
from dataclasses import replace

import pytest

from objpub.security import Identity
from objpub.security import NO_IDENTITY
from objpub.security.identity import SIGNED_IN

ANN = Identity("ann", "Ann", SIGNED_IN, frozenset({"user:ann"}), session="session", records=(print,))


def test_nobody_changes_an_identity():
    with pytest.raises(FrozenInstanceError):
        NO_IDENTITY.roles = frozenset({"manager"})
    assert NO_IDENTITY.roles == {"everyone"}


def test_at_gives_the_same_identity_with_another_address():
    there = ANN.at("192.0.2.7")
    assert (there.address, ANN.address) == ("192.0.2.7", "")
    assert vars(there) == vars(replace(ANN, address="192.0.2.7"))
    assert there == ANN
    with pytest.raises(FrozenInstanceError):
        there.user_id = "bob"
