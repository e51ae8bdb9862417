"""Jobs: work that follows a commit, kept in the database until it is done.

    @job("blog.count")
    def count(site, path): ...

    put_job(article, "blog.count", path="/blog")                # when this transaction is committed
    put_mail(article, "ann@example.org", "Welcome", "Dear Ann, ...")
    put_webhook(article, "https://example.org/hook", "published", {"path": "/blog"})

A job is the name of a declared function and arguments that JSON can hold, never code. It is put by a
transaction, and is there if, and only if, that is committed. Each process that serves the site looks for what
is due; which of them does it, is decided by the conflict of their transactions. What changes the database
alone is done in the transaction that takes it away: exactly once. What reaches outside is claimed first,
tried again with longer and longer pauses, and put aside as a dead letter when that is of no use.

This module is the face of the part; the rest is private.
"""

from .declarations import job
from .declarations import JobFunction
from .declarations import Jobs
from .mailing import put_mail
from .queue import cancel_job
from .queue import discard_job
from .queue import Job
from .queue import put_job
from .queue import Queue
from .queue import queue_of
from .queue import retry_job
from .running import Outside
from .running import run_due
from .running import Scheduler
from .webhooks import put_webhook
from .webhooks import signature_of

__all__ = [
    "Job",
    "JobFunction",
    "Jobs",
    "Outside",
    "Queue",
    "Scheduler",
    "cancel_job",
    "discard_job",
    "job",
    "put_job",
    "put_mail",
    "put_webhook",
    "queue_of",
    "retry_job",
    "run_due",
    "signature_of",
]
