"""What is kept in the database."""

from BTrees.OOBTree import OOBTree
from persistent import Persistent
from pyramid.authorization import Allow, Authenticated, Everyone


class Texts(OOBTree):
    __name__ = __parent__ = None
    __acl__ = [(Allow, Everyone, "view"), (Allow, Authenticated, "edit")]

    def add(self, text):
        number = self.maxKey() if self else ""
        text.__name__ = f"{int(number or 0) + 1:08}"
        text.__parent__ = self
        self[text.__name__] = text


class Text(Persistent):
    def __init__(self, title, text):
        self.title = title
        self.text = text


def appmaker(zodb_root):
    if "app_root" not in zodb_root:
        zodb_root["app_root"] = Texts()
        zodb_root["users"] = OOBTree()
    return zodb_root["app_root"]
