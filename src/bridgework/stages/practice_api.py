"""Opening the practice's API for a stage: its profile, its key, its budget, and words for what the budget is doing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bridgework.practice.api import ApiClient, ApiProfile, CallBudget
from bridgework.practice.budget import Budget, BudgetState
from bridgework.practice.hours import Hours
from bridgework.settings import ApiSettings
from bridgework.stages.context import Context
from bridgework.store.keys import DENTADMIN_KEY, secret

_BRUSSELS = ZoneInfo("Europe/Brussels")
_LOOK_UP = 0.25  # seconds: how soon a wait notices Ctrl-C


def open_budget(context: Context, api: ApiSettings, stage: str) -> Budget:
    """The budget of a migration's API; whoever waits for it is told why, and can be stopped."""

    async def sleep(seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        while (left := until - clock()) > 0:
            context.stopper.check(stage)
            await asyncio.sleep(min(left, _LOOK_UP))

    def waiting(state: BudgetState) -> None:
        context.progress.show(f"waiting: {in_words(state)}")

    hours = Hours.parse(api.hours)
    return Budget(context.store, api.calls_an_hour, hours, sleep=sleep, on_wait=waiting)


def open_client(context: Context, profile: ApiProfile, budget: CallBudget) -> ApiClient:
    """A client of the practice's API, to be used as an async context manager."""
    migration = str(context.settings.migration.id)
    return ApiClient(profile, secret=lambda: secret(DENTADMIN_KEY, migration), budget=budget)


def in_words(state: BudgetState) -> str:
    """How the budget stands, in one line: what is left, and when it goes on."""
    if state.paused:
        return "DentAdmin's API is paused; `bridgework practice resume DIR` lets it go on"
    if state.opens_at is not None:
        return f"the hours of DentAdmin's API begin at {at_clock(state.opens_at)}"
    spent = f"{state.left:,} of {state.limit:,} calls left in this hour"
    return spent if state.next_at is None else f"{spent}; the next at {at_clock(state.next_at)}"


def at_clock(moment: float, now: Callable[[], datetime] = lambda: datetime.now(_BRUSSELS)) -> str:
    """A moment (seconds since 1970) as the practice's clocks show it; with the day, unless it is today."""
    shown = datetime.fromtimestamp(moment, _BRUSSELS)
    today = shown.date() == now().date()
    return f"{shown:%H:%M}" if today else f"{shown:%a %d %b %H:%M}"
