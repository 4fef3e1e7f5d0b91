"""Keeps the calls to the practice's API within what its vendor grants: never more than so many in any hour.

The server counts a call at some moment between its sending and its answer. So a call holds its place from before it is
sent until an hour after it ended; and a call may only be sent while fewer than the limit hold one. Whatever hour one
looks at, the last call in it to be sent found all others of that hour in their places: they are at most the limit.

The places are rows of the store. Each process that shares it takes one in a short transaction in which nobody else
writes, before the call is sent; so neither another process nor a restart can make the calls more. A process that dies
leaves its call without an end: it then counts as ended when it would have timed out.

Calls go as soon as there are places, all of an hour's at once if the practice's server can answer them: spreading them
would only lose time. The client's number of calls at once is what spares the server.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from bridgework.practice.hours import Hours, estimate
from bridgework.practice.passed_time import PassedTime, uptime
from bridgework.store import Store
from bridgework.store.tables import setting, source_call

MOST_CALLS_AN_HOUR = 3600

_CONTROL = "api control"
_LOCK = 0x62726467  # of a database server: any number that nobody else takes
_LOOK_AGAIN = 30.0  # seconds: another process may have paused, resumed or lowered meanwhile
_A_LITTLE = 0.001  # seconds; timers may come a little too soon

# Statements are made once: making them takes longer than running them.
_ENDED, _BEGAN = sa.bindparam("ended_by", type_=sa.Float()), sa.bindparam("began_by", type_=sa.Float())
_OVER = (source_call.c.ended <= _ENDED) | (source_call.c.ended.is_(None) & (source_call.c.began <= _BEGAN))
_HELD = (source_call.c.ended > _ENDED) | (source_call.c.ended.is_(None) & (source_call.c.began > _BEGAN))
_PRUNE = source_call.delete().where(_OVER)
_COUNT = sa.select(sa.func.count()).select_from(source_call).where(_HELD)
_ENDS = sa.func.coalesce(source_call.c.ended, source_call.c.began + sa.bindparam("longest", type_=sa.Float()))
_FREE = sa.select(_ENDS).where(_HELD).order_by(_ENDS).offset(sa.bindparam("beyond", type_=sa.Integer())).limit(1)
_TAKE = source_call.insert()
# SQLite may give the number of a row that was deleted to another one, an hour later.
_END = source_call.update().where(
    (source_call.c.id == sa.bindparam("number")) & (source_call.c.began == sa.bindparam("since"))
)
_KEPT = sa.select(setting.c.value).where(setting.c.name == _CONTROL)


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which the limit holds: an hour, and `margin` for two clocks that do not go equally fast (seconds).

    A call whose process died counts as ended `longest_call` after it began: the client's time-outs must be shorter.
    """

    seconds: float = 3600.0
    margin: float = 2.0
    longest_call: float = 300.0

    @property
    def held(self) -> float:
        """How long a call holds its place after its end."""
        return self.seconds + self.margin


HOUR = Window()


class _Place(NamedTuple):
    """A place that a call holds."""

    number: int
    began: float


@dataclass(frozen=True, slots=True)
class BudgetState:
    """What the status line shows. `spent` counts the places that are taken; moments are seconds since 1970.

    `next_at` is when the next call may leave by the limit alone, None where one may leave at once; `opens_at` is when
    the hours open, None while they are open.
    """

    limit: int
    spent: int
    left: int
    next_at: float | None
    open: bool
    opens_at: float | None
    paused: bool

    @property
    def is_free(self) -> bool:
        """Whether a call may leave now."""
        return self.left > 0 and self.open and not self.paused


