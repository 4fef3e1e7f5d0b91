"""Every error that Bridgework raises on purpose, and the exit code that each ends in.

    BridgeworkError
    ├── UsageError            2  the person asked for something that cannot be
    ├── FindingsStop          1  the data or the map says no: findings to act on first
    ├── OtherSystemError      3  the practice's system or Twenty refused, or is away
    │   ├── Refused              it answered, and said no
    │   └── Away                 it did not answer, or not in time
    └── Paused                4  stopped on purpose; the same command goes on

An error has a code, says what happened, where, why and what to do next. It never holds a patient's value: `where` names
an object, a field and a record reference, nothing else.
"""

from __future__ import annotations


class BridgeworkError(Exception):
    """Something went wrong that a person can act on."""

    exit_code = 1

    def __init__(self, code: str, what: str, *, where: str = "", why: str = "", next_step: str = "") -> None:
        """Keep the parts apart, so that a face can show each in its place."""
        super().__init__(code, what)
        self.code, self.what, self.where, self.why, self.next_step = code, what, where, why, next_step

    def __str__(self) -> str:
        parts = [f"{self.what} [{self.code}]"]
        parts += [f"{label}: {text}" for label, text in self.parts() if text]
        return "\n".join(parts)

    def parts(self) -> tuple[tuple[str, str], ...]:
        """What follows the first line: (label, text) pairs, empty texts included."""
        return (("Where", self.where), ("Why", self.why), ("Next", self.next_step))


class UsageError(BridgeworkError):
    """The command, a setting or a file of the user cannot be used as it is."""

    exit_code = 2


class FindingsStop(BridgeworkError):
    """The step ended, or did not begin, because of findings that a person must act on."""

    exit_code = 1


class OtherSystemError(BridgeworkError):
    """The system at the other end said no, or said nothing."""

    exit_code = 3


class Refused(OtherSystemError):
    """The other system answered, and refused."""


class Away(OtherSystemError):
    """The other system did not answer, or not in time."""


class Paused(BridgeworkError):
    """Stopped cleanly; the same command goes on from here."""

    exit_code = 4
