"""What people must know or have said: findings, quarantined records, approvals."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.store import audit_log
from bridgework.store.database import Store
from bridgework.store.tables import approval, finding, quarantine, quarantine_before

Severity = Literal["info", "warn", "stop"]
_EXAMPLES = 3
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or worth knowing, counted; `example` is a record's reference, never a value."""

    stage: str
    code: str
    object: str
    field: str
    severity: Severity
    count: int
    example: str
    what: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record set aside, and why; `code` is for machines, `reason` for people."""

    stage: str
    object: str
    row_no: int
    key: str
    file: str
    line: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved what, and the hash of what was shown."""

    what: str
    digest: str
    name: str
    at: str


def now() -> str:
    """This moment, UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def add_finding(connection: sa.Connection, new: Finding) -> None:
    """Keep a finding; the same one (stage, code, object, field) again adds to its count."""
    same = (
        (finding.c.stage == new.stage)
        & (finding.c.code == new.code)
        & (finding.c.object == new.object)
        & (finding.c.field == new.field)
    )
    changed = connection.execute(finding.update().where(same).values(count=finding.c.count + new.count))
    if changed.rowcount == 0:
        connection.execute(finding.insert().values(**asdict(new)))


def clear_findings(connection: sa.Connection, stage: str) -> None:
    """Forget a stage's findings, before it makes them anew."""
    connection.execute(finding.delete().where(finding.c.stage == stage))


def findings(store: Store, stage: str | None = None) -> list[Finding]:
    """All findings, the gravest first."""
    query = sa.select(finding).order_by(finding.c.stage, finding.c.object, finding.c.code, finding.c.field)
    if stage:
        query = query.where(finding.c.stage == stage)
    grave = {"stop": 0, "warn": 1, "info": 2}
    with store.read() as connection:
        rows = [Finding(**row) for row in connection.execute(query).mappings()]
    return sorted(rows, key=lambda row: grave[row.severity])


def set_aside(connection: sa.Connection, records: Iterable[Quarantined], run_id: int | None = None) -> None:
    """Quarantine records; `run_id` is the run that sets them aside, where one does."""
    rows = [{**asdict(record), "at": now(), "run_id": run_id} for record in records]
    if rows:
        connection.execute(quarantine.insert(), rows)


def is_aside(connection: sa.Connection, stage: str, object_: str) -> bool:
    """Whether any record of an object was set aside at a stage."""
    query = sa.select(quarantine.c.id).where(quarantine.c.stage == stage, quarantine.c.object == object_).limit(1)
    return connection.scalar(query) is not None


def keys_aside(connection: sa.Connection, object_: str, keys: Collection[str]) -> set[str]:
    """Those of the keys whose records were set aside while loading."""
    mine = (quarantine.c.object == object_) & quarantine.c.stage.startswith("load") & quarantine.c.key.in_(keys)
    return set(connection.scalars(sa.select(quarantine.c.key).where(mine)))


def try_again(connection: sa.Connection, stage: str, object_: str, row_nos: Sequence[int], run_id: int) -> None:
    """Take records out of the quarantine before a run tries them again; `as_before` puts them back."""
    mine = (quarantine.c.object == object_) & quarantine.c.row_no.in_(row_nos) & (quarantine.c.stage == stage)
    columns = [one for one in quarantine.columns if one.name != "id"]
    found = sa.select(sa.literal(run_id), *columns).where(mine, quarantine.c.run_id.is_distinct_from(run_id))
    names = ["by_run", *(one.name for one in columns)]
    connection.execute(quarantine_before.insert().from_select(names, found))
    connection.execute(quarantine.delete().where(mine))


def as_before(connection: sa.Connection, run_id: int) -> None:
    """Make the quarantine what it was before a run that is taken back."""
    connection.execute(quarantine.delete().where(quarantine.c.run_id == run_id))
    names = [one.name for one in quarantine.columns if one.name != "id"]
    mine = quarantine_before.c.by_run == run_id
    found = sa.select(*(quarantine_before.c[name] for name in names)).where(mine)
    connection.execute(quarantine.insert().from_select(names, found))
    connection.execute(quarantine_before.delete().where(mine))


def quarantine_counts(store: Store) -> list[dict[str, Any]]:
    """Quarantined records by stage, object, code and reason, each with its `count` and a few `examples` (file:line)."""
    group = (quarantine.c.stage, quarantine.c.object, quarantine.c.code, quarantine.c.reason)
    query = sa.select(*group, quarantine.c.file, quarantine.c.line).order_by(*group, quarantine.c.id)
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    with store.read() as connection:
        for row in connection.execute(query.execution_options(yield_per=1000)):
            kind = dict(zip(("stage", "object", "code", "reason"), row, strict=False))
            one = found.setdefault(tuple(kind.values()), {**kind, "count": 0, "examples": []})
            one["count"] += 1
            if len(one["examples"]) < _EXAMPLES:
                one["examples"].append(f"{row.file}:{row.line}")
    return list(found.values())


def signed_name(name: str) -> str:
    """The name of who approves, without spaces around it; raises UsageError (APPROVAL-NAME) where it is none.

    It has a letter, at most 100 characters, and none that a terminal would act on (Unicode's category C) or break a
    line at.
    """
    bare = name.strip()
    if wrong := _wrong_in_name(bare):
        raise UsageError(
            "APPROVAL-NAME",
            "This is no name to approve by.",
            why=wrong,
            next_step='give the name of the person who approves, such as "Dr Maes"',
        )
    return bare


def _wrong_in_name(bare: str) -> str:
    if len(bare) > _LONGEST_NAME:
        return f"it has more than {_LONGEST_NAME} characters"
    if any(unicodedata.category(one)[0] == "C" or unicodedata.category(one) in {"Zl", "Zp"} for one in bare):
        return "it holds characters that cannot be shown"
    return "" if any(map(str.isalpha, bare)) else "it has no letter"


def approve(store: Store, what: str, digest: str, name: str) -> None:
    """Record that a person approved what was shown; raises UsageError (APPROVAL-NAME)."""
    name = signed_name(name)
    with store.begin() as connection:
        connection.execute(approval.insert().values(what=what, digest=digest, name=name, at=now()))
        audit_log.append(connection, name, "approve", what, digest=digest)


def approved(store: Store, what: str) -> Approval | None:
    """The latest approval of that, or None."""
    query = sa.select(approval).where(approval.c.what == what).order_by(approval.c.id.desc()).limit(1)
    with store.read() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return Approval(row["what"], row["digest"], row["name"], row["at"]) if row else None
