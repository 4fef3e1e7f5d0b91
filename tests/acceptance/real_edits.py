"""Edits on both sides between two passes, and what each must have come to afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.acceptance.outside import Outside
from tests.acceptance.practice_edits import OWNER, Practice, Row

# source object: the object in Twenty, and by column of the practice the field that it becomes
BECOMES = {
    "patient": "person", "appointment": "task", "treatment": "treatment", "invoice": "invoice",
    "invoice_line": "invoiceLine", "transaction": "billingTransaction", "document": "note", "communication": "note",
    "referrer": "company", "insurer": "company", "provider": "company",
}  # fmt: skip
CELLS = [
    ("patient", "remark", "remarks"),
    ("patient", "policy_number", "policyNumber"),
    ("treatment", "remark", "remarks"),
    ("appointment", "reason", "reason"),
    ("invoice_line", "label", "name"),
    ("transaction", "remark", "remarks"),
    ("document", "title", "title"),
    ("communication", "subject", "title"),
    ("referrer", "remark", "remarks"),
    ("insurer", "union", "insurerUnion"),
]
PEOPLE = [
    ("patient", "jobTitle"),
    ("treatment", "tooth"),
    ("appointment", "title"),
    ("invoice", "attestationNumber"),
    ("communication", "title"),
    ("referrer", "remarks"),
]
OWN_DOMAIN = "people.example"  # of the addresses of people whom somebody adds in Twenty
Place = tuple[str, str, str]  # object in Twenty, id, field


@dataclass
class Expected:
    """What must be so in Twenty after a pass."""

    values: dict[Place, Any] = field(default_factory=dict)
    conflicts: dict[Place, tuple[str, str]] = field(default_factory=dict)  # what the practice says, what Twenty says
    there: set[str] = field(default_factory=set)  # keys
    gone: set[str] = field(default_factory=set)
    deleted_by_people: set[str] = field(default_factory=set)
    own: set[tuple[str, str]] = field(default_factory=set)  # records that people made: object, id
    edited: set[str] = field(default_factory=set)  # ids of records of ours that people edited
    shared_email: tuple[str, str] = ("", "")  # a person's id, and the address that somebody else holds


class Editing:
    """Chooses records that are in Twenty, each for one edit only, and edits them."""

    def __init__(self, practice: Practice, outside: Outside) -> None:
        self.practice, self.outside = practice, outside
        self.ids: dict[str, str] = {}  # of live records, by key
        self.binned: dict[str, str] = {}
        self._used: set[str] = set()
        self._gone_patients: set[str] = set()
        self._removed: dict[str, Row] = {}

    def look(self) -> None:
        """See which records of the practice are in Twenty now, alive or in the bin."""
        self.ids, self.binned = {}, {}
        self.outside.refresh()
        for object_ in sorted(set(BECOMES.values())):
            for one in self.outside.scan(object_, selection="id sourceSystemId deletedAt", page=5_000):
                if one["sourceSystemId"]:
                    (self.binned if one["deletedAt"] else self.ids)[one["sourceSystemId"]] = one["id"]

    def pick(self, object_: str, count: int) -> list[tuple[str, Row]]:
        """Some records spread over the whole practice, that no other edit is about."""
        free = [
            (key, row)
            for key, row in self.practice.rows(object_).items()
            if key in self.ids and key not in self._used and row.get(OWNER, "") not in self._gone_patients
        ]
        chosen = free[:: max(1, len(free) // max(1, count))][:count]
        self._used |= {key for key, _ in chosen}
        return chosen

    # --- at the practice -------------------------------------------------------------------------------------------

    def change_cells(self, expected: Expected, count: int, word: str) -> None:
        """Change a cell of some records of nearly every object."""
        for object_, column, name in CELLS:
            for key, row in self.pick(object_, count):
                row[column] = f"{word} {column} {key}"
                expected.values[BECOMES[object_], self.ids[key], name] = row[column]
        for key, row in self.pick("invoice", count):
            row["status"] = "Geweigerd" if row["status"] == "Betaald" else "Betaald"
            status = "REFUSED" if row["status"] == "Geweigerd" else "PAID"
            expected.values["invoice", self.ids[key], "paymentStatus"] = status

    def add(self, expected: Expected, numbers: Iterable[int]) -> None:
        """New patients with one of everything."""
        for number in numbers:
            expected.there |= set(self.practice.add_patient(str(number)).values())

    def take_away(self, expected: Expected, patients: int, singles: int) -> None:
        """Patients with all that is about them, and single records."""
        rows = self.practice.rows("patient")
        needed = {row["head_of_family"] for row in rows.values()}
        needed |= {one["payer_number"] for one in self.practice.rows("invoice").values()}
        free = [key for key, row in rows.items() if key in self.ids and key not in self._used]
        # Nobody is removed whom others need as head of the family or as payer, unless there is no other.
        free.sort(key=lambda key: (rows[key]["number"] in needed, key))
        for key in free[:patients]:
            number = rows[key]["number"]
            self._gone_patients.add(number)
            for gone in self.practice.remove_patient(number).values():
                expected.gone |= {one for one in gone if one in self.ids}
        for object_ in ("appointment", "treatment", "transaction", "communication"):
            picked = self.pick(object_, singles)
            self._removed |= dict(picked)
            expected.gone |= self.practice.remove_numbers(object_, {row["number"] for _, row in picked})

    def bring_back(self, expected: Expected) -> None:
        """A record that was removed is there again, with the number that it had."""
        key = next(key for key in sorted(expected.gone) if key in self._removed)
        object_ = key.partition(":")[0]
        self.practice.files[object_].rows.append(self._removed.pop(key))
        expected.gone.remove(key)
        expected.there.add(key)

    def share_an_email(self, expected: Expected) -> None:
        """Give a patient the address that another member of the family holds in Twenty."""
        rows = self.practice.rows("patient")
        held = {
            key: one["emails"]["primaryEmail"]
            for one in self.outside.scan("person", selection="id sourceSystemId emails{primaryEmail}", page=5_000)
            if (key := one["sourceSystemId"]) in rows and one["emails"]["primaryEmail"]
        }
        free = [key for key in rows if key in self.ids and key not in self._used]
        family = [(key, f"patient:{rows[key]['head_of_family']}") for key in free]
        # Where every family shares its address already, any two people do.
        pairs = [*family, *zip(free, reversed(free), strict=True)]
        key, other = next(
            (key, other)
            for key, other in pairs
            if key != other and other in held and other in free and held[other] not in rows[key]["email"].lower()
        )
        self._used |= {key, other}
        rows[key]["email"] = held[other]
        expected.shared_email = (self.ids[key], held[other])

    # --- in Twenty -------------------------------------------------------------------------------------------------

    def edit_in_twenty(self, expected: Expected, count: int, word: str) -> None:
        """Edit fields that the practice leaves alone."""
        for object_, name in PEOPLE:
            for key, _ in self.pick(object_, count):
                self._edit(expected, (BECOMES[object_], self.ids[key], name), f"{word} {key}")

    def conflict(self, expected: Expected, count: int, word: str) -> None:
        """Edit the same field on both sides."""
        for object_, column, name in (("patient", "remark", "remarks"), ("treatment", "remark", "remarks")):
            for key, row in self.pick(object_, count):
                row[column] = f"practice {word} {key}"
                place = (BECOMES[object_], self.ids[key], name)
                self._edit(expected, place, f"twenty {word} {key}")
                expected.conflicts[place] = (row[column], expected.values.pop(place))

    def delete_in_twenty(self, expected: Expected) -> None:
        """Put a treatment into Twenty's bin that the practice edits too."""
        ((key, row),) = self.pick("treatment", 1)
        row["remark"] = "edited, and deleted in Twenty"
        self.outside.remove("treatment", self.ids[key])
        expected.deleted_by_people.add(key)

    def make_own(self, expected: Expected, word: str) -> None:
        """A person of one's own, and a note about somebody who was loaded."""
        person = self.outside.create(
            "person",
            name={"firstName": "Own", "lastName": word},
            emails={"primaryEmail": f"{word}@{OWN_DOMAIN}"},
            jobTitle="made by a person",
        )
        note = self.outside.create("note", title=f"a note of {word}", bodyV2={"markdown": "written by a person"})
        ((key, _),) = self.pick("patient", 1)
        target = self.outside.create("noteTarget", noteId=note, targetPersonId=self.ids[key])
        expected.own |= {("person", person), ("note", note), ("noteTarget", target)}
        expected.values["person", person, "jobTitle"] = "made by a person"
        expected.values["note", note, "title"] = f"a note of {word}"

    def _edit(self, expected: Expected, place: Place, value: str) -> None:
        object_, id_, name = place
        self.outside.edit(object_, id_, **{name: value})
        expected.values[place] = value
        expected.edited.add(id_)
