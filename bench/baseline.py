"""The same site without objpub: a WSGI function written by hand, by somebody who knows ZODB.

Connections and their transaction managers are kept together and never closed. Templates are the same files,
run by Chameleon as it is. There are no headers of security, no access log and no ids of requests; objpub has
them all switched on.
"""

from urllib.parse import parse_qs
from urllib.parse import quote

from BTrees.OOBTree import OOBTree
from chameleon import PageTemplateFile
from persistent import Persistent
from transaction import TransactionManager
from ZODB import DB
from ZODB.FileStorage import FileStorage

from bench.cases import BODY
from bench.cases import HERE

LAYOUT = PageTemplateFile(str(HERE / "templates" / "layout.pt"))
DOCUMENT = PageTemplateFile(str(HERE / "templates" / "document.pt"))
EVERYONE = frozenset({"everyone"})
PERMISSIONS = {"view": frozenset({"everyone", "manager"})}


class Folder(Persistent):
    """The site, a section, or a folder in one."""

    def __init__(self, title, parent=None, name=None):
        self.title = title
        self.__parent__ = parent
        self.__name__ = name
        self.children = OOBTree()


class Document(Persistent):
    """A page."""

    children = {}

    def __init__(self, title, body, parent, name):
        self.title = title
        self.label = ""
        self.body = body
        self.__parent__ = parent
        self.__name__ = name


def url(resource):
    parent = resource.__parent__
    if parent is None:
        return "/"
    path = url(parent) + quote(resource.__name__)
    return path + "/" if isinstance(resource, Folder) else path


def ok(document, environ):
    return "200 OK", "text/plain; charset=utf-8", b"ok", None


def show(document, environ):
    crumbs = []
    step = document
    while step is not None:
        crumbs.append((url(step), step.title))
        site, step = step, step.__parent__
    page = DOCUMENT.render(
        title=document.title,
        body=document.body,
        crumbs=crumbs[::-1],
        navigation=[(url(each), each.title) for each in site.children.values()],
        layout=LAYOUT,
    )
    return "200 OK", "text/html; charset=utf-8", page.encode("utf-8"), None


def set_label(document, environ):
    form = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode("utf-8"))
    document.label = form["label"][0]
    return "303 See Other", "text/plain", b"", url(document)


VIEWS = {
    ("GET", Document, ""): (show, "view"),
    ("GET", Document, "ok"): (ok, "view"),
    ("POST", Document, "label"): (set_label, "view"),
}


class Application:
    """The WSGI function and its pool."""

    def __init__(self, database):
        self.database = database
        self.pool = []

    def pair(self):
        manager = TransactionManager(explicit=True)
        return manager, self.database.open(manager)

    def __call__(self, environ, start_response):
        pair = self.pool.pop() if self.pool else self.pair()
        manager, connection = pair
        transaction = manager.begin()
        try:
            status, kind, body, location = self.answer(environ, connection)
            if environ["REQUEST_METHOD"] in {"GET", "HEAD"} or status >= "4":
                manager.abort()
            else:
                transaction.user = "anonymous"
                transaction.note(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
                manager.commit()
        except BaseException:
            manager.abort()
            raise
        finally:
            self.pool.append(pair)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        if location is not None:
            headers.append(("Location", location))
        start_response(status, headers)
        return [body]

    def answer(self, environ, connection):
        context = connection.root()["site"]
        name = ""
        segments = environ["PATH_INFO"].encode("latin-1").decode("utf-8").strip("/").split("/")
        for index, segment in enumerate(segments):
            child = context.children.get(segment)
            if child is None:
                if index + 1 < len(segments):
                    return "404 Not Found", "text/plain", b"not found", None
                name = segment
                break
            context = child
        found = VIEWS.get((environ["REQUEST_METHOD"], type(context), name))
        if found is None:
            return "404 Not Found", "text/plain", b"not found", None
        view, permission = found
        if EVERYONE.isdisjoint(PERMISSIONS[permission]):
            return "403 Forbidden", "text/plain", b"forbidden", None
        return view(context, environ)

    def close(self):
        for _, connection in self.pool:
            connection.close()
        self.database.close()


def open_site(folder, size):
    """Return the application with its site in *folder*; the site is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    database = DB(FileStorage(str(folder / "site.fs")), cache_size=100_000)
    manager = TransactionManager(explicit=True)
    manager.begin()
    connection = database.open(manager)
    root = connection.root()
    if "site" not in root:
        root["site"] = Folder("Bench")
        fill(root["site"], size)
        manager.get().note("Filled the site")
        manager.commit()
    else:
        manager.abort()
    connection.close()
    return Application(database)


def fill(site, size):
    """Put the tree into *site*."""
    for one in range(size.sections):
        name = f"section-{one}"
        section = site.children[name] = Folder(f"Section {one}", site, name)
        for two in range(size.folders):
            name = f"folder-{two}"
            folder = section.children[name] = Folder(f"Folder {two}", section, name)
            for three in range(size.documents):
                name = f"document-{three}"
                folder.children[name] = Document(f"Document {three}", BODY, folder, name)
