"""Every page of the management interface: empty, full and refused, wide and narrow, light and dark.

The pages come from the registry, so that a new view is looked at without anybody asking for it.
"""

import json
import os
import shutil
import subprocess
from datetime import datetime
from datetime import UTC
from pathlib import Path

import pytest

from objpub.content import File
from objpub.content import Image
from objpub.jobs import begin_long
from objpub.jobs import long_operations_of
from objpub.jobs import put_mail
from objpub.jobs import queue_of
from objpub.lineage import find_resource
from objpub.operations import add_new
from objpub.operations import delete
from objpub.operations import save_draft
from objpub.operations import schedule
from objpub.operations import transition
from objpub.security import SYSTEM
from objpub.views import AreaViews
from objpub.workflow import workflow_of
from tests.browsing import mistakes_on_every_screen
from tests.browsing import SCREENS
from tests.manage.flows import Story
from tests.publisher.test_defaults import png

THINGS = ("tests.manage.flows",)
PLACES = ("/", "/archive", "/news", "/news/series", "/news/tides", "/news/map", "/news/notes", "/news/story")
#: Where only some views are looked at, as the others are the same at other places.
ONLY = {"/news/story": {"edit", "workflow"}}
#: What a view has to be asked for; a view that is a part of a page is not looked at alone.
QUERIES = {
    "delete": "pick=tides&pick=series",
    "move": "pick=tides",
    "copy": "pick=tides",
    "rename": "pick=tides",
    "describe": "pick=map",
    "user": "id=ines",
    "user-link": "id=ines",
    "user-remove": "id=tomas",
    "group": "id=staff",
    "search": "q=tide",
    "group-remove": "id=staff",
}
#: What is the same everywhere is looked at in one place.
IN_ONE_PLACE = {"inspect": "/news"}
FRAGMENTS = {"matrix-export", "bar", "branch", "choose", "draft-file", "palette"}
#: Pages that say more when they are asked more.
ASKED = ("/manage/news/@@security?who=tomas&may=edit&all=1",)
VNU = Path(os.environ.get("OBJPUB_VNU", Path(__file__).parents[2] / "var" / "tools" / "vnu.jar"))

#: Where something is refused: (path, what is typed, by the name of its control, the button that sends it).
REFUSALS = (
    ("/manage/news/@@add?type=Page", {"title": ""}),
    ("/manage/news/tides/@@edit", {"title": ""}),
    ("/manage/news/@@rename?pick=tides", {"name": "a/b"}),
    ("/manage/@@users-add", {"name": "ines"}),
    ("/manage/@@groups-add", {"name": "staff"}),
    ("/manage/@@site", {"title": "x" * 1_001}),
)


@pytest.fixture
def full(live):
    """The site with something of everything in it, also in the trash."""
    with live.work() as root:
        news = root["news"]
        news.add("map", Image.from_bytes(png(640), "map.png", title="A map"))
        news.add("notes", File.from_bytes(b"Notes\n", "notes.txt", title="Notes"))
        root.users.add_group("staff", title="All staff")
        delete(SYSTEM, root["news"]["herons"])
        story = add_new(SYSTEM, news, Story, {"title": "Story", "text": "Water."})
        transition(SYSTEM, story, "submit", "Please look")
        schedule(SYSTEM, story, "publish", datetime(2100, 1, 1, tzinfo=UTC), "At last")
        save_draft(SYSTEM, story, {"title": "Another story"})
        queue = queue_of(root)
        put_mail(root, "ann@example.org", "Tides", "They come.")
        queue.give_up(next(iter(queue.outside.values())), "in doubt", "Nobody knows")
        put_mail(root, "ann@example.org", "More tides", "They go.")
        for number, end in enumerate((None, "done", "cancelled", "failed")):
            who = {"who": "ines", "who_title": "Ines Álvarez"}
            one = begin_long(root, "objpub.reindex", f"indexes {number}", "Build all again", {}, **who)
            one.done, one.total, one.state, one.until = 12_000, 50_000, "running", 2**60
            if end:
                long_operations_of(root).end(one, end, "It took no time at all")
    return live


