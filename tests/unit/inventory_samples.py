"""An inventory as tests need it: small, whole, and of the shape that `audit_document` describes."""

from __future__ import annotations

from typing import Any

from bridgework.reports.audit_document import VERSION, AuditDocument, FieldEntry, FileEntry, ObjectEntry, PlanStep


def a_file(object_: str = "patient", path: str = "patiënten.csv", **more: Any) -> FileEntry:
    made: Any = {
        "object": object_,
        "path": path,
        "format": "csv",
        "encoding": "cp1252",
        "delimiter": ";",
        "language": "nl",
        "header": ["Patiëntnr.", "Geboortedatum", "Vrij veld"],
        "key_headers": ["Patiëntnr."],
        "size": 2_400_000,
        "rows": 2000,
        "bad_rows": 2,
        "why": [],
        **more,
    }
    entry: FileEntry = made
    return entry


def a_field(header: str = "Naam", filled: int = 3000, type_: str = "text", **more: Any) -> FieldEntry:
    made: Any = {
        "object": "patient",
        "header": header,
        "concept": "patient.last_name",
        "source": "export",
        "type": type_,
        "rows": 3000,
        "filled": filled,
        "null_rate": round(1 - filled / 3000, 4),
        "distinct": 0,
        "distinct_capped": False,
        "longest": 0,
        "kinds": {},
        "patterns": [],
        "rare_patterns": 0,
        "first_year": 0,
        "last_year": 0,
        "range": None,
        "languages": {},
        **more,
    }
    entry: FieldEntry = made
    return entry


def an_object(object_: str = "patient", records: int = 3000, **more: Any) -> ObjectEntry:
    made: Any = {
        "object": object_,
        "source": "export",
        "files": [f"{object_}.csv"],
        "language": "nl",
        "records": records,
        "set_aside": 0,
        "profiled": records,
        "fields": 3,
        "empty_fields": 1,
        "known_fields": 2,
        "span": None,
        **more,
    }
    entry: ObjectEntry = made
    return entry


def a_finding(severity: str = "warn", code: str = "FILE-UNKNOWN", **more: Any) -> dict[str, Any]:
    plain = {"stage": "audit", "object": "patient", "field": "", "count": 1, "example": "", "what": "is so"}
    return {**plain, "next_step": "do", "severity": severity, "code": code, **more}


def a_step(object_: str = "patient", **more: Any) -> PlanStep:
    made: Any = {
        "place": 1,
        "object": object_,
        "source": "export",
        "files": ["patiënten.csv"],
        "records": 3000,
        "page_size": 0,
        "page_calls": 0,
        "detail_calls": 0,
        "download_calls": 0,
        "calls": 0,
        "hours": 0.0,
        "targets": [{"object": "person", "records": 3000, "calls": 15}],
        "load_records": 3000,
        "load_calls": 15,
        "load_hours": 0.003,
        **more,
    }
    step: PlanStep = made
    return step


def an_inventory(**more: Any) -> AuditDocument:
    """What an audit found."""
    made: Any = {
        "version": VERSION,
        "made_at": "2026-11-22T13:05:11Z",
        "migration": "a85e3a3d-00ee-435b-999e-599057075bdf",
        "practice": "export",
        "workspace_url": "https://crm.example",
        "dentadmin": {"edition": "", "version": "", "known_from": "not known: look under About"},
        "objects": [
            an_object("invoice", 40, files=["facturen.xlsx#Blad1"], language="fr", fields=0, empty_fields=0),
            an_object(
                files=["patiënten.csv", "oud/patiënten.csv"],
                set_aside=4,
                span={"header": "Aanmaakdatum", "first_year": 2009, "last_year": 2026},
            ),
        ],
        "fields": [
            a_field(
                "Patiëntnr.",
                3000,
                "integer",
                concept="patient.number",
                distinct=1000,
                distinct_capped=True,
                longest=5,
                kinds={"code": 12, "integer": 2988},
                patterns=[["9999", 2900], ["99999", 100]],
            ),
            a_field(
                "Geboortedatum",
                2999,
                "date",
                concept="patient.birth_date",
                distinct=900,
                longest=10,
                kinds={"date dd/mm/yyyy": 2999},
                first_year=1923,
                last_year=2024,
            ),
            a_field("Vrij veld", 0, "empty", concept=""),
        ],
        "files": [
            a_file(why=["no valid UTF-8", "semicolon in every row"]),
            a_file(path="oud/patiënten.csv", rows=1000),
            a_file("invoice", "facturen.xlsx#Blad1", rows=40, format="xlsx", encoding="", delimiter="", language="fr"),
        ],
        "documents": {
            "folder": "documents",
            "files": 3,
            "bytes": 1_300_050_000,
            "sizes": [
                {"name": "under 100 kB", "least": 0, "below": 100_000, "count": 2, "bytes": 50_000},
                {"name": "100 MB and larger", "least": 10**8, "below": None, "count": 1, "bytes": 1_300_000_000},
            ],
            "kinds": [
                {"kind": "DICOM images", "extension": "dcm", "count": 1, "bytes": 1_300_000_000, "largest": 10**9},
                {"kind": "Letters and documents", "extension": "pdf", "count": 2, "bytes": 50_000, "largest": 30_000},
            ],
            "upload_limit": 1024**3,
            "too_large": 1,
            "too_large_bytes": 1_300_000_000,
            "named": 4,
            "found": 3,
            "not_found": 1,
            "not_named": 0,
        },
        "missing": [
            {"kind": "object", "object": "workflow", "names": [], "what": "nothing has it", "way": "Write them down."},
            {
                "kind": "columns",
                "object": "patient",
                "names": ["Taal", "Bus"],
                "what": "2 columns",
                "way": "Show them.",
            },
        ],
        "quarantine": [
            {
                "stage": "audit",
                "object": "patient",
                "code": "MISSING_KEY",
                "reason": "the row has no number",
                "count": 4,
                "examples": ["patiënten.csv:9"],
            }
        ],
        "findings": [
            a_finding("info", "FYI"),
            a_finding("stop", "KEY-WEAK", field="insz", count=7, example="patiënten.csv:9"),
            a_finding(),
        ],
        "workspace": {
            "version": "2.19.0",
            "calls_per_minute": 100,
            "records_per_call": 200,
            "members": 4,
            "uploads": "direct",
            "upload_limit": 1024**3,
            "storage_limit": None,
            "automations": ["Create company when adding a new person (person.created)"],
            "automations_visible": True,
            "objects": [
                {
                    "object": "person",
                    "label": "People",
                    "custom": False,
                    "ours": True,
                    "records": 5,
                    "custom_fields": 1,
                },
            ],
        },
        "plan": {
            "steps": [a_step(), a_step("workflow", place=2, targets=[], load_records=0, load_calls=0)],
            "reading": None,
            "loading": {
                "records": 3000,
                "calls": 15,
                "calls_per_minute": 100,
                "hours": 0.003,
                "remarks": ["Its rate."],
            },
        },
        "grade": {
            "grade": "C",
            "meaning": "Demanding.",
            "parts": [{"part": "Volume", "grade": "C", "reasons": ["C: very many records", "A: few files"]}],
        },
        **more,
    }
    document: AuditDocument = made
    return document
