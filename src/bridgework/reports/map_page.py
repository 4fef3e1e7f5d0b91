"""The mapping document for the client: every field of the practice, its place in Twenty, why, and what was decided.

A page and a workbook with the same content, whose shape `map_document` describes. The page shows first what nobody is
sure of, then what is left out, and ends with what will be set up in Twenty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bridgework.reports.map_document import FieldPlan, LineEntry, MappingDocument, ObjectEntry, ObjectPlan
from bridgework.reports.map_words import (
    DECISIONS,
    LEFT_OUT,
    MOVES,
    OUT,
    SENSITIVITIES,
    VERDICTS,
    fillers,
    per_cent,
    shown_words,
    type_words,
)
from bridgework.reports.map_workbook import map_workbook
from bridgework.reports.page import moment, share, write_bytes, write_page
from bridgework.reports.words import counted, in_order


def write_map(folder: Path, document: MappingDocument) -> tuple[Path, ...]:
    """Write `map.html` and `map.xlsx` into the folder (mode 0600, each replaced in one step)."""
    page = write_page(folder, "map.html", map_view(document))
    return page, write_bytes(folder / "map.xlsx", map_workbook(document))


def map_view(document: MappingDocument) -> dict[str, Any]:
    """What the page shows, in the order in which it shows it."""
    objects = [_object(one) for one in sorted(document["objects"], key=lambda one: in_order(one["object"]))]
    lines = [line for one in objects for line in one["lines"]]
    unsure = [line for one in objects for line in sorted(one["lines"], key=_doubt) if line["verdict"] == "unsure"]
    return {
        "document": document,
        "verdict": _verdict(document, len(unsure)),
        "figures": _figures(lines),
        "unsure": unsure,
        "left_out": _left_out(lines),
        "objects": objects,
        "totals": _counts(lines),
        "custom": [line for line in lines if _is_custom(line)],
        "pick_lists": _pick_lists(document),
        "plan": _plan(document["plan"]),
        "relations": _relations(document["plan"]),
    }


# --- the first screen ----------------------------------------------------------------------------------------------


def _verdict(document: MappingDocument, unsure: int) -> dict[str, Any]:
    """Whether the map is approved, and what keeps it from that."""
    not_before = "Nothing moves before somebody approves this map by name."
    if document["columns"] and not document["late"]:
        said = f"The practice's files have other columns than this map ({document['columns']}). {not_before}"
        return {"tone": "bad", "word": "Columns have changed", "said": said}
    if document["problems"]:
        errors = f"{_of(len(document['problems']), 'error', 'errors')} in the map"
        return {"tone": "bad", "word": errors, "said": f"They come first below. {not_before}"}
    if document["approved_by"]:
        return _approved(document, unsure)
    waiting = f"{_of(document['open'], 'line waits', 'lines wait')} for a person's decision"
    if unsure:
        looks = _of(unsure, "field wants", "fields want")
        also = f" {waiting}." if document["open"] else ""
        return {"tone": "warn", "word": f"{looks} a look", "said": f"They come first below.{also} {not_before}"}
    if document["open"]:
        return {"tone": "warn", "word": waiting, "said": f"The proposer is sure of them. {not_before}"}
    return {"tone": "good", "word": "Ready to be approved", "said": f"Every line is decided. {not_before}"}


def _approved(document: MappingDocument, unsure: int) -> dict[str, Any]:
    doubts = f"{_of(unsure, 'line is', 'lines are')} not sure" if unsure else "every line is sure or decided"
    at = f" on {moment(document['approved_at'])}" if document["approved_at"] else ""
    said = f"By {document['approved_by']}{at}. What this page shows is what moves, and nothing else; {doubts}."
    if document["columns"]:
        said += f" Columns changed since the load, which no line moves: {document['columns']}."
    return {"tone": "good", "word": "Approved", "said": said}


def _of(number: int, one: str, several: str) -> str:
    return f"{number} {counted(number, one, several)}"


def _figures(lines: Sequence[LineEntry]) -> list[tuple[str, int, str]]:
    counts = _counts(lines)
    custom = sum(map(_is_custom, lines))
    empty = sum(line["left_out_by"] == "empty" for line in lines)
    return [
        ("Fields in DentAdmin", len(lines), "each on one line below"),
        ("Move", counts["moves"], f"{custom} as fields of your own" if custom else "all with a known meaning"),
        ("To look at", counts["unsure"], f"{counts['sure']} sure, {counts['decided']} decided"),
        (
            "Kept for the hand-over",
            counts["handover"],
            "Twenty has no place for them" if counts["handover"] else "nothing",
        ),
        ("Left out", counts["left_out"], f"{empty} empty in every row" if counts["left_out"] else "nothing"),
    ]


def _counts(lines: Iterable[LineEntry]) -> dict[str, int]:
    """Lines by decision (moves + handover + left_out are all) and by verdict (sure + unsure + decided are all)."""
    lines = list(lines)
    decisions = Counter(line["decision"] for line in lines)
    verdicts = Counter(line["verdict"] for line in lines)
    return {
        "fields": len(lines),
        "moves": sum(decisions[one] for one in MOVES),
        "handover": decisions["handover"],
        "left_out": sum(decisions[one] for one in OUT),
        "sure": verdicts["sure"],
        "unsure": verdicts["unsure"],
        "decided": verdicts["decided"],
    }


def _is_custom(line: LineEntry) -> bool:
    """Whether the column has no known meaning and becomes a field of the practice's own."""
    return line["decision"] in MOVES and not line["concept"]


