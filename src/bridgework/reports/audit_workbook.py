"""The inventory as a workbook: the tables of the page, whole and to be filtered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bridgework.reports.aside import aside_rows
from bridgework.reports.audit_document import AuditDocument, FieldEntry
from bridgework.reports.words import LANGUAGES, SEVERITIES, in_order, title
from bridgework.reports.workbook import Cell, Column, Sheet, workbook

Row = list[Cell]


def audit_workbook(document: AuditDocument) -> bytes:
    """The file's bytes."""
    name = f"Data inventory · {document['practice']}"
    return workbook(_sheets(document), name, document["made_at"])


def _sheets(document: AuditDocument) -> Iterator[Sheet]:
    yield Sheet(
        "Summary",
        [Column("What", "mark", 34), Column("Number", "count", 14), Column("In words", width=100)],
        _summary(document),
    )
    yield _objects(document)
    yield _fields(document)
    yield _findings(document)
    yield _aside(document)
    yield _files(document)
    yield _documents(document)
    yield _missing(document)
    yield _plan(document)
    yield _workspace(document)


def _summary(document: AuditDocument) -> Iterator[Row]:
    grade, plan = document["grade"], document["plan"]
    yield ["Practice", None, document["practice"]]
    yield ["Made at", None, document["made_at"]]
    yield ["Twenty workspace", None, document["workspace_url"]]
    about = document["dentadmin"]
    yield ["DentAdmin", None, " ".join(filter(None, (about["edition"], about["version"]))) or about["known_from"]]
    yield ["Complexity", None, f"{grade['grade']}. {grade['meaning']}"]
    for part in grade["parts"]:
        for reason in part["reasons"]:
            yield [part["part"], None, reason]
    yield ["Records", sum(one["records"] for one in document["objects"]), f"of {len(document['objects'])} kinds"]
    yield [
        "Fields",
        len(document["fields"]),
        f"{sum(not one['filled'] for one in document['fields'])} empty everywhere",
    ]
    yield ["Rows set aside", sum(one["count"] for one in document["quarantine"]), "each with its reason"]
    for severity, gravity in SEVERITIES.items():
        found = [one for one in document["findings"] if one["severity"] == severity]
        yield [f"Findings: {gravity.words}", len(found), None]
    if documents := document["documents"]:
        yield ["Files of patients", documents["files"], f"{documents['not_found']} that the rows name are not on disk"]
    if reading := plan["reading"]:
        yield [
            "Calls to DentAdmin",
            reading["calls"],
            f"{reading['hours']} hours of the budget, until {reading['ends_at']}",
        ]
        for remark in reading["remarks"]:
            yield ["Calls to DentAdmin", None, remark]
    yield ["Calls to Twenty", plan["loading"]["calls"], f"{plan['loading']['hours']} hours at its rate"]


def _objects(document: AuditDocument) -> Sheet:
    columns = [
        Column("Object", "mark", 20),
        Column("Records", "count"),
        Column("Set aside", "count"),
        Column("Fields", "count"),
        Column("Known fields", "count"),
        Column("Empty fields", "count"),
        Column("First year", width=10),
        Column("Last year", width=10),
        Column("Years by", width=18),
        Column("Source"),
        Column("Language"),
        Column("Files", width=50),
    ]
    rows: list[Row] = []
    for one in sorted(document["objects"], key=lambda entry: in_order(entry["object"])):
        span = one["span"]
        years: Row = [span["first_year"], span["last_year"], span["header"]] if span else [None, None, None]
        counts: Row = [one["records"], one["set_aside"], one["fields"], one["known_fields"], one["empty_fields"]]
        language = LANGUAGES.get(one["language"], one["language"])
        rows.append([title(one["object"]), *counts, *years, one["source"], language, ", ".join(one["files"])])
    return Sheet("Objects", columns, rows)


