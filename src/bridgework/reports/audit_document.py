"""The shape of the inventory: what `audit.json` holds, and what the page and the workbook show.

`version` rises whenever a key changes its meaning or goes; a program that reads the file should look at it first. Keys
may be added without that. Nothing in it is a value of a patient: counts, shapes that many cells have, years, rounded
ends of ranges, names of columns and files, references such as `patienten.csv:17`.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

VERSION = 2
Source = Literal["export", "api", "both"]
Letter = Literal["A", "B", "C", "D"]


class DentAdmin(TypedDict):
    """Which DentAdmin it is: empty texts where nobody knows; `known_from` says from where, or how to find out."""

    edition: str
    version: str
    known_from: str


class Span(TypedDict):
    """The years that all but one in a hundred of an object's records lie in, by its most telling date."""

    header: str
    first_year: int
    last_year: int


class ObjectEntry(TypedDict):
    """One object of the practice. `known_fields` have a meaning in the built-in map; `profiled` rows were counted."""

    object: str
    source: Source
    files: list[str]
    language: str
    records: int
    set_aside: int
    profiled: int
    fields: int
    empty_fields: int
    known_fields: int
    span: Span | None


class Range(TypedDict):
    """Between which numbers the cells lie, the ends rounded outwards to two digits, of so many cells looked at."""

    low: float
    high: float
    cells: int


class FieldEntry(TypedDict):
    """One column. `null_rate` is 0 to 1 of `rows`; `distinct` counts to 1,000 (then `distinct_capped`).

    `patterns` are those that five cells or more have, the commonest first; `rare_patterns` counts the cells of all
    others. `range` is given for amounts and durations only, `years` of dates (0: none), `languages` (share of the cells
    by language) for texts in which enough cells tell.
    """

    object: str
    header: str
    concept: str
    source: Source
    type: str
    rows: int
    filled: int
    null_rate: float
    distinct: int
    distinct_capped: bool
    longest: int
    kinds: dict[str, int]
    patterns: list[list[Any]]
    rare_patterns: int
    first_year: int
    last_year: int
    range: Range | None
    languages: dict[str, float]


class FileEntry(TypedDict):
    """One file of the export (or object of the API), how it is read, and why: what a person may correct."""

    object: str
    path: str
    format: str
    encoding: str
    delimiter: str
    language: str
    header: list[str]
    key_headers: list[str]
    size: int
    rows: int
    bad_rows: int
    why: list[str]


class Volume(TypedDict):
    """Files of one class of size: from `least` bytes to under `below` (None: no end)."""

    name: str
    least: int
    below: int | None
    count: int
    bytes: int


class KindOfFile(TypedDict):
    """Files by extension; those whose extension is not a usual one are `other`."""

    kind: str
    extension: str
    count: int
    bytes: int
    largest: int


class Documents(TypedDict):
    """The documents folder: what is on the disk, what the rows name, and what is larger than Twenty takes."""

    folder: str
    files: int
    bytes: int
    sizes: list[Volume]
    kinds: list[KindOfFile]
    upload_limit: int | None
    too_large: int
    too_large_bytes: int
    named: int
    found: int
    not_found: int
    not_named: int


class Missing(TypedDict):
    """What cannot be extracted as things are, and the way to get it. `kind`: object, columns, file, documents, api."""

    kind: str
    object: str
    names: list[str]
    what: str
    way: str


class WorkspaceObject(TypedDict):
    """One object of the workspace as it is today; `ours` says that the map will write to it."""

    object: str
    label: str
    custom: bool
    ours: bool
    records: int
    custom_fields: int


class WorkspaceSide(TypedDict):
    """The workspace: None is not known, or not told by the server; a rate of 0 is no limit."""

    version: str | None
    calls_per_minute: int
    records_per_call: int
    members: int
    uploads: str
    upload_limit: int | None
    storage_limit: int | None
    automations: list[str]
    automations_visible: bool
    objects: list[WorkspaceObject]


class Target(TypedDict):
    """Records that a source object becomes in Twenty, and the calls that creating them takes."""

    object: str
    records: int
    calls: int


class PlanStep(TypedDict):
    """One object of the export plan, in the order of loading; `*_calls` are calls to DentAdmin's API."""

    place: int
    object: str
    source: Source
    files: list[str]
    records: int
    page_size: int
    page_calls: int
    detail_calls: int
    download_calls: int
    calls: int
    hours: float
    targets: list[Target]
    load_records: int
    load_calls: int
    load_hours: float


class Reading(TypedDict):
    """What reading the API costs: hours of calling at the budget, days at the hours allowed, and the end."""

    calls: int
    calls_an_hour: int
    allowed: str
    hours: float
    days: float
    ends_at: str
    remarks: list[str]


class Loading(TypedDict):
    """What writing to Twenty costs at its rate. `calls_per_minute` 0: no limit, the server's own speed counts."""

    records: int
    calls: int
    calls_per_minute: int
    hours: float
    remarks: list[str]


class ExportPlan(TypedDict):
    """In which order what is read and loaded. `reading` is None where nothing comes from an API."""

    steps: list[PlanStep]
    reading: Reading | None
    loading: Loading


class GradePart(TypedDict):
    """One of the four things that make a migration hard, with its reasons."""

    part: str
    grade: Letter
    reasons: list[str]


class Grade(TypedDict):
    """How hard the migration is, A (plain) to D (planned by itself): that of its hardest part."""

    grade: Letter
    meaning: str
    parts: list[GradePart]


class AuditDocument(TypedDict):
    """All of it. `findings` and `quarantine` are as the store keeps them (`store.notes`)."""

    version: int
    made_at: str
    migration: str
    practice: str
    workspace_url: str
    dentadmin: DentAdmin
    objects: list[ObjectEntry]
    fields: list[FieldEntry]
    files: list[FileEntry]
    documents: Documents | None
    missing: list[Missing]
    quarantine: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    workspace: WorkspaceSide | None
    plan: ExportPlan
    grade: Grade
