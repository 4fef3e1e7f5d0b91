"""A record as it will be in Twenty, and what the engine must know of it: links, unique values, its file, findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID, uuid5

from bridgework.belgium.nomenclature_table import Table
from bridgework.mapping.words import squash

REMARKS = "importRemarks"
SOURCE_ID = "sourceSystemId"
LONGEST_TEXT = 20_000

Role = Literal["record", "target", "file"]

# What a finding says to a person, by its code. A finding never holds the value; that is in the record's import remarks.
FINDINGS = {
    "BAD-CHARACTER": "held a character that no database takes (such as NUL); it was removed",
    "SPACES-REMOVED": "has spaces around it; loaded without them",
    "MOJIBAKE": "has letters read in a wrong encoding before the export, such as Ã© for é; loaded as they are",
    "MOJIBAKE-REPAIRED": "had letters read in a wrong encoding; mended as the map says, kept in the import remarks",
    "TRUNCATED": "is longer than the 20,000 characters that Twenty takes; the rest stays in the practice's export",
    "PLACEHOLDER": "holds a word for nothing known; kept in the import remarks",
    "NOT-A-DATE": "is no date in the declared formats; kept in the import remarks",
    "NOT-A-TIME": "is no time in the declared formats; kept in the import remarks",
    "HOUR-ASSUMED": "has no time that can be read beside its day; midnight stands in the field, which is not the hour",
    "NOT-A-NUMBER": "is no number; kept in the import remarks",
    "NOT-AN-AMOUNT": "is no amount; kept in the import remarks",
    "AMOUNT-CURRENCY": "is an amount with a currency beside it; loaded without it",
    "AMOUNT-MINUS": "is a number with the minus behind it, or in brackets; loaded as a negative one",
    "AMOUNT-THOUSANDS": "is a number with signs between the thousands; loaded without them",
    "AMOUNT-POINT": "is an amount with a point before the cents, not a comma; loaded as such",
    "DECIMAL-ASSUMED": "has three digits behind its only sign: thousands or decimals, and nothing tells which; the "
    "Belgian way was taken, kept in the import remarks",
    "UNIT-REMOVED": "is a number with a unit or as a time; loaded as a number",
    "NOT-YES-OR-NO": "is neither yes nor no; kept in the import remarks",
    "UNKNOWN-WORD": "holds a word that the pick-list does not have; kept in the import remarks",
    "TIME-DROPPED": "holds a time beside its date; the field takes the date, the whole is kept in the import remarks",
    "CENTURY-ASSUMED": "has a year of two digits that could be either century; kept in the import remarks",
    "DATE-SERIAL": "is a date as the day number of a spreadsheet; loaded as the date",
    "DATE-COMPACT": "is a date of eight digits; loaded as the date",
    "YEAR-COMPLETED": "has a year of two digits; loaded with its century",
    "FUTURE-DATE": "is a date in the future where only the past makes sense; loaded as it is",
    "CLOCK-GAP": "is a local time that the clock skipped in March; moved on by an hour, kept in the import remarks",
    "CLOCK-OVERLAP": "is a local time that came twice in October; the first, in summer time, was taken",
    "PHONE-NOT-READ": "holds no valid phone number; kept in the phone remarks",
    "PHONE-REMARK": "holds words beside the phone number; kept in the phone remarks",
    "PHONE-SEVERAL": "holds several phone numbers; the first is the primary one, the others are additional",
    "PHONE-ZERO-RESTORED": "is a phone number that lost its leading zero; loaded as a Belgian number",
    "EMAIL-SEVERAL": "holds several e-mail addresses; the first is the primary one, the others are additional",
    "EMAIL-CASE": "is an e-mail address with capitals; loaded in small letters, as Twenty keeps it",
    "EMAIL-NOT-VALID": "holds text that is no valid e-mail address; kept in the import remarks",
    "EMAIL-SHARED": "belongs to another person in Twenty; kept in Other e-mails",
    "INSZ-NOT-VALID": "is no valid INSZ number; kept as it is",
    "INSZ-REPAIRED": "had lost zeros or gained a decimal in a spreadsheet; repaired, kept in the import remarks",
    "INSZ-OTHER-BIRTH-DATE": "is the number of a person with another birth date; both are loaded as they are",
    "INSZ-OTHER-SEX": "is the number of a person of another sex; both are loaded as they are",
    "NAME-NOT-SPLIT": "cannot be parted into a first and a last name; loaded as the last name",
    "NAME-SPLIT-ASSUMED": "can be parted into first and last name in several ways; parted one way, kept in the remarks",
    "NAME-STUB": "has baby, kind or enfant in place of a first name; loaded as it is",
    "NAME-TITLE": "has a title before the name; loaded without it, kept in the import remarks",
    "ADDRESS-NOT-SPLIT": "cannot be parted into street, number, postcode and city for sure; loaded whole as the street",
    "CODE-NORMALISED": "is a nomenclature code in another form; loaded as six digits, its text is kept",
    "TOOTH-CONVERTED": "is a tooth in another form; loaded as its FDI number, its text is kept",
    "TOOTH-NOT-READ": "is not only teeth, in the notation of the column; loaded as it is",
    "IMAGE-LEFT-OUT": "is an image, which the map leaves out; its name is kept",
    "NOT-A-CODE": "is text where a code should be; not kept, by the map's preset",
    "CODE-WRONG-CHECK": "is no nomenclature code, by its check digit; kept as it is",
    "CODE-SEVERAL": "holds several nomenclature codes; kept as it is",
    "CODE-HOSPITAL": "is the code for a patient in hospital; kept as it is",
    "RIZIV-NOT-VALID": "is no valid RIZIV number; kept as it is",
    "ENTITLEMENT-PARTED": "holds both entitlement codes; loaded as CT1 and CT2",
    "ENTITLEMENT-UNKNOWN": "is not in the list of entitlement codes; kept as it is",
    "NO-MEMBER": "names a provider who is no member of the workspace; kept as text",
    "NO-LINK": "is empty, so that the record hangs on nothing",
    "LINK-DROPPED": "points to a record that was not loaded; its text is kept",
}

# A cell of these did not become a value of its field: what it holds may be any text.
MISFITS = frozenset(
    {
        *("PLACEHOLDER", "NOT-A-DATE", "NOT-A-TIME", "NOT-A-NUMBER", "NOT-AN-AMOUNT", "NOT-YES-OR-NO", "UNKNOWN-WORD"),
        *("EMAIL-NOT-VALID", "PHONE-NOT-READ", "PHONE-REMARK", "NO-MEMBER", "NOT-A-CODE"),
    }
)
_KEPT = re.compile(r"\bkept(?: in the (?:import |phone )?remarks)?$")

# Of these nothing is in doubt: the cell says the same in another form, or the map asks for it.
FORMS = frozenset(
    {
        *("SPACES-REMOVED", "AMOUNT-CURRENCY", "AMOUNT-MINUS", "AMOUNT-THOUSANDS", "AMOUNT-POINT", "UNIT-REMOVED"),
        *("DATE-SERIAL", "DATE-COMPACT", "YEAR-COMPLETED", "PHONE-SEVERAL", "EMAIL-SEVERAL", "EMAIL-CASE"),
        *("NAME-TITLE", "ENTITLEMENT-PARTED", "CODE-NORMALISED", "TOOTH-CONVERTED", "IMAGE-LEFT-OUT"),
    }
)


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """One thing worth knowing of one cell: a code, the practice's column, and what it is in words."""

    code: str
    field: str
    what: str


