"""What the application does, whatever it is written in: the suite that judges each of them.

Each check is a function of a Stage, which has visitors; an AssertionError says what is wrong. Addresses are
found as people find them, by links and forms. A form that is refused may be answered 200, 400 or 422.
"""

import json

from .visitor import Visitor

NAME, PASSWORD = "ann", "a long pass phrase"
REFUSED_FORM = (200, 400, 422)
NOT_ALLOWED = (302, 303, 400, 401, 403)


class Stage:
    """An application at a *port*, and who looks at it."""

    def __init__(self, port):
        self.port = port
        self.visitors = []

    def close(self):
        """Let all visitors go."""
        for each in self.visitors:
            each.connection.close()

    def visitor(self):
        """Return somebody who has not signed in."""
        self.visitors.append(Visitor(self.port))
        return self.visitors[-1]

    def ann(self):
        """Return somebody who has."""
        ann = self.visitor()
        ann.sign_in(NAME, PASSWORD)
        return ann

    def text(self, title, text="Twice a day."):
        """Return the page of a new text."""
        ann = self.ann()
        page = ann.open(ann.open().links["Add a text"])
        return ann.done(ann.send(page.form("title", "text"), {"title": title, "text": text}))


def visitors_read(stage):
    """A visitor reads the list and a text, and is offered nothing else."""
    made = stage.text("Tides of the <North> Sea", "Twice a day.\n<b>& more</b>")
    visitor = stage.visitor()
    front = visitor.open()
    assert front.status == 200
    assert "Add a text" not in front.links
    page = visitor.open(front.links["Tides of the <North> Sea"])
    assert (page.address, page.heading) == (made.address, "Tides of the <North> Sea")
    assert "&lt;b&gt;&amp; more&lt;/b&gt;" in page.text
    assert "Edit" not in page.links
    assert page.form() is None


def head_is_a_get_without_a_body(stage):
    """HEAD is answered as GET is, without the page."""
    answer = stage.visitor().ask("HEAD", "/")
    assert (answer.status, answer.body) == (200, b"")


def what_is_missing_is_missing(stage):
    """An address of nothing is a 404, and so is its JSON."""
    for address in ("/4711", "/4711/", "/nothing/here", "/4711/json"):
        assert stage.visitor().open(address).status == 404, address


def signing_in_and_out(stage):
    """A wrong password is refused, a right one leads back, and signing out ends it."""
    visitor = stage.visitor()
    page = visitor.open(visitor.open().links["Sign in"])
    name = "name" if page.form("name", "password") else "username"
    form = page.form(name, "password")
    wrong = visitor.send(form, {name: NAME, "password": "guessed"})
    assert wrong.status in (*REFUSED_FORM, 401)
    assert "Sign out" not in visitor.open().text
    visitor.sign_in(NAME, PASSWORD)
    front = visitor.open()
    assert "Sign out" in front.text
    leave = next((each for each in front.forms if each.words == "Sign out"), None)
    if leave is None:
        leave = next(each for each in visitor.open(front.links["Sign out"]).forms if each.words == "Sign out")
    visitor.done(visitor.send(leave))
    assert "Sign out" not in visitor.open().text


def who_wants_to_add_is_asked_to_sign_in_and_comes_back(stage):
    """The address of the form leads a visitor to the sign-in, and from there to the form."""
    add = stage.ann().open().links["Add a text"]
    visitor = stage.visitor()
    page = visitor.open(add)
    assert page.form("title", "text") is None
    form = next(each for each in page.forms if "password" in each.fields)
    name = "name" if "name" in form.fields else "username"
    back = visitor.done(visitor.send(form, {name: NAME, "password": PASSWORD}))
    assert back.form("title", "text") is not None


def nobody_is_sent_elsewhere_by_signing_in(stage):
    """An address of another site is not where a sign-in leads."""
    for name in ("next", "came_from"):
        for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example/"):
            visitor = stage.visitor()
            page = visitor.open(f"{visitor.open().links['Sign in']}?{name}={elsewhere}")
            form = next(each for each in page.forms if "password" in each.fields)
            field = "name" if "name" in form.fields else "username"
            answer = visitor.send(form, {field: NAME, "password": PASSWORD})
            assert "evil" not in (answer.headers["Location"] or ""), answer.headers["Location"]


def adding(stage):
    """A text that is sent stands in the list and on a page of its own."""
    page = stage.text("Dunes", "Sand & grass")
    assert (page.heading, "Sand &amp; grass" in page.text) == ("Dunes", True)
    assert stage.visitor().open().links["Dunes"] == page.address


def what_does_not_fit_is_asked_again(stage):
    """Without a title or with one that is too long nothing is added, and what was typed is kept."""
    ann = stage.ann()
    page = ann.open(ann.open().links["Add a text"])
    before = all_titles(ann)
    for title, text in (("", "Typed with care"), ("x" * 101, "Typed with care"), ("A title typed", "")):
        answer = ann.send(page.form("title", "text"), {"title": title, "text": text})
        assert answer.status in REFUSED_FORM, answer.status
        again = answer.form("title", "text")
        assert (again.fields["title"], again.fields["text"]) == (title, text)
    assert all_titles(ann) == before


def editing(stage):
    """The form has what is there; what is sent replaces it, and nothing that does not fit."""
    page = stage.text("Harbour", "Boats\n\n  and ropes")
    ann = stage.ann()
    form = ann.open(ann.open(page.address).links["Edit"]).form("title", "text")
    assert form.fields["title"] == "Harbour"
    assert form.fields["text"].replace("\r\n", "\n") == "Boats\n\n  and ropes"
    assert ann.send(form, {"title": ""}).status in REFUSED_FORM
    assert ann.open(page.address).heading == "Harbour"
    assert ann.done(ann.send(form, {"title": "The harbour"})).heading == "The harbour"
    assert "and ropes" in stage.visitor().open(page.address).text


