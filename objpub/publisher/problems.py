"""Requests that cannot be answered as they came: errors of HTTP, each with its status."""

from objpub.errors import Refused


class Problem(Refused):
    """A request that is refused before anything is looked up.

    status: the number.
    """

    status = 400

    def __init__(self, message: str, status: int | None = None):
        super().__init__(message)
        if status is not None:
            self.status = status


class BadRequest(Problem):
    """It cannot be read."""


class CrossSite(Problem):
    """It changes something and does not come from a page of this site."""

    status = 403


class TooLong(Problem):
    """Its path is too long or too deep."""

    status = 414


class TooLarge(Problem):
    """Its body is larger than allowed, or has more parts."""

    status = 413


class PreconditionFailed(Problem):
    """It is about another version than the one that there is."""

    status = 412


class RangeNotSatisfiable(Problem):
    """It asks for a part of a file that the file does not have; size: of the file in bytes."""

    status = 416

    def __init__(self, message: str, size: int):
        super().__init__(message)
        self.size = size


class LengthRequired(Problem):
    """Its body comes without saying how long it is."""

    status = 411


class TimedOut(Problem):
    """It did not come to its end in time."""

    status = 408


class HeadTooLarge(Problem):
    """One of its headers is longer than allowed."""

    status = 431


class UnknownMediaType(Problem):
    """Its body is of a kind that nobody reads here."""

    status = 415


class UnknownMethod(Problem):
    """Its method is none that objpub knows."""

    status = 501


class SignInNeeded(Problem):
    """It came without a sign-in, or with one that was not accepted; retry_after in seconds, 0 for none."""

    status = 401

    def __init__(self, message: str, retry_after: int = 0):
        super().__init__(message, 429 if retry_after else 401)
        self.retry_after = retry_after
