"""The site in objpub, as its author would write it."""

import io
import math

from bench.cases import BODY
from objpub import App
from objpub import Content
from objpub import field
from objpub import Folder
from objpub import RichText
from objpub import view
from objpub.publisher import measures
from objpub.publisher.access_log import AccessLog
from objpub.settings import load_settings


class Section(Folder, addable="anywhere"):
    """A section, or a folder in one."""

    title: str = field()


class Document(Content, addable=Section):
    """A page."""

    title: str = field()
    label: str = field(default="")
    body: RichText = field(default="")


@view(Document, "ok")
def ok(document, request):
    return "ok"


@view(Document, template="document.pt")
def show(document, request):
    return {
        "title": document.title,
        "body": document.body,
        "crumbs": [(request.url(each), each.title) for each in request.breadcrumbs()],
        "navigation": [(request.url(each), each.title) for each in request.site.values()],
    }


@view(Document, "label", method="POST", permission="view")
def set_label(document, request, label: str):
    document.label = label
    return request.redirect(document)


def open_site(folder, size):
    """Return the application with its site in *folder*; the site is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "objpub.toml"
    settings.write_text("[server]\nurl = 'http://127.0.0.1:8080'\n", "utf-8")
    app = App()
    app.include("bench.site")
    application = app.open(load_settings(settings, {}))
    application.log_stream = io.StringIO()
    application.access_log = AccessLog(application.log_stream)
    rest(application)
    with application.work(sentence="Filled the site") as site:
        if not len(site):
            fill(site, size)
    return application


def rest(application):
    """Let nothing be done because time has passed: under valgrind a second has only a few requests.

    What is counted of requests is added up for every five of them, more often than in a site, so that each
    stretch that is compared has its share: send a multiple of five.
    """
    measures.FOLD_SECONDS, measures.BATCH = math.inf, 5
    application.measures._next = application.measures._next_held = math.inf
    application.openness._next_look = math.inf


def fill(site, size):
    """Put the tree into *site*."""
    site.title = "Bench"
    for one in range(size.sections):
        section = site.add(f"section-{one}", Section(title=f"Section {one}"))
        for two in range(size.folders):
            folder = section.add(f"folder-{two}", Section(title=f"Folder {two}"))
            for three in range(size.documents):
                folder.add(f"document-{three}", Document(title=f"Document {three}", body=BODY))
