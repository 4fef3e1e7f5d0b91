"""The mapping document as a workbook: the tables of the page, whole and to be filtered."""

from __future__ import annotations

from collections.abc import Iterator

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
)
from bridgework.reports.words import counted, in_order, title
from bridgework.reports.workbook import Cell, Column, Sheet, workbook

Row = list[Cell]
Pair = tuple[ObjectEntry, LineEntry]


def map_workbook(document: MappingDocument) -> bytes:
    """The file's bytes."""
    return workbook(_sheets(document), f"Map · {document['practice']}", document["made_at"])


def _sheets(document: MappingDocument) -> Iterator[Sheet]:
    objects = sorted(document["objects"], key=lambda one: in_order(one["object"]))
    pairs = [(one, line) for one in objects for line in one["lines"]]
    plan = sorted(document["plan"], key=lambda one: (one["custom"], in_order(one["object"])))
    yield Sheet(
        "Summary",
        [Column("What", "mark", 30), Column("Number", "count", 12), Column("In words", width=100)],
        _summary(document, pairs),
    )
    if document["problems"]:
        yield _errors(document)
    yield _fields(pairs)
    yield _pick_lists(document)
    yield _left_out(pairs)
    yield _also_filled(objects)
    yield _plan(plan)
    yield _options(plan)
    yield _relations(plan)


def _summary(document: MappingDocument, pairs: list[Pair]) -> Iterator[Row]:
    yield ["Practice", None, document["practice"]]
    yield ["Twenty workspace", None, document["workspace_url"]]
    yield ["Migration", None, document["migration"]]
    yield ["Made at", None, document["made_at"]]
    yield ["Fingerprint of the map", None, document["digest"]]
    yield ["Approved by", None, document["approved_by"] or "nobody yet"]
    yield ["Approved at", None, document["approved_at"]]
    yield ["Lines that wait for a decision", document["open"], None]
    yield [
        "Errors",
        len(document["problems"]),
        "each has one row in the sheet Errors" if document["problems"] else None,
    ]
    yield ["Next", None, document["next_step"]]
    yield ["Preset", None, f"{document['preset']['name']}. {document['preset']['meaning']}"]
    yield ["Codes are judged by", None, document["nomenclature"]]
    yield ["Fields in DentAdmin", len(pairs), "each has one row in the sheet Fields"]
    for verdict, known in VERDICTS.items():
        yield [f"Meaning: {known.words}", sum(line["verdict"] == verdict for _, line in pairs), None]
    for decision, said in DECISIONS.items():
        yield [f"Decision: {said.words}", sum(line["decision"] == decision for _, line in pairs), None]
    made = sum(not field["standard"] for one in document["plan"] for field in one["fields"])
    new = sum(one["custom"] for one in document["plan"])
    yield ["Fields to make in Twenty", made, f"in {len(document['plan'])} objects, {new} of them new"]


def _errors(document: MappingDocument) -> Sheet:
    columns = [
        Column("Line", "count", 8),
        Column("Code", width=24),
        Column("What is wrong", width=70),
        Column("What you can do", width=70),
    ]
    rows: list[Row] = [[one["line"], one["code"], one["what"], one["next_step"]] for one in document["problems"]]
    return Sheet("Errors", columns, rows)


def _fields(pairs: list[Pair]) -> Sheet:
    columns = [
        Column("Field", "mark", 24),
        Column("Object", width=16),
        Column("Known", width=12),
        Column("How sure", "share", 8),
        Column("Decision", width=14),
        Column("Meaning", width=30),
        Column("Field in Twenty", width=26),
        Column("Called there", width=24),
        Column("Type", width=13),
        Column("Rule", width=48),
        Column("Why this meaning", width=56),
        Column("Next best", width=36),
        Column("Why this decision", width=36),
        Column("Remarks", width=36),
        Column("Kind of data", width=11),
        Column("Rows", "count", 9),
        Column("Filled", "count", 9),
        Column("Filled, share", "share", 9),
        Column("Different", "count", 10),
        Column("or more", width=8),
        Column("Cells tried", "count", 9),
        Column("Do not fit", "count", 9),
        Column("What does not fit", width=48),
        Column("Concept", width=26),
        Column("Transform", width=14),
        Column("A language model said", width=40),
    ]
    unsure_first = sorted(pairs, key=lambda pair: pair[1]["verdict"] != "unsure")
    return Sheet("Fields", columns, [_field(*pair) for pair in unsure_first])


def _field(one: ObjectEntry, line: LineEntry) -> Row:
    coverage, asked, moves = line["coverage"], line["asked"], line["decision"] in MOVES
    fails = line["fails"] if moves else None
    state: Row = [VERDICTS[line["verdict"]].words, line["confidence"], DECISIONS[line["decision"]].words]
    place: Row = [line["target"], line["target_label"], line["type"], line["rule"]] if moves else [None] * 4
    others = ", ".join(
        f"{other['meaning'] or other['concept']} {per_cent(other['confidence'])}" for other in line["next_best"]
    )
    why: Row = ["\n".join(line["reasons"]), others, line["why"], line["note"], SENSITIVITIES[line["sensitivity"]]]
    filled: Row = [
        coverage["rows"],
        coverage["filled"],
        coverage["filled"] / coverage["rows"] if coverage["rows"] else None,
        coverage["distinct"],
        "yes" if coverage["distinct_capped"] else None,
    ]
    tried: Row = [None, None, None]
    if fails:
        words = "\n".join(f"{one['count']} {one['what']} ({one['code']})" for one in fails["by_code"])
        tried = [fails["looked_at"], fails["would_fail"], words]
    said = f"{asked['said']} ({asked['model']})" if asked else None
    names: Row = [line["concept"], line["transform"] if moves else None, said]
    return [line["header"], title(one["object"]), *state, line["meaning"], *place, *why, *filled, *tried, *names]


