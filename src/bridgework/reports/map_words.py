"""How the map's page and workbook say decisions, types and kinds of data, and which words of a pick-list they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridgework.mapping.words import ENOUGH_PEOPLE
from bridgework.reports.map_document import (
    Decision,
    FieldPlan,
    LeftOutBy,
    PickListEntry,
    RareWords,
    Sensitivity,
    Verdict,
    WordEntry,
)
from bridgework.reports.words import title


@dataclass(frozen=True, slots=True)
class Said:
    """How one state of a line is said; `mark` tells it without colour, `several` is for a count of lines."""

    mark: str
    tone: str
    words: str
    several: str = ""


DECISIONS: dict[Decision, Said] = {
    "load": Said("→", "good", "moves", "move"),
    "proposed": Said("→", "info", "proposed", "are proposed"),
    "proposed-leave-out": Said("✗", "info", "proposed to be left out", "are proposed to be left out"),
    "handover": Said("⌂", "info", "kept for the hand-over", "are kept for the hand-over"),
    "leave-out": Said("✗", "warn", "left out", "are left out"),
}
MOVES: tuple[Decision, ...] = ("load", "proposed")
OUT: tuple[Decision, ...] = ("leave-out", "proposed-leave-out")
VERDICTS: dict[Verdict, Said] = {
    "sure": Said("✓", "good", "sure"),
    "unsure": Said("?", "warn", "not sure"),
    "decided": Said("✓", "good", "a person said so"),
}
LEFT_OUT: dict[LeftOutBy, str] = {
    "person": "By a person's decision",
    "preset": "By the preset",
    "template": "By the template, and not decided yet",
    "empty": "Because the column is empty",
    "": "For another reason",
}
SENSITIVITIES: dict[Sensitivity, str] = {
    "identity": "identity",
    "contact": "contact",
    "health": "health",
    "finance": "money",
    "practice": "about nobody",
    "": "",
}
_TYPES = {
    "ADDRESS": "address",
    "BOOLEAN": "yes or no",
    "CURRENCY": "amount",
    "DATE": "date",
    "DATE_TIME": "date and time",
    "EMAILS": "e-mail addresses",
    "FULL_NAME": "name",
    "LINKS": "web addresses",
    "MULTI_SELECT": "several of a list",
    "NUMBER": "number",
    "PHONES": "phone numbers",
    "RELATION": "link to a record",
    "RICH_TEXT": "formatted text",
    "SELECT": "one of a list",
    "TEXT": "text",
}


def type_words(type_: str) -> str:
    """A type of Twenty in words; one that is not known stays as Twenty calls it."""
    return _TYPES.get(type_, type_)


def per_cent(confidence: float) -> str:
    """How sure something is, 0 to 1, in whole per cents; 0 and 100 are for what is exactly that."""
    if confidence in {0, 1}:
        return f"{confidence * 100:.0f}\N{NARROW NO-BREAK SPACE}%"
    return f"{max(1, int(confidence * 100))}\N{NARROW NO-BREAK SPACE}%"


def shown_words(one: PickListEntry) -> tuple[list[WordEntry], RareWords]:
    """The words of a pick-list that may be shown, unmapped and unsure ones first, and all others as counts."""
    shown = [word for word in one["words"] if word["rows"] >= ENOUGH_PEOPLE]
    hidden = [word for word in one["words"] if word["rows"] < ENOUGH_PEOPLE]
    rare: RareWords = {
        "words": one["rare"]["words"] + len(hidden),
        "rows": one["rare"]["rows"] + sum(word["rows"] for word in hidden),
        "unmapped": one["rare"]["unmapped"] + sum(not word["option"] for word in hidden),
    }
    return sorted(shown, key=lambda word: (bool(word["option"]), word["sure"], -word["rows"])), rare


def fillers(one: FieldPlan) -> list[tuple[str, Sequence[str]]]:
    """Which columns fill a field, by object in the order given: (how people call the object, its headers)."""
    found: dict[str, list[str]] = {}
    for filler in one["filled_by"]:
        headers = found.setdefault(title(filler["object"]), [])
        if filler["header"] and filler["header"] not in headers:
            headers.append(filler["header"])
    return list(found.items())
