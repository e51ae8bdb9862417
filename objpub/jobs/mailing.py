"""Mail through the queue: it is sent, also when the mail server is away for hours or this process ends."""

from typing import Any

from objpub.content import Site
from objpub.errors import Invalid
from objpub.lineage import top
from objpub.mail import Letter
from objpub.mail import sender_of

from .declarations import job
from .queue import put_job

NAME = "objpub.mail"


def put_mail(place: Any, to: str, subject: str, text: str) -> str:
    """Let a letter be sent after the running transaction is committed; return the id of the job.

    to: one address. What is in it stays in the database until it is sent, and in its history until a pack:
    for what is secret `request.mail` is better. Raises Invalid for an address or a subject that cannot be
    sent.
    """
    try:
        Letter(to, subject, text).check()
    except ValueError as error:
        raise Invalid({"to": str(error)}) from error
    site = top(place)
    sender = sender_of(site) if isinstance(site, Site) else {}
    return put_job(place, NAME, to=to, subject=subject, text=text, **sender)


@job(NAME, title="Send a mail", outside=True)
def send_mail(outside: Any, to: str, subject: str, text: str, **sender: str) -> None:
    """Give the letter to the mail server. sender: as `sender_of` gave it when it was put here."""
    outside.mailer.deliver(Letter(to, subject, text, **sender), outside.id, outside.hand_over)
