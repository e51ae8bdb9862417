"""The settings of a site: typed values from `objpub.toml` and the environment.

    settings = load_settings(Path("objpub.toml"), os.environ)
    settings.database.cache_bytes       # 64000000

Every value can also come from the environment, `database.uri` from `OBJPUB_DATABASE_URI`; the environment
wins. This module is the face of the part; the rest is private.
"""

from .loading import load_settings
from .mode import MAINTENANCE
from .mode import mode_in
from .mode import MODES
from .mode import NORMAL
from .mode import READ_ONLY
from .mode import set_mode
from .private import close_for_others
from .private import private_file
from .private import private_folder
from .secret import secret_of
from .tables import AuditSettings
from .tables import DatabaseSettings
from .tables import LdapSettings
from .tables import LimitSettings
from .tables import LogSettings
from .tables import MailSettings
from .tables import OutsideSettings
from .tables import reference
from .tables import SecuritySettings
from .tables import ServerSettings
from .tables import SessionSettings
from .tables import Setting
from .tables import Settings
from .tables import SiteSettings

__all__ = [
    "MAINTENANCE",
    "MODES",
    "NORMAL",
    "READ_ONLY",
    "AuditSettings",
    "DatabaseSettings",
    "LdapSettings",
    "LimitSettings",
    "LogSettings",
    "MailSettings",
    "OutsideSettings",
    "SecuritySettings",
    "ServerSettings",
    "SessionSettings",
    "Setting",
    "Settings",
    "SiteSettings",
    "close_for_others",
    "load_settings",
    "mode_in",
    "private_file",
    "private_folder",
    "reference",
    "secret_of",
    "set_mode",
]