def _fields(document: AuditDocument) -> Sheet:
    columns = [
        Column("Object", "mark", 18),
        Column("Field", "mark", 24),
        Column("Meaning", width=26),
        Column("Source", width=9),
        Column("Type", width=9),
        Column("Rows", "count"),
        Column("Filled", "count"),
        Column("Empty", "share", 9),
        Column("Different", "count", 10),
        Column("or more", width=8),
        Column("Longest", "count", 9),
        Column("First year", width=8),
        Column("Last year", width=8),
        Column("From", "decimal", 10),
        Column("To", "decimal", 10),
        Column("Languages", width=16),
        Column("Kinds", width=34),
        Column("Patterns", width=60),
        Column("In rare patterns", "count", 10),
    ]
    fields = sorted(document["fields"], key=lambda one: in_order(one["object"]))
    return Sheet("Fields", columns, [_field(one) for one in fields])


def _field(one: FieldEntry) -> Row:
    between = one["range"]
    return [
        title(one["object"]),
        one["header"],
        one["concept"],
        one["source"],
        one["type"],
        one["rows"],
        one["filled"],
        one["null_rate"],
        one["distinct"],
        "yes" if one["distinct_capped"] else None,
        one["longest"],
        one["first_year"] or None,
        one["last_year"] or None,
        between["low"] if between else None,
        between["high"] if between else None,
        ", ".join(f"{language} {share:.0%}" for language, share in one["languages"].items()),
        ", ".join(f"{kind} {count}" for kind, count in sorted(one["kinds"].items(), key=lambda kind: -kind[1])),
        "   ".join(f"{shape} ({count})" for shape, count in one["patterns"]),
        one["rare_patterns"],
    ]


def _findings(document: AuditDocument) -> Sheet:
    columns = [
        Column("Weight", "mark", 18),
        Column("Blocks the load", width=10),
        Column("Code", width=24),
        Column("Object", width=18),
        Column("Field", width=22),
        Column("Count", "count", 10),
        Column("What", width=56),
        Column("Example", width=24),
        Column("What you can do", width=70),
        Column("Found by", width=12),
    ]
    found = sorted(document["findings"], key=lambda one: (SEVERITIES[one["severity"]].order, -one["count"]))
    return Sheet("Findings", columns, [_finding(one) for one in found])


def _finding(one: dict[str, Any]) -> Row:
    severity = SEVERITIES[one["severity"]]
    blocks = "yes" if severity.blocks else "no"
    where: Row = [title(one["object"]), one["field"], one["count"]]
    return [severity.words, blocks, one["code"], *where, one["what"], one["example"], one["next_step"], one["stage"]]


def _aside(document: AuditDocument) -> Sheet:
    columns = [
        Column("Object", "mark", 18),
        Column("Code", width=20),
        Column("Rows", "count", 10),
        Column("Reason", width=60),
        Column("Examples", width=40),
        Column("What you can do", width=70),
    ]
    rows: list[Row] = [
        [title(one["object"]), one["code"], one["count"], one["reason"], ", ".join(one["examples"]), one["todo"]]
        for one in aside_rows(document["quarantine"])
    ]
    return Sheet("Set aside", columns, rows)


def _files(document: AuditDocument) -> Sheet:
    columns = [
        Column("File", "mark", 34),
        Column("Taken for", width=18),
        Column("Format", width=9),
        Column("Encoding", width=10),
        Column("Delimiter", width=9),
        Column("Language", width=10),
        Column("Key", width=24),
        Column("Fields", "count", 9),
        Column("Rows", "count"),
        Column("Set aside", "count", 10),
        Column("Size", "bytes"),
        Column("Why", width=80),
    ]
    rows: list[Row] = []
    for one in document["files"]:
        how: Row = [one["format"], one["encoding"], one["delimiter"].replace("\t", "tab")]
        key: Row = [LANGUAGES.get(one["language"], one["language"]), " + ".join(one["key_headers"])]
        counts: Row = [len(one["header"]), one["rows"], one["bad_rows"], one["size"]]
        rows.append([one["path"], title(one["object"]), *how, *key, *counts, "; ".join(one["why"])])
    return Sheet("Files", columns, rows)


