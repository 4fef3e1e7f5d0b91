"""An object of the practice and its lines: what each column means, where it goes, how sure that is, who decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bridgework.mapping.catalogue import Meaning, meanings_of
from bridgework.mapping.document import Line, MapDocument, Source
from bridgework.mapping.editing import is_sure
from bridgework.mapping.field_types import type_of
from bridgework.mapping.labels import meaning_of, objects_label, target_label
from bridgework.mapping.presets import LEFT_OUT, preset_of, reason_against
from bridgework.mapping.preview import Preview, key_of
from bridgework.mapping.propose import EMPTY
from bridgework.mapping.rules import rule
from bridgework.mapping.target import FORMS, what_is_said
from bridgework.practice.profiles import FieldProfile
from bridgework.reports.map_document import (
    Coverage,
    DerivedEntry,
    Fails,
    LeftOutBy,
    LineEntry,
    ModelAnswer,
    ObjectEntry,
    Verdict,
)
from bridgework.stages.map_view.facts import Facts
from bridgework.stages.map_view.plan import headers_of

_PLURALS = {
    "is a ": "are each a ",
    "is an ": "are each an ",
    "is ": "are ",
    "has ": "have ",
    "holds ": "hold ",
    "belongs ": "belong ",
    "names ": "name ",
    "points ": "point ",
}


def object_entry(document: MapDocument, name: str, facts: Facts) -> ObjectEntry:
    """One object of the practice, with all its columns."""
    source = document.sources[name]
    meanings = meanings_of(name)
    return {
        "object": name,
        "target": source.record or "",
        "target_label": objects_label(document, source.record) if source.record else "",
        "files": source.file.split(", "),
        "language": _language(source, meanings),
        "rows": facts.rows.get(name, 0),
        "lines": [_line(document, name, line, facts, meanings) for line in source.lines],
        "derived": [_derived(document, source, line) for line in source.all_lines() if line.column is None],
    }


def _language(source: Source, meanings: Mapping[str, Meaning]) -> str:
    """The language of most headers; empty where none is ahead."""
    told = Counter(
        language
        for line in source.lines
        if line.column and (meaning := meanings.get(line.concept or ""))
        for language in meaning.languages_of(line.column)
    )
    first, second = [*told.most_common(2), ("", 0), ("", 0)][:2]
    return first[0] if first[1] > second[1] else ""


def _line(document: MapDocument, name: str, line: Line, facts: Facts, meanings: Mapping[str, Meaning]) -> LineEntry:
    kept = document.sources[name].keep is not None
    concept = "" if kept and not is_sure(line) else line.concept or ""
    meaning = meanings.get(concept)
    by = _left_out_by(line)
    # What is left out as empty, or kept with all of its object, goes where it goes whatever it means.
    verdict: Verdict = "sure" if kept or by == "empty" else _verdict(line, by)
    known = 1.0 if kept or by == "empty" else line.confidence
    return {
        "header": line.column or "",
        "concept": concept,
        "meaning": meaning_of(concept),
        "target": line.target or "",
        "target_label": target_label(document, line),
        "type": type_of(document, line.object, line.field) or line.type or "",
        "transform": line.transform or "",
        "rule": rule(line, document),
        "confidence": float(verdict != "unsure") if known is None else known,
        "verdict": verdict,
        "reasons": list(line.reasons),
        "next_best": [
            {"concept": concept, "meaning": meaning_of(concept), "confidence": likely}
            for concept, likely in line.next_best
        ],
        "decision": line.decision,
        "left_out_by": by,
        "why": _why(document, name, line),
        "note": line.note or "",
        "sensitivity": meaning.sensitivity if meaning else "",
        "coverage": _coverage(facts.profiles.get((name, line.column or ""))),
        "fails": _fails(facts.previews.get(key_of(name, line)), document) if line.loaded else None,
        "asked": _asked(line.asked) if line.asked else None,
    }


def _derived(document: MapDocument, source: Source, line: Line) -> DerivedEntry:
    return {
        "target": line.target or "",
        "target_label": target_label(document, line),
        "type": type_of(document, line.object, line.field) or line.type or "",
        "transform": line.transform or "",
        "rule": rule(line, document),
        "headers": headers_of(source, line),
    }


def _why(document: MapDocument, name: str, line: Line) -> str:
    """The reason that the map gives, and that of the preset where a line is loaded against it."""
    against = reason_against(document, name, line)
    said = f"loaded against the preset {document.preset}: {against}" if against else ""
    return "; ".join(text for text in (line.why or "", said) if text)


# --- what is known, and who said so --------------------------------------------------------------------------------


def _left_out_by(line: Line) -> LeftOutBy:
    if line.decision == "proposed-leave-out":
        return "template"
    if line.decision != "leave-out":
        return ""
    why = line.why or ""
    return "preset" if why.startswith(LEFT_OUT) else "empty" if why == EMPTY else "person"


def _verdict(line: Line, by: LeftOutBy) -> Verdict:
    """A person decides by loading a line, keeping it or leaving it out; a preset does not know what a column means."""
    if not line.waits and by != "preset":
        return "decided"
    return "sure" if is_sure(line) else "unsure"


def _asked(text: str) -> ModelAnswer:
    """What a model said, as the map writes it: `model: why (concept)`."""
    model, _, rest = text.partition(": ")
    said, _, concept = rest.rpartition(" (")
    concept = concept.removesuffix(")")
    return {"model": model, "concept": concept if "." in concept else "", "said": said or rest or text}


# --- what the cells say --------------------------------------------------------------------------------------------


def _coverage(one: FieldProfile | None) -> Coverage:
    if one is None:
        return {"rows": 0, "filled": 0, "distinct": 0, "distinct_capped": False}
    return {
        "rows": one.rows,
        "filled": one.filled,
        "distinct": one.distinct,
        "distinct_capped": one.distinct_capped,
    }


def _fails(one: Preview | None, document: MapDocument) -> Fails | None:
    """How many of the cells that were tried are in doubt, and why; other forms of the same are no doubt."""
    if one is None:
        return None
    kept = not preset_of(document).drops_misfits
    return {
        "looked_at": one.looked_at,
        "would_fail": one.failing,
        "by_code": [
            {"code": code, "what": _of_several(what) if count > 1 else what, "count": count}
            for code, count in one.codes.items()
            if code not in FORMS
            for what in (what_is_said(code, kept=kept),)
        ],
    }


def _of_several(what: str) -> str:
    """What a finding says of one cell, said of several: is no date → are no date."""
    return next((several + what.removeprefix(one) for one, several in _PLURALS.items() if what.startswith(one)), what)
