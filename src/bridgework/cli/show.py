"""What a person reads in the terminal: plans, outcomes, errors; or one JSON document instead."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bridgework.errors import BridgeworkError
from bridgework.reports.words import title
from bridgework.stages.common import Outcome, Plan
from bridgework.store.notes import Finding

_MOST_STEPS = 60
_NUMBERS = frozenset(
    {"source", "loaded", "merged", "hand-over", "quarantined", "count", "records", "calls"}
) | frozenset({"then", "now", "new", "changed", "gone", "unchanged", "held", "untouched"})
_MOST_FINDINGS, _MOST_PLACES = 25, 3
_CHANGE = ("where", "what", "before", "after")
_MARK = {"stop": "[red]stop[/]", "warn": "[yellow]warn[/]", "info": "info"}


class Screen:
    """One command's output: text on stdout, or with `--json` one document there and nothing else."""

    def __init__(self, *, as_json: bool) -> None:
        """Write text, or collect one document."""
        self.as_json = as_json
        self.out = Console(highlight=False, soft_wrap=False)
        self.errors = Console(stderr=True, highlight=False)
        self.document: dict[str, Any] = {}

    def finish(self, exit_code: int) -> None:
        """Print the document, where one was asked for."""
        if self.as_json:
            json.dump({"exit_code": exit_code, **self.document}, sys.stdout, ensure_ascii=False, indent=2, default=str)
            sys.stdout.write("\n")

    def text(self, text: str) -> None:
        """A line for a person (markup allowed)."""
        if not self.as_json:
            self.out.print(text)

    def plan(self, plan: Plan) -> None:
        """Show a plan."""
        self.document["plan"] = {
            "stage": plan.stage,
            "signature": plan.signature,
            "steps": [asdict(step) for step in plan.steps],
            "stops": [asdict(one) for one in plan.stops],
            "notes": [asdict(one) for one in plan.notes],
            "changes": [dict(zip(_CHANGE, one, strict=True)) for one in plan.changes],
        }
        if self.as_json:
            return
        if not plan.steps:
            self.text(f"[bold]{plan.stage}[/]: nothing to do.")
        else:
            counted = any(step.count for step in plan.steps)
            table = _table(f"What {plan.stage} would do", "", "where", "what", *(["count"] if counted else []))
            for step in plan.steps[:_MOST_STEPS]:
                count = [f"{step.count:,}" if step.count else ""] if counted else []
                where = escape(step.object.split(".")[0])
                table.add_row(step.action.replace("_", " "), where, escape(step.text), *count)
            self.out.print(table)
            if len(plan.steps) > _MOST_STEPS:
                self.text(f"… and {len(plan.steps) - _MOST_STEPS} more; `--json` shows all.")
        for path in plan.pages:
            self.text(f"Read or change it: {escape(str(path))}")
        if plan.changes:
            self.differences(plan.changes, f"What changed since the {plan.stage} was approved")
        self.findings([*plan.stops, *plan.notes])

    def differences(self, changes: Iterable[Sequence[str]], title: str = "What differs") -> None:
        """Every entry that differs: where, what happened to it, before, after."""
        self.table(title, ("where", "", "before", "after"), (tuple(map(escape, one)) for one in changes))

    def outcome(self, outcome: Outcome) -> None:
        """Show what a stage did."""
        self.document["outcome"] = {
            "stage": outcome.stage,
            "passed": outcome.passed,
            "message": outcome.message,
            "counts": outcome.counts,
            "findings": [asdict(one) for one in outcome.findings],
            "reports": [str(path) for path in outcome.reports],
        }
        if self.as_json:
            return
        self.findings(outcome.findings)
        if sums := outcome.counts.get("accounts"):
            self.accounts(sums)
        self.quarantine(outcome.counts.get("quarantine", ()))
        if classes := outcome.counts.get("classes"):
            self.text("Fields compared: " + ", ".join(f"{count:,} {name}" for name, count in classes.items()))
        for path in outcome.reports:
            self.text(f"Report: {escape(str(path))}")
        mark = "[green]✓[/]" if outcome.passed else "[red]✗[/]"
        self.text(f"{mark} {escape(outcome.message)}")

    def accounts(self, sums: Sequence[Mapping[str, Any]]) -> None:
        """The sums that must close."""
        table = _table(
            "Every record accounted for", "object", "source", "loaded", "merged", "hand-over", "quarantined", ""
        )
        columns = ("source", "loaded", "merged", "kept", "quarantined")
        for one in sums:
            numbers = [f"{one[name]:,}" for name in columns]
            table.add_row(one["object"], *numbers, "[green]closes[/]" if one["closes"] else "[red]open[/]")
        totals = [f"{sum(one[name] for one in sums):,}" for name in columns]
        table.add_section()
        table.add_row("total", *totals, "")
        self.out.print(table)

    def quarantine(self, kinds: Sequence[Mapping[str, Any]]) -> None:
        """What was set aside, and why."""
        if not kinds:
            return
        table = _table("Quarantined", "object", "code", "count", "why", "for example")
        for one in kinds[:_MOST_FINDINGS]:
            shown = [title(one["object"]), one["code"], f"{one['count']:,}", one["reason"], one["examples"][0]]
            table.add_row(*(escape(text) for text in shown))
        self.out.print(table)

    def findings(self, found: Sequence[Finding]) -> None:
        """Findings, the gravest first; a line for each code, wherever it was found."""
        if not found or self.as_json:
            return
        by_code: dict[str, list[Finding]] = {}
        for one in found:
            by_code.setdefault(one.code, []).append(one)
        table = _table("Worth knowing", "", "code", "count", "what, and where")
        for code, same in list(by_code.items())[:_MOST_FINDINGS]:
            first = same[0]
            text = f"{first.what}. {first.next_step}" if first.next_step else first.what
            places = [f"{one.object}.{one.field}" if one.field else one.object for one in same]
            where = ", ".join(places[:_MOST_PLACES]) + (" …" if len(places) > _MOST_PLACES else "")
            count = f"{sum(one.count for one in same):,}"
            table.add_row(_MARK[first.severity], code, count, f"{escape(text)} [dim]({escape(where)})[/]")
        self.out.print(table)
        if len(by_code) > _MOST_FINDINGS:
            self.text(f"… and {len(by_code) - _MOST_FINDINGS} more kinds; `--json` shows all.")

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Any table (markup allowed in its cells, not in its title)."""
        if not self.as_json:
            self.out.print(Text(title, style="bold"))  # of its own: a table wraps its title to its own width
            table = _table(None, *columns)
            for row in rows:
                table.add_row(*row)
            self.out.print(table)

    def error(self, error: BridgeworkError) -> None:
        """An error: what, where, why, and what to do next."""
        parts = {label.lower(): text for label, text in error.parts() if text}
        self.document["error"] = {"code": error.code, "what": error.what, **parts}
        if self.as_json:
            return
        self.errors.print(f"[bold red]{escape(error.what)}[/] [dim]{escape(error.code)}[/]")
        for label, text in error.parts():
            if text:
                self.errors.print(f"  [bold]{label}:[/] {escape(text)}")


def _table(title: str | None, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for name in columns:
        numeric = name in _NUMBERS
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    return table