class Budget:
    """The calls of one practice, for all tasks and processes that share its store.

    `calls_an_hour` is at most 3,600. `on_wait` is told the state whenever a call has to wait, and once every half
    minute while it does; it may raise to stop. A test that gives a `clock` runs on it alone.
    """

    def __init__(  # noqa: PLR0913 - each says one thing, most of them for tests
        self,
        store: Store,
        calls_an_hour: int = MOST_CALLS_AN_HOUR,
        hours: Hours | None = None,
        *,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] | None = None,
        sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
        on_wait: Callable[[BudgetState], None] = lambda _: None,
        window: Window = HOUR,
    ) -> None:
        """Share the budget that is kept in this store."""
        if not 0 < calls_an_hour <= MOST_CALLS_AN_HOUR:
            raise ValueError(f"the calls of an hour are 1 to {MOST_CALLS_AN_HOUR}")
        self._store, self._limit, self._hours, self._window = store, calls_an_hour, hours, window
        self._clock, self._sleep, self.on_wait = clock, sleep, on_wait
        self._time = PassedTime(clock, steady or (uptime if clock is time.time else clock))
        self._turn = asyncio.Lock()  # one of this process's calls waits, the others stand behind it

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """Wait for a place, then go: the block is one try of one call, from its sending to the end of its answer."""
        async with self._turn:
            while isinstance(taken := self._take(), BudgetState):
                self.on_wait(taken)
                await self._sleep(self._wait(taken))
        try:
            yield
        finally:
            self._end(taken)

    def state(self) -> BudgetState:
        """How things stand, other processes included."""
        with self._store.read() as connection:
            return self._state(connection, self._time.now(connection))

    def ends_at(self, calls: int) -> float:
        """When so many more calls will have been made, at the earliest; seconds since 1970. A pause is not foreseen."""
        state, now = self.state(), self._clock()
        start = now if self._hours is None else self._hours.opens(now)
        if calls <= state.left:
            return start
        return max(state.next_at or now, estimate(calls - state.left, state.limit, self._hours, start))

    def pause(self) -> None:
        """Let no call begin until `resume`, in any process; those under way come to their end."""
        self._keep(paused=True)

    def resume(self) -> None:
        """Take back a pause."""
        self._keep(paused=False)

    def lower(self, calls_an_hour: int | None) -> None:
        """Use less than the settings allow, in every process; None takes it back. More than them has no effect."""
        if calls_an_hour is not None and calls_an_hour < 1:
            raise ValueError("to make no calls, pause")
        self._keep(limit=calls_an_hour)

    # -- places

    def _take(self) -> _Place | BudgetState:
        """A place that is now taken; or how things stand, where a call has to wait."""
        with self._store.begin() as connection:
            _alone(connection)
            now = self._time.now(connection, keep=True)
            connection.execute(_PRUNE, self._edge(now))
            state = self._state(connection, now)
            return _Place(_number(connection.execute(_TAKE, {"began": now})), now) if state.is_free else state

    def _end(self, place: _Place) -> None:
        with self._store.begin() as connection:
            _alone(connection)
            now = self._time.now(connection, keep=True)
            if not connection.execute(_END, {"number": place.number, "since": place.began, "ended": now}).rowcount:
                # It outlived its place, since it was taken for dead.
                connection.execute(_TAKE, {"began": now, "ended": now})

    def _state(self, connection: sa.Connection, now: float) -> BudgetState:
        control, at, edge = _control(connection), self._clock(), self._edge(now)
        limit = min(self._limit, control["limit"] or self._limit)
        spent = connection.scalar(_COUNT, edge) or 0
        free_at = None
        if spent >= limit:
            asked = {**edge, "longest": self._window.longest_call, "beyond": spent - limit}
            ended = float(connection.scalar(_FREE, asked) or 0.0)
            free_at = at + max(0.0, ended + self._window.held - now)
        is_open = self._hours is None or self._hours.is_open(at)
        return BudgetState(
            limit=limit,
            spent=spent,
            left=max(0, limit - spent),
            next_at=free_at,
            open=is_open,
            opens_at=None if is_open or self._hours is None else self._hours.opens(at),
            paused=control["paused"],
        )

    def _edge(self, now: float) -> dict[str, float]:
        """What a call must have ended by, or begun by if it never ended, to hold its place no more."""
        ended = now - self._window.held
        return {"ended_by": ended, "began_by": ended - self._window.longest_call}

    def _wait(self, state: BudgetState) -> float:
        due = [moment for moment in (state.next_at, state.opens_at) if moment is not None]
        if state.paused or not due:
            return _LOOK_AGAIN
        return min(_LOOK_AGAIN, max(_A_LITTLE, max(due) - self._clock()))

    # -- control

    def _keep(self, **said: Any) -> None:
        with self._store.begin() as connection:
            _alone(connection)
            new = {**_control(connection), **said}
            connection.execute(setting.delete().where(setting.c.name == _CONTROL))
            connection.execute(setting.insert().values(name=_CONTROL, value=new))


def _control(connection: sa.Connection) -> dict[str, Any]:
    """What the operator said in any process."""
    return {"paused": False, "limit": None, **(connection.scalar(_KEPT) or {})}


def _alone(connection: sa.Connection) -> None:
    """Let nobody else take a place until the end of this transaction. In SQLite, that is how each one begins."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _number(made: sa.CursorResult[Any]) -> int:
    if made.inserted_primary_key is None:
        raise RuntimeError("the database gave no key for a new call")
    return int(made.inserted_primary_key[0])