@lru_cache(maxsize=1024)
def what_is_said(code: str, *, kept: bool = True) -> str:
    """What a finding says to a person; by a map that does not keep such cells (not `kept`), that they are not."""
    return FINDINGS[code] if kept else _KEPT.sub("not kept, by the map's preset", FINDINGS[code])


@lru_cache(maxsize=4096)
def finding(code: str, column: str, *, kept: bool = True) -> FieldFinding:
    """The finding of that code about a column."""
    return FieldFinding(code, column, what_is_said(code, kept=kept))


@dataclass(frozen=True, slots=True)
class Reference:
    """A link to the record of another source record.

    `field` is the value that holds its id (`patientId`); empty where the record has no such field and only may not be
    loaded without the other. `column` and `text` are the cell; `kept` says that another field holds its text anyway.
    """

    field: str
    source_object: str
    source_key: str
    target_id: UUID
    required: bool
    column: str = ""
    text: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that only one record in Twenty may have; `beside` is the field that keeps it for the others."""

    field: str
    value: str
    beside: str


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file of the practice: its name as the cell has it, the name to show, its type by the extension.

    `wanted`: what it must be to be attached; the content tells when the file is at hand.
    """

    name: str
    label: str
    content_type: str
    wanted: Literal["any", "no image", "document"] = "any"


