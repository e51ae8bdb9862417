"""What is typed wrongly into the forms of the management interface, one line each, and what is said of it.

Whoever adds a form adds a line to GOOD and at least one `bad` request: `test_refusals` asks the registry.
"""

import struct
import zlib
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from tests.publisher.test_defaults import png


def png_of(width, height):
    """Return the head of a picture as large as that, with next to nothing behind it."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", b"x"),
        (b"IEND", b""),
    ]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


TEXT = ("notes.txt", b"Notes", "text/plain")
LONG = "x" * 300
#: A picture of 2,500 million pixels in its own words, half of one, and one that is another than it says.
BOMB = ("bomb.png", png_of(50_000, 50_000), "image/png")
TRUNCATED = ("half.png", png(64)[:-40], "image/png")
OTHERWISE = ("map.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png")
GOOD_PASSWORD = "four words that match"


@dataclass(frozen=True)
class Bad:
    """A request that is refused.

    path: of the form. sent: what differs from the good request: name → value, None for none at all, a list
    for several. status: of the answer. at: the name of the control that says what is wrong; "" for the page
    as a whole. says: a part of that sentence. who: asks; the manager, where nothing else is said. kept: is
    what was typed in the answer?
    """

    path: str
    sent: dict[str, Any] = field(default_factory=dict)
    status: int = 422
    at: str = ""
    says: str = ""
    who: str = "admin"
    kept: bool = True

    def __str__(self):
        name, _, view = self.path.rpartition("/")
        what = ",".join(f"{each}={str(value)[:14]!r}" for each, value in self.sent.items())
        return f"{name.removeprefix('/manage')}/{view}:{what}:{self.who}"


def bad(path, at, says, status=422, who="admin", kept=True, **sent):
    """Return a `Bad` request. A control whose name is no word of Python is given in `sent["..."]`."""
    more = sent.pop("more", {})
    return Bad(path, {**sent, **more}, status, at, says, who, kept)


#: Address of a form → what it sends where nothing is wrong. A form that a page shows is taken from there.
GOOD: dict[str, list[tuple[str, Any]]] = {
    "/manage/news/@@delete": [("pick", "tides")],
    "/manage/news/@@columns": [("_empty", "column"), ("column", "changed")],
    "/manage/news/@@describe": [("pick", "map"), ("title.0", "Map"), ("alt.0", "The bay")],
    "/manage/news/@@move": [("pick", "tides"), ("to", "/news/series")],
    "/manage/news/@@copy": [("pick", "tides"), ("to", "/news/series")],
    "/manage/news/@@cut": [("pick", "tides")],
    "/manage/news/@@remember": [("pick", "tides")],
    "/manage/news/series/@@paste": [("count", "1")],
    "/manage/news/@@forget": [("back", "/manage/news/")],
    "/manage/news/series/@@order": [("pick", "one"), ("behind", "two")],
    "/manage/news/@@preview": [("type", "Page"), ("title", "Typed")],
    "/manage/news/tides/@@preview": [("title", "Typed")],
    "/manage/news/tides/@@meanwhile": [("title", "Typed")],
    "/manage/news/@@rename": [("pick", "tides"), ("name", "ebb"), ("title", "Ebb")],
    "/manage/news/@@act": [("action", "stamp"), ("pick", "tides")],
    "/manage/news/@@upload": [("files", TEXT)],
    "/manage/news/@@workflow-all": [("transition", "publish"), ("pick", "story")],
    "/manage/news/story/@@workflow": [("transition", "submit"), ("comment", "Look")],
    "/manage/news/@@security": [("add", "nora"), ("roles", "editor")],
    "/manage/news/@@security-remove": [("remove", "editor user:tomas")],
    "/manage/news/@@security-cut": [("_empty", "down"), ("down", "grants")],
    "/manage/news/@@security-permission": [
        ("permission", "edit"),
        ("_empty", "holders"),
        ("holders", "editor"),
    ],
    "/manage/@@audit-export": [("kind", "csv")],
    "/manage/@@pack": [("days", "30")],
    "/manage/@@redirects": [("path", "/old"), ("target", "/news")],
    "/manage/@@redirect-remove": [("path", "/news/gone")],
    "/manage/@@queue": [("discard", "JOB")],
    "/manage/@@operations": [("cancel", "OPERATION")],
    "/manage/@@backup": [("name", "site")],
    "/manage/@@catalog": [("index", "")],
    "/manage/@@errors": [("ticket", "3fa9c107")],
    "/manage/@@groups-add": [("name", "divers"), ("title", "Divers"), ("_empty", "roles")],
    "/manage/@@group-roles": [("id", "staff"), ("_empty", "roles"), ("roles", "editor")],
    "/manage/@@group-groups": [("id", "staff"), ("_empty", "groups"), ("groups", "crew")],
    "/manage/@@group-members": [("id", "staff"), ("add", "nora")],
    "/manage/@@group-remove": [("id", "staff")],
    "/manage/@@roles": [("name", "press-editor"), ("title", "Press editor")],
    "/manage/@@role-remove": [("remove", "warden")],
    "/manage/@@users-add": [
        ("name", "zoe"),
        ("title", "Zoe"),
        ("email", "zoe@coast.example"),
        ("_empty", "roles"),
    ],
    "/manage/@@user-roles": [("id", "nora"), ("_empty", "roles"), ("roles", "editor")],
    "/manage/@@user-groups": [("id", "nora"), ("_empty", "groups"), ("groups", "staff")],
    "/manage/@@user-password": [
        ("id", "nora"),
        ("new_password", GOOD_PASSWORD),
        ("new_password_again", GOOD_PASSWORD),
    ],
    "/manage/@@user-sessions": [("id", "nora")],
    "/manage/@@user-remove": [("id", "nora")],
    "/manage/@@profile-password": [
        ("current_password", "good for tests only"),
        ("new_password", GOOD_PASSWORD),
        ("new_password_again", GOOD_PASSWORD),
    ],
    "/manage/@@profile-sessions": [("end", "0123456789abcdef")],
    "/manage/@@token-add": [("title", "Robot"), ("what", "some"), ("permissions", "view"), ("days", "30")],
    "/manage/@@user-link": [("id", "nora")],
    "/manage/@@inspect-export": [("oid", "1")],
    "/manage/@@view-as": [("who", "nora"), ("back", "/news/")],
    "/manage/@@token-revoke": [("end", "0123456789abcdef")],
    "/manage/@@purge": [("pick", "TRASHED")],
    "/manage/@@restore": [("pick", "TRASHED"), ("place", "/news"), ("name", "gone")],
    "/manage/@@keys": [("keys", "off")],
    "/manage/@@look": [("theme", "dark"), ("density", "compact")],
    "/manage/@@site-navigation": [("add", "news")],
    "/manage/@@undo": [("token", "0123456789abcdef")],
    "/manage/news/notes/@@file": [("upload", TEXT)],
}

#: Address of a page → the id of the form on it, for what is taken from there.
SHOWN = {
    "/manage/news/@@add?type=Page": "form",
    "/manage/news/tides/@@edit": "form",
    "/manage/@@edit": "form",
    "/manage/news/tides/@@title": "retitle",
    "/manage/@@title": "retitle",
    "/manage/@@site": "about",
    "/manage/@@user?id=nora": "about",
    "/manage/@@group?id=staff": "about",
    "/manage/@@profile": "about",
}

ADD, EDIT, SITE = "/manage/news/@@add?type=Page", "/manage/news/tides/@@edit", "/manage/@@site"
MOVE, COPY, ORDER = "/manage/news/@@move", "/manage/news/@@copy", "/manage/news/series/@@order"
RENAME, DESCRIBE, UPLOAD = "/manage/news/@@rename", "/manage/news/@@describe", "/manage/news/@@upload"
STORY, STORIES = "/manage/news/story/@@workflow", "/manage/news/@@workflow-all"
SECURITY, USER, GROUP = "/manage/news/@@security", "/manage/@@user", "/manage/@@group"
USERS, GROUPS, PROFILE = "/manage/@@users-add", "/manage/@@groups-add", "/manage/@@profile"
NAVIGATION, TOKEN, RESTORE = "/manage/@@site-navigation", "/manage/@@token-add", "/manage/@@restore"
VIEW_AS = "/manage/@@view-as"

CONTENT = [
    bad(ADD, "title", "Give it a title", title=""),
    bad(ADD, "title", "at most 10,000 characters", title="x" * 10_001),
    bad(ADD, "title", "without", title="Two\nlines", kept=False),
    bad(ADD, "title", "without", title="a\x00b"),
    bad(ADD, "title", "one value", title=["One", "Two"], kept=False),
    bad(ADD, "title", "missing", title=None, kept=False),
    bad(ADD, "title", "text", title=TEXT, kept=False),
    bad(ADD, "_name", "tides", title="Typed", more={"_name": "tides"}),
    bad(ADD, "_name", "a slash", title="Typed", more={"_name": "a/b"}),
    bad(ADD, "_name", "private", title="Typed", more={"_name": "_hidden"}),
    bad(ADD, "_name", "bytes", title="Typed", more={"_name": LONG}),
    bad("/manage/news/@@add?type=Nothing", "", "Nothing", 404, title="T", kept=False),
    bad("/manage/news/@@add?type=objpub.content.Folder", "", "added here", 404, title="T", kept=False),
    bad(ADD, "", "nora may not", 403, "nora", kept=False, title="T"),
    bad(EDIT, "title", "Give it a title", title="   "),
    bad(EDIT, "title", "without", title="a\x1bb"),
    bad(EDIT, "title", "one value", title=["One", "Two"], kept=False),
    bad(EDIT, "", "bytes", 413, text="x" * 1_000_001, kept=False),
    bad(EDIT, "", "both changed title", 409, title="Mine", more={"_started": "forged.forged"}),
    bad(EDIT, "", "both changed title", 409, title="Mine", more={"_started": None}),
    bad(EDIT, "", "nora may not", 403, "nora", kept=False, title="T"),
    bad("/manage/news/nothing/@@edit", "", "nothing", 404, title="T", kept=False),
    bad("/manage/news/tides/@@preview", "", "empty", title="", kept=False),
    bad("/manage/news/tides/@@preview", "", "Markdown", more={"field": "title"}, kept=False),
    bad("/manage/news/tides/@@preview", "", "Markdown", more={"field": "nothing"}, kept=False),
    bad("/manage/news/@@preview", "", "empty", title="", kept=False),
    bad("/manage/news/@@preview", "", "Nothing", 404, type="Nothing", kept=False),
    bad("/manage/news/@@preview", "", "nora may not", 403, "nora", kept=False),
    bad("/manage/news/tides/@@meanwhile", "", "nora may not", 403, "nora", kept=False),
]

FOLDERS = [
    bad("/manage/news/@@delete", "", "nothing to delete", 303, pick="nothing", kept=False),
    bad("/manage/news/@@delete", "", "nothing to delete", 303, pick=None, kept=False),
    bad("/manage/news/@@delete", "", "nothing to delete", 303, "nora", kept=False),
    bad(MOVE, "", "Nothing is picked", pick=None),
    bad(MOVE, "", "nothing called", 404, pick="nothing", kept=False),
    bad(MOVE, "", "nothing called", 404, pick=["tides", "nothing"], kept=False),
    bad(MOVE, "", "no such folder", to=None, kept=False),
    bad(MOVE, "", "no such folder", 404, to="/nowhere", kept=False),
    bad(MOVE, "", "no such folder", 404, to="/news/tides", kept=False),
    bad(MOVE, "", "no such folder", 404, to="../../etc", kept=False),
    bad(MOVE, "", "into itself", 409, pick="series", to="/news/series"),
    bad(MOVE, "", "here already", 409, to="/news"),
    bad(MOVE, "", "nothing called", 404, "nora", kept=False),
    bad(COPY, "", "nothing called", 404, pick="nothing", kept=False),
    bad(COPY, "", "no such folder", 404, to="/nowhere", kept=False),
    bad(COPY, "", "into itself", 409, pick="series", to="/news/series"),
    bad(ORDER, "", "where to", pick=None, behind=None, kept=False),
    bad(ORDER, "", "where to", up="one", kept=False),
    bad(ORDER, "", "nothing called", 404, behind="stranger", kept=False),
    bad(ORDER, "", "nothing called", 404, pick="stranger", kept=False),
    bad("/manage/news/@@cut", "", "Nothing is picked", pick=None, kept=False),
    bad("/manage/news/@@cut", "", "nothing called “nothing”", 404, pick="nothing", kept=False),
    bad("/manage/news/@@cut", "", "nora may not", 403, "nora", kept=False),
    bad("/manage/news/@@remember", "", "Nothing is picked", pick=None, kept=False),
    bad("/manage/news/@@remember", "", "nora may not", 403, "nora", kept=False),
    bad("/manage/news/series/@@paste", "", "Nothing is cut or copied", 409, kept=False),
    bad("/manage/news/series/@@paste", "", "nora may not", 403, "nora", kept=False),
    bad("/manage/news/@@forget", "", "nora may not", 403, "nora", kept=False),
    bad("/manage/news/@@order", "", "order", 409, kept=False, more={"pick": "tides", "behind": "marsh"}),
    bad(RENAME, "", "Nothing is picked", pick=None, kept=False),
    bad(RENAME, "", "nothing called", 404, pick="nothing", kept=False),
    bad(RENAME, "name", "name", name=""),
    bad(RENAME, "name", "a slash", name="a/b"),
    bad(RENAME, "name", "bytes", name=LONG),
    bad(RENAME, "name", "marsh", 409, name="marsh"),
    bad(RENAME, "name", "place", name=".."),
    bad(RENAME, "title", "Give it a title", title=""),
    bad(RENAME, "title", "somebody else", 409, started="forged"),
    bad(RENAME, "", "nothing called", 404, "nora", kept=False),
    bad("/manage/news/@@act", "", "nothing", 404, action="nothing", kept=False),
    bad("/manage/news/@@act", "", "action", 400, action=None, kept=False),
    bad("/manage/news/@@act", "", "nothing", 404, pick="nothing", kept=False),
    bad(STORY, "", "name of a transition", transition=None),
    bad(STORY, "", "no transition 'fly'", 409, transition="fly", kept=False),
    bad(STORY, "", "is draft now", 409, transition="retract", kept=False),
    bad(STORY, "comment", "at most 1,000", comment="x" * 1_001),
    bad(STORY, "", "nora may not", 403, "nora", kept=False),
    bad(STORY, "when", "wanted a day and a time", when="soon"),
    bad(STORY, "when", "moment to come", when="2001-01-01T08:00"),
    bad(STORY, "", "scheduled transition", 404, cancel="nothing", kept=False),
    bad("/manage/@@queue", "", "tried again or forgotten", discard=None, kept=False),
    bad("/manage/@@queue", "", "job", 404, discard="nothing", kept=False),
    bad("/manage/@@queue", "", "ines may not", 403, "ines", kept=False),
    bad(STORIES, "", "no workflow", 409, pick="tides", kept=False),
    bad(STORIES, "", "no “nothing” in News", 404, pick="nothing", kept=False),
    bad(STORIES, "", "nothing was picked", 303, pick=None, kept=False),
    bad(UPLOAD, "", "No file was chosen", files=None, kept=False),
    bad(UPLOAD, "", "No file was chosen", files="no file", kept=False),
    bad(UPLOAD, "", "empty", files=("empty.txt", b"", "text/plain"), kept=False),
    bad(UPLOAD, "", "nora may not", 403, "nora", kept=False),
    bad("/manage/news/@@columns", "", "field.nothing", column="field.nothing", kept=False),
    bad("/manage/news/@@columns", "", "says nothing", column=None, more={"_empty": None}, kept=False),
    bad("/manage/news/@@columns", "", "nora may not", 403, "nora", kept=False),
    bad(DESCRIBE, "alt.0", "at most", more={"alt.0": "x" * 20_000}),
    bad(DESCRIBE, "title.0", "without", more={"title.0": "a\x00b"}),
    bad(DESCRIBE, "title.0", "somebody else", more={"started.title.0": "forged"}),
    bad(DESCRIBE, "", "not here any more", 303, pick="nothing", kept=False),
    bad("/manage/news/notes/@@file", "upload", "no file", upload=None, kept=False),
    bad("/manage/news/notes/@@file", "upload", "no file", upload="text", kept=False),
    bad("/manage/news/notes/@@file", "upload", "empty", upload=("e.txt", b"", "text/plain"), kept=False),
    bad("/manage/news/map/@@file", "upload", "image", upload=("x.png", b"no image", "image/png"), kept=False),
    bad("/manage/news/map/@@file", "upload", "image", upload=TEXT, kept=False),
    bad("/manage/news/map/@@file", "upload", "2,500,000,000 pixels", upload=BOMB, kept=False),
    bad("/manage/news/map/@@file", "upload", "damaged", upload=TRUNCATED, kept=False),
    bad("/manage/news/map/@@file", "upload", "svg", upload=OTHERWISE, kept=False),
    bad(UPLOAD, "", "2,500,000,000 pixels", files=BOMB, kept=False),
    bad(UPLOAD, "", "damaged", files=TRUNCATED, kept=False),
]

PEOPLE = [
    bad(USERS, "name", "''", name=""),
    bad(USERS, "name", "letters", name="two words"),
    bad(USERS, "name", "letters", name="a/b"),
    bad(USERS, "name", "letters", name="x" * 101),
    bad(USERS, "name", "something else", name="system"),
    bad(USERS, "name", "ines", 409, name="ines"),
    bad(USERS, "name", "INES", 409, name="INES"),
    bad(USERS, "name", "''", name=TEXT, kept=False),
    bad(USERS, "title", "at most", title="x" * 10_001),
    bad(USERS, "title", "without", title="a\x00b"),
    bad(USERS, "email", "e-mail", email="nobody"),
    bad(USERS, "new_password", "at least 10", new_password="short", new_password_again="short"),
    bad(USERS, "new_password", "", new_password="password12", new_password_again="password12"),
    bad(USERS, "new_password_again", "differ", new_password=GOOD_PASSWORD, new_password_again="other"),
    bad(USERS, "roles", "captain", roles="captain", kept=False),
    bad(USERS, "", "manage", 403, "ines", kept=False),
    bad(USER + "?id=nora", "email", "e-mail", email="nobody"),
    bad(USER + "?id=nora", "title", "without", title="a\x00b"),
    bad(USER + "?id=nobody", "", "nobody", 404, title="N", kept=False),
    bad(USER + "-roles", "roles", "captain", roles="captain", kept=False),
    bad(USER + "-roles", "roles", "says nothing", roles=None, more={"_empty": None}, kept=False),
    bad(USER + "-roles", "", "nobody", 404, id="nobody", kept=False),
    bad(USER + "-roles", "", "", 409, id="admin", roles=None, kept=False),
    bad(USER + "-groups", "groups", "nothing", 404, groups="nothing", kept=False),
    bad(USER + "-groups", "groups", "says nothing", groups=None, more={"_empty": None}, kept=False),
    bad(USER + "-password", "new_password", "", new_password="", new_password_again=""),
    bad(USER + "-password", "new_password", "at least 10", new_password="short", new_password_again="short"),
    bad(
        USER + "-password",
        "new_password",
        "",
        new_password="nora nora nora",
        new_password_again="nora nora nora",
    ),
    bad(USER + "-password", "new_password_again", "differ", new_password_again="other"),
    bad(USER + "-password", "", "nobody", 404, id="nobody", kept=False),
    bad(USER + "-sessions", "", "nobody", 404, id="nobody", kept=False),
    bad(USER + "-remove", "", "nobody", 404, id="nobody", kept=False),
    bad(USER + "-remove", "", "", 409, id="admin", kept=False),
    bad("/manage/@@roles", "name", "Small letters", name="Press Editor"),
    bad("/manage/@@roles", "name", "already", 409, name="editor"),
    bad("/manage/@@role-remove", "", "nothing", 404, remove="nothing", kept=False),
    bad(GROUPS, "name", "letters", name="two words"),
    bad(GROUPS, "name", "staff", 409, name="staff"),
    bad(GROUPS, "name", "''", name=""),
    bad(GROUPS, "title", "without", title="a\x00b"),
    bad(GROUPS, "roles", "captain", roles="captain", kept=False),
    bad(GROUP + "?id=staff", "title", "without", title="a\x00b"),
    bad(GROUP + "?id=nothing", "", "nothing", 404, title="N", kept=False),
    bad(GROUP + "-roles", "roles", "captain", roles="captain", kept=False),
    bad(GROUP + "-roles", "roles", "says nothing", roles=None, more={"_empty": None}, kept=False),
    bad(GROUP + "-groups", "groups", "in itself", id="crew", groups="staff", status=409, kept=False),
    bad(GROUP + "-groups", "groups", "nothing", 404, groups="nothing", kept=False),
    bad("/manage/@@user-link", "", "nobody", 404, id="nobody", kept=False),
    bad("/manage/@@user-link", "", "ines may not", 403, "ines", kept=False),
    bad("/manage/@@inspect-export", "", "up to 16 digits", oid="zz", kept=False),
    bad("/manage/@@inspect-export", "", "", 404, oid="ffffffffffffff", kept=False),
    bad("/manage/@@inspect-export", "", "Only records of resources", 403, oid="0", kept=False),
    bad("/manage/@@inspect-export", "", "ines may not", 403, "ines", kept=False),
    bad(VIEW_AS, "who", "Say as whom", more={"who": ""}),
    bad(VIEW_AS, "who", "nobody", 404, more={"who": "nobody"}),
    bad(VIEW_AS, "who", "nothing", 404, more={"who": "a\x00b"}, kept=False),
    bad(VIEW_AS, "who", "yourself already", 409, more={"who": "admin"}),
    bad(VIEW_AS, "", "ines may not", 403, "ines", kept=False),
    bad(GROUP + "-members", "add", "nobody", add="nobody"),
    bad(GROUP + "-members", "add", "Choose somebody", add=""),
    bad(GROUP + "-members", "add", "no person and no group", add="group:"),
    bad(GROUP + "-members", "add", "staff", 409, add="group:staff"),
    bad(GROUP + "-members", "add", "", 404, remove="user:nobody", kept=False),
    bad(GROUP + "-remove", "", "nothing", 404, id="nothing", kept=False),
    bad(PROFILE, "email", "e-mail", email="nobody"),
    bad(PROFILE, "title", "without", title="a\x00b"),
    bad(PROFILE + "-password", "current_password", "not your password", current_password="wrong"),
    bad(
        PROFILE + "-password", "new_password", "at least 10", new_password="short", new_password_again="short"
    ),
    bad(PROFILE + "-password", "new_password_again", "differ", new_password_again="other"),
    bad(PROFILE + "-sessions", "", "session", 404, end="0123456789abcdef", kept=False),
    bad(TOKEN, "title", "", title=""),
    bad(TOKEN, "days", "", days="soon"),
    bad(TOKEN, "days", "", days="-1"),
    bad(TOKEN, "place", "nothing", place="/nowhere"),
    bad(TOKEN, "permissions", "", permissions="sail", kept=False),
    bad("/manage/@@token-revoke", "", "gone already", 303, kept=False),
    bad("/manage/@@token-revoke", "", "nobody", 404, id="nobody", kept=False),
    bad(SECURITY, "add", "nobody", add="nobody"),
    bad(SECURITY, "add", "Choose somebody", add=""),
    bad(SECURITY, "roles", "Choose a role", roles=None),
    bad(SECURITY, "roles", "captain", roles="captain", kept=False),
    bad(SECURITY, "", "nora may not", 403, "nora", kept=False),
    bad(SECURITY + "-remove", "", "nobody", 404, remove="editor user:nobody", kept=False),
    bad(SECURITY + "-remove", "", "nothing at", 404, remove="nonsense", kept=False),
    bad(SECURITY + "-cut", "down", "weather", down="weather", kept=False),
    bad(SECURITY + "-cut", "down", "says nothing", down=None, more={"_empty": None}, kept=False),
    bad(SECURITY + "-permission", "", "sail", permission="sail", kept=False),
    bad(SECURITY + "-permission", "holders", "captain", holders="captain", kept=False),
    bad(SECURITY + "-permission", "holders", "says nothing", holders=None, more={"_empty": None}, kept=False),
]

WHOLE_SITE = [
    bad("/manage/@@edit", "title", "without", title="a\x00b"),
    bad("/manage/@@edit", "time_zone", "Mars/Base", time_zone="Mars/Base"),
    bad("/manage/@@edit", "", "ines may not", 403, "ines", kept=False),
    bad(SITE, "title", "at most 200 characters", title="x" * 201),
    bad(SITE, "time_zone", "Mars/Base", time_zone="Mars/Base"),
    bad(SITE, "locale", "en us", locale="en us"),
    bad(SITE, "locale", "--", locale="--"),
    bad(SITE, "front_page", "/gone", front_page="/gone"),
    bad(SITE, "front_page", "path", front_page="nonsense"),
    bad(SITE, "logo", "2,500,000,000 pixels", logo=BOMB, kept=False),
    bad(SITE, "logo", "damaged", logo=TRUNCATED, kept=False),
    bad(SITE, "logo", "image", logo=("logo.png", b"no image", "image/png"), kept=False),
    bad(NAVIGATION, "add", "Choose a page", 409, add=""),
    bad(NAVIGATION, "add", "nothing", 409, add="nothing", kept=False),
    bad(NAVIGATION, "add", "holds nothing", 409, add="../../etc", kept=False),
    bad(NAVIGATION, "add", "holds nothing", 409, add="news/tides", kept=False),
    bad(NAVIGATION, "add", "meanwhile", 409, up="/gone", kept=False),
    bad("/manage/@@audit-export", "", "csv", 400, kind="exe", kept=False),
    bad("/manage/@@audit-export", "", "nora may not", 403, "nora", kept=False),
    bad("/manage/@@catalog", "", "There is no index", kept=False, index="nothing"),
    bad("/manage/@@catalog", "", "There is no index", kept=False, index="<b>"),
    bad("/manage/@@redirects", "path", "a path of this site", more={"path": "old"}),
    bad("/manage/@@redirects", "path", "a path of this site", more={"path": ""}),
    bad("/manage/@@redirects", "path", "a path of this site", more={"path": "/old?page=1"}),
    bad("/manage/@@redirects", "path", "printable characters", more={"path": "/a/../b"}),
    bad("/manage/@@redirects", "path", "printable characters", more={"path": "/" + "x" * 3_000}),
    bad("/manage/@@redirects", "path", "is the address of something", more={"path": "/news/tides/"}),
    bad("/manage/@@redirects", "target", "something that is there", target="/nowhere"),
    bad("/manage/@@redirects", "target", "something that is there", target="news"),
    bad("/manage/@@redirects", "", "may not", 403, "nora", kept=False),
    bad("/manage/@@redirect-remove", "", "path", 400, more={"path": None}, kept=False),
    bad("/manage/@@redirect-remove", "", "may not", 403, "nora", kept=False),
    bad("/manage/@@operations", "", "cancelled or begun again", cancel=None, kept=False),
    bad("/manage/@@operations", "", "long operation", 404, cancel="nothing", kept=False),
    bad(
        "/manage/@@operations",
        "",
        "long operation",
        404,
        more={"cancel": None, "again": "nothing"},
        kept=False,
    ),
    bad("/manage/@@pack", "days", "number of days", days="soon"),
    bad("/manage/@@pack", "days", "-1", days="-1"),
    bad("/manage/@@pack", "days", "nan", days="nan"),
    bad("/manage/@@pack", "days", "inf", days="inf"),
    bad("/manage/@@pack", "days", "from 0 to 36,500", days="1e400"),
    bad("/manage/@@pack", "days", "from 0 to 36,500", days="99999999999"),
    bad("/manage/@@pack", "days", "number of days", days=""),
    bad("/manage/@@backup", "name", "", name=""),
    bad("/manage/@@backup", "name", "", name=".."),
    bad("/manage/@@backup", "name", "", name="a/b"),
    bad("/manage/@@backup", "name", "", name="a\x00b"),
    bad("/manage/@@backup", "name", "", name=LONG),
    bad("/manage/@@errors", "ticket", "no such error any more", 409, ticket="00000000"),
    bad("/manage/@@errors", "ticket", "no such error any more", 409, ticket=""),
    bad("/manage/@@errors", "ticket", "no such error any more", 409, ticket="<b>"),
    bad("/manage/@@purge", "", "not in the trash", 303, pick="nothing", kept=False),
    bad("/manage/@@purge", "", "not in the trash", 303, pick=None, upto="!", kept=False),
    bad("/manage/@@purge", "", "manage", 403, "ines", kept=False),
    bad(RESTORE, "place", "/nowhere", 409, place="/nowhere"),
    bad(RESTORE, "place", "/news/tides", 409, place="/news/tides"),
    bad(RESTORE, "place", "“tides-2” is free", 409, name="tides", kept=False),
    bad(RESTORE, "place", "slash", 409, name="a/b"),
    bad(RESTORE, "", "not in the trash", 303, pick="nothing", kept=False),
    bad("/manage/@@restore-and-save", "", "nothing here", 404, kept=False),
    bad("/manage/@@restore-and-save", "", "nothing here", 404, kept=False, more={"_entry": "x"}),
    bad("/manage/@@look", "", "theme", 400, theme="loud", kept=False),
    bad("/manage/news/tides/@@title", "title", "", title=""),
    bad("/manage/news/tides/@@title", "", "may not", 403, "nora", kept=False),
    bad("/manage/@@title", "title", "", title="x" * 201),
    bad("/manage/@@keys", "", "keys", 400, keys="perhaps", kept=False),
    bad("/manage/@@undo", "", "token", 400, token=None, kept=False),
    bad("/manage/@@undo", "", "undone already", 303, kept=False),
    bad("/manage/@@undo", "", "undone already", 303, kept=False, back="//evil.example/"),
]

ALL = CONTENT + FOLDERS + PEOPLE + WHOLE_SITE
