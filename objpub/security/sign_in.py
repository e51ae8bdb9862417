"""Finding out who asks: sign-in by a form, the session after it, and tokens or Basic for programs.

The order is always the same: is there a wait (`throttle`)? Only then is the password looked at. Whatever
is wrong, the words are the same, and so is the work.

`identify` only reads. What has to be kept although a request only reads or is refused (a wrong password,
the use of a session) comes back as records: functions of the site, for a transaction after the answer.
"""

import base64
import binascii
import hmac
import math
import secrets
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime
from datetime import UTC
from typing import Any

from objpub.registry import Registry
from objpub.settings import secret_of
from objpub.settings import Settings

from .accounts import user_id_from
from .afterwards import Failed
from .afterwards import Record
from .afterwards import SessionUsed
from .afterwards import Succeeded
from .audit import DONE
from .audit import RefusalTold
from .audit import REFUSED
from .audit import Seldom
from .audit import SignInTold
from .audit import tell_sign_in
from .audit import THROTTLED
from .elsewhere import Elsewhere
from .elsewhere import elsewhere_for
from .identity import Identity
from .identity import NO_IDENTITY
from .identity import Refusal
from .outside import as_claimed
from .outside import Claim
from .outside import welcome
from .passwords import Passwords
from .proofs import Proofs
from .resetting import ResetLinks
from .sessions import key_of
from .sessions import SessionRules
from .throttle import BackOff
from .throttle import network_of
from .throttle import Places
from .throttle import places_of
from .throttle import ThrottleRules
from .tokens import authorization_of
from .tokens import identity_by_token
from .turns import CROWDED
from .turns import Turns
from .turns import Underway
from .viewing import seen_as

SESSION_COOKIE = "objpub_session"
MARK_COOKIE = "objpub_mark"
WRONG = "The name or the password is wrong."
OTHERWISE = "The header Authorization is not understood; wanted Bearer with a token, or Basic."
OUTSIDE = "outside"  # under which the roles are noted with a session that it came with

TOLD_SECONDS = 60.0  # between two entries of the audit record about waits, of one address
BASIC_SECONDS = 3_600.0  # between two about a program that sends a password with each request

READING = frozenset({"GET", "HEAD", "OPTIONS"})  # what is asked so, and accepted, writes nothing


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of a try to sign in; true or false.

    identity: who it is, or None. session_id, mark: secrets for the browser's cookies. refusal: why not,
    or None. records: to be kept in a transaction of their own when the answer is a refusal.
    """

    identity: Identity | None
    session_id: str = field(default="", repr=False)
    mark: str = field(default="", repr=False)
    refusal: Refusal | None = None
    records: tuple[Record, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return self.identity is not None


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of looking at a name and a password."""

    account: str
    refusal: Refusal | None = None
    failed: tuple[Failed, ...] = field(default=(), repr=False)
    renewed: str | None = field(default=None, repr=False)
    claim: Claim | None = None


