"""One no of a Twenty server: what sort it is, and what may be said of it."""

from __future__ import annotations

import dataclasses
from enum import Enum


class Kind(Enum):
    """What sort of no it is, which decides what the client does about it."""

    LIMIT = "limit"  # too many calls: not executed, wait and send again
    DUPLICATE = "duplicate"  # an id or a unique value is taken
    VALUE = "value"  # a value that the server does not take
    UNKNOWN_FIELD = "unknown field"  # the record API does not know the field, or does not know it yet
    REFERENCE = "reference"  # a link to a record that is not there
    TOO_MANY = "too many"  # more records than one call may hold
    TOO_LARGE = "too large"  # more bytes than one call may hold
    KEY = "key"  # no key, or a bad one
    PERMISSION = "permission"  # the key may not do this
    NOT_FOUND = "not found"
    SCHEMA = "schema"  # a change of the data model was refused
    DOCUMENT = "document"  # the server does not know this call: another version
    SERVER = "server"  # it failed, and may or may not have done what was asked
    OTHER = "other"


@dataclasses.dataclass(frozen=True, slots=True)
class Rejection:
    """What the server said, without the value that it names."""

    kind: Kind
    code: str
    field: str = ""
    reason: str = ""
    conflicting_id: str | None = None
    retry_after: float | None = None  # seconds that the server asks for
    limit: int | None = None  # tokens, for LIMIT; records, for TOO_MANY
    window: float | None = None  # seconds, for LIMIT
    needle: str | None = dataclasses.field(default=None, repr=False)  # the value in the message: to find its record
