"""A whole migration against a real Twenty, with people at work on both sides, and the workspace compared from outside.

    BRIDGEWORK_CHECK_URL=http://… BRIDGEWORK_CHECK_KEY=… python -m tests.acceptance.real_run [--patients 300]

A made-up practice is moved by the public command: sample, load, edits on both sides, two passes, one with nothing new,
verification, rollback. What is in the workspace is read before, between and after over its API, by code that shares
nothing with Bridgework. The workspace must be one that nobody needs. Exit code 0 where everything is as it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bridgework.twins.dentadmin import generate_practice
from tests.acceptance.counting_proxy import CountingProxy
from tests.acceptance.outside import Difference, Held, Outside, differences
from tests.acceptance.practice_edits import Practice
from tests.acceptance.real_before import Before
from tests.acceptance.real_checks import Checks
from tests.acceptance.real_edits import Editing, Expected
from tests.acceptance.real_remains import explain
from tests.acceptance.real_steps import Run, StoppedError, say
from tests.made_once import begin_run, end_run

APPROVED = ("--apply", "--approve-as", "Test")


class Journey:
    """The run from an empty migration folder to the workspace as it was."""

    def __init__(self, folder: Path, run: Run, outside: Outside, *, sample: int) -> None:
        self.run, self.outside, self.sample = run, outside, sample
        self.practice = Practice(folder / "export")
        self.editing = Editing(self.practice, outside)
        self.expected = Expected()
        self.checks = Checks(run, outside, self.editing, self.expected)
        self.before = Before(outside, self.practice)
        self.held = Held()

    def go(self) -> None:
        """All of it, in order."""
        self.settle_in()
        self.prepare()
        self.load()
        self.first_pass()
        self.second_pass()
        self.nothing_new()
        self.run.command("verify", "--apply")
        self.checks.verified()
        self.roll_back()

    def settle_in(self) -> None:
        """What people have in the workspace already, and all of it as it is before."""
        with self.run.step("what is there before") as one:
            self.before.make()
            self.before.wait_for_workflows()
            self.held = self.outside.hold()
            one.records = sum(len(rows) for rows in self.held.records.values())
        self.run.facts["records before"] = one.records

    def prepare(self) -> None:
        """Up to the schema, with the matches decided."""
        run, folder = self.run, str(self.practice.folder)
        run.command("init", "--practice", folder, "--twenty", run.proxy.url, "--rate", "0")
        run.command("audit", "--apply")
        run.command("map")
        run.command("map accept", "--all")
        run.command("map approve", "--as", "Test")
        run.command("schema", *APPROVED)
        pairs = run.command("match").document["match"]["pairs"]
        self.before.check_pairs(run, pairs)
        for ref in self.before.refs_in_the_bin(pairs):
            run.command("match", "--restore", ref, label="match --restore")
        run.command("match", "--accept-above")
        run.command("match", "--approve-as", "Test")

    def load(self) -> None:
        """Sample, approval, load; and what came of it, seen from outside."""
        self.run.command("sample", "--apply", "--patients", str(self.sample))
        self.run.command("sample", "--approve-as", "Test")
        ended = self.run.command("load", *APPROVED)
        self.checks.arrived("after the load", ended)
        self.checks.files(self.practice.folder)
        self.before.check_automations(self.run)

    def first_pass(self) -> None:
        """Edits on both sides; the pass asks about what both changed, and a person decides."""
        editing, expected, some = self.editing, self.expected, self._some()
        with self.run.step("edits, first round"):
            editing.take_away(expected, max(1, some // 2), 2)
            editing.share_an_email(expected)
            editing.change_cells(expected, some, "first")
            editing.add(expected, range(900_001, 900_001 + some))
            editing.conflict(expected, 2, "first")
            editing.edit_in_twenty(expected, some, "first")
            editing.delete_in_twenty(expected)
            editing.make_own(expected, "first")
            self.practice.write()
        ended = self.run.command("delta", *APPROVED, codes=(1,), label="delta, first pass")
        self.checks.asked(ended)
        self.checks.arrived("after the first pass", ended)
        first = next(iter(expected.conflicts))
        self.run.command("delta", "--decide", "source", label="decide for the practice")
        self.run.command("delta", "--decide", f"{first[1]}.{first[2]}=twenty", label="decide one for Twenty")
        for place, (practice, twenty) in expected.conflicts.items():
            expected.values[place] = twenty if place == first else practice
        expected.conflicts.clear()

    def second_pass(self) -> None:
        """More edits, what was decided, and records that come back."""
        editing, expected, some = self.editing, self.expected, max(1, self._some() // 2)
        with self.run.step("edits, second round"):
            editing.bring_back(expected)
            editing.take_away(expected, 1, 1)
            editing.change_cells(expected, some, "second")
            editing.add(expected, range(900_501, 900_501 + some))
            editing.edit_in_twenty(expected, some, "second")
            editing.make_own(expected, "second")
            self.practice.write()
        ended = self.run.command("delta", *APPROVED, label="delta, second pass")
        self.checks.arrived("after the second pass", ended)

    def nothing_new(self) -> None:
        """A pass where nothing changed: it asks Twenty nothing."""
        self.run.command("delta", *APPROVED, label="delta, nothing new")
        calls = self.run.steps[-1].calls
        self.run.expect(not calls, f"a pass with nothing new calls Twenty: {calls}")

    def roll_back(self) -> None:
        """Take all of it back, schema too; then what is left, before and after people take theirs away."""
        self.run.command("rollback", "--schema", *APPROVED, codes=(0, 1))
        self.checks.files_gone()
        self._compare("after the rollback")
        with self.run.step("people take theirs away"):
            left = self._left()
            self.outside.forget_history([id_ for _, id_ in left])
            for object_, id_ in left:
                self.outside.remove(object_, id_, for_good=True)
        self._compare("without what people made")

    def _some(self) -> int:
        return max(1, len(self.practice.files["patient"].rows) // 60)

    def _left(self) -> list[tuple[str, str]]:
        """What people made, and what was made for them: records that stay."""
        found = []
        for object_ in ("noteTarget", "taskTarget", "note", "task", "person", "company"):
            known = self.held.records[object_]
            found += [
                (object_, one["id"]) for one in self.outside.scan(object_, selection="id") if one["id"] not in known
            ]
        return found

    def _compare(self, when: str) -> None:
        """Say what differs from before, and what of it is not explained."""
        with self.run.step(f"compare {when}") as one:
            self.before.wait_for_workflows()
            now = self.outside.hold()
            one.records = sum(len(rows) for rows in now.records.values())
        found = differences(self.held, now)
        open_: list[Difference] = []
        reasons: Counter[str] = Counter()
        for each in found:
            if why := explain(each, self.held, now, self.expected):
                reasons[f"{each.place} {each.kind} {' '.join(each.fields)}: {why}"] += 1
            else:
                open_.append(each)
        say(f"{when}: {len(found)} differences, {len(open_)} not explained")
        for text, count in sorted(reasons.items()):
            say(f"  {count:>6} × {text}")
        for text, count in Counter(f"{each.place} {each.kind} {' '.join(each.fields)}" for each in open_).most_common():
            self.run.expect(False, f"{when}: {count} × {text}")
        for each in open_[:20]:
            say(f"  {each}")
        self.run.facts[f"differences {when}"] = len(found)
        self.run.facts[f"remains {when}"] = dict(reasons)
        self.run.expect(not open_, f"{when}: {len(open_)} differences are not explained")


def journey(
    folder: Path, url: str, key: str, *, patients: int, density: float, sample: int, seed: int = 3, fresh: bool = False
) -> dict[str, Any]:
    """Run it in a folder; the summary as a document. `fresh`: each command as a user starts it, which takes longer."""
    made = generate_practice(
        folder / "export", patients=patients, seed=seed, language="nl", messy=True, density=density,
        files_per_patient=0.5,
    )  # fmt: skip
    outside = Outside(url, key)
    with CountingProxy(url) as proxy:
        run = Run(folder / "migration", proxy, key, fresh=fresh)
        rows = sum(made.records.values())
        run.facts |= {"patients": patients, "density": density, "rows": rows, "files": made.files}
        say(f"{patients} patients, {rows:,} rows, {made.files:,} files")
        try:
            Journey(folder, run, outside, sample=sample).go()
        except StoppedError as error:
            run.expect(False, str(error))
        finally:
            outside.close()
    return run.summary()


def main() -> int:
    """Run it against the server that the environment names."""
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance.real_run")
    parser.add_argument("--patients", type=int, default=30)
    parser.add_argument("--density", type=float, default=0.3)
    parser.add_argument("--sample", type=int, default=0, help="patients of the sample; a tenth, 150 at most")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="an empty folder for the practice and the migration, left there")
    chosen = parser.parse_args()
    url, key = os.environ["BRIDGEWORK_CHECK_URL"].rstrip("/"), os.environ["BRIDGEWORK_CHECK_KEY"]
    sample = chosen.sample or min(150, max(3, chosen.patients // 10))
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        shared = begin_run()
        result = journey(
            folder, url, key, patients=chosen.patients, density=chosen.density, sample=sample, seed=chosen.seed,
            fresh=True,
        )  # fmt: skip
        end_run(shared)
    say(f"{'PASSED' if result['passed'] else 'FAILED'} in {result['seconds']:,} s: {result['checks']}")
    for one in result["wrong"]:
        say(f"  {one[:600]}")
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return 0 if result["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