def _pick_lists(document: MappingDocument) -> Sheet:
    columns = [
        Column("Word in DentAdmin", "mark", 30),
        Column("Rows", "count", 10),
        Column("Option in Twenty", width=24),
        Column("Value", width=22),
        Column("Known", width=20),
        Column("Object", width=18),
        Column("Field", width=24),
        Column("Field in Twenty", width=30),
    ]
    rows: list[Row] = []
    for one in sorted(document["pick_lists"], key=lambda entry: in_order(entry["object"])):
        where: Row = [title(one["object"]), one["header"], one["target"]]
        words, rare = shown_words(one)
        for word in words:
            known = "nobody mapped it" if not word["option"] else "sure" if word["sure"] else "not sure"
            option: Row = (
                [word["option_label"], word["option"]] if word["option"] else [one["otherwise_label"], one["otherwise"]]
            )
            rows.append([word["word"], word["rows"], *option, known, *where])
        if rare["words"]:
            known = f"nobody mapped {rare['unmapped']}" if rare["unmapped"] else "sure"
            rows.append(
                [
                    f"({rare['words']} rare {counted(rare['words'], 'word')}, not shown)",
                    rare["rows"],
                    None,
                    None,
                    known,
                    *where,
                ]
            )
    return Sheet("Pick-lists", columns, rows)


def _left_out(pairs: list[Pair]) -> Sheet:
    columns = [
        Column("Field", "mark", 28),
        Column("Object", width=18),
        Column("Left out", width=28),
        Column("Why", width=60),
        Column("Meaning", width=34),
        Column("Kind of data", width=14),
        Column("Rows", "count", 10),
        Column("Filled", "count", 10),
    ]
    rows: list[Row] = [
        [
            line["header"],
            title(one["object"]),
            LEFT_OUT[line["left_out_by"]],
            line["why"],
            line["meaning"],
            SENSITIVITIES[line["sensitivity"]],
            line["coverage"]["rows"],
            line["coverage"]["filled"],
        ]
        for one, line in pairs
        if line["decision"] in OUT
    ]
    return Sheet("Left out", columns, rows)


def _also_filled(objects: list[ObjectEntry]) -> Sheet:
    columns = [
        Column("Field in Twenty", "mark", 34),
        Column("Called there", width=28),
        Column("Type", width=14),
        Column("Rule", width=70),
        Column("Object", width=18),
        Column("From the fields", width=40),
        Column("Transform", width=16),
    ]
    rows: list[Row] = []
    for one in objects:
        for more in one["derived"]:
            source: Row = [title(one["object"]), ", ".join(more["headers"]), more["transform"]]
            rows.append([more["target"], more["target_label"], more["type"], more["rule"], *source])
    return Sheet("Also filled", columns, rows)


def _plan(plan: list[ObjectPlan]) -> Sheet:
    columns = [
        Column("Field", "mark", 28),
        Column("Name", width=26),
        Column("Object", width=22),
        Column("Name of the object", width=20),
        Column("What happens", width=22),
        Column("Type", width=14),
        Column("Unique", width=8),
        Column("Options", "count", 9),
        Column("Points to", width=16),
        Column("Filled by", width=60),
        Column("Remarks", width=48),
    ]
    return Sheet("Schema plan", columns, [_planned(one, field) for one in plan for field in one["fields"]])


def _planned(one: ObjectPlan, field: FieldPlan) -> Row:
    happens = "used as it is" if field["standard"] else "made in a new object" if one["custom"] else "made"
    relation = field["relation"]
    return [
        field["label"],
        field["name"],
        one["label"],
        one["object"],
        happens,
        field["type"],
        "yes" if field["unique"] else None,
        len(field["options"]) or None,
        relation["to_label"] if relation else None,
        "; ".join(f"{name}: {', '.join(headers) or 'no column'}" for name, headers in fillers(field))
        or "Bridgework itself",
        field["description"],
    ]


def _options(plan: list[ObjectPlan]) -> Sheet:
    columns = [
        Column("Option", "mark", 28),
        Column("Value", width=28),
        Column("Colour", width=12),
        Column("Place", "count", 8),
        Column("Field", width=28),
        Column("Object", width=22),
        Column("Field in Twenty", width=36),
    ]
    rows: list[Row] = [
        [option["label"], option["value"], option["color"], place, field["label"], one["label"], _place(one, field)]
        for one in plan
        for field in one["fields"]
        for place, option in enumerate(field["options"], start=1)
    ]
    return Sheet("Options", columns, rows)


def _relations(plan: list[ObjectPlan]) -> Sheet:
    columns = [
        Column("Relation", "mark", 28),
        Column("Of the object", width=22),
        Column("Points to", width=22),
        Column("Called there", width=28),
        Column("Field in Twenty", width=36),
        Column("Filled by", width=50),
    ]
    rows: list[Row] = []
    for one in plan:
        for field in one["fields"]:
            if relation := field["relation"]:
                ends: Row = [field["label"], one["label"], relation["to_label"], relation["inverse_label"]]
                by = "; ".join(f"{name}: {', '.join(headers)}" for name, headers in fillers(field))
                rows.append([*ends, _place(one, field), by])
    return Sheet("Relations", columns, rows)


def _place(one: ObjectPlan, field: FieldPlan) -> str:
    return f"{one['object']}.{field['name']}"