class Authenticator:
    """Knows how to find out who asks; one for each application.

    passwords: how to hash. sessions, throttle: limits. secret: what cookies are signed with; by default
    nobody can, as it is made anew each time. elsewhere: who else knows passwords. turns: how many are
    looked at, and wait, at the same time. session_cookie: what the cookie with the session is called.
    """

    def __init__(
        self,
        passwords: Passwords | None = None,
        sessions: SessionRules | None = None,
        throttle: ThrottleRules | None = None,
        secret: str = "",
        elsewhere: Elsewhere | None = None,
        turns: Turns | None = None,
        session_cookie: str = SESSION_COOKIE,
    ):
        self.session_cookie = session_cookie
        self.passwords = passwords or Passwords()
        self.sessions = sessions or SessionRules()
        self.throttle = throttle or ThrottleRules()
        self._secret = (secret or secrets.token_hex(32)).encode()
        self._turns = turns or Turns()
        self._underway = Underway()
        self._proofs = Proofs()
        self._elsewhere = elsewhere or Elsewhere()
        self._refused = Seldom(TOLD_SECONDS)
        self._programs = Seldom(BASIC_SECONDS)
        self._forbidden = Seldom(TOLD_SECONDS)
        self.links = ResetLinks(self._secret)

    def identify(self, request: Any, now: datetime | None = None) -> Identity:
        """Return who *request* comes from, by token, session cookie or Basic. Changes nothing.

        request: has `environ`, `cookies`, `remote_addr` and `site`. now: an aware datetime, default the
        clock's. What came and was not accepted is in the `refusal` of the identity of a visitor; what is
        to be kept in its `records`.
        """
        environ = request.environ
        authorization = environ.get("HTTP_AUTHORIZATION", "")
        if not authorization and "HTTP_COOKIE" not in environ:
            return NO_IDENTITY
        moment, address = now or datetime.now(UTC), request.remote_addr or ""
        scheme, credentials = authorization_of(environ)
        if scheme == "bearer":
            found = identity_by_token(request.site, credentials, moment)
            return self.tell_refused(found, "token", address, moment)
        reads = environ.get("REQUEST_METHOD") in READING
        session_id = self.session_id_of(request.cookies.get(self.session_cookie, ""))
        person = self.by_session(request.site, session_id, moment, reads) if session_id else None
        if person is None and scheme == "basic":
            return self.by_basic(request.site, credentials, address, moment, reads)
        if person is None and authorization:
            return replace(NO_IDENTITY, refusal=Refusal(OTHERWISE))
        return person or NO_IDENTITY

    def by_session(self, site: Any, session_id: str, now: datetime, reads: bool = False) -> Identity | None:
        """Return the identity whose session has this id; None if it is over. Changes nothing.

        reads: the request only reads, so its use is noted only where the session would soon be over else.
        """
        users = site.users
        session = None if users is None else users.sessions.find(session_id, now, self.sessions)
        if session is None or session.stamp != (users.session_stamp(session.user_id) or None):
            return None
        due = users.sessions.is_due(session, now, self.sessions, reads)
        records = (SessionUsed(session.key, now),) if due else ()
        found = users.identity(session.user_id, session=session, records=records)
        outside = users.sessions.notes(session.key, OUTSIDE)
        found = replace(found, roles=found.roles.union(outside)) if outside and found else found
        return seen_as(users, found) if found else found

    def by_basic(
        self, site: Any, credentials: str, address: str, now: datetime, reads: bool = False
    ) -> Identity:
        """Return the identity that base64 *credentials* prove, or a visitor with a refusal.

        Changes nothing. A password that was right is remembered for a minute, by a keyed hash only.
        reads: the request only reads, so only a wrong password is to be kept.
        """
        name, password = decoded(credentials)
        places = places_of(address)
        proof = self._prove(site, name, password, places, now)
        found = None
        if proof.refusal is None:
            quiet = not proof.renewed and site.users.throttle.is_quiet(proof.account, places, now)
            kept = () if quiet or reads else (Succeeded(proof.account, places, now, proof.renewed),)
            records = (*kept, *self._told_program(proof.account, address, now))
            if proof.claim is None:
                found = site.users.identity(proof.account, records=records)
            else:
                found = as_claimed(site.users, proof.claim)
                found = replace(found, records=(*found.records, *records))
        told = self._told(proof, address, "password", now)
        refused = replace(NO_IDENTITY, refusal=proof.refusal or Refusal(WRONG), records=told)
        return found or refused

    def sign_in(
        self,
        site: Any,
        name: str,
        password: str,
        address: str,
        now: datetime,
        mark: str = "",
        session_id: str = "",
    ) -> SignIn:
        """Look at a name and a password, and begin a session if they are right.

        address: where the request comes from. mark: what the browser carries from an earlier sign-in.
        session_id: of a session that it has; that one ends. The caller sends `session_id` and `mark` of
        the outcome as cookies, and commits; or, when it is false, keeps its records.
        """
        places = places_of(address, mark)
        proof = self._prove(site, name, password, places, now)
        if proof.refusal is not None:
            told = self._told(proof, address, "form", now)
            return SignIn(None, refusal=proof.refusal, records=told)
        users, account = site.users, proof.account
        if proof.claim is not None:
            welcome(users, proof.claim)
        if not users.throttle.knows_mark(account, mark, now):
            mark = secrets.token_urlsafe(32)
        Succeeded(account, places_of(address, mark), now, proof.renewed)(site)
        if session_id:
            users.sessions.end(key_of(session_id))
        begun = users.sessions.begin(account, users.session_stamp(account), now, self.sessions)
        if proof.claim is not None and proof.claim.roles:
            users.sessions.note(key_of(begun), OUTSIDE, tuple(sorted(proof.claim.roles)))
        tell_sign_in(site, account, address, "form", DONE, now)
        return SignIn(self.by_session(site, begun, now), begun, mark)

    def sign_out(self, site: Any, session_id: str) -> None:
        """End the session with this id. One that is not there is no error."""
        if site.users is not None:
            site.users.sessions.end(key_of(session_id))

    def cookie_value(self, session_id: str) -> str:
        """Return *session_id* with a signature: what the cookie with the session holds."""
        return f"{session_id}.{self._signature(session_id)}"

    def session_id_of(self, cookie: str) -> str:
        """Return the id in the value of a cookie; "" if the signature is not ours."""
        session_id, _, signature = cookie.rpartition(".")
        wanted = self._signature(session_id).encode()
        right = hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))
        return session_id if right else ""

    def _signature(self, text: str) -> str:
        digest = hmac.digest(self._secret, b"session\0" + text.encode("utf-8", "replace"), "sha256")
        return base64.urlsafe_b64encode(digest[:18]).decode()

    def _told(self, proof: Proof, address: str, way: str, now: datetime) -> tuple[Record, ...]:
        """Return what is to be kept of a refused try: each that was looked at, some of those that wait."""
        if proof.failed:
            return tuple(replace(each, address=address, way=way) for each in proof.failed)
        if proof.refusal is None or proof.refusal.text == CROWDED:
            return ()  # nothing was wrong: others sign in at this moment
        more = self._refused.due(network_of(address), now)
        return () if more is None else (SignInTold(proof.account, address, way, THROTTLED, now, more),)

    def tell_refused(self, found: Identity, way: str, address: str, now: datetime | None = None) -> Identity:
        """Return the identity *found* by a token or from outside; a refusal is told once in a while."""
        moment = now or datetime.now(UTC)
        more = None if found.refusal is None else self._refused.due(f"{way} {network_of(address)}", moment)
        if more is None:
            return found
        return replace(found, records=(SignInTold("", address, way, REFUSED, moment, more),))

    def tell_forbidden(self, identity: Identity, method: str, path: str) -> tuple[Record, ...]:
        """Return what is to be kept of a change that *identity*, who is known, may not make: some of them."""
        now = datetime.now(UTC)
        more = self._forbidden.due(identity.user_id or "", now)
        return () if more is None else (RefusalTold(identity, method, path, now, more),)

    def _told_program(self, account: str, address: str, now: datetime) -> tuple[Record, ...]:
        """Return what is to be kept of a right password that came with a request, once in a while."""
        more = self._programs.due(f"{account} {network_of(address)}", now)
        return () if more is None else (SignInTold(account, address, "password", DONE, now),)

    def _prove(self, site: Any, name: str, password: str, places: Places, now: datetime) -> Proof:
        """Look at a name and a password. Changes nothing but what this object remembers."""
        account, users = user_id_from(name[:200]), site.users
        if users is None:
            self.passwords.check(password, None)
            return Proof(account, Refusal(WRONG))
        wait = users.throttle.wait(account, places, now, self.throttle)
        if wait:
            return Proof(account, Refusal(f"Too many wrong passwords. Try again in {in_words(wait)}.", wait))
        known = self._remembered(account, password, users.session_stamp(account), now)
        if known is not None:
            return known
        familiar = users.throttle.knows(account, places, now)
        free = users.throttle.free(account, places, now, self.throttle)
        with self._turns.place(familiar) as placed:
            end = self._underway.begin(free, now) if placed else None
            if end is None:
                return Proof(account, Refusal(CROWDED, 1))
            failed = Failed(account, places, self.throttle, now, end=end)
            try:
                proof = self._look_at(users, password, familiar, failed)
            except BaseException:
                end()
                raise
        if not proof.failed:
            end()
        return proof

    def _look_at(self, users: Any, password: str, familiar: bool, failed: Failed) -> Proof:
        """Hash a password in its turn, and ask elsewhere. familiar: whether somebody signed in there before.

        failed: what is kept of it if it is not right here, also where nobody can be asked elsewhere.
        """
        account, now = failed.account, failed.now
        stamp = users.session_stamp(account)
        with self._turns.hashing(familiar) as came:
            if not came:
                return Proof(account, Refusal(CROWDED, 1))
            known = self._remembered(account, password, stamp, now)
            if known is not None:
                return known  # somebody else who waited sent the same, and was right
            right, renewed = users.verify(account, password, self.passwords)
        said = None if right else self._elsewhere.ask(users, account, password)
        if not right and not isinstance(said, Claim):
            return Proof(account, said or Refusal(WRONG), (failed,))
        claim = said if isinstance(said, Claim) else None
        if stamp:
            self._proofs.put(account, password, stamp, now, claim)
        return Proof(account if claim is None else claim.user_id, renewed=renewed, claim=claim)

    def _remembered(self, account: str, password: str, stamp: str, now: datetime) -> Proof | None:
        """Return what came of looking at the same lately, if it was right."""
        if not stamp or not self._proofs.has(account, password, stamp, now):
            return None
        claim = self._proofs.claim(account, password, stamp)
        return Proof(account if claim is None else claim.user_id, claim=claim)

    def __repr__(self) -> str:
        return "<Authenticator>"


