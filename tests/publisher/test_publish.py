"""One request, from begin to commit: methods, the one URL, retries, and what comes after the commit."""

import threading

import pytest
import transaction.interfaces
from ZODB.POSException import ConflictError
from ZODB.POSException import ReadConflictError

from objpub import Added
from objpub import on
from objpub import Site
from objpub import testing
from objpub.database import transaction_for
from objpub.errors import Busy
from objpub.views import Response
from objpub.views import view
from tests.publisher.model import Box
from tests.publisher.model import fill
from tests.publisher.model import model_site
from tests.publisher.model import Page


@pytest.fixture(scope="module")
def shared():
    """A site that no test changes."""
    with model_site() as site:
        yield fill(site)


def site_with(*views, **settings):
    """Return the context manager of a site with these views of the site itself."""
    return testing.site(Page, Box, *views, settings=settings)


# Methods


def test_head_is_get_without_a_body(shared):
    got, head = (shared.client.request(method, "/box/page") for method in ("GET", "HEAD"))
    assert (head.status, head.raw) == (200, b"")
    unlike = {"X-Request-Id"}
    assert [each for each in head.headers.pairs if each[0] not in unlike] == [
        each for each in got.headers.pairs if each[0] not in unlike
    ]
    assert int(head.headers["Content-Length"]) == len(got.raw)


