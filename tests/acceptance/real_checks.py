"""What must be so in Twenty after the load and after each pass, seen from outside."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

from tests.acceptance.outside import Outside
from tests.acceptance.real_edits import BECOMES, Editing, Expected
from tests.acceptance.real_steps import Run
from tests.support import Ended

_FILES = 60  # so many are downloaded
_PATIENCE = 60  # seconds for a server's worker to remove them
_SHOWN = 5


class Checks:
    """Compares Twenty with what was edited, and with the sums that Bridgework told."""

    def __init__(self, run: Run, outside: Outside, editing: Editing, expected: Expected) -> None:
        self.run, self.outside, self.editing, self.expected = run, outside, editing, expected
        self._addresses: list[str] = []

    def arrived(self, when: str, ended: Ended) -> None:
        """The sums close and are what is there; edited values stand; new rows are there, gone ones in the bin."""
        with self.run.step(f"look {when}") as one:
            self.editing.look()
            one.records = len(self.editing.ids) + len(self.editing.binned)
            self._sums(when, ended)
            self._values(when)
            self._rows(when)
            self._shared(when)

    def asked(self, ended: Ended) -> None:
        """The pass asked about exactly the fields that both sides changed."""
        listed = {(one["object"], one["record"], one["field"]) for one in ended.document.get("conflicts", ())}
        wanted = set(self.expected.conflicts)
        self.run.expect(listed == wanted, f"asked about {sorted(listed - wanted)}, not about {sorted(wanted - listed)}")

    def verified(self) -> None:
        """The people's edits and the practice's stand after the verification, which writes nothing."""
        self._values("after the verification")

    def files(self, export: Path) -> None:
        """Some files of the workspace have the bytes of files of the practice."""
        known = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (export / "documents").iterdir()}
        with self.run.step("download some files") as one:
            rows = islice(
                self.outside.scan("attachment", selection="id file{url fileId} createdBy{source}"), 10 * _FILES
            )
            ours = [row for row in rows if row["createdBy"]["source"] == "IMPORT"][:_FILES]
            self._addresses = [file["url"] for row in ours for file in row["file"]]
            hashes = [self.outside.hash_of(one) for one in self._addresses]
            one.records = len(hashes)
        self.run.expect(bool(hashes), "no file arrived")
        self.run.expect(set(hashes) <= known, f"{len(set(hashes) - known)} files have other bytes than the practice's")

    def files_gone(self) -> None:
        """The same files are not given any more, a moment after their records are gone: a worker removes the bytes."""
        left = self._addresses
        for _ in range(_PATIENCE):
            left = [one for one in left if self.outside.gives(one)]
            if not left:
                break
            time.sleep(1)
        self.run.expect(not left, f"{len(left)} of {len(self._addresses)} files are still given after the rollback")

    def _sums(self, when: str, ended: Ended) -> None:
        accounts = {one["object"]: one for one in ended.document["outcome"]["counts"]["accounts"]}
        there = Counter(key.partition(":")[0] for key in self.editing.ids)
        missed = Counter(key.partition(":")[0] for key in self.expected.deleted_by_people)
        for name, rows in self.editing.practice.sizes().items():
            one = accounts.get(name, {})
            self.run.expect(bool(one.get("closes")), f"{when}: the sums of {name} do not close: {one}")
            self.run.expect(one.get("source") == rows, f"{when}: {name} has {rows} rows, and not {one.get('source')}")
            if name in BECOMES:
                loaded = one.get("loaded", 0) + one.get("merged", 0) - missed[name]
                self.run.expect(there[name] == loaded, f"{when}: {there[name]} of {name} are there, told are {loaded}")

    def _values(self, when: str) -> None:
        by_field: dict[tuple[str, str], dict[str, Any]] = {}
        for (object_, id_, name), value in self.expected.values.items():
            by_field.setdefault((object_, name), {})[id_] = value
        for (object_, id_, name), (_, twenty) in self.expected.conflicts.items():
            by_field.setdefault((object_, name), {})[id_] = twenty
        for (object_, name), wanted in by_field.items():
            rows = self.outside.scan(object_, selection=f"id {name}", where={"id": {"in": [*wanted]}})
            found = {one["id"]: one[name] for one in rows}
            other = [id_ for id_, value in wanted.items() if found.get(id_) != value]
            some = [(wanted[id_], found.get(id_, "not there")) for id_ in other[:_SHOWN]]
            self.run.expect(not other, f"{when}: {len(other)} of {len(wanted)} {object_}.{name} are not so: {some}")

    def _rows(self, when: str) -> None:
        expected, editing = self.expected, self.editing
        missing = expected.there - editing.ids.keys()
        self.run.expect(not missing, f"{when}: new rows are not there: {sorted(missing)[:_SHOWN]}")
        stay = expected.gone - editing.binned.keys()
        self.run.expect(not stay, f"{when}: {len(stay)} gone rows are not in the bin: {sorted(stay)[:_SHOWN]}")
        back = expected.deleted_by_people - editing.binned.keys()
        self.run.expect(not back, f"{when}: what people deleted is not in the bin: {sorted(back)}")

    def _shared(self, when: str) -> None:
        id_, address = self.expected.shared_email
        if not id_:
            return
        selection = "id emails{primaryEmail} otherEmails"
        found: dict[str, Any] = next(self.outside.scan("person", selection=selection, where={"id": {"eq": id_}}), {})
        right = found.get("emails", {}).get("primaryEmail") != address and address in (found.get("otherEmails") or "")
        self.run.expect(right, f"{when}: the shared address is not among the other e-mails")
