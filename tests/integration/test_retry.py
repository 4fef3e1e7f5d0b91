"""What Twenty refused, and what waits for it, is taken once more; and only that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bridgework.stages.rollback import Rollback
from bridgework.store.notes import quarantine_counts
from bridgework.workspace import Workspace
from tests.moving import Move, Prepared, moved, prepare


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


def _options(move: Move, keep: Any = None) -> list[dict[str, Any]]:
    """Give the choice of sex only these options; answers those that it had."""

    async def change(workspace: Workspace) -> list[dict[str, Any]]:
        had = [one.as_input() for one in workspace.model.object("person").field("sex").options]
        left = keep or [one for one in had if one["value"] == "OTHER"]
        await workspace.set_options("person", "sex", left)
        return had

    return move.in_twenty(change)


def _codes(move: Move) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in quarantine_counts(move.migration.context.store):
        if one["stage"].startswith("load"):
            found[one["code"]] = found.get(one["code"], 0) + one["count"]
    return found


def test_refused_records_and_what_waits_for_them_arrive_once_the_cause_is_gone(
    prepared: Prepared, tmp_path: Path
) -> None:
    with moved(prepared, tmp_path) as move:
        before = move.records()
        had = _options(move)
        move.load()
        codes = _codes(move)
        refused = sum(count for code, count in codes.items() if code.startswith("REFUSED"))
        assert refused > 3
        assert codes["WAITS-FOR"] > refused
        made = move.twin.stats.created
        still = move.apply("retry")
        assert _codes(move) == codes
        assert still.passed  # the sums close
        assert move.twin.stats.created == made
        _options(move, had)
        move.apply("retry")
        left = _codes(move)
        assert "WAITS-FOR" not in left
        assert not any(code.startswith("REFUSED") for code in left)
        verified = move.apply("verify")
        assert verified.passed
        move.apply(Rollback(move.migration.context, scope="retry 2"))
        assert _codes(move) == codes
        move.apply("retry")
        assert move.apply("verify").passed
        move.apply(Rollback(move.migration.context))
        assert move.records() == before
