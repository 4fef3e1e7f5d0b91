"""The errors of calls to the practice's API: each says what to do, and none what was sent or received."""

from __future__ import annotations

import time

from bridgework.errors import Away, BridgeworkError, OtherSystemError, Paused, Refused, UsageError

_CHECK = "compare the profile with the API's description, then try it with `bridgework practice check`"


class TryAgainError(Exception):
    """A try failed in a way that may pass. It never leaves this package.

    `retry_after`: the seconds that the API asks for; `limited`: it says that too many calls came; `final`: what to
    raise where it does not pass.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry_after: float | None = None,
        limited: bool = False,
        final: BridgeworkError | None = None,
    ) -> None:
        """Keep why, in a word or a status."""
        super().__init__(reason)
        self.reason, self.retry_after, self.limited, self.final = reason, retry_after, limited, final


class KeyRefusedError(Exception):
    """The API answered 401. It never leaves this package."""


class GoneError(Exception):
    """There is nothing (any more) at this address. It never leaves this package."""


class MovedError(Exception):
    """The answer is at another address. It never leaves this package."""

    def __init__(self, location: str, *, keep_method: bool) -> None:
        """Keep where it is, as the API wrote it."""
        super().__init__()
        self.location, self.keep_method = location, keep_method


def away(where: str, tries: int, reason: str) -> OtherSystemError:
    """No answer after many tries."""
    return Away(
        "API-AWAY",
        "The practice's API does not answer",
        where=where,
        why=f"{tries} tries failed, the last with {reason}",
        next_step="check that it runs and can be reached from here, then run the same command again",
    )


def busy(where: str, until: float) -> Paused:
    """The API wants fewer calls, for longer than we wait; `until` in seconds since 1970."""
    at = time.strftime("%d/%m %H:%M", time.localtime(until))
    return Paused(
        "API-BUSY",
        f"The practice's API takes no more calls until {at}",
        where=where,
        why="it answered 429 (too many calls), although the budget of an hour was kept: other programs may call it too",
        next_step=f"run the same command again after {at}, or lower calls_an_hour in bridgework.toml",
    )


def key_refused(where: str) -> Refused:
    """401, also with a new token."""
    return Refused(
        "API-KEY-REFUSED",
        "The practice's API does not take the key",
        where=where,
        why="it answered 401",
        next_step="give the right one in BRIDGEWORK_DENTADMIN_KEY, and see `authentication` in the profile",
    )


def refused(where: str, status: int) -> Refused:
    """An answer that another try would not change."""
    if status in {404, 410}:
        return Refused(
            "API-NOT-FOUND",
            "The practice's API has nothing here",
            where=where,
            why=f"it answered {status}",
            next_step=f"see `base_url` and `path` in the profile: {_CHECK}",
        )
    if status == 403:
        return Refused(
            "API-FORBIDDEN",
            "The key may not read this",
            where=where,
            why="it answered 403",
            next_step="ask the vendor to open this object for the key, or take it out of the profile",
        )
    return Refused(
        "API-REFUSED",
        "The practice's API refuses the call",
        where=where,
        why=f"it answered {status}",
        next_step=f"see the parameters and the page size: {_CHECK}",
    )


def unfit(code: str, what: str, where: str, why: str) -> Refused:
    """An answer that is not what the profile says."""
    return Refused(code, what, where=where, why=why, next_step=_CHECK)


def elsewhere(where: str) -> Refused:
    """The API sends us to another host, where the key must not go."""
    return Refused(
        "API-ELSEWHERE",
        "The practice's API sends us to another host",
        where=where,
        why="the key and the patients' data go to the host in the profile and to no other",
        next_step="if that host is the vendor's, write it as `base_url` in the profile",
    )


def bad_secret(form: str) -> UsageError:
    """The secret is not of the form that the authentication wants."""
    return UsageError(
        "API-KEY-FORM",
        "The key of the practice's API does not have the form that the profile asks for.",
        where="BRIDGEWORK_DENTADMIN_KEY",
        next_step=f"give it as {form}",
    )