@pytest.mark.parametrize("path", ["/box/file", "/static/objpub-publisher/plain.css", "/box/page/streams"])
def test_head_knows_the_length_of_files_and_streams(shared, path):
    assert shared.client.head(path).headers["Content-Length"] == str(len(shared.client.get(path).raw))


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/box/page", "GET, HEAD, OPTIONS"),
        ("/box/page/save", "OPTIONS, POST"),
        ("/box/page/secret", "GET, HEAD, OPTIONS, POST"),
        ("/box/page/body", "OPTIONS, POST, PUT"),
        ("/", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_says_which_methods_there_are(shared, path, methods):
    response = shared.browser().login("mia").request("OPTIONS", path)
    assert (response.status, response.raw) == (204, b"")
    assert response.headers["Allow"] == methods


def test_a_view_for_several_methods_knows_which_it_was():
    @view(Site, "which", method=["GET", "POST", "PUT", "PATCH", "DELETE"], permission="public")
    def which(site, request):
        return request.method

    with site_with(which) as site:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            assert site.client.request(method, "/which").text == method


# The one URL of a resource


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/box", "/box/"),
        ("/box?a=1&b=%C3%BC", "/box/?a=1&b=%C3%BC"),
        ("/box/page/", "/box/page"),
        ("/box//page", "/box/page"),
        ("//box/page", "/box/page"),
        ("/./box/page", "/box/page"),
        ("/box/inner/../page", "/box/page"),
        ("/box/page/typed/", "/box/page/typed"),
        ("/box/page/@@typed/", "/box/page/@@typed"),
        ("/box/page/.", "/box/page"),
        ("/box/2026/", "/box/2026"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_another_way_of_writing_it_is_redirected(shared, path, location, method):
    response = shared.client.request(method, path)
    assert (response.status, response.raw) == (308, b"")
    assert response.location == location


@pytest.mark.parametrize(
    "path", ["/", "/box/", "/box/page", "/box/page/typed", "/box/page/@@typed", "/box/2026"]
)
def test_its_own_url_is_answered(shared, path):
    assert shared.client.get(path).status == 200


def test_where_one_may_not_look_nothing_is_told_of_the_url(shared):
    assert "login" in shared.client.get("/box/page/secret/").location


def test_a_redirect_keeps_to_this_host(shared):
    response = shared.client.get("//evil.example/..//box")
    assert response.location.startswith("/") and not response.location.startswith("//")


# Reading does not write


@pytest.mark.parametrize("path", ["/box/page/writes", "/box/page/quietly"])
def test_a_view_that_writes_while_reading_is_an_error_and_writes_nothing(shared, path, caplog):
    assert shared.client.get(path).status == 500  # the first one is kept as a ticket, the next ones are not
    before = shared.last_transaction()
    assert shared.client.get(path).status == 500
    assert "only reads changed attribute 'count' of '/box/page'" in caplog.text
    assert "page.count += 1" in caplog.text
    assert shared.last_transaction() == before
    assert "<dd>0</dd>" in shared.client.get("/box/page").text


def test_a_view_that_raises_changes_nothing(shared):
    assert shared.client.post("/box/page/fails").status == 500
    before = shared.last_transaction()
    assert shared.client.post("/box/page/fails").status == 500
    assert shared.last_transaction() == before


def test_a_response_of_400_and_more_changes_nothing():
    @view(Site, "refuse", method="POST", permission="public")
    def refuse(site, request, status: int):
        site.title = "Changed"
        return Response(f"{status}", status=status)

    with site_with(refuse) as site:
        before = site.last_transaction()
        for status in (400, 404, 409, 418, 500, 503):
            assert site.client.post("/refuse", {"status": status}).status == status
        assert site.last_transaction() == before
        assert site.client.post("/refuse", {"status": 399}).status == 399
        assert site.last_transaction() != before


def test_a_doomed_transaction_is_not_committed():
    @view(Site, "doom", method="POST", permission="public")
    def doom(site, request):
        site.title = "Changed"
        request.connection.transaction_manager.get().doom()
        return "doomed"

    with site_with(doom) as site:
        before = site.last_transaction()
        response = site.client.post("/doom")
        assert (response.status, response.text) == (200, "doomed")
        assert site.last_transaction() == before


@pytest.mark.parametrize("error", [SystemExit, RuntimeError, RecursionError, MemoryError, StopIteration])
def test_whatever_a_view_raises_is_answered(error):
    @view(Site, "raise", method=["GET", "POST"], permission="public")
    def raise_it(site, request):
        if request.method == "POST":
            site.title = "Changed"
        raise error

    with site_with(raise_it) as site:
        assert site.client.get("/raise").status == 500
        before = site.last_transaction()
        assert site.client.post("/raise").status == 500
        assert site.last_transaction() == before
        assert site.client.get("/").status == 200


# Conflicts


CONFLICTS = [ConflictError("met"), ReadConflictError("met"), transaction.interfaces.TransientError("met")]


@pytest.mark.parametrize("error", CONFLICTS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_conflict_is_tried_again_with_a_fresh_request(error, method):
    seen = []

    @view(Site, "meet", method=["GET", "POST"], permission="public")
    def meet(site, request, text: str = ""):
        assert not hasattr(request, "left")
        request.left = "something"
        request.message("Said")
        seen.append((request, text, request.form.get("file")))
        if len(seen) < 4:
            raise error
        return text

    with site_with(meet) as site:
        options = {"data": {"text": "kept"}, "files": {"file": b"bytes"}} if method == "POST" else {}
        response = site.client.request(method, "/meet?text=kept", **options)
        assert (response.status, response.text) == (200, "kept")
        assert len({id(request) for request, _, _ in seen}) == 4
        assert len({file for _, _, file in seen}) == 1
        assert len(response.headers.all("Set-Cookie")) == 1
        assert site.application.conflicts == {0: 1, 1: 1, 2: 1}


def test_a_conflict_that_lasts_is_503_after_the_attempts_that_are_set():
    seen = []

    @view(Site, "meet", permission="public")
    def meet(site, request):
        seen.append(request)
        raise ConflictError("met")

    with site_with(meet, **{"limits.attempts": 4, "limits.retry_seconds": 0}) as site:
        response = site.client.get("/meet")
        assert response.status == 503
        assert response.headers["Retry-After"] == "1"
        assert len(seen) == 4


def test_busy_can_be_raised_by_a_view():
    @view(Site, "busy", permission="public")
    def busy(site, request):
        raise Busy("Ask again later")

    with site_with(busy) as site:
        response = site.client.get("/busy", headers={"Accept": "application/json"})
        assert (response.status, response.json["detail"]) == (503, "Ask again later")


def test_increments_of_many_threads_are_all_kept():
    with model_site(settings={"limits.attempts": 10, "limits.retry_seconds": 10}) as site:
        fill(site)
        statuses = []

        def work():
            client = site.browser()
            statuses.extend(client.post("/box/page/count").status for _ in range(25))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [200] * 100
        with site.work() as root:
            assert root["box"]["page"].count == 100


def test_those_who_met_a_conflict_over_one_object_go_on_one_at_a_time():
    everybody = threading.Barrier(4)
    conflicted, inside, most = set(), [], []

    @view(Site, "meet", method="POST", permission="public")
    def meet(site, request):
        if request.incoming.id not in conflicted:
            conflicted.add(request.incoming.id)
            everybody.wait(10)
            raise ConflictError("met", oid=b"\0" * 8)
        inside.append(request.id)
        most.append(len(inside))
        alone = threading.Event()
        alone.wait(0.05)  # time enough for another one, if it were let in
        inside.remove(request.id)

    with site_with(meet) as site:
        threads = [threading.Thread(target=site.browser().post, args=("/meet",)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == [1] * 4


# After the commit


def test_after_commit_is_called_once_and_only_after_a_commit():
    told, tries = [], []

    @view(Site, "tell", method=["GET", "POST"], permission="public")
    def tell(site, request, status: int = 200, conflicts: int = 0):
        tries.append(1)
        if request.method == "POST":
            site.title = f"Title {len(tries)}"
        request.after_commit(told.append, f"{request.method} {status}")
        if len(tries) <= conflicts:
            raise ConflictError("met")
        return Response("x", status=status)

    with site_with(tell) as site:
        site.client.post("/tell", {"conflicts": 2})
        assert (told, len(tries)) == (["POST 200"], 3)
        site.client.post("/tell", {"status": 409})
        site.client.get("/tell")
        assert told == ["POST 200"]


def test_what_fails_after_the_commit_is_logged_and_the_answer_stands(caplog):
    told = []

    def fail():
        raise RuntimeError("the mail server is gone")

    @view(Site, "tell", method="POST", permission="public")
    def tell(site, request):
        request.after_commit(fail)
        request.after_commit(told.append, "next")
        return "told"

    with site_with(tell) as site:
        assert site.client.post("/tell").text == "told"
    assert "the mail server is gone" in caplog.text
    assert told == ["next"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [200, 403])
def test_a_record_is_kept_whatever_the_answer(method, status):
    def note(site):
        site.title += "!"

    @view(Site, "note", method=["GET", "POST"], permission="public")
    def noting(site, request):
        request.record(note)
        return Response("x", status=status)

    with site_with(noting) as site:
        with site.work() as root:
            root.title = "Noted"
        assert site.client.request(method, "/note").status == status
        with site.work() as root:
            assert root.title == "Noted!"


def test_a_record_that_meets_conflicts_is_tried_again_and_one_that_fails_spoils_nothing(caplog):
    tries = []

    def note(site):
        tries.append(1)
        if len(tries) < 4:
            raise ConflictError("met")
        site.title = "Noted"

    def fail(site):
        raise RuntimeError("cannot be kept")

    @view(Site, "note", permission="public")
    def noting(site, request):
        request.record(fail)
        request.record(note)
        return "answered"

    with site_with(noting) as site:
        assert site.client.get("/note").text == "answered"
        with site.work() as root:
            assert root.title == "Noted"
    assert "cannot be kept" in caplog.text


# What a transaction says


def test_every_commit_says_who_did_what_where():
    @view(Box, "touch", method="POST", permission="view")
    def touch(box, request, note: str = ""):
        box.title = request.id
        if note:
            request.connection.transaction_manager.get().note(note)
        return "touched"

    with testing.site(Page, Box, touch, file=True) as site:
        with site.work() as root:
            root.add("box", Box())
        site.add_user("anna")
        site.client.post("/box/touch")
        site.browser().login("anna").post("/box/touch", {"note": "Touched it"})
        said = [
            (each["user_name"].strip(), each["description"], each.get("action"))
            for each in site.database.undoLog(0, 100)
            if each.get("action") == "POST /box/touch"
        ]
        assert said == [
            ("anna", "Touched it", "POST /box/touch"),
            ("", "Called “touch” at /box/", "POST /box/touch"),
        ]


def test_a_subscriber_that_raises_stops_the_change():
    @on(Added, Page)
    def refuse(event):
        raise ConflictError("met") if "again" in event.resource.title else RuntimeError("no")

    @view(Site, "put", method="POST", permission="public")
    def put(site, request, title: str):
        site.add("page", Page(title=title))

    with site_with(put, refuse, **{"limits.attempts": 2, "limits.retry_seconds": 0}) as site:
        assert site.client.post("/put", {"title": "x"}).status == 500
        before = site.last_transaction()
        assert site.client.post("/put", {"title": "x"}).status == 500
        assert site.client.post("/put", {"title": "again"}).status == 503
        assert site.last_transaction() == before


def test_no_transaction_and_no_connection_outlives_a_request(shared):
    for path in (
        "/",
        "/box",
        "/nothing",
        "/box/page/fails",
        "/box/page/busy",
        "/box/file",
        "/box/page/writes",
    ):
        shared.client.get(path)
        shared.client.post(path)
    database = shared.database
    assert len(database._open_pairs) == len(database.pairs)
    with transaction_for(database) as pair:
        assert pair.manager._txn is not None
    assert all(pair.is_clean() for pair in database._open_pairs)
