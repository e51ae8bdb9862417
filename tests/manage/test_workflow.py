"""The Workflow tab, states in lists, transitions of several, and what waits for whom."""

import re

import pytest

from objpub import testing
from objpub.content import Content
from objpub.jobs import put_mail
from objpub.jobs import put_webhook
from objpub.jobs import queue_of
from objpub.operations import add_new
from objpub.operations import scheduled_for
from objpub.operations import transition
from objpub.schema import field
from objpub.security import Permission
from objpub.security import set_cuts
from objpub.security import SYSTEM
from objpub.workflow import State
from objpub.workflow import state_of
from objpub.workflow import Transition
from objpub.workflow import Workflow
from tests.manage.flows import Desk
from tests.manage.flows import Story

THINGS = ("tests.manage.flows",)


@pytest.fixture
def desk(site):
    """A desk with three stories of tomas, who may edit what is his there and nothing else."""
    with site.work() as root:
        desk = add_new(SYSTEM, root, Desk, {"title": "Desk"}, "desk")
        for name in ("ebb", "flood", "slack"):
            story = add_new(SYSTEM, desk, Story, {"title": name.capitalize(), "text": "Water."}, name)
            story._owner = "tomas"
    return site


def states(site):
    with site.work() as root:
        return {name: state_of(each) for name, each in root["desk"].items()}


def test_a_story_goes_through_its_states(desk):
    tomas, ines = desk.browser().login("tomas"), desk.browser().login("ines")
    page = tomas.get("/manage/desk/ebb/@@workflow")
    assert "It is “Draft” now" in page.text and "The public does not see it." in page.text
    assert re.findall(r'name="transition" value="(\w+)"', page.text) == ["submit"]
    sent = {"transition": "submit", "comment": "Please <b>look</b>"}
    page = tomas.post("/manage/desk/ebb/@@workflow", sent, follow=True)
    assert "It is “Pending” now" in page.text
    assert "There is nothing for you to decide here." in page.text
    page = ines.get("/manage/desk/ebb/@@workflow")
    assert "Please &lt;b&gt;look&lt;/b&gt;" in page.text
    assert ines.post("/manage/desk/ebb/@@workflow", {"transition": "publish"}).status == 303
    assert "Everyone can see it." in ines.get("/manage/desk/ebb/@@workflow").text
    assert desk.browser().get("/desk/ebb").status == 200
    assert desk.browser().get("/desk/flood").status == 303


@pytest.mark.parametrize(
    ("who", "sent", "status", "said"),
    [
        ("tomas", {"transition": "publish"}, 403, "may not decide about stories"),
        ("ines", {"transition": "retract"}, 409, "is for what is published"),
        ("ines", {"transition": "nonsense"}, 409, "There is no transition &#39;nonsense&#39;"),
        ("ines", {}, 422, "Wanted the name of a transition"),
        ("ines", {"transition": "submit", "comment": "x" * 1_001}, 422, "at most 1,000 characters"),
    ],
)
def test_what_cannot_be_is_refused_and_said(desk, who, sent, status, said):
    answer = desk.browser().login(who).post("/manage/desk/ebb/@@workflow", sent)
    assert (answer.status, states(desk)["ebb"]) == (status, "draft")
    assert said.replace("&#39;", "'") in answer.text.replace("&#39;", "'")


def test_what_has_no_workflow_has_no_such_tab(site):
    ines = site.browser().login("ines")
    assert ines.get("/manage/news/tides/@@workflow").status == 404
    assert ines.post("/manage/news/tides/@@workflow", {"transition": "publish"}).status == 404
    assert "@@workflow" not in ines.get("/manage/news/tides/@@edit").text


def test_lists_say_states_in_words(desk):
    ines = desk.browser().login("ines")
    ines.post("/manage/desk/ebb/@@workflow", {"transition": "publish"})
    ines.post("/manage/desk/flood/@@workflow", {"transition": "submit"})
    rows = re.findall(r'<td class="q"><span class="st.*?</svg>(.*?)</span>', ines.get("/manage/desk/").text)
    assert rows == ["Published", "Pending", "Draft"]
    assert "Seen by" in ines.get("/manage/news/").text and "Seen by" not in ines.get("/manage/desk/").text


def test_several_are_changed_together_or_none(desk):
    ines = desk.browser().login("ines")
    all_of_them = {"transition": "publish", "pick": ["ebb", "flood", "slack"]}
    with desk.work() as root:
        root["desk"]["slack"].text = ""
    assert ines.post("/manage/desk/@@workflow-all", all_of_them).status == 409
    assert set(states(desk).values()) == {"draft"}
    with desk.work() as root:
        root["desk"]["slack"].text = "Water."
    assert ines.post("/manage/desk/@@workflow-all", all_of_them).status == 303
    assert set(states(desk).values()) == {"published"}
    assert ines.post("/manage/desk/@@workflow-all", {"pick": "nothing"}).status == 404
    assert desk.browser().login("tomas").post("/manage/desk/@@workflow-all", all_of_them).status == 403