def _documents(document: AuditDocument) -> Sheet:
    columns = [
        Column("Files of patients", "mark", 28),
        Column("Extension", width=12),
        Column("Files", "count"),
        Column("Together", "bytes", 14),
        Column("Largest", "bytes", 14),
    ]
    rows: list[Row] = []
    if found := document["documents"]:
        rows += [[f"by size: {one['name']}", None, one["count"], one["bytes"], None] for one in found["sizes"]]
        rows += [[one["kind"], one["extension"], one["count"], one["bytes"], one["largest"]] for one in found["kinds"]]
        rows.append(["larger than Twenty takes", None, found["too_large"], found["too_large_bytes"], None])
        rows.append(["named by the rows", None, found["named"], None, None])
        rows.append(["named and not on disk", None, found["not_found"], None, None])
        rows.append(["on disk and not named", None, found["not_named"], None, None])
    return Sheet("Documents", columns, rows)


def _missing(document: AuditDocument) -> Sheet:
    columns = [
        Column("What", "mark", 14),
        Column("Object", width=18),
        Column("Why", width=44),
        Column("Columns", width=60),
        Column("The way to get it", width=80),
    ]
    rows: list[Row] = [
        [one["kind"], title(one["object"]), one["what"], ", ".join(one["names"]), one["way"]]
        for one in document["missing"]
    ]
    return Sheet("Missing", columns, rows)


def _plan(document: AuditDocument) -> Sheet:
    columns = [
        Column("Step", "count", 6),
        Column("Object", "mark", 18),
        Column("Source", width=9),
        Column("Files", width=36),
        Column("Records", "count"),
        Column("Page size", "count", 9),
        Column("Calls: pages", "count", 10),
        Column("Calls: single records", "count", 12),
        Column("Calls: files", "count", 10),
        Column("Calls to DentAdmin", "count"),
        Column("Hours of the budget", "decimal", 11),
        Column("Becomes in Twenty", width=36),
        Column("Records to load", "count"),
        Column("Calls to Twenty", "count"),
        Column("Hours at its rate", "decimal", 11),
    ]
    rows: list[Row] = []
    for one in document["plan"]["steps"]:
        becomes = ", ".join(f"{to['object']} {to['records']:,}" for to in one["targets"]) or "kept for the hand-over"
        calls: Row = [one["page_calls"], one["detail_calls"], one["download_calls"], one["calls"], one["hours"]]
        source: Row = [one["source"], ", ".join(one["files"]), one["records"], one["page_size"] or None]
        load: Row = [becomes, one["load_records"], one["load_calls"], one["load_hours"]]
        rows.append([one["place"], title(one["object"]), *source, *calls, *load])
    return Sheet("Plan", columns, rows)


def _workspace(document: AuditDocument) -> Sheet:
    columns = [
        Column("What", "mark", 30),
        Column("Number", "count"),
        Column("In words", width=60),
    ]
    side, rows = document["workspace"], list[Row]()
    if side is None:
        rows.append(["Workspace", None, "could not be looked at; the findings say why"])
    else:
        rows.append(["Version", None, side["version"] or "not told"])
        rows.append(["Calls a minute", side["calls_per_minute"], None if side["calls_per_minute"] else "no limit"])
        rows.append(["Records in a call", side["records_per_call"], None])
        rows.append(["Members", side["members"], None])
        rows.append(["Uploads, bytes at most", side["upload_limit"], side["uploads"]])
        rows.append(["Storage, bytes at most", side["storage_limit"], "Twenty does not tell it over the API"])
        rows += [["Automation", None, one] for one in side["automations"]]
        for one in side["objects"]:
            words = [
                name for name, so in (("custom object", one["custom"]), ("the load writes to it", one["ours"])) if so
            ]
            fields = f"{one['custom_fields']} fields of your own" if one["custom_fields"] else ""
            rows.append([one["label"], one["records"], ", ".join(filter(None, [*words, fields]))])
    return Sheet("Workspace", columns, rows)
