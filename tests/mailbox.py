"""A mail server in this process: it speaks SMTP as far as the tests need it, and keeps what it takes."""

import asyncio
import base64
import ssl
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path

CERTIFICATE = Path(__file__).parent / "certificates" / "localhost.pem"
KEY = Path(__file__).parent / "certificates" / "localhost-key.pem"


class Mailbox:
    """What a server took. letters: messages, in their order. said: every line that a client sent.

    password: what it wants to hear, or "". security: "starttls", "tls" or "none". refusing: the answers it
    gives, one for each letter, before it takes one.
    """

    def __init__(self, security="none", password="", refusing=()):
        self.security = security
        self.password = password
        self.refusing = list(refusing)
        self.letters = []
        self.said = []
        self.port = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(CERTIFICATE, KEY)

    async def talk(self, reader, writer):
        """Answer one client."""
        signed_in, safe = not self.password, self.security != "starttls"
        await say(writer, "220 localhost")
        while line := (await reader.readline()).decode("utf-8", "replace").rstrip("\r\n"):
            self.said.append(line)
            word, _, rest = line.partition(" ")
            word = word.upper()
            if word == "EHLO":
                offers = ([] if safe else ["STARTTLS"]) + (["AUTH PLAIN"] if self.password and safe else [])
                await say(writer, *[f"250-{each}" for each in ["localhost", *offers]], "250 HELP")
            elif word == "STARTTLS":
                await say(writer, "220 go on")
                await writer.start_tls(self._context)
                safe = True
            elif word == "AUTH":
                sent = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[-1]
                signed_in = safe and sent == self.password
                await say(writer, "235 yes" if signed_in else "535 no")
            elif word == "MAIL" and not (safe and signed_in):
                await say(writer, "530 sign in first")
            elif word == "MAIL" and self.refusing:
                await say(writer, self.refusing.pop(0))
            elif word == "DATA":
                await say(writer, "354 go on")
                raw = await reader.readuntil(b"\r\n.\r\n")
                self.letters.append(message_from_bytes(raw[:-3].replace(b"\r\n..", b"\r\n."), policy=default))
                await say(writer, "250 taken")
            elif word == "QUIT":
                await say(writer, "221 bye")
                break
            else:
                await say(writer, "250 yes")
        writer.close()


async def say(writer, *lines):
    """Send *lines* to a client."""
    writer.write("".join(f"{line}\r\n" for line in lines).encode())
    await writer.drain()


@contextmanager
def mailbox(**options):
    """Run a mail server on a free port of this machine until the end of the block; see `Mailbox`."""
    box = Mailbox(**options)
    loop = asyncio.new_event_loop()  # in a thread of its own: a browser of other tests may have one in this
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    context = box._context if box.security == "tls" else None
    starting = asyncio.start_server(box.talk, "127.0.0.1", 0, ssl=context)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result(10)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        asyncio.run_coroutine_threadsafe(shut(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def shut(server):
    """Close *server*, and let those who still talk to it finish."""
    server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def settings_for(box, **more):
    """Return the settings with which a site sends its mail to *box*."""
    return {
        "mail.server": "localhost",
        "mail.port": box.port,
        "mail.security": box.security,
        "mail.sender": "site@coast.example.org",
        "mail.ca_file": str(CERTIFICATE),
        **({"mail.user": "site", "mail.password": box.password} if box.password else {}),
        **more,
    }
