"""The site of the bench in Zope: folders and simple items of OFS, its publisher, its page templates."""

import transaction
import Zope2
from AccessControl.class_init import InitializeClass
from AccessControl.SecurityInfo import ClassSecurityInfo
from OFS.Folder import Folder
from OFS.SimpleItem import SimpleItem
from Products.PageTemplates.PageTemplateFile import PageTemplateFile
from Zope2.Startup.run import configure_wsgi
from ZPublisher import zpublish
from ZPublisher.WSGIPublisher import publish_module

from bench.cases import BODY

CONFIGURATION = """\
%define INSTANCE {folder}
instancehome $INSTANCE
<zodb_db main>
    <filestorage>
        path $INSTANCE/site.fs
    </filestorage>
    mount-point /
    cache-size 100000
</zodb_db>
"""


class Section(Folder):
    """A section, or a folder in one."""

    meta_type = "Section"


class Document(SimpleItem):
    """A page."""

    meta_type = "Document"
    security = ClassSecurityInfo()
    layout = PageTemplateFile("zope_templates/layout.pt", globals())

    security.declareProtected("View", "index_html")
    index_html = PageTemplateFile("zope_templates/document.pt", globals())

    def __init__(self, name, title, body):
        self.id = name
        self.title = title
        self.kept_label = ""
        self.body = body

    @security.protected("View")
    @zpublish
    def ok(self):
        """Return two bytes."""
        self.REQUEST.RESPONSE.setHeader("Content-Type", "text/plain; charset=utf-8")
        return "ok"

    @security.protected("View")
    @zpublish
    def label(self, label):
        """Keep what was sent."""
        self.kept_label = label
        self.REQUEST.RESPONSE.redirect(self.absolute_url_path(), status=303)

    def crumbs(self):
        """Return address and title of each step."""
        steps = [self.getPhysicalRoot(), *(each for each in self.aq_chain if isinstance(each, Section))]
        places = [
            (each.absolute_url_path().rstrip("/") + "/", each.title) for each in (steps[0], *steps[:0:-1])
        ]
        return [*places, (self.absolute_url_path(), self.title)]

    def navigation(self):
        """Return address and title of each section."""
        sections = self.getPhysicalRoot().objectValues("Section")
        return [(each.absolute_url_path() + "/", each.title) for each in sections]


InitializeClass(Document)


def open_site(folder, size):
    """Return the application with its site in *folder*; the site is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("zope.conf").write_text(CONFIGURATION.format(folder=folder))
    configure_wsgi(str(folder / "zope.conf"))
    site = Zope2.app()
    if "section-0" not in site.objectIds():
        fill(site, size)
        transaction.commit()
    site._p_jar.close()
    return publish_module


def fill(site, size):
    """Put the tree into *site*."""
    site.title = "Bench"
    for one in range(size.sections):
        section = put(site, Section(f"section-{one}"), f"Section {one}")
        for two in range(size.folders):
            folder = put(section, Section(f"folder-{two}"), f"Folder {two}")
            for three in range(size.documents):
                put(folder, Document(f"document-{three}", "", BODY), f"Document {three}")


def put(folder, item, title):
    """Put *item* into *folder*; return it there."""
    item.title = title
    folder._setObject(item.getId(), item)
    return folder[item.getId()]
