"""The site of the bench in Pyramid: traversal over ZODB, its own policy of security, the same templates."""

from BTrees.OOBTree import OOBTree
from persistent import Persistent
from pyramid.authorization import ACLHelper
from pyramid.authorization import Allow
from pyramid.authorization import Everyone
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.location import lineage
from pyramid.renderers import get_renderer
from pyramid.response import Response
from pyramid.view import view_config
from pyramid_zodbconn import get_connection

from bench.cases import BODY
from bench.cases import HERE

TEMPLATES = HERE / "templates"


class Folder(Persistent):
    """The site, a section, or a folder in one."""

    def __init__(self, title, parent=None, name=None):
        self.title = title
        self.__parent__ = parent
        self.__name__ = name
        self.children = OOBTree()

    def __getitem__(self, name):
        return self.children[name]


class Site(Folder):
    """The top, which says who may do what."""

    __acl__ = ((Allow, Everyone, "view"),)


class Document(Persistent):
    """A page."""

    def __init__(self, title, body, parent, name):
        self.title = title
        self.label = ""
        self.body = body
        self.__parent__ = parent
        self.__name__ = name


class Policy:
    """Nobody signs in; what is granted at the site holds for everybody."""

    def identity(self, request):
        return None

    def authenticated_userid(self, request):
        return None

    def permits(self, request, context, permission):
        return ACLHelper().permits(context, [Everyone], permission)


@view_config(context=Document, name="ok", permission="view")
def ok(document, request):
    return Response("ok", content_type="text/plain", charset="utf-8")


@view_config(context=Document, permission="view", renderer=str(TEMPLATES / "document.pt"))
def show(document, request):
    crumbs = [(path(request, each), each.title) for each in lineage(document)]
    return {
        "title": document.title,
        "body": document.body,
        "crumbs": crumbs[::-1],
        "navigation": [(path(request, each), each.title) for each in request.root.children.values()],
        "layout": get_renderer(str(TEMPLATES / "layout.pt")).implementation(),
    }


@view_config(context=Document, name="label", request_method="POST", permission="view")
def set_label(document, request):
    document.label = request.POST["label"]
    return HTTPSeeOther(path(request, document))


def path(request, resource):
    """Return the address of *resource*; only a folder's ends with a slash, as on the other sides."""
    found = request.resource_path(resource)
    return found if isinstance(resource, Folder) else found.rstrip("/")


def root_factory(request):
    return get_connection(request).root()["site"]


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


def open_site(folder, size):
    """Return the application with its site in *folder*; the site is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "zodbconn.uri": f"file://{folder}/site.fs?connection_cache_size=100000",
        "tm.manager_hook": "pyramid_tm.explicit_manager",
    }
    config = Configurator(settings=settings, root_factory=root_factory, security_policy=Policy())
    for part in ("pyramid_tm", "pyramid_zodbconn", "pyramid_chameleon"):
        config.include(part)
    config.scan(__name__)
    application = config.make_wsgi_app()
    database = application.registry._zodb_databases[""]
    with database.transaction() as connection:
        root = connection.root()
        if "site" not in root:
            root["site"] = Site("Bench")
            fill(root["site"], size)
    return application
