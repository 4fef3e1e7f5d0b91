"""What a running stage says of itself to other terminals: what bounds it, and when it ends."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from bridgework.store.database import Store
from bridgework.store.tables import running


@dataclass(frozen=True, slots=True)
class Running:
    """A stage at a moment; moments are seconds since 1970, `used` and `allowed` calls a minute (0: no limit).

    `bound` is source, rate, answers or machine, and empty while nothing is known; `calls_left` counts calls to Twenty.
    """

    stage: str
    at: float
    bound: str
    allowed: int
    used: float
    ends_at: float | None
    calls_left: int | None


def keep(store: Store, one: Running) -> None:
    """Say how things stand, in place of what was said before."""
    with store.begin() as connection:
        connection.execute(running.delete())
        connection.execute(running.insert().values(**asdict(one)))


def forget(store: Store) -> None:
    """Nothing runs any more."""
    with store.begin() as connection:
        connection.execute(running.delete())


def last_said(store: Store) -> Running | None:
    """How things stood when it was said last, or None where nothing runs. A process that was killed leaves its last."""
    with store.read() as connection:
        found = connection.execute(sa.select(running)).mappings().first()
    return None if found is None else Running(**found)
