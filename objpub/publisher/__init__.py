"""The publisher: from a request to its answer, in one transaction. `publish` tells the whole of it.

    app = App("blog")
    application = app.wsgi("objpub.toml")       # for any WSGI server
    app.run()                                   # or with the one that comes along

This module is the face of the part; the rest is private.
"""

from .app import App
from .app import ensure_site
from .application import Application
from .browsers import browser_named
from .failures import Failure
from .first_run import Credentials
from .first_run import first_run
from .first_run import greeting
from .forgotten import reset_url
from .form import Form
from .incoming import Incoming
from .log_lines import logging_to
from .negotiation import choose_language
from .negotiation import choose_version
from .pictures import with_sizes
from .problems import Problem
from .problems import SignInNeeded
from .request import Markup
from .request import own_path
from .request import Request
from .roots import with_addresses
from .roots import with_links_of_today
from .server import address_of
from .server import serve
from .server import Server
from .sign_in import give_session
from .sign_in import signed_out
from .software import server_for
from .tickets import found_tickets
from .tickets import remove_ticket
from .tickets import remove_tickets
from .tickets import TicketGroup
from .tickets import tickets_of
from .tickets import Told

#: Modules for an optional extra, which only the one who asks for it imports.
NEEDS_EXTRA = ("exchange", "fast")

__all__ = [
    "App",
    "Application",
    "Credentials",
    "Failure",
    "Form",
    "Incoming",
    "Markup",
    "Problem",
    "Request",
    "Server",
    "SignInNeeded",
    "TicketGroup",
    "Told",
    "address_of",
    "browser_named",
    "choose_language",
    "choose_version",
    "ensure_site",
    "first_run",
    "found_tickets",
    "give_session",
    "greeting",
    "logging_to",
    "own_path",
    "remove_ticket",
    "remove_tickets",
    "reset_url",
    "serve",
    "server_for",
    "signed_out",
    "tickets_of",
    "with_addresses",
    "with_links_of_today",
    "with_sizes",
]
