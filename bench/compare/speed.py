"""How many requests an application answers in a second, and how much memory it has then."""

import http.client
import threading
import time
from pathlib import Path

from .acceptance import Stage

CLIENTS = 4
SECONDS = 2.0
TEXTS = 20


def speeds(port):
    """Return requests a second by what is asked for: list, text, the same as JSON, list when signed in."""
    stage = Stage(port)
    for number in range(TEXTS):
        page = stage.text(f"Measured {number}", "A paragraph of some length. " * 20)
    visitor, ann = stage.visitor(), stage.ann()
    cookie = "; ".join(f"{name}={value}" for name, value in ann.cookies.items())
    asked = {
        "list": (visitor.site, ""),
        "text": (page.address, ""),
        "json": (page.json, ""),
        "signed in": (visitor.site, cookie),
    }
    stage.close()
    return {
        what: rate(port, address.removeprefix(visitor.site), cookie)
        for what, (address, cookie) in asked.items()
    }


def rate(port, path, cookie):
    """Return how many requests of CLIENTS clients, each with its own connection, are answered in a second."""
    counts, until = [0] * CLIENTS, time.monotonic() + SECONDS

    def ask(client):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Accept": "text/html", **({"Cookie": cookie} if cookie else {})}
        while time.monotonic() < until:
            connection.request("GET", f"/{path}", headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                return
            counts[client] += 1
        connection.close()

    clients = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return sum(counts) / SECONDS


def memory_of(process):
    """Return how many bytes *process* has in memory; 0 where the system does not say."""
    status = Path(f"/proc/{process.pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)