def _doubt(line: LineEntry) -> float:
    return line["confidence"]


# --- the fields ----------------------------------------------------------------------------------------------------


def _object(one: ObjectEntry) -> dict[str, Any]:
    lines = [_line(line, one) for line in one["lines"]]
    derived = [{**more, "type": type_words(more["type"])} for more in one["derived"]]
    return {**one, "name": one["object"], "lines": lines, "derived": derived, "counts": _counts(one["lines"])}


def _line(line: LineEntry, one: ObjectEntry) -> Any:
    """The line, with its numbers and states in words. One that does not move has no place in Twenty."""
    coverage, moves = line["coverage"], line["decision"] in MOVES
    different = coverage["distinct"]
    return {
        **line,
        "object": one["object"],
        "language": one["language"],
        "target": line["target"] if moves else "",
        "type": type_words(line["type"]) if moves else "",
        "rule": line["rule"] if moves else "",
        "sure": per_cent(line["confidence"]),
        "next_best": [{**other, "sure": per_cent(other["confidence"])} for other in line["next_best"]],
        "said": DECISIONS[line["decision"]],
        "known": VERDICTS[line["verdict"]],
        "kind": SENSITIVITIES[line["sensitivity"]],
        "filled": share(coverage["filled"], coverage["rows"]),
        "empty": not coverage["filled"],
        "different": f"{'≥ ' if coverage['distinct_capped'] else ''}{different:,}".replace(
            ",", "\N{NARROW NO-BREAK SPACE}"
        ),
        "fits": _fits(line) if moves else None,
    }


def _fits(line: LineEntry) -> dict[str, Any] | None:
    """How many of the cells that were tried do not fit the rule, or None where none was tried."""
    fails = line["fails"]
    if fails is None or not fails["looked_at"]:
        return None
    by_code = sorted(fails["by_code"], key=lambda one: -one["count"])
    return {**fails, "share": share(fails["would_fail"], fails["looked_at"]), "by_code": by_code}


def _left_out(lines: Sequence[Any]) -> list[dict[str, Any]]:
    """What does not move, by who said so; empty columns last."""
    groups = [
        {"by": by, "words": words, "rows": [line for line in lines if line["left_out_by"] == by and _is_out(line)]}
        for by, words in LEFT_OUT.items()
    ]
    return sorted((group for group in groups if group["rows"]), key=lambda group: group["by"] == "empty")


def _is_out(line: LineEntry) -> bool:
    return line["decision"] in OUT


# --- pick-lists and the plan ---------------------------------------------------------------------------------------


def _pick_lists(document: MappingDocument) -> list[dict[str, Any]]:
    """Each list of words with its states counted; those in which somebody must look come first."""
    found = []
    for one in sorted(document["pick_lists"], key=lambda entry: in_order(entry["object"])):
        shown, rare = shown_words(one)
        unmapped = sum(not word["option"] for word in shown) + rare["unmapped"]
        unsure = sum(bool(word["option"]) and not word["sure"] for word in shown)
        counts = {"unmapped": unmapped, "unsure": unsure, "count": len(shown) + rare["words"]}
        found.append({**one, **counts, "words": shown, "rare": rare})
    return sorted(found, key=lambda one: not (one["unmapped"] or one["unsure"]))


def _plan(plan: Iterable[ObjectPlan]) -> list[dict[str, Any]]:
    """Objects to extend, then those to make; in each the fields to make, then those that Twenty has."""
    objects = sorted(plan, key=lambda one: (one["custom"], in_order(one["object"])))
    return [
        {
            **one,
            "fields": [_planned(field) for field in sorted(one["fields"], key=lambda field: field["standard"])],
            "made": sum(not field["standard"] for field in one["fields"]),
        }
        for one in objects
    ]


def _planned(field: FieldPlan) -> dict[str, Any]:
    return {**field, "words": type_words(field["type"]), "filled_by": fillers(field)}


def _relations(plan: Iterable[ObjectPlan]) -> list[dict[str, Any]]:
    objects = sorted(plan, key=lambda one: in_order(one["object"]))
    return [{**field, "of": one} for one in objects for field in one["fields"] if field["relation"]]
