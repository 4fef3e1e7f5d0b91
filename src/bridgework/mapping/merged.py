"""A record as it is written to one of the workspace's that stands for it: a pure function of the two.

Nothing of the practice is lost: what gives way to Twenty's value goes to the field beside (an e-mail address) or to the
import remarks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bridgework.mapping.target import REMARKS, TargetRecord, add_line

OF_TWENTY = frozenset({"createdAt", "updatedAt", "createdBy", "position"})
"""What stays the existing record's own, whatever the policy."""


def merged(record: TargetRecord, kept: Collection[str]) -> TargetRecord:
    """The record without what stays Twenty's; `kept` are the fields of which Twenty's value stands."""
    values = {name: value for name, value in record.values.items() if name not in OF_TWENTY and name not in kept}
    beside = {claim.field.partition(".")[0]: claim.beside for claim in record.claims}
    for name in kept:
        texts = list(_texts(record.values.get(name)))
        if name in beside:
            for text in texts:
                add_line(values, beside[name], text)
        elif texts:
            add_line(values, REMARKS, f"{name}: {' '.join(texts)}")
    claims = tuple(one for one in record.claims if one.field.partition(".")[0] not in kept)
    return replace(record, values=values, claims=claims)


def _texts(value: Any) -> Iterator[str]:
    """A value as words; a phone number with its country, without what the country is called."""
    if isinstance(value, Mapping):
        parts = dict(value)
        for number, calling in (("primaryPhoneNumber", "primaryPhoneCallingCode"), ("number", "callingCode")):
            if parts.get(number):
                yield f"{parts.pop(calling, '')}{parts.pop(number)}"
        yield from (text for name, part in parts.items() if "CountryCode" not in name for text in _texts(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in _texts(part))
    elif value not in (None, ""):
        yield str(value)
