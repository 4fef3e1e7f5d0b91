"""Runs one command: shows, asks, stops cleanly, and ends in the exit code that scripts can trust."""

from __future__ import annotations

import asyncio
import signal
import sys
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.prompt import Prompt

from bridgework.cli.progress import Bars, Lines
from bridgework.cli.show import Screen
from bridgework.errors import BridgeworkError, FindingsStop, Paused, UsageError
from bridgework.migration import Migration
from bridgework.stages.common import Outcome, Plan, Stage, Stopper
from bridgework.stages.context import Context
from bridgework.stages.forecast import TimedLoop
from bridgework.stages.patience import patiently
from bridgework.store import Store
from bridgework.store.failures import in_words
from bridgework.store.notes import approve, approved, signed_name

DONE, STOPPED = 0, 1
_HOW = {"map": "run `bridgework map approve DIR --as NAME`"}
_T = TypeVar("_T")


@contextmanager
def command(*, as_json: bool) -> Iterator[Screen]:
    """The frame of every command: errors become words and an exit code, never a traceback."""
    screen = Screen(as_json=as_json)
    code = DONE
    try:
        yield screen
    except BridgeworkError as error:
        screen.error(error)
        code = error.exit_code
    except typer.Exit as ended:
        code = ended.exit_code
    except (KeyboardInterrupt, EOFError, typer.Abort):  # the second Ctrl-C, or no answer where somebody was asked
        stopped = _stopped_at_once()
        screen.error(stopped)
        code = stopped.exit_code
    except Exception as error:  # noqa: BLE001  # a defect of ours: say where, without the values that its text may hold
        shown = _defect(error)
        screen.error(shown)
        code = shown.exit_code
    screen.finish(code)
    raise typer.Exit(code)


def run_stage(
    screen: Screen,
    folder: Path,
    make: Callable[[Migration], Stage],
    *,
    plan_only: bool,
    apply: bool,
    approve_as: str | None,
    wait: bool = False,
) -> None:
    """Plan a stage, show it, have it approved, apply it."""
    if plan_only and apply:
        raise UsageError("PLAN-OR-APPLY", "Choose one of --plan and --apply.")
    approve_as = _name(approve_as)
    with Migration.open(folder, alone=True, wait=wait) as migration:
        stage = make(migration)
        plan = work(migration.context, stage.plan())
        if not (apply and screen.as_json):
            screen.plan(plan)
        if plan.stops:
            raise _stopped(plan)
        if plan_only or not (apply or _wanted(screen)):
            return
        _have_approved(migration.context.store, plan, approve_as)
        context = migration.context
        finish(screen, work(context, patiently(context, plan.stage, lambda: stage.apply(plan))))


async def apply_approved(screen: Screen, context: Context, stage: Stage, approve_as: str | None) -> Outcome:
    """Plan a stage and apply it, as part of a longer command; raises FindingsStop where it is not approved."""
    approve_as = _name(approve_as)
    plan = await stage.plan()
    if plan.stops:
        screen.findings(plan.stops)
        raise _stopped(plan)
    _have_approved(context.store, plan, approve_as)
    return await patiently(context, plan.stage, lambda: stage.apply(plan))


def _stopped(plan: Plan) -> FindingsStop:
    return FindingsStop(
        "PLAN-STOPS",
        f"The {plan.stage} cannot be applied: {len(plan.stops)} findings stop it.",
        next_step="act on the findings marked stop, then run the command again",
    )


def work(context: Context, doing: Coroutine[Any, Any, _T]) -> _T:
    """Let a stage work, with its progress shown, until it is done or asked to stop."""
    with stopping(context.stopper), progress() as shown:
        context.progress = shown
        with asyncio.Runner(loop_factory=TimedLoop) as runner:
            return runner.run(doing)


def finish(screen: Screen, outcome: Outcome) -> None:
    """Show an outcome; one that did not pass ends the command with 1."""
    screen.outcome(outcome)
    if not outcome.passed:
        raise typer.Exit(STOPPED)


def _wanted(screen: Screen) -> bool:
    """Ask a person whether to apply; where there is nobody, the plan was all."""
    if screen.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        screen.text("Nothing was changed. Run it with --apply to do this.")
        return False
    return typer.confirm("Do this now?")


def _have_approved(store: Store, plan: Plan, approve_as: str | None) -> None:
    """See that exactly this plan is approved by name: now, or before."""
    if not (plan.approval and plan.steps):
        return
    given = approved(store, plan.stage)
    if given is not None and given.digest == plan.signature and approve_as in (None, given.name):
        return
    name = approve_as
    if name is None and sys.stdin.isatty():
        name = Prompt.ask(f"Approve the {plan.stage} as shown above; your name").strip()
    if not name:
        raise FindingsStop(
            "APPROVAL-MISSING",
            f"Nobody has approved the {plan.stage} as it is now.",
            next_step=_HOW.get(plan.stage, f"run `bridgework {plan.stage} DIR --apply --approve-as NAME`"),
        )
    approve(store, plan.stage, plan.signature, name)


def _name(given: str | None) -> str | None:
    """The name that was given with the command, before anything is done; raises UsageError (APPROVAL-NAME)."""
    return None if given is None else signed_name(given)


@contextmanager
def stopping(stopper: Stopper) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask for a clean stop; a second Ctrl-C ends at once, which the ledger survives too."""

    def ask(number: int, _frame: object) -> None:
        if stopper.wanted and number == signal.SIGINT:
            raise KeyboardInterrupt
        stopper.stop()
        sys.stderr.write("Stopping at the next safe point …\n")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def progress() -> Bars | Lines:
    """Bars where somebody looks on, lines where nobody does."""
    return Bars() if sys.stderr.isatty() else Lines()


def _stopped_at_once() -> Paused:
    return Paused(
        "STOPPED",
        "Stopped at once, as you asked. Nothing is lost.",
        why="what was under way may or may not have arrived; automations that were paused may still be",
        next_step="run the same command again: it looks first, goes on from there, and restores them",
    )


def _defect(error: Exception) -> BridgeworkError:
    """A defect of Bridgework: the kind of error and the places in the code, not its text, which may hold a value."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, BridgeworkError):
        return error
    if (of_machine := in_words(error)) is not None:
        return of_machine
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(frames))
    return BridgeworkError(
        "DEFECT",
        f"Bridgework itself failed ({type(error).__name__}). Nothing is lost: the ledger holds what was done.",
        where=where,
        next_step="run the command again; if it fails again, report this code and place",
    )
