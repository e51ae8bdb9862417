"""A site whose every change is of several objects: half of one would show. It says what its process holds."""

import hashlib
import os
import sys
from pathlib import Path

from objpub import Content
from objpub import File
from objpub import Folder
from objpub import Site
from objpub.operations import add_new
from objpub.publisher import App
from objpub.publisher import Server
from objpub.security import SYSTEM
from objpub.settings import load_settings
from objpub.views import view

ACCOUNTS = 5
FLOOD_BYTES = 3_000_000
KEPT_BYTES = 200_000


class Account(Content, addable="anywhere"):
    balance: int = 0


class Bank(Folder, addable="anywhere"):
    transfers: int = 0
    kept: int = 0


@view(Bank, "transfer", method="POST", permission="public")
def transfer(bank, request, of: int, to: int, id: str):
    bank[f"account{of}"].balance -= 1
    bank[f"account{to}"].balance += 1
    bank["ledger"].add(id, Account(balance=1))
    bank.transfers += 1
    return "done"


@view(Bank, "keep", method="POST", permission="public")
def keep(bank, request, id: str):
    upload = request.form.get("file")
    digest = hashlib.sha256(upload.path.read_bytes()).hexdigest()
    bank["files"].add(f"{id}-{digest}", File.of(upload))
    bank.kept += 1
    return "kept"


@view(Bank, "lose", method="POST", permission="public")
def lose(bank, request, id: str):
    bank["files"].add(id, File.of(request.form.get("file")))
    bank["account0"].balance -= 1000
    raise RuntimeError("after half of the work")


@view(Bank, "exit", method=["GET", "POST"], permission="public")
def leave(bank, request):
    if request.method == "POST":
        bank["account0"].balance -= 1000
    raise SystemExit(3)


@view(Bank, "refuse", method="POST", permission="public")
def refuse(bank, request):
    bank["account0"].balance -= 1000
    response = request.json({"why": "it is refused after a change"})
    response.status_int = 409
    return response


@view(Bank, "writes", permission="public")
def writes(bank, request):
    bank["account0"].balance -= 1000
    return "written"


@view(Bank, "flood", permission="public")
def flood(bank, request):
    return iter(["x" * 1000] * (FLOOD_BYTES // 1000))


@view(Bank, "breaks", permission="public")
def breaks(bank, request):
    def blocks():
        yield "x" * 2_000_000
        raise RuntimeError("in the middle of a stream")

    return blocks()


@view(Site, "held", permission="public")
def held(site, request):
    """Say what the process of the server holds, this very request left out."""
    database = request.application.database
    open_pairs = list(database._open_pairs)
    folder = str(database.temporary_folder)
    links = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if is_open(fd)]
    return request.json(
        {
            "connections": len(open_pairs) - len(database.pairs) - 1,
            "transactions": sum(pair.manager._txn is not None for pair in open_pairs) - 1,
            "unclean": sum(not pair.is_clean() for pair in open_pairs if pair.manager._txn is None),
            "sockets": sum(link.startswith("socket:") for link in links),
            "blobs": [link for link in links if "/blobs/" in link],
            "temporary": [link for link in links if link.startswith(folder) or "(deleted)" in link],
            "descriptors": len(links),
            "files": sorted(path.name for path in database.temporary_folder.rglob("*") if path.is_file()),
        }
    )


def is_open(descriptor):
    return os.path.islink(f"/proc/self/fd/{descriptor}")


THINGS = [Account, Bank, transfer, keep, lose, leave, refuse, writes, flood, breaks, held]
SETTINGS = {"OBJPUB_LOG_ACCESS": "0", "OBJPUB_LIMITS_RETRY_SECONDS": "20"}


def opened(folder):
    """Return the application with its database in *folder*, filled at the first time."""
    app = App()
    app.include(*THINGS)
    Path(folder, "objpub.toml").touch()
    application = app.open(load_settings(Path(folder, "objpub.toml"), SETTINGS))
    with application.work() as site:
        if "bank" not in site:
            bank = add_new(SYSTEM, site, Bank, {}, name="bank")
            for number in range(ACCOUNTS):
                bank.add(f"account{number}", Account())
            for name in ("ledger", "files"):
                bank.add(name, Folder())
            bank["files"].add("big", File.from_bytes(b"x" * FLOOD_BYTES, "big.bin"))
    return application


def serve(folder):
    """Serve the bank until a signal; print the port first."""
    server = Server(opened(folder), "127.0.0.1", 0, 4)
    print(server.port, flush=True)
    server.run()
    sys.exit(0)
