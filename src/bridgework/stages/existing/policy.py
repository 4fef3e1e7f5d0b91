"""Whose value a field has after a merge: by the policy of the settings, field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from bridgework.mapping.merged import OF_TWENTY
from bridgework.mapping.target import REMARKS, SOURCE_ID, TargetRecord
from bridgework.settings import ExistingSettings
from bridgework.store import Store
from bridgework.store.tables import schema_change
from bridgework.workspace import classify
from bridgework.workspace.model import Object

_SAME = frozenset({"equal", "normalised"})
# The parts that say whether there is a value: a country without a number, a currency without an amount is none.
_TELLING: Mapping[str, tuple[str, ...]] = {
    "PHONES": ("primaryPhoneNumber", "additionalPhones"),
    "CURRENCY": ("amountMicros",),
    "LINKS": ("primaryLinkUrl", "secondaryLinks"),
    "EMAILS": ("primaryEmail", "additionalEmails"),
}


def fields_of_ours(store: Store, object_: str) -> frozenset[str]:
    """The fields that the schema stage made: nobody but us has filled them."""
    made = (schema_change.c.object == object_) & schema_change.c.action.in_(("create_field", "create_relation"))
    query = sa.select(schema_change.c.field).where(made, schema_change.c.state == "done")
    with store.read() as connection:
        return frozenset({*connection.scalars(query), SOURCE_ID, REMARKS})


def kept_by(
    record: TargetRecord,
    target: Object,
    current: Mapping[str, Any],
    ours: Collection[str],
    settings: ExistingSettings,
) -> list[str]:
    """The values of a record that give way to what Twenty holds; `current` is the existing record as it is now."""
    beside = {one.beside for one in record.claims}
    return [
        name
        for name in written(record, target, current)
        if (field := target.field(name)).name not in {*ours, *beside}
        and not _source_wins(settings.policy_of(record.object, field.name), field.type, current.get(name))
    ]


def written(record: TargetRecord, target: Object, current: Mapping[str, Any]) -> Iterator[str]:
    """The values that are not in the existing record as they are: what a merge would write."""
    for name, value in record.values.items():
        if (
            name != "id"
            and name not in OF_TWENTY
            and classify(target.field(name), value, current.get(name)) not in _SAME
        ):
            yield name


def _source_wins(policy: str, type_: str, current: Any) -> bool:
    return policy == "source" or (policy == "fill" and _is_empty(type_, current))


def _is_empty(type_: str, value: Any) -> bool:
    if isinstance(value, Mapping):
        return not any(value.get(part) for part in _TELLING.get(type_, tuple(value)))
    return value is None or value in ("", [])
