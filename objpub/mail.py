"""Mail: it leaves when, and only when, what it tells of is committed.

    post(transaction, mailer, Letter("ann@example.org", "Welcome", "Dear Ann, ..."))

A letter is joined to a transaction. One that is aborted, or tried again after a conflict, sends nothing;
the one that is committed sends it once. A thread of the mailer carries it then, so that no answer waits for
a mail server, and nobody learns from the time of an answer whether there was somebody to write to.
"""

import logging
import queue
import re
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime
from email.utils import localtime
from email.utils import make_msgid
from email.utils import parseaddr
from typing import Any
from typing import TYPE_CHECKING

from objpub.errors import NotPossible
from objpub.errors import SettingsError
from objpub.libraries import later
from objpub.settings import MailSettings

if TYPE_CHECKING:
    import smtplib
    from email import headerregistry
    from email import policy
else:
    headerregistry = later("email.headerregistry")
    policy = later("email.policy")
    smtplib = later("smtplib")

LOG = logging.getLogger("objpub.mail")
WAITS = (1.0, 10.0, 60.0)  # seconds before a letter that could not be sent is tried again
PATIENCE_SECONDS = 5.0  # for letters that wait when the site stops
MOST_WAITING = 1_000  # letters; what comes beyond is lost and logged, as memory would be else
DONE = None
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Letter:
    """A text to somebody. to: one address. Raises ValueError, when it is posted, for what cannot be sent.

    sender: the address that it comes from, with the name sender_name; reply_to: where an answer goes. "" for
    what the settings say.
    """

    to: str
    subject: str
    text: str
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""

    def check(self) -> None:
        """Raise ValueError for an address, a subject or a text that cannot be sent."""
        message = EmailMessage(policy=policy.SMTP)
        message["To"] = address_from(self.to)
        message["Subject"] = subject_from(self.subject)
        if not isinstance(self.text, str):
            raise ValueError(f"wanted a text, not {self.text!r:.100}")
        self.text.encode()  # a UnicodeEncodeError is a ValueError


def sender_of(site: Any) -> dict[str, str]:
    """Return who letters of *site* come from, as a `Letter` takes it; nothing of what the settings say."""
    found = {"sender": site.mail_from, "sender_name": site.mail_name, "reply_to": site.mail_reply_to}
    return {name: value for name, value in found.items() if value}


def letter_from(site: Any, to: str, subject: str, text: str) -> Letter:
    """Return a letter that comes from *site*."""
    return Letter(to, subject, text, **sender_of(site))


def address_from(text: str) -> "headerregistry.Address":
    """Return the address *text*. Raises ValueError for what is none that mail can be sent to."""
    problem: Exception | None = None
    try:
        if isinstance(text, str) and "@" in text:
            return headerregistry.Address(addr_spec=text)
    except (MessageError, LookupError, AttributeError, ValueError) as error:  # the library says it so
        problem = error
    raise ValueError(f"wanted an address such as ann@example.org, not {text!r:.100}") from problem


def subject_from(text: str) -> str:
    """Return the subject *text* as it is. Raises ValueError for one with line breaks or control characters.

    What looks like an encoded word, "=?utf-8?q?...?=", would be read as one, and what is hidden in it, line
    breaks too, would come into the mail: it is spaced out.
    """
    if not isinstance(text, str) or CONTROLS.search(text):
        raise ValueError(f"wanted a subject of one line, not {text!r:.100}")
    return text.replace("=?", "= ?")


Carry = Callable[[EmailMessage], None]
#: Carries a message, and calls the function at the last moment before the server has it.
HandOver = Callable[[EmailMessage, Callable[[], None]], None]


