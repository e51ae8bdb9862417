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

What takes minutes is a long operation, in `@@operations`: shown with how far it is, cancelled on request,
begun once, and taken up again after its process was killed.

    @long_operation("blog.count-all", "Count all", lane="content")
    def count_all(work): ...

This module is the face of the part; the rest is private.
"""

from .carrying import carry_out_here
from .carrying import LongWorker
from .declarations import job
from .declarations import JobFunction
from .declarations import Jobs
from .declarations import long_operation
from .declarations import LongFunctions
from .long import begin_long
from .long import begun_already
from .long import cancel_long
from .long import long_operations_of
from .long import LongOperation
from .long import require_long
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
from .work import Work

__all__ = [
    "Job",
    "JobFunction",
    "Jobs",
    "LongFunctions",
    "LongOperation",
    "LongWorker",
    "Outside",
    "Queue",
    "Scheduler",
    "Work",
    "begin_long",
    "begun_already",
    "cancel_job",
    "cancel_long",
    "carry_out_here",
    "discard_job",
    "job",
    "long_operation",
    "long_operations_of",
    "put_job",
    "put_mail",
    "put_webhook",
    "queue_of",
    "require_long",
    "retry_job",
    "run_due",
    "signature_of",
]
