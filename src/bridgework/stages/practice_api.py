"""Opening the practice's API for a stage: its profile, its key, its budget, and words for what the budget is doing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bridgework.errors import UsageError
from bridgework.practice.budget import Budget, BudgetState
from bridgework.practice.hours import Hours
from bridgework.settings import ApiSettings
from bridgework.stages.context import Context
from bridgework.store.keys import DENTADMIN_KEY, secret

if TYPE_CHECKING:  # `status` asks for the budget alone
    from bridgework.practice.api import ApiClient, ApiProfile, CallBudget, ObjectCheck

_BRUSSELS = ZoneInfo("Europe/Brussels")
_LOOK_UP = 0.25  # seconds: how soon a wait notices Ctrl-C


def needed_api(context: Context) -> ApiSettings:
    """What the settings say of the API; raises UsageError (API-MISSING) where they say nothing."""
    if (api := context.settings.practice.api) is None:
        raise UsageError(
            "API-MISSING",
            "This migration has no API to read.",
            where="bridgework.toml",
            next_step='write [practice.api] with profile = "…" into it; docs/how-do-i-describe-an-api.md tells how',
        )
    return api


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
    from bridgework.practice.api import ApiClient

    migration = str(context.settings.migration.id)
    return ApiClient(profile, secret=lambda: secret(DENTADMIN_KEY, migration), budget=budget)


@dataclass(frozen=True, slots=True)
class CheckedObject:
    """One object of the API in words: whether the profile fits it, how many records, how many calls."""

    object: str
    fits: bool
    records: str
    calls_needed: str
    words: str


@dataclass(frozen=True, slots=True)
class ProfileCheck:
    """What trying a profile showed."""

    profile: str
    warnings: list[str]
    objects: list[CheckedObject]
    budget: str

    @property
    def fits(self) -> bool:
        """Whether every object can be read by the profile as it is."""
        return all(one.fits for one in self.objects)

    def as_json(self) -> dict[str, Any]:
        """The check as JSON takes it."""
        return {"fits": self.fits, **asdict(self)}


async def check_api(context: Context) -> ProfileCheck:
    """Try the profile: a call or two an object."""
    from bridgework.practice.api import check_profile
    from bridgework.stages.sources import Sources

    api = needed_api(context)
    profile = Sources(context).profile
    if profile is None:
        raise ValueError("there are settings of an API, and no profile")
    budget = open_budget(context, api, "check")
    async with open_client(context, profile, budget) as client:
        checks = await check_profile(client)
    return ProfileCheck(profile.name, profile.warnings(), [_in_words(one) for one in checks], in_words(budget.state()))


def _in_words(one: ObjectCheck) -> CheckedObject:
    """The check of an object for a person: what is wrong first."""
    if one.problem is not None:
        why = ". ".join(text for text in (one.problem.what, one.problem.why, one.problem.next_step) if text)
        return CheckedObject(one.object, fits=False, records="", calls_needed="", words=why)
    words = [
        f"{len(one.found)} fields found",
        f"not found: {', '.join(one.missing)}" if one.missing else "",
        f"not in the profile, read under their own names: {', '.join(one.extra)}" if one.extra else "",
        f"{one.without_id} of the first page have no id" if one.without_id else "",
        f"{one.same_id} of the first page share an id with another one" if one.same_id else "",
        f"pages of {one.served}, {one.asked} were asked for"
        if one.more and one.asked not in {None, one.served}
        else "",
        f"changed-since {one.since}" if one.since else "",
    ]
    records = "" if one.total is None else f"{one.total:,}"
    calls = "" if one.calls_needed is None else f"{one.calls_needed:,}"
    return CheckedObject(one.object, one.fits, records, calls, "; ".join(text for text in words if text))


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