class Mailer:
    """Carries letters, one after the other, in a thread that begins with the first.

    carry: sends one message, and raises OSError or SMTPException where that does not work. sender: whom
    letters come from. waits: seconds before each further try. hand_over: as carry, for `deliver`.
    """

    def __init__(
        self,
        carry: Carry | None,
        sender: str = "",
        waits: tuple[float, ...] = WAITS,
        hand_over: HandOver | None = None,
    ):
        self._carry = carry
        self._hand_over = hand_over
        self._sender = sender
        self._waits = waits
        self._letters: queue.Queue[EmailMessage | None] = queue.Queue(MOST_WAITING)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    @property
    def works(self) -> bool:
        """Is there a way for letters?"""
        return self._carry is not None

    def deliver(self, letter: Letter, name: str, hand_over: Callable[[], None]) -> None:
        """Give *letter* to the mail server now, and return when it has it.

        name: what the letter is known by, the same in each try. hand_over: is called at the last moment
        before the server has it. Raises OSError or SMTPException where that does not work, and NotPossible
        without a mail server.
        """
        message = self.message(letter, name)
        if self._hand_over is not None:
            self._hand_over(message, hand_over)
        elif self._carry is not None:
            hand_over()
            self._carry(message)
        else:
            raise NotPossible("mail.server is not set, so no mail can be sent")

    def message(self, letter: Letter, name: str = "") -> EmailMessage:
        """Return *letter* as it is sent. Raises ValueError for an address or a subject that cannot be.

        name: what it is known by; "" for a new one.
        """
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = self._sender_of(letter)
        if letter.reply_to:
            message["Reply-To"] = address_from(letter.reply_to)
        message["To"] = address_from(letter.to)
        message["Subject"] = subject_from(letter.subject)
        message["Date"] = format_datetime(localtime())
        domain = self._sender.rpartition("@")[2].rstrip(">") or "localhost"
        message["Message-ID"] = f"<{name}@{domain}>" if name else make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in return
        message.set_content(letter.text, cte="quoted-printable")
        return message

    def _sender_of(self, letter: Letter) -> Any:
        """Return who *letter* comes from: what it says itself goes before the settings, each for itself."""
        if not (letter.sender or letter.sender_name):
            return self._sender
        name, address = parseaddr(self._sender)
        shown = subject_from(letter.sender_name) or name
        return headerregistry.Address(shown, addr_spec=address_from(letter.sender or address).addr_spec)

    def take(self, message: EmailMessage) -> None:
        """Take *message* on its way, and return at once. Never raises: what it tells of has happened."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="objpub-mail", daemon=True)
                self._thread.start()
        try:
            self._letters.put_nowait(message)
        except queue.Full:
            LOG.error("A mail is lost: %s are waiting for the mail server already", MOST_WAITING)

    def wait(self) -> None:
        """Return when all letters that were taken are sent, or given up."""
        self._letters.join()

    def close(self, patience: float = PATIENCE_SECONDS) -> None:
        """Send what is waiting, each once more at most, and end the thread.

        patience: seconds after which the rest is given up, so that a silent mail server holds up no stop.
        """
        self._closing.set()
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            try:
                self._letters.put(DONE, timeout=patience)
            except queue.Full:
                pass  # the thread is far from its end, which is said below
            thread.join(patience)
            if thread.is_alive():
                LOG.error("The site stops, and mails are lost: the mail server does not answer")

    def _run(self) -> None:
        while (message := self._letters.get()) is not DONE:
            self._deliver(message)
            self._letters.task_done()
        self._letters.task_done()

    def _deliver(self, message: EmailMessage) -> None:
        """Carry *message*; log what goes wrong without its text, which may hold a secret."""
        for wait in (*self._waits, None):
            try:
                self._carry(message)  # type: ignore[misc]  # nothing is taken where there is no way
                return
            except (OSError, smtplib.SMTPException) as error:
                LOG.warning("A mail could not be sent: %s", in_words(error))
            except Exception:
                LOG.exception("A mail could not be sent")
                return
            if wait is None or self._closing.wait(wait):
                break
        LOG.error("A mail is given up: %s", message["Message-ID"])


class Posting:
    """A data manager: letters that are sent when a transaction is committed, forgotten when it is aborted."""

    def __init__(self, mailer: Mailer, transaction: Any):
        self.transaction_manager = None
        self._mailer = mailer
        self._transaction = transaction
        self._messages: list[EmailMessage] = []

    def add(self, message: EmailMessage) -> None:
        """Let *message* wait too."""
        self._messages.append(message)

    def abort(self, transaction: Any) -> None:
        """Forget everything."""
        self._messages.clear()

    def tpc_begin(self, transaction: Any) -> None:
        """Begin to commit: there is nothing to do."""

    def commit(self, transaction: Any) -> None:
        """Commit: nothing leaves before everybody agreed."""

    def tpc_vote(self, transaction: Any) -> None:
        """Agree: a letter never stops a commit."""

    def tpc_finish(self, transaction: Any) -> None:
        """Send, now that it is certain."""
        messages, self._messages = self._messages, []
        for message in messages:
            self._mailer.take(message)

    def tpc_abort(self, transaction: Any) -> None:
        """Forget everything, as somebody else did not agree."""
        self._messages.clear()

    def sortKey(self) -> str:  # noqa: N802  # the name that transactions ask for
        """Come last: behind the database, whose commit is what the letters tell of."""
        return "~objpub.mail"

    def savepoint(self) -> "Mark":
        """Remember what waits at this moment."""
        return Mark(self._messages, len(self._messages))


@dataclass(frozen=True, slots=True)
class Mark:
    """What waited at a savepoint."""

    messages: list[EmailMessage]
    count: int

    def rollback(self) -> None:
        """Forget what was added since."""
        del self.messages[self.count :]


def post(transaction: Any, mailer: Mailer, letter: Letter) -> None:
    """Send *letter* when *transaction* is committed, and never else.

    Raises ValueError at once for an address or a subject that cannot be sent.
    """
    message = mailer.message(letter)
    try:
        posting = transaction.data(mailer)
    except KeyError:
        posting = Posting(mailer, transaction)
        transaction.set_data(mailer, posting)
        transaction.join(posting)
    posting.add(message)


def mailer_for(settings: MailSettings, development: bool) -> Mailer:
    """Return the mailer that *settings* describe: by SMTP, in development to the console, else none.

    Raises SettingsError for a password that would travel in the open, and for a missing sender.
    """
    if not settings.server:
        return Mailer(to_console, settings.sender or "site@localhost") if development else Mailer(None)
    if settings.password and settings.security == "none" and settings.server not in LOCAL:
        raise SettingsError("mail.password would travel in the open: wanted mail.security starttls or tls")
    if "@" not in settings.sender:
        raise SettingsError(f"mail.sender is {settings.sender!r}, wanted the address that mail comes from")
    context = None
    if settings.security != "none":
        try:
            context = ssl.create_default_context(cafile=settings.ca_file or None)
        except OSError as error:
            raise SettingsError(f"mail.ca_file: cannot read {settings.ca_file!r}: {error}") from error
    return Mailer(
        lambda message: by_smtp(settings, context, message),
        settings.sender,
        hand_over=lambda message, last: by_smtp(settings, context, message, last),
    )


def by_smtp(
    settings: MailSettings,
    context: ssl.SSLContext | None,
    message: EmailMessage,
    last: Callable[[], None] | None = None,
) -> None:
    """Give *message* to the SMTP server. Raises OSError or SMTPException.

    last: is called when all of it is sent but the line that ends it, before which no server takes it.
    """
    where = (settings.server, settings.port)
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=settings.timeout_seconds, context=context)
    else:
        server = smtplib.SMTP(*where, timeout=settings.timeout_seconds)
    with server:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.user:
            server.login(settings.user, settings.password)
        if last is None:
            server.send_message(message)
        else:
            send_in_two(server, message, last)


def send_in_two(server: "smtplib.SMTP", message: EmailMessage, last: Callable[[], None]) -> None:
    """Send *message*, call *last*, and end it. Raises SMTPException where the server does not take it."""
    server.ehlo_or_helo_if_needed()
    steps = (
        ("mail", lambda: server.mail(message["From"].addresses[0].addr_spec), {250}),
        ("rcpt", lambda: server.rcpt(message["To"].addresses[0].addr_spec), {250, 251}),
        ("data", lambda: server.docmd("data"), {354}),
    )
    for _, step, wanted in steps:
        code, said = step()
        if code not in wanted:
            raise smtplib.SMTPResponseException(code, said)
    server.send(re.sub(rb"(?m)^\.", b"..", message.as_bytes(policy=policy.SMTP).rstrip(b"\r\n") + b"\r\n"))
    last()
    server.send(b".\r\n")
    code, said = server.getreply()
    if code != 250:
        raise smtplib.SMTPDataError(code, said)


def to_console(message: EmailMessage) -> None:
    """Print *message*, so that a developer can follow its links."""
    body = message.get_content()
    sys.stdout.write(f"\n--- Mail to {message['To']}: {message['Subject']}\n{body}---\n")
    sys.stdout.flush()


def in_words(error: Exception) -> str:
    """Return what went wrong, without what was said to the server."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the mail server does not accept mail.user and mail.password ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server says {error.smtp_code} ({type(error).__name__})"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "the mail server does not take the address"
    return f"{type(error).__name__}: {error}"
