"""Where a migration stands: what is done, what is next, what a person must know; from the store alone."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.stages import automations
from bridgework.stages.accounting import accounts
from bridgework.stages.context import Context
from bridgework.stages.existing.deciding import state as match_state
from bridgework.stages.forecast import in_words
from bridgework.stages.practice_api import in_words as budget_in_words
from bridgework.stages.practice_api import open_budget
from bridgework.stages.rehearsal.remains import last_rehearsal
from bridgework.stages.sample_approval import sample_is_approved
from bridgework.store import audit_log
from bridgework.store.ledger import Ledger, Run, runs
from bridgework.store.notes import approved, findings, quarantine_counts
from bridgework.store.running import last_said
from bridgework.store.tables import batch, source_file

_NEXT = (
    ("audit", "bridgework audit DIR --apply"),
    ("map", "bridgework map DIR"),
    ("schema", "bridgework schema DIR --apply"),
    ("sample", "bridgework sample DIR --apply"),
    ("load", "bridgework load DIR --apply"),
    ("verify", "bridgework verify DIR --apply"),
)
_DONE = "everything is done"


def status(context: Context) -> dict[str, Any]:
    """The state of each stage, the sums, what is paused, and the next command."""
    store = context.store
    load = Ledger.current(store, "load", context.actor)
    stands = _map(context)
    done = {
        "audit": _staged(context) > 0,
        "map": stands["is_approved"],
        "schema": bool(store.get("schema")),
        "sample": sample_is_approved(context),
        "load": bool(load and load.row()["state"] == "done"),
        "verify": store.get("verified") is True,
    }
    following = next((stands["next"] if name == "map" else command for name, command in _NEXT if not done[name]), _DONE)
    return {
        "folder": str(context.folder),
        "workspace": context.settings.workspace.url,
        "stages": done,
        "map": stands,
        "approvals": [asdict(one) for name, _ in _NEXT if (one := approved(store, name))],
        "runs": [_run(one) for one in runs(store)],
        "batches": _batches(context, load),
        "running": _running(context),
        "match": match_state(context),
        "rehearsal": last_rehearsal(context),
        "api": _api(context),
        "accounts": [one.as_row() for one in accounts(store)] if load else [],
        "quarantine": quarantine_counts(store),
        "findings": [asdict(one) for one in findings(store)],
        "paused automations": [asdict(one) for one in automations.paused(store)],
        "log": asdict(audit_log.verify(store)),
        "next": following.replace("DIR", str(context.folder)),
    }


def _map(context: Context) -> dict[str, Any]:
    """Where the map stands: whether it is approved as it is, what keeps it from that, and what comes next."""
    stands = {
        "is_approved": False,
        "problems": 0,
        "open": 0,
        "columns": "",
        "late": False,
        "next": "bridgework map DIR",
    }
    if not context.map_path.exists():
        return stands
    from bridgework.stages.map_view import standing  # what reads maps takes a moment to import

    try:
        found = standing(context, context.map())
    except UsageError as error:  # a person may have edited it to what is no map
        return {**stands, "problems": 1, "next": f"correct {error.where}, then: bridgework map check DIR"}
    return {
        "is_approved": found.is_approved,
        "problems": len(found.problems),
        "open": found.open,
        "columns": found.columns.in_words(),
        "late": found.late,
        "next": found.next_step,
    }


def _run(one: Run) -> dict[str, Any]:
    """A run as people know it."""
    return {"name": one.name, "state": one.state, "began": one.started_at, "ended": one.ended_at}


def _running(context: Context) -> dict[str, Any]:
    """What runs now, in another process; empty where nothing does."""
    said = last_said(context.store)
    if said is None:
        return {}
    now = time.time()
    left = None if said.ends_at is None else max(0.0, said.ends_at - now)
    return {**asdict(said), "seconds_left": left, "said": in_words(said, now)}


def _api(context: Context) -> str:
    """How the budget of the practice's API stands; empty where there is no API."""
    api = context.settings.practice.api
    return budget_in_words(open_budget(context, api, "status").state()) if api else ""


def _staged(context: Context) -> int:
    with context.store.read() as connection:
        query = sa.select(sa.func.count()).select_from(source_file).where(source_file.c.state == "staged")
        return connection.scalar(query) or 0


def _batches(context: Context, load: Ledger | None) -> dict[str, int]:
    if load is None:
        return {}
    count = sa.func.count().label("number")
    query = sa.select(batch.c.state, count).where(batch.c.run_id == load.run_id).group_by(batch.c.state)
    with context.store.read() as connection:
        return {row.state: row.number for row in connection.execute(query)}
