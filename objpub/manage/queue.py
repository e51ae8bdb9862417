"""The queue: what waits, what failed, and what was put aside for people to decide about."""

from itertools import islice
from typing import Any

from objpub.content import Site
from objpub.errors import Invalid
from objpub.errors import Refused
from objpub.jobs import Job
from objpub.jobs import Jobs
from objpub.jobs import queue_of
from objpub.operations import discard_job
from objpub.operations import retry_job
from objpub.views import view

from .frame import AREA
from .frame import framed
from .typed import refused
from .typed import Typed

SHOWN = 100
COUNTED = 10_000  # of more it is not told how many they are
ARGUMENTS = 200  # characters of them

#: Arguments of which only that they are there is told: mail may be private.
HIDDEN = frozenset({"text", "data", "mark", "oid"})


@view(Site, "queue", area=AREA, permission="manage", template="queue.pt")
def show(site: Site, request: Any) -> dict[str, Any]:
    """Show the jobs that wait, and those that were put aside."""
    return page_of(request, Typed())


@view(Site, "queue", area=AREA, method="POST", permission="manage", template="queue.pt")
def change(site: Site, request: Any, retry: str = "", discard: str = "") -> Any:
    """Let a job that was put aside be tried again, or forget it. retry, discard: its id."""
    try:
        if retry:
            retry_job(request.identity, site, retry)
            return request.redirect(site, "@@queue", area=AREA, message="It is tried again")
        if discard:
            discard_job(request.identity, site, discard)
            return request.redirect(site, "@@queue", area=AREA, message="It is forgotten")
        raise Invalid({"form": "wanted a job to be tried again or forgotten"})
    except Refused as error:
        return refused(request, error, lambda typed: page_of(request, typed))


def page_of(request: Any, typed: Typed) -> dict[str, Any]:
    """Return what the template is filled with."""
    queue = queue_of(request.site)
    waiting: list[Job] = []
    count = 0
    for each in islice(queue.waiting(), COUNTED) if queue is not None else ():
        count += 1
        if len(waiting) < SHOWN:
            waiting.append(each)
    dead = list(queue.dead.values()) if queue is not None else []
    return framed(
        request,
        "queue",
        "Queue",
        typed=typed,
        waiting=waiting,
        count=count,
        dead=sorted(dead, key=lambda each: each.put, reverse=True)[:SHOWN],
        dead_count=len(dead),
        title_of=lambda job: title_of(request, job),
        about=about,
    )


def title_of(request: Any, job: Job) -> str:
    """Return what people call *job*."""
    declared = request.registry[Jobs].get(job.name)
    return declared.title if declared is not None else job.name


def about(job: Job) -> str:
    """Return what *job* is about, without what may be private."""
    told = {name: value for name, value in job.values.items() if name not in HIDDEN}
    if "url" in told:  # what follows the host is often all that one has to know
        told["url"] = "/".join([*str(told["url"]).split("/")[:3], "…"])
    words = [str(value) if name == "what" else f"{name} {value}" for name, value in told.items()]
    return ", ".join(words)[:ARGUMENTS]
