"""The practice's side and the people's side of a world that is edited while it is migrated."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any, Self

from tests.moving import Move, Prepared, moved, prepare_export
from tests.support import small_practice

PATIENT, TREATMENT = "patient", "treatment"
FILES = {PATIENT: "patienten.csv", TREATMENT: "behandelingen.csv"}
OBJECTS = {PATIENT: "person", TREATMENT: "treatment"}
COLUMNS = {
    PATIENT: {"remarks": "Opmerkingen", "policyNumber": "Polisnummer"},
    TREATMENT: {"remarks": "Nota"},
}
REFUSED = "NEE"
"""A policy number that Twenty does not take for as long as the world says so."""
_OWNER, _ENCODING = "Patiëntnr", "cp1252"
_KEPT = {*FILES.values(), "verstrekkers.csv", "afspraken.csv", "verzekeringsinstellingen.csv"}
_FEW = {"verzekeringsinstellingen.csv": 2, "afspraken.csv": 2}

Key = tuple[str, str]
"""Source object and number: how both sides name a record."""


def prepare_world(root: Path) -> Prepared:
    """Three patients with their treatments, and a workspace with its schema made."""
    return prepare_export(root, "any-order", _export)


def _export(folder: Path) -> Any:
    made = small_practice(folder, patients=3, messy=False)
    for path in folder.rglob("*.csv"):
        if path.name not in _KEPT:
            path.unlink()
        elif path.name in _FEW:
            lines = path.read_bytes().splitlines(keepends=True)
            path.write_bytes(b"".join(lines[: 1 + _FEW[path.name]]))
    return made


def loaded_world(prepared: Prepared, root: Path) -> Prepared:
    """The same, with its load done."""
    with moved(prepared, root) as move:
        move.load(patients=1)
    return Prepared(root, prepared.members)


class Practice:
    """The tables of the practice, as it edits them; written to the export when somebody reads it."""

    def __init__(self, export: Path) -> None:
        """Read what is there."""
        self._export = export
        self.rows = {kind: self._read(name) for kind, name in FILES.items()}
        self.gone: dict[Key, dict[str, str]] = {}

    def _read(self, name: str) -> dict[str, dict[str, str]]:
        header, *lines = (self._export / name).read_bytes().decode(_ENCODING).splitlines()
        rows = [dict(zip(header.split(";"), line.split(";"), strict=True)) for line in lines]
        return {next(iter(row.values())): row for row in rows}

    def as_it_is(self) -> Self:
        """A copy, which no later edit changes."""
        return deepcopy(self)

    def write(self) -> None:
        """Export anew."""
        for kind, name in FILES.items():
            rows = list(self.rows[kind].values())
            lines = [";".join(rows[0]), *(";".join(row.values()) for row in rows), ""]
            (self._export / name).write_bytes("\r\n".join(lines).encode(_ENCODING))

    def all(self, kind: str = "") -> list[Key]:
        """Every record that there is; with `kind`, of that object."""
        return [(name, key) for name, rows in self.rows.items() if kind in {"", name} for key in rows]

    def has(self, one: Key) -> bool:
        """Whether there is such a record."""
        return one[1] in self.rows[one[0]]

    def owner(self, one: Key) -> Key:
        """The patient whom a record is about."""
        row = self.rows[one[0]].get(one[1]) or self.gone[one]
        return (PATIENT, row[_OWNER])

    def values(self, one: Key) -> dict[str, str]:
        """What a record says, by the names of Twenty's fields."""
        kind, key = one
        return {name: self.rows[kind][key][column] for name, column in COLUMNS[kind].items()}

    def edit(self, one: Key, name: str, value: str) -> None:
        """Change a cell."""
        self.rows[one[0]][one[1]][COLUMNS[one[0]][name]] = value

    def add(self, kind: str, number: int) -> None:
        """A new record, much like the first one there is."""
        like = dict(next(iter(self.rows[kind].values())))
        key = str(90_000 + number)
        if (kind, key) in self.gone or key in self.rows[kind]:
            return
        like[next(iter(like))] = key
        if kind == PATIENT:
            like |= {"E-mail": f"new{number}@mail.example", "INSZ-nummer": "", "GSM": "", "Gezinshoofd": ""}
        self.rows[kind][key] = like

    def remove(self, one: Key) -> None:
        """Remove a record and what hangs on it; the last of a table stays, for an empty export is a lost one."""
        hanging = [key for key, row in self.rows[TREATMENT].items() if (PATIENT, row[_OWNER]) == one]
        for kind, keys in ((TREATMENT, hanging if one[0] == PATIENT else []), (one[0], [one[1]])):
            if len(self.rows[kind]) <= len(keys):
                return
            for key in keys:
                self.gone[kind, key] = self.rows[kind].pop(key)

    def bring_back(self, one: Key) -> None:
        """Have a removed record again, with the number that it had."""
        if one[0] == PATIENT or self.has(self.owner(one)):
            self.rows[one[0]][one[1]] = self.gone.pop(one)


class People:
    """What people do in Twenty, and what they see there."""

    def __init__(self, move: Move) -> None:
        """In this workspace."""
        self._move = move

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that there is, by object, the deleted included."""
        found: dict[str, list[dict[str, Any]]] = self._move.records()
        return found

    def there(self) -> dict[Key, dict[str, Any]]:
        """The records that stand for the practice's; fails where one is there twice."""
        found: dict[Key, dict[str, Any]] = {}
        records = self.records()
        for kind, object_ in OBJECTS.items():
            for one in records.get(object_, ()):
                of, _, key = (one.get("sourceSystemId") or "").partition(":")
                if of == kind:
                    assert (kind, key) not in found, f"a {kind} is there twice"
                    found[kind, key] = one
        return found

    def edit(self, one: Key, record: dict[str, Any], name: str, value: str) -> None:
        """Change a field."""
        self._move.edit_in_twenty(OBJECTS[one[0]], record["id"], **{name: value})

    def destroy(self, object_: str, ids: list[str]) -> None:
        """Destroy records for good."""
        self._move.in_twenty(lambda workspace: workspace.destroy(object_, ids))

    def bin(self, one: Key, record: dict[str, Any], *, back: bool) -> None:
        """Delete a record, or take it out of the bin again."""
        self._move.in_twenty(
            lambda workspace: (workspace.restore if back else workspace.soft_delete)(OBJECTS[one[0]], [record["id"]])
        )
