"""What cookies are signed with: given as a setting, or made once and kept."""

import os
import secrets
from pathlib import Path

from objpub.errors import SettingsError

from .private import private_folder
from .tables import Settings


def secret_of(settings: Settings) -> str:
    """Return what cookies are signed with: the setting, or what is kept in `var/secret`, made once.

    The file is for its owner only (0600). Raises SettingsError for a secret under 32 characters.
    """
    secret = settings.secret
    place = "secret"
    if not secret:
        path = settings.folder / "var" / "secret"
        place = str(path)
        secret = kept_secret(path)
    if len(secret) < 32:
        raise SettingsError(f"{place} has {len(secret)} characters, wanted at least 32")
    return secret


def kept_secret(path: Path) -> str:
    """Return what stands in the file at *path*; without one, make it with a new secret."""
    private_folder(path.parent)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        # Written beside and linked: of two processes that start together, both read the same secret.
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
