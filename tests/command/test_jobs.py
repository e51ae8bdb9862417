"""`objpub tick`: what is due is done from cron."""

from tests.command.conftest import opened_site as opened_site