def paths_of(live):
    """Return the path of every page that there is to see, in every place where it differs."""
    found = []
    views = live.site.registry[AreaViews]["manage"]
    with live.work() as root:
        for view in views.all():
            if "GET" not in view.methods or view.name in FRAGMENTS or issubclass(view.kind, BaseException):
                continue
            for place in PLACES:
                resource = find_resource(root, place)
                if views.find(type(resource), (view.name, "GET")) is not view:
                    continue
                if view.name not in ONLY.get(place, {view.name}):
                    continue
                if IN_ONE_PLACE.get(view.name, place) != place:
                    continue
                if view.name == "workflow" and workflow_of(resource) is None:
                    continue
                picks = QUERIES.get(view.name, "")
                if view.name in {"purge", "restore"}:
                    picks = "&".join(f"pick={entry.__name__}" for entry in root.trash)
                    found.append(f"/manage/@@{view.name}?{picks}")
                    continue
                if picks.startswith("pick=") and not (place == "/news" and hasattr(resource, "keys")):
                    continue
                path = place.rstrip("/") + ("/" if hasattr(resource, "keys") else "")
                if view.name:
                    path = f"{path.rstrip('/')}/@@{view.name}"
                found.append(f"/manage{path}" + (f"?{picks}" if picks else ""))
    return sorted({*found, *ASKED})


def told(wrong):
    """Return *wrong*, a list of mistakes by path, as text: one that many pages share is told once."""
    places = {}
    for path, mistakes in wrong.items():
        for mistake in mistakes:
            places.setdefault(mistake, []).append(path)
    return "\n".join(
        f"{mistake}\n    at {' '.join(paths[:4])} ({len(paths)})" for mistake, paths in places.items()
    )


def test_every_page_is_well_made_on_every_screen(full, page, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    paths = paths_of(full)
    wrong = {}
    for number, path in enumerate(paths):
        answer = page.goto(path)
        if answer.status != 200:
            wrong[path] = [f"status {answer.status}"]
            continue
        (tmp_path / f"{number:03}.html").write_text(answer.text(), "utf-8")
        if mistakes := mistakes_on_every_screen(page, axe):
            wrong[path] = mistakes
    print(f"{len(paths)} pages on {len(SCREENS)} screens", told(wrong), sep="\n")
    assert told(wrong) == ""
    assert len(paths) >= 40
    assert full.complaints == []
    assert not_valid(tmp_path, paths) == []


def test_every_refusal_is_well_made_on_every_screen(full, page, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    wrong = {}
    for number, (path, typed) in enumerate(REFUSALS):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        form = page.locator("main form[method=post]", has=page.locator(f"[name={next(iter(typed))}]")).first
        for name, text in typed.items():
            form.locator(f"[name={name}]").fill(text)
        form.evaluate("form => form.noValidate = true")
        with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            form.locator("button:not([type=button])").first.click()
        if sent.value.status not in {409, 422}:
            wrong[path] = [f"status {sent.value.status}"]
            continue
        (tmp_path / f"{number:03}.html").write_text(sent.value.text(), "utf-8")
        if mistakes := mistakes_on_every_screen(page, axe):
            wrong[path] = mistakes
    assert told(wrong) == ""
    assert not_valid(tmp_path, [path for path, _ in REFUSALS]) == []


def test_the_pages_of_strangers_are_well_made(full, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for name, path in (
        (None, "/manage/news/"),
        ("nora", "/manage/news/"),
        ("tomas", "/manage/"),
        ("ines", "/manage/x"),
    ):
        page = full.as_(name)
        page.goto(path)
        assert mistakes_on_every_screen(page, axe) == [], (name, path)


def not_valid(folder, paths):
    """Return what the W3C's checker says of the HTML files in *folder*, which hold *paths* by number."""
    java = shutil.which("java")
    if (java is None or not VNU.exists()) and not os.environ.get("CI"):
        pytest.skip("needs java and var/tools/vnu.jar: apt-get install default-jre-headless npm; make tools")
    assert java is not None and VNU.exists(), "CI wants java and var/tools/vnu.jar: make tools"
    files = sorted(folder.glob("*.html"))
    done = subprocess.run(
        [java, "-jar", str(VNU), "--format", "json", "--stdout", "--exit-zero-always", *map(str, files)],
        capture_output=True,
        text=True,
        check=True,
    )
    errors = [each for each in json.loads(done.stdout)["messages"] if each["type"] == "error"]
    return [f"{path_of(each, paths)}:{each.get('lastLine')} {each['message']}" for each in errors]


def path_of(error, paths):
    """Return which of *paths* an error of the checker is about."""
    return paths[int(Path(error["url"]).stem)]


def test_the_checker_finds_what_is_not_valid(tmp_path):
    (tmp_path / "000.html").write_text("<!doctype html><html lang=en><title>x</title><p><ul></p>")
    assert any("/x" in each for each in not_valid(tmp_path, ["/x"]))