@dataclass(frozen=True, slots=True)
class LoadStep:
    """One pass over the rows of a source object. Rows that point at their own kind come in a second wave."""

    source_object: str
    target_object: str
    role: Role = "record"
    wave: int = 1
    waves: int = 1

    @property
    def name(self) -> str:
        """Stable and unique in a map: `patient→person 2`."""
        wave = f" {self.wave}" if self.waves > 1 else ""
        return f"{self.source_object}→{self.target_object}{wave}"


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """One record for Twenty. `values` is what is sent: `id` and fields by name, in the shapes that Twenty takes."""

    object: str
    id: UUID
    values: dict[str, Any]
    references: tuple[Reference, ...] = ()
    claims: tuple[Claim, ...] = ()
    file: FileRef | None = None
    findings: tuple[FieldFinding, ...] = ()

    def without_reference(self, reference: Reference) -> TargetRecord:
        """The record without one link; the text of the cell stays in a field or goes to the import remarks."""
        values = {name: value for name, value in self.values.items() if name != reference.field}
        if reference.text and not reference.kept:
            add_line(values, REMARKS, f"{reference.column}: {reference.text}")
        return replace(
            self,
            values=values,
            references=tuple(one for one in self.references if one is not reference and one != reference),
            findings=(*self.findings, finding("LINK-DROPPED", reference.column, kept=bool(reference.text))),
        )

    def demoted(self, claim: Claim) -> TargetRecord:
        """The record without a unique value that another has: all its e-mails go to the field beside, none is lost."""
        field_, _, _ = claim.field.partition(".")
        values = dict(self.values)
        emails = values.pop(field_, None) or {}
        for address in (emails.get("primaryEmail"), *emails.get("additionalEmails", ())):
            if address:
                add_line(values, claim.beside, address)
        return replace(
            self,
            values=values,
            claims=tuple(one for one in self.claims if one != claim),
            findings=(*self.findings, finding("EMAIL-SHARED", field_)),
        )

    def with_file(self, file_id: str) -> TargetRecord:
        """The record with its uploaded file."""
        label = self.file.label if self.file else ""
        return replace(self, values={**self.values, "file": [{"fileId": file_id, "label": label}]})


@dataclass(frozen=True, slots=True)
class Context:
    """What a map needs beside the row, the same for a whole run.

    `members`: e-mail (lower case) → id of a workspace member. `directory`: look-up tables of small objects, by source
    object, key and concept. `run_moment` has a time zone. `notations`: tooth notation by source object, where the
    column shows another than the map says. `nomenclature`: the table that codes are judged by, which the map names.
    `stand_ins`: by the id that a record would have, that of the record in the workspace that stands for it.
    """

    namespace: UUID
    members: Mapping[str, str]
    workspace_url: str
    imported_by: str
    run_moment: datetime
    directory: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    notations: Mapping[str, str] = field(default_factory=dict)
    nomenclature: Table = field(default_factory=Table.builtin)
    stand_ins: Mapping[UUID, UUID] = field(default_factory=dict)

    def record_id(self, target_object: str, source_object: str, source_key: str) -> UUID:
        """The id of the record that a source record becomes: its own, or that of the record that stands for it."""
        own = target_id(self.namespace, target_object, source_object, source_key)
        return self.stand_ins.get(own, own)

    def person_name(self, source_object: str, key: str) -> str | None:
        """How a person would call a record of the directory: `An Janssens`; None where it is not there."""
        row = self.directory.get(source_object, {}).get(key)
        if row is None:
            return None
        words = [row.get(f"{source_object}.{part}", "").strip() for part in ("first_name", "last_name", "name")]
        return " ".join(word for word in words if word) or None

    def key_named(self, source_object: str, name: str) -> str | None:
        """The key of the record of the directory that has this name, or None."""
        wanted = squash(name)
        rows = self.directory.get(source_object, {})
        return next((key for key, row in rows.items() if squash(row.get(f"{source_object}.name", "")) == wanted), None)


def target_id(namespace: UUID, target_object: str, source_object: str, source_key: str, role: Role = "record") -> UUID:
    """The id of the record that a source record becomes: a pure function, so that links need no look-up."""
    return uuid5(namespace, f"{target_object}/{source_object}/{role}/{source_key}")


def add_line(values: dict[str, Any], field_: str, line: str) -> None:
    """Add a line to a text field, once, up to the longest text that Twenty takes."""
    before = values.get(field_)
    if before and line in before.split("\n"):
        return
    values[field_] = (f"{before}\n{line}" if before else line)[:LONGEST_TEXT]