def deleting(stage):
    """The button deletes; looking at its address does not."""
    page = stage.text("Old news")
    ann = stage.ann()
    form = ann.open(page.address).form()
    assert ann.ask("GET", form.action).status in (400, 404, 405)
    assert ann.open(page.address).status == 200
    front = ann.done(ann.send(form))
    assert "Deleted" in front.text
    assert "Old news" not in front.links
    assert ann.open(page.address).status == 404


def visitors_change_nothing(stage):
    """Who sends a form without having signed in changes nothing."""
    page = stage.text("Locked")
    ann, visitor = stage.ann(), stage.visitor()
    shown = ann.open(page.address)
    edit = ann.open(shown.links["Edit"]).form("title", "text")
    add = ann.open(ann.open().links["Add a text"]).form("title", "text")
    for form in (edit, add, shown.form()):
        assert visitor.send(form, {"title": "Cheap watches", "text": "!"}).status in NOT_ALLOWED
    assert visitor.open(page.address).heading == "Locked"
    assert "Cheap watches" not in all_titles(visitor)


def other_sites_change_nothing(stage):
    """A form on another site is refused although the browser has signed in."""
    page = stage.text("Signed")
    ann = stage.ann()
    shown = ann.open(page.address)
    for form in (ann.open(shown.links["Edit"]).form("title", "text"), shown.form()):
        form.fields = {name: value for name, value in form.fields.items() if name in ("title", "text")}
        foreign = {
            "Origin": "https://evil.example",
            "Referer": "https://evil.example/",
            "Sec-Fetch-Site": "cross-site",
        }
        answer = ann.send(form, {"title": "Cheap watches"}, foreign)
        assert answer.status in (400, 403), answer.status
    assert ann.open(page.address).heading == "Signed"


def the_list_comes_in_pages(stage):
    """At most twenty texts stand on a page, and "More" leads to all of them."""
    for number in range(45):
        stage_add(stage, {"title": f"Page {number:02}", "text": "One of many"})
    visitor = stage.visitor()
    found, page = set(), visitor.open()
    while True:
        titles = [title for title in page.links if title.startswith("Page ")]
        assert len(titles) <= 20
        found.update(titles)
        if "More" not in page.links:
            break
        page = visitor.open(page.links["More"])
    assert found == {f"Page {number:02}" for number in range(45)}


def programs_read(stage):
    """The list and each text are there as JSON, where the page says."""
    page = stage.text("For programs", "Ärger & more")
    visitor = stage.visitor()
    assert visitor.data(visitor.open(page.address).json) | {"url": ""} == {
        "title": "For programs",
        "text": "Ärger & more",
        "url": "",
    }
    listed = visitor.data(visitor.open().json)
    assert listed
    for each in listed:
        assert set(each) == {"title", "url"}
        assert visitor.open(each["url"]).heading == each["title"]


def programs_add(stage):
    """JSON that fits is added, 201; what does not fit is refused with the name of the field."""
    made = stage_add(stage, {"title": "By a program", "text": "Beep"})
    assert made.status == 201
    assert json.loads(made.body)["title"] == "By a program"
    assert stage.visitor().open(json.loads(made.body)["url"]).heading == "By a program"
    for wrong in ({"text": "Beep"}, {"title": "x" * 101, "text": "Beep"}, {"title": "", "text": "Beep"}):
        answer = stage_add(stage, wrong)
        assert answer.status in (400, 422), (wrong, answer.status)
        assert "title" in json.loads(answer.body)["errors"]
    assert stage_add(stage, ["title"]).status in (400, 422)
    assert stage_add(stage, None, b"{").status == 400
    visitor = stage.visitor()
    address = visitor.open().json
    sent = {"Content-Type": "application/json", "Accept": "application/json"}
    answer = visitor.ask("POST", address, json.dumps({"title": "Cheap", "text": "!"}), sent)
    assert answer.status in NOT_ALLOWED


def stage_add(stage, value, raw=None):
    """Send *value* as JSON, as a script of the site's own pages would: with the token of its forms."""
    ann = stage.ann()
    page = ann.open(ann.open().links["Add a text"])
    fields = page.form("title", "text").fields
    token = next((fields[name] for name in ("csrf_token", "csrfmiddlewaretoken") if name in fields), "")
    sent = {"Content-Type": "application/json", "Accept": "application/json"}
    sent |= {"X-CSRFToken": token, "X-CSRF-Token": token} if token else {}
    return ann.ask("POST", ann.open().json, raw or json.dumps(value), sent)


def all_titles(visitor):
    """Return the words of every link in the list."""
    page = visitor.open()
    found = set(page.links)
    while "More" in page.links:
        page = visitor.open(page.links["More"])
        found |= set(page.links)
    return found


CHECKS = (
    visitors_read,
    head_is_a_get_without_a_body,
    what_is_missing_is_missing,
    signing_in_and_out,
    who_wants_to_add_is_asked_to_sign_in_and_comes_back,
    nobody_is_sent_elsewhere_by_signing_in,
    adding,
    what_does_not_fit_is_asked_again,
    editing,
    deleting,
    visitors_change_nothing,
    other_sites_change_nothing,
    the_list_comes_in_pages,
    programs_read,
    programs_add,
)


def judged(port):
    """Return (name of a check, what is wrong or "") of each check of the application at *port*."""
    found = []
    for check in CHECKS:
        stage = Stage(port)
        try:
            check(stage)
            found.append((check.__name__, ""))
        except Exception as error:  # whatever a broken application makes the visitor stumble over
            found.append((check.__name__, f"{type(error).__name__}: {error}"))
        finally:
            stage.close()
    return found
