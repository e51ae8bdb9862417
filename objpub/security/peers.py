"""Servers in front whose word is taken: `REMOTE_USER`, or a header, from addresses that are trusted."""

import ipaddress
from functools import lru_cache
from typing import Any

from .identity import Refusal
from .outside import Claim
from .outside import identify
from .outside import Said

VARIABLE = "REMOTE_USER"

#: Where the address of the server in front stays, when `REMOTE_ADDR` is of whom it speaks for.
PEER = "objpub.peer"
NOT_TRUSTED = "This request says who sends it, and does not come from where that is believed."


@identify
def remote_user(request: Any) -> Said:
    """Return whom a server in front has signed in, by the setting `outside.user`; None where it says nobody.

    From anywhere but `outside.peers` such a request is refused: it would be somebody who tries.
    """
    settings = getattr(request, "settings", None)
    if settings is None or not settings.outside.user:
        return None
    name = request.environ.get(variable_of(settings.outside.user), "")
    if not name:
        return None
    environ = request.environ
    if not is_trusted(environ.get(PEER) or environ.get("REMOTE_ADDR", ""), settings.outside.peers):
        return Refusal(NOT_TRUSTED)
    return Claim(name.encode("latin-1", "replace").decode("utf-8", "replace"))


def variable_of(user: str) -> str:
    """Return where WSGI puts what the setting `outside.user` names: a header begins with HTTP_."""
    return VARIABLE if user == VARIABLE else "HTTP_" + user.upper().replace("-", "_")


@lru_cache(maxsize=1_000)
def is_trusted(address: str, peers: tuple[str, ...]) -> bool:
    """Is *address* one of *peers*, or in one of these networks? What is no address is compared as it is."""
    if address and address in peers:
        return True
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(parsed in network for network in map(network_from, peers) if network is not None)


def network_from(text: str) -> Any:
    """Return the network that *text* names, "10.0.0.0/8" or one address; None for what is none."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
