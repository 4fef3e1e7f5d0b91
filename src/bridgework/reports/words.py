"""What the reports say in words: names of objects, classes of fields, and what a person can do about each reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

# In the order in which a report shows them: what the practice lives by first.
_TITLES = {
    "patient": "Patients",
    "person": "People",
    "provider": "Providers",
    "referrer": "Referring dentists",
    "insurer": "Insurers",
    "company": "Companies",
    "appointment": "Appointments",
    "task": "Tasks",
    "taskTarget": "Links of tasks",
    "treatment": "Treatments",
    "invoice": "Invoices",
    "invoice_line": "Invoice lines",
    "invoiceLine": "Invoice lines",
    "transaction": "Transactions",
    "billingTransaction": "Billing transactions",
    "document": "Documents",
    "communication": "Communications",
    "note": "Notes",
    "noteTarget": "Links of notes",
    "attachment": "Attachments",
    "workflow": "Workflows",
    "report": "Reports",
    "opportunity": "Opportunities",
}
_SIDES = {"api": "API", "export": "export"}
_PLACES = {name: place for place, name in enumerate(_TITLES)}


def in_order(name: str) -> tuple[int, str]:
    """The key by which objects are sorted: known ones in the order of the reports, others after them by title."""
    return _PLACES.get(name.partition("@")[0], len(_PLACES)), title(name)


def title(name: str) -> str:
    """How people call an object, source or target: `invoice_line` → Invoice lines, `wisdomTooth` → Wisdom tooth.

    The part of it that came from one side, where it was read from both, says so: `patient@api` → Patients (API).
    """
    whole, _, side = name.partition("@")
    if side:
        return f"{title(whole)} ({_SIDES[side]})"
    if name in _TITLES:
        return _TITLES[name]
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).lower()
    return spaced[:1].upper() + spaced[1:]


LANGUAGES = {"nl": "Dutch", "fr": "French", "en": "English", "de": "German"}


@dataclass(frozen=True, slots=True)
class Severity:
    """How grave a finding is; `mark` tells it without colour, `blocks` whether the load waits for it."""

    order: int
    mark: str
    tone: str
    words: str
    blocks: bool = False


SEVERITIES = {
    "stop": Severity(0, "✗", "bad", "must be settled", blocks=True),
    "warn": Severity(1, "!", "warn", "worth a look"),
    "info": Severity(2, "i", "info", "good to know"),
}


def counted(count: int, one: str, many: str = "") -> str:
    """The word that fits a count: record, records."""
    return one if count == 1 else many or f"{one}s"


@dataclass(frozen=True, slots=True)
class FieldClass:
    """How a field that was read back relates to what was sent; `mark` tells it without colour."""

    name: str
    mark: str
    tone: str
    meaning: str


CLASSES = (
    FieldClass("equal", "=", "good", "Read back from Twenty exactly as it was sent."),
    FieldClass(
        "normalised",
        "≈",
        "good",
        "The same value in the form in which Twenty keeps it: an e-mail address in small letters, a phone number split "
        "into number and country, a web address without the slash at its end. Nothing is lost.",
    ),
    FieldClass(
        "edited",
        "✎",
        "good",
        "Twenty holds another value, and somebody has edited the record there since it was written. It arrived.",
    ),
    FieldClass("truncated", "…", "bad", "Only a beginning of the value is in Twenty; the rest was cut off."),
    FieldClass(
        "changed",
        "≠",
        "bad",
        "Twenty holds another value than the one that was sent, and nobody has edited the record since.",
    ),
    FieldClass("missing", "∅", "bad", "A value was sent, and the field is empty in Twenty."),
)
EDITED = "edited"
FINE = ("equal", "normalised", EDITED)


def field_class(name: str) -> FieldClass:
    """The class of that name; a name that is not known counts as a difference."""
    known = {one.name: one for one in CLASSES}
    return known.get(name) or FieldClass(name, "?", "bad", "A difference of a kind that this page does not know.")
