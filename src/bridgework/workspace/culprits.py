"""Finds out which records of a refused batch are to blame, without trying them one by one.

Only what is certain counts: a value of the very text that the message quotes, in the very field that it names; a value
that another record has; a parent that is not there. Everything else is left to halving.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bridgework.workspace.records import ALSO_DELETED
from bridgework.workspace.rejection import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bridgework.workspace.model import Field, Object
    from bridgework.workspace.records import Records
    from bridgework.workspace.rejection import Rejection

_MOST_CONFLICTS = 1_000
Path = tuple[str, "str | None"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record that the server does not take; `reason` is in plain words and without the value."""

    record_id: str
    code: str
    field: str = ""
    reason: str = ""
    conflicting_id: str | None = None


@dataclass(frozen=True, slots=True)
class Culprits:
    """The bad ones of a batch, and those that turned out to be in the workspace already: id → updatedAt."""

    bad: dict[str, Refusal] = field(default_factory=dict)
    landed: dict[str, str] = field(default_factory=dict)


async def find_culprits(
    records: Records, object_: str, batch: Mapping[str, dict[str, Any]], rejection: Rejection, *, creating: bool
) -> Culprits:
    """The records of `batch` (id → record) to which a rejection certainly applies; empty where that cannot be told."""
    target = records.model.object(object_)
    if rejection.kind is Kind.VALUE:
        return Culprits(_by_value(target, batch, rejection))
    if rejection.kind is Kind.REFERENCE:
        return Culprits(await _by_reference(records, target, batch, rejection))
    if rejection.kind is Kind.DUPLICATE and creating:
        return await _by_uniqueness(records, target, batch, rejection)
    return Culprits()


# -- values


def _by_value(target: Object, batch: Mapping[str, dict[str, Any]], rejection: Rejection) -> dict[str, Refusal]:
    if rejection.code == "NOT_STORABLE":
        with_nul = [id_ for id_, record in batch.items() if any("\0" in text for text in _texts(record))]
        return {id_: Refusal(id_, "NUL_IN_TEXT", "", "a text in it has a NUL character") for id_ in with_nul}
    if rejection.needle is None:
        return {}
    name = rejection.field.partition(".")[0]
    names = [name] if name else _fields_of(target, rejection.code)
    bad: dict[str, Refusal] = {}
    wholes: list[Any] = []
    for id_, record in batch.items():
        for field_name in names:
            if field_name in record and rejection.needle in set(_texts(record[field_name])):
                path = rejection.field or field_name
                bad[id_] = Refusal(id_, rejection.code, path, rejection.reason)
                wholes.append(record[field_name])
                break
    # A phone number may be wrong with one country and right with another: then the message alone does not decide.
    if not rejection.field and any(whole != wholes[0] for whole in wholes):
        return {}
    return bad


def _fields_of(target: Object, code: str) -> list[str]:
    """Where a value can be, when the message names no field."""
    if code == "INVALID_PHONE":
        return [known.name for known in target.fields.values() if known.type == "PHONES"]
    columns = [name for known in target.fields.values() if known.is_link for name in known.names()]
    return ["id", *columns] if code == "INVALID_ID" else []


