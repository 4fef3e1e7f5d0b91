"""How long 100,000 people take to be rolled back at 100 calls a minute."""

from __future__ import annotations

from tests.bench.rates import Figures, ready


def roll_back(number: int, rate: int) -> Figures:
    """Load so many patients without a limit, then take all back at a rate."""
    with ready(number, people_only=True) as migration:
        load, counted = migration.apply("load")
        migration.keep_to(rate)
        undo, calls = migration.apply("rollback")
        return {
            "records written": counted["created"],
            "load without limit: s": load.seconds,
            "peak MB, load": load.peak_mb,
            "rollback: s": undo.seconds,
            "rollback: calls": calls["tokens"],
            "rollback: CPU s": undo.cpu,
            "rollback: peak MB": undo.peak_mb,
        }


def memory(small: int, large: int) -> Figures:
    """Peak memory at two volumes, without a limit, and what the larger one takes of time."""
    figures: Figures = {}
    for name, records in (("small", small), ("large", large)):
        with ready(records) as migration:
            load, counted = migration.apply("load")
            verify, _ = migration.apply("verify")
            undo, _ = migration.apply("rollback")
        written = counted["created"]
        figures[f"{name}: records written"] = written
        figures[f"{name}: peak MB, load"] = load.peak_mb
        figures[f"{name}: peak MB, verify"] = verify.peak_mb
        figures[f"{name}: peak MB, rollback"] = undo.peak_mb
    figures |= {
        "large: records a second, load with reading back": written / load.seconds,
        "large: records a create call": written / counted["creates"],
        "large: CPU s for 1,000 records": load.cpu / written * 1000,
        "large: records a second, verify": written / verify.seconds,
        "large: records a second, rollback": written / undo.seconds,
    }
    return figures
