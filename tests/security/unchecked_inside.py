"""The checks that views open to all make by themselves, taken away in turn: does anybody notice?

The publisher asks nothing before such a view. What it may show is decided inside, and noticed here by what a
visitor and somebody without any role are answered. Of some there is nothing to take away: `OPEN` says why.
"""

from contextlib import ExitStack

from objpub.manage import permission
from objpub.manage import person
from objpub.manage import profile
from objpub.manage import purging
from objpub.operations import delete
from objpub.operations import may_restore
from objpub.security import Policy
from objpub.security import SYSTEM
from tests.security.asked import checks_of
from tests.security.deeds import changed
from tests.security.exhibit import Paper
from tests.security.exposure import headers_of

MARK = "Zebrafish"
ASKING = ("nobody", "member")
OPEN = {
    "GET Site @@forgotten": "whoever has forgotten a password has not signed in",
    "POST Site @@forgotten": "the answer is the same for everybody",
    "GET Site @@login": "it is the way in",
    "POST Site @@login": "what it checks is the password",
    "GET Site @@logout": "a form with one button",
    "POST Site @@logout": "it ends one's own session, if there is one",
    "GET Site @@reset": "a form, filled by the script of a link",
    "POST Site @@reset": "what it checks is the link, which `unchecked` takes away",
    "POST manage/Site @@undo": "it takes back what a session of one's own keeps",
    "POST manage/Site @@look": "it sets colours, in a cookie",
    "GET Site @@sitemap.xml": "the catalog decides what it finds for nobody, see tests/feeds",
    "GET Paper @@open": "a view of the small site that is open to all",
}
#: Questions inside, and what they answer when they are not asked.
CHECKS = {
    permission.check_signed_in: lambda *_: None,
    permission.visible: lambda *_: True,
    purging.check_may: lambda *_: None,
    may_restore: lambda *_: True,
    person.person: lambda request: request.site.users.get("ben"),
    profile.myself: lambda request: request.site.users.get("ben"),
}
#: What is sent to a view so that there is something to see, or to do.
SENT = {
    "manage/Site @@trash": {},
    "manage/Site @@restore": {"pick": "{entry}"},
    "manage/Site @@purge": {"pick": "{entry}"},
    "manage/Site @@restore-and-save": {"_entry": "{entry}"},
    "manage/Site @@token-add": {"id": "ben"},
    "manage/Site @@token-revoke": {"id": "ben", "token": "x"},
    "manage/Site @@undo": {"token": "x"},
}


def prepare(show):
    """Put something into the trash that neither a visitor nor somebody without a role may see."""
    with show.site.work() as root:
        root["hidden"].add("fish", Paper(title=MARK))
        return delete(SYSTEM, root["hidden"]["fish"]).__name__


def answers(show, label, entry):
    """Return what each of ASKING is answered by a view: status, where to, whether it tells, and how much."""
    method, rest = label.split(" ", 1)
    place, _, view = rest.partition(" ")
    area = "/manage" if place.startswith("manage/") else ""
    path = f"{area}/{view}"
    data = {name: value.format(entry=entry) for name, value in SENT.get(rest, {}).items()}
    found = []
    for who in ASKING:
        ask = show.site.browser()
        query = "?" + "&".join(f"{name}={value}" for name, value in data.items()) if data else ""
        answer = (
            ask.request("GET", path + query, headers=headers_of(who, {}))
            if method == "GET"
            else ask.request("POST", path, headers=headers_of(who, {}), data=data)
        )
        found.append((answer.status, answer.headers.get("Location", ""), MARK in answer.text))
    return found


def checks_in(view):
    """Return (module, name) of each of CHECKS that *view* asks, itself or by what it calls."""
    found = dict.fromkeys(each for each in checks_of(view.function, CHECKS, "objpub.manage"))
    return sorted(found, key=lambda each: (each[0].__name__, each[1]))


def open_views(show):
    """Return label → view, for those that the publisher asks nothing about."""
    return {label: view for label, view in show.views().items() if view.permission is None}


def survivors(show):
    """Return what can be taken away without another answer, and how much was taken away.

    Each check alone; where an operation below asks once more, all of them and the policy together.
    """
    entry = prepare(show)
    found, number = [], 0
    for label, view in open_views(show).items():
        if label in OPEN:
            continue
        before, checks = answers(show, label, entry), checks_in(view)
        number += len(checks)
        if not any(answers_without(show, label, entry, [each]) != before for each in checks):
            with changed(Policy, "can", lambda *_: True):
                if answers_without(show, label, entry, checks) == before:
                    found.append(f"{label}: {', '.join(name for _, name in checks) or 'asks nothing'}")
    return found, number


def answers_without(show, label, entry, checks):
    """Return `answers` while *checks* are not asked."""
    with ExitStack() as taken:
        for module, name in checks:
            taken.enter_context(changed(module, name, CHECKS[getattr(module, name)]))
        return answers(show, label, entry)


def leaks(show):
    """Return the labels of views that tell a visitor, or somebody without a role, what is hidden from him."""
    entry = prepare(show)
    return [
        label
        for label in open_views(show)
        if label not in OPEN and any(tells for _, _, tells in answers(show, label, entry))
    ]
