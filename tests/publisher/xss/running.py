"""The pages that are looked at, in a browser that obeys the pages' policy (CSP) and in one that does not."""

from contextlib import contextmanager
from urllib.parse import quote

from objpub import testing
from tests.browsing import served

from .filling import fill
from .filling import lines
from .looking import watched
from .payloads import PAYLOADS

THINGS = ("objpub.importing", "tests.publisher.xss.kinds")
SETTINGS = {"limits.fields": 5_000}
ASKED = ("/login?came_from=", "/login?x=", "/cards/?after=", "/cards/@@", "/")
REFLECTED = 3_000  # bytes of payloads in one address
MESSAGE = 700

PUBLIC = [
    "/",
    "/cards/",
    "/cards/@@all",
    "/many/",
    "/many/everything",
    "/many/document",
    "/files/",
    "/login",
    "/nothing",
]
FILES = ["/files/b.txt", "/files/i3", "/files/i3/scale/small"]
MANAGE = [
    *("", "@@users", "@@user?id=u3", "@@group?id=g0", "@@groups", "@@roles", "@@audit", "@@trash", "@@site"),
    *(
        "@@profile",
        "@@security?who=user:u3&may=edit",
        "@@token-add",
        "@@database",
        "@@users-add",
        "@@groups-add",
    ),
    *("cards/", "cards/@@edit", "cards/@@add", "cards/@@add?type=card", "cards/@@security", "cards/@@upload"),
    *(
        "cards/@@move?pick=c1&pick=c2",
        "cards/@@copy?pick=c1",
        "cards/@@rename?pick=c1",
        "cards/@@delete?pick=c1",
    ),
    *(
        "cards/c1/@@references",
        "cards/c1/@@edit",
        "cards/c1/@@security",
        "cards/?find=script",
        "cards/h5/@@edit",
    ),
    *(
        "many/",
        "many/everything/@@edit",
        "many/document/@@edit",
        "files/",
        "files/f3/@@file",
        "files/f3/@@edit",
    ),
    *(
        "files/i3/@@file",
        "files/i3/@@edit",
        "files/@@describe?pick=i3&pick=i4",
        "files/@@delete?pick=f3&pick=i3",
    ),
    *("@@pack", "@@backup", "@@user-remove?id=u3", "@@group-remove?id=g0", "@@restore", "@@purge", "nothing"),
]


#: With the policy of the pages they show what nothing but that policy stops: images from elsewhere.
FEW = [
    "",
    "cards/",
    "cards/@@edit",
    "many/document/@@edit",
    "files/i3/@@edit",
    "@@trash",
    "@@users",
    "@@audit",
]


@contextmanager
def filled(*things, whole=True, **settings):
    """Give a site full of payloads, and its address. things: which it is made of, besides."""
    with testing.site(*THINGS, *things, settings={**SETTINGS, **settings}, file=True) as site:
        fill(site, whole)
        with served(site) as address:
            yield site, address


def look_at(browser, site, address, strict, whole):
    """Look at every page in one way, and return a Watch. whole: at each card and address by itself, too."""
    with watched(browser, site, address, strict) as (sign_in, watch):
        page = sign_in(None)
        for path in PUBLIC:
            watch.go(page, path)
        if whole or not strict:
            reflected(page, watch, whole)
        page = sign_in("admin")
        watch.go(page, "/many/everything")  # with the bar of those who may edit
        for path in FILES:
            watch.open(page, path)
        for path in FEW if strict and not whole else MANAGE:
            watch.go(page, f"/manage/{path}")
        refused(page, watch, whole)
        previewed(page, watch)
        if whole:
            by_themselves(page, watch)
    return watch


