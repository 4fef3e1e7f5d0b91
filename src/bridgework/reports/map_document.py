"""The shape of the mapping document: what the map's page and workbook show to those who approve it.

Names of columns and words of pick-lists are in it, and no other cell of the practice. A word of a pick-list that fewer
than three patients have could be anybody's: the page and the workbook count such words together and show none.
"""

from __future__ import annotations

from typing import Literal, TypedDict

Decision = Literal["proposed", "proposed-leave-out", "load", "leave-out", "handover"]
"""`proposed`: it moves as the line says, once the map is approved, and no person has confirmed this line by itself;
`proposed-leave-out`: it is left out then, in the same way."""

Verdict = Literal["sure", "unsure", "decided"]
"""What is known of the line's meaning; `decided`: a person said it."""

LeftOutBy = Literal["preset", "template", "person", "empty", ""]
"""Who left a column out; empty for a column that is not left out."""

Sensitivity = Literal["identity", "contact", "health", "finance", "practice", ""]
"""What kind of data about a person it is; `practice`: about nobody; empty where nobody knows."""


class Preset(TypedDict):
    """Which data move at all: `complete`, `crm-lean`, or one of the practice's own; `meaning` is a sentence."""

    name: str
    meaning: str


class Candidate(TypedDict):
    """Another meaning that the column might have; `confidence` is 0 to 1."""

    concept: str
    meaning: str
    confidence: float


class Coverage(TypedDict):
    """How much of a column is filled; `distinct` counts to a limit, and then `distinct_capped` holds."""

    rows: int
    filled: int
    distinct: int
    distinct_capped: bool


class Failure(TypedDict):
    """So many cells that do not fit, for one reason: `what` continues "12 …": "have a date in no known form"."""

    code: str
    what: str
    count: int


class Fails(TypedDict):
    """What trying the rule on a part of the cells showed; a cell may be counted under several codes."""

    looked_at: int
    would_fail: int
    by_code: list[Failure]


class ModelAnswer(TypedDict):
    """What a language model said of the column, which saw its name, type and shapes only. `said` is a sentence."""

    model: str
    concept: str
    said: str


class LineEntry(TypedDict):
    """One column of the practice, in one line. Texts are empty where there is nothing to say.

    `target` is object, field and part (`person.name.lastName`), `target_label` how Twenty shows it, `type` Twenty's own
    word (`FULL_NAME`), `rule` what the transform with its settings does, as a sentence; of a line that does not move
    they may say what it would be, and are not shown. `confidence` is 0 to 1. `why` says the reason for the decision,
    `note` what else is worth knowing. `reasons` are short sentences, the weightiest first.
    """

    header: str
    concept: str
    meaning: str
    target: str
    target_label: str
    type: str
    transform: str
    rule: str
    confidence: float
    verdict: Verdict
    reasons: list[str]
    next_best: list[Candidate]
    decision: Decision
    left_out_by: LeftOutBy
    why: str
    note: str
    sensitivity: Sensitivity
    coverage: Coverage
    fails: Fails | None
    asked: ModelAnswer | None


class DerivedEntry(TypedDict):
    """A field that is filled besides, from columns (`headers`) that have their own line; none for a constant."""

    target: str
    target_label: str
    type: str
    transform: str
    rule: str
    headers: list[str]


class ObjectEntry(TypedDict):
    """One object of the practice. `target` is the object that each row becomes in Twenty; empty: none does.

    `language` is that of its headers (`nl`), empty where nobody knows.
    """

    object: str
    target: str
    target_label: str
    files: list[str]
    language: str
    rows: int
    lines: list[LineEntry]
    derived: list[DerivedEntry]


class WordEntry(TypedDict):
    """One word of the practice, in so many rows, and the option that it becomes; empty where nobody mapped it."""

    word: str
    rows: int
    option: str
    option_label: str
    sure: bool


class RareWords(TypedDict):
    """Words that fewer than three patients have, together: how many, in how many rows, and how many nobody mapped."""

    words: int
    rows: int
    unmapped: int


class PickListEntry(TypedDict):
    """The words of one column that becomes a choice. `otherwise` is the option for words that nobody mapped.

    Where that is empty, such a word stays in the import remarks of its record, and the field stays empty.
    """

    object: str
    header: str
    target: str
    target_label: str
    words: list[WordEntry]
    rare: RareWords
    otherwise: str
    otherwise_label: str


class OptionEntry(TypedDict):
    """One choice of a field: its value and colour as Twenty keeps them, its label as people see it."""

    value: str
    label: str
    color: str


class RelationEntry(TypedDict):
    """The other side of a relation: the object that it points to, and how the field there will be called."""

    to: str
    to_label: str
    inverse_label: str


class Filler(TypedDict):
    """A column that fills a field; `header` is empty where a constant, or no column, does. `object` is the source."""

    object: str
    header: str


class FieldPlan(TypedDict):
    """One field that the map fills. `standard`: Twenty has it, and it is used as it is; else it will be made.

    `filled_by` is empty for what Bridgework fills itself (the import remarks).
    """

    name: str
    label: str
    type: str
    standard: bool
    unique: bool
    description: str
    options: list[OptionEntry]
    relation: RelationEntry | None
    filled_by: list[Filler]


class ObjectPlan(TypedDict):
    """One object of Twenty: to be made (`custom`), or a standard one that gets fields."""

    object: str
    label: str
    labels: str
    custom: bool
    description: str
    fields: list[FieldPlan]


class ProblemEntry(TypedDict):
    """One thing wrong in the map, with its line in the file (0: none), and what to do."""

    line: int
    code: str
    what: str
    next_step: str


class MappingDocument(TypedDict):
    """All of it. `digest` is the map's SHA-256; `approved_by` and `approved_at` are empty until it is approved.

    `columns` says in words which columns were read and are not in the map, or the reverse; `late`: they changed after
    the load, which no longer asks for them. `open` lines wait for a person. `next_step` is the command that comes next
    (DIR stands for the folder), empty where the map is approved and nothing of it is to be done.
    `nomenclature` names the table by which codes are judged, empty where none are. Moments are ISO 8601.
    """

    made_at: str
    migration: str
    practice: str
    workspace_url: str
    digest: str
    approved_by: str
    approved_at: str
    problems: list[ProblemEntry]
    columns: str
    late: bool
    open: int
    next_step: str
    preset: Preset
    nomenclature: str
    objects: list[ObjectEntry]
    pick_lists: list[PickListEntry]
    plan: list[ObjectPlan]