def test_what_waits_is_listed_for_those_who_decide(desk):
    tomas, ines = desk.browser().login("tomas"), desk.browser().login("ines")
    assert "Nothing waits for you." in ines.get("/manage/@@review").text
    for name in ("flood", "ebb"):
        tomas.post(f"/manage/desk/{name}/@@workflow", {"transition": "submit", "comment": f"See {name}"})
    page = ines.get("/manage/@@review")
    assert re.findall(r"@@workflow\"><b>(\w+)</b>", page.text) == ["Flood", "Ebb"]
    assert "See flood" in page.text and "Publish, Reject?" in page.text
    page = tomas.get("/manage/@@review")
    assert "Nothing waits for you." in page.text and "Yours, waiting for others" in page.text
    assert "Flood" not in desk.browser().login("nora").get("/manage/@@review").text
    assert desk.browser().get("/manage/@@review").status == 303
    with desk.work() as root:
        set_cuts(root["desk"], ["grants", "permissions"])
    ines.post("/manage/desk/ebb/@@workflow", {"transition": "publish"})
    assert "Ebb" not in ines.get("/manage/@@review").text


def test_the_list_of_what_waits_is_there_where_something_can_wait(site):
    ines = site.browser().login("ines")
    assert "@@review" in ines.get("/manage/news/").text


def test_a_transition_is_scheduled_and_cancelled(desk):
    ines = desk.browser().login("ines")
    address = "/manage/desk/ebb/@@workflow"
    assert "Nothing is scheduled." in ines.get(address).text
    sent = {"transition": "publish", "when": "2100-01-31T08:00", "comment": "For the feast"}
    page = ines.post(address, sent, follow=True)
    assert "It is scheduled" in page.text and "For the feast" in page.text
    with desk.work() as root:
        (planned,) = scheduled_for(root["desk"]["ebb"])
        assert f"{planned.when:%Y-%m-%d %H:%M}" == "2100-01-31 08:00"
    assert "Publish: Ebb" in desk.browser().login("admin").get("/manage/@@queue").text
    page = ines.post(address, {"cancel": planned.id}, follow=True)
    assert "Nothing is scheduled." in page.text
    assert set(states(desk).values()) == {"draft"}
    tomas = desk.browser().login("tomas")
    assert tomas.post(address, sent).status == 403


def test_the_time_is_that_of_the_site(desk):
    with desk.work() as root:
        root.time_zone = "Pacific/Auckland"
    desk.browser().login("ines").post(
        "/manage/desk/ebb/@@workflow", {"transition": "publish", "when": "2100-01-31T08:00"}
    )
    with desk.work() as root:
        (planned,) = scheduled_for(root["desk"]["ebb"])
        assert f"{planned.when:%Y-%m-%d %H:%M}" == "2100-01-30 19:00"


def test_the_queue_shows_what_waits_and_what_failed_and_no_letter(desk):
    with desk.work() as root:
        put_mail(root, "ann@example.org", "Your tides", "The secret of the sea")
        job_id = put_mail(root, "ed@example.org", "More tides", "The secret of the sea")
        queue = queue_of(root)
        (failed,) = (each for each in queue.waiting() if each.id == job_id)
        queue.give_up(failed, "given up", "It is <broken>")
    admin = desk.browser().login("admin")
    page = admin.get("/manage/@@queue")
    assert "Your tides" in page.text and "ann@example.org" in page.text
    assert "It is &lt;broken&gt;" in page.text and "The secret" not in page.text
    admin.post("/manage/@@queue", {"retry": job_id})
    with desk.work() as root:
        assert not queue_of(root).dead and len(list(queue_of(root).waiting())) == 2
        queue_of(root).give_up(failed_in(root, job_id), "in doubt", "Who knows")
    assert "Perhaps it was done." in admin.get("/manage/@@queue").text
    admin.post("/manage/@@queue", {"discard": job_id})
    assert "Nothing failed for good." in admin.get("/manage/@@queue").text
    assert desk.browser().login("ines").get("/manage/@@queue").status == 403


def failed_in(root, job_id):
    """Return the job *job_id*, which waits."""
    return next(each for each in queue_of(root).waiting() if each.id == job_id)


def test_the_queue_tells_of_a_webhook_only_the_host(desk):
    with desk.work() as root:
        put_webhook(
            root, "https://hooks.example.org/T0/B0/verysecret?key=verysecret", "published", {"a": "b"}
        )
    page = desk.browser().login("admin").get("/manage/@@queue").text
    assert "https://hooks.example.org/…" in page and "verysecret" not in page


class Parcel(
    Content,
    addable="anywhere",
    workflow=Workflow(
        State("packed", view="owner editor"),
        State("pending", view="owner editor"),
        State("sent", view="everyone"),
        Transition("submit", "packed -> pending", needs="edit"),
        Transition("send", "pending -> sent", needs=Permission("parcels.send", roles=["editor"])),
    ),
):
    title: str
    state: str = field(default="pending", index="value")


def test_what_waits_is_found_where_a_type_has_a_field_called_state():
    with testing.site("objpub.manage", Parcel) as site:
        site.add_user("ines", roles=["editor"])
        with site.work() as root:
            add_new(SYSTEM, root, Parcel, {"title": "Only packed"})
            transition(SYSTEM, add_new(SYSTEM, root, Parcel, {"title": "To be sent"}), "submit")
        page = site.browser().login("ines").get("/manage/@@review")
        listed = page.text.partition("<main")[2]  # the tree beside it has everything
        assert page.status == 200 and "To be sent" in listed and "Only packed" not in listed
