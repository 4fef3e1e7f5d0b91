"""What a load's steps will take, reckoned before they are taken: rows that are left, and records that a row becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

import sqlalchemy as sa

from bridgework.mapping.target import LoadStep
from bridgework.stages.forecast.forecast import Forecast
from bridgework.store import Store
from bridgework.store.ledger import CREATE, Ledger
from bridgework.store.tables import batch, run, run_row


class Counting(Protocol):
    """Rows that can be counted."""

    def count_after(self, object_: str, row_no: int) -> int:
        """How many rows of an object come behind a row number."""


def expect_steps(
    forecast: Forecast,
    run: Ledger,
    rows: Counting,
    steps: Iterable[LoadStep],
    totals: Mapping[str, int | None],
    size: int,
    at_once: int,
) -> None:
    """Tell a forecast of the steps that are left. `size`: records in one call; `totals`: as for `Moving.take_steps`."""
    become = records_a_row(run.store)
    for step in steps:
        progress = run.progress(step.name)
        if progress.done:
            continue
        total = totals.get(step.source_object, 0) or 0
        left = rows.count_after(step.source_object, progress.after_row) if progress.after_row else total
        each = become.get(step.name, 0.0 if become else 1.0)
        part = forecast.expect(step.name, left, each / size, at_once=at_once)
        part.records_a_unit = each
        part.files = step.role == "file"


def records_a_row(store: Store) -> dict[str, float]:
    """How many records a row became in the last sample, by step; empty where no sample was taken."""
    with store.read() as connection:
        query = sa.select(sa.func.max(run.c.id)).where(run.c.stage == "sample", run.c.state != "undone")
        sample = connection.scalar(query)
        if sample is None:
            return {}
        count = sa.func.count().label("number")
        mine = sa.select(run_row.c.object, count).where(run_row.c.run_id == sample).group_by(run_row.c.object)
        rows = Counter({row.object: row.number for row in connection.execute(mine)})
        total = sa.func.sum(batch.c.size).label("number")
        made = sa.select(batch.c.step, total).where(batch.c.run_id == sample, batch.c.action == CREATE)
        sizes = {row.step: row.number for row in connection.execute(made.group_by(batch.c.step))}
    return {name: number / rows[of] for name, number in sizes.items() if rows[of := name.partition("→")[0]]}