def authenticator_for(settings: Settings, registry: Registry | None = None) -> Authenticator:
    """Return the authenticator that *settings* describe, with the ways to sign in that *registry* knows.

    Raises SettingsError for settings that do not fit.
    """
    security, session = settings.security, settings.session
    longest = security.failure_seconds
    forgotten = max(BackOff(0).forgotten, 2 * longest)
    account = BackOff(security.account_failures, longest=longest, forgotten=forgotten)
    address = BackOff(security.address_failures, longest=longest, forgotten=forgotten)
    return Authenticator(
        Passwords(security.argon2_passes, security.argon2_memory_bytes // 1024, security.argon2_lanes),
        SessionRules(session.idle_seconds, session.absolute_seconds),
        ThrottleRules(account, account, address),
        secret_of(settings),
        elsewhere=elsewhere_for(settings, registry),
        # Browsers keep cookies by host, not by port, and who develops has several sites on one host.
        session_cookie=f"{SESSION_COOKIE}_{settings.server.port}" if settings.development else SESSION_COOKIE,
        turns=Turns(2 if settings.server.threads > 3 else 1, settings.server.threads * 3 // 4),
    )


def decoded(credentials: str) -> tuple[str, str]:
    """Return name and password of Basic *credentials*; two empty texts for what cannot be read."""
    try:
        raw = base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        return "", ""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # what programs send that are older than RFC 7617
    name, _, password = text.partition(":")
    return name, password


def in_words(seconds: int) -> str:
    """Return a wait as people say it."""
    if seconds < 100:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