def reflected(page, watch, whole):
    """Look at pages that show what stands in their address, or in what a form sent."""
    texts = PAYLOADS if whole else joined(PAYLOADS, REFLECTED)
    requests = [("GET", f"{path}{quote(text, safe='')}", []) for text in texts for path in ASKED]
    for text in texts:
        fields = [[name, text] for name in ("title", "kept", "came_from", text[:80], f'x"{text[:80]}')]
        requests.append(
            ("POST", "/manage/cards/@@edit", fields)
        )  # that nobody may: the form to sign in keeps it
    watch.look_at_all(page, requests)
    name = texts[len(texts) // 2]
    watch.look_at_all(page, [("POST", "/login", [["name", name], ["password", name], ["came_from", name]])])


def refused(page, watch, whole):
    """Look at forms that show once more what was refused, and at messages."""
    texts = PAYLOADS if whole else ["\n\n".join(PAYLOADS), joined(PAYLOADS, REFLECTED)[1]]
    requests = []
    for text in texts:
        fields = [
            [name, lines(text)] for name in ("note", "home", "words", "tags", "body", "text", "mood", "_name")
        ]
        refused_title = [["title", ""], *fields, ["_serial", text], ["_started", text]]
        requests.append(("POST", "/manage/many/everything/@@edit", refused_title))
        requests.append(("POST", "/manage/cards/@@add?type=card", refused_title))
        requests.append(("POST", "/manage/@@users-add", [["id", text], ["title", text], ["email", text]]))
        requests.append(("POST", "/manage/@@groups-add", [["id", text], ["title", text]]))
        requests.append(
            ("POST", "/manage/@@site", [["title", text * 2], ["time_zone", text], ["locale", text]])
        )
        requests.append(("POST", "/manage/cards/@@rename", [["pick", "c1"], ["name", text], ["title", text]]))
        requests.append(("POST", "/manage/cards/@@move", [["pick", "c1"], ["to", text]]))
        requests.append(("POST", "/manage/@@undo", [["token", text], ["back", text]]))
    for text in joined(PAYLOADS, MESSAGE)[:: 1 if whole else 8]:
        requests.append(("POST", "/told", [["text", text]]))
    watch.look_at_all(page, requests)


def previewed(page, watch):
    """Look at what the scripts of a form make of what people wrote: an editor, and a preview."""
    watch.go(page, "/manage/many/everything/@@edit")
    page.locator("[data-widget=markdown] [role=tab]").nth(1).click()
    page.locator("[data-widget=markdown] .seen .text > *").first.wait_for()
    watch.look(page)
    page.locator(".rich .tools button", has_text="HTML").first.click()
    source = page.locator("[data-widget=richtext] textarea").first
    source.fill("\n".join(map(lines, PAYLOADS)))
    page.locator(".rich .tools button", has_text="HTML").first.click()
    page.locator(".rich .prose-in > *").first.wait_for()
    watch.look(page)
    page.evaluate(PASTE, "\n".join(map(lines, PAYLOADS)))
    watch.look(page)


#: Pastes HTML into the editor, as from another program.
PASTE = """(html) => {
    const text = document.querySelector(".rich .prose-in");
    text.focus();
    const carried = new DataTransfer();
    carried.setData("text/html", html);
    const options = { clipboardData: carried, bubbles: true, cancelable: true };
    text.dispatchEvent(new ClipboardEvent("paste", options));
}"""


def by_themselves(page, watch):
    """Look at the page, and at the form, of each thing that has one payload."""
    requests = []
    for number in range(len(PAYLOADS)):
        for path in (f"/cards/c{number}", f"/cards/m{number}", f"/cards/h{number}"):
            requests += [("GET", path, []), ("GET", f"/manage{path}/@@edit", [])]
        requests.append(("GET", f"/manage/files/f{number}/@@edit", []))
        requests.append(("GET", f"/manage/@@user?id=u{number}", []))
        requests.append(("GET", f"/manage/cards/c{number}/@@security", []))
    watch.look_at_all(page, requests)


def joined(texts, most):
    """Return *texts*, several of them in one as long as that has at most *most* characters."""
    found = [""]
    for text in texts:
        if found[-1] and len(quote(found[-1])) + len(quote(text)) > most:
            found.append("")
        found[-1] += f"{text} "
    return found
