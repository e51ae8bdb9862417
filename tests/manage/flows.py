"""What the tests of workflows are made of: stories that are written, reviewed and published."""

from objpub.content import Content
from objpub.content import Folder
from objpub.schema import field
from objpub.security import Deny
from objpub.security import Permission
from objpub.workflow import State
from objpub.workflow import Transition
from objpub.workflow import Workflow

Decide = Permission("desk.decide", title="Decide about stories", roles="editor")


def has_text(story, identity):
    """Let nothing out that is empty."""
    return None if story.text else Deny("There is no text in it yet.")


publishing = Workflow(
    State("draft", view="owner editor", edit="owner editor"),
    State("pending", view="owner editor", edit="editor"),
    State("published", view="everyone", edit="editor"),
    Transition("submit", "draft -> pending", needs="edit"),
    Transition("publish", "draft pending -> published", needs=Decide, guard=has_text),
    Transition("reject", "pending -> draft", needs=Decide, comment=True),
    Transition("retract", "published -> draft", needs=Decide),
)


class Story(Content, addable="anywhere", workflow=publishing):
    """A story."""

    title: str
    text: str = field(default="", multiline=True)


class Desk(Folder, addable="anywhere"):
    """A folder of stories."""

    title: str
