"""Which server stands between the network and the application: the table, and the choice."""

import importlib
import socket
from typing import Any

from objpub.errors import SettingsError

#: By the value of the setting `server.software`: the module and the class.
SERVERS = {
    "waitress": ("objpub.publisher.server", "Server"),
    "granian": ("objpub.publisher.fast", "FastServer"),
}


def server_for(
    application: Any,
    host: str,
    port: int,
    threads: int,
    listener: socket.socket | None = None,
    software: str = "",
) -> Any:
    """Return a server for *application*, with `address`, `port`, `run`, `stop` and `close`.

    listener: a socket that listens already, in place of host and port. software: "" for that of the
    settings. Raises SettingsError where its library is missing, and OSError where nobody can listen.
    """
    chosen = software or application.settings.server.software
    module, name = SERVERS[chosen]
    try:
        made = getattr(importlib.import_module(module), name)
    except ImportError as error:
        message = f"server.software is {chosen!r}, and its library is missing: pip install 'objpub[fast]'"
        raise SettingsError(message) from error
    return made(application, host, port, threads, listener)