def _texts(value: Any) -> Iterator[str]:
    """Every way in which the server's messages write a value, or a part of it (node's util.inspect, or as it is)."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
        return
    if isinstance(value, list):
        yield "[ " + ", ".join(_inspect(part) for part in value) + " ]"
        for part in value:
            yield from _texts(part)
        return
    yield _inspect(value)
    yield f'"{value}"'
    yield str(value)


def _inspect(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    if "'" not in value:
        return f"'{escaped}'"
    return f'"{escaped}"' if '"' not in value else f"`{escaped}`"


# -- links


async def _by_reference(
    records: Records, target: Object, batch: Mapping[str, dict[str, Any]], rejection: Rejection
) -> dict[str, Refusal]:
    """The records whose parent is not there; a parent in the same batch counts as there."""
    bad: dict[str, Refusal] = {}
    for column, parent in _links(target, batch):
        wanted = {str(record[column]) for record in batch.values() if record.get(column)}
        if parent == target.name:
            wanted -= batch.keys()
        missing = wanted - (await records.stamps(parent, sorted(wanted))).keys() if wanted else set()
        for id_, record in batch.items():
            if str(record.get(column)) in missing:
                bad.setdefault(id_, Refusal(id_, rejection.code, column, rejection.reason))
    return bad


def _links(target: Object, batch: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """(column, linked object) of each link that a record of the batch has."""
    used = {name for record in batch.values() for name in record}
    for known in target.fields.values():
        if known.relation and known.relation.column in used:
            yield known.relation.column, known.relation.object
        for parent, column in known.columns.items():
            if column in used:
                yield column, parent


# -- unique values


async def _by_uniqueness(
    records: Records, target: Object, batch: Mapping[str, dict[str, Any]], rejection: Rejection
) -> Culprits:
    """Who has an id or a unique value that is taken: one call asks for all ids and unique values of the batch."""
    paths = [path for path in target.unique_paths() if _is_searchable(target.field(path[0]), path)]
    wanted = {path: _values(batch, path) for path in paths}
    any_of: list[dict[str, Any]] = [{"id": {"in": list(batch)}}]
    any_of += [_is_one_of(path, list(values)) for path, values in wanted.items() if values]
    selection = " ".join(["id updatedAt deletedAt", *(f"{n}{{{part}}}" if part else n for n, part in paths)])
    rows = await records.find(target.name, {"and": [{"or": any_of}, ALSO_DELETED]}, selection, _MOST_CONFLICTS)
    found = Culprits(landed={row["id"]: row["updatedAt"] for row in rows if row["id"] in batch})
    for path, values in wanted.items():
        owners = {_normal(_part(row, path), path): row for row in rows if row["id"] not in batch}
        for value, ids in values.items():
            _refuse_takers(found, path, ids, owners.get(value), rejection)
    return found


def _refuse_takers(
    found: Culprits, path: Path, ids: list[str], owner: Mapping[str, Any] | None, rejection: Rejection
) -> None:
    """Refuse those who want a value that `owner` has or, without an owner, all but the first of the batch."""
    able = [id_ for id_ in ids if id_ in found.landed] or [id_ for id_ in ids if id_ not in found.bad]
    holder = owner["id"] if owner else next(iter(able), None)
    deleted = bool(owner and owner.get("deletedAt"))
    code = "DUPLICATE_OF_DELETED" if deleted else rejection.code
    reason = "its value is held by a record in Twenty's trash" if deleted else "its value is taken"
    for id_ in ids:
        if id_ != holder and id_ not in found.landed and id_ not in found.bad:
            found.bad[id_] = Refusal(id_, code, _name(path), reason, holder)


def _is_searchable(known: Field, path: Path) -> bool:
    return path[1] is not None or known.type in {"TEXT", "UUID"}


def _values(batch: Mapping[str, dict[str, Any]], path: Path) -> dict[str, list[str]]:
    """Each value that is wanted → the ids of the records that want it, in order."""
    wanted: dict[str, list[str]] = {}
    for id_, record in batch.items():
        value = _normal(_part(record, path), path)
        if value:
            wanted.setdefault(value, []).append(id_)
    return wanted


def _part(record: Mapping[str, Any], path: Path) -> Any:
    value = record.get(path[0])
    if path[1] is None:
        return value
    return value.get(path[1]) if isinstance(value, dict) else None


def _normal(value: Any, path: Path) -> str:
    """A unique value as Twenty stores it: e-mails and hosts in lower case, no slash at a link's end."""
    text = "" if value is None else str(value)
    if path[1] == "primaryEmail":
        return text.strip().lower()
    if path[1] == "primaryLinkUrl" and "://" in text:
        split = urlsplit(text.strip())
        return split._replace(scheme=split.scheme.lower(), netloc=split.netloc.lower()).geturl().rstrip("/")
    return text


def _is_one_of(path: Path, values: list[str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"in": values}
    return {path[0]: {path[1]: wanted} if path[1] else wanted}


def _name(path: Path) -> str:
    return f"{path[0]}.{path[1]}" if path[1] else path[0]
